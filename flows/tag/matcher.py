"""Finds every name and word of the vocabulary in one pass over a text.

An Aho-Corasick automaton per language holds the head of each alias, a space before it:
after folding, a space stands before every word and nowhere inside one, so a hit starts
a word. What follows the stem must be an ending of the language (`suffixes`), what follows
the first word the further words of the alias.
Aho & Corasick (1975), Efficient string matching: an aid to bibliographic search.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntEnum, auto

import ahocorasick_rs

from flows.tag.folding import fold, fold_alias
from flows.tag.suffixes import ending_test

_EVERY_WORD_BENDS = frozenset({"ru", "hy", "ka"})
_PLURAL_IES = re.compile("[^aeiou= ]y$")
# abstract and verbal nouns change inside: միություն, միության; շարժում, շարժման
_ARMENIAN_BENT = {
    "ություն": ("ության", "ությամբ"), "ութիւն": ("ութեան", "ութեամբ"), "ժում": ("ժման",),
    "եցի": ("եցու",),
}  # fmt: skip
MOST_HITS = 4_000  # of one text; more is a list of names, not an article


class Case(Enum):
    """What the case of the text must be: as the alias is written."""

    ANY = auto()
    INITIAL = auto()
    CAPITALS = auto()


class Ending(Enum):
    """What may follow a stem inside its word."""

    NONE = auto()
    OF_LANGUAGE = auto()
    REQUIRED = auto()
    ANY = auto()


class Kind(IntEnum):
    """What an alias means where it is found."""

    NAME = auto()
    PEOPLE = auto()
    SEAT = auto()
    FULL_NAME = auto()
    SURNAME = auto()
    BODY = auto()
    OFFICE = auto()
    GIVEN = auto()
    MASK = auto()
    STRONG = auto()
    WEAK = auto()
    NEVER = auto()
    HALF = auto()
    VARIANT = auto()
    GENRE = auto()
    CUE = auto()


@dataclass(frozen=True, slots=True)
class Use:
    """One meaning of an alias: of which thing, in which way."""

    kind: Kind
    target: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """An alias as written, in its language, with its meaning.

    Written "stem" for a stem and its endings (in ru, hy, ka each word of it), "=word" for
    the word as it is, "stem*" for anything that starts so, "stem+" where an ending must
    follow (Кита+: `Китай`, not `Кита`). Capitals are as the text must have them.
    """

    written: str
    language: str
    use: Use


@dataclass(frozen=True, slots=True)
class Step:
    """One word of an alias: its folded letters, and what may follow them."""

    stem: str
    ending: Ending


@dataclass(frozen=True, slots=True)
class Pattern:
    """An alias ready to be checked where its head was found.

    The head runs to the first letter that may vary; `last` is the ending of its last word
    (None when the head is all there is), `steps` are the words after it.
    """

    head: str
    last: Ending | None
    steps: tuple[Step, ...]
    case: Case
    capitals: int
    language: str
    use: Use


@dataclass(frozen=True, slots=True)
class Hit:
    """A use found: stored offsets `start` to `end`, `word_end` where its last word ends."""

    start: int
    end: int
    use: Use


def compiled(alias: Alias) -> Pattern:
    """Give the pattern of an alias as written."""
    written = alias.written.lstrip("=").strip()
    steps = _steps(written, alias.language, exact=alias.written.startswith("="))
    fixed = 0
    while fixed < len(steps) and steps[fixed].ending is Ending.NONE:
        fixed += 1
    whole = fixed == len(steps)
    stems = [step.stem for step in steps[: fixed + 1]]
    letters = [char for char in written if char.isalpha()]
    return Pattern(
        head=f" {' '.join(stems)}" + (" " if whole else ""),
        last=None if whole else steps[fixed].ending,
        steps=steps[fixed + 1 :],
        case=_case(letters),
        capitals=len(steps[0].stem) if steps else 0,
        language=alias.language,
        use=alias.use,
    )


def _steps(written: str, language: str, *, exact: bool) -> tuple[Step, ...]:
    """Give the words of an alias; a written word may fold into several."""
    steps: list[Step] = []
    words = written.split()
    for number, word in enumerate(words, start=1):
        inner = number < len(words) and language not in _EVERY_WORD_BENDS
        folded = fold_alias(word.strip("=*+")).split()
        steps += [Step(part, Ending.NONE) for part in folded[:-1]]
        steps += [Step(part, _ending(word, exact=exact or inner)) for part in folded[-1:]]
    return tuple(steps)


def _ending(word: str, *, exact: bool) -> Ending:
    if word.endswith("*"):
        return Ending.ANY
    if word.endswith("+"):
        return Ending.REQUIRED
    return Ending.NONE if exact or word.startswith("=") else Ending.OF_LANGUAGE


def _case(letters: list[str]) -> Case:
    if not letters or not letters[0].isupper():
        return Case.ANY
    return Case.CAPITALS if len(letters) > 1 and all(map(str.isupper, letters)) else Case.INITIAL


def variants(alias: Alias) -> Iterator[Alias]:
    """Give an alias and its other forms: Armenian ligature and genitives, plain Latin, -ies."""
    yield alias
    if alias.language == "hy":
        for ending, bent in _ARMENIAN_BENT.items():
            if alias.written.endswith(ending):
                stem = alias.written.removesuffix(ending)
                yield from (replace(alias, written=f"{stem}{other}") for other in bent)
    if alias.language == "en" and _PLURAL_IES.search(alias.written):
        yield Alias(f"{alias.written[:-1]}ies", alias.language, alias.use)
    if "և" in alias.written:
        yield Alias(alias.written.replace("և", "եւ"), alias.language, alias.use)
    if alias.language == "en" and not alias.written.isascii():
        plain = unicodedata.normalize("NFKD", alias.written.replace("ı", "i"))
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        yield Alias(plain, alias.language, alias.use)


class Matcher:
    """The patterns of one language (and the Latin ones found inside it), built once."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        by_head: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            by_head.setdefault(pattern.head, []).append(pattern)
        self._patterns = list(by_head.values())
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(by_head), matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )
        languages = {pattern.language for group in self._patterns for pattern in group}
        self._endings: Mapping[str, Callable[[str], bool]] = {
            language: ending_test(language) for language in languages
        }

    def find(self, text: str) -> list[Hit]:
        """Give every use in a text, overlapping ones too, in order of their start."""
        folded = fold(text)
        haystack = f" {folded.text} "
        found: list[Hit] = []
        for head, start, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            for pattern in self._patterns[head]:
                stop = self._end_of(pattern, haystack, end)
                if stop is None:
                    continue
                begin, finish = folded.place(start, stop - 1)
                if _case_agrees(pattern, text[begin:finish]):
                    found.append(Hit(begin, finish, pattern.use))
            if len(found) >= MOST_HITS:
                break
        found.sort(key=lambda hit: (hit.start, -hit.end))
        return found

    def _end_of(self, pattern: Pattern, haystack: str, at: int) -> int | None:
        """Give where the alias ends when the head ends at `at`; None when it does not fit."""
        if pattern.last is None:
            return at - 1
        stop = self._word_end(pattern.language, pattern.last, haystack, at)
        for step in pattern.steps:
            if stop is None or not haystack.startswith(step.stem, stop + 1):
                return None
            after = stop + 1 + len(step.stem)
            stop = self._word_end(pattern.language, step.ending, haystack, after)
        return stop

    def _word_end(self, language: str, ending: Ending, haystack: str, at: int) -> int | None:
        """Give where the word ends that has its stem before `at`; None when it is another word."""
        if haystack[at] == " ":
            return None if ending is Ending.REQUIRED else at
        if ending is Ending.NONE:
            return None
        stop = haystack.find(" ", at)
        if ending is Ending.ANY or self._endings[language](haystack[at:stop]):
            return stop
        return None


def _case_agrees(pattern: Pattern, surface: str) -> bool:
    """Tell whether the text is written with the capitals the alias asks for."""
    if pattern.case is Case.ANY:
        return True
    if pattern.case is Case.INITIAL:
        return not surface[0].islower()
    return not any(char.islower() for char in surface[: pattern.capitals])
