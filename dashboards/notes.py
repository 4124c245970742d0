# ruff: noqa: S608 - put together of our own queries, with literals that Query wrote
"""The note that goes with each figure into its downloads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards import behind, counts
from dashboards.files import Note
from dashboards.marks import Question
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot
from warehouse import receipts


@dataclass(frozen=True, slots=True)
class Source:
    """What a figure's numbers are from: known at once, its receipt asked for on a download.

    `numbers` is SQL that gives the figure's numbers, `evidence` the newest articles behind them.
    """

    title: str
    filters: str
    denominator: str
    interval: str
    numbers: str
    evidence: str


@dataclass(frozen=True, slots=True)
class _Version:
    version: str


def vocabulary(snapshot: Snapshot) -> str:
    """Give the version of the vocabulary of the newest run."""
    found = snapshot.rows(
        _Version,
        "SELECT vocabulary_version AS version FROM runs ORDER BY started_at DESC LIMIT 1",
    )
    return found[0].version if found else "unknown"


def note(snapshot: Snapshot, source: Source) -> Note:
    """Give the note of a figure, with the receipt of its numbers."""
    with snapshot.cursor() as cursor:
        receipt = receipts.receipt(cursor, source.numbers, source.evidence)
    return Note(
        source.title,
        snapshot.name,
        vocabulary(snapshot),
        source.denominator,
        source.interval,
        source.filters,
        str(receipt),
    )


def source(title: str, question: Question) -> Source:
    """Give what the numbers of a question are from."""
    counted = "clusters (reprints counted once)" if question.independent else "articles"
    base = "articles that carry any of these" if question.within else "relevant or not"
    return Source(
        title,
        described(question.scope),
        f"all {counted} of the same sources in the same period, {base}; "
        "gaps are shaded or empty, never zero",
        "95 %, Wilson score",
        counts.query(question).literal(),
        newest(behind.every(question).literal()),
    )


def compared(title: str, spans: Mapping[str, Question]) -> Source:
    """Give what the numbers of a question over several spans are from."""
    first = source(title, next(iter(spans.values())))
    filters = "; against ".join(described(question.scope) for question in spans.values())
    numbers = " UNION ALL ".join(
        f"SELECT {number} AS span, * FROM ({counts.query(question).literal()})"
        for number, question in enumerate(spans.values())
    )
    evidence = " UNION ".join(
        f"({behind.every(question).literal()})" for question in spans.values()
    )
    numbers, evidence = f"{numbers} ORDER BY ALL", newest(evidence)
    return replace(first, filters=filters, numbers=numbers, evidence=evidence)


def newest(articles: str) -> str:
    """Give the newest articles a receipt names, of SQL that gives (article_id, published_at)."""
    return f"""SELECT article_id FROM ({articles})
        ORDER BY published_at DESC, article_id LIMIT {receipts.EVIDENCE}"""


def described(scope: Scope) -> str:
    """Give the filters in words."""
    words = [f"{split}: {', '.join(values)}" for split, values in scope.filters().items()]
    return "; ".join((f"{scope.since} to {scope.until}, days at UTC+4", *words))
