"""A text as lines that can be looked for in another text: how extractors are compared."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self

_TOKEN = re.compile(r"\w+")
_GRAM = 3
_FOUND = 0.6  # share of a line's 3-grams that must be in the other text
_BULLETS = " \t-\u2022*|"

Gram = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One line of a text with its words in lower case."""

    text: str
    words: tuple[str, ...]

    @cached_property
    def grams(self) -> tuple[Gram, ...]:
        """The line's word 3-grams; a shorter line is one gram."""
        if len(self.words) < _GRAM:
            return (self.words,)
        return tuple(zip(self.words, self.words[1:], self.words[2:], strict=False))


@dataclass(frozen=True)
class Outline:
    """A text's lines; says whether a line of another text stands in it."""

    lines: tuple[Line, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Give the outline of a text; lines without words are left out."""
        split = (line.strip(_BULLETS) for line in text.split("\n"))
        lines = (Line(line, tuple(_TOKEN.findall(line.lower()))) for line in split)
        return cls(tuple(line for line in lines if line.words))

    @cached_property
    def words(self) -> int:
        """How many words the text has."""
        return sum(len(line.words) for line in self.lines)

    @cached_property
    def _grams(self) -> frozenset[Gram]:
        # across line ends too: another extractor may break lines elsewhere
        flat = [word for line in self.lines for word in line.words]
        across = zip(flat, flat[1:], flat[2:], strict=False)
        return frozenset(across) | {line.words for line in self.lines if len(line.words) < _GRAM}

    @cached_property
    def _flat(self) -> str:
        return f" {' '.join(word for line in self.lines for word in line.words)} "

    def has(self, line: Line) -> bool:
        """Tell whether the line stands in this text."""
        if len(line.words) < _GRAM:
            return line.words in self._grams or f" {' '.join(line.words)} " in self._flat
        found = sum(gram in self._grams for gram in line.grams)
        return found > _FOUND * len(line.grams)

    def shared(self, other: Self) -> int:
        """Count the words of this text's lines that stand in the other."""
        return sum(len(line.words) for line in self.lines if other.has(line))
