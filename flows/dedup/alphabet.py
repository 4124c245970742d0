"""One letter for all letters that readers and keyboards take for the same."""

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

# Look-alikes after case folding, whole alphabets at once: a Russian text in which some
# letters were typed on a Latin keyboard, in either case, folds as the untouched one does.
# Each row is injective within its own script, so no two words of a language fall together.
_CYRILLIC = dict(zip("авеіїкмнорстухѕјһԁԛԝ", "abeiikmhopctyxsjhdqw", strict=True))
_GREEK = dict(zip("αβεζηικμνορτυχ", "abezhikmnoptyx", strict=True))
_ARMENIAN = dict(zip("օհոսցզյլ", "ohnugqjl", strict=True))
# Arabic keyboards write Persian with other code points, and hamza carriers come and go.
_ARABIC = dict(zip("يىئكةۀٱۆۇ", "یییکههاوو", strict=True))
# Both i become one: folding them apart would need the language, and a text wrongly taken
# for Turkish would then not equal its own copy.
_LATIN = dict(zip("ıøđł", "iodl", strict=True))
_SAME = _CYRILLIC | _GREEK | _ARMENIAN | _ARABIC | _LATIN
# An apostrophe before a suffix is a habit of the house (Bakı'da, Bakıda): it joins.
_JOINING = frozenset("'’‘ʼʻʹ`´＇ـ")
# Scripts without spaces: each character stands as a word.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
_UNSPACED_FROM = 0x3040

_SPACE, _LINE_FEED = ord(" "), ord("\n")
_UNKNOWN, _NOTHING, _SEVERAL = 0, 1, 2  # code points no text folds to


class Alphabet:
    """A table that folds whole texts at once and learns characters as they come."""

    def __init__(self) -> None:
        # By code point, what it folds to; pages no text touches take no memory.
        self._table = np.zeros(0x110000, np.uint32)

    def fold(self, text: str) -> str:
        """Give the text folded, words apart by one space, lines by line feeds."""
        codes = _codes(text)
        folded = self._look_up(codes)
        several = folded == _SEVERAL
        if several.any():
            for code in sorted(set(codes[several].tolist())):
                text = text.replace(chr(code), _folded(chr(code)))
            folded = self._look_up(_codes(text))
        if folded.max(initial=0) >= _UNSPACED_FROM:
            folded = _codes(_UNSPACED.sub(r" \g<0> ", _text(folded)))
        folded = folded[folded > _SEVERAL]
        space = folded == _SPACE
        after = np.concatenate(([True], space[:-1] | (folded[:-1] == _LINE_FEED)))
        return _text(folded[~(space & after[: len(folded)])]).replace(" \n", "\n")

    def _look_up(self, codes: Codes) -> Codes:
        folded: Codes = self._table[codes]
        unknown = folded == _UNKNOWN
        if unknown.any():
            for code in set(codes[unknown].tolist()):
                self._table[code] = _entry(_folded(chr(code)))
            folded = self._table[codes]
        return folded


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _text(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def _entry(folded: str) -> int:
    if len(folded) == 1:
        return ord(folded)
    return _SEVERAL if folded else _NOTHING


def _folded(char: str) -> str:
    """Fold one character of any text (NFKC_Casefold of UAX 31, without marks, then by table)."""
    lowered = char.casefold()
    if lowered in _SAME or char in _JOINING:
        return _letter(lowered)  # before decomposing: ї and ئ have their own row
    folded = "".join(map(_letter, unicodedata.normalize("NFKD", lowered).casefold()))
    return folded if folded.strip() or not folded else folded[0]


def _letter(char: str) -> str:
    """Fold one decomposed character; marks and format characters vanish."""
    if char in _SAME or char in _JOINING:
        return _SAME.get(char, "")
    match unicodedata.category(char):
        case "Nd":
            return str(unicodedata.decimal(char))
        case "Mn" | "Me" | "Mc" | "Cf":
            return ""
        case category if category[0] == "L":
            return char
        case _:
            return "\n" if char == "\n" else " "
