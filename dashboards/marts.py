"""Marks from the day marts: the same numbers as from the articles, where sums give them."""

from dashboards.marks import ALL, UNTAGGED, Kind, Question
from dashboards.scope import OF_THE_SOURCE, Split

# What has the articles of an id by day, source and language; of pairs by day alone.
TAGS = {
    Kind.TOPIC: ("topic_days", "a.topic_id"),
    Kind.ACTOR: ("actor_days", "a.actor_id"),
    Kind.PAIR: ("pair_days", "a.actor_a || '~' || a.actor_b"),
}


def know_found(question: Question) -> bool:
    """Say whether sums over days and sources count each article of a mark once.

    They do not where an article may be of several tags of one mark: topics of a family, several
    ids in one line, names of one place.
    """
    if question.kind in UNTAGGED or not know_published(question):
        return know_published(question)
    if question.kind is Kind.PAIR:
        return not question.splits() and not question.scope.filters()
    one_tag = question.split is Split.ID or len(question.ids) == 1
    no_family = question.kind is not Kind.TOPIC or all("." in topic for topic in question.ids)
    return question.kind in TAGS and one_tag and no_family


def know_published(question: Question) -> bool:
    """Say whether the marts hold what marks are counted against.

    They cannot tell copies from originals across outlets, nor what an article repeats.
    """
    of_articles = question.independent or question.within or Split.RELATION in question.splits()
    return not of_articles


def found(question: Question) -> str:
    """Give a SELECT of (series, key, part, articles), marks without articles left out."""
    table, column = TAGS.get(question.kind, (_days(question), f"'{ALL}'"))
    counted = "relevant" if question.kind is Kind.ARTICLE else "articles"
    tagged = "" if question.kind in UNTAGGED else f" AND {column} IN (SELECT unnest($ids))"
    series = column if question.split is Split.ID else question.part()
    return f"""
        SELECT {series} AS series, {question.key()} AS key, {question.part()} AS part,
          CAST(sum(a.{counted}) AS BIGINT) AS articles
        {question.scope.rows_of(table, question.splits())}{tagged}
        GROUP BY ALL HAVING sum(a.{counted}) > 0"""


def published(question: Question) -> str:
    """Give a SELECT of (key, part, articles): what marks are counted against."""
    return f"""
        SELECT {question.key()} AS key, {question.part()} AS part,
          CAST(sum(a.articles) AS BIGINT) AS articles
        {question.scope.rows_of(_days(question), question.splits())} GROUP BY ALL"""


def _days(question: Question) -> str:
    """Give what has all articles by day and source, and by language where that is asked."""
    if {*question.splits(), *question.scope.filters()} <= {Split.SOURCE, *OF_THE_SOURCE}:
        return "source_days"
    return """(
          SELECT day, source_id, language, count(*) AS articles,
            count(*) FILTER (WHERE relevant) AS relevant
          FROM articles WHERE day BETWEEN $since AND $until GROUP BY ALL
        )"""
