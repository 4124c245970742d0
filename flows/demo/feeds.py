"""Stories as feed documents: RSS 2.0, Atom, RDF, JSON Feed, news sitemap.

Specifications followed: RSS 2.0.11, RFC 4287, RSS 1.0, JSON Feed 1.1, Google news sitemaps.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from flows.demo.content import Format, NewsFeed, Outlet, Story
from flows.demo.render import address, body_html, lead

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RSS1 = "http://purl.org/rss/1.0/"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"

for _prefix, _name in (("atom", _ATOM), ("content", _CONTENT), ("dc", _DC), ("rdf", _RDF)):
    register_namespace(_prefix, _name)
for _prefix, _name in (("rss1", _RSS1), ("sm", _SITEMAP), ("news", _NEWS)):
    register_namespace(_prefix, _name)


@dataclass(frozen=True, slots=True)
class Edition:
    """What a feed document is made of: the outlet, its stories that day, its address."""

    outlet: Outlet
    feed: NewsFeed
    stories: tuple[Story, ...]
    base: str
    now: datetime

    def link(self, story: Story) -> str:
        """Link of a story as this feed gives it, tracking parameters included."""
        return address(self.base, story) + self.outlet.link_suffix


def document(edition: Edition) -> tuple[str, bytes]:
    """Media type and body of a feed document that lists every story of the edition."""
    media_type, write = _WRITERS[edition.feed.format]
    return media_type, write(edition)


def _rss(edition: Edition) -> bytes:
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _text(channel, "title", edition.outlet.name)
    _text(channel, "link", edition.base + "/")
    _text(channel, "description", edition.outlet.disclaimer)
    _text(channel, "language", edition.outlet.languages[0])
    for story in edition.stories:
        _rss_item(channel, story, edition)
    return _xml(root)


def _rss_item(channel: Element, story: Story, edition: Edition) -> None:
    item = SubElement(channel, "item")
    _text(item, "title", story.title)
    _text(item, "link", edition.link(story))
    _text(item, "guid", address(edition.base, story))
    _text(item, "pubDate", format_datetime(story.published(edition.now)))
    _text(item, f"{{{_DC}}}creator", story.author)
    _text(item, "description", lead(story))
    if edition.feed.full_text:
        _text(item, f"{{{_CONTENT}}}encoded", body_html(story))


def _atom(edition: Edition) -> bytes:
    root = Element(f"{{{_ATOM}}}feed")
    _text(root, f"{{{_ATOM}}}title", edition.outlet.name)
    _text(root, f"{{{_ATOM}}}subtitle", edition.outlet.disclaimer)
    _text(root, f"{{{_ATOM}}}id", edition.base + "/")
    _text(root, f"{{{_ATOM}}}updated", _newest(edition).isoformat())
    for story in edition.stories:
        _atom_entry(root, story, edition)
    return _xml(root)


def _atom_entry(root: Element, story: Story, edition: Edition) -> None:
    entry = SubElement(root, f"{{{_ATOM}}}entry")
    _text(entry, f"{{{_ATOM}}}title", story.title)
    SubElement(entry, f"{{{_ATOM}}}link", rel="alternate", href=edition.link(story))
    _text(entry, f"{{{_ATOM}}}id", address(edition.base, story))
    _text(entry, f"{{{_ATOM}}}published", story.published(edition.now).isoformat())
    _text(entry, f"{{{_ATOM}}}updated", story.published(edition.now).isoformat())
    author = SubElement(entry, f"{{{_ATOM}}}author")
    _text(author, f"{{{_ATOM}}}name", story.author)
    _text(entry, f"{{{_ATOM}}}summary", lead(story))
    if edition.feed.full_text:
        _text(entry, f"{{{_ATOM}}}content", body_html(story)).set("type", "html")


def _rdf(edition: Edition) -> bytes:
    root = Element(f"{{{_RDF}}}RDF")
    channel = SubElement(root, f"{{{_RSS1}}}channel", {f"{{{_RDF}}}about": edition.base + "/"})
    _text(channel, f"{{{_RSS1}}}title", edition.outlet.name)
    _text(channel, f"{{{_RSS1}}}link", edition.base + "/")
    _text(channel, f"{{{_RSS1}}}description", edition.outlet.disclaimer)
    listed = SubElement(SubElement(channel, f"{{{_RSS1}}}items"), f"{{{_RDF}}}Seq")
    for story in edition.stories:
        SubElement(listed, f"{{{_RDF}}}li", {f"{{{_RDF}}}resource": edition.link(story)})
        _rdf_item(root, story, edition)
    return _xml(root)


def _rdf_item(root: Element, story: Story, edition: Edition) -> None:
    item = SubElement(root, f"{{{_RSS1}}}item", {f"{{{_RDF}}}about": edition.link(story)})
    _text(item, f"{{{_RSS1}}}title", story.title)
    _text(item, f"{{{_RSS1}}}link", edition.link(story))
    _text(item, f"{{{_RSS1}}}description", lead(story))
    _text(item, f"{{{_DC}}}date", story.published(edition.now).isoformat())
    _text(item, f"{{{_DC}}}creator", story.author)


def _json_feed(edition: Edition) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.outlet.name,
        "home_page_url": edition.base + "/",
        "feed_url": edition.base + edition.feed.path,
        "description": edition.outlet.disclaimer,
        "language": edition.outlet.languages[0],
        "items": [_json_item(story, edition) for story in edition.stories],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(story: Story, edition: Edition) -> dict[str, object]:
    content = {"content_html": body_html(story)} if edition.feed.full_text else {}
    return {
        "id": address(edition.base, story),
        "url": edition.link(story),
        "title": story.title,
        "summary": lead(story),
        "date_published": story.published(edition.now).isoformat(),
        "authors": [{"name": story.author}],
        "language": story.language,
        **content,
    }


def _news_sitemap(edition: Edition) -> bytes:
    root = Element(f"{{{_SITEMAP}}}urlset")
    for story in edition.stories:
        url = SubElement(root, f"{{{_SITEMAP}}}url")
        _text(url, f"{{{_SITEMAP}}}loc", edition.link(story))
        news = SubElement(url, f"{{{_NEWS}}}news")
        publication = SubElement(news, f"{{{_NEWS}}}publication")
        _text(publication, f"{{{_NEWS}}}name", edition.outlet.name)
        _text(publication, f"{{{_NEWS}}}language", story.language)
        _text(news, f"{{{_NEWS}}}publication_date", story.published(edition.now).isoformat())
        _text(news, f"{{{_NEWS}}}title", story.title)
    return _xml(root)


def _text(parent: Element, tag: str, text: str) -> Element:
    child = SubElement(parent, tag)
    child.text = text
    return child


def _newest(edition: Edition) -> datetime:
    times = [story.published(edition.now) for story in edition.stories]
    return max(times, default=edition.now)


def _xml(root: Element) -> bytes:
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


_WRITERS: dict[Format, tuple[str, Callable[[Edition], bytes]]] = {
    Format.RSS: ("application/rss+xml; charset=utf-8", _rss),
    Format.ATOM: ("application/atom+xml; charset=utf-8", _atom),
    Format.RDF: ("application/rdf+xml; charset=utf-8", _rdf),
    Format.JSON: ("application/feed+json; charset=utf-8", _json_feed),
    Format.NEWS_SITEMAP: ("application/xml; charset=utf-8", _news_sitemap),
}
