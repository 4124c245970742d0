# ruff: noqa: E402, FBT003 - imports wait for the path; rows are given in the order of the table
"""How long loading a batch holds the lock of a large warehouse.

    python tests/bench/warehouse.py --articles 1000000 --bodies --db /tmp/big.duckdb
    python tests/bench/load.py --db /tmp/big.duckdb --articles 2000 [--profile]

Works on a copy. The batch is made like what an ingest brings: most of it of the last two days, one
article in twenty weeks late, one in ten a copy of a stored one, one in ten about an event that a
stored one in another language tells. Its entries were stored as pending before. The steps are those
of an ingest: find candidates (lock held), link and write to disk (not held), load (held).
"""

import argparse
import os
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import add
from pathlib import Path
from random import Random
from typing import Any

# a sibling script bears the name of the package it measures
sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).parent]

import duckdb
import pyarrow as pa

from flows import ids
from flows.dedup.fingerprint import fingerprint
from flows.dedup.link import link
from flows.dedup.stories import FEATURE
from flows.model import (
    ActorTag,
    Article,
    Batch,
    FeedEntry,
    Item,
    Language,
    Mention,
    Naming,
    StoryMarks,
    TaggedArticle,
    Tags,
    TopicTag,
)
from warehouse.loading import Connection
from warehouse.store import Store

NOW = datetime(2026, 6, 29, tzinfo=UTC)
STORED = """
SELECT any_value(a.title), any_value(a.text), any_value(a.language), any_value(a.published_at),
  list(s.hash), any_value(m.features), any_value(m.weights)
FROM (FROM articles WHERE day = (SELECT max(day) FROM articles) LIMIT 200) AS a
JOIN sketches AS s USING (article_id) JOIN story_marks AS m USING (article_id)
WHERE s.day = a.day AND m.day = a.day GROUP BY a.article_id ORDER BY a.article_id
"""


