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
    """What is counted of articles: their tags, or what else they are.

    `NAME` makes a series of each name of a place, `PLACE` one of the place; `PAIR` is two actors
    as `a~b`; `SEED` what repeats a seed document; `COPY` a reprint, by the outlet it is from;
    `ARTICLE` any relevant article.
    """

    TOPIC = "topic"
    ACTOR = "actor"
    NAME = "name"
    PLACE = "place"
    PAIR = "pair"
    SEED = "seed"
    COPY = "copy"
    ARTICLE = "article"


class Split(StrEnum):
    """What makes the lines of a chart."""

    ID = "id"
    SOURCE = "source"
    LANGUAGE = "language"
    OWNERSHIP = "ownership"
    PERSPECTIVE = "perspective"
    COUNTRY = "country"
    RELATION = "relation"


class Voice(StrEnum):
    """Whose words a naming is in."""

    ANY = "any"
    OWN = "own"
    QUOTED = "quoted"


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
        JOIN wanted AS w ON w.id = t.place_id
        WHERE t.day BETWEEN ? AND ?{voice}""",
    Kind.PLACE: """
        SELECT t.article_id, t.place_id AS series FROM namings AS t
        JOIN wanted AS w ON w.id = t.place_id WHERE t.day BETWEEN ? AND ?""",
    Kind.SEED: """
        SELECT d.article_id, d.of_seed_id AS series FROM duplicates AS d
        JOIN wanted AS w ON w.id = d.of_seed_id JOIN articles AS t USING (article_id)
        WHERE t.day BETWEEN ? AND ?""",
    Kind.COPY: """
        SELECT c.article_id, o.source_id AS series FROM articles AS t
        JOIN clusters AS c USING (article_id)
        JOIN clusters AS k ON k.cluster_id = c.cluster_id AND k.canonical
        JOIN articles AS o ON o.article_id = k.article_id
        JOIN wanted AS w ON w.id = o.source_id
        WHERE NOT c.canonical AND t.day BETWEEN ? AND ?""",
    Kind.PAIR: """
        SELECT t.article_id, w.id AS series FROM wanted AS w
        JOIN article_actors AS t ON t.actor_id = split_part(w.id, '~', 1)
        JOIN article_actors AS u
          ON u.article_id = t.article_id AND u.actor_id = split_part(w.id, '~', 2)
        WHERE t.day BETWEEN ? AND ?""",
    Kind.ARTICLE: """
        SELECT t.article_id, w.id AS series FROM articles AS t CROSS JOIN wanted AS w
        WHERE t.day BETWEEN ? AND ?""",
}


VOICES = {
    Voice.ANY: "",
    Voice.OWN: " AND NOT t.quoted",
    Voice.QUOTED: " AND t.quoted",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a chart asks: how much of the scope is tagged with these ids.

    `split` makes the series of marks; `across` their keys: periods, parts, or one for all.
    `within` counts against the articles that carry any of the ids, not against all published.
    """

    scope: Scope
    kind: Kind = Kind.ARTICLE
    ids: tuple[str, ...] = (ALL,)
    split: Split = Split.ID
    across: Grain | Split | None = Grain.DAY
    within: bool = False
    voice: Voice = Voice.ANY

    @property
    def grain(self) -> Grain:
        """The width of the periods that are its keys."""
        assert isinstance(self.across, Grain)
        return self.across

    def tagged(self) -> str:
        """Give CTEs that end in `marks(series, key, part, article_id, cluster_id, …)`.

        An article may stand there more than once: count it as DISTINCT.
        """
        series = "t.series" if self.split is Split.ID else f"s.{self.split}"
        return f"""
            WITH scope AS ({self.scope.sql()}),
            wanted AS (SELECT unnest(?) AS id),
            tags AS ({TAGGED[self.kind].format(voice=VOICES[self.voice])}),
            marks AS (
              SELECT {series} AS series, {self.key()} AS key, {self.part()} AS part,
                s.article_id, c.cluster_id, s.published_at
              FROM tags AS t JOIN scope AS s USING (article_id)
              JOIN clusters AS c USING (article_id)
              WHERE s.relevant
            )"""  # noqa: S608 - enum members only; values are bound

    def key(self) -> str:
        """Give the SQL of a mark's key."""
        if isinstance(self.across, Grain):
            return f"CAST(CAST(date_trunc('{self.across}', s.day) AS DATE) AS VARCHAR)"
        return f"s.{self.across}" if self.across else f"'{ALL}'"

    def part(self) -> str:
        """Give the SQL of what a mark's denominator is bound to, beside its key."""
        return "''" if self.split is Split.ID else f"s.{self.split}"

    def given(self) -> list[object]:
        """Give the values that `tagged` binds, in order."""
        return [*self.scope.given(), list(self.ids), self.scope.since, self.scope.until]


