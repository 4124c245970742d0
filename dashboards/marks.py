"""What a chart asks, and the marks it gets: points, bars, squares."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt

from dashboards.scope import COLUMNS, Scope, Split

ALL = "all"


class Kind(StrEnum):
    """What is counted of articles: their tags, or what else they are.

    `NAME` makes a series of each name of a place, `PLACE` one of the place; `PAIR` is two actors
    as `a~b`; `SEED` what repeats a seed document; `COPY` a reprint, by the outlet it is from;
    `ARTICLE` any relevant article; `PUBLISHED` any at all.
    """

    TOPIC = "topic"
    ACTOR = "actor"
    NAME = "name"
    PLACE = "place"
    PAIR = "pair"
    SEED = "seed"
    COPY = "copy"
    ARTICLE = "article"
    PUBLISHED = "published"


UNTAGGED = frozenset({Kind.ARTICLE, Kind.PUBLISHED})


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

    def first(self, day: date) -> date:
        """Give the first day of a day's period: its Monday, the first of its month."""
        if self is Grain.WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self is Grain.MONTH else day

    def last(self, day: date) -> date:
        """Give the last day of a day's period."""
        if self is Grain.MONTH:
            return self.first(self.first(day) + timedelta(days=31)) - timedelta(days=1)
        return self.first(day) + timedelta(days=6 if self is Grain.WEEK else 0)


@dataclass(frozen=True, slots=True)
class Question:
    """What a chart asks: how much of the scope is tagged with these ids.

    `split` makes the series of marks; `across` their keys: periods, parts, or one for all.
    `within` counts against the articles that carry any of the ids, not against all published.
    `independent` counts a story that many outlets reprint once.
    """

    scope: Scope
    kind: Kind = Kind.ARTICLE
    ids: tuple[str, ...] = (ALL,)
    split: Split = Split.ID
    across: Grain | Split | None = Grain.DAY
    within: bool = False
    voice: Voice = Voice.ANY
    independent: bool = False

    @property
    def grain(self) -> Grain:
        """The width of the periods that are its keys."""
        assert isinstance(self.across, Grain)
        return self.across

    def splits(self) -> tuple[Split, ...]:
        """Give what articles are parted by, their tags aside."""
        asked = (self.split, self.across)
        return tuple(split for split in asked if isinstance(split, Split) and split is not Split.ID)

    def key(self) -> str:
        """Give the SQL of a mark's key, of a row `a`."""
        if isinstance(self.across, Grain):
            return f"CAST(CAST(date_trunc('{self.across}', a.day) AS DATE) AS VARCHAR)"
        return COLUMNS[self.across] if self.across else f"'{ALL}'"

    def part(self) -> str:
        """Give the SQL of what a mark's denominator is bound to, beside its key."""
        return "''" if self.split is Split.ID else COLUMNS[self.split]

    def given(self) -> dict[str, object]:
        """Give the values its SQL may name."""
        return {**self.scope.given(), "ids": self.ids}


def narrowed(question: Question, since: date, until: date) -> Question:
    """Give the same question over other days."""
    return replace(question, scope=replace(question.scope, since=since, until=until))


@dataclass(frozen=True, slots=True)
class Mark:
    """One point, bar or square: how many articles, and of how many."""

    series: str
    key: str
    articles: int
    of: int

    @property
    def share(self) -> float:
        """The part of all that the same sources published, 0 to 1."""
        return self.articles / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """Give the 95 % interval of the share (Wilson 1927)."""
        return wilson(self.articles, self.of)


def wilson(count: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Give the Wilson score interval of a proportion (Wilson, JASA 1927)."""
    if not total:
        return 0.0, 1.0
    share, spread = count / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
