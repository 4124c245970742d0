"""The one cleaning of text at the border: what is stored is valid, NFC and free of controls."""

import re
import unicodedata

# Deleted: control characters but the line feed, surrogates, private use, noncharacters,
# bidirectional controls, tags, soft hyphen, and what has no width in any script.
_DELETED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\uffff\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_LINE_END = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")

# Joiners mean something only beside letters that join (Arabic to Tibetan scripts), and the
# joiner inside emoji; anywhere else they make two spellings of one word.
_JOINING = "\u0600-\u08ff\u0900-\u0fff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe"
_EMOJI = "\u200d\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_LOOSE_NON_JOINER = re.compile(f"(?<![{_JOINING}])\u200c+(?![{_JOINING}])")
_LOOSE_JOINER = re.compile(f"(?<![{_JOINING}{_EMOJI}])\u200d+|\u200d+(?![{_JOINING}{_EMOJI}])")
_REPEATED_JOINER = re.compile("([\u200c\u200d])\\1+")
_COMBINING = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]{4})[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)

# Words are letters and digits with their marks; apostrophes, hyphens and joiners hold one
# word together, and each ideograph or kana counts as a word.
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0dff"
_WORD = re.compile(
    f"[{_CJK}]|[^\\W_{_CJK}][{_MARKS}]*(?:(?:[^\\W{_CJK}]|[{_MARKS}])|"
    f"['\u2019\u02bc\u055a\u200c\u2010\u2011-](?=[^\\W_{_CJK}]))*"
)


def clean(text: str) -> str:
    """Give the text as it is stored: valid Unicode, NFC, no control character but line feeds.

    Invisible characters go, except joiners in scripts and emoji that need them (Persian
    ZWNJ); runs of spaces become one; runs of combining marks are cut at four (UAX 15, UTS 39).
    """
    text = _LINE_ENDS.sub("\n", text)
    text = unicodedata.normalize("NFC", _DELETED.sub("", text))
    if "\u200c" in text or "\u200d" in text:
        text = _tidy_joiners(text)
    text = _COMBINING.sub(r"\1", text)
    text = _AROUND_LINE_END.sub("\n", _SPACES.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _tidy_joiners(text: str) -> str:
    text = _REPEATED_JOINER.sub(r"\1", text)
    return _LOOSE_JOINER.sub("", _LOOSE_NON_JOINER.sub("", text))


def one_line(text: str) -> str:
    """Give the text cleaned and on one line, as titles and names are stored."""
    return " ".join(clean(text).split())


def count_words(text: str) -> int:
    """Count the words of a text; each ideograph or kana counts as one."""
    return sum(1 for _ in _WORD.finditer(text))
