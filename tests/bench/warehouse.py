# ruff: noqa: E402 - imports wait for the path
"""Times the warehouse on made-up articles: loading, publishing, every macro.

    python tests/bench/warehouse.py --articles 100000
    python tests/bench/warehouse.py --articles 1000000 --bodies
    python tests/bench/warehouse.py --articles 10000000 --lean
    uv run --with 'psycopg[binary]' python tests/bench/warehouse.py --peers

Each article has 5 actors and 2 topics on average; actors are Zipf-distributed; weeks have a
rhythm; bursts and outages are planted. The same question is asked again and again with other
ids.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

# this script bears the name of the package it measures
sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).parent]

from warehouse import reader
from warehouse.publish import publish
from warehouse.store import Store

SOURCES = 150
ACTORS = 200
TOPICS = 40
LAST = date(2026, 6, 28)

GENERATE = """
CREATE OR REPLACE TEMP MACRO made_id(kind, n) AS lpad(lower(to_hex(hash(kind || n))), 16, '0');
CREATE OR REPLACE TEMP MACRO dice(seed, n) AS hash(n * 1000 + seed) / 18446744073709551616.0;

INSERT INTO sources
SELECT 's' || n, 'Source ' || n, 'https://s' || n || '.example/',
  list_extract(['AM', 'AZ', 'GE', 'RU', 'TR', 'IR', 'US'], 1 + n % 7),
  list_extract(['state', 'independent', 'commercial', 'public', 'party'], 1 + n % 5),
  list_extract(['AM', 'AZ', 'GE', 'RU', 'TR', 'IR', 'west', 'regional'], 1 + n % 8),
  [list_extract(['en', 'ru', 'az', 'hy', 'ka', 'tr', 'fa'], 1 + n % 7)],
  'https://example.org/', true, NULL, NULL
FROM range({sources}) AS t(n);
INSERT INTO source_history
SELECT source_id, DATE '0001-01-01', DATE '9999-12-31', country, ownership, perspective
FROM sources;
INSERT INTO feeds BY NAME
SELECT 'f' || source_id AS feed_id, source_id, homepage AS url, 'feed' AS kind,
  'active' AS state, 0 AS consecutive_failures, homepage AS polled_url, [] AS recent_items
FROM sources;

-- The day of an article: weekdays weigh more; its source: Zipf.
CREATE TEMP TABLE calendar AS
SELECT day, sum(weight) OVER (ORDER BY day) / sum(weight) OVER () AS upto
FROM (
  SELECT CAST(unnest(generate_series(DATE '{first}', DATE '{last}', INTERVAL 1 DAY)) AS DATE)
    AS day, CASE WHEN isodow(day) > 5 THEN 0.6 ELSE 1 END AS weight
);
CREATE TEMP TABLE outages AS
SELECT DISTINCT CAST(floor(dice(1, n) * 8) AS INTEGER) AS source,
  DATE '{first}' + CAST(60 + dice(2, n) * ({days} - 70) AS INTEGER) AS first_day
FROM range({outages}) AS t(n);
CREATE TEMP TABLE made AS
SELECT n, c.day,
  CAST(floor({sources} * pow(dice(4, n), 2.5)) AS INTEGER) AS source
