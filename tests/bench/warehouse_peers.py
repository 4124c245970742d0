"""The same tables and questions in DuckDB, PostgreSQL and SQLite, with equal answers.

    uv run --with 'psycopg[binary]' python tests/bench/warehouse.py --articles 100000 --peers
    uv run --with 'psycopg[binary]' python tests/bench/warehouse_peers.py --db FILE.duckdb

PostgreSQL (apt-get install postgresql) runs from a temporary folder on a Unix socket, as the
user `postgres` where this runs as root, with 1.5 GB for its buffers and two workers a query.
Both peers have the indexes that the questions ask for, and are analysed. Without PostgreSQL or
psycopg only SQLite is asked. Ends with 1 where answers differ.
"""

import argparse
import csv
import math
import os
import pwd
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

# Facts with the cluster beside the article, so that no peer has to join for it; marts as they are.
TABLES = {
    "facts": """
        SELECT a.article_id, CAST(a.day AS VARCHAR) AS day, source_id, language,
          hash(cluster_id) >> 2 AS cluster
        FROM articles AS a JOIN clusters USING (article_id) WHERE relevant ORDER BY a.day
    """,
    "fact_actors": """
        SELECT article_id, actor_id, CAST(day AS VARCHAR) AS day FROM article_actors ORDER BY day
    """,
    "fact_topics": """
        SELECT article_id, topic_id, CAST(day AS VARCHAR) AS day FROM article_topics ORDER BY day
    """,
    "day_totals": """
        SELECT kind, id, CAST(period AS VARCHAR) AS day, articles, independent FROM totals
        WHERE grain = 'day' ORDER BY period
    """,
    "topic_marts": """
        SELECT CAST(day AS VARCHAR) AS day, topic_id, source_id, language, articles, independent
        FROM topic_days ORDER BY day
    """,
    "actor_marts": """
        SELECT CAST(day AS VARCHAR) AS day, actor_id, source_id, language, articles, independent
        FROM actor_days ORDER BY day
    """,
    "pair_marts": """
        SELECT CAST(day AS VARCHAR) AS day, actor_a, actor_b, articles FROM pair_days ORDER BY day
    """,
    "outlets": "SELECT source_id, ownership, perspective FROM sources",
}
NUMBERS = frozenset(("cluster", "articles", "independent"))
INDEXES = (
    "CREATE UNIQUE INDEX facts_id ON facts (article_id)",
    "CREATE INDEX facts_day ON facts (day, source_id)",
    "CREATE INDEX actors_of ON fact_actors (actor_id, day, article_id)",
    "CREATE INDEX actors_in ON fact_actors (article_id, actor_id)",
    "CREATE INDEX topics_of ON fact_topics (topic_id, day, article_id)",
    "CREATE INDEX totals_of ON day_totals (kind, id, day)",
    "CREATE INDEX totals_on ON day_totals (kind, day)",
    "CREATE INDEX topic_marts_of ON topic_marts (topic_id, day)",
    "CREATE INDEX actor_marts_of ON actor_marts (actor_id, day)",
    "CREATE INDEX pair_marts_on ON pair_marts (day)",
)
QUESTIONS: dict[str, Callable[[int], str]] = {
    "attention over a year": lambda n: (
        f"""
        SELECT day, articles, independent FROM day_totals
        WHERE kind = 'topic' AND id = 'family{n % 8}.topic{n}' AND day >= '2025-07-01'
        ORDER BY day"""
    ),
    "share of voice, 5 months": lambda n: (
        f"""
        SELECT id, sum(articles) AS articles FROM day_totals
        WHERE kind = 'actor' AND day >= '2026-01-{n + 1:02d}' AND day < '2026-06-01'
        GROUP BY id ORDER BY 2 DESC, 1"""
    ),
    "unusual days of all actors": lambda n: (
        f"""
        SELECT id, count(*) AS days FROM (
          SELECT id, articles, sum(articles) OVER (PARTITION BY id ORDER BY day
            ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING) AS before
          FROM day_totals WHERE kind = 'actor') AS t
        WHERE articles * {28 - n} > 2 * before GROUP BY id ORDER BY id"""
    ),
    "topic by ownership": lambda n: (
        f"""
        SELECT o.ownership, sum(t.articles) AS articles
        FROM topic_marts AS t JOIN outlets AS o ON o.source_id = t.source_id
        WHERE t.topic_id = 'family{n % 8}.topic{n}' AND t.day >= '2026-01-01'
        GROUP BY o.ownership ORDER BY 1"""
    ),
    "all topics by perspective": lambda n: (
        f"""
        SELECT t.topic_id, o.perspective, sum(t.independent) AS independent
        FROM topic_marts AS t JOIN outlets AS o ON o.source_id = t.source_id
        WHERE t.day >= '2026-01-{n + 1:02d}'
        GROUP BY t.topic_id, o.perspective ORDER BY 1, 2"""
    ),
    "actor by language": lambda n: (
        f"""
        SELECT language, sum(articles) AS articles FROM actor_marts
        WHERE actor_id = 'actor{n}' GROUP BY language ORDER BY 1"""
    ),
    "who appears together, 90 days": lambda n: (
        f"""
        SELECT actor_a, actor_b, sum(articles) AS articles FROM pair_marts
        WHERE day >= '2026-03-{n + 1:02d}' GROUP BY actor_a, actor_b
        ORDER BY 3 DESC, 1, 2 LIMIT 20"""
    ),
    "origins of an actor, by source": lambda n: (
        f"""
        SELECT f.source_id, count(*) AS articles, count(DISTINCT f.cluster) AS independent
        FROM fact_actors AS k JOIN facts AS f ON f.article_id = k.article_id
        WHERE k.actor_id = 'actor{n}' AND k.day >= '2026-04-01'
        GROUP BY f.source_id ORDER BY 1"""
    ),
    "actors within a topic": lambda n: (
        f"""
        SELECT k.actor_id, count(*) AS articles
        FROM fact_topics AS t JOIN fact_actors AS k ON k.article_id = t.article_id
        WHERE t.topic_id = 'family{n % 8}.topic{n}' AND t.day >= '2026-05-01'
          AND k.day >= '2026-05-01'
        GROUP BY k.actor_id ORDER BY 2 DESC, 1 LIMIT 20"""
    ),
    "months of every source": lambda n: (
        f"""
        SELECT source_id, substr(day, 1, 7) AS month, count(*) AS articles,
          count(DISTINCT cluster) AS independent
        FROM facts WHERE day >= '2026-01-{n + 1:02d}' GROUP BY 1, 2 ORDER BY 1, 2"""
    ),
}
BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql"))
Ask = Callable[[str], Sequence[Sequence[Any]]]


