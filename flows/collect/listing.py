"""HTML listing pages of outlets without feeds to entries; runs in a worker."""

from collections.abc import Iterator
from typing import Any

from cssselect import SelectorError
from lxml import etree, html

from flows.collect import urls
from flows.collect.feeds import MAX_ENTRIES, FeedDocument, NotAFeed, Origin
from flows.extract.decode import decode
from flows.extract.text import one_line
from flows.model import FeedEntry

_SHORTEST_TITLE = 8  # characters; "more" is a link, not a headline


def parse(body: bytes, origin: Origin, selector: str) -> FeedDocument:
    """Read the links of a listing page.

    Args:
        body: the page.
        origin: where and when it was fetched.
        selector: CSS selector of the links, or of the blocks that hold one each.

    Raises:
        NotAFeed: no HTML, or nothing in it answers to the selector.
    """
    page = _page(decode(body, origin.content_type))
    base = _base(page, origin.url)
    try:
        found = page.cssselect(selector)
    except SelectorError as error:
        raise NotAFeed(f"selector {selector!r}: {error}") from error
    titles: dict[str, str] = {}
    for link in _links(found):
        try:
            url = urls.canonical(link.get("href") or "", base)
        except ValueError:
            continue
        title = _title(link)
        if len(title) >= len(titles.get(url, "")):
            titles[url] = title
    titles.pop(urls.canonical(origin.url), None)
    if not titles:
        raise NotAFeed(f"nothing on the page answers to {selector!r}")
    entries = [FeedEntry(url=url, guid=None, title=title) for url, title in titles.items()]
    return FeedDocument(tuple(entries[:MAX_ENTRIES]), form="listing")


def _page(text: str) -> Any:
    try:
        # bytes, for a text that declares an encoding of its own is refused
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=_PARSER)
    except (etree.ParserError, ValueError) as error:
        raise NotAFeed("no HTML in it") from error


def _base(page: Any, url: str) -> str:
    declared = page.cssselect("base[href]")
    try:
        return urls.absolute(declared[0].get("href"), url) if declared else url
    except ValueError:
        return url


def _links(found: list[Any]) -> Iterator[Any]:
    for node in found:
        if node.tag == "a":
            yield node
        else:
            yield from node.iter("a")


def _title(link: Any) -> str:
    for text in (link.text_content(), link.get("title") or ""):
        title = one_line(text[:8000])[:2000]
        if len(title) >= _SHORTEST_TITLE:
            return title
    return ""


_PARSER = html.HTMLParser(encoding="utf-8", no_network=True)
