"""Why an article is tagged as it is: the words, where they stand, the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboards import markup
from dashboards.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Evidence:
    """One tag of one article with what speaks for it."""

    article_id: str
    kind: str
    label: str
    detail: str


SQL = """
    SELECT article_id, 'topic' AS kind, o.label,
      printf('score %.2f: ', t.score) || array_to_string(t.evidence, ', ') AS detail
    FROM article_topics AS t JOIN topics AS o USING (topic_id)
    WHERE list_contains($articles, article_id) AND t.day BETWEEN $first AND $last
    UNION ALL
    SELECT m.article_id, 'actor', any_value(o.label),
      printf('“%s” in the %s, %d times, by rule %s', m.surface, m.field, count(*), m.rule)
    FROM mentions AS m JOIN actors AS o USING (actor_id)
    WHERE list_contains($articles, article_id)
    GROUP BY m.article_id, m.actor_id, m.surface, m.field, m.rule
    UNION ALL
    SELECT n.article_id, 'name', p.label,
      printf('“%s”, %d times, %s', n.variant, n.mentions,
        CASE WHEN n.quoted THEN 'inside quotation marks' ELSE 'in its own voice' END)
    FROM namings AS n JOIN places AS p USING (place_id)
    WHERE list_contains($articles, article_id) AND n.day BETWEEN $first AND $last
    UNION ALL
    SELECT a.article_id, 'relevance', CASE WHEN a.relevant THEN 'relevant' ELSE 'off topic' END,
      printf('%.2f: %s', a.relevance, a.relevance_reason)
    FROM articles AS a
    WHERE list_contains($articles, article_id) AND a.day BETWEEN $first AND $last
    ORDER BY kind, label, detail
"""


def reasons(snapshot: Snapshot, published: Mapping[str, datetime]) -> dict[str, str]:
    """Give the reasons behind the tags of articles as safe HTML, by article id.

    Args:
        snapshot: where the articles are.
        published: when each was published: tells where in a large table it is.
    """
    articles, times = list(published), list(published.values())
    first, last = min(times).date(), max(times).date() + timedelta(days=1)  # days are at UTC+4
    found = snapshot.rows(Evidence, SQL, articles=articles, first=first, last=last)
    return {
        article: _table(tuple(row for row in found if row.article_id == article))
        for article in articles
    }


def _table(rows: tuple[Evidence, ...]) -> str:
    lines = "".join(
        f"<tr><td>{markup.plain(row.kind)}</td><td>{markup.worded(row.label)}</td>"
        f"<td>{markup.worded(row.detail)}</td></tr>"
        for row in rows
    )
    return f"<table><tr><th>tag</th><th>what</th><th>evidence</th></tr>{lines}</table>"
