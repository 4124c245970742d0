"""The seed corpus: documents known before the first article, as fingerprints, never as text."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from flows.dedup.fingerprint import Hashes, fingerprint, ordered_shingles, word_hashes_of
from flows.errors import ConfigError, ConfigProblem
from flows.extract.text import count_words
from flows.ids import content_hash, stable_id
from flows.model import Fingerprint, SeedDocument

PASSAGE = 20  # words in a row: longer than a name of office or a set phrase of diplomacy
WHOLE = 0.65  # share of a seed's shingles that makes the repetition one of the whole document
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class SeedMatch:
    """How far a text repeats a seed document.

    `similarity` is the Jaccard index of 3-word shingles, `containment` the share of the seed
    found in the text, `passage` the longest run of words shared.
    """

    seed: SeedDocument
    whole: bool
    similarity: float
    containment: float
    passage: int
    sentences: int

    @property
    def method(self) -> str:
        """The reason in words."""
        what = "repeats the seed" if self.whole else "contains a passage of the seed"
        return (
            f"{what}: {self.containment:.2f} of its 3-word runs, longest passage "
            f"{self.passage} words, {self.sentences} whole sentences"
        )


def read(title: str, text: str, language: str, added_at: datetime) -> SeedDocument:
    """Give the seed document of a text: fingerprint and length, no text.

    Args:
        title: The only words of the document that are kept.
        text: The whole document.
        language: ISO 639-1 code.
        added_at: When it joined the corpus, UTC.
    """
    marks = fingerprint(title, text, language)
    return SeedDocument(
        seed_id=stable_id("seed", marks.normal_hash),
        title=title,
        language=language,
        word_count=count_words(text),
        content_hash=content_hash(text),
        added_at=added_at,
        fingerprint=_without_words(marks),
    )


def match(marks: Fingerprint, seeds: tuple[SeedDocument, ...]) -> tuple[SeedMatch, ...]:
    """Give the seeds a text repeats, wholly or in a passage, the most repeated first."""
    found = [hit for seed in seeds if (hit := _match(marks, seed)) is not None]
    return tuple(sorted(found, key=lambda hit: (-hit.containment, hit.seed.seed_id)))


def _match(marks: Fingerprint, seed: SeedDocument) -> SeedMatch | None:
    theirs = seed.fingerprint
    shared = len(marks.shingles & theirs.shingles)
    if not shared:
        return None
    containment = shared / len(theirs.shingles)
    passage = _longest_run(ordered_shingles(word_hashes_of(marks)), theirs.shingles)
    whole = containment >= WHOLE
    if not whole and passage < min(PASSAGE, theirs.word_count):
        return None
    return SeedMatch(
        seed=seed,
        whole=whole,
        similarity=shared / len(marks.shingles | theirs.shingles),
        containment=containment,
        passage=passage,
        sentences=len(set(marks.sentences) & set(theirs.sentences)),
    )


def _longest_run(shingles: Hashes, known: frozenset[int]) -> int:
    """Count the words of the longest stretch whose 3-word shingles are all known."""
    held = np.fromiter((each in known for each in shingles.tolist()), bool, len(shingles))
    edges = np.flatnonzero(np.diff(np.concatenate(([False], held, [False])).astype(np.int8)))
    runs = edges[1::2] - edges[::2]
    return int(runs.max()) + 2 if len(runs) else 0


def _without_words(marks: Fingerprint) -> Fingerprint:
    return Fingerprint(
        marks.normal_hash,
        marks.word_count,
        marks.sketch,
        marks.shingles,
        marks.numbers,
        marks.sentences,
    )


# ---------------------------------------------------------------- files


def write(folder: Path, document: SeedDocument) -> Path:
    """Write a seed's file, named by its id; gives the path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document.seed_id}.json"
    path.write_text(json.dumps(_as_json(document), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def load(folder: Path) -> tuple[SeedDocument, ...]:
    """Read all seeds of a folder, ordered by id; a folder that is not there has none.

    Raises:
        ConfigError: files that are no seed documents; all at once.
    """
    documents: list[SeedDocument] = []
    problems: list[ConfigProblem] = []
    for path in sorted(folder.glob("*.json")):
        try:
            documents.append(_from_json(json.loads(path.read_text("utf-8"))))
        except (ValueError, KeyError, TypeError) as error:
            problems.append(ConfigProblem(path, None, "seed document", str(error)))
    if problems:
        raise ConfigError(tuple(problems))
    return tuple(documents)


def _as_json(document: SeedDocument) -> dict[str, object]:
    marks = document.fingerprint
    return {
        "format": _FORMAT,
        "seed_id": document.seed_id,
        "title": document.title,
        "language": document.language,
        "word_count": document.word_count,
        "content_hash": document.content_hash,
        "added_at": document.added_at.isoformat(),
        "normal_hash": marks.normal_hash,
        "normal_words": marks.word_count,
        "sentences": _hex(marks.sentences),
        "numbers": _hex(sorted(marks.numbers)),
        "sketch": _hex(sorted(marks.sketch)),
        "shingles": _hex(sorted(marks.shingles)),
    }


def _hex(hashes: list[int] | tuple[int, ...]) -> str:
    return " ".join(f"{each:016x}" for each in hashes)


def _hashes(written: str) -> list[int]:
    return [int(each, 16) for each in written.split()]


def _from_json(row: dict[str, Any]) -> SeedDocument:
    if row["format"] != _FORMAT:
        message = f"format {row['format']} is not {_FORMAT}"
        raise ValueError(message)
    return SeedDocument(
        seed_id=row["seed_id"],
        title=row["title"],
        language=row["language"],
        word_count=int(row["word_count"]),
        content_hash=row["content_hash"],
        added_at=datetime.fromisoformat(row["added_at"]),
        fingerprint=Fingerprint(
            normal_hash=row["normal_hash"],
            word_count=int(row["normal_words"]),
            sketch=frozenset(_hashes(row["sketch"])),
            shingles=frozenset(_hashes(row["shingles"])),
            numbers=frozenset(_hashes(row["numbers"])),
            sentences=tuple(_hashes(row["sentences"])),
        ),
    )
