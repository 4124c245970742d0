"""Places of a text read as an actor: the longest reading wins, a mask wins and is nothing."""

from dataclasses import dataclass

from flows.tag.fields import Field
from flows.tag.matcher import Hit, Kind

READINGS = frozenset({
    Kind.NAME, Kind.PEOPLE, Kind.SEAT, Kind.FULL_NAME, Kind.SURNAME, Kind.BODY, Kind.MASK,
})  # fmt: skip

# of two readings of the same letters, the one that says more
_RANK = {
    Kind.MASK: 0, Kind.FULL_NAME: 1, Kind.BODY: 2, Kind.NAME: 3, Kind.PEOPLE: 4, Kind.SEAT: 5,
    Kind.SURNAME: 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One place of a field read as one actor, with the rule that allows it."""

    field: Field
    hit: Hit
    actor_id: str
    rule: str = ""

    @property
    def surface(self) -> str:
        """The words as they stand."""
        return self.field.text[self.hit.start : self.hit.end]


def longest(field: Field) -> list[Reading]:
    """Give the readings of a field that no longer one covers."""
    kept: list[Hit] = []
    for hit in field.in_order(READINGS):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        elif _beats(hit, kept[-1]):
            kept[-1] = hit
    return [Reading(field, hit, hit.use.target) for hit in kept if hit.use.kind is not Kind.MASK]


def _beats(hit: Hit, other: Hit) -> bool:
    same = hit.start == other.start and hit.end == other.end
    return same and _RANK[hit.use.kind] < _RANK[other.use.kind]
