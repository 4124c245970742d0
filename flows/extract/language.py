"""Which language a text is in: script rules, then langdetect, then an arbiter.

langdetect knows neither Armenian, Georgian nor Azerbaijani, and is unsure of a few words; so
letters decide where they can, langdetect is asked about longer texts, seeded and limited to the
languages that occur in that script, and eldc, which knows them all, where langdetect does not
or where the two disagree.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import eldc
import langdetect
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from flows.extract.text import count_words
from flows.model import Language

_LOOKED_AT = 2000  # characters
_LANGDETECT_AT = 300  # characters; more changes no answer and costs milliseconds
_TRIALS = 3  # of 7 by default, each a random walk over the text; few suffice where all agree
_COUNTED = 500  # characters; enough to tell a short text
_LONG = 20  # words from which langdetect is asked, and further languages are thought of
_CONFIDENT = 0.99
_TIE = 0.03  # lead of the first score under which the source's languages settle it
_UNKNOWN = "und"

_SCRIPTS = {
    "hy": "\u0531-\u0556\u0561-\u0587\ufb13-\ufb17",
    "ka": "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2d",  # Mtavruli capitals and Nuskhuri too
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0259\u1e00-\u1eff",
    "cyrillic": "\u0400-\u052f",
    "arabic": "\u0620-\u064a\u066e-\u06d3\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f",
    "he": "\u05d0-\u05ea",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "zh": "\u3400-\u9fff",
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7a3\u1100-\u11ff",
    "th": "\u0e01-\u0e4e",
    "hi": "\u0904-\u0939",
    "am": "\u1200-\u137f",
}
_SCRIPT_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_OWN_SCRIPT = frozenset(_SCRIPTS) - {"latin", "cyrillic", "arabic", "zh", "ja"}
# Latin names stand in every text, other letters hardly in a Latin one: the share of them that
# makes a text theirs, in a long text and in a few words.
_FOREIGN_SHARE = 0.3
_FOREIGN_SHARE_SHORT = 0.1


@dataclass(frozen=True, slots=True)
class _Proof:
    """Letters that prove a language of a script, by their share of that script's letters."""

    code: str
    script: str
    letters: re.Pattern[str]
    share: float
    hits: int = 1
    needed: re.Pattern[str] | None = None
    forbidden: re.Pattern[str] | None = None


_PROOFS = (
    _Proof("az", "latin", re.compile("[əƏ]"), 0.01),
    _Proof(
        "ku",
        "latin",
        re.compile("[êîûÊÎÛ]"),
        0.03,
        hits=3,
        needed=re.compile("[xwqXWQ]"),
        forbidden=re.compile("qu|[éèàôëğıöüÉÈÀÔËĞÖÜ]"),
    ),
    _Proof("uz", "latin", re.compile("[og][ʻʼ‘’'`](?!s )[a-z]"), 0.01, 2, re.compile("[qxQX]")),
    # Kazakh shares і with Ukrainian and ә with Azerbaijani: each must have a letter of its own
    _Proof(
        "az",
        "cyrillic",
        re.compile("[ҹҸҝҜјЈәӘ]"),
        0.05,
        needed=re.compile("[әӘҹҸҝҜ]"),
        forbidden=re.compile("[қңұіҚҢҰІ]"),
    ),
    _Proof("ab", "cyrillic", re.compile("[ҧҨҩҟҵҽҿӡ]"), 0.01),
    _Proof("os", "cyrillic", re.compile("[ӕӔ]"), 0.03),
    _Proof(
        "kk",
        "cyrillic",
        re.compile("[қҚұҰңҢіІғҒәӘөӨүҮһ]"),
        0.03,
        needed=re.compile("[қҚұҰңҢғҒәӘөӨүҮ]"),
    ),
    _Proof("ku", "arabic", re.compile("[ێۆڕڵڤ]"), 0.01),
    _Proof("ps", "arabic", re.compile("[ټډړږښڼ]"), 0.005),
    _Proof("ur", "arabic", re.compile("[ٹڈڑںےھہ]"), 0.03),
)

_CORE = {
    "latin": ("en", "tr", "az", "de", "fr"),
    "cyrillic": ("ru", "uk"),
    "arabic": ("fa", "ar"),
}
_FURTHER = {
    "latin": ("es", "it", "pt", "nl", "pl", "ro", "cs", "sv", "hu", "no", "da", "fi", "ku", "sq"),
    "cyrillic": ("bg", "be", "sr", "mk"),
    "arabic": ("ur",),
}
_ONLY_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_ONLY_RUSSIAN = re.compile("[ыэъёЫЭЪЁ]")
# Azerbaijani writes q and x in one letter of thirty, Turkish in names only
_NOT_TURKISH = re.compile(r"\b[a-zçğıöşü]*[qx]")
# English has no word, but names, with such letters
_NOT_ENGLISH = re.compile(r"\b[a-zà-öø-ÿ]*[à-öø-ÿāăąćčďđęěğıĺľłńňőœřśşšťůűźżž]")
_WEB = re.compile(r"https?://\S+|www\.\S+|\S+@\S+")


