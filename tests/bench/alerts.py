# ruff: noqa: E402 - the path comes first
"""What a round of alerts, a backtest and a digest cost on a made warehouse.

python tests/bench/alerts.py --articles 100000
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
# warehouse.py beside this script bears the name of the package
sys.path[:] = [str(HERE.parent), *(path for path in sys.path if Path(path).resolve() != HERE)]

import dashboard_data

from flows.alerts import backtest, rounds, rules, watching
from flows.alerts.rounds import Round
from flows.alerts.watching import Span
from flows.digest.brief import brief
from flows.digest.pages import as_html
from warehouse import reader, signals

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Print a Markdown table of CPU and wall seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        core = Path(folder) / "made.duckdb"
        dashboard_data.make(core, dashboard_data.Made(given.articles, given.days))
        print(f"| {given.articles:,} articles, {given.days} days | CPU s | wall s |")
        print("| --- | ---: | ---: |")
        for name, work in works(core):
            cpu, wall = time.process_time(), time.perf_counter()
            told = work()
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            print(f"| {name}: {told} | {cpu:.2f} | {wall:.2f} |")


def works(core: Path) -> list[tuple[str, Callable[[], str]]]:
    """Give what is measured, each saying what it found."""
    asked = Round(core, ROOT / "alerts.toml", lambda: datetime(2026, 11, 21, tzinfo=UTC))
    return [
        ("alerts run --dry-run", lambda: f"{len(rounds.preview(asked).fired)} fired"),
        ("alerts backtest, all topics", lambda: _replayed(core)),
        ("digest of a day", lambda: _digested(core, "day")),
        ("digest of a week", lambda: _digested(core, "week")),
    ]


def _replayed(core: Path) -> str:
    with reader.connect(core) as connection:
        book = rules.load(ROOT / "alerts.toml", watching.known(connection))
        record = signals.record(connection)
        assert record
        result = backtest.replay(connection, book.rules[0], Span(*record))
    return f"{len(result.firings)} fired, {result.episodes} episodes, {len(result.missed)} missed"


def _digested(core: Path, period: str) -> str:
    with reader.connect(core) as connection:
        found = brief(connection, period)
    return f"{len(found.receipts)} sentences, {len(as_html(found)) // 1000} KB"


if __name__ == "__main__":
    main()
