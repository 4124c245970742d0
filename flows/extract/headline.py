"""The headline of a page: what it calls itself, without the name of the outlet."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from flows.extract.text import one_line

_SEPARATED = re.compile(
    r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab\uff5c-]+\s+|\s*[|_\uff5c]+\s*|(?<=[^\x00-\x7f])-(?=[^\x00-\x7f])"
)
_FOLDED = re.compile(r"[\W_]+")
_LONGEST = 300
_LEAST = 3  # letters and digits of a headline
_MANY_HEADINGS = 60


def choose(tree: HtmlElement, declared: str, meta: dict[str, str], publisher: str, url: str) -> str:
    """Give the page's headline, or nothing.

    JSON-LD first, written for machines; then what two of Open Graph, headings and the `title`
    tag agree on once the outlet's name is cut off; then Open Graph, then a heading that begins
    the `title`, then the `title`.

    Args:
        tree: the parsed page.
        declared: headline of its JSON-LD.
        meta: its meta tags.
        publisher: the outlet by JSON-LD.
        url: where the page was found; its host names the outlet too.
    """
    outlet = _outlet_names(meta, publisher, url)
    headings = [text for text in _headings(tree) if fold(text) not in outlet]
    tag = one_line(tree.findtext(".//title") or "")
    open_graph = meta.get("og:title") or meta.get("twitter:title") or meta.get("dc.title") or ""
    stated = [_bare(one_line(text), outlet, headings) for text in (declared, open_graph, tag)]
    if len(fold(stated[0])) >= _LEAST:
        return stated[0]
    agreed = _agreed(headings, stated[1:])
    begun = _begins(headings, stated[1] or tag)
    return agreed or begun or stated[1] or stated[2] or next(iter(headings), "")


def _headings(tree: HtmlElement) -> Iterator[str]:
    for level in ("h1", "h2"):
        for place, heading in enumerate(tree.iter(level)):
            if place >= _MANY_HEADINGS:
                break
            text = one_line(" ".join(heading.itertext()))
            if len(fold(text)) >= _LEAST and len(text) <= _LONGEST:
                yield text


def _outlet_names(meta: dict[str, str], publisher: str, url: str) -> frozenset[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = (meta.get("og:site_name", ""), publisher, host, host.rsplit(".", 1)[0])
    return frozenset(folded for name in names if (folded := fold(name)))


def fold(text: str) -> str:
    """Give the text's letters and digits without case: equal for two wordings of one line."""
    return _FOLDED.sub("", text).casefold()


def _bare(text: str, outlet: frozenset[str], headings: Sequence[str]) -> str:
    # a part is the outlet's name if it is known as such, or if what is left is a heading
    text = text[: 2 * _LONGEST]
    cuts = list(_SEPARATED.finditer(text))
    folded_headings = {fold(heading) for heading in headings}
    for cut in cuts:
        left, right = text[: cut.start()].strip(), text[cut.end() :].strip()
        if fold(left) in folded_headings or _is_outlet(right, outlet):
            return left or right
        if _is_outlet(left, outlet) or (fold(right) in folded_headings and len(right) > len(left)):
            return right
    return text


def _is_outlet(part: str, outlet: frozenset[str]) -> bool:
    folded = fold(part)
    return folded in outlet or any(
        len(name) > 3 and folded.startswith(name) and len(folded) < 3 * len(name) for name in outlet
    )


def _agreed(headings: Sequence[str], stated: Sequence[str]) -> str:
    open_graph, tag = stated
    said = {fold(heading): heading for heading in reversed(headings)}
    if fold(open_graph) in {*said, fold(tag)}:
        return open_graph
    return said.get(fold(tag), "")


def _begins(headings: Sequence[str], tag: str) -> str:
    folded = fold(tag)
    return next((text for text in headings if folded.startswith(fold(text))), "")