FROM (
  SELECT n, dice(3, n) AS at FROM range({articles}) AS t(n)
) AS m ASOF JOIN calendar AS c ON m.at <= c.upto;
DELETE FROM made USING outages AS o
WHERE made.source = o.source AND made.day BETWEEN o.first_day AND o.first_day + 2;
CREATE TEMP TABLE numbered AS
SELECT row_number() OVER (ORDER BY day, n) - 1 AS n, day, source FROM made;
"""

ARTICLES = """
INSERT INTO articles BY NAME
SELECT made_id('article', n) AS article_id, 's' || source AS source_id,
  'fs' || source AS feed_id, 'https://s' || source || '.example/' || n AS url, url AS canonical_url,
  'Title ' || n AS title, [] AS authors,
  (day - INTERVAL 4 HOUR + INTERVAL 1 SECOND * CAST(dice(5, n) * 86399 AS INTEGER))
    :: TIMESTAMPTZ AS published_at,
  'feed' AS published_from, published_at + INTERVAL 1 HOUR AS fetched_at,
  list_extract(['en', 'ru', 'az', 'hy', 'ka', 'tr', 'fa'], 1 + source % 7) AS language,
  0.99 AS language_confidence, {body} AS text, 300 AS word_count,
  lpad(to_hex(hash(n)), 16, '0') AS content_hash, 'made' AS extractor, 'ok' AS quality,
  1.0 AS novelty, 0.8 AS relevance, dice(6, n) < 0.8 AS relevant, 'bench' AS run_id, day,
  'script' AS language_decided_by, '' AS relevance_reason
FROM numbered WHERE n >= {low} AND n < {high};
INSERT INTO clusters
SELECT made_id('article', n), made_id('article', CASE WHEN copy THEN n - n % 16 ELSE n END),
  NOT copy, CASE WHEN copy THEN 3600 ELSE 0 END
FROM (SELECT n, n % 16 <> 0 AND dice(7, n) < 0.2 AS copy FROM numbered)
WHERE n >= {low} AND n < {high};
INSERT INTO article_actors
SELECT DISTINCT ON (n, actor) made_id('article', n), 'actor' || actor, 2, 0.5, k < 2, day
FROM (
  SELECT n, day, k, CAST(floor({actors} * pow(dice(10 + k, n), 3)) AS INTEGER) AS actor
  FROM numbered CROSS JOIN range(7) AS t(k)
  WHERE n >= {low} AND n < {high}
) ORDER BY n;
INSERT INTO article_topics
SELECT DISTINCT ON (n, topic) made_id('article', n),
  'family' || topic % 8 || '.topic' || topic, 1.0, [], day
FROM (
  SELECT n, day, CAST(floor({topics} * pow(dice(30 + k, n), 1.5)) AS INTEGER) AS topic
  FROM numbered CROSS JOIN range(2) AS t(k)
  WHERE n >= {low} AND n < {high}
) ORDER BY n;
INSERT INTO mentions
SELECT article_id, actor_id, upper(actor_id), 'text', 10, 17, 'name' FROM article_actors
WHERE rowid >= (SELECT count(*) FROM mentions);
INSERT INTO namings
SELECT made_id('article', n), 'place' || n % 5, 'variant' || n % 3, false, 1, day
FROM numbered WHERE dice(8, n) < 0.2 AND n >= {low} AND n < {high};
"""
# What no macro reads: the ledger, what finds copies, what stories are told by.
OTHERS = """
INSERT INTO items BY NAME
SELECT made_id('item', n) AS item_id, 'bench' AS run_id, feed_id, source_id, url, title,
  published_at, fetched_at AS seen_at, 1 AS attempts, article_id,
  CASE WHEN relevant THEN 'loaded' ELSE 'off_topic' END AS state
FROM articles JOIN numbered ON article_id = made_id('article', n) WHERE n >= {low} AND n < {high};
INSERT INTO run_items
SELECT 'bench', made_id('item', n), 'loaded' FROM numbered WHERE n >= {low} AND n < {high};
INSERT INTO fingerprints
SELECT made_id('article', n), made_id('text', n) FROM numbered WHERE n >= {low} AND n < {high};
INSERT INTO sketches
SELECT made_id('article', n), hash(n * 100 + k) & 1099511627775, day
FROM numbered CROSS JOIN range(27) AS t(k) WHERE n >= {low} AND n < {high};
-- Stories: one article in ten tells what the one before it told.
INSERT INTO story_marks
SELECT article_id, language, published_at, day,
  [CAST(floor(400000 * pow(dice(300 + k, n), 2)) AS UINTEGER) FOR k IN range(37)],
  [1644 FOR k IN range(37)]
