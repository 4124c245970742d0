"""Two texts side by side: which passages of one stand in the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.dedup.fingerprint import SHINGLE, Hashes, ordered_shingles, word_hashes_of
from flows.model import Fingerprint

# Words between two shared runs that still belong to one passage: an editor's or a scanner's
# changes scatter over a text, while another text's unshared words stand together.
TOLERANCE = 10
# The commonest words of a text bind it together in any language, some languages more than
# others: so much of the words at its end is found at its beginning whatever either is about.
_BINDING, _BOUND = 12, 0.4

Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of words the short text shares with the long one, by word offsets."""

    start_short: int
    start_long: int
    words: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """How far a short text stands in a long one.

    `share` is the part of the short text's words inside shared passages, `ratio` the short
    text's length over the long one's. Of the long text's words, `before` and `after` count
    those around the shared ones, `block` the most in a row that are not shared.
    """

    share: float
    ratio: float
    before: int
    after: int
    block: int


def align(short: Fingerprint, long: Fingerprint) -> Alignment:
    """Measure how far a short text stands in a long one, in whatever order."""
    held, places = _shared(short, long)
    ratio = short.word_count / max(long.word_count, 1)
    if not len(held):
        return Alignment(0.0, ratio, long.word_count, long.word_count, long.word_count)
    gaps = np.diff(held)
    words = int(np.where(gaps <= TOLERANCE, gaps, SHINGLE).sum()) + SHINGLE
    places = np.sort(places)
    before, after = int(places[0]), long.word_count - int(places[-1]) - SHINGLE
    return Alignment(
        share=min(words / short.word_count, 1.0),
        ratio=ratio,
        before=before,
        after=after,
        block=max(before, after, int(np.diff(places).max(initial=SHINGLE)) - SHINGLE),
    )


def recurrence(text: Fingerprint, after: int) -> float:
    """Give the share of the words at a text's end that stand at its beginning, beyond chance.

    An article speaks of one thing to its end; a piece that goes on to other things does not.
    After Hearst's lexical cohesion (TextTiling, 1997).

    Args:
        text: The text.
        after: Words that follow the beginning; the end is the second half of them.
    """
    words = word_hashes_of(text)
    end = np.unique(words[len(words) - after // 2 :])
    found = np.isin(end, words[: len(words) - after]).mean()
    binding = np.sort(np.unique(words, return_counts=True)[1])[-_BINDING:].sum() / len(words)
    return float(found - _BOUND * binding)


def passages(short: Fingerprint, long: Fingerprint) -> tuple[Passage, ...]:
    """Give the shared stretches in the order of the short text, for people to read."""
    held, places = _shared(short, long)
    breaks = np.flatnonzero((np.diff(held) != 1) | (np.diff(places) != 1)) + 1
    runs = zip(np.split(held, breaks), np.split(places, breaks), strict=True)
    return tuple(
        Passage(int(one[0]), int(other[0]), len(one) + SHINGLE - 1)
        for one, other in runs
        if len(one)
    )


def _shared(short: Fingerprint, long: Fingerprint) -> tuple[Positions, Positions]:
    """Give where the short text's 3-word runs that the long one has stand in either."""
    ours, theirs = (ordered_shingles(word_hashes_of(each)) for each in (short, long))
    if not len(ours) or not len(theirs):
        nowhere = np.zeros(0, np.intp)
        return nowhere, nowhere
    order, place = _places(ours, theirs)
    held = np.flatnonzero(theirs[order[place]] == ours)
    return held, order[place[held]]


def _places(ours: Hashes, theirs: Hashes) -> tuple[Positions, Positions]:
    order = np.argsort(theirs, kind="stable")
    place = np.searchsorted(theirs, ours, sorter=order)
    place[place == len(theirs)] = 0
    return order, place
