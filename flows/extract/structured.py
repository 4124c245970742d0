"""What a page declares about its article: JSON-LD (schema.org), Open Graph and other meta tags."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import cast

from lxml.html import HtmlElement

Json = dict[str, object] | list[object] | str | int | float | bool | None

_MAX_SCRIPT = 2_000_000  # characters of one JSON-LD script
_MAX_NODES = 5_000
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_WRAPPER = re.compile(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*;?\s*$")
_ARTICLE_TYPE = re.compile(r"Article$|Posting$|^Report$|^Review$|^Statement$|^ClaimReview$")
_PAGE_TYPE = re.compile(r"Page$|^VideoObject$|^Event$|^CreativeWork$")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the JSON-LD of a page says of its article; empty where it says nothing."""

    headline: str = ""
    published: str = ""
    modified: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    body: str = ""
    language: str = ""
    paid: bool = False


def declared(tree: HtmlElement) -> Declared:
    """Give what the page's JSON-LD says; its article nodes win over its page nodes."""
    nodes = list(_nodes(tree))
    articles = [node for node in nodes if _is(node, _ARTICLE_TYPE)]
    pages = [node for node in nodes if _is(node, _PAGE_TYPE)]
    ranked = articles + pages
    return Declared(
        headline=_first(articles, "headline") or _first(articles, "name"),
        published=_first(ranked, "datePublished") or _first(articles, "dateCreated"),
        modified=_first(ranked, "dateModified"),
        authors=_names(next((node["author"] for node in articles if node.get("author")), None)),
        publisher=next(iter(_names(_any(ranked, "publisher"))), ""),
        body=max((_text(node.get("articleBody")) for node in articles), key=len, default=""),
        language=_first(ranked, "inLanguage"),
        paid=any(_is_false(node.get("isAccessibleForFree")) for node in articles),
    )


def meta(tree: HtmlElement) -> dict[str, str]:
    """Give the page's meta tags: lower-case `property`, `name` or `itemprop` to first content."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = (
            tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        )
        content = tag.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _nodes(tree: HtmlElement) -> Iterator[dict[str, object]]:
    count = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        pending: list[object] = [_parse(script.text or "")]
        while pending and count < _MAX_NODES:
            count += 1
            node = pending.pop(0)
            if isinstance(node, list):
                pending.extend(node)
            elif isinstance(node, dict):
                yield node
                pending.extend(
                    node[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage")
                    if isinstance(node.get(key), dict | list)
                )


def _parse(script: str) -> Json:
    if len(script) > _MAX_SCRIPT:
        return None
    script = _WRAPPER.sub("", script.strip())
    for attempt in (script, _TRAILING_COMMA.sub(r"\1", script)):
        try:
            return cast("Json", json.loads(attempt, strict=False))
        except (ValueError, RecursionError):
            continue
    return None


def _is(node: dict[str, object], pattern: re.Pattern[str]) -> bool:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and pattern.search(name) for name in kinds)


def _is_false(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() == "false")


def _any(nodes: list[dict[str, object]], key: str) -> object:
    return next((node[key] for node in nodes if node.get(key)), None)


def _first(nodes: list[dict[str, object]], key: str) -> str:
    return next((text for node in nodes if (text := _text(node.get(key)))), "")


def _text(value: object) -> str:
    if isinstance(value, list):
        value = next(iter(value), "")
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("alternateName")
    return unescape(value).strip() if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(name for one in values if (name := _text(one)))
