"""The title or the text of an article with everything found in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.tag.matcher import Hit, Kind


@dataclass(frozen=True, slots=True)
class Field:
    """The title or the text, with every hit in it."""

    name: str
    text: str
    hits: tuple[Hit, ...]

    def of_kind(self, *kinds: Kind) -> Iterator[Hit]:
        """Give the hits of some kinds."""
        return (hit for hit in self.hits if hit.use.kind in kinds)
