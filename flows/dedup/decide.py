"""Two fingerprints to a verdict: copy, container, or neither, and why."""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from typing_extensions import override

from flows.dedup.align import Alignment, align, recurrence
from flows.dedup.fingerprint import HEADLINE, SHORT
from flows.model import DuplicateKind, Fingerprint

# The shapes of a copy. A house adds a lead, a paragraph of background, a legal line; a longer
# block in a row is another story, and the text that has it holds this one among other things.
_ADDED = 100  # words
_ADDED_SHARE = 0.12  # of the long text
# A text with the same title may be followed by all that was cut away; so may, within limits,
# one that announces a cut; one that breaks off within a sentence must be half of the other.
# What follows a teaser at length must come back to what it speaks of: a round-up, or a piece
# that quotes others, may begin with it too.
_LEAD = 60  # words before it
_TEASER, _TEASER_LEFT, _LARGE_TEASER = 0.15, 400, 0.25  # of the long text; words after it
_RETURNS = 0.055  # recurrence; chosen on the pairs of tests/bench/dedup.py
_BROKEN_OFF = 0.5
_MOST = 0.75
_IMAGINED = 0.8
# A wrong pair joins two clusters, a missed one is mostly joined through a third copy.
_LIKELY, _SURE = 0.7, 0.9
# A daily form or a later report may keep all else; of 645 copies with so many numbers in the
# pairs of the bench, none keeps a smaller share.
_MANY_NUMBERS, _KEPT = 5, 0.6
_UNLIKE = 0.2  # containment: below, no edit of one text explains the other
_VERBATIM = 0.98  # of the 3-word runs: what short texts must share, for lack of other evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one text is to another; `kind` is None when each stands for itself.

    `similarity` is the Jaccard index of 3-word shingles, `containment` the share of the
    shorter text's shingles found in the longer one, `method` the reason in words.
    """

    kind: DuplicateKind | None
    similarity: float
    containment: float
    method: str


@dataclass(frozen=True, slots=True)
class Weights:
    """Coefficients of the decision, as trained; see coefficients.toml."""

    bias: float
    aligned: float
    facts: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the decision sees: the alignment, and how many facts of the short text are kept."""

    alignment: Alignment
    numbers: tuple[int, int]  # kept, of
    names: tuple[int, int]

    @property
    def features(self) -> tuple[float, float]:
        """The decision's inputs, each from 0 to 1: words aligned, and facts kept.

        A number is two facts, since names recur in all reports of a subject. One more fact,
        mostly kept, is imagined: where a text has none, that speaks neither way.
        """
        kept, of = (
            2 * number + name for number, name in zip(self.numbers, self.names, strict=True)
        )
        return self.alignment.share, (kept + _IMAGINED) / (of + 1)

    @override
    def __str__(self) -> str:
        return (
            f"{self.alignment.share:.0%} of the shorter text aligned, "
            f"{self.numbers[0]} of {self.numbers[1]} numbers and "
            f"{self.names[0]} of {self.names[1]} names kept"
        )


def compare(a: Fingerprint, b: Fingerprint) -> Verdict:
    """Say whether two texts are copies, or the longer one contains the shorter.

    Args:
        a: One fingerprint.
        b: The other; the order changes nothing.
    """
    if a.normal_hash == b.normal_hash:
        return Verdict(DuplicateKind.EXACT, 1.0, 1.0, "equal after normalisation")
    short, long = sorted((a, b), key=lambda each: (each.word_count, each.normal_hash))
    shared = len(short.shingles & long.shingles)
    containment = shared / max(len(short.shingles), 1)
    similarity = shared / max(len(short.shingles) + len(long.shingles) - shared, 1)
    if containment < _UNLIKE:
        return Verdict(None, similarity, containment, "not the same text")
    found = evidence(short, long)
    kind, reason = _kind(short, long, containment, found)
    return Verdict(kind, similarity, containment, f"{reason}: {found}")


def evidence(short: Fingerprint, long: Fingerprint) -> Evidence:
    """Gather what decides whether a long text holds a short one whole, with its facts."""
    # A text in capitals, or in a script without them, has no names to miss.
    named = bool(short.names and long.names)
    return Evidence(
        alignment=align(short, long),
        numbers=(len(short.numbers & long.numbers), len(short.numbers)),
        names=(len(short.names & long.names), len(short.names)) if named else (0, 0),
    )


def probability(found: Evidence, weights: Weights) -> float:
    """Give the probability that the long text holds the short one whole, with its facts."""
    aligned, facts = found.features
    score = weights.bias + weights.aligned * aligned + weights.facts * facts
    return 1 / (1 + math.exp(-score))


def _kind(
    short: Fingerprint, long: Fingerprint, containment: float, found: Evidence
) -> tuple[DuplicateKind | None, str]:
    likely = probability(found, trained())
    holds = likely >= _LIKELY
    if short.word_count < SHORT:
        holds = _holds_short(short, containment, found)
    if not holds:
        return None, f"not the same text (p={likely:.3f})"
    kept, of = found.numbers
    if of >= _MANY_NUMBERS and kept < _KEPT * of:
        return None, f"other numbers in much the same words (p={likely:.3f})"
    if _is_same_article(short, long, found.alignment):
        return DuplicateKind.NEAR, f"near (p={likely:.3f})"
    return DuplicateKind.CONTAINED, f"contains it among other things (p={likely:.3f})"


def _holds_short(short: Fingerprint, containment: float, found: Evidence) -> bool:
    """Daily notes differ in a word or a number, so nothing may; a teaser's scan may be poor.

    Headlines match nothing: they recur.
    """
    kept, of = found.numbers
    if short.word_count < HEADLINE or kept < of:
        return False
    poor_copy = short.cut and probability(found, trained()) >= _SURE
    return poor_copy or containment >= _VERBATIM


def _is_same_article(short: Fingerprint, long: Fingerprint, found: Alignment) -> bool:
    if found.block <= max(_ADDED, _ADDED_SHARE * long.word_count):
        return True
    if found.before > _LEAD or found.block > found.after:
        return False  # something else stands before it, or in it
    if short.heading and short.heading == long.heading:
        return True
    if short.cut and found.after > _TEASER_LEFT and recurrence(long, found.after) < _RETURNS:
        return False
    return found.ratio >= _least_beginning(short, found)


def _least_beginning(short: Fingerprint, found: Alignment) -> float:
    """Give how much of the long text its beginning must be, to be the same article cut."""
    if short.cut:
        return _TEASER if found.after <= _TEASER_LEFT else _LARGE_TEASER
    return _MOST if short.stops else _BROKEN_OFF


@cache
def trained() -> Weights:
    """Read the trained coefficients."""
    file = Path(__file__).with_name("coefficients.toml")
    return Weights(**tomllib.loads(file.read_text("utf-8")))
