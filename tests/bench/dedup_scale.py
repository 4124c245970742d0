# ruff: noqa: E402 - the path is set before our own modules are imported
"""Deduplication at size: 500 new articles against a warehouse of any number.

    python tests/bench/dedup_scale.py --sizes 10000 100000 1000000

Each size runs in its own process, so that its peak of memory is its own. Stored texts are made
up; one in three of the new articles is an edited copy of a stored one, half of those of the last
three days and half of any day in 90, and one in ten carries a legal line that very many share.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from hashlib import md5
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

# a sibling script is called warehouse.py
sys.path = [path for path in sys.path if Path(path) != Path(__file__).parent]

from flows.dedup.fingerprint import fingerprint
from flows.dedup.link import link
from flows.model import Article, Language, TaggedArticle, Tags
from warehouse import candidates
from warehouse.rows import local_day

NEW = 500
NOW = datetime(2026, 4, 1, 9, 13, tzinfo=UTC)
DAYS = 90
ROWS = 27  # sketch hashes of a stored article
CHUNK = 20_000
MEMORY = "512MB"  # what DuckDB may take; the rest of the process is Python
LEGAL = "All rights reserved, no part of this page may be used without a link to its source."


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
        print("| stored | find s | link s | CPU s | peak MB | known | copies found | bytes each |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for size in arguments.sizes:
            _report(Path(folder), size)


def _report(folder: Path, size: int) -> None:
    path = folder / f"scale-{size}.duckdb"
    index_bytes = build(path, size)
    answer = subprocess.run(
        [sys.executable, __file__, "--one", str(path)], check=True, capture_output=True, text=True
    )
    row = json.loads(answer.stdout)
    print(
        f"| {size:,} | {row['find']:.2f} | {row['link']:.2f} | {row['cpu']:.2f} "
        f"| {row['peak']:.0f} | {row['known']} | {row['found']} of {row['planted']} "
        f"| {index_bytes / size:.0f} |",
        flush=True,
    )
    path.unlink()


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


def article(key: str, text: str, at: datetime) -> TaggedArticle:
    """Give an article of a source of its own."""
    url = f"https://{key}.example/{key}"
    made = Article(
        article_id=key, source_id=key, feed_id=None, url=url, canonical_url=url, title=key,
        text=text, authors=(), published_at=at, published_from="page", modified_at=None,
        fetched_at=at, language=Language("en", 1.0, ""), language_declared=None, word_count=300,
        content_hash=key, extractor="",
    )  # fmt: skip
    return TaggedArticle(made, fingerprint(key, text, "en"), Tags(1.0, relevant=True, reason=""))


# ---------------------------------------------------------------- the warehouse


def build(path: Path, size: int) -> int:
    """Build a warehouse; gives the bytes its index takes.

    Only articles that are copied need true fingerprints; the others' hashes are drawn.
    """
    connection = duckdb.connect(str(path), config={"storage_compatibility_version": "v1.5.0"})
    connection.execute("SET preserve_insertion_order = true")
    script = files("warehouse").joinpath("migrations", "0001_tables.sql")
    connection.execute(script.read_text(encoding="utf-8"))
    true = sorted(set(planted(size)))
    connection.execute("CREATE TEMP TABLE true_rows (number BIGINT, text VARCHAR, hash VARCHAR)")
    rows = [(number, text := text_of(number), fingerprint("", text, "en")) for number in true]
    _insert(connection, "true_rows", {
        "number": [row[0] for row in rows], "text": [row[1] for row in rows],
        "hash": [row[2].normal_hash for row in rows],
    })  # fmt: skip
    _fill_articles(connection, size)
    connection.execute("CHECKPOINT")
    before = _bytes(connection)
    _fill_index(connection, size, rows)
    connection.execute("CHECKPOINT")
    taken = _bytes(connection) - before
    connection.close()
    return taken


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, list]) -> None:
    connection.register("staged", pa.table(columns))
    connection.execute(f"INSERT INTO {table} BY NAME FROM staged")
    connection.unregister("staged")


def _bytes(connection: duckdb.DuckDBPyConnection) -> int:
    used, size = connection.execute(
        "SELECT used_blocks, block_size FROM pragma_database_size()"
    ).fetchone()
    return used * size


def _fill_articles(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """Insert articles in the order of time; fillers pack as badly as real texts do."""
    filler = " || ' ' || ".join(f"md5(CAST(i * 20 + {place} AS VARCHAR))" for place in range(20))
    connection.execute(
        f"""
        INSERT INTO articles BY NAME
        SELECT substr(md5('a' || i), 1, 16) AS article_id, 's' AS source_id,
          'https://s.example/' || i AS url, 'https://s.example/' || i AS canonical_url,
          'title ' || i AS title, CAST([] AS VARCHAR[]) AS authors,
          $start + to_seconds(i * {DAYS * 86400} / {size}) AS published_at,
          'page' AS published_from, $start AS fetched_at, 'en' AS language,
          1.0 AS language_confidence,
          coalesce(t.text, {filler} || repeat(' and the same words as ever', 30)) AS text,
          300 AS word_count, 'h' || i AS content_hash, 'x' AS extractor, 'ok' AS quality,
          0.5 AS relevance, true AS relevant, 'r' AS run_id,
          CAST($start + to_seconds(i * {DAYS * 86400} / {size}) AS DATE) AS day,
          'x' AS language_decided_by, 'x' AS relevance_reason
        FROM range({size}) AS r(i) LEFT JOIN true_rows AS t ON t.number = i
        ORDER BY i
        """,
        {"start": NOW - timedelta(days=DAYS)},
    )
    connection.execute(
        "INSERT INTO clusters SELECT article_id, article_id, true, 0.0 FROM articles"
    )


def _fill_index(connection: duckdb.DuckDBPyConnection, size: int, rows: list) -> None:
    connection.execute(
        f"""
        INSERT INTO fingerprints
        SELECT substr(md5('a' || i), 1, 16), coalesce(t.hash, md5(CAST(i AS VARCHAR)))
        FROM range({size}) AS r(i) LEFT JOIN true_rows AS t ON t.number = i ORDER BY i
        """
    )
    day = f"CAST($start + to_seconds(i * {DAYS * 86400} / {size}) AS DATE)"
    connection.execute(
        f"""
        INSERT INTO sketches
        SELECT substr(md5('a' || i), 1, 16), hash(i * {ROWS} + j) // 16, {day}
        FROM range({size}) AS r(i), range({ROWS}) AS s(j)
        WHERE i NOT IN (SELECT number FROM true_rows) ORDER BY i
        """,
        {"start": NOW - timedelta(days=DAYS)},
    )
    true = [(row[0], hashed) for row in rows for hashed in row[2].sketch]
    connection.execute("CREATE TEMP TABLE true_hashes (i BIGINT, hash UBIGINT)")
    _insert(connection, "true_hashes", {
        "i": [row[0] for row in true],
        "hash": pa.array([row[1] for row in true], pa.uint64()),
    })  # fmt: skip
    connection.execute(
        f"INSERT INTO sketches SELECT substr(md5('a' || i), 1, 16), hash, {day} FROM true_hashes",
        {"start": NOW - timedelta(days=DAYS)},
    )
    legal = fingerprint("", LEGAL, "en").sketch
    tenths = f"SELECT i FROM range(0, {size}, 10) AS r(i)"
    for hashed in sorted(legal):
        connection.execute(
            f"INSERT INTO sketches SELECT substr(md5('a' || i), 1, 16), {hashed}, {day} "
            f"FROM ({tenths})",
            {"start": NOW - timedelta(days=DAYS)},
        )
    connection.execute(
        "INSERT INTO common_hashes SELECT hash FROM sketches GROUP BY hash HAVING count(*) > 500"
    )


# ---------------------------------------------------------------- one batch


def _peak() -> float:
    """Give this process's peak of memory, MB; ru_maxrss would count the parent's too."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(path: Path) -> dict[str, float]:
    """Find candidates of a batch and link it, in a warehouse just opened."""
    connection = duckdb.connect(str(path), config={"memory_limit": MEMORY, "threads": 2})
    (size,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    copied = planted(size)
    texts = [edited(text_of(number)) for number in copied]
    texts += [text_of(-number) for number in range(1, NEW - len(texts) + 1)]
    batch = [article(f"new{place}", text, NOW) for place, text in enumerate(texts)]
    started, cpu = time.monotonic(), time.process_time()
    known = candidates.find(connection, batch)
    found = time.monotonic()
    links = link(batch, known)
    linked = time.monotonic()
    pairs = {(row.article_id, row.of_article_id) for row in links.duplicates}
    hits = sum((f"new{place}", stored_id(number)) in pairs for place, number in enumerate(copied))
    return {
        "find": found - started, "link": linked - found, "cpu": time.process_time() - cpu,
        "peak": _peak(),
        "known": len(known.articles), "found": hits, "planted": len(copied),
        "day": local_day(NOW).toordinal(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
