"""A page's markup made safe to parse, and parsed once."""

import re

from lxml.etree import ElementDefaultClassLookup, LxmlError
from lxml.html import (
    HtmlComment,
    HtmlElement,
    HtmlEntity,
    HTMLParser,
    HtmlProcessingInstruction,
    fromstring,
)
from trafilatura.utils import repair_faulty_html

_MOST = 8_000_000  # characters of a page
_MOST_TEXT = 2_000_000  # characters between two tags; a script with data may hold a million
_MOST_TAGS = 120_000  # trafilatura takes 20 s and 200 MB for twice as many
_MOST_DEPTH = 500  # libxml2 itself cuts at 256
_BLOCK = re.compile(r"<(/?)(?:div|table|ul|ol|section|article|blockquote|form|fieldset|center)\b")
_LONG = 6000  # characters of a tag that may hold too many attributes
_LONG_TAG = re.compile(rf"<([A-Za-z][A-Za-z0-9]*)(\s[^<>]{{{_LONG},}})>")
_MOST_ATTRIBUTES = 300

# trafilatura deletes zero-width joiners, which glues Persian words: two characters that it
# keeps stand for them until the text is out.
_STAND_INS = (("\u200c", "\u203f"), ("\u200d", "\u2040"))
_ENTITIES = re.compile(r"&(?:(zwnj|#8204|#[xX]200[cC])|zwj|#8205|#[xX]200[dD]);")

# As trafilatura parses, but for the class of elements: lxml.html asks a Python function for the
# class of each, which is a tenth of reading a page, and only forms would get another than this.
_PARSER = HTMLParser(
    encoding="utf-8",
    collect_ids=False,
    default_doctype=False,
    remove_comments=True,
    remove_pis=True,
)
_PARSER.set_element_class_lookup(
    ElementDefaultClassLookup(
        element=HtmlElement,
        comment=HtmlComment,
        pi=HtmlProcessingInstruction,
        entity=HtmlEntity,
    )
)


class Unsafe(Exception):
    """The markup is built to exhaust a parser; the message names how."""


def protect(markup: str, *, fragment: bool = False) -> str:
    """Give markup that parses in bounded time and keeps its joiners.

    Args:
        markup: the decoded page.
        fragment: it is the content of a feed entry, not a document.

    Raises:
        Unsafe: it is too large, or nests elements without end.
    """
    if len(markup) > _MOST:
        raise Unsafe(f"{len(markup)} characters")
    pieces = markup.split("<")
    if len(pieces) > _MOST_TAGS:
        raise Unsafe(f"over {_MOST_TAGS} tags")
    if max(map(len, pieces)) > _MOST_TEXT:
        raise Unsafe(f"a text of over {_MOST_TEXT} characters")
    if _depth(markup) > _MOST_DEPTH:
        raise Unsafe(f"nested deeper than {_MOST_DEPTH}")
    if any(len(piece) > _LONG and ">" not in piece[:_LONG] for piece in pieces):
        markup = _LONG_TAG.sub(_shortened, markup)
    markup = markup.replace("\0", "")
    markup = _ENTITIES.sub(lambda entity: "\u200c" if entity[1] else "\u200d", markup)
    for joiner, stand_in in _STAND_INS:
        markup = markup.replace(joiner, stand_in)
    if fragment:
        return f"<html><body><article>{markup}</article></body></html>"
    return markup


def restore(text: str) -> str:
    """Give the text with its joiners back."""
    for joiner, stand_in in _STAND_INS:
        text = text.replace(stand_in, joiner)
    return text


def parse(markup: str) -> HtmlElement | None:
    """Give the tree of protected markup, or nothing if it is no HTML."""
    head = markup[:50].lower()
    try:
        tree = fromstring(
            repair_faulty_html(markup, head).encode("utf-8", "replace"), parser=_PARSER
        )
    except (LxmlError, ValueError):
        return None
    if "html" not in head and len(tree) < 2:
        return None
    if "<template" in markup:
        for template in list(tree.iter("template")):  # what browsers do not show either
            if template.getparent() is not None:
                template.drop_tree()
    return tree


def _depth(markup: str) -> int:
    depth = deepest = 0
    for tag in _BLOCK.finditer(markup):
        depth = max(0, depth - 1) if tag.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _shortened(tag: re.Match[str]) -> str:
    # libxml2 takes time quadratic in the attributes of one element
    many = len(tag.group(2).split()) > _MOST_ATTRIBUTES
    return f"<{tag.group(1)}>" if many else tag.group()
