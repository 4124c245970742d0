"""Finds the feeds of a site: what its pages and robots.txt name, then the usual places."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree, html

from flows import ids
from flows.collect import urls
from flows.collect.collector import Collector, Look
from flows.collect.feeds import FeedDocument
from flows.drafts import Draft, DraftFeed, unused_id
from flows.drafts import site as site_of
from flows.extract.decode import decode
from flows.extract.language import identify
from flows.model import Feed, FeedEntry, FeedKind, FetchPolicy

_MAX_CANDIDATES = 16
_USUAL = (
    "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json",
    "/en/rss", "/en/feed/", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml",
)  # fmt: skip
_FEED_TYPE = re.compile(r"application/(?:rss|atom|feed|rdf)\+(?:xml|json)|text/xml", re.IGNORECASE)
_FEED_LINK = re.compile(r"rss|/feeds?(?:/|\.|$)|atom\.xml|/rdf", re.IGNORECASE)
_NO_NEWS = re.compile(r"comment|oembed|wp-json|podcast", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One feed of a site, with what it showed."""

    url: str
    kind: FeedKind
    form: str
    title: str
    entries: int
    newest: datetime | None
    per_day: float | None
    languages: tuple[str, ...]
    full_text: bool


async def discover(site: str, collector: Collector, policy: FetchPolicy) -> tuple[Found, ...]:
    """Give the feeds of a site that can be read, the richest first.

    Args:
        site: any page of it; its front page is best.
        collector: the way out.
        policy: how requests are made.

    Raises:
        FetchError: the page itself could not be had.
        WorkerError: the page killed its worker.
        ValueError: `site` is no web address.
    """
    answer, rules = await collector.front_page(urls.absolute(site), policy)
    named = await collector.in_worker(
        alternates, answer.body, answer.header("content-type"), answer.url
    )
    listed = [urls.absolute(link, answer.url) for link in rules.sitemaps if _is_link(link)]
    usual = [urls.absolute(path, answer.url) for path in _USUAL]
    found: dict[frozenset[str], Found] = {}
    for number, url in enumerate(dict.fromkeys((*named, *listed, *usual))):
        if number >= _MAX_CANDIDATES or (found and url in usual and url not in listed):
            break
        look = await collector.look(_as_feed(url, policy))
        if look.document is not None and look.document.entries:
            key = frozenset(entry.url for entry in look.document.entries)
            found.setdefault(key, describe(look, look.document))
    return tuple(sorted(found.values(), key=_worth, reverse=True))


def describe(look: Look, document: FeedDocument) -> Found:
    """Give what a look at a feed says of its rhythm, its languages and its texts."""
    moments = sorted(entry.published_at for entry in document.entries if entry.published_at)
    return Found(
        url=look.moved_to or look.url,
        kind=_kind(document.form),
        form=document.form,
        title=document.title,
        entries=len(document.entries),
        newest=moments[-1] if moments else None,
        per_day=per_day(moments),
        languages=languages(document.entries),
        full_text=sum(len(entry.content_html or "") > 1500 for entry in document.entries)
        > len(document.entries) / 2,
    )


def per_day(moments: list[datetime]) -> float | None:
    """Give how many entries a day a feed brings, from the times of those it shows."""
    if len(moments) < 2:
        return None
    days = (moments[-1] - moments[0]) / timedelta(days=1)
    return round((len(moments) - 1) / max(days, 1 / 24), 1)


def languages(entries: Iterable[FeedEntry]) -> tuple[str, ...]:
    """Give the languages of a feed's entries that are not mere accidents, commonest first."""
    counts: dict[str, int] = {}
    shown = list(entries)[:20]
    for entry in shown:
        code = identify(f"{entry.title}. {entry.summary[:500]}").code
        counts[code] = counts.get(code, 0) + 1
    usual = [code for code, count in counts.items() if code != "und" and count * 5 >= len(shown)]
    return tuple(sorted(usual, key=lambda code: -counts[code]))


def draft(homepage: str, found: Sequence[Found], networks: tuple[str, ...] = ()) -> Draft:
    """Give a site as a draft for `sources.toml`.

    Args:
        homepage: of the site.
        found: its feeds.
        networks: private networks that it is on.
    """
    rate = max((one.per_day or 0.0 for one in found), default=0.0)
    return Draft(
        source_id=unused_id(homepage, frozenset()),
        name=next((one.title for one in found if one.title), site_of(homepage)),
        homepage=urls.absolute(homepage),
        languages=tuple(sorted({code for one in found for code in one.languages})),
        feeds=tuple(DraftFeed(one.url, one.kind, _remark(one)) for one in found),
        expect_per_day=(max(int(rate / 3), 1), int(rate * 3) + 2) if rate else None,
        allow_networks=networks,
    )


def alternates(body: bytes, content_type: str, url: str) -> tuple[str, ...]:
    """Give the feeds a page names: `rel=alternate` first, then links that look like feeds."""
    try:
        page = html.document_fromstring(decode(body, content_type).encode("utf-8", "replace"))
    except (etree.ParserError, ValueError):
        return ()
    declared = [
        link.get("href")
        for link in page.iter("link")
        if "alternate" in (link.get("rel") or "") and _FEED_TYPE.match(link.get("type") or "")
    ]
    linked = [
        link.get("href") for link in page.iter("a") if _FEED_LINK.search(link.get("href", ""))
    ]
    return tuple(dict.fromkeys(_resolved([*declared, *linked], url)))


def _resolved(links: Iterable[str | None], url: str) -> Iterator[str]:
    for link in links:
        if link and not _NO_NEWS.search(link) and _is_link(link, url):
            yield urls.absolute(link, url)


def _is_link(link: str, base: str | None = None) -> bool:
    try:
        urls.absolute(link, base or "https://example.org/")
    except ValueError:
        return False
    return True


def _as_feed(url: str, policy: FetchPolicy) -> Feed:
    sitemap = "sitemap" in url.rpartition("/")[2].lower()
    kind = FeedKind.SITEMAP if sitemap else FeedKind.FEED
    return Feed(ids.feed_id("discover", url), "discover", url, kind, policy)


def _kind(form: str) -> FeedKind:
    if form == "news sitemap":
        return FeedKind.NEWS_SITEMAP
    return FeedKind.SITEMAP if "sitemap" in form else FeedKind.FEED


def _worth(found: Found) -> tuple[bool, bool, float]:
    return found.kind is FeedKind.FEED, found.newest is not None, found.per_day or 0.0


def _remark(found: Found) -> str:
    facts = [found.form, f"{found.entries} entries"]
    facts += [f"{found.per_day:g} a day"] if found.per_day else []
    facts += [f"newest {found.newest:%Y-%m-%d}"] if found.newest else []
    facts += ["full text"] if found.full_text else []
    return ", ".join(facts)