FROM articles JOIN numbered USING (day)
WHERE article_id = made_id('article', n) AND n >= {low} AND n < {high};
INSERT INTO story_links
SELECT least(one, other), greatest(one, other), 0.5 FROM (
  SELECT made_id('article', n) AS one, made_id('article', n - 1) AS other
  FROM numbered WHERE n % 10 = 3 AND n >= {low} AND n < {high}
);
INSERT INTO stories
SELECT made_id('article', n), made_id('article', n - (n % 10 - 2)), 0.5
FROM numbered WHERE n % 10 IN (2, 3) AND n >= {low} AND n < {high};
"""

BURSTS = """
-- A planted burst: on its day an actor is in three times as many articles as usual, or more.
CREATE OR REPLACE TEMP TABLE planted AS
SELECT DISTINCT 'actor' || CAST(20 + floor(dice(41, n) * 100) AS INTEGER) AS actor_id,
  DATE '{first}' + CAST(40 + dice(42, n) * ({days} - 45) AS INTEGER) AS day
FROM range({bursts}) AS t(n);
INSERT INTO article_actors
SELECT a.article_id, p.actor_id, 3, 0.7, true, a.day
FROM planted AS p JOIN articles AS a ON a.day = p.day AND a.relevant
JOIN (
  SELECT actor_id, count(*) / {days} AS daily FROM article_actors GROUP BY actor_id
) AS u ON u.actor_id = p.actor_id
WHERE NOT EXISTS (FROM article_actors AS x
    WHERE x.article_id = a.article_id AND x.actor_id = p.actor_id)
QUALIFY row_number() OVER (PARTITION BY p.actor_id, p.day ORDER BY hash(a.article_id))
  <= 6 + 3 * any_value(u.daily) OVER (PARTITION BY p.actor_id, p.day);
"""

POLLS = """
INSERT INTO polls
SELECT 'p' || source_id || day, 'bench', 'f' || source_id,
  (day - INTERVAL 4 HOUR + INTERVAL 12 HOUR) :: TIMESTAMPTZ,
  CASE WHEN o.source IS NULL THEN 'ok' ELSE 'failed' END, 200, 1000, 20, 0, 0, false, NULL
FROM sources CROSS JOIN calendar
LEFT JOIN outages AS o
  ON 's' || o.source = source_id AND day BETWEEN o.first_day AND o.first_day + 2;
INSERT INTO poll_days
SELECT local_day(polled_at), substr(feed_id, 2), count(*), count(*) FILTER (outcome = 'failed')
FROM polls GROUP BY ALL;
"""

SENTENCES = """
CREATE TEMP TABLE words AS
SELECT n, list_aggregate([chr(CAST(97 + floor(dice(50 + k, n) * 26) AS INTEGER))
  FOR k IN range(3 + n % 8)], 'string_agg', '') AS word FROM range(60000) AS t(n);
