"""Names of states from Unicode CLDR, as stems of each language.

CLDR (in the package babel) gives every state's name in every language we read; this
cuts the ending of the nominative, so that the cases are found as well. States whose
name is also a common word of a language are left out there.
"""

from functools import cache

from babel import Locale

from flows.tag.stems import stem_of
from flows.tag.suffixes import LANGUAGES

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
            names[language] = (stem_of(name.replace("’", "'"), language),)
    return names
