"""Sitemaps and news sitemaps to entries, indexes to the sitemaps to read; runs in a worker."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any

from lxml import etree

from flows.collect import dates, markup, urls
from flows.collect.feeds import MAX_ENTRIES, Child, FeedDocument, NotAFeed, Origin, local_zone
from flows.model import FeedEntry

Window = tuple[datetime, datetime]  # the first moment, and the first that is no longer meant

_MAX_URLS = 50_000  # the protocol's own limit for one file
_MAX_NEWS = 2
_NEWS = re.compile(r"news|latest|recent|fresh|article|post|novost|xeber|haber", re.IGNORECASE)
_DULL = re.compile(
    r"image|video|categor|tag|author|page-sitemap|static|product|users?[-_.]", re.IGNORECASE
)


def parse(body: bytes, origin: Origin, window: Window | None = None) -> FeedDocument:
    """Read a sitemap or an index of sitemaps (sitemaps.org 0.9, Google News 0.9).

    Args:
        body: XML, or an address a line.
        origin: where and when it was fetched.
        window: all entries that may have appeared then; without it the newest 500.

    Raises:
        NotAFeed: the document is no sitemap.
    """
    zone = local_zone(origin.url, origin.languages)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return FeedDocument(_chosen(_text_entries(body), window), form="sitemap")
    root = _root(body)
    if _name(root) == "sitemapindex":
        children = tuple(_children(root, origin, zone))
        return FeedDocument((), children=newest_first(children), form="sitemap index")
    if _name(root) != "urlset":
        raise NotAFeed("no sitemap in it")
    found = [_entry(node, origin, zone) for node in _nodes(root, "url")]
    kept = [entry for entry in found if entry is not None]
    news = any(entry.published_at for entry in kept)
    form = "news sitemap" if news else "sitemap"
    return FeedDocument(_chosen(kept, window), dropped=len(found) - len(kept), form=form)


def newest_first(children: tuple[Child, ...]) -> tuple[Child, ...]:
    """Order the sitemaps of an index by how likely they hold the latest articles."""
    return tuple(
        sorted(
            children,
            key=lambda child: (
                not _DULL.search(child.url),
                child.changed_at or dates.EARLIEST,
                bool(_NEWS.search(child.url)),
                _numbers(child.url),
            ),
            reverse=True,
        )
    )


def news_sitemaps(named: tuple[str, ...], url: str) -> tuple[str, ...]:
    """Give the sitemaps of a robots.txt that hold the last days' news of a feed's site."""
    found = []
    for address in named:
        try:
            whole = urls.absolute(address, url)
        except ValueError:
            continue
        if "news" in whole.rpartition("/")[2].lower():
            found.append(whole)
    return tuple(dict.fromkeys(found))[:_MAX_NEWS]


def since(entries: Iterable[FeedEntry], moment: datetime) -> tuple[FeedEntry, ...]:
    """Give the entries published (or changed, where that is all they say) after a moment."""
    return tuple(
        entry
        for entry in entries
        if (entry.published_at or entry.modified_at or dates.EARLIEST) > moment
    )


def _numbers(url: str) -> tuple[int, ...]:
    """Give the numbers of an address: sitemap-2026-10.xml comes before sitemap-2026-9.xml."""
    return tuple(int(number[:9]) for number in re.findall(r"\d+", url.partition("://")[2])[:8])


def _root(body: bytes) -> Any:
    # no entities, no network, no recursion without end; a cut document gives what it has
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotAFeed("no sitemap in it") from error
    if root is None:
        raise NotAFeed("no sitemap in it")
    return root


def _name(node: Any) -> str:
    return etree.QName(node).localname.lower() if isinstance(node.tag, str) else ""


def _nodes(root: Any, name: str) -> Iterator[Any]:
    for number, node in enumerate(root):
        if number >= _MAX_URLS:
            return
        if _name(node) == name:
            yield node


def _fields(node: Any) -> dict[str, str]:
    """Give the texts below a node by local name, the first of each."""
    fields: dict[str, str] = {}
    for below in node.iter():
        text = (below.text or "").strip()
        if text:
            fields.setdefault(_name(below), text)
    return fields


def _entry(node: Any, origin: Origin, zone: timezone) -> FeedEntry | None:
    fields = _fields(node)
    try:
        url = urls.canonical(fields.get("loc", ""), origin.url)
    except ValueError:
        return None
    published = fields.get("publication_date", "")
    changed = fields.get("lastmod", "")
    return FeedEntry(
        url=url,
        guid=None,
        title=markup.title(fields.get("title", "")),
        published_at=dates.parse(published, origin.fetched_at, zone),
        modified_at=dates.parse(changed, origin.fetched_at, zone),
    )


def _text_entries(body: bytes) -> list[FeedEntry]:
    """Read a sitemap in its plain form: an address a line."""
    entries = []
    for line in body.decode("utf-8", "replace").splitlines()[:_MAX_URLS]:
        try:
            entries.append(FeedEntry(url=urls.canonical(line), guid=None, title=""))
        except ValueError as error:
            raise NotAFeed("no sitemap in it") from error
    if not entries:
        raise NotAFeed("empty")
    return entries


def _children(root: Any, origin: Origin, zone: timezone) -> Iterator[Child]:
    for node in _nodes(root, "sitemap"):
        fields = _fields(node)
        try:
            url = urls.absolute(fields.get("loc", ""), origin.url)
        except ValueError:
            continue
        yield Child(url, dates.parse(fields.get("lastmod", ""), origin.fetched_at, zone))


def moment(entry: FeedEntry) -> datetime:
    """Give when an article appeared: as the sitemap says, its address, or its last change."""
    named = dates.in_url(entry.url)
    appeared = entry.published_at or entry.modified_at or dates.EARLIEST
    return named[0] if named and not entry.published_at else appeared


def is_outside(entry: FeedEntry, window: Window) -> bool:
    """Say whether an article certainly did not appear from the first moment to the second.

    One that changed later may have appeared at any time before.
    """
    if entry.published_at:
        return not window[0] <= entry.published_at < window[1]
    if named := dates.in_url(entry.url):
        return named[1] < window[0] or named[0] >= window[1]
    return entry.modified_at is not None and entry.modified_at < window[0]


def is_dated(entry: FeedEntry, window: Window) -> bool:
    """Say whether something dates an article that is not outside into the time itself."""
    changed = entry.modified_at is not None and entry.modified_at < window[1]
    return bool(entry.published_at or dates.in_url(entry.url) or changed)


def _chosen(entries: list[FeedEntry], window: Window | None) -> tuple[FeedEntry, ...]:
    """Give one entry per link, newest first; undated ones keep their order, after the dated."""
    known: dict[str, FeedEntry] = {}
    for entry in entries:
        known.setdefault(entry.url, entry)
    ordered = sorted(known.values(), key=_latest, reverse=True)
    if window is None:
        return tuple(ordered[:MAX_ENTRIES])
    return tuple(entry for entry in ordered if not is_outside(entry, window))


def _latest(entry: FeedEntry) -> datetime:
    return entry.published_at or entry.modified_at or dates.EARLIEST