CREATE TEMP TABLE sentences AS
SELECT s AS n, string_agg(w.word, ' ') || '. ' AS sentence
FROM (
  SELECT s, CAST(floor(60000 * pow(dice(70 + k, s), 4)) AS INTEGER) AS n
  FROM range(40000) AS t(s) CROSS JOIN range(16) AS u(k)
) JOIN words AS w USING (n) GROUP BY s;
"""
BODY = """(SELECT string_agg(sentence, '') FROM sentences
  WHERE sentences.n IN (SELECT CAST(floor(dice(100 + k, numbered.n) * 40000) AS INTEGER)
    FROM range(36) AS t(k)))"""


def generate(store: Store, articles: int, days: int, *, bodies: bool, lean: bool) -> None:
    """Fill an empty core; `lean` leaves out what no macro reads."""
    first = LAST - timedelta(days=days - 1)
    values = {
        "sources": SOURCES,
        "actors": ACTORS,
        "topics": TOPICS,
        "articles": articles,
        "days": days,
        "first": first,
        "last": LAST,
        "outages": max(3, days // 60),
        "bursts": max(10, days // 12),
        "body": "(SELECT b.body FROM bodies AS b WHERE b.n = numbered.n)" if bodies else "''",
    }
    with store.writing() as writer:
        connection = writer._connection
        connection.execute(GENERATE.format(**values))
        if bodies:
            connection.execute(SENTENCES)
        for low in range(0, articles, 500_000):
            part = values | {"low": low, "high": low + 500_000}
            if bodies:
                connection.execute(
                    """
                    CREATE OR REPLACE TEMP TABLE bodies AS
                    SELECT m.n, string_agg(s.sentence, '') AS body FROM (
                      SELECT m.n, CAST(floor(dice(200 + k, m.n) * 40000) AS INTEGER) AS s
                      FROM numbered AS m CROSS JOIN range(36) AS t(k)
                      WHERE m.n >= {low} AND m.n < {high}
                    ) AS m JOIN sentences AS s ON s.n = m.s GROUP BY ALL
                    """.format(**part)
                )
            connection.execute(ARTICLES.format(**part))
            if not lean:
                connection.execute(OTHERS.format(**part))
        if lean:  # no words: as if all were indexed
            connection.execute("INSERT INTO search_documents SELECT 0, article_id, 0 FROM articles")
        connection.execute(BURSTS.format(**values))
        connection.execute(POLLS)
        writer.doubt_marts()
        started = time.process_time()
        while writer.catch_up():
            pass
        print(f"marts and words: {time.process_time() - started:.1f} s CPU")
        connection.execute("CREATE TABLE planted AS FROM planted")


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--bodies", action="store_true")
    parser.add_argument("--lean", action="store_true", help="only what macros read, no words")
    parser.add_argument("--db", type=Path, help="keep the warehouse here, and use it again")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--peers", action="store_true", help="ask PostgreSQL and SQLite too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(options.db or Path(folder) / "bench.duckdb")
        if not store.path.exists():
            started = time.process_time(), time.monotonic()
            generate(
                store, options.articles, options.days, bodies=options.bodies, lean=options.lean
            )
            print(f"generated: {time.process_time() - started[0]:.0f} s CPU")
        started = time.monotonic()
        publish(store.path)
        took = time.monotonic() - started
        print(f"published {store.path.stat().st_size / 1e6:.0f} MB: {took:.2f} s")
        tell_bursts(store)
        tell_sums(store)
        ask_all(store, options.rounds)
        if options.peers:
            script = Path(__file__).with_name("warehouse_peers.py")
            return subprocess.call([sys.executable, script, "--db", store.path])
    return 0


QUESTIONS: dict[str, Callable[[int], str]] = {
    "topic_trend day": lambda n: f"FROM topic_trend('family{n % 8}.topic{n}', 'day')",
    "topic_trend week": lambda n: f"FROM topic_trend('family{n % 8}.topic{n}', 'week')",
    "actor_trend week": lambda n: f"FROM actor_trend('actor{n}', 'week')",
    "naming_trend month": lambda n: f"FROM naming_trend('place{n % 5}', 'month')",
    "share_of_voice": lambda n: (
        f"FROM share_of_voice('actor', DATE '2026-01-01' - {n}, '2026-06-01')"
    ),
    "share_of_voice_in_topic": lambda n: (
        f"""
        FROM share_of_voice_in_topic(
          'family{n % 8}.topic{n}', DATE '2026-01-01' - {n}, '2026-06-01')"""
    ),
    "trend_with_intervals": lambda n: f"FROM trend_with_intervals('actor', 'actor{n}', 'week')",
    "topic_trend_panel": lambda n: (
        f"""
        FROM topic_trend_panel(
          'family{n % 8}.topic{n}', 'week', DATE '2025-07-01' - {n}, '{LAST}')"""
    ),
    "attention_balanced topic": lambda n: (
        f"FROM attention_balanced('topic', 'family{n % 8}.topic{n}', 'week')"
    ),
    "attention_balanced actor": lambda n: f"FROM attention_balanced('actor', 'actor{n}', 'week')",
    "attention_balanced naming": lambda n: (
        f"FROM attention_balanced('naming', 'place{n % 5}', 'week')"
    ),
    "attention_balanced family": lambda n: (
        f"FROM attention_balanced('topic', 'family{n % 8}', 'week')"
    ),
    "momentum topic": lambda n: f"FROM momentum('topic', DATE '{LAST}' - {n})",
    "momentum actor": lambda n: f"FROM momentum('actor', DATE '{LAST}' - {n})",
    "momentum naming": lambda n: f"FROM momentum('naming', DATE '{LAST}' - {n})",
    "naming_variants": lambda n: f"FROM naming_variants('place{n % 5}', 'month')",
    "by_ownership": lambda n: (
        f"FROM by_ownership('family{n % 8}.topic{n}', '2026-01-01', '2026-06-01')"
    ),
    "together, 3 months": lambda n: f"FROM together(DATE '{LAST}' - {90 + n}, '{LAST}')",
    "together, a year": lambda n: f"FROM together(DATE '{LAST}' - {365 + n}, '{LAST}')",
    "originators": lambda n: f"FROM originators(DATE '{LAST}' - {90 + n}, '{LAST}')",
    "originators, a year": lambda n: f"FROM originators(DATE '{LAST}' - {365 + n}, '{LAST}')",
    "bursts_above": lambda n: f"FROM bursts_above({2.5 + n / 10})",
    "divergence_of": lambda n: (
        f"FROM divergence_of('family{n % 8}.topic{n}', DATE '{LAST}' - {7 * n})"
    ),
    "feed_health_at": lambda n: f"FROM feed_health_at(DATE '{LAST}' - {n})",
    # views
    "attention_by_topic": lambda n: (
        f"""
        SELECT ownership, sum(articles), sum(independent) FROM attention_by_topic
        WHERE topic_id = 'family{n % 8}.topic{n}' GROUP BY ALL"""
    ),
    "bursts": lambda n: f"FROM bursts WHERE day >= DATE '{LAST}' - {90 + n}",
    "co_mentions": lambda n: (
        f"""
        SELECT actor_a, actor_b, sum(articles) AS articles FROM co_mentions
        WHERE day >= DATE '{LAST}' - {90 + n} GROUP BY ALL ORDER BY 3 DESC LIMIT 20"""
    ),
    "coverage": lambda n: f"FROM coverage WHERE day >= DATE '{LAST}' - {n}",
    "feed_health": lambda _: "FROM feed_health",
    "divergence": lambda n: f"FROM divergence WHERE week >= DATE '{LAST}' - {90 + n}",
}
# What is asked for (numerators, denominators, by source) and the articles behind it.
OF_ARTICLES = """
    SELECT t.day, t.{id} AS id, count(*) AS articles
    FROM {table} AS t JOIN articles AS a ON a.article_id = t.article_id AND a.day = t.day
    WHERE a.relevant GROUP BY ALL"""
TOPICS_OF_ARTICLES = OF_ARTICLES.format(table="article_topics", id="topic_id")
ACTORS_OF_ARTICLES = OF_ARTICLES.format(table="article_actors", id="actor_id")
PLACES_OF_ARTICLES = OF_ARTICLES.format(
    table="(SELECT DISTINCT day, place_id, article_id FROM namings)", id="place_id"
)
TOTALS = """
    SELECT period AS day, id, articles FROM totals WHERE grain = 'day' AND kind = '{kind}'"""
SUMS = {
    "published, by source and day": (
        "SELECT day, source_id AS id, articles FROM source_days",
        "SELECT day, source_id AS id, count(*) AS articles FROM articles GROUP BY ALL",
    ),
    "topics, by day": (TOTALS.format(kind="topic"), TOPICS_OF_ARTICLES),
    "actors, by day": (TOTALS.format(kind="actor"), ACTORS_OF_ARTICLES),
    "topics of all sources, by day": (
        "SELECT day, topic_id AS id, sum(articles) AS articles FROM topic_days GROUP BY ALL",
        TOPICS_OF_ARTICLES,
    ),
    "actors of all sources, by day": (
        "SELECT day, actor_id AS id, sum(articles) AS articles FROM actor_days GROUP BY ALL",
        ACTORS_OF_ARTICLES,
    ),
    "places of all sources, by day": (
        "SELECT day, place_id AS id, sum(articles) AS articles FROM place_days GROUP BY ALL",
        PLACES_OF_ARTICLES,
    ),
    "families of all sources, by day": (
        "SELECT day, family AS id, sum(articles) AS articles FROM family_days GROUP BY ALL",
        TOTALS.format(kind="family"),
    ),
}


def tell_bursts(store: Store) -> None:
    """Compare the bursts found with those planted, and gaps with outages."""
    connection = reader.connect(store.path)
    found, hit, planted = connection.execute("""
        SELECT count(*), count(p.day), (SELECT count(*) FROM planted)
        FROM bursts AS b LEFT JOIN planted AS p ON p.actor_id = b.id AND p.day = b.day
    """).fetchall()[0]
    print(f"bursts: precision {hit / found:.3f}, recall {hit / planted:.3f} of {planted}")
    false = connection.execute("""
        SELECT count(*) FROM bursts AS b WHERE EXISTS (
          FROM coverage AS c WHERE c.day = b.day AND c.gap)
          AND (b.id, b.day) NOT IN (SELECT (p.actor_id, p.day) FROM planted AS p)
    """).fetchall()[0][0]
    print(f"bursts on days of an outage that were not planted: {false}")
    gaps, failed = connection.execute("""
        SELECT count(*) FILTER (gap), count(*) FILTER (failed_polls = polls AND polls > 0)
        FROM coverage
    """).fetchall()[0]
    print(f"source days in gap: {gaps} of {failed} planted")


def tell_sums(store: Store) -> None:
    """Count the days on which shares would not reconcile: sums of marts against articles."""
    connection = reader.connect(store.path, memory="4GB")
    for name, (mart, facts) in SUMS.items():
        row = connection.execute(f"""
            SELECT count(*), count(*) FILTER (m.articles IS DISTINCT FROM f.articles)
            FROM ({mart}) AS m FULL JOIN ({facts}) AS f ON m.day = f.day AND m.id = f.id
        """).fetchone()
        print(f"{name}: {row[0]} sums, {row[1]} of them differ" if row else "")


def _searches(connection: duckdb.DuckDBPyConnection) -> dict[str, Callable[[int], str]]:
    """Give searches for the words in most articles, if any were indexed."""
    words = connection.execute("""
        SELECT word FROM search_words JOIN (
          SELECT term, count(*) AS articles FROM postings_sealed GROUP BY term
          ORDER BY articles DESC LIMIT 100
        ) USING (term) ORDER BY articles DESC, word
    """).fetchall()
    return {"search, common word": lambda n: f"FROM search('{words[n][0]}')"} if words else {}


def ask_all(store: Store, rounds: int) -> None:
    """Time every question."""
    connection = reader.connect(store.path, memory="1500MB")
    print("\n| question | p50 ms | p95 ms | CPU ms | rows |\n|---|---|---|---|---|")
    for name, question in (QUESTIONS | _searches(connection)).items():
        walls, cpu, rows = [], time.process_time(), 0
        for n in range(rounds):
            started = time.monotonic()
            rows = len(connection.execute(question(n)).fetchall())
            walls.append((time.monotonic() - started) * 1000)
        cpu = (time.process_time() - cpu) * 1000 / rounds
        p95 = statistics.quantiles(walls, n=20)[-1]
        print(f"| {name} | {statistics.median(walls):.1f} | {p95:.1f} | {cpu:.1f} | {rows} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of this process: {peak:.0f} MB; cores: {os.cpu_count()}")


if __name__ == "__main__":
    sys.exit(main())
