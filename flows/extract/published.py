"""When an article was published, and which of page, feed, URL or fetch said so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from htmldate import find_date
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from flows.extract import dates
from flows.extract.dates import Habits, Moment

# In this order: what is written for machines and means publication before what may mean others.
_META = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time",
    "article:published", "published_time", "published_at", "publish_date", "publication_date",
    "publishdate", "publisheddate", "content:publishdate", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "prism.publicationdate", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "cxenseparse:recs:published_time", "parsely-pub-date",
    "sailthru.date", "citation_publication_date", "shareaholic:article_published_time", "pubdate",
    "article.published", "article:created", "datecreated", "date.created", "displaydate",
)  # fmt: skip
_META_VAGUE = ("dc.date", "dcterms.date", "date")  # as often the last change
_META_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified")
_PUBLISHED_CLASSES = (
    "publish",
    "pubdate",
    "entry-date",
    "post-date",
    "article-date",
    "date-posted",
)
_MANY_TIMES = 40
_DATE_CLASS = re.compile(r"date|time|publi|tarix|tarih|\bdata\b|posted", re.IGNORECASE)
_DATE_TEXT = 60  # characters; more is a paragraph that mentions a date
_DATE_ONLY = re.compile(
    r"[^\d]{0,12}\d{1,4}[./\s-]+[^\s./-]{1,12}[./\s,-]+\d{2,4}\D[\d\s:.,|-]*$|[^\d]{0,12}\d{1,2}[./\s-]+[^\s./-]{1,12}[./\s,-]+\d{4}$"
)
_MANY_ELEMENTS = 20_000
_NEAR = 300  # elements after the headline within which a bare date is the article's

_OTHERS = re.compile(r"comment|kommentar|reply|respond|related|recommend|read-?more", re.IGNORECASE)
_CLOCK = re.compile(  # what a forum or masthead says of the reader's day
    r"aktuelles datum|current (?:date|time)|today|heute|сегодня|сейчас|bu ?gün|այսօր|დღეს|امروز",
    re.IGNORECASE,
)
# A page that shows its last change as its date, so long after publication, is another text.
_REWRITTEN = timedelta(days=2)

# A feed that gives another time than the page by more is giving the last change, or now.
_FEED_LATER = timedelta(hours=24)
_URL_EARLIER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Said:
    """The dates a page states, as text, most trusted first, and where it lies."""

    published: tuple[str, ...]
    shown: tuple[str, ...]
    vague: tuple[str, ...]
    modified: tuple[str, ...]
    url: str

    def showing(self, text: str) -> "Said":
        """Give the same with a date that the page shows; no text changes nothing."""
        return replace(self, shown=(text, *self.shown)) if text else self

    def preferring(self, text: str) -> "Said":
        """Give the same with one more date, trusted most; no text changes nothing."""
        return replace(self, published=(text, *self.published)) if text else self


@dataclass(frozen=True, slots=True)
class Published:
    """The time of publication in UTC, and who said it: `page`, `feed`, `url` or `fetch`."""

    at: datetime
    said_by: str


def said(tree: HtmlElement, declared: tuple[str, str], meta: dict[str, str], url: str) -> Said:
    """Give the dates a page states.

    Args:
        tree: the parsed page.
        declared: datePublished and dateModified of its JSON-LD.
        meta: its meta tags.
        url: where the page was found.
    """
    stated = (declared[0], *(meta.get(name, "") for name in _META))
    vague = tuple(meta.get(name, "") for name in _META_VAGUE)
    modified = (declared[1], *(meta.get(name, "") for name in _META_MODIFIED))
    return Said(_given(stated), _given(tuple(_times(tree))), _given(vague), _given(modified), url)


def _given(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _times(tree: HtmlElement) -> Iterator[str]:
    times = [one for _, one in zip(range(_MANY_TIMES), tree.iter("time"), strict=False)]
    marked = [one for one in times if _is_marked(one)]
    # more than two days, publication and change, are those of other articles in a list
    for few in (marked, times):
        if 1 <= len({(one.get("datetime") or one.text_content())[:10] for one in few}) <= 2:
            yield from (one.get("datetime") or one.text_content() for one in few[:1])
    for one in tree.xpath('.//*[@itemprop="datePublished" or @property="datePublished"]')[:1]:
        yield one.get("datetime") or one.get("content") or one.text_content()


def _is_marked(time: HtmlElement) -> bool:
    names = f"{time.get('class') or ''} {time.get('itemprop') or ''}".lower()
    if time.get("pubdate") is not None or "datepublished" in names:
        return True
    return any(name in names for name in _PUBLISHED_CLASSES)


def decide(page: Said, feed: datetime | None, habits: Habits, fetched_at: datetime) -> Published:
    """Give the time of publication; implausible dates are passed over, never later than fetched.

    The feed is believed, unless the page states a clearly earlier time; without a feed the page,
    unless its URL names an earlier day.
    """
    named = dates.in_url(page.url, fetched_at)
    stated = _stated(page, habits, fetched_at)
    if stated is None:
        shown = _first((*page.shown, *page.vague), habits, fetched_at)
        stated = _unless_named(shown, named)
    if feed is not None and dates.plausible(feed, fetched_at):
        earlier = stated is not None and feed - stated.at > _FEED_LATER
        found = (stated.at, "page") if stated and earlier else (feed, "feed")
    elif stated is not None:
        earlier = named is not None and stated.at - named.at > _URL_EARLIER
        found = (named.at, "url") if named and earlier else (stated.at, "page")
    else:
        found = (named.at, "url") if named else (fetched_at, "fetch")
    return Published(min(found[0], fetched_at), found[1])


def _stated(page: Said, habits: Habits, now: datetime) -> Moment | None:
    """Give the time a page states as its publication; of several, one that it also shows."""
    stated = [found for raw in page.published if (found := dates.parse(raw, habits, now))]
    if len({found.at for found in stated}) > 1:
        shown = {found for raw in page.shown if (found := dates.parse(raw, habits, now))}
        stated = [found for found in stated if found.timed and found in shown] or stated
    return stated[0] if stated else None


def _unless_named(shown: Moment | None, named: Moment | None) -> Moment | None:
    # a date somewhere on the page that is not the one in the URL is another article's
    if shown is None or named is None:
        return shown
    return shown if abs(shown.at - named.at) <= _URL_EARLIER else None


def modified(page: Said, habits: Habits, published: datetime, now: datetime) -> datetime | None:
    """Give the time of the last change, if one later than publication is stated."""
    found = _first(page.modified, habits, now)
    return min(found.at, now) if found is not None and found.at > published else None


def is_silent(page: Said, habits: Habits, now: datetime) -> bool:
    """Tell whether a page states no date for machines but in tags that may mean any."""
    return _first((*page.published, *page.shown), habits, now) is None


def beside_headline(tree: HtmlElement, habits: Habits, now: datetime) -> str:
    """Give the date that the page shows its readers beside the headline, or nothing."""
    return next(_beside_headline(tree, habits, now), "")


def rewritten(page: Said, tree: HtmlElement, habits: Habits, now: datetime) -> str:
    """Give the date that a page shows its readers where that is its last change, or nothing.

    Days after the first publication the words are another text's: they are of the day shown.
    """
    first, last = _stated(page, habits, now), _first(page.modified, habits, now)
    if first is None or last is None or last.at - first.at < _REWRITTEN:
        return ""
    text = beside_headline(tree, habits, now)
    shown = dates.parse(text, habits, now)
    return text if shown and abs(shown.at.date() - last.at.date()) < timedelta(days=2) else ""


def guess(tree: HtmlElement, url: str, now: datetime) -> str:
    """Give the day that htmldate makes of the page's visible text, or nothing."""
    try:
        found = find_date(tree, url=url, original_date=True, max_date=now.date().isoformat())
    except (LxmlError, ValueError, OverflowError):
        return ""
    return found or ""


