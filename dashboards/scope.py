"""Which articles a view is about: the filters, and their SQL."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Split(StrEnum):
    """What articles can be parted by; `ID` by what they are tagged with."""

    ID = "id"
    SOURCE = "source"
    LANGUAGE = "language"
    OWNERSHIP = "ownership"
    PERSPECTIVE = "perspective"
    COUNTRY = "country"
    RELATION = "relation"


# Of any table `a` with source, language and day; `h` is what its source was on that day.
COLUMNS = {
    Split.SOURCE: "a.source_id",
    Split.LANGUAGE: "a.language",
    Split.OWNERSHIP: "coalesce(h.ownership, 'unknown')",
    Split.PERSPECTIVE: "coalesce(h.perspective, 'other')",
    Split.COUNTRY: "coalesce(h.country, 'ZZ')",  # ISO 3166's code for an unknown country
    # from the part of an article's sentences that was not seen before
    Split.RELATION: """CASE WHEN coalesce(a.novelty, 0) < 0.2 THEN 'repeats'
        WHEN a.novelty < 0.6 THEN 'updates' ELSE 'adds' END""",
}
OF_THE_SOURCE = frozenset({Split.OWNERSHIP, Split.PERSPECTIVE, Split.COUNTRY})
HISTORY = """
        LEFT JOIN source_history AS h
          ON h.source_id = a.source_id AND a.day >= h.valid_from AND a.day < h.valid_to"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters of a view, both days included; an empty tuple lets everything through."""

    since: date
    until: date
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    perspectives: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def filters(self) -> dict[Split, tuple[str, ...]]:
        """Give the filters that let something through only."""
        every = {
            Split.SOURCE: self.sources,
            Split.LANGUAGE: self.languages,
            Split.OWNERSHIP: self.ownerships,
            Split.PERSPECTIVE: self.perspectives,
            Split.COUNTRY: self.countries,
        }
        return {split: values for split, values in every.items() if values}

    def rows_of(self, table: str, used: Iterable[Split] = ()) -> str:
        """Give `FROM … WHERE …`: the rows of a table, as `a`, that the filters let through.

        Args:
            table: has a day, and what the filters and `used` ask for.
            used: what else is asked of the rows than their filters.
        """
        history = HISTORY if OF_THE_SOURCE & {*used, *self.filters()} else ""
        wanted = "".join(
            f" AND {COLUMNS[split]} IN (SELECT unnest(${split}))" for split in self.filters()
        )
        return f"""
        FROM {table} AS a{history}
        WHERE a.day BETWEEN $since AND $until{wanted}"""

    def given(self) -> dict[str, object]:
        """Give the values that `rows_of` binds, by name."""
        return {"since": self.since, "until": self.until} | {
            str(split): values for split, values in self.filters().items()
        }
