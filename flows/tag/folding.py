"""Text as the matcher sees it, one code point for one, so that offsets stay true.

Lower case; every mark that separates words becomes one space; letters that are typed
two ways (ё/е, ı/i, Arabic and Persian yeh and kaf) become one. Code points that are
no part of a word (soft hyphen, joiners, stress and Armenian tone marks, bidi controls)
are dropped; only then is a map from folded to stored offsets kept.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

ZWNJ = "\u200c"  # parts the halves of Persian words: to us a space

# dropped: no reader sees a letter there; all other combining marks follow below
_DROPPED_CONTROLS = (
    "\u00ad\u034f\u061c\u0640\u115f\u1160\u180e\u200b\u200d\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_ARMENIAN_TONES = "\u055a-\u055c\u055e"  # ՚ ՛ ՜ ՞ stand inside words
_MARKS = "\u0300-\u036f\u0483-\u0487\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff\u20d0-\u20ff"
_DROPPED = re.compile(f"[{_DROPPED_CONTROLS}{_ARMENIAN_TONES}{_MARKS}]")

_SAME_LETTER = {
    "ՙ": " ",  # U+0559 counts as a letter; Armenian texts quote with it
    "ё": "е",
    "ı": "i",
    "İ": "i",
    "ẞ": "ß",
    "ي": "ی",
    "ى": "ی",
    "ئ": "ی",
    "ك": "ک",
    "ة": "ه",
    "ۀ": "ه",
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ؤ": "و",
}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded; `offsets` maps folded to stored offsets, None where they are equal."""

    stored: str
    text: str
    offsets: tuple[int, ...] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Give the stored offsets of a folded span, marks after its last letter left out."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


class _Fold(dict[int, str | int]):
    """The table filled as letters occur: building all of it would take half a second."""

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        folded = _SAME_LETTER.get(char) or (char.lower() if char.isalnum() else " ")
        self[code] = folded if len(folded) == 1 else char
        return self[code]


_FOLD = _Fold()


def fold(text: str) -> Folded:
    """Give a text as the matcher sees it."""
    if _DROPPED.search(text) is None:
        return Folded(text, text.translate(_FOLD), None)
    kept = tuple(at for at, char in enumerate(text) if not _DROPPED.match(char))
    bare = "".join([text[at] for at in kept])
    return Folded(text, bare.translate(_FOLD), kept)


@lru_cache(maxsize=100_000)
def fold_alias(alias: str) -> str:
    """Give a vocabulary entry as the matcher sees it, its spaces single."""
    return " ".join(fold(alias).text.split())
