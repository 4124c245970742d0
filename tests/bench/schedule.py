"""Thousands of feeds over weeks, in minutes: the real scheduler on a clock that jumps.

    python tests/bench/schedule.py --feeds 10000 --days 3

Prints polls per second, politeness breaches, how stale news is when it is seen, how long a run's
polls take (one host at a time, hosts side by side), and how the database grows.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from simulated_web import SimulatedWeb

DAY = 86400.0
ARTICLE_BYTES = 6_000  # on disk, with text, tags, hashes and search (tests/bench/warehouse.py)
POLL_BYTES = 60


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def report(web: SimulatedWeb, days: float, seconds: float) -> list[tuple[str, str]]:
    seen = web.observed
    polls, news = seen.polls.total(), len(seen.staleness)
    stale = [percentile(seen.staleness, share) / 60 for share in (0.5, 0.9, 0.99)]
    runs = [percentile(seen.run_seconds, share) for share in (0.5, 0.99, 1)]
    grown = (news * ARTICLE_BYTES + polls * POLL_BYTES) / days / 1e9
    return [
        ("feeds, hosts, days", f"{len(web.served):,}, {len(seen.starts):,}, {days:g}"),
        ("polls", f"{polls:,}: {polls / days / DAY:.2f} a second on average"),
        ("of them unchanged or not modified",
         f"{(seen.polls['not_modified'] + seen.polls['unchanged']) / polls:.0%}"),
        ("unconditional refetches", f"{seen.unconditional_refetches}"),
        ("Retry-After breaches", f"{seen.retry_after_breaches}"),
        ("starts nearer than min_delay", f"{seen.too_close}"),
        ("minutes from post to poll, p50 p90 p99", " ".join(f"{one:.0f}" for one in stale)),
        ("posts pushed out unseen (hosts that sent us away)", f"{seen.missed / max(news, 1):.1%}"),
        ("seconds a run's polls take, p50 p99 max", " ".join(f"{one:.0f}" for one in runs)),
        ("new entries a day", f"{news / days:,.0f}"),
        ("growth of the database", f"{grown:.1f} GB a day"),
        ("CPU of planning and deciding", f"{seconds / polls * 1e3:.2f} ms a poll"),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--days", type=float, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    web = SimulatedWeb(given.feeds, given.seed, days=given.days)
    started = time.process_time()
    web.run_for(given.days * DAY)
    lines = report(web, given.days, time.process_time() - started)
    web.loop.close()
    print("| | |\n|---|---|")
    print("\n".join(f"| {name} | {value} |" for name, value in lines))


if __name__ == "__main__":
    main()
