"""What a chart counts, and the articles behind each of its marks.

A mark and its list come from one and the same sub-query, so that they cannot differ.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from math import sqrt

from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

ALL = "all"


class Kind(StrEnum):
    """What articles are tagged with; `ARTICLE` stands for every relevant article."""

    TOPIC = "topic"
    ACTOR = "actor"
    NAME = "name"
    ARTICLE = "article"


class Split(StrEnum):
    """What makes the lines of a chart."""

    ID = "id"
    SOURCE = "source"
    LANGUAGE = "language"
    OWNERSHIP = "ownership"
    PERSPECTIVE = "perspective"
    COUNTRY = "country"


class Grain(StrEnum):
    """The width of a period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


# What one tag of a kind is, as (article_id, series) for the ids that are bound.
TAGGED = {
    Kind.TOPIC: """
        SELECT t.article_id, w.id AS series FROM article_topics AS t
        JOIN topics AS o ON o.topic_id = t.topic_id
        JOIN wanted AS w ON w.id = t.topic_id OR w.id = o.parent_id
        WHERE t.day BETWEEN ? AND ?""",
    Kind.ACTOR: """
        SELECT t.article_id, t.actor_id AS series FROM article_actors AS t
        JOIN wanted AS w ON w.id = t.actor_id WHERE t.day BETWEEN ? AND ?""",
    Kind.NAME: """
        SELECT t.article_id, t.variant AS series FROM namings AS t
        JOIN wanted AS w ON w.id = t.place_id WHERE t.day BETWEEN ? AND ?""",
    Kind.ARTICLE: """
        SELECT t.article_id, w.id AS series FROM articles AS t CROSS JOIN wanted AS w
        WHERE t.day BETWEEN ? AND ?""",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a chart asks: how much of the scope is tagged with these ids, split into lines."""

    scope: Scope
    kind: Kind = Kind.ARTICLE
    ids: tuple[str, ...] = (ALL,)
    split: Split = Split.ID
    grain: Grain | None = Grain.DAY  # None: the whole span is one period

    def tagged(self) -> str:
        """Give CTEs that end in `marks(series, period, article_id, cluster_id, …)`."""
        series = "t.series" if self.split is Split.ID else f"s.{self.split}"
        period = f"CAST(date_trunc('{self.grain}', s.day) AS DATE)" if self.grain else "NULL"
        return f"""
            WITH scope AS ({self.scope.sql()}),
            wanted AS (SELECT unnest(?) AS id),
            tags AS ({TAGGED[self.kind]}),
            marks AS (
              SELECT DISTINCT {series} AS series, {period} AS period, s.article_id, c.cluster_id,
                s.published_at
              FROM tags AS t JOIN scope AS s USING (article_id) JOIN clusters AS c USING (article_id)
              WHERE s.relevant
            )"""  # noqa: S608 - enum members only; values are bound

    def given(self) -> list[object]:
        """Give the values that `tagged` binds, in order."""
        return [*self.scope.given(), list(self.ids), self.scope.since, self.scope.until]


@dataclass(frozen=True, slots=True)
class Mark:
    """One point or bar: how many articles, and of how many."""

    series: str
    period: date | None
    articles: int
    independent: int
    published: int
    published_independent: int


@dataclass(frozen=True, slots=True)
class Counting:
    """How marks are read: copies counted or not, as share or as count."""

    independent: bool = False
    share: bool = True

    def count(self, mark: Mark) -> int:
        """Give how many articles the mark stands for: the length of its list."""
        return mark.independent if self.independent else mark.articles

    def of(self, mark: Mark) -> int:
        """Give the denominator."""
        return mark.published_independent if self.independent else mark.published

    def part(self, mark: Mark) -> float:
        """Give the mark's share of all that the same sources published, 0 to 1."""
        return self.count(mark) / self.of(mark) if self.of(mark) else 0.0

    def interval(self, mark: Mark) -> tuple[float, float]:
        """Give the 95 % interval of the share (Wilson 1927)."""
        return wilson(self.count(mark), self.of(mark))


def wilson(count: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Give the Wilson score interval of a proportion (Wilson, JASA 1927)."""
    if not total:
        return 0.0, 1.0
    share, spread = count / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def count(snapshot: Snapshot, question: Question) -> tuple[Mark, ...]:
    """Give the marks of a question, those without articles left out."""
    base = "series" if question.split is not Split.ID else "NULL"
    group = f"s.{question.split}" if question.split is not Split.ID else "NULL"
    period = f"CAST(date_trunc('{question.grain}', s.day) AS DATE)" if question.grain else "NULL"
    sql = f"""{question.tagged()},
        found AS (
          SELECT series, period, count(DISTINCT article_id) AS articles,
            count(DISTINCT cluster_id) AS independent
          FROM marks GROUP BY ALL
        ),
        published AS (
          SELECT {group} AS part, {period} AS period, count(*) AS articles,
            count(DISTINCT c.cluster_id) AS independent
          FROM scope AS s JOIN clusters AS c USING (article_id) GROUP BY ALL
        )
        SELECT f.series, f.period, f.articles, f.independent, p.articles AS published,
          p.independent AS published_independent
        FROM found AS f JOIN published AS p
          ON p.period IS NOT DISTINCT FROM f.period AND p.part IS NOT DISTINCT FROM {base}
        ORDER BY f.period, f.articles DESC, f.series"""  # noqa: S608 - enum members only
    return snapshot.rows(Mark, sql, question.given())


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as lists show it."""

    article_id: str
    title: str
    url: str
    source_id: str
    source: str
    language: str
    published_at: datetime
    copies: int
    total: int


def behind(
    snapshot: Snapshot, question: Question, mark: tuple[str, date | None], page: "Page"
) -> tuple[Listed, ...]:
    """Give a page of the articles that a mark counts, newest first.

    Args:
        snapshot: where the mark was counted.
        question: what was asked.
        mark: series and period of the mark.
        page: which part of the list; copies are left out where the mark left them out.
    """
    unique = "DISTINCT ON (cluster_id)" if page.independent else "DISTINCT ON (article_id)"
    sql = f"""{question.tagged()},
        behind AS (
          SELECT {unique} article_id, cluster_id FROM marks
          WHERE series = ? AND period IS NOT DISTINCT FROM CAST(? AS DATE)
          ORDER BY published_at, article_id
        )
        {LIST}"""
    given = [*question.given(), *mark, page.size, page.size * page.number]
    return snapshot.rows(Listed, sql, given)


LIST = """
        SELECT a.article_id, a.title, a.url, a.source_id, o.name AS source, a.language,
          a.published_at,
          (SELECT count(*) - 1 FROM clusters AS k WHERE k.cluster_id = b.cluster_id) AS copies,
          (SELECT count(*) FROM behind) AS total
        FROM behind AS b JOIN articles AS a USING (article_id)
        JOIN sources AS o USING (source_id)
        ORDER BY a.published_at DESC, a.article_id LIMIT ? OFFSET ?"""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list; `number` counts from 0."""

    number: int = 0
    size: int = 20
    independent: bool = False


def narrowed(question: Question, since: date, until: date) -> Question:
    """Give the same question over other days."""
    return replace(question, scope=replace(question.scope, since=since, until=until))
