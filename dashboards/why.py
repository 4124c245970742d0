"""Why an article is tagged as it is: the words, where they stand, the rule."""

from dataclasses import dataclass

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
    WITH wanted AS (SELECT unnest($articles) AS article_id)
    SELECT article_id, 'topic' AS kind, o.label,
      printf('score %.2f: ', t.score) || array_to_string(t.evidence, ', ') AS detail
    FROM article_topics AS t JOIN wanted USING (article_id) JOIN topics AS o USING (topic_id)
    UNION ALL
    SELECT m.article_id, 'actor', any_value(o.label),
      printf('“%s” in the %s, %d times, by rule %s', m.surface, m.field, count(*), m.rule)
    FROM mentions AS m JOIN wanted USING (article_id) JOIN actors AS o USING (actor_id)
    GROUP BY m.article_id, m.actor_id, m.surface, m.field, m.rule
    UNION ALL
    SELECT n.article_id, 'name', p.label,
      printf('“%s”, %d times, %s', n.variant, n.mentions,
        CASE WHEN n.quoted THEN 'inside quotation marks' ELSE 'in its own voice' END)
    FROM namings AS n JOIN wanted USING (article_id) JOIN places AS p USING (place_id)
    UNION ALL
    SELECT a.article_id, 'relevance', CASE WHEN a.relevant THEN 'relevant' ELSE 'off topic' END,
      printf('%.2f: %s', a.relevance, a.relevance_reason)
    FROM articles AS a JOIN wanted USING (article_id)
    ORDER BY kind, label, detail
"""


def reasons(snapshot: Snapshot, articles: tuple[str, ...]) -> dict[str, str]:
    """Give the reasons behind the tags of articles as safe HTML, by article id."""
    found = snapshot.rows(Evidence, SQL, articles=articles)
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
