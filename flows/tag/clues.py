"""What the words around a reading say about it."""

import re2

from flows.tag.readings import Reading

_BESIDE = 2  # code points between an office and the surname it introduces

# a capital as a venue only: the word before it, or the ending it has, says "in" or "from"
_VENUE_BEFORE = {
    "en": frozenset({"in", "at", "near", "from", "outside"}),
    "ru": frozenset({"в", "во", "из", "под"}),
    "fa": frozenset({"در", "از"}),
}
_TURKISH_PLACE = tuple(f"{mark}{ending}" for mark in "'’" for ending in ("da", "de", "ta", "te"))
_VENUE_ENDING = {
    "az": ("da", "də", "dan", "dən", "dakı", "dəki"),
    "tr": (*_TURKISH_PLACE, *(f"{ending}{n}" for ending in _TURKISH_PLACE for n in ("n", "ki"))),
    "hy": ("ում", "ից"),
    "ka": ("ში", "დან"),
}

# but "in Moscow they said": a verb of saying right after it makes it the government again
_SAYING = {
    "ru": ("заяв", "сообщ", "счита", "отмет", "отмеч", "подчерк", "подтверд", "опроверг", "ответил",
           "отреагир", "призва", "приветств", "осуд", "назва", "напомн", "пообещ", "надеются"),
    "az": ("bildir", "vurğula", "açıqla", "qeyd ed", "hesab ed", "cavab ver"),
    "tr": ("açıkla", "bildir", "belirt", "vurgula", "duyur"),
    "hy": ("հայտարար", "նշել", "նշում", "ընդգծ", "հերք", "հաստատ"),
    "ka": ("აცხადებ", "განაცხად", "აღნიშნ", "ამბობენ"),
    "fa": ("اعلام", "گفت", "تأکید", "تاکید"),
}  # fmt: skip


# "the head of Russia's foreign ministry" is its minister: a role, which is the state's
_ROLE_BEFORE = {
    "en": re2.compile(r"(?i)\b(?:head|chief) of (?:the )?(?:[\w'’]+ )?$"),
    "ru": re2.compile(
        r"(?i)(?:^|\PL)(?:глав(?:а|ы|е|у|ой|ам|ами)|руководител\pL{1,3}) (?:[\pL-]+ )?$"
    ),
    "fa": re2.compile(r"(?:رئیس|سرپرست) (?:\pL+ )?$"),
}
_ROLE_AFTER = {
    "az": re2.compile(r"^\pL* (?:başçısı|rəhbəri)"),
    "hy": re2.compile(r"^[\pL-]* (?:ղեկավար|պետ\b)"),
    "ka": re2.compile(r"^\pL* (?:ხელმძღვანელ|უფროს)"),
}


def is_role(reading: Reading, language: str) -> bool:
    """Tell whether a body is named only to say what somebody heads."""
    text, hit = reading.field.text, reading.hit
    before, after = _ROLE_BEFORE.get(language), _ROLE_AFTER.get(language)
    if before and before.search(text[max(0, hit.start - 40) : hit.start]):
        return True
    return bool(after and after.search(text[hit.end : hit.end + 40]))


def _previous_word(reading: Reading) -> str:
    """Give the word before, in the same clause; empty at a start."""
    before = reading.field.text[max(0, reading.hit.start - 40) : reading.hit.start]
    if not before.endswith((" ", "\u00a0")):
        return ""
    words = before.rstrip().split()
    word = words[-1] if words else ""
    return word if word and (word[-1].isalnum() or word[-1] == ".") else ""


def follows_given_name(reading: Reading) -> bool:
    """Tell whether another's given name stands right before."""
    start = reading.hit.start
    return start - 1 in reading.field.given_ends and reading.field.text[start - 1].isspace()


def follows_stranger(reading: Reading) -> bool:
    """Tell whether an unknown word with a capital stands before: likely a given name."""
    word = _previous_word(reading)
    if not word or not word[0].isupper():
        return False
    start = reading.field.text.rfind(word, 0, reading.hit.start)
    before = reading.field.text[max(0, start - 4) : start].rstrip()
    at_sentence_start = not before or before[-1] in '.!?:»”"\n'
    return not at_sentence_start and reading.field.name != "title"


def has_office(reading: Reading) -> bool:
    """Tell whether an office stands right before or after."""
    start, end = reading.hit.start, reading.hit.end
    before = any(start - gap in reading.field.office_ends for gap in range(1, _BESIDE + 1))
    return before or any(end + gap in reading.field.office_starts for gap in range(1, _BESIDE + 2))


def is_compound(reading: Reading) -> bool:
    """Tell whether a hyphen ties the word to a name (Makili-Aliyev), not to a known surname."""
    field, start, end = reading.field, reading.hit.start, reading.hit.end
    text = field.text
    before = start > 1 and text[start - 1] in "-‑" and text[start - 2].isalpha()
    after = end + 1 < len(text) and text[end] in "-‑" and text[end + 1].isupper()
    return (before and start - 1 not in field.surname_ends) or (
        after and end + 1 not in field.surname_starts
    )


def is_persons(reading: Reading) -> bool:
    """Tell whether a state's name is a person's here: a name before or after it."""
    text, end = reading.field.text, reading.hit.end
    after = text[end + 1 : end + 3] if text[end : end + 1] == " " else ""
    follows = len(after) == 2 and after[0].isupper() and after[1].islower()
    return follows or follows_given_name(reading) or follows_stranger(reading)


def is_venue(reading: Reading, language: str) -> bool:
    """Tell whether a capital is only where something happens."""
    text, hit = reading.field.text, reading.hit
    if _speaks(text, hit.end, language):
        return False
    before = text[max(0, hit.start - 12) : hit.start].lower().split()
    if before and before[-1] in _VENUE_BEFORE.get(language, ()):
        return True
    word = text[hit.start : hit.end + 5].split()[0] if hit.end > hit.start else ""
    return word.rstrip('.,;:!?»”"').endswith(_VENUE_ENDING.get(language, ("\0",)))


def _speaks(text: str, end: int, language: str) -> bool:
    _, _, after = text[end : end + 40].partition(" ")
    return after.startswith(_SAYING.get(language, ("\0",)))
