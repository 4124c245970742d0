"""The normal form: what stays of a text when its encoding, markup and case are set aside."""

import html
import re

from flows.dedup.alphabet import Alphabet

# Markup that survived extraction: a tag starts with a letter, so that `a < b` stays text.
_TAG = re.compile(r"<[/!?]?[A-Za-z][^<>]{0,500}>")
# A sentence ends at its mark when space follows: 2.7 and 15:30 stay whole.
_SENTENCE_END = re.compile(r"([.!?…؟۔։।][\"'»”“’)\]]*)\s+")
_AGENCIES = (
    "reuters|ap|afp|dpa|efe|ansa|xinhua|bloomberg|upi|pa|"
    "тасс|tass|риа новости|ria novosti|интерфакс|interfax|sputnik|спутник|"
    "anadolu|aa|dha|iha|i̇ha|irna|tasnim|fars|isna|mehr|ایرنا|ایسنا|تسنیم|فارس|مهر|"
    "apa|trend|azertac|azertag|azərtac|азертадж|report|turan|"
    "armenpress|արմենպրես|арменпресс|arka|news\\.am|"
    "interpressnews|ipn|ინტერპრესნიუსი|newshub"
)
# `BAKU, 5 May (Reuters) - `, `ЕРЕВАН, 5 мая. /ТАСС/.`: the agency signs, the story starts after.
_DATELINE = re.compile(
    rf"\A\s*[^\n!?]{{0,60}}?[\s,.(/\[—–-]*\b(?:{_AGENCIES})\b[)/\]]*\s*[-—–.:/]\s*",
    re.IGNORECASE,
)

_WITHIN = frozenset(",،;-–—")
# How teasers end, in the languages we read.
_CUT = re.compile(
    r"(?:\.\.\.|…|read (?:more|on)|continue reading|читать далее|подробнее|devamını oku|"
    r"devamı için|daha ətraflı|davamını oxu|ardını oxu|ادامه مطلب|ادامه خبر|بیشتر بخوانید|"
    r"կարդալ ավելին|ավելին|ვრცლად|სრულად)[\s.…»”\"'\])>→]*\Z",
    re.IGNORECASE,
)

_ALPHABET = Alphabet()


def plain(text: str) -> str:
    """Text without markup, entities and dateline, one sentence a line; letters untouched."""
    for _ in range(2):  # feeds escape twice
        text = html.unescape(text) if "&" in text else text
    text = _TAG.sub(" ", text) if "<" in text else text
    text = _DATELINE.sub("", text, count=1)
    return _SENTENCE_END.sub(r"\1\n", text.replace("。", "。\n"))


def fold(text: str) -> list[str]:
    """Give each sentence of a plain text as words in the letters of `flows.dedup.alphabet`."""
    return [words for line in _ALPHABET.fold(text).split("\n") if (words := line.rstrip(" "))]


def is_cut(text: str) -> bool:
    """Say whether a text announces that it goes on elsewhere, as teasers do."""
    return _CUT.search(text[-80:]) is not None


def stops(text: str) -> bool:
    """Say whether a text ends as sentences do, and not within one."""
    end = text[-80:].rstrip()[-1:]
    return not (end.isalpha() or end in _WITHIN)
