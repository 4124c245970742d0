"""The passages two texts share, as a reader sees them: side by side."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from flows.dedup import align, normal
from flows.dedup.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """A stretch of words as it stands in either text."""

    words: int
    left: str
    right: str


def side_by_side(left: str, right: str, least: int = 6) -> tuple[SharedPassage, ...]:
    """Give the passages of two texts that match, in the order of the left one.

    Args:
        left: One text.
        right: The other.
        least: The fewest words worth showing.
    """
    ours, theirs = fingerprint("", left, ""), fingerprint("", right, "")
    shown, other = _Words(left), _Words(right)
    return tuple(
        SharedPassage(
            passage.words,
            shown.between(passage.start_short, passage.words),
            other.between(passage.start_long, passage.words),
        )
        for passage in align.passages(ours, theirs)
        if passage.words >= least
    )


class _Words:
    """A text by its folded words: `NATO-ya` is one token of two words."""

    def __init__(self, text: str) -> None:
        self._tokens = normal.plain(text).split()
        folded = (" ".join(normal.fold(token)).split() for token in self._tokens)
        self._ends = list(accumulate(map(len, folded)))

    def between(self, start: int, words: int) -> str:
        first, last = bisect_right(self._ends, start), bisect_right(self._ends, start + words - 1)
        return " ".join(self._tokens[first : last + 1])