def main() -> None:
    """Print what each part took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--db", type=Path, required=True, help="made by warehouse.py")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="tell the dearest statements")
    options = parser.parse_args()
    copy = options.db.with_name(f"{options.db.stem}-load.duckdb")
    store = Store(copy)
    store.paths.remove()
    shutil.copyfile(options.db, copy)
    costs = _counted() if options.profile else {}
    print("| round | part | wall s | CPU s |\n|---|---|--:|--:|")
    for number in range(options.rounds):
        _round(store, number, options.articles)
    print(f"load average {os.getloadavg()}")
    for statement, (times, wall, cpu) in sorted(costs.items(), key=lambda each: -each[1][1])[:40]:
        print(f"{wall:7.3f} s {cpu:7.3f} s CPU  {times:3d} x  {' '.join(statement.split())[:150]}")
    store.paths.remove()


def _round(store: Store, number: int, articles: int) -> None:
    run = f"run{number}"
    with store.writing() as writer:
        batch = made(writer._connection, number, articles)
        writer.start_run(run, "ingest", NOW, "bench", "bench")
    with _held(number, "record entries"), store.writing() as writer:
        writer.record_polls(run, (), batch.items)
    with _held(number, "find"), _opened(store) as writer:
        known = writer.candidates(batch.articles)
    with _held(number, "link, write to disk (not held)"):
        prepared = store.prepare(run, batch, link(batch.articles, known))
    with _held(number, "load"), _opened(store) as writer:
        report = writer.load_prepared(prepared)
    assert report.articles_loaded == articles, report


@contextmanager
def _opened(store: Store) -> Iterator[Any]:
    with store.writing() as writer:
        yield writer


@contextmanager
def _held(number: int, part: str) -> Iterator[None]:
    started, cpu = time.monotonic(), time.process_time()
    yield
    wall, spent = time.monotonic() - started, time.process_time() - cpu
    print(f"| {number} | {part} | {wall:.2f} | {spent:.2f} |", flush=True)


def _counted() -> dict[str, tuple[int, float, float]]:
    """Count what each statement of a load takes from now on."""
    costs: dict[str, tuple[int, float, float]] = defaultdict(lambda: (0, 0.0, 0.0))
    execute = duckdb.DuckDBPyConnection.execute

    def one(self: Connection, query: str, *values: Any) -> Any:
        started, cpu = time.monotonic(), time.process_time()
        found = execute(self, query, *values)
        spent = time.monotonic() - started, time.process_time() - cpu
        costs[query] = tuple(map(add, costs[query], (1, *spent)))
        return found

    def timed(self: Connection, query: str, *values: Any) -> Any:
        parts = [query] if values else [each.query for each in duckdb.extract_statements(query)]
        return [one(self, part, *values) for part in parts][-1]

    duckdb.DuckDBPyConnection.execute = timed
    return costs


# ---------------------------------------------------------------- the batch


def made(connection: duckdb.DuckDBPyConnection, number: int, articles: int) -> Batch:
    """Make a batch that no other round makes."""
    stored = connection.execute(STORED).fetchall()
    tagged = [_article(f"{number}-{n}", n, stored) for n in range(articles)]
    return Batch(items=tuple(map(_item, tagged)), articles=tuple(tagged))


def _article(key: str, n: int, stored: list[Any]) -> TaggedArticle:
    original = stored[Random(key).randrange(len(stored))]
    title, text, language, at, sketch, features, weights = original
    copy, told = n % 10 == 0, n % 10 == 1
    late = timedelta(days=n % 40 if n % 20 == 7 else n % 2)
    words = f"Lead of house {key}. {text}" if copy else _shuffled(text, key)
    source = n * n % 150
    spoken = ["en", "ru", "az", "hy", "ka", "tr", "fa"][source % 7]
    if told and spoken == language:
        spoken = "en" if language != "en" else "ru"
    article = Article(
        ids.article_id(f"https://s{source}.example/new/{key}"), f"s{source}", f"fs{source}",
        f"https://s{source}.example/new/{key}", f"https://s{source}.example/new/{key}",
        f"{title} {key}", words, (), at - late, "feed", None, at + timedelta(hours=1),
        Language(spoken, 0.99, "script"), None, len(words.split()), ids.content_hash(words), "made",
    )  # fmt: skip
    prints = fingerprint("", words, spoken)
    if copy:
        prints = replace(prints, sketch=frozenset(sketch))
    marks = StoryMarks(tuple(features), tuple(weights))
    if not told:
        marks = replace(marks, features=tuple(sorted(Random(key).sample(range(FEATURE + 1), 24))))
    return TaggedArticle(article, prints, _tags(n), marks)


def _shuffled(text: str, key: str) -> str:
    words = text.split()
    Random(key).shuffle(words)
    return " ".join(words)


def _tags(n: int) -> Tags:
    actors = sorted({int(200 * ((n * (k + 7) * 7919 % 1000) / 1000) ** 3) for k in range(7)})
    topics = sorted({int(40 * ((n * (k + 3) * 104729 % 1000) / 1000) ** 1.5) for k in range(2)})
    return Tags(
        0.8, n % 5 > 0, "",
        tuple(Mention(f"actor{each}", "Name", "text", 10, 14, "name") for each in actors),
        tuple(ActorTag(f"actor{each}", 2, 0.5, k < 2) for k, each in enumerate(actors)),
        tuple(TopicTag(f"family{each % 8}.topic{each}", 1.0, ()) for each in topics),
        (Naming(f"place{n % 5}", f"variant{n % 3}", False, 1),) if n % 5 == 1 else (),
    )  # fmt: skip


def _item(tagged: TaggedArticle) -> Item:
    article = tagged.article
    feed = article.feed_id or ""
    entry = FeedEntry(article.url, None, article.title, published_at=article.published_at)
    return Item(
        ids.item_id(feed, article.url), feed, article.source_id, article.article_id, entry,
        article.fetched_at,
    )  # fmt: skip


pa.set_cpu_count(2)
if __name__ == "__main__":
    main()
