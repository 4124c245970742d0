"""Run `araxes ingest` against a loopback web of hostile servers, three times, and grade it.

    python tests/bench/collect_hostile.py --tool PATH/hostile_web.py [--only ids] [--keep FOLDER]

The tool serves scenarios on 127.10.0.0/16, judges what it sees of a client and prints a
verdict for each. Run 1 polls everything; run 2 polls all again at once, except what a
server itself asked to be left alone; run 3 comes after the Retry-After of the scenarios.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

from flows.collect import urls

RETRY_AFTER = 60
HEAD = """\
[defaults]
contact = "https://araxes.example/bench"
min_delay = "1s"
"""
SOURCE = """
[[source]]
id = "{id}"
name = "{id}"
homepage = "{url}"
country = "AM"
ownership = "unknown"
perspective = "other"
languages = ["en"]
evidence = "https://araxes.example/bench"
[[source.feed]]
url = "{url}"
allow_networks = ["127.10.0.0/16"]
"""
# own rhythm ends `interval_seconds` after the last success; what lies beyond is a server's wish
POLLED_AGAIN = """
SELECT DISTINCT source_id FROM feeds WHERE consecutive_failures > 0 OR next_poll_at IS NULL
  OR last_success_at IS NULL
  OR next_poll_at <= last_success_at + to_seconds(interval_seconds + 1)
"""
ENDS = "SELECT source_id, state, reason, count(*) AS items FROM items GROUP BY ALL ORDER BY ALL"


class Memory:
    """The most memory that a program and all its processes hold at one moment, in MB."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._group = process.pid
        self._stop = Event()
        self._thread = Thread(target=self._watch)
        self.peak = 0
        self._thread.start()

    def end(self) -> int:
        self._stop.set()
        self._thread.join()
        return self.peak

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            self.peak = max(self.peak, sum(map(self._share, self._pids())) // 1024)

    def _pids(self) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.getpgid(int(entry.name)) == self._group:
                        found.append(int(entry.name))
                except ProcessLookupError:
                    continue
        return found

    @staticmethod
    def _share(pid: int) -> int:
        """Give a process's proportional share of memory in KB: shared pages count once."""
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def araxes(folder: Path, *arguments: str) -> tuple[str, float, float, int]:
    """Run a command; give its output, seconds, CPU seconds and peak memory."""
    command = [sys.executable, "-m", "flows.cli", "--db", str(folder / "w.duckdb"), "--json"]
    before, started = os.times(), time.monotonic()
    process = subprocess.Popen(
        [*command, "--sources", str(folder / "sources.toml"), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    memory = Memory(process)
    out, _ = process.communicate()
    peak = memory.end()
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    if process.returncode:
        sys.exit(f"araxes {arguments} ended with {process.returncode}")
    return out, time.monotonic() - started, cpu, peak


def one_run(folder: Path, number: int) -> None:
    arguments = ["ingest"]
    if number > 1:
        rows = json.loads(araxes(folder, "query", POLLED_AGAIN, "--format", "json")[0])
        arguments += ["--now", *(f"--source={row['source_id']}" for row in rows)]
    out, seconds, cpu, peak = araxes(folder, *arguments)
    summary = json.loads(out)
    print(
        f"run {number}: {seconds:.0f} s, CPU {cpu:.0f} s, peak {peak} MB in all processes; "
        f"feeds {summary['feeds']}, entries {summary['entries']}",
        flush=True,
    )


def wait_until_ready(log: Path) -> None:
    for _ in range(600):
        if log.exists() and log.stat().st_size:
            return
        time.sleep(0.1)


def write_sources(tool: list[str], path: Path) -> None:
    command = [*tool, "--sources", "json"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    scenarios = []
    for one in json.loads(listed.stdout):
        reason = urls.refusal(one["url"])
        if reason:
            print(f"{one['id']}: no source list may have it: {reason}")
        else:
            scenarios.append(SOURCE.format(id=one["id"].lower(), url=one["url"]))
    path.write_text(HEAD + "".join(scenarios))


def three_runs(tool: list[str], folder: Path, log: Path) -> None:
    """Serve the hostile web, run `araxes` on it three times, and say how its entries ended."""
    server = subprocess.Popen(
        [*tool, "--serve", "--log", str(log), "--retry-after", str(RETRY_AFTER)]
    )
    try:
        wait_until_ready(log)
        write_sources(tool, folder / "sources.toml")
        for number in (1, 2, 3):
            if number == 3:
                time.sleep(RETRY_AFTER + 2)
            subprocess.run([*tool, "--mark", f"run-{number}"], check=True)
            one_run(folder, number)
    finally:
        server.terminate()
        server.wait(20)
    for row in json.loads(araxes(folder, "query", ENDS, "--format", "json")[0]):
        print(f"{row['source_id']:26} {row['items']:4} {row['state']}: {row['reason'] or ''}")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--tool", type=Path, required=True)
    ask.add_argument("--only")
    ask.add_argument("--port", type=int, default=8970)
    ask.add_argument("--keep", type=Path, help="copy the warehouse here, to look into it")
    args = ask.parse_args()
    tool = [sys.executable, str(args.tool), "--port", str(args.port)]
    if args.only:
        tool += ["--only", args.only]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        three_runs(tool, folder, folder / "web.jsonl")
        if args.keep:
            shutil.copytree(folder, args.keep, symlinks=True, dirs_exist_ok=True)
        subprocess.run([*tool, "--grade", str(folder / "web.jsonl")], check=True)


if __name__ == "__main__":
    main()
