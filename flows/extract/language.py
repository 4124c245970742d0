"""Which language a text is in."""

import re
from collections import Counter

import py3langid

from flows.extract.text import count_words
from flows.model import Language

_LETTER = re.compile(r"[^\W\d_]")


def identify(text: str, hints: tuple[str, ...] = ()) -> Language:
    """Give the language of a text and which step decided."""
    letters = _LETTER.findall(text[:4000])
    if count_words(text[:400]) < 3 or len(letters) < 12:
        return Language("und", 0.0, "too-short")
    scripts = Counter(
        "hy"
        if "\u0530" <= c <= "\u058f"
        else "ka"
        if "\u10a0" <= c <= "\u10ff" or "\u1c90" <= c <= "\u1cbf"
        else "az"
        if c in "əƏ"
        else ""
        for c in letters
    )
    for code, share in (("hy", 0.3), ("ka", 0.3), ("az", 0.01)):
        if scripts[code] > share * len(letters):
            return Language(code, 1.0, "script")
    code, _ = py3langid.classify(text[:2000])
    return Language(code, 0.5, "py3langid")
