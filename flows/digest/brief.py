"""A digest put together: every sentence with the articles it rests on and its receipt."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flows.digest import attention, health, sides
from flows.digest.attention import Day
from flows.digest.claims import CHART_DAYS, Claim, Period, Section
from warehouse import receipts, signals
from warehouse.signals import Cited

if TYPE_CHECKING:
    import duckdb

CITED = 3  # articles shown beside a sentence; its receipt names up to 200
DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is shown; `receipt` counts from 1."""

    words: str
    articles: tuple[Cited, ...]
    receipt: int
    label: str = ""
    trend: tuple[Day, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is shown."""

    key: str
    title: str
    note: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """A digest: the days it is of, its parts, and the receipts its sentences name.

    `missing` says why there is nothing, and what to do about it; without any article, and where
    no day was asked for, there are no days either.
    """

    since: date | None
    until: date | None
    newest: str
    vocabulary: str
    parts: tuple[Part, ...]
    receipts: tuple[str, ...]
    missing: str = ""

    @property
    def title(self) -> str:
        """What it is called."""
        if self.until is None:
            return "South Caucasus security in the news: no articles yet"
        days = f"{self.since} to {self.until}" if self.since != self.until else f"{self.until}"
        return f"South Caucasus security in the news, {days}"

    def document(self) -> dict[str, object]:
        """Give it as JSON tells it."""
        return asdict(self) | {"title": self.title}


def brief(connection: "duckdb.DuckDBPyConnection", period: str, until: date | None = None) -> Brief:
    """Give the digest of a day or a week; the same snapshot gives the same, at any hour.

    Args:
        connection: on the snapshot, from `reader.connect`.
        period: day or week.
        until: its last day; the last on which something was published if None.
    """
    record = signals.record(connection)
    last = until or _last_published(connection)
    if last is None:
        return Brief(None, None, "", "", (), (), _nothing(record))
    days = Period(last - timedelta(days=min(DAYS[period], last.toordinal()) - 1), last)
    if missing := _missing(connection, record, days):
        return Brief(days.since, days.until, "", "", (), (), missing)
    return _put_together(connection, days)


def _last_published(connection: "duckdb.DuckDBPyConnection") -> date | None:
    # the record goes on to the last poll, on a day that may have brought nothing yet
    row = connection.execute("SELECT max(day) FROM source_days").fetchone()
    return row[0] if row else None


def _nothing(record: tuple[date, date] | None) -> str:
    """Say why there is not a single article."""
    if record is None:
        return "The warehouse is empty. Run `araxes ingest`, or `araxes demo` to look around."
    return (
        f"No article was found yet, as far as the record goes, which is from {record[0]} to "
        f"{record[1]}. Run `araxes ingest` to bring it up to date, `araxes status` to see what "
        f"failed."
    )


def _missing(
    connection: "duckdb.DuckDBPyConnection", record: tuple[date, date] | None, days: Period
) -> str:
    if record is None:
        return _nothing(record)
    sql = "SELECT count(*) FROM articles WHERE day BETWEEN ? AND ?"
    row = connection.execute(sql, [days.since, days.until]).fetchone()
    if row and row[0]:
        return ""
    return (
        f"Nothing was published from {days.since} to {days.until} as far as the record goes, which "
        f"is from {record[0]} to {record[1]}. Run `araxes ingest` to bring it up to date, "
        f"`araxes status` to see what failed, or give another day: "
        f"`--until {_last_published(connection) or record[1]}`."
    )


def _put_together(connection: "duckdb.DuckDBPyConnection", days: Period) -> Brief:
    sections = (
        attention.whole(connection, days),
        attention.bursts(connection, days),
        attention.movers(connection, days),
        attention.newcomers(connection, days),
        sides.partings(connection, days),
        sides.namings(connection, days),
        sides.reprints(connection, days),
        health.health(connection, days),
    )
    proofs: list[receipts.Receipt] = []
    parts = tuple(_part(connection, section, days, proofs) for section in sections)
    newest, vocabulary = proofs[0].newest, proofs[0].vocabulary
    return Brief(days.since, days.until, newest, vocabulary, parts, tuple(map(str, proofs)))


def _part(
    connection: "duckdb.DuckDBPyConnection",
    section: Section,
    days: Period,
    proofs: list[receipts.Receipt],
) -> Part:
    sentences = []
    for claim in section.claims:
        span = str(days.since), str(days.until)
        proofs.append(receipts.receipt(connection, claim.sql, claim.evidence, span))
        sentences.append(_sentence(connection, claim, days, len(proofs)))
    return Part(section.key, section.title, section.note, tuple(sentences))


def _sentence(
    connection: "duckdb.DuckDBPyConnection", claim: Claim, days: Period, receipt: int
) -> Sentence:
    shown = connection.execute(claim.cited or claim.evidence).fetchmany(CITED)
    articles = signals.articles(connection, tuple(row[0] for row in shown))
    if claim.trend is None:
        return Sentence(claim.words, articles, receipt)
    charted = Period(days.until - timedelta(days=CHART_DAYS - 1), days.until)
    trend = tuple(attention.days_of(connection, claim.trend, charted))
    return Sentence(claim.words, articles, receipt, claim.trend.label, trend)
