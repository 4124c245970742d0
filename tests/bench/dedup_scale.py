"""Deduplication at size: 500 new articles against a warehouse of any number.

    python tests/bench/dedup_scale.py --sizes 10000 100000 1000000

Each size runs in its own process, so that its peak of memory is its own. Stored texts are made
up; one in three of the new articles is an edited copy of a stored one, half of those of the last
three days and half of any day in 90, one in ten carries a legal line that very many share, and
one in ten tells what a stored one in another language told the same day.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import pyarrow as pa

# a sibling script is called warehouse.py: look for siblings last
sys.path.sort(key=lambda path: Path(path) == Path(__file__).parent)

from flows.dedup.fingerprint import fingerprint
from flows.dedup.link import link
from flows.model import Article, Batch, Language, StoryMarks, TaggedArticle, Tags
from warehouse.loading import Connection, stories
from warehouse.loading.articles import COMMON
from warehouse.loading.step import Step
from warehouse.store import Store

NEW = 500
NOW = datetime(2026, 4, 1, 9, 13, tzinfo=UTC)
DAYS = 90
ROWS = 27  # sketch hashes of a stored article
# What tells an article's event: so many features, of so many that there are, a few of them very
# common. 500 pages of 880 words have 37, the commonest of them is in 14 % of the pages.
MARKS, FEATURES, COMMONEST = 37, 6000, 5
CHUNK = 50_000  # articles filled in at once: a million lists take more memory than there is
LANGUAGES = ("en", "ru", "az", "hy", "ka", "tr", "fa")
LEGAL = "All rights reserved, no part of this page may be used without a link to its source."
PARTS = ("find", "compare", "load", "tell")
STORIES = ("story_marks", "story_links")
INDEX = ("fingerprints", "sketches", "common_hashes", *STORIES)


def main() -> None:
    """Run all sizes, each in its own process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, default=None, help="where databases are built")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        print(
            "| stored | find s (CPU) | compare s (CPU) | load s (CPU) | tell s (CPU) | peak MB "
            "| copies found | told | bytes each: copies | with stories |\n" + "| --- " * 10 + "|"
        )
        for size in arguments.sizes:
            _report(Path(folder), size)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{NEW} new articles; load averages at the end {load}; {os.cpu_count()} cores")


def _report(folder: Path, size: int) -> None:
    path = folder / f"scale-{size}.duckdb"
    index_bytes = build(path, size)
    row = measured(path)
    copies = sum(taken for name, taken in index_bytes.items() if name not in STORIES)
    parts = " | ".join("{:.2f} ({:.2f})".format(*row[name]) for name in PARTS)
    print(
        f"| {size:,} | {parts} | {row['peak']:.0f} | {row['found']} of {row['planted']} "
        f"| {row['told']} | {copies / size:.0f} | {sum(index_bytes.values()) / size:.0f} |",
        flush=True,
    )
    print(
        ", ".join(f"{name} {taken / size:.0f}" for name, taken in index_bytes.items()),
        file=sys.stderr,
    )
    path.unlink()


def measured(path: Path) -> dict[str, Any]:
    """Measure one batch in a process of its own."""
    answer = subprocess.run(
        [sys.executable, __file__, "--one", str(path)], check=True, capture_output=True, text=True
    )
    row: dict[str, Any] = json.loads(answer.stdout)
    return row


# ---------------------------------------------------------------- texts


def text_of(number: int) -> str:
    """Give the made-up text of a stored article: 300 words drawn as words are (Zipf)."""
    chance = random.Random(number)
    words = [f"w{int(30_000 ** chance.random()):x}" for _ in range(300)]
    for place in range(0, 300, 25):
        words[place] = str(chance.randint(2, 99_999))
    text = " ".join(words)
    return f"{text}. {LEGAL}" if number % 10 == 0 else text + "."


def stored_id(number: int) -> str:
    """Give a stored article's id, as random as real ones."""
    return md5(f"a{number}".encode()).hexdigest()[:16]


