"""The note that goes with each figure into its downloads."""

from dataclasses import dataclass

from dashboards.files import Note
from dashboards.marks import Counting, Question
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot


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


def note(snapshot: Snapshot, title: str, question: Question, reading: Counting) -> Note:
    """Give the note of a figure that counts marks."""
    counted = "clusters (reprints counted once)" if reading.independent else "articles"
    return Note(
        title,
        snapshot.name,
        vocabulary(snapshot),
        f"all {counted} of the same sources in the same period, relevant or not; "
        "gaps are shaded or empty, never zero",
        "95 %, Wilson score",
        described(question.scope),
        f"{question.tagged()} -- bound: {question.given()}",
    )


def described(scope: Scope) -> str:
    """Give the filters in words."""
    chosen = {
        "source": scope.sources,
        "language": scope.languages,
        "ownership": scope.ownerships,
        "perspective": scope.perspectives,
        "country": scope.countries,
    }
    words = [f"{name}: {', '.join(values)}" for name, values in chosen.items() if values]
    return "; ".join((f"{scope.since} to {scope.until}, days at UTC+4", *words))
