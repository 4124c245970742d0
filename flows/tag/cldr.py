"""Names of states from Unicode CLDR, as stems of each language.

CLDR (in the package babel) gives every state's name in every language we read; this
cuts the ending of the nominative, so that the cases are found as well. States whose
name is also a common word of a language are left out there.
"""

from functools import cache

from babel import Locale

from flows.tag.suffixes import LANGUAGES

_VOWELS = "аеёиоуыэюя"
_ADJECTIVE = ("ая", "ий", "ое", "ый", "ие", "ые", "ой", "яя")
_SHORTEST = 4  # letters a cut stem must keep

# financial, to bleed, that, corn, diameter, a proof, a fold, a cube ...
_COMMON_WORDS = {
    "ru": {"TG", "ML", "CU", "TD", "GA", "NE", "BJ", "FJ", "GH", "ER"},
    "az": {"ML", "GH", "TG", "FJ", "TD", "OM", "MV", "GA", "NE", "BJ"},
    "tr": {"ML", "EG", "TD", "GH", "TG", "GA", "NE", "FJ", "OM", "CU", "KM"},
    "fa": {
        "ML",
        "QA",
        "PE",
        "CN",
        "IN",
        "TD",
        "GH",
        "FJ",
        "OM",
        "NE",
        "GA",
        "JO",
        "GY",
        "MU",
        "BZ",
    },
    "ka": {"ML", "CU", "OM", "TD", "TG", "GA", "NE", "GH", "PE", "CL", "KE", "MT", "IR", "MW"},
    "hy": {"ML", "TD", "TG", "GA", "OM", "NE", "GH"},
    "en": {"GE"},
}


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


def names_of_state(country: str) -> dict[str, tuple[str, ...]]:
    """Give the stems of a state's name by language; `country` is ISO 3166-1 alpha-2."""
    names: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        name = _territories(language).get(country, "")
        if name and "(" not in name and country not in _COMMON_WORDS.get(language, set()):
            names[language] = (_stem_of(name.replace("’", "'"), language),)
    return names


def _stem_of(name: str, language: str) -> str:
    """Give a name with the nominative endings of its words cut."""
    words = [_word_stem(word, language) for word in name.split()]
    return " ".join(words)


def _word_stem(word: str, language: str) -> str:
    if language == "ru":
        return _russian_stem(word)
    if language == "ka" and word[-1:] in "იაე" and len(word) > _SHORTEST + 1:
        return word[:-1]
    return word


def _russian_stem(word: str) -> str:
    if word.isupper() or len(word) <= _SHORTEST:
        return f"={word}"
    if word.endswith(_ADJECTIVE) and len(word) > _SHORTEST + 2:
        return word[:-2]
    stem = word[:-1] if word[-1] in "йь" or word[-1] in _VOWELS else word
    return f"{stem}+" if stem[-1] in _VOWELS else stem
