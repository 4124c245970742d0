"""The words of an article: which extractor to believe, line by line.

trafilatura reads every page; resiliparse, at a tenth of its CPU, gives a second opinion. Where
that has much more, or little of the first, trafilatura reads again with its own fallbacks. Where
the two agree nothing more is done. Where the second has nearly all of the first, the lines it
has not are left out. Where it has not, trafilatura's strict mode is asked too, and a line stays
if the strict reading has it, or if that lost too much and the second opinion has it. Where the
second opinion found far more and holds all of the first, readability and justext are asked, and
a sentence is added where they vote for it. The thresholds are measured: see
`tests/bench/extract.py`.
"""

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement
from readability import Document as Readability
from readability.readability import Unparseable
from resiliparse.extract.html2text import extract_plain_text
from trafilatura.external import justext_rescue
from trafilatura.settings import Extractor

from flows.extract.outline import Line, Outline

_AGREED = 0.95  # at and above, the first reading is taken as it is
_SECOND_HAS = 0.9  # of the first reading: then the second alone says which lines stay
_STRICT_LOST = 0.9  # the strict reading may overrule if it keeps this share of the first
_SECOND_MORE = 1.5  # times the words: the first reading may have missed the article
_SECOND_CONFIRMS = 0.5  # of the first reading; less, and it may be of the wrong part of the page
_SECOND_FAR_MORE = 2.0
_FIRST_WITHIN = 0.9
_SHORT = 250  # characters under which a reading is suspected of having missed the article
_LEAST_LEFT = 0.25  # share of the first reading that fusing may not go below
_SENTENCE_WORDS = 10
_SENTENCE_END = re.compile(r"[.!?\u2026\u0589\u3002:\u061f\"\u201d\u00bb)]\s*$")


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a page; `agreement` (0 to 1) is how far two extractors found the same."""

    text: str
    agreement: float
    made_by: str


def read(tree: HtmlElement, markup: str, declared_body: str = "") -> Body:
    """Give the words of the article on a page, and how sure they are.

    Args:
        tree: the parsed page; not changed.
        markup: the same page as text.
        declared_body: articleBody of its JSON-LD, used only where far more than was found.
    """
    second = _second_opinion(markup)
    other = Outline.of(second)
    main, made_by = _first_reading(tree, other), "trafilatura"
    if len(main) < _SHORT:
        main, made_by = _rescued(tree, markup, main, second)
    first = Outline.of(main)
    agreement = _agreement(first, other)
    if agreement < _AGREED and made_by == "trafilatura":
        main, made_by = _fused(tree, markup, main, first, other)
    if len(declared_body) > 2 * max(len(main), _SHORT):
        # a body in JSON-LD is often a teaser, but never a longer one than the article
        main, made_by = declared_body, "json-ld"
    return Body(main, round(agreement, 3), made_by)


def _first_reading(tree: HtmlElement, other: Outline) -> str:
    """Give what trafilatura finds, with its own comparisons only where they could change it.

    It compares each reading with readability and justext, a third of its CPU, to notice that it
    missed the article; the second opinion tells that already.
    """
    quick = _trafilatura(tree, fast=True)
    first = Outline.of(quick)
    too_little = len(quick) < _SHORT or other.words > _SECOND_MORE * first.words
    if too_little or first.shared(other) < _SECOND_CONFIRMS * first.words:
        return _trafilatura(tree)
    return quick


def _trafilatura(
    tree: HtmlElement, *, strict: bool = False, recall: bool = False, fast: bool = False
) -> str:
    options = Extractor(
        output_format="python", comments=False, precision=strict, recall=recall, fast=fast
    )
    document = trafilatura.bare_extraction(tree, options=options)
    return str(getattr(document, "text", "") or "")


def _second_opinion(markup: str) -> str:
    return str(
        extract_plain_text(markup, main_content=True, alt_texts=False, list_bullets=False) or ""
    )


def _agreement(first: Outline, other: Outline) -> float:
    return min(1.0, 2 * first.shared(other) / ((first.words + other.words) or 1))


def _rescued(tree: HtmlElement, markup: str, main: str, second: str) -> tuple[str, str]:
    # a flash of two sentences is short and right: a longer reading must hold what was found
    found = Outline.of(main)
    readings: tuple[tuple[str, Callable[[], str]], ...] = (
        ("recall", lambda: _trafilatura(tree, recall=True)),
        ("readability", lambda: _readability(markup)),
        ("justext", lambda: _justext(tree)),
        ("resiliparse", lambda: second),
    )
    for name, reading in readings:
        text = reading()
        if len(text) >= _SHORT and found.shared(Outline.of(text)) >= 0.5 * found.words:
            return text, name
    return main, "trafilatura"


def _fused(
    tree: HtmlElement, markup: str, main: str, first: Outline, other: Outline
) -> tuple[str, str]:
    kept = _confirmed(tree, first, other)
    added: list[tuple[int, Line]] = []
    far_more = other.words > _SECOND_FAR_MORE * first.words
    if far_more and first.shared(other) > _FIRST_WITHIN * first.words:
        added = _missed_sentences(tree, markup, kept, other)
    if len(kept) == len(first.lines) and not added:
        return main, "trafilatura"
    for after, line in reversed(added):
        kept.insert(after + 1, line)
    text = "\n".join(line.text for line in kept)
    return (text, "fused") if len(text) > _LEAST_LEFT * len(main) else (main, "trafilatura")


def _confirmed(tree: HtmlElement, first: Outline, other: Outline) -> list[Line]:
    """Give the lines of the first reading that another one confirms."""
    if first.shared(other) >= _SECOND_HAS * first.words:
        return [line for line in first.lines if other.has(line)]
    strict = Outline.of(_trafilatura(tree, strict=True, fast=True))
    lost = first.shared(strict) < _STRICT_LOST * first.words
    return [line for line in first.lines if strict.has(line) or (lost and other.has(line))]


def _missed_sentences(
    tree: HtmlElement, markup: str, kept: list[Line], other: Outline
) -> list[tuple[int, Line]]:
    places = {line.words[:6]: place for place, line in enumerate(kept)}
    have = Outline(tuple(kept))
    missed: list[tuple[int, Line]] = []
    after = -1
    for line in other.lines:
        after = places.get(line.words[:6], after)
        if _is_sentence(line) and not have.has(line):
            missed.append((after, line))
    if not missed:
        return []
    voter = Outline.of(_justext(tree))
    missed = [(after, line) for after, line in missed if voter.has(line)]
    if all(_inside(after, kept) for after, _ in missed):
        return missed
    judge = Outline.of(_readability(markup))
    return [(after, line) for after, line in missed if _inside(after, kept) or judge.has(line)]


def _is_sentence(line: Line) -> bool:
    return len(line.words) >= _SENTENCE_WORDS and bool(_SENTENCE_END.search(line.text))


def _inside(after: int, kept: list[Line]) -> bool:
    return 0 <= after < len(kept) - 1


def _readability(markup: str) -> str:
    try:
        summary = Readability(markup).summary(html_partial=True)
        return str(extract_plain_text(str(summary), main_content=False, list_bullets=False))
    except (Unparseable, LxmlError, ValueError):
        return ""


def _justext(tree: HtmlElement) -> str:
    paragraphs, _ = justext_rescue(copy(tree), Extractor())
    return "\n".join(one.text or "" for one in paragraphs)
