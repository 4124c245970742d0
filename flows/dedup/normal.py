"""The normal form: what stays of a text when its encoding, markup and case are set aside."""

import html
import re

from flows.dedup.alphabet import Alphabet

# Markup that survived extraction: a tag starts with a letter, so that `a < b` stays text.
_TAG = re.compile(r"<[/!?]?[A-Za-z][^<>]{0,500}>")
# A sentence ends at its mark when space follows: 2.7 and 15:30 stay whole.
_SENTENCE_END = re.compile(r"(?<=[.!?…؟۔։।。！？])[\"'»”“’)\]]*\s+")
_UNSPACED_END = re.compile(r"(?<=[。！？])")
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

_ALPHABET = Alphabet()


def plain(text: str) -> str:
    """Text without markup, entities and dateline, one sentence a line; letters untouched."""
    for _ in range(2):  # feeds escape twice
        text = html.unescape(text) if "&" in text else text
    text = _TAG.sub(" ", text) if "<" in text else text
    text = _DATELINE.sub("", text, count=1)
    return _UNSPACED_END.sub("\n", _SENTENCE_END.sub("\n", text))


def fold(text: str) -> list[list[str]]:
    """Words of each sentence of a plain text, in the letters of `flows.dedup.alphabet`."""
    folded = text.translate(_ALPHABET)
    return [words for line in folded.split("\n") if (words := line.split())]
