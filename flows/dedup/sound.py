"""Names to their consonants, the same whatever alphabet they are written in."""

import unicodedata
from functools import lru_cache

# Sounds that one alphabet or another cannot tell apart are one class: Georgian has no f,
# Arabic no p, Russian writes h as г, Armenian doubles its stops. Vowels fall away.
_CLASSES = {
    "P": "pbf пбф պբփֆ პბფ پبف",
    "V": "vw в վւ ვ و",
    "T": "td тд տթդ ტთდ تدطضذثظ",
    "K": "kgqxhcğ кгхґ կգքխղհ კგქყღხჰ کگقغخحه",
    "S": "szçşjž сзцчшщж սզցչջժշձծճ სზცჩჯჟშძწჭ سزشژصجچ",
    "L": "l л լ ლ ل",
    "R": "r р րռ რ ر",
    "M": "m м մ მ م",
    "N": "n н ն ნ ن",
}
_CLASS = {
    letter: sound for sound, letters in _CLASSES.items() for letter in letters if letter != " "
}
# English and French spell one sound with two letters.
_PAIRS = (("sh", "s"), ("ch", "s"), ("zh", "s"), ("ph", "f"), ("th", "t"), ("ck", "k"),
          ("ce", "se"), ("ci", "si"), ("ge", "je"), ("gi", "ji"), ("ou", "u"))  # fmt: skip


@lru_cache(maxsize=50_000)  # most words of an article were met before
def skeleton(word: str, length: int = 4) -> str:
    """Give the classes of a word's first consonants, none twice in a row.

    Args:
        word: a word in any of the alphabets we read.
        length: how many consonants; endings differ between languages.
    """
    word = unicodedata.normalize("NFC", word.casefold())
    if word.isascii():
        for pair, single in _PAIRS:
            word = word.replace(pair, single)
    kept = ""
    for letter in word:
        sound = _CLASS.get(letter, "")
        if sound and sound != kept[-1:]:
            kept += sound
            if len(kept) == length:
                break
    return kept
