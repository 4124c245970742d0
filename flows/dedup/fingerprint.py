"""A text as hashes."""

import re
from collections.abc import Iterable, Iterator

import numpy as np
import xxhash
from numpy.typing import NDArray

from flows.dedup import normal
from flows.model import Fingerprint

Hashes = NDArray[np.uint64]

SEED = 20_260_101  # fixed for ever: stored hashes must mean the same in the next version
SHINGLE = 3  # words; verification
SKETCH_SHINGLE = 5  # words; the index
SKETCH_ONE_IN = 16
SKETCH_FLOOR = 16  # hashes a short text still has in the index
SKETCH_BITS = 40  # of each hash; with 32, chance made candidates among a million texts
SHORT = 60  # words; below, daily templates look like copies
HEADLINE = 20  # words; below, the title is part of the text
_SENTENCE_WORDS = 4  # shorter ones (`Reuters reports.`) say nothing about origin

_TITLE_WORDS = 4  # shorter ones (`News in brief`) are shared by unrelated texts
_REMEMBERED = 100_000  # words, some 10 MB
_GOLDEN, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_BOUND = np.uint64(2**64 // SKETCH_ONE_IN)
_KEPT = np.uint64(2**SKETCH_BITS - 1)
# Two steps, since a pattern that starts with one class scans text several times faster.
_DIGITS = re.compile(r"\d[\d.,٫'’٬ \u00a0\u202f]*")
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,'’٬]\d{3})+(?!\d)|\d+(?:[.,٫]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+")
_APART = re.compile(r"\D+")
# A capital after a space: sentences start on new lines, so these stand inside one.
_NAME = re.compile(
    r"[^\S\n][«\"'“„‘(\[]?([A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪİĶŁĻŃŅŇŌŐŘŚŞŠŢŤŪŮŰŹŻŽƏΑ-ΩЀ-ЯҐҒҚҢӘ\u0531-\u0556][\w'’-]*)"
)


def fingerprint(title: str, text: str, language: str) -> Fingerprint:
    """Give the hashes that find, compare and explain copies of a text.

    The language changes nothing: a text wrongly taken for Turkish still equals its copy.
    Under 60 words the title's numbers count, under 20 the whole title does.

    Args:
        title: The article's title.
        text: The article's text, as stored or as it stood on the page.
        language: ISO 639-1 code of the text.
    """
    del language
    plain = normal.plain(text)
    sentences = normal.fold(plain)
    if (count := sum(map(_count, sentences))) < SHORT:
        plain = f"{_title_of_short(title, count)}\n{plain}"
        sentences = normal.fold(plain)
    folded = " ".join(sentences).encode()
    words = word_hashes(folded.split())
    return Fingerprint(
        normal_hash=xxhash.xxh3_128_hexdigest(folded, SEED),
        word_count=len(words),
        sketch=_sketch(ordered_shingles(words, SKETCH_SHINGLE)),
        shingles=frozenset(ordered_shingles(words).tolist()),
        numbers=_hashes(numbers_in(plain)),
        sentences=tuple(_hash(each) for each in sentences if _count(each) >= _SENTENCE_WORDS),
        words=words.astype("<u8", copy=False).tobytes(),
        names=_hashes(" ".join(normal.fold(" ".join(names_in(plain)))).split()),
        cut=normal.is_cut(text),
        stops=normal.stops(text),
        heading=_heading_hash(title),
    )


def _count(sentence: str) -> int:
    return sentence.count(" ") + 1


def _title_of_short(title: str, count: int) -> str:
    """Give what of the title belongs to a short text of `count` words."""
    heading = normal.plain(title)
    return heading if count < HEADLINE else " ".join(_numbers(heading))


def _heading_hash(title: str) -> int:
    folded = " ".join(normal.fold(normal.plain(title)))
    return _hash(folded) if _count(folded) >= _TITLE_WORDS else 0


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode(), SEED)


def _hashes(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(map(_hash, texts))


# ---------------------------------------------------------------- words in order


class _HashedWords(dict[bytes, int]):
    """Hashes of words met before: most of a text are, and looking up beats hashing."""

    def __missing__(self, word: bytes) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        hashed = self[word] = xxhash.xxh3_64_intdigest(word, SEED)
        return hashed


_HASHED_WORDS = _HashedWords()


def word_hashes(words: list[bytes]) -> Hashes:
    """Give one 64-bit hash a word, in order."""
    return np.fromiter(map(_HASHED_WORDS.__getitem__, words), np.uint64, len(words))


def word_hashes_of(marks: Fingerprint) -> Hashes:
    """Give the hashes of a fingerprint's words in order; none for a seed document."""
    return np.frombuffer(marks.words, "<u8")


def ordered_shingles(words: Hashes, size: int = SHINGLE) -> Hashes:
    """Give the hash of each run of `size` words, in order; a shorter text is one run."""
    if not len(words):
        return words
    size = min(size, len(words))
    runs = len(words) - size + 1
    mixed = words[:runs] * _GOLDEN
    for offset in range(1, size):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _SPREAD + words[offset : offset + runs]
    return _finish(mixed)


def _finish(values: Hashes) -> Hashes:
    """Spread the bits evenly, as the sketch needs (finaliser of SplitMix64, Steele 2014)."""
    values = (values ^ (values >> np.uint64(30))) * _GOLDEN
    values = (values ^ (values >> np.uint64(27))) * _SPREAD
    return values ^ (values >> np.uint64(31))


def _sketch(hashes: Hashes) -> frozenset[int]:
    """Keep the hashes in the lowest sixteenth of the range, or the lowest few; 40 bits of each.

    FracMinHash (Irber et al. 2022): the kept share is the same for every text, so a short one
    inside a long one is found. The floor takes the lowest first, hence sketches nest. So
    many bits are enough to look candidates up, and save a third of the table.
    """
    lowest = np.unique(hashes)
    kept = max(int(np.searchsorted(lowest, _BOUND)), SKETCH_FLOOR)
    return frozenset((lowest[:kept] & _KEPT).tolist())


# ---------------------------------------------------------------- facts


def numbers_in(plain: str) -> Iterator[str]:
    """Give the numbers of a plain text in one spelling."""
    return map(_number, _numbers(plain))


def _numbers(plain: str) -> Iterator[str]:
    for digits in _DIGITS.findall(plain):
        yield from _NUMBER.findall(digits)


def _number(found: str) -> str:
    """Join thousands, point decimals and dates: 67 373, 67,373 and 67373 are one number."""
    first, *rest = (str(int(part)) for part in _APART.split(found))
    if rest and _GROUPED.fullmatch(found):
        return str(int(_APART.sub("", found)))
    return ".".join((first, *rest))


def names_in(plain: str) -> list[str]:
    """Give the words of a plain text written with a capital inside a sentence.

    Scripts without case have none; where most words have one, it says nothing.
    """
    capital: list[str] = _NAME.findall(plain)
    return [] if 2 * len(capital) > plain.count(" ") else capital
