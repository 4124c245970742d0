"""What Prefect costs: the ingest flow on a Prefect server against the same steps called plainly.

    uv run python tests/bench/overhead.py --pages 2000 --times 2

Pages of ours are served on loopback and ingested into fresh warehouses, in turn plainly and as a
flow run on a Prefect server, each time by a process of its own: wall from its start to its end.
Also: CPU seconds of that process and its workers until a plain ingest sends its first request.
"""

import argparse
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

# the folder of tests instead of this one, whose warehouse.py would hide the package
sys.path[0] = str(Path(__file__).parents[1])

import saved_site  # noqa: E402
from test_ingest_run import page  # noqa: E402

from flows.serving import private_server  # noqa: E402

SITE = 20  # pages of one host
ARAXES = Path(sys.executable).with_name("araxes")
SUBREAPER = 36  # prctl(2): workers of a fork server come back to us, and so does their CPU
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Watched(Mapping[str, bytes]):
    """Pages of a site; notes what CPU a process group had used when it first asked for one."""

    pages: dict[str, bytes]
    group: list[int] = field(default_factory=list)
    used: list[float] = field(default_factory=list)

    def __getitem__(self, path: str) -> bytes:
        return self.pages[path]

    def __iter__(self):
        return iter(self.pages)

    def __len__(self) -> int:
        return len(self.pages)

    def get(self, path: str, default: bytes | None = None) -> bytes | None:
        if self.group and not self.used:
            self.used += cpu_of_group(self.group[0])
        return self.pages.get(path, default)


def cpu_of_group(group: int) -> tuple[float, float]:
    """Give the CPU seconds of the leader of a process group, and of all its living processes."""
    leader, seconds = 0.0, 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            used = (int(fields[11]) + int(fields[12])) / TICK
            seconds += used
            leader = used if int(stat.parent.name) == group else leader
    return leader, seconds


def run(work: Path, sources: Path, api: str | None) -> tuple[float, float]:
    """Ingest everything into a fresh warehouse; give wall and CPU seconds."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT")}
    if api:
        environment |= {"PREFECT_API_URL": api, "PREFECT_LOGGING_LEVEL": "WARNING"}
    before, started = _cpu_of_children(), time.perf_counter()
    with tempfile.TemporaryDirectory(dir=work) as folder:
        command = (ARAXES, "--db", f"{folder}/w.duckdb", "--sources", sources, "-q", "ingest")
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - started
    _reap()
    return wall, _cpu_of_children() - before


def first_request(work: Path) -> tuple[float, float]:
    """Give the CPU seconds before the first request: of an ingest, and with its workers'.

    Workers are made ready meanwhile, by a process of their own.
    """
    site = Watched({"/page/0": page(0)})
    with saved_site.serving(site) as base, tempfile.TemporaryDirectory(dir=work) as folder:
        sources = Path(folder) / "sources.toml"
        sources.write_text(saved_site.sources_toml({"one": base}), encoding="utf-8")
        command = (ARAXES, "--db", f"{folder}/w.duckdb", "--sources", sources, "-q", "ingest")
        process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        site.group.append(process.pid)
        process.wait()
    _reap()
    return site.used[0], site.used[1]


def task_runs(api: str) -> int:
    """Give how many task runs a server knows."""
    body = Request(f"{api}/task_runs/count", b"{}", {"Content-Type": "application/json"})
    with urlopen(body, timeout=60) as answer:
        return int(json.load(answer))


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def compare(work: Path, pages: int, times: int) -> None:
    """Ingest in turn with and without Prefect, and print the medians."""
    sites = [{f"/page/{n}": page(n) for n in range(at, at + SITE)} for at in range(0, pages, SITE)]
    plain, flow = [], []
    with ExitStack() as stack:
        bases = {
            f"site-{number}": stack.enter_context(saved_site.serving(one, f"127.0.3.{number}"))
            for number, one in enumerate(sites, start=1)
        }
        sources = work / "sources.toml"
        sources.write_text(saved_site.sources_toml(bases), encoding="utf-8")
        api = stack.enter_context(private_server(work / "prefect"))
        for _ in range(times):
            plain.append(run(work, sources, None))
            flow.append(run(work, sources, api))
        runs = task_runs(api) / times
    walls = [statistics.median(wall for wall, _ in one) for one in (plain, flow)]
    cpus = [statistics.median(cpu for _, cpu in one) for one in (plain, flow)]
    print(f"\n{pages} pages, {times} times each; load {os.getloadavg()[0]:.1f}\n")
    print("| | wall s | CPU s |\n|---|--:|--:|")
    print(f"| plain | {walls[0]:.1f} | {cpus[0]:.1f} |")
    print(f"| flow on a server | {walls[1]:.1f} | {cpus[1]:.1f} |")
    print(f"| more | {walls[1] / walls[0] - 1:+.1%} | {cpus[1] / cpus[0] - 1:+.1%} |")
    print(f"\n{runs:g} task runs a run")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--times", type=int, default=2)
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        starts = [first_request(Path(folder)) for _ in range(3)]
        print("CPU s to the first request:", " ".join(f"{one:.2f}" for one, _ in starts))
        print("  with the workers' readying:", " ".join(f"{both:.2f}" for _, both in starts))
        compare(Path(folder), given.pages, given.times)


if __name__ == "__main__":
    main()