def identify(text: str, hints: tuple[str, ...] = ()) -> Language:
    """Give the language of a text, how sure that is, and which step decided.

    The same text and hints always give the same answer.

    Args:
        text: title and text of an article, or any piece of it.
        hints: languages the source writes in, by ISO 639-1; they widen the choice and settle
            ties, and never overrule letters.
    """
    text = _WEB.sub(" ", text[:_LOOKED_AT])
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPT_LETTERS.items()}
    words = count_words(text[:_COUNTED])
    if words < 3 or sum(counts.values()) < 12:
        return Language(_UNKNOWN, 0.0, "too-short")
    script = _script(counts, _FOREIGN_SHARE if words >= _LONG else _FOREIGN_SHARE_SHORT)
    by_letters = _by_letters(text, script, counts)
    if by_letters:
        return Language(by_letters, 1.0, "script")
    candidates = _candidates(script, words, hints)
    if words >= _LONG:
        code, confidence = _langdetect(text, candidates)
        if confidence >= _CONFIDENT and code == _arbiter(text, candidates)[0]:
            return Language(code, round(confidence, 4), "langdetect")
    return _arbitrate(text, candidates, hints)


def _script(counts: dict[str, int], enough: float) -> str:
    total = sum(counts.values())
    foreign = max((name for name in counts if name != "latin"), key=lambda name: counts[name])
    if counts["ja"] > 0.1 * (counts["ja"] + counts["zh"]):
        foreign = "ja" if counts["ja"] + counts["zh"] >= counts[foreign] else foreign
    share = (counts[foreign] + (counts["zh"] if foreign == "ja" else 0)) / total
    return foreign if share > enough else "latin"


def _by_letters(text: str, script: str, counts: dict[str, int]) -> str | None:
    if script in _OWN_SCRIPT or script in {"zh", "ja"}:
        return script
    proofs = (proof for proof in _PROOFS if proof.script == script)
    return next((proof.code for proof in proofs if _proves(proof, text, counts[script])), None)


def _proves(proof: _Proof, text: str, letters: int) -> bool:
    if len(proof.letters.findall(text)) < max(proof.hits, proof.share * letters):
        return False
    if proof.needed is not None and not proof.needed.search(text):
        return False
    return proof.forbidden is None or not proof.forbidden.search(text)


def _candidates(script: str, words: int, hints: tuple[str, ...]) -> tuple[str, ...]:
    core, further = _CORE[script], _FURTHER[script]
    likely = further if words >= _LONG else tuple(code for code in further if code in hints)
    return core + likely


@cache
def _detector_factory(candidates: tuple[str, ...]) -> Any:
    folder = Path(langdetect.__file__).parent / "profiles"
    profiles = [folder / code for code in candidates if (folder / code).exists()]
    factory = DetectorFactory()
    factory.seed = 0  # unseeded, the answer changes between runs
    factory.load_json_profile([profile.read_text(encoding="utf-8") for profile in profiles])
    return factory


def _langdetect(text: str, candidates: tuple[str, ...]) -> tuple[str, float]:
    detector = _detector_factory(candidates).create()
    detector.set_max_text_length(_LANGDETECT_AT)
    detector.n_trial = _TRIALS
    detector.append(text[:_LANGDETECT_AT])
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return _UNKNOWN, 0.0
    return (str(found[0].lang), float(found[0].prob)) if found else (_UNKNOWN, 0.0)


@cache
def _eldc(candidates: tuple[str, ...]) -> Any:
    eldc.init()
    instance = eldc.instance()
    instance.set_languages([code for code in candidates if code in eldc.LANGUAGES])
    instance.set_scores(3)
    return instance


def _arbiter(text: str, candidates: tuple[str, ...]) -> tuple[str, dict[str, float]]:
    found = _eldc(candidates).detect_details(text)
    return str(found.language), {str(code): float(score) for code, score in found.scores.items()}


def _arbitrate(text: str, candidates: tuple[str, ...], hints: tuple[str, ...]) -> Language:
    code, scores = _arbiter(text, candidates)
    if code == "en" and _NOT_ENGLISH.search(text):
        code, scores = _arbiter(text, tuple(one for one in candidates if one != "en"))
    settled = _settled(text, code)
    if settled != code:
        return Language(settled, 0.9, "letters")
    if code not in candidates:
        code = next((hint for hint in hints if hint in candidates), candidates[0])
        return Language(code, 0.3, "default")
    ranked = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    lead = ranked[0][1] - ranked[1][1] if len(ranked) > 1 else 0.5
    if lead < _TIE and ranked[0][0] not in hints and ranked[1][0] in hints:
        code = ranked[1][0]
    return Language(code, round(min(1.0, 0.5 + lead), 4), "eldc")


def _settled(text: str, code: str) -> str:
    if code in {"ru", "uk", "bg", "be", "mk", "sr"}:
        ukrainian = len(_ONLY_UKRAINIAN.findall(text))
        russian = len(_ONLY_RUSSIAN.findall(text))
        if code == "ru" and ukrainian > 2 * russian:
            return "uk"
        if code == "uk" and russian > 2 * ukrainian:
            return "ru"
    if code == "tr" and len(_NOT_TURKISH.findall(text)) > 0.02 * len(text):
        return "az"
    return code


def declared(values: Iterable[str | None]) -> str | None:
    """Give the language a page declares, as ISO 639-1, from its first usable declaration."""
    for value in values:
        code = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", value or "")
        if code:
            return code.group(1).lower()
    return None
