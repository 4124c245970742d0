# ruff: noqa: S608 - enum members and our own column names only; values are bound
"""Marks from the articles themselves: any question, and which articles stand behind a mark."""

from dashboards.marks import ALL, UNTAGGED, Kind, Question, Voice
from dashboards.scope import Split

# What one tag of a kind is, as (article_id, series) for `$ids`.
TAGGED = {
    # a family of topics is what any topic of it is
    Kind.TOPIC: """
        SELECT t.article_id, w.series FROM article_topics AS t
        JOIN (
          SELECT unnest($ids) AS topic_id, unnest($ids) AS series
          UNION SELECT topic_id, parent_id FROM topics WHERE parent_id IN (SELECT unnest($ids))
        ) AS w USING (topic_id)
        WHERE t.day BETWEEN $since AND $until""",
    Kind.ACTOR: """
        SELECT t.article_id, t.actor_id AS series FROM article_actors AS t
        WHERE t.day BETWEEN $since AND $until AND t.actor_id IN (SELECT unnest($ids))""",
    Kind.NAME: """
        SELECT t.article_id, t.variant AS series FROM namings AS t
        WHERE t.day BETWEEN $since AND $until AND t.place_id IN (SELECT unnest($ids)){voice}""",
    Kind.PLACE: """
        SELECT t.article_id, t.place_id AS series FROM namings AS t
        WHERE t.day BETWEEN $since AND $until AND t.place_id IN (SELECT unnest($ids))""",
    Kind.SEED: """
        SELECT d.article_id, d.of_seed_id AS series FROM duplicates AS d
        WHERE d.of_seed_id IN (SELECT unnest($ids))""",
    Kind.COPY: """
        SELECT c.article_id, o.source_id AS series FROM (
          SELECT article_id, cluster_id FROM clusters JOIN articles AS a USING (article_id)
          WHERE NOT canonical AND a.day BETWEEN $since AND $until
        ) AS c
        JOIN clusters AS k ON k.cluster_id = c.cluster_id AND k.canonical
        JOIN articles AS o ON o.article_id = k.article_id
        WHERE o.source_id IN (SELECT unnest($ids))""",
    Kind.PAIR: """
        SELECT t.article_id, w.series FROM (
          SELECT series, split_part(series, '~', 1) AS one, split_part(series, '~', 2) AS other
          FROM (SELECT unnest($ids) AS series)
        ) AS w
        JOIN article_actors AS t ON t.actor_id = w.one AND t.day BETWEEN $since AND $until
        JOIN article_actors AS u ON u.article_id = t.article_id AND u.actor_id = w.other
          AND u.day BETWEEN $since AND $until""",
}
VOICES = {
    Voice.ANY: "",
    Voice.OWN: " AND NOT t.quoted",
    Voice.QUOTED: " AND t.quoted",
}


def marks(question: Question) -> str:
    """Give a SELECT of (series, key, part, article_id, published_at, unit) per tag and article.

    `unit` is what is counted: the article, or its cluster. It may stand there more than once:
    count it as DISTINCT.
    """
    own = f"'{ALL}'" if question.kind in UNTAGGED else "t.series"
    return f"""
        SELECT {own if question.split is Split.ID else "s.part"} AS series, s.key, s.part,
          s.article_id, s.published_at, {_unit(question)} AS unit
        FROM (
          SELECT a.article_id, a.published_at, {question.key()} AS key, {question.part()} AS part
          {question.scope.rows_of("articles", question.splits())}{_relevant(question)}
        ) AS s{_tags(question)}{_clusters(question)}"""


def _relevant(question: Question) -> str:
    return "" if question.kind is Kind.PUBLISHED else " AND a.relevant"


def _tags(question: Question) -> str:
    if question.kind in UNTAGGED:
        return ""
    tagged = TAGGED[question.kind].format(voice=VOICES[question.voice])
    return f" JOIN ({tagged}) AS t USING (article_id)"


def _unit(question: Question) -> str:
    return "hash(c.cluster_id)" if question.independent else "s.article_id"


def _clusters(question: Question) -> str:
    return " JOIN clusters AS c USING (article_id)" if question.independent else ""


def found(question: Question) -> str:
    """Give a SELECT of (series, key, part, articles), marks without articles left out."""
    return f"""
        SELECT series, key, part, count(DISTINCT unit) AS articles
        FROM ({marks(question)}) GROUP BY ALL"""


def published(question: Question) -> str:
    """Give a SELECT of (key, part, articles): what marks are counted against."""
    if question.within:
        return f"""
        SELECT key, part, count(DISTINCT unit) AS articles FROM ({marks(question)}) GROUP BY ALL"""
    return f"""
        SELECT key, part, count({"DISTINCT " if question.independent else ""}unit) AS articles
        FROM (
          SELECT s.key, s.part, {_unit(question)} AS unit FROM (
            SELECT a.article_id, {question.key()} AS key, {question.part()} AS part
            {question.scope.rows_of("articles", question.splits())}
          ) AS s{_clusters(question)}
        ) GROUP BY ALL"""