def main() -> int:
    """Load the three, ask each question of each, print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--db", type=Path, required=True, help="a core made by warehouse.py")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columns = _unload(options.db, folder)
        asks = {
            "DuckDB": _duckdb(options.db, folder),
            "SQLite": _loaded_sqlite(folder, columns),
        }
        if not (find_spec("psycopg") and BINARIES.exists()):
            return _compare(asks, options.rounds)
        with _postgres(folder) as server:
            asks["PostgreSQL"] = _loaded_postgres(server, folder, columns)
            return _compare(asks, options.rounds)


def _unload(db: Path, folder: Path) -> dict[str, list[str]]:
    """Write every table as CSV for the peers; give its columns."""
    columns = {}
    with duckdb.connect(str(db), read_only=True) as connection:
        for table, query in TABLES.items():
            connection.execute(f"COPY ({query}) TO '{folder / table}.csv' (HEADER false)")
            columns[table] = [each[0] for each in connection.execute(query).description or ()]
    return columns


def _duckdb(db: Path, folder: Path) -> Ask:
    connection = duckdb.connect(
        str(folder / "peers.duckdb"),
        config={"storage_compatibility_version": "v1.5.0", "memory_limit": "1500MB", "threads": 2},
    )
    connection.execute(f"ATTACH '{db}' AS core (READ_ONLY)")
    connection.execute("USE core")
    for table, query in TABLES.items():
        connection.execute(f"CREATE TABLE peers.{table} AS {query}")
    connection.execute("USE peers; DETACH core; CHECKPOINT")
    return lambda question: connection.execute(question).fetchall()


def _definition(table: str, columns: Sequence[str]) -> str:
    kinds = ", ".join(f"{name} {'BIGINT' if name in NUMBERS else 'TEXT'}" for name in columns)
    return f"CREATE TABLE {table} ({kinds})"


def _loaded_sqlite(folder: Path, columns: dict[str, list[str]]) -> Ask:
    connection = sqlite3.connect(folder / "peers.sqlite")
    connection.execute("PRAGMA cache_size = -1500000")
    for table, names in columns.items():
        connection.execute(_definition(table, names))
        marks = ", ".join("?" for _ in names)
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", csv.reader(file))
    for statement in (*INDEXES, "ANALYZE"):
        connection.execute(statement)
    connection.commit()
    return lambda question: connection.execute(question).fetchall()


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """Run a server in a folder of its own; give how to connect to it."""
    home = folder / "postgres"
    home.mkdir()
    folder.chmod(0o755)
    as_user: dict[str, Any] = {"stdout": subprocess.DEVNULL}
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(home, user.pw_uid, user.pw_gid)
        as_user |= {"user": "postgres", "group": "postgres", "cwd": "/"}
    data, control = home / "data", BINARIES / "pg_ctl"
    subprocess.run(
        [BINARIES / "initdb", "-D", data, "-U", "bench", "-A", "trust", "--locale=C.UTF-8"],
        check=True,
        **as_user,
    )
    settings = f"-k {home} -c listen_addresses= -c shared_buffers=1GB -c work_mem=256MB \
        -c max_parallel_workers_per_gather=2 -c effective_cache_size=4GB -c jit=off"
    log = home / "log"
    subprocess.run(
        [control, "-D", data, "-l", log, "-w", "-o", settings, "start"], check=True, **as_user
    )
    try:
        yield f"host={home} user=bench dbname=postgres"
    finally:
        subprocess.run([control, "-D", data, "-m", "immediate", "stop"], check=True, **as_user)


def _loaded_postgres(server: str, folder: Path, columns: dict[str, list[str]]) -> Ask:
    import psycopg

    connection = psycopg.connect(server, autocommit=True)
    for table, names in columns.items():
        connection.execute(_definition(table, names))
        with (
            (folder / f"{table}.csv").open("rb") as file,
            connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
    for statement in (*INDEXES, "VACUUM ANALYZE"):
        connection.execute(statement)
    return lambda question: connection.execute(question).fetchall()


def _compare(asks: dict[str, Ask], rounds: int) -> int:
    """Ask in turns, so that a busy machine slows all alike; say whether answers differ."""
    print(f"\n| question, median ms | {' | '.join(asks)} | equal |\n|---|---|---|---|---|")
    times: dict[str, list[float]] = {name: [] for name in asks}
    differ = 0
    for name, question in QUESTIONS.items():
        walls: dict[str, list[float]] = {peer: [] for peer in asks}
        equal = True
        for n in range(rounds):
            answers = []
            for peer, ask in asks.items():
                started = time.monotonic()
                answers.append(_plain(ask(question(n))))
                walls[peer].append((time.monotonic() - started) * 1000)
            equal &= all(answer == answers[0] for answer in answers)
        differ += not equal
        for peer, found in walls.items():
            times[peer].append(statistics.median(found))
        cells = " | ".join(f"{times[peer][-1]:.1f}" for peer in asks)
        print(f"| {name} | {cells} | {'yes' if equal else 'NO'} |", flush=True)
    for peer in [name for name in asks if name != "DuckDB"]:
        ratios = [slow / fast for fast, slow in zip(times["DuckDB"], times[peer], strict=True)]
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        print(f"\nDuckDB is {mean:.1f} times as fast as {peer} (geometric mean).")
    return 1 if differ else 0


def _plain(rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Give rows alike: sums are Decimal in PostgreSQL."""
    return [tuple(each if isinstance(each, str) else int(each) for each in row) for row in rows]


if __name__ == "__main__":
    sys.exit(main())
