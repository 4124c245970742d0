"""A made warehouse for the dashboard: any number of articles, with planted outages and bursts.

python tests/dashboard_data.py --articles 100000 --out /tmp/made.duckdb
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from flows.ids import feed_id
from flows.model import Feed, FeedKind, FetchPolicy, Source
from flows.tag.vocabulary import load
from warehouse.publish import publish
from warehouse.store import Store

OWNERS = ("state", "public", "independent", "commercial", "diaspora", "foreign-public")
SIDES = ("AM", "AZ", "GE", "RU", "TR", "IR", "west", "regional")
TONGUES = ("hy", "az", "ka", "ru", "tr", "fa", "en", "en")
LANDS = ("AM", "AZ", "GE", "RU", "TR", "IR", "GB", "GE")
SOURCES = 32
OUTAGE = tuple(f"source-{n}" for n in range(5))  # dark on days 20 to 22 before the last


@dataclass(frozen=True, slots=True)
class Made:
    """What to make: `articles` spread over `days` that end on `last`; titles to slip in."""

    articles: int = 2_000
    days: int = 60
    last: date = date(2026, 11, 20)
    titles: tuple[str, ...] = ()


def make(core: Path, made: Made) -> Path:
    """Fill a new warehouse and publish it; gives the snapshot."""
    with Store(core).writing() as writer:
        writer.sync_sources(sources(made.titles), date(2020, 1, 1))
        writer.sync_vocabulary(load())
    with duckdb.connect(str(core)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for sql in STATEMENTS:
            connection.execute(sql, _given(sql, made))
        connection.execute("CHECKPOINT")
    return publish(core)


def sources(names: Sequence[str] = ()) -> tuple[Source, ...]:
    """Give 32 outlets, four of each perspective; the first are named as told."""
    return tuple(
        Source(
            f"source-{n}",
            names[n] if n < len(names) else f"Outlet {n}",
            f"https://outlet-{n}.example/",
            LANDS[n % 8],
            OWNERS[n % 6],
            SIDES[n % 8],
            (TONGUES[n % 8],),
            "https://example.org/register",
            (_feed(f"source-{n}"),),
        )
        for n in range(SOURCES)
    )


def _feed(source: str) -> Feed:
    url = f"https://{source}.example/feed"
    return Feed(feed_id(source, url), source, url, FeedKind.FEED, FetchPolicy("mailto:a@b.example"))


def _given(sql: str, made: Made) -> dict[str, object]:
    values: dict[str, object] = {
        "articles": made.articles,
        "days": made.days,
        "last": made.last,
        "titles": list(made.titles),
        "outage": list(OUTAGE),
    }
    return {name: value for name, value in values.items() if f"${name}" in sql}


STATEMENTS = (
    # r: a repeatable random number per article and purpose
    "CREATE OR REPLACE TEMP MACRO r(i, salt) AS (hash(i * 1000 + salt) % 1000003) / 1000003.0",
    """
    CREATE TEMP TABLE made AS
    SELECT i, lpad(to_hex(hash(i)), 16, '0') AS article_id,
      CAST(floor(32 * pow(r(i, 1), 1.7)) AS INTEGER) AS n,
      CASE WHEN i < len($titles) THEN 0
        ELSE CAST(floor($days * (1 - pow(r(i, 2), 1.1))) AS INTEGER) END AS ago,
      i % 7 = 3 AND i > 50 AS copied, r(i, 3) < 0.75 OR i < len($titles) AS relevant
    FROM range($articles) AS t(i)
    """,
    """
    CREATE TEMP TABLE facts AS
    SELECT m.i, m.article_id, 'source-' || m.n AS source_id, m.n,
      CASE WHEN m.copied AND o.i IS NOT NULL THEN o.ago ELSE m.ago END AS ago,
      coalesce(CASE WHEN m.copied THEN o.article_id END, m.article_id) AS cluster_id,
      CASE WHEN m.copied THEN o.i END AS original, m.relevant
    FROM made AS m LEFT JOIN made AS o ON o.i = m.i - 1 - m.i % 5 AND NOT o.copied
    """,
    # what an outage hides was never seen
    """
    DELETE FROM facts WHERE source_id IN (SELECT unnest($outage)) AND ago BETWEEN 20 AND 22
      AND i = coalesce(original, i)
      AND i NOT IN (SELECT original FROM facts WHERE original IS NOT NULL)
    """,
    """
    UPDATE facts SET ago = 19 WHERE source_id IN (SELECT unnest($outage)) AND ago BETWEEN 20 AND 22
    """,
    """
    CREATE TEMP TABLE topic_list AS
    SELECT topic_id, label, row_number() OVER (ORDER BY topic_id) - 1 AS k
    FROM topics WHERE parent_id IS NOT NULL
    """,
    """
    CREATE TEMP TABLE actor_list AS
    SELECT actor_id, label, row_number() OVER (ORDER BY actor_id) - 1 AS k FROM actors
    """,
    """
    INSERT INTO article_topics
    SELECT DISTINCT ON (f.article_id, t.topic_id) f.article_id, t.topic_id,
      0.4 + 0.5 * r(f.i, 20 + j), [t.label], CAST($last AS DATE) - f.ago
    FROM (
      SELECT *, CAST(floor(CASE WHEN ago = 1 AND r(i, 9) < 0.3 THEN 3 ELSE
        (SELECT count(*) FROM topic_list) * pow(r(coalesce(original, i), 10 + j), 2) END)
        AS BIGINT) AS k
      FROM facts CROSS JOIN range(2) AS j(j) WHERE relevant
    ) AS f JOIN topic_list AS t USING (k)
    ORDER BY f.ago DESC
    """,
    """
    INSERT INTO article_actors
    SELECT DISTINCT ON (f.article_id, a.actor_id) f.article_id, a.actor_id, 1 + j, 1.0 / (1 + j),
      j = 0, CAST($last AS DATE) - f.ago
    FROM (
      SELECT *, CAST(floor((SELECT count(*) FROM actor_list)
        * pow(r(coalesce(original, i), 30 + j), 3)) AS BIGINT) AS k
      FROM facts CROSS JOIN range(5) AS j(j) WHERE relevant
    ) AS f JOIN actor_list AS a USING (k)
    ORDER BY f.ago DESC
    """,
    """
    INSERT INTO articles
    SELECT f.article_id, f.source_id, d.feed_id, 'https://' || f.source_id || '.example/' || f.i,
      'https://' || f.source_id || '.example/' || f.i,
      CASE WHEN f.i < len($titles) THEN $titles[f.i + 1]
        WHEN p.label IS NULL THEN 'Weather and sport, page ' || f.i
        WHEN s.languages[1] = 'fa' THEN p.label || ' درباره کریدور گفت‌وگو کرد، ' || f.i
        WHEN s.languages[1] = 'hy' THEN p.label || ' խոսել է միջանցքի մասին, ' || f.i
        WHEN s.languages[1] = 'ka' THEN p.label || ' დერეფანზე ისაუბრა, ' || f.i
        ELSE p.label || ' on the corridor, page ' || f.i END,
      [CASE WHEN f.i < len($titles) THEN $titles[f.i + 1] ELSE 'A. Writer' END],
      CAST($last AS TIMESTAMP) - to_days(f.ago)
        + to_seconds(CASE WHEN f.i < len($titles) THEN 60000 ELSE 36000 END + f.i % 10000),
      'feed', NULL,
      CAST($last AS TIMESTAMP) - to_days(f.ago) + to_seconds(39000 + f.i % 20000),
      s.languages[1], 0.99, s.languages[1],
      CASE WHEN f.i < len($titles) THEN $titles[f.i + 1]
        ELSE coalesce(p.label, 'Nobody') || ' spoke of the corridor. ' ||
          repeat('Words follow words about roads and borders. ', 4 + CAST(f.i % 5 AS INTEGER))
      END,
      150, md5(CAST(f.i AS VARCHAR)), 'made', 0.9, 'ok', r(f.i, 5),
      CASE WHEN f.relevant THEN 0.8 ELSE 0.1 END, f.relevant, NULL, 'run-' || f.ago,
      CAST($last AS DATE) - f.ago, 'script', 'made'
    FROM facts AS f JOIN sources AS s USING (source_id)
    JOIN feeds AS d USING (source_id)
    LEFT JOIN article_actors AS x ON x.article_id = f.article_id AND x.principal
    LEFT JOIN actors AS p USING (actor_id)
    ORDER BY f.ago DESC, f.i
    """,
    """
    INSERT INTO mentions
    SELECT a.article_id, x.actor_id, p.label, 'title', 0, length(p.label), 'label'
    FROM articles AS a JOIN article_actors AS x ON x.article_id = a.article_id AND x.principal
    JOIN actors AS p USING (actor_id) WHERE starts_with(a.title, p.label)
    """,
    # the slipped-in titles stand in evidence and errors, too
    """
    INSERT INTO mentions
    SELECT m.article_id, 'arm', $titles[m.i + 1], 'text', 0, length($titles[m.i + 1]), 'made'
    FROM made AS m WHERE m.i < len($titles)
    """,
    """
    UPDATE feeds SET last_error = $titles[1 + CAST(split_part(source_id, '-', 2) AS INTEGER)]
    WHERE CAST(split_part(source_id, '-', 2) AS INTEGER) < len($titles)
    """,
    """
    INSERT INTO namings
    SELECT f.article_id, 'stepanakert',
      CASE WHEN (f.n % 8 = 0) = (r(f.i, 41) < 0.9) THEN 'Stepanakert' ELSE 'Khankendi' END,
      r(f.i, 42) < 0.15, 1 + f.i % 3, CAST($last AS DATE) - f.ago
    FROM facts AS f WHERE f.relevant AND r(f.i, 40) < 0.2
    """,
    """
    INSERT INTO clusters
    SELECT f.article_id, f.cluster_id, f.article_id = f.cluster_id,
      CASE WHEN f.article_id = f.cluster_id THEN 0 ELSE 600 + f.i % 40000 END
    FROM facts AS f
    """,
    """
    INSERT INTO duplicates
    SELECT article_id, cluster_id, NULL, CASE WHEN i % 2 = 0 THEN 'exact' ELSE 'near' END,
      0.95, 0.97, 'shingles-3'
    FROM facts WHERE original IS NOT NULL
    """,
    """
    INSERT INTO stories
    SELECT article_id, 'story-' || (i // 40), 0.9 FROM facts WHERE relevant AND i % 4 = 1
    """,
    """
    INSERT INTO seed_documents
    SELECT 'seed-' || n, 'Seed ' || n, 'en', 900, md5('seed' || n), CAST($last AS TIMESTAMP)
    FROM range(1, 4) AS t(n)
    """,
    """
    INSERT INTO duplicates
    SELECT article_id, NULL, 'seed-' || (1 + i % 3), 'seed', 0.4, 0.5, 'shingles-3'
    FROM facts WHERE relevant AND i % 11 = 5
    """,
    """
    INSERT INTO runs
    SELECT 'run-' || ago, 'ingest', CAST($last AS TIMESTAMP) - to_days(ago) + to_seconds(70000),
      CAST($last AS TIMESTAMP) - to_days(ago) + to_seconds(70100), 'done', '{}', '0.1.0', 'made'
    FROM range($days) AS t(ago)
    """,
    """
    INSERT INTO polls
    SELECT lpad(to_hex(hash(f.feed_id || ago)), 16, '0'), 'run-' || ago, f.feed_id,
      CAST($last AS TIMESTAMP) - to_days(ago) + to_seconds(70000),
      CASE WHEN dark THEN 'failed' ELSE 'ok' END, CASE WHEN dark THEN 503 ELSE 200 END,
      20000, 300, 20, 0, false, CASE WHEN dark THEN 'HTTP 503' END
    FROM (
      SELECT *, source_id IN (SELECT unnest($outage)) AND ago BETWEEN 20 AND 22 AS dark
      FROM feeds CROSS JOIN range($days) AS t(ago)
    ) AS f
    """,
    """
    INSERT INTO items (item_id, run_id, feed_id, source_id, url, guid, title, published_at, seen_at,
      state, reason, attempts, next_attempt_at, article_id)
    SELECT lpad(to_hex(hash(article_id)), 16, '0'), run_id, feed_id, source_id, url, NULL, title,
      published_at, fetched_at, CASE WHEN relevant THEN 'loaded' ELSE 'off_topic' END, NULL, 1,
      NULL, article_id
    FROM articles
    """,
    "INSERT INTO run_items SELECT run_id, item_id, state FROM items",
    """
    INSERT INTO poll_days
    SELECT local_day(p.polled_at), f.source_id, count(*), count(*) FILTER (WHERE outcome = 'failed')
    FROM polls AS p JOIN feeds AS f USING (feed_id) GROUP BY ALL
    """,
    "UPDATE feeds SET last_success_at = (SELECT max(polled_at) FROM polls)",
    "INSERT INTO stale_days SELECT DISTINCT day, true FROM articles",
)


def main() -> None:
    """Make a warehouse from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    make(given.out, Made(given.articles, given.days))


if __name__ == "__main__":
    main()
