"""A text as hashes."""

import re
from functools import partial

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
SHORT = 60  # words; below, daily templates look like copies
HEADLINE = 20  # words; below, the title is part of the text
_SENTENCE_WORDS = 4  # shorter ones (`Reuters reports.`) say nothing about origin

_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_BOUND = np.uint64(2**64 // SKETCH_ONE_IN)
_NUMBER = re.compile(r"\d{1,3}(?:[   .,'’٬]\d{3})+(?!\d)|\d+(?:[.,٫]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+")
_APART = re.compile(r"\D+")


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
    words = [word for sentence in sentences for word in sentence]
    if len(words) < SHORT:
        sentences, plain = _with_title(title, len(words), sentences, plain)
        words = [word for sentence in sentences for word in sentence]
    hashes = word_hashes(words)
    return Fingerprint(
        normal_hash=xxhash.xxh3_128_hexdigest(" ".join(words).encode(), SEED),
        word_count=len(words),
        sketch=_sketch(shingles(hashes, SKETCH_SHINGLE)),
        shingles=frozenset(shingles(hashes, SHINGLE).tolist()),
        numbers=numbers(plain),
        sentences=tuple(
            _hash(" ".join(sentence)) for sentence in sentences if len(sentence) >= _SENTENCE_WORDS
        ),
        words=hashes.astype("<u8", copy=False).tobytes(),
    )


def _with_title(
    title: str, count: int, sentences: list[list[str]], plain: str
) -> tuple[list[list[str]], str]:
    heading = normal.plain(title)
    if count >= HEADLINE:
        heading = " ".join(_NUMBER.findall(heading))
    return normal.fold(heading) + sentences, f"{heading}\n{plain}"


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode(), SEED)


def word_hashes(words: list[str]) -> Hashes:
    """Give one 64-bit hash a word, in order."""
    digest = partial(xxhash.xxh3_64_intdigest, seed=SEED)
    return np.fromiter(map(digest, " ".join(words).encode().split(b" ")), np.uint64, len(words))


def word_hashes_of(marks: Fingerprint) -> Hashes:
    """Give the hashes of a fingerprint's words in order; none for a seed document."""
    return np.frombuffer(marks.words, "<u8")


def ordered_shingles(hashes: Hashes, size: int = SHINGLE) -> Hashes:
    """Give the hash of each run of `size` words, in order; a shorter text is one run."""
    if not len(hashes):
        return hashes
    size = min(size, len(hashes))
    runs = len(hashes) - size + 1
    mixed = np.zeros(runs, np.uint64)
    for offset in range(size):
        mixed = _mix(mixed + hashes[offset : offset + runs])
    return mixed


def shingles(hashes: Hashes, size: int) -> Hashes:
    """Give the sorted distinct hashes of all runs of `size` words."""
    return np.unique(ordered_shingles(hashes, size))


def _mix(values: Hashes) -> Hashes:
    """Spread the bits (finaliser of SplitMix64, Steele et al. 2014)."""
    values = values * np.uint64(_ODD[0])
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_ODD[1])
    return values ^ (values >> np.uint64(27))


def _sketch(hashes: Hashes) -> frozenset[int]:
    """Keep the hashes in the lowest sixteenth of the range, or the lowest few.

    FracMinHash (Irber et al. 2022): the kept share is the same for every text, so a short one
    inside a long one is found. The floor takes the lowest first, hence sketches nest.
    """
    kept = max(int(np.searchsorted(hashes, _BOUND)), SKETCH_FLOOR)
    return frozenset(hashes[:kept].tolist())


def numbers(text: str) -> frozenset[int]:
    """Give hashes of the numbers of a text, however it groups and points them."""
    return frozenset(_hash(_number(found)) for found in _NUMBER.findall(text))


def _number(found: str) -> str:
    """Join thousands, point decimals and dates: 67 373, 67,373 and 67373 are one number."""
    first, *rest = (str(int(part)) for part in _APART.split(found))
    if rest and _GROUPED.fullmatch(found):
        return str(int(_APART.sub("", found)))
    return ".".join((first, *rest))