def _beside_headline(tree: HtmlElement, habits: Habits, now: datetime) -> Iterator[str]:
    before: list[str] = []
    headline = next(tree.iter("h1"), None)
    passed, since = headline is None, 0
    for _, element in zip(range(_MANY_ELEMENTS), tree.iter("*"), strict=False):
        passed = passed or element is headline
        since += passed
        marked = bool(_DATE_CLASS.search(_names(element)))
        if not marked and (not 0 < since < _NEAR or len(element)):
            continue
        text = " ".join(element.itertext() if marked else (element.text or "",)).strip()
        if not 6 <= len(text[:200]) <= _DATE_TEXT or not (marked or _DATE_ONLY.match(text)):
            continue
        if dates.parse(text, habits, now) and not _of_others(element, text):
            if passed:
                yield text
            before.append(text)
    yield from before[-1:]


def _of_others(element: HtmlElement, text: str) -> bool:
    """Tell whether a date is a comment's, another article's, or the reader's own."""
    if _CLOCK.search(text):
        return True
    return any(_OTHERS.search(_names(one)) for one in element.iterancestors() if one.tag != "body")


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _first(stated: tuple[str, ...], habits: Habits, now: datetime) -> Moment | None:
    return next((found for raw in stated if (found := dates.parse(raw, habits, now))), None)
