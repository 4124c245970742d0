"""Builds a core from its staged batches, and compares every table with what the loads made.

    python tests/bench/rebuild.py --articles 100000

Articles are made up: 150 outlets, seven languages, two years in order, one article in ten an edited
copy of an earlier one, one in twenty weeks late. Each batch takes the steps of an ingest: polls,
candidates, links, staging, load. A snapshot is made every ten batches and at the end, so that marts
and stories come from many states of the core; the rebuilt core makes one. Ends with 1 where a table
differs.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

# the folder of tests instead of this one, whose warehouse.py would hide the package
sys.path[0] = str(Path(__file__).parents[1])

from warehouse_cases import a_poll, a_source, an_article, an_item  # noqa: E402

from flows.dedup.fingerprint import fingerprint  # noqa: E402
from flows.dedup.link import link  # noqa: E402
from flows.model import (  # noqa: E402
    ActorTag,
    Batch,
    Language,
    Mention,
    Naming,
    StoryMarks,
    TaggedArticle,
    TopicTag,
)
from warehouse import reader  # noqa: E402
from warehouse.publish import publish  # noqa: E402
from warehouse.store import Store  # noqa: E402

LANGUAGES = ("en", "ru", "az", "hy", "ka", "tr", "fa")
SOURCES = [a_source(f"s{n}") for n in range(150)]
FIRST, DAYS = datetime(2024, 7, 1, tzinfo=UTC), 730
WORDS = [f"{a}{b}{c}" for a in "bdgklmnprstvz" for b in "aeiou" for c in "bdgklmnprstvz"]


def main() -> int:
    """Load, rebuild, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=2_000)
    parser.add_argument("--folder", type=Path, help="where the warehouses are built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        loaded, rebuilt = Store(Path(name) / "a.duckdb"), Store(Path(name) / "b.duckdb")
        with timed(f"{options.articles:,} articles loaded"):
            fill(loaded, options.articles, options.batch)
        shutil.copytree(loaded.paths.staging, rebuilt.paths.staging)
        with timed("rebuilt from what was staged"):
            rebuilt.rebuild()
            publish(rebuilt.path)
        return compare(loaded, rebuilt)


class timed:  # noqa: N801 - reads as a statement
    """Prints what the work inside took."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        self._began = time.monotonic(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.monotonic() - self._began[0], time.process_time() - self._began[1]
        print(f"{self._what}: {wall:.0f} s, {cpu:.0f} s CPU, load {os.getloadavg()[0]:.1f}")


def fill(store: Store, articles: int, size: int) -> None:
    """Load made-up articles in batches, with a snapshot now and then."""
    with store.writing() as writer:
        writer.sync_sources(SOURCES, FIRST.date())
    for number, low in enumerate(range(0, articles, size)):
        load(store, f"run{number}", list(made(low, min(low + size, articles), articles)))
        if number % 10 == 9:
            publish(store.path)
    publish(store.path)


def load(store: Store, run: str, batch: list[TaggedArticle]) -> None:
    """Take the steps of an ingest with one batch."""
    items = [item_of(tagged) for tagged in batch]
    at = max(tagged.article.fetched_at for tagged in batch)
    with store.writing() as writer:
        writer.start_run(run, "ingest", at, "bench", "bench")
        writer.record_polls(run, [a_poll(source, (), at) for source in SOURCES], items)
        known = writer.candidates(batch)
    prepared = store.prepare(
        run, Batch(items=tuple(items), articles=tuple(batch)), link(batch, known)
    )
    with store.writing() as writer:
        writer.load_prepared(prepared)


def item_of(tagged: TaggedArticle):
    """Give the entry that led to an article."""
    article = tagged.article
    source = SOURCES[int(article.source_id[1:])]
    return an_item(source, article.url, article.published_at, seen_at=article.fetched_at)


def made(low: int, high: int, articles: int) -> Iterator[TaggedArticle]:
    """Give the articles of these numbers; the same ones whenever asked."""
    for number in range(low, high):
        chance = Random(number)
        at = FIRST + timedelta(days=DAYS) * (number / articles)
        late = timedelta(days=chance.randrange(40)) if chance.random() < 0.05 else timedelta()
        source = SOURCES[int(150 * chance.random() ** 2.5)]
        language = LANGUAGES[int(source.source_id[1:]) % 7]
        item = an_item(source, f"{source.homepage}{number}", at - late)
        item = replace(item, entry=replace(item.entry, title=f"Title {number}"))
        yield tagged(number, item, language, chance, at)


def tagged(number, item, language, chance, at) -> TaggedArticle:
    """Give an article with marks and tags; one in ten repeats one of the thousand before it."""
    copied = number - chance.randrange(1, 1000) if number > 1000 and chance.random() < 0.1 else None
    text = text_of(number) if copied is None else f"Lead of the house. {text_of(copied)}"
    made = an_article(item, text)
    article = replace(
        made.article, language=Language(language, 0.99, "script"), word_count=120,
        title=item.entry.title, fetched_at=at + timedelta(hours=1),
    )  # fmt: skip
    return replace(
        made, article=article, fingerprint=fingerprint(article.title, text, language),
        tags=replace(made.tags, **tags(chance)), story=marks(number // 3, chance),
    )  # fmt: skip


def text_of(number: int) -> str:
    """Give a text of 120 words, the same for the same number."""
    return " ".join(Random(-number).choices(WORDS, k=120)) + "."


def tags(chance: Random) -> dict:
    """Give five actors, two topics, and now and then a contested name."""
    actors = sorted({f"actor{int(200 * chance.random() ** 3)}" for _ in range(5)})
    topics = sorted({f"family.topic{int(40 * chance.random() ** 1.5)}" for _ in range(2)})
    return {
        "relevant": chance.random() < 0.8,
        "mentions": tuple(Mention(each, "Name", "text", 10, 14, "name") for each in actors),
        "actors": tuple(ActorTag(each, 2, 0.5, place < 2) for place, each in enumerate(actors)),
        "topics": tuple(TopicTag(each, 1.0, ()) for each in topics),
        "namings": (Naming("place1", f"variant{chance.randrange(3)}", quoted=False, mentions=1),)
        if chance.random() < 0.2
        else (),
    }  # fmt: skip


def marks(event: int, chance: Random) -> StoryMarks:
    """Give the marks of an event as one article tells it: three in four of its features."""
    told = Random(-event).sample(range(2**20), 16)
    return StoryMarks(tuple(sorted(chance.sample(told, 12))), (2886,) * 12)


def compare(loaded: Store, rebuilt: Store) -> int:
    """Print each table's rows and checksum; say whether any differs."""
    tables = differ = 0
    with reader.connect(loaded.path) as one, reader.connect(rebuilt.path) as other:
        print("\n| table | rows | checksum | equal |\n|---|--:|---|---|")
        for name, query in contents(one).items():
            (rows, found), again = checksum(one, query), checksum(other, query)
            tables, differ = tables + 1, differ + ((rows, found) != again)
            equal = "yes" if (rows, found) == again else "NO"
            print(f"| {name} | {rows:,} | {found:016x} | {equal} |")
    print(f"\n{tables - differ} of {tables} tables are equal.")
    return 1 if differ else 0


def contents(connection) -> dict[str, str]:
    """Give a query for all rows of each table.

    How many postings are sealed hangs on how many were indexed at once: they are one table.
    """
    names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    found = {name: f"FROM {name}" for (name,) in names if not name.startswith("postings_")}
    return found | {"postings": "FROM postings_recent UNION ALL FROM postings_sealed"}


def checksum(connection, query: str) -> tuple[int, int]:
    """Give how many rows there are, and a sum of all that is in them, in whatever order."""
    rows, found = connection.execute(
        f"SELECT count(*), bit_xor(hash(t)) FROM ({query}) AS t"
    ).fetchone()
    return rows, found or 0


if __name__ == "__main__":
    sys.exit(main())