def planted(size: int) -> list[int]:
    """Give the stored articles that new ones copy."""
    chance = random.Random(size)
    recent = size - max(size * 3 // DAYS, NEW)
    return [chance.randrange(recent if place % 2 else 0, size) for place in range(NEW // 3)]


def edited(text: str) -> str:
    """Give a copy with a lead, and a word in 30 replaced."""
    words = text.split()
    words[15::30] = ["edited"] * len(words[15::30])
    return "A lead that the house wrote for its readers. " + " ".join(words)


def article(key: str, text: str, marks: StoryMarks) -> TaggedArticle:
    """Give an article of a source of its own."""
    url = f"https://{key}.example/{key}"
    made = Article(
        article_id=key, source_id=key, feed_id=None, url=url, canonical_url=url, title=key,
        text=text, authors=(), published_at=NOW, published_from="page", modified_at=None,
        fetched_at=NOW, language=Language("en", 1.0, ""), language_declared=None, word_count=300,
        content_hash=key, extractor="",
    )  # fmt: skip
    tags = Tags(1.0, relevant=True, reason="")
    return TaggedArticle(made, fingerprint(key, text, "en"), tags, marks)


# ---------------------------------------------------------------- the warehouse


def build(path: Path, size: int) -> dict[str, int]:
    """Build a warehouse; gives the bytes that each table of its index takes.

    Only articles that are copied need true fingerprints; the others' hashes are drawn.
    """
    true = {number: fingerprint("", text_of(number), "en") for number in sorted(set(planted(size)))}
    with _opened(path) as connection:
        _insert(connection, "true_texts", {
            "i": list(true), "text": [text_of(number) for number in true],
            "hash": [marks.normal_hash for marks in true.values()],
        })  # fmt: skip
        hashes = [(i, hashed) for i, marks in true.items() for hashed in marks.sketch]
        legal = sorted(fingerprint("", LEGAL, "en").sketch)
        _insert(connection, "true_hashes", {
            "i": [row[0] for row in hashes], "hash": [row[1] for row in hashes],
        })  # fmt: skip
        _insert(connection, "legal_hashes", {"hash": legal})
        connection.execute(_STORED.format(size=size, start=NOW - timedelta(days=DAYS)))
    return {name: _filled(path, name, size) for name in INDEX}


@contextmanager
def _opened(path: Path) -> Iterable[Connection]:
    with Store(path).writing() as writer:
        yield writer._connection


def _insert(connection: Connection, table: str, columns: Mapping[str, list]) -> None:
    kinds = {"hash": pa.uint64() if table != "true_texts" else pa.string()}
    rows = pa.table({name: pa.array(each, kinds.get(name)) for name, each in columns.items()})
    connection.register("given", rows)
    connection.execute(f"CREATE TABLE bench_{table} AS FROM given")
    connection.unregister("given")


def _filled(path: Path, table: str, size: int) -> int:
    """Fill a table of the index as loads would, and give what the file grew by."""
    with _opened(path) as connection:
        before = _bytes(connection)
        values = {"rows": ROWS, "marks": MARKS, "common": COMMON, "features": FEATURES,
                  "commonest": COMMONEST}  # fmt: skip
        script = _INDEX[table]
        for low in range(0, size, CHUNK if "{low}" in script else size):
            connection.execute(script.format(low=low, high=min(low + CHUNK, size), **values))
        connection.execute("CHECKPOINT")
        return _bytes(connection) - before


def _bytes(connection: Connection) -> int:
    connection.execute("CHECKPOINT")
    used, size = connection.execute(
        "SELECT used_blocks, block_size FROM pragma_database_size()"
    ).fetchone()
    return used * size


# Articles in the order of time; fillers pack as badly as real texts do.
_FILLER = " || ' ' || ".join(f"md5(CAST(i * 20 + {place} AS VARCHAR))" for place in range(20))
_STORED = f"""
INSERT INTO articles BY NAME
SELECT substr(md5('a' || i), 1, 16) AS article_id, 's' AS source_id,
  'https://s.example/' || i AS url, url AS canonical_url,
  'title ' || i AS title, CAST([] AS VARCHAR[]) AS authors,
  TIMESTAMPTZ '{{start}}' + to_seconds(i * {DAYS * 86400} / {{size}}) AS published_at,
  'page' AS published_from, published_at AS fetched_at,
  list_extract({list(LANGUAGES)}, 1 + i % {len(LANGUAGES)}) AS language,
  1.0 AS language_confidence,
  coalesce(t.text, {_FILLER} || repeat(' and the same words as ever', 30)) AS text,
  300 AS word_count, 'h' || i AS content_hash, 'x' AS extractor, 'ok' AS quality,
  0.5 AS relevance, true AS relevant, 'r' AS run_id, local_day(published_at) AS day,
  'x' AS language_decided_by, 'x' AS relevance_reason
FROM range({{size}}) AS r(i) LEFT JOIN bench_true_texts AS t USING (i)
ORDER BY i;
INSERT INTO clusters SELECT article_id, article_id, true, 0.0 FROM articles;
INSERT INTO source_days SELECT day, 's', count(*), count(*) FROM articles GROUP BY day;
CREATE TABLE bench_numbers AS
SELECT CAST(substr(url, 19) AS BIGINT) AS i, article_id, language, published_at, day FROM articles;
"""
_INDEX = {
    "fingerprints": """
        INSERT INTO fingerprints
        SELECT article_id, coalesce(t.hash, md5(CAST(i AS VARCHAR)))
        FROM bench_numbers LEFT JOIN bench_true_texts AS t USING (i) ORDER BY i
    """,
    "sketches": """
        INSERT INTO sketches
        SELECT article_id, hash, day FROM (
          SELECT i, hash(i * {rows} + j) & 1099511627775 AS hash
          FROM range({low}, {high}) AS r(i), range({rows}) AS s(j)
          WHERE i NOT IN (SELECT i FROM bench_true_texts)
          UNION ALL FROM bench_true_hashes WHERE i >= {low} AND i < {high}
          UNION ALL SELECT i, hash FROM range({low}, {high}, 10) AS r(i), bench_legal_hashes
        ) JOIN bench_numbers USING (i) ORDER BY i
    """,
    "common_hashes": """
        INSERT INTO common_hashes
        SELECT hash FROM sketches GROUP BY hash HAVING count(*) > {common}
    """,
    "story_marks": """
        INSERT INTO story_marks
        SELECT article_id, language, published_at, day, list(feature ORDER BY feature),
          list(900 + hash(feature) % 1500 ORDER BY feature)
        FROM (
          SELECT DISTINCT i, hash(floor(
            (dice * (({features} + {commonest}) ** 0.4 - {commonest} ** 0.4)
              + {commonest} ** 0.4) ** 2.5)) // 4398046511104 AS feature
          FROM (
            SELECT i, hash(i * {marks} + j + 0.5) / 18446744073709551616.0 AS dice
            FROM range({low}, {high}) AS r(i), range({marks} + 4) AS s(j)
          )
        ) JOIN bench_numbers USING (i) GROUP BY ALL ORDER BY published_at
    """,
    "story_links": """
        INSERT INTO story_links
        SELECT least(a.article_id, b.article_id), greatest(a.article_id, b.article_id), 0.5
        FROM bench_numbers AS a JOIN bench_numbers AS b ON b.i = a.i + 1
        WHERE a.i % 10 < 5 ORDER BY a.i
    """,
}


# ---------------------------------------------------------------- one batch


def peak() -> float:
    """Give this process's peak of memory, MB; ru_maxrss would count the parent's too."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def batch_of(path: Path) -> tuple[list[int], list[TaggedArticle]]:
    """Give the stored articles that new ones copy, and the new ones, copies first."""
    with _opened(path) as connection:
        (size,) = connection.execute("SELECT count(*) FROM articles").fetchone()
        told = connection.execute(f"""
            SELECT features, weights FROM story_marks WHERE language <> 'en'
            ORDER BY published_at DESC LIMIT {NEW}
        """).fetchall()
    copied = planted(size)
    texts = [edited(text_of(number)) for number in copied]
    texts += [text_of(-number) for number in range(1, NEW - len(texts) + 1)]
    return copied, [
        article(f"new{place}", text, _marks(place, told)) for place, text in enumerate(texts)
    ]


def _marks(place: int, told: list) -> StoryMarks:
    """Give one in ten the marks of a stored article, all others half of those of two."""
    features, weights = told[place]
    if place % 10:
        other = told[place - 1]
        features = (*features[::2], *other[0][1::2])
        weights = (*weights[::2], *other[1][1::2])
    rows = sorted(dict(zip(features, weights, strict=True)).items())
    return StoryMarks(tuple(row[0] for row in rows), tuple(row[1] for row in rows))


def measure(path: Path) -> dict[str, Any]:
    """Find what a batch may repeat, compare, load and tell, in a warehouse just opened."""
    copied, batch = batch_of(path)
    store = Store(path)
    clocks = [_clocks()]
    with store.writing() as writer:
        known = writer.candidates(batch)
    clocks.append(_clocks())
    links = link(batch, known)
    clocks.append(_clocks())
    prepared = store.prepare("bench", Batch(articles=tuple(batch)), links)
    with store.writing() as writer:
        writer.load_prepared(prepared)
    clocks.append(_clocks())
    with _opened(path) as connection:
        step = Step(connection, "bench", frozenset())
        while stories.link(step) or stories.tell(step):
            pass
        clocks.append(_clocks())
        most = peak()
        told = connection.execute("SELECT count(*) FROM stories WHERE article_id LIKE 'new%'")
        (in_stories,) = told.fetchone()
    pairs = {(row.article_id, row.of_article_id) for row in links.duplicates}
    hits = sum((f"new{place}", stored_id(number)) in pairs for place, number in enumerate(copied))
    parts = {
        name: tuple(now - then for now, then in zip(after, before, strict=True))
        for name, before, after in zip(PARTS, clocks, clocks[1:], strict=False)
    }
    return {**parts, "peak": most, "found": hits, "planted": len(copied), "told": in_stories}


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.process_time()


if __name__ == "__main__":
    main()
