"""A PostgreSQL server of a test's own, from Debian's packages, on loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running() -> Iterator[str]:
    """Run a server while inside, and give how to reach its database, as libpq takes it."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    port = _free_port()
    as_owner: tuple[str, ...] = ()
    if os.geteuid() == 0:  # it refuses to run as root
        shutil.chown(folder, "postgres")
        as_owner = ("runuser", "-u", "postgres", "--")
    data = folder / "data"
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = (*as_owner, _program("pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w")
    _run(*as_owner, _program("initdb"), "-D", str(data), "-A", "trust", "-U", "araxes")
    _run(*control, "-o", options, "start")
    try:
        yield f"host=127.0.0.1 port={port} user=araxes dbname=postgres"
    finally:
        _run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


def _program(name: str) -> str:
    # Debian keeps the servers of several versions side by side, and none on the PATH
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
