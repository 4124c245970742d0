"""The same tables and questions in DuckDB, PostgreSQL and SQLite, with equal answers.

    uv run --with 'psycopg[binary]' python tests/bench/warehouse.py --articles 100000 --peers
    uv run --with 'psycopg[binary]' python tests/bench/warehouse_peers.py --db FILE.duckdb

The questions (warehouse_questions.sql) are the twelve of warehouse/README.md, one to one and each
asked twice: of the marts, as the macro that answers it does, and of the facts, as an analyst has
to who wants something that no mart keeps. All three are given the same SQL, prepared once, with
parameters that change from round to round. Tables are the warehouse's own, row for row: dates are
DATE where there is such a type (SQLite has text), and all three store rows in the same order: each
table sorted by what it is mostly asked by, which is what DuckDB has for an index. The peers have
indexes besides for what the questions ask for, covering ones where that spares a visit to the
table, and are analysed. Each is loaded, closed, and opened anew to be asked, as readers open a
snapshot, and answers all rounds of a question in a row: in turns, the larger files push the smaller
one out of the page cache, which no reader of one database would meet. What is answered within a
second is asked again at once, and the second answer is timed.

Each may use 1.5 GB: DuckDB has it for a limit, SQLite for its cache, PostgreSQL half of it for
buffers and half for the hash table of a query (128 MB, twice that for hashing, in each of three
processes). PostgreSQL (apt-get install postgresql) runs from a temporary folder on a Unix socket,
as the user `postgres` where this runs as root, with two workers a query. Without PostgreSQL or
psycopg only SQLite is asked. Ends with 1 where answers differ.
"""

import argparse
import csv
import math
import os
import pwd
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

# Facts with the cluster beside the article, so that nobody has to join for it; marts as they are.
TABLES = {
    "calendar": """
        SELECT DISTINCT day, CAST(date_trunc('week', day) AS DATE) AS week,
          CAST(date_trunc('month', day) AS DATE) AS month FROM covered_days ORDER BY day
    """,
    "sources": "SELECT source_id, ownership, perspective FROM sources ORDER BY source_id",
    "articles": """
        SELECT article_id, day, source_id, language, relevant, cluster_id, canonical, lag_seconds
        FROM articles JOIN clusters USING (article_id) ORDER BY day, article_id
    """,
    "article_actors": "SELECT article_id, actor_id, day FROM article_actors ORDER BY day, 1, 2",
    "article_topics": "SELECT article_id, topic_id, day FROM article_topics ORDER BY 2, day, 1",
    "namings": """
        SELECT article_id, place_id, variant, quoted, day FROM namings ORDER BY place_id, day, 1
    """,
    "polls": """
        SELECT f.source_id, local_day(p.polled_at) AS day, p.outcome
        FROM polls AS p JOIN feeds AS f USING (feed_id) ORDER BY ALL
    """,
    "totals": "FROM totals ORDER BY kind, grain, period, id",
    "source_days": "FROM source_days ORDER BY day, source_id",
    "poll_days": "FROM poll_days ORDER BY day, source_id",
    "covered_days": "SELECT day, articles, gap FROM covered_days ORDER BY day",
    "topic_days": "FROM topic_days ORDER BY topic_id, day, source_id",
    "actor_days": "FROM actor_days ORDER BY ALL",
    "naming_days": "FROM naming_days ORDER BY place_id, day, source_id",
    "pair_days": "FROM pair_days ORDER BY ALL",
    "topic_actor_days": "FROM topic_actor_days ORDER BY topic_id, day, actor_id",
    "topic_actor_repeats": "FROM topic_actor_repeats ORDER BY topic_id, day",
    "shared_articles": "FROM shared_articles ORDER BY ALL",
    "scores": "FROM scores ORDER BY day, kind, id",
}
INDEXES = (
    "CREATE UNIQUE INDEX articles_id ON articles (article_id)",
    "CREATE INDEX articles_day ON articles (day, source_id)",
    "CREATE INDEX articles_copies ON articles (cluster_id) WHERE NOT canonical",
    "CREATE INDEX actors_in ON article_actors (article_id, actor_id)",
    "CREATE INDEX actors_on ON article_actors (day, article_id, actor_id)",
    "CREATE INDEX topics_of ON article_topics (topic_id, day, article_id)",
    "CREATE INDEX namings_of ON namings (place_id, day, article_id)",
    "CREATE INDEX polls_on ON polls (day, source_id, outcome)",
    "CREATE INDEX totals_of ON totals (kind, grain, id, period)",
    "CREATE INDEX totals_on ON totals (kind, grain, period, id, articles, independent)",
    "CREATE UNIQUE INDEX source_days_on ON source_days (day, source_id)",
    "CREATE UNIQUE INDEX poll_days_on ON poll_days (day, source_id)",
    "CREATE UNIQUE INDEX covered_days_on ON covered_days (day)",
    "CREATE UNIQUE INDEX calendar_on ON calendar (day)",
    "CREATE INDEX topic_days_of ON topic_days (topic_id, day, source_id, language, articles)",
    "CREATE INDEX actor_days_on ON actor_days (day, actor_id, source_id, articles)",
    "CREATE INDEX naming_days_of ON naming_days (place_id, day)",
    "CREATE INDEX pair_days_on ON pair_days (day, actor_a, actor_b, articles)",
    "CREATE INDEX topic_actors_of ON topic_actor_days (topic_id, day)",
    "CREATE INDEX repeats_of ON topic_actor_repeats (topic_id, day)",
    "CREATE INDEX shared_on ON shared_articles (day)",
    "CREATE INDEX scores_on ON scores (day, score)",
    "CREATE UNIQUE INDEX sources_id ON sources (source_id)",
)
POSTGRES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "DOUBLE": "DOUBLE PRECISION"}
SQLITE = {"BOOLEAN": "INTEGER", "DATE": "TEXT", "DOUBLE": "REAL", "VARCHAR": "TEXT"}
BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql"))
AGAIN = 1000.0  # milliseconds: what is answered sooner is asked again, from memory
ENOUGH = 30_000.0  # milliseconds after which one is not asked the same question once more
Values = Mapping[str, str | date]
Rows = Sequence[Sequence[Any]]
Ask = Callable[[str, Values], Rows]
Columns = Mapping[str, Sequence[tuple[str, str]]]


