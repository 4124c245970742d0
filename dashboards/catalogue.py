"""What can be chosen: days on record, tags, outlets."""

from dataclasses import dataclass
from datetime import date

from dashboards.marks import Kind
from dashboards.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Record:
    """The days on record and how much they hold."""

    first: date
    last: date
    articles: int
    relevant: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An id and its label."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet and who stands behind it."""

    source_id: str
    name: str
    country: str
    ownership: str
    perspective: str
    evidence: str
    homepage: str


CHOICES = {
    Kind.TOPIC: "SELECT topic_id AS id, label FROM topics ORDER BY label",
    Kind.ACTOR: "SELECT actor_id AS id, label FROM actors ORDER BY label",
    Kind.NAME: "SELECT place_id AS id, label FROM places ORDER BY label",
    Kind.PLACE: "SELECT place_id AS id, label FROM places ORDER BY label",
}


def record(snapshot: Snapshot) -> Record | None:
    """Give the days on record, or None when there is no article."""
    found = snapshot.rows(
        Record,
        """
        SELECT min(day) AS first, max(day) AS last, CAST(sum(articles) AS BIGINT) AS articles,
          CAST(sum(relevant) AS BIGINT) AS relevant
        FROM source_days HAVING count(*) > 0
        """,
    )
    return found[0] if found else None


def choices(snapshot: Snapshot, kind: Kind) -> dict[str, str]:
    """Give the labels of all tags of a kind by id; labels that two share carry the id."""
    found = snapshot.rows(Choice, CHOICES[kind])
    labels = [choice.label for choice in found]
    return {
        choice.id: choice.label if labels.count(choice.label) == 1
        else f"{choice.label} ({choice.id})"
        for choice in found
    }  # fmt: skip


def outlets(snapshot: Snapshot) -> dict[str, Outlet]:
    """Give the outlets by id."""
    found = snapshot.rows(
        Outlet,
        """
        SELECT source_id, name, country, ownership, perspective, evidence, homepage
        FROM sources ORDER BY name, source_id
        """,
    )
    return {outlet.source_id: outlet for outlet in found}


def languages(snapshot: Snapshot) -> tuple[str, ...]:
    """Give the languages that occur."""
    found = snapshot.rows(
        Choice, "SELECT DISTINCT language AS id, language AS label FROM articles ORDER BY id"
    )
    return tuple(choice.id for choice in found)
