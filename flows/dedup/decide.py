"""Two fingerprints to a verdict: copy, container, or neither, and why."""

from dataclasses import dataclass

from flows.dedup.fingerprint import SHORT
from flows.model import DuplicateKind, Fingerprint


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


def compare(a: Fingerprint, b: Fingerprint) -> Verdict:
    """Say whether two texts are copies, or the longer one contains the shorter.

    Args:
        a: One fingerprint.
        b: The other; the order changes nothing.
    """
    long, short = sorted((a, b), key=lambda each: each.word_count, reverse=True)
    if a.normal_hash == b.normal_hash:
        return Verdict(DuplicateKind.EXACT, 1.0, 1.0, "equal after normalisation")
    shared = len(a.shingles & b.shingles)
    similarity = shared / max(len(a.shingles | b.shingles), 1)
    containment = shared / max(len(short.shingles), 1)
    facts = len(short.numbers & long.numbers) / max(len(short.numbers), 1)
    kind = None
    if containment >= 0.65 and (facts >= 0.7 or not short.numbers):
        kind = DuplicateKind.NEAR
    if containment >= 0.9 and short.word_count < 0.25 * long.word_count:
        kind = DuplicateKind.CONTAINED
    if short.word_count < SHORT and similarity < 0.9:
        kind = None
    return Verdict(kind, similarity, containment, f"containment {containment:.2f}")