def questions() -> dict[str, str]:
    """Give the SQL of each question by its name."""
    text = Path(__file__).with_name("warehouse_questions.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- (\d+, \w+: .*)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], (sql.strip().rstrip(";") for sql in parts[1::2]), strict=True))


def values(nth: int, last: date) -> Values:
    """Give the parameters of a round: other ids, other days."""
    return {
        "topic": f"family{nth % 8}.topic{nth}",
        "place": f"place{nth % 5}",
        "since": last - timedelta(days=150 + nth),
        "until": last - timedelta(days=30 + nth),
        "early": last - timedelta(days=34 + nth),
        "middle": last - timedelta(days=7 + nth),
        "late": last - timedelta(days=nth),
    }


def main() -> int:
    """Load the three, ask each question of each, print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--db", type=Path, required=True, help="a core made by warehouse.py")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--work", type=Path, help="where to build the three; needs much room")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        folder = Path(name)
        columns = _unload(options.db, folder)
        last = _last_day(options.db)
        _load_duckdb(options.db, folder)
        asks = {"DuckDB": _duckdb(folder)}
        with ThreadPoolExecutor() as pool, _postgres(folder) as server:
            loading = pool.submit(_load_sqlite, folder, columns)
            if server:
                _load_postgres(server, folder, columns)
                asks["PostgreSQL"] = _postgresql(server)
            loading.result()
            asks["SQLite"] = _sqlite(folder)
            for table in TABLES:
                (folder / f"{table}.csv").unlink()
            os.sync()  # what loading left to write would slow the first questions by ten times
            return _compare(asks, options.rounds, last)


def _unload(db: Path, folder: Path) -> Columns:
    """Write every table as CSV for the peers; give its columns."""
    columns = {}
    with duckdb.connect(str(db), read_only=True) as connection:
        for table, query in TABLES.items():
            connection.execute(f"COPY ({query}) TO '{folder / table}.csv' (HEADER false)")
            about = connection.execute(f"DESCRIBE {query}").fetchall()
            columns[table] = [(column, kind) for column, kind, *_ in about]
    return columns


def _last_day(db: Path) -> date:
    with duckdb.connect(str(db), read_only=True) as connection:
        row = connection.execute("SELECT max(day) FROM covered_days").fetchone()
    assert row is not None
    return row[0]


def _load_duckdb(db: Path, folder: Path) -> None:
    with duckdb.connect(config=_limits(folder)) as loading:
        loading.execute(f"""
            ATTACH '{folder / "peers.duckdb"}' AS peers
            (STORAGE_VERSION 'v1.5.0', ROW_GROUP_SIZE 16384)
        """)
        loading.execute(f"ATTACH '{db}' AS core (READ_ONLY)")
        loading.execute("USE core")
        for table, query in TABLES.items():
            loading.execute(f"CREATE TABLE peers.{table} AS {query}")
        loading.execute("USE peers; DETACH core; CHECKPOINT")


def _limits(folder: Path) -> dict[str, Any]:
    return {"memory_limit": "1500MB", "threads": 2, "temp_directory": str(folder / "spill")}


def _duckdb(folder: Path) -> Ask:
    file = str(folder / "peers.duckdb")
    connection = duckdb.connect(file, read_only=True, config=_limits(folder))
    prepared: dict[str, str] = {}

    def ask(sql: str, given: Values) -> Rows:
        if sql not in prepared:
            prepared[sql] = f"question{len(prepared)}"
            connection.execute(f"PREPARE {prepared[sql]} AS {_typed(sql, given)}")
        used = set(re.findall(r":(\w+)", sql))
        told = ", ".join(f"{name} := '{each}'" for name, each in given.items() if name in used)
        call = f"({told})" if told else ""
        return connection.execute(f"EXECUTE {prepared[sql]}{call}").fetchall()

    return ask


def _typed(sql: str, given: Values) -> str:
    """Give the SQL with parameters of known types, as psycopg sends them: it is planned once."""
    return re.sub(
        r":(\w+)",
        lambda found: (
            f"CAST(${found[1]} AS {'DATE' if isinstance(given[found[1]], date) else 'VARCHAR'})"
        ),
        sql,
    )


def _definition(table: str, columns: Sequence[tuple[str, str]], kinds: Mapping[str, str]) -> str:
    told = ", ".join(f"{name} {kinds.get(kind, kind)}" for name, kind in columns)
    return f"CREATE TABLE {table} ({told})"


def _load_sqlite(folder: Path, columns: Columns) -> None:
    loading = sqlite3.connect(folder / "peers.sqlite")
    loading.execute("PRAGMA cache_size = -1500000")
    loading.execute("PRAGMA journal_mode = OFF")
    loading.execute("PRAGMA threads = 2")
    for table, described in columns.items():
        loading.execute(_definition(table, described, SQLITE))
        # CSV holds "true"
        marks = ", ".join("?='true'" if kind == "BOOLEAN" else "?" for _, kind in described)
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            loading.executemany(f"INSERT INTO {table} VALUES ({marks})", csv.reader(file))
    for statement in (*INDEXES, "ANALYZE"):
        loading.execute(statement)
    loading.commit()
    loading.close()


def _sqlite(folder: Path) -> Ask:
    connection = sqlite3.connect(
        f"file:{folder / 'peers.sqlite'}?mode=ro", uri=True, check_same_thread=False
    )
    connection.execute("PRAGMA cache_size = -1500000")
    connection.execute("PRAGMA threads = 2")

    def ask(sql: str, given: Values) -> Rows:
        # its statements are cached by their text
        return connection.execute(sql, {name: str(each) for name, each in given.items()}).fetchall()

    return ask


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """Run a server in a folder of its own; give how to connect to it, or "" if there is none."""
    if not (find_spec("psycopg") and BINARIES.exists()):
        yield ""
        return
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
    settings = f"-k {home} -c listen_addresses= -c shared_buffers=768MB -c work_mem=128MB \
        -c max_parallel_workers_per_gather=2 -c effective_cache_size=4GB -c jit=off \
        -c random_page_cost=1.1 -c maintenance_work_mem=512MB -c max_wal_size=8GB -c fsync=off"
    log = home / "log"
    subprocess.run(
        [control, "-D", data, "-l", log, "-w", "-o", settings, "start"], check=True, **as_user
    )
    try:
        yield f"host={home} user=bench dbname=postgres"
    finally:
        subprocess.run([control, "-D", data, "-m", "immediate", "stop"], check=True, **as_user)


def _load_postgres(server: str, folder: Path, columns: Columns) -> None:
    import psycopg

    loading = psycopg.connect(server, autocommit=True)
    for table, described in columns.items():
        loading.execute(_definition(table, described, POSTGRES))
        with (
            (folder / f"{table}.csv").open("rb") as file,
            loading.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
    for statement in (*INDEXES, "VACUUM ANALYZE", "CHECKPOINT"):
        loading.execute(statement)
    loading.close()


def _postgresql(server: str) -> Ask:
    import psycopg

    connection = psycopg.connect(server, autocommit=True)

    def ask(sql: str, given: Values) -> Rows:
        named = re.sub(r":(\w+)", r"%(\1)s", sql)
        return connection.execute(named, given, prepare=True).fetchall()

    return ask


def _rounds(ask: Ask, sql: str, given: Sequence[Values]) -> Iterator[tuple[Rows, float]]:
    """Ask with each of the values, in a row; give answers and milliseconds."""
    spent = 0.0
    for each in given:
        found, wall = _timed(ask, sql, each)
        yield [tuple(map(_plain, row)) for row in found], wall
        spent += wall
        if spent > ENOUGH:
            return


def _timed(ask: Ask, sql: str, given: Values) -> tuple[Rows, float]:
    """Ask, and once more if that was quick; give the answer and its milliseconds."""
    for _ in range(2):
        started = time.monotonic()
        found = ask(sql, given)
        wall = (time.monotonic() - started) * 1000
        if wall > AGAIN:
            break
    return found, wall


def _compare(asks: dict[str, Ask], rounds: int, last: date) -> int:
    """Ask every question of each; say whether answers differ."""
    print(f"\n| question, median ms | {' | '.join(asks)} | equal |\n|---|{'--:|' * len(asks)}---|")
    times: dict[str, dict[str, float]] = {peer: {} for peer in asks}
    differ = 0
    # the quick ones first: minutes of scanning slow what comes after them
    for name, sql in sorted(questions().items(), key=lambda each: "facts" in each[0]):
        given = [values(nth, last) for nth in range(rounds)]
        asked = {peer: list(_rounds(ask, sql, given)) for peer, ask in asks.items()}
        equal = all(
            found == other
            for rows in asked.values()
            for (found, _), (other, _) in zip(rows, asked["DuckDB"], strict=False)
        )
        differ += not equal
        for peer, rows in asked.items():
            times[peer][name] = statistics.median(wall for _, wall in rows)
        cells = " | ".join(f"{times[peer][name]:.1f}" for peer in asks)
        print(f"| {name} | {cells} | {'yes' if equal else 'NO'} |", flush=True)
    for peer in [peer for peer in asks if peer != "DuckDB"]:
        means = (f"{_ratio(times, peer, part):.1f} {told}" for part, told in PARTS.items())
        print(f"\nDuckDB is so many times as fast as {peer} (geometric mean): {', '.join(means)}.")
    print(f"\nload: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 1 if differ else 0


PARTS = {"": "over all", ", marts": "of the marts", ", facts": "of the facts"}


def _ratio(times: Mapping[str, Mapping[str, float]], peer: str, part: str) -> float:
    ratios = [
        math.log(times[peer][name] / mine) for name, mine in times["DuckDB"].items() if part in name
    ]
    return math.exp(statistics.fmean(ratios))


def _plain(value: object) -> object:
    """Give a value alike: sums are Decimal in PostgreSQL, dates are text in SQLite."""
    if isinstance(value, bool | int | float | Decimal):
        return float(f"{float(value):.9g}")
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
