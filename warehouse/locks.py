"""Who holds the warehouse: kernel file locks, freed when their process dies."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from flows.errors import Locked

POLL_SECONDS = 0.005  # a load lasts tenths of a second; waiting must not add to it


@contextmanager
def held(path: Path, holder: str, seconds: float = 0) -> Iterator[None]:
    """Hold the lock file at `path` while inside; a note beside it says who does.

    Args:
        path: the lock file.
        holder: what to tell others who find it taken.
        seconds: how long to wait for it.

    Raises:
        Locked: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, poll_interval=POLL_SECONDS, thread_local=False)
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        raise Locked(path.with_suffix(""), _read_note(path)) from None
    note = path.with_name(path.name + ".holder")
    try:
        note.write_text(json.dumps({"pid": os.getpid(), "holder": holder}), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def _read_note(path: Path) -> str:
    note = path.with_name(path.name + ".holder")
    try:
        value = json.loads(note.read_text(encoding="utf-8"))
        since = note.stat().st_mtime
    except (OSError, ValueError):
        return "another process"
    return f"{value['holder']} (process {value['pid']}, since {_clock(since)})"


def _clock(seconds: float) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