@dataclass(frozen=True, slots=True)
class Mark:
    """One point, bar or square: how many articles, and of how many."""

    series: str
    key: str
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


PUBLISHED = """
          SELECT {part} AS part, {key} AS key, count(*) AS articles,
            count(DISTINCT c.cluster_id) AS independent
          FROM scope AS s JOIN clusters AS c USING (article_id) GROUP BY ALL"""
WITHIN = """
          SELECT part, key, count(DISTINCT article_id) AS articles,
            count(DISTINCT cluster_id) AS independent
          FROM marks GROUP BY ALL"""


def count(snapshot: Snapshot, question: Question) -> tuple[Mark, ...]:
    """Give the marks of a question, those without articles left out."""
    base = WITHIN if question.within else PUBLISHED
    sql = f"""{question.tagged()},
        found AS (
          SELECT series, key, part, count(DISTINCT article_id) AS articles,
            count(DISTINCT cluster_id) AS independent
          FROM marks GROUP BY ALL
        ),
        published AS ({base.format(part=question.part(), key=question.key())})
        SELECT f.series, f.key, f.articles, f.independent, p.articles AS published,
          p.independent AS published_independent
        FROM found AS f JOIN published AS p USING (part, key)
        ORDER BY f.key, f.articles DESC, f.series"""  # noqa: S608 - enum members only
    return snapshot.rows(Mark, sql, question.given())


@dataclass(frozen=True, slots=True)
class _Base:
    part: str
    key: str
    articles: int
    independent: int


def silences(snapshot: Snapshot, question: Question, series: tuple[str, ...]) -> tuple[Mark, ...]:
    """Give a mark without articles for every key and series: what was published all the same."""
    base = (WITHIN if question.within else PUBLISHED).format(
        part=question.part(), key=question.key()
    )
    found = snapshot.rows(_Base, question.tagged() + base, question.given())
    whole = question.split is Split.ID
    return tuple(
        Mark(name, base.key, 0, 0, base.articles, base.independent)
        for name in series
        for base in found
        if whole or base.part == name
    )


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
    snapshot: Snapshot, question: Question, mark: tuple[str, str], page: "Page"
) -> tuple[Listed, ...]:
    """Give a page of the articles that a mark counts, newest first.

    Args:
        snapshot: where the mark was counted.
        question: what was asked.
        mark: series and key of the mark.
        page: which part of the list; copies are left out where the mark left them out.
    """
    unique = "DISTINCT ON (cluster_id)" if page.independent else "DISTINCT ON (article_id)"
    sql = f"""{question.tagged()},
        behind AS (
          SELECT {unique} article_id, cluster_id FROM marks
          WHERE series = ? AND key = ?
          ORDER BY published_at, article_id
        )
        {LIST}"""  # noqa: S608 - ours; values are bound
    given = [*question.given(), *mark, page.size, page.size * page.number]
    return snapshot.rows(Listed, sql, given)


# For any sub-query that ends in behind(article_id, cluster_id).
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
