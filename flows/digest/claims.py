"""What a digest says: a sentence, the query that gave its number, the articles behind it."""

from dataclasses import dataclass
from datetime import date, timedelta

from warehouse import literals
from warehouse.signals import Look

CHART_DAYS = 56


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a digest is of, both ends included, and as many before them."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """The period before."""
        end = self.since - timedelta(days=1)
        return Period(end - timedelta(days=self.days - 1), end)

    @property
    def sql(self) -> str:
        """The days as an SQL condition's right side."""
        return f"BETWEEN {literals.day(self.since)} AND {literals.day(self.until)}"

    def look(self, kind: str, one: str) -> Look:
        """Give the whole period of one id as what signals look at."""
        return Look(kind, one, "count", 1.0, self.days, self.until, self.until)


@dataclass(frozen=True, slots=True)
class Trend:
    """What a chart beside a sentence shows: an id's independent stories by day."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence.

    Args:
        words: the sentence; text, never markup.
        sql: gives its numbers.
        evidence: gives the ids of the articles behind them, the latest first.
        cited: gives those to show, if not the latest.
        trend: what to draw beside it.
    """

    words: str
    sql: str
    evidence: str
    cited: str | None = None
    trend: Trend | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Claims of one kind; `note` says what to know of them, or why there are none."""

    key: str
    title: str
    claims: tuple[Claim, ...]
    note: str = ""


def only(sql: str, column: str, value: str) -> str:
    """Give a query narrowed to the rows of one id: what a receipt keeps."""
    return f"SELECT * FROM ({sql}) WHERE {column} = {literals.text(value)}"  # noqa: S608
