"""The title or the text of an article with everything found in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.tag.matcher import Hit, Kind


@dataclass(frozen=True, slots=True)
class Field:
    """The title or the text, with every hit in it by kind, each kind in order of start."""

    name: str
    text: str
    by_kind: Mapping[Kind, tuple[Hit, ...]]
    given_ends: frozenset[int]
    office_starts: frozenset[int]
    office_ends: frozenset[int]
    surname_starts: frozenset[int]
    surname_ends: frozenset[int]

    def of_kind(self, *kinds: Kind) -> Iterator[Hit]:
        """Give the hits of some kinds, kind after kind."""
        return (hit for kind in kinds for hit in self.by_kind.get(kind, ()))

    def in_order(self, kinds: Iterable[Kind]) -> list[Hit]:
        """Give the hits of some kinds by their start, the longer first."""
        return sorted(self.of_kind(*kinds), key=lambda hit: (hit.start, -hit.end))


def field_of(name: str, text: str, hits: Iterable[Hit]) -> Field:
    """Give a field with its hits sorted by kind."""
    by_kind: dict[Kind, list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault(hit.use.kind, []).append(hit)
    surnames = by_kind.get(Kind.SURNAME, [])
    offices = by_kind.get(Kind.OFFICE, [])
    return Field(
        name=name,
        text=text,
        by_kind={kind: tuple(found) for kind, found in by_kind.items()},
        given_ends=frozenset(hit.end for hit in by_kind.get(Kind.GIVEN, [])),
        office_starts=frozenset(hit.start for hit in offices),
        office_ends=frozenset(hit.end for hit in offices),
        surname_starts=frozenset(hit.start for hit in surnames),
        surname_ends=frozenset(hit.end for hit in surnames),
    )
