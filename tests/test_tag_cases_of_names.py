"""Each name of the vocabulary is found in the cases that its language puts it into.

The forms are made here by the rules of grammars, not by the suffix classes of the code.
"""

import re

import pytest
from tag_cases import DAY, tagger

from flows.tag.vocabulary import load

BACK = "aıou"


def russian(name: str) -> list[str]:
    """Genitive, dative, instrumental of a person's name given in the nominative."""
    *given, surname = name.split()
    words = [russian_word(word) for word in (*given, surname)]
    if given and given[0][-1] in "ая" and surname[-1] not in "ая":
        words[-1] = (surname,) * 3  # a woman's surname that ends like a man's does not bend
    return [" ".join(forms) for forms in zip(*words, strict=True)]


RUSSIAN = (  # ending of the nominative, letters cut, genitive, dative, instrumental
    (("ова", "ева"), 1, ("ой", "ой", "ой")),
    (("ия",), 1, ("и", "и", "ей")),
    (("ский", "цкий"), 2, ("ого", "ому", "им")),
    (("й", "ь"), 1, ("я", "ю", "ем")),
    (("я",), 1, ("и", "е", "ей")),
    (("а",), 1, ("ы", "е", "ой")),
    (tuple("еиоуэыюё"), 0, ("", "", "")),
    (("ов", "ев", "ин"), 0, ("а", "у", "ым")),
    (("",), 0, ("а", "у", "ом")),
)


def russian_word(word: str) -> tuple[str, ...]:
    if word.isupper():
        return (word,) * 3
    cut, endings = next((cut, ends) for last, cut, ends in RUSSIAN if word.endswith(last))
    return tuple(word[: len(word) - cut] + ending for ending in endings)


def armenian(name: str) -> list[str]:
    if name.endswith("ություն"):
        return [f"{name}ը", f"{name}ից", f"{name[:-3]}ան", f"{name[:-3]}անը", f"{name[:-3]}ամբ"]
    if name[-1] == "ի":
        return [f"{name}ն", f"{name}ից", f"{name[:-1]}ու"]
    if name[-1] in "աու":
        return [f"{name}ն", f"{name}յի", f"{name}յից"]
    return [f"{name}ը", f"{name}ի", f"{name}ին", f"{name}ից", f"{name}ով", f"{name}ն"]


def georgian(stem: str) -> list[str]:
    """Ergative, dative, genitive, instrumental, with postpositions."""
    if stem[-1] in "აეიოუ":
        return [f"{stem}{end}" for end in ("მ", "ს", "სთან", "სთვის", "საც")]
    ends = ("ი", "მა", "ს", "ის", "ისთვის", "თან", "ისგან", "იც")
    return [f"{stem}{end}" for end in ends]


def azerbaijani(name: str) -> list[str]:
    vowels = re.sub("[^aıoueəiöü]", "", name.lower().replace("i̇", "i"))
    last = vowels[-1]
    high = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "ö": "ü", "ü": "ü"}.get(last, "i")
    low = "a" if last in BACK else "ə"
    if name[-1].lower() in "aıoueəiöü":
        return [f"{name}n{high}n", f"{name}y{low}", f"{name}n{high}", f"{name}d{low}n"]
    return [
        f"{name}{high}n", f"{name}{low}", f"{name}{high}", f"{name}d{low}", f"{name}d{low}n",
        f"{name}l{low}",
    ]  # fmt: skip


def turkish(name: str) -> list[str]:
    ends = [form.removeprefix(name).replace("ə", "e") for form in azerbaijani(name)]
    return [f"{name}{mark}{end}" for mark in ("'", "’") for end in ends]


def persian(name: str) -> list[str]:
    return [name, f"«{name}»", f"{name}،"]


FORMS = {
    "ru": russian, "hy": armenian, "ka": georgian, "az": azerbaijani, "tr": turkish, "fa": persian,
}  # fmt: skip


def plain(name: str) -> bool:
    """Tell whether a name is written without signs of the vocabulary, and bends."""
    return (
        name[-1].isalpha()
        and not any(sign in name for sign in ("=", "*", "+", ".", "«", " - "))
        and not name.isupper()
    )


def names() -> list[tuple[str, str, str]]:
    found = []
    for actor in load().actors.values():
        whole = actor.row.kind == "person" or actor.party
        for language in FORMS if whole else ("hy", "az", "tr", "ka"):
            if language == "hy" and actor.row.kind == "state" and not actor.party:
                continue  # far states' names in -ի bend both ways
            own = actor.names.get(language, ())[:1]
            found += [(language, actor.row.actor_id, name) for name in own if plain(name)]
    return found


@pytest.mark.parametrize("language", FORMS)
def test_names_are_found_in_every_case(language):
    missed = []
    for _language, actor_id, name in (one for one in names() if one[0] == language):
        for form in FORMS[language](name):
            said = tagger().tag("", form, language, DAY)
            if actor_id not in {mention.actor_id for mention in said.mentions}:
                missed.append(f"{form} ({actor_id})")
    assert missed == []
