"""One letter for all letters that readers and keyboards take for the same."""

import unicodedata

# Look-alikes after case folding, whole alphabets at once: a Russian text in which some
# letters were typed on a Latin keyboard, in either case, folds as the untouched one does.
# Each row is injective within its own script, so no two words of a language fall together.
_CYRILLIC = dict(zip("авеёікмнорстухѕјһԁԛԝ", "abeeikmhopctyxsjhdqw", strict=True))
_GREEK = dict(zip("αβεζηικμνορτυχ", "abezhikmnoptyx", strict=True))
_ARMENIAN = dict(zip("օհոսցզյլ", "ohnugqjl", strict=True))
# Arabic keyboards write Persian with other code points, and hamza carriers come and go.
_ARABIC = dict(zip("يىئكةۀٱۆۇ", "یییکههاوو", strict=True))
_LATIN = {"ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"}
_SAME = _CYRILLIC | _GREEK | _ARMENIAN | _ARABIC | _LATIN

# An apostrophe before a suffix is a habit of the house (Bakı'da, Bakıda): it joins.
_JOINING = frozenset("'’‘ʼʻʹ`´＇ـ")
# Scripts without spaces: each character stands as a word.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF))
_UNSPACED_HAN = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_CACHED = 20_000  # characters: more than any newsroom uses, less than an attacker could send


def _unspaced(code: int) -> bool:
    return any(low <= code <= high for low, high in (*_UNSPACED, *_UNSPACED_HAN))


def _letter(char: str) -> str:
    """Fold one decomposed, case-folded character; marks and format characters vanish."""
    if char in _SAME:
        return _SAME[char]
    if char in _JOINING:
        return ""
    match unicodedata.category(char):
        case "Nd":
            return str(unicodedata.decimal(char))
        case "Mn" | "Me" | "Mc" | "Cf":
            return ""
        case category if category[0] == "L":
            return f" {char} " if _unspaced(ord(char)) else char
        case _:
            return "\n" if char == "\n" else " "


def _folded(char: str) -> str:
    """Fold one character of any text; both dotted and dotless i become one letter.

    Folding them apart would need the language, and a text wrongly taken for Turkish would
    then not equal its own copy.
    """
    # A lone look-up first: letters such as Cyrillic й would lose their mark otherwise, which
    # is wanted (decomposed text has it apart), while Persian ئ and Russian ё have a row.
    lowered = char.casefold()
    if lowered in _SAME or char in _JOINING:
        return _letter(lowered)
    return "".join(map(_letter, unicodedata.normalize("NFKD", lowered)))


class Alphabet(dict[int, str]):
    """A table for `str.translate` that learns characters as they come."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(self) < _CACHED:
            self[code] = folded
        return folded
