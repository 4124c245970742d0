"""Names as they stand in a dictionary, cut so that their other cases are found as well.

Russian names lose the ending of the nominative (Сергей: Сергея, Сергею); women's surnames
in -ова, -ева get each of their cases instead, since the stem is a man's name. Armenian
names in -ի also have cases in -ու. Everywhere else endings are added to the name whole.
"""

from collections.abc import Iterator

_VOWELS = "аеёиоуыэюя"
_ADJECTIVE = ("ая", "ий", "ое", "ый", "ие", "ые", "ой", "яя")
_WOMENS = ("ова", "ева", "ёва")
_SHORTEST = 4  # letters of a word that is cut at all


def stem_of(name: str, language: str) -> str:
    """Give a name of a place with the nominative endings of its words cut."""
    return " ".join(_place_word(word, language) for word in name.split())


def of_person(written: str, language: str) -> Iterator[str]:
    """Give a person's name as written in the vocabulary, in the ways its cases need."""
    *given, surname = written.split()
    if language == "hy" and surname.endswith("ի") and len(surname) >= _SHORTEST:
        yield " ".join((*given, f"{surname[:-1]}ու"))
    if language != "ru" or written.startswith("="):
        yield written
        return
    stems = [_person_word(word) for word in given]
    if surname.endswith(_WOMENS):
        for ending in ("а", "ой", "у"):
            yield " ".join((*stems, f"={surname[:-1]}{ending}"))
    else:
        yield " ".join((*stems, _person_word(surname)))


def _place_word(word: str, language: str) -> str:
    if language == "ru":
        return _russian_place(word)
    if language == "ka" and word[-1:] in "იაე" and len(word) > _SHORTEST + 1:
        return word[:-1]
    return word


def _person_word(word: str) -> str:
    """Give the stem of a name or surname; those in -о, -и, -у, -е do not bend."""
    if word[-1] not in "аяйь" or len(word) < _SHORTEST:
        return word
    if word.endswith(("ский", "цкий", "ая")):
        return word[:-2]
    return _with_ending(word[:-1])


def _russian_place(word: str) -> str:
    if word.isupper() or len(word) <= _SHORTEST:
        return f"={word}"
    if word.endswith(_ADJECTIVE) and len(word) > _SHORTEST + 2:
        return word[:-2]
    return _with_ending(word[:-1] if word[-1] in _VOWELS + "йь" else word)


def _with_ending(stem: str) -> str:
    """Ask for an ending after a stem that is no word by itself."""
    return f"{stem}+" if stem[-1] in _VOWELS else stem
