"""A page's markup made safe to parse, and parsed once."""

import re

import trafilatura
from lxml.html import HtmlElement

_MOST = 8_000_000  # characters of a page
_MOST_TEXT = 2_000_000  # characters between two tags; a script with data may hold a million
_MOST_DEPTH = 500  # libxml2 itself cuts at 256
_BLOCK = re.compile(r"<(/?)(?:div|table|ul|ol|section|article|blockquote|form|fieldset|center)\b")
_LONG_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]*)(\s[^<>]{6000,})>")
_MOST_ATTRIBUTES = 300

# trafilatura deletes zero-width joiners, which glues Persian words: two characters that it
# keeps stand for them until the text is out.
_STAND_INS = (("\u200c", "\u203f"), ("\u200d", "\u2040"))
_ENTITIES = re.compile(r"&(?:zwnj|#8204|#[xX]200[cC]);")
_ENTITIES_JOINER = re.compile(r"&(?:zwj|#8205|#[xX]200[dD]);")


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
    if max(map(len, markup.split("<"))) > _MOST_TEXT:
        raise Unsafe(f"a text of over {_MOST_TEXT} characters")
    if _depth(markup) > _MOST_DEPTH:
        raise Unsafe(f"nested deeper than {_MOST_DEPTH}")
    markup = _LONG_TAG.sub(_shortened, markup.replace("\0", ""))
    markup = _ENTITIES_JOINER.sub("\u200d", _ENTITIES.sub("\u200c", markup))
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
    tree = trafilatura.load_html(markup)
    if tree is not None and "<template" in markup:
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
