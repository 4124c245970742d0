"""Which of a contested place's names an article uses, and in whose voice."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from flows.model import Naming
from flows.tag.fields import Field
from flows.tag.matcher import Hit, Kind

_CLOSED_BY = {"«": "»", "“": "”", "„": "“”", "”": "”", '"': '"', "‹": "›"}
_DOUBLE = re.compile('[«»“”„‹›"]')
# a straight single mark is an apostrophe too: only a short stretch between words quotes
_SINGLE = re.compile(r"(?<!\w)['‘]([^'‘’\n]{1,200})['’](?!\w)")
_LONGEST_QUOTE = 1200  # code points; a mark left open longer was no quotation


def namings(fields: Iterable[Field]) -> tuple[Naming, ...]:
    """Give each name used of each place, own voice and quotation apart."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    for field in fields:
        quotes = quoted_spans(field.text) if Kind.VARIANT in field.by_kind else []
        for hit in _longest_variants(field):
            quoted = any(start <= hit.start and hit.end <= end for start, end in quotes)
            counts[hit.use.target, hit.use.detail, quoted] += 1
    return tuple(
        Naming(place_id=place, variant=variant, quoted=quoted, mentions=count)
        for (place, variant, quoted), count in sorted(counts.items())
    )


def _longest_variants(field: Field) -> Iterator[Hit]:
    """Give the variants no longer name covers; a mask (Shusha Declaration) covers too."""
    end = 0
    for hit in field.in_order((Kind.VARIANT, Kind.MASK)):
        if hit.start >= end:
            end = hit.end
            if hit.use.kind is Kind.VARIANT:
                yield hit


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Give where quotations stand, marks left out; marks that never close count for nothing."""
    spans = [found.span(1) for found in _SINGLE.finditer(text)]
    opened: tuple[int, str] | None = None
    for found in _DOUBLE.finditer(text):
        at, mark = found.start(), found.group()
        if opened is not None and at - opened[0] > _LONGEST_QUOTE:
            opened = None
        if opened is None:
            opened = (at, mark) if mark in _CLOSED_BY else None
        elif mark in _CLOSED_BY[opened[1]]:
            spans.append((opened[0] + 1, at))
            opened = None
    return spans
