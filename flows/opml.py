"""OPML, the exchange format of feed readers: a source list as OPML, and OPML as TOML to finish."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from flows import config_values as values
from flows.drafts import Draft, DraftFeed, one_line, site, toml, unused_id
from flows.errors import UsageError
from flows.model import Feed, FeedKind, Source

MAX_LENGTH = 10_000_000  # bytes or characters; lists of thousands of feeds stay far below
MAX_OUTLINES = 20_000
# OPML allows attributes of others in a namespace of theirs
NAMESPACE = "urn:araxes:opml"
KIND, SELECTOR = f"{{{NAMESPACE}}}kind", f"{{{NAMESPACE}}}linkSelector"


def to_opml(sources: Iterable[Source]) -> str:
    """Give the active feeds as OPML 2.0, grouped by perspective; equal lists give equal text."""
    ET.register_namespace("araxes", NAMESPACE)
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Araxes"
    body = ET.SubElement(root, "body")
    listed = sorted(sources, key=lambda source: (source.perspective, source.source_id))
    for perspective, group in groupby(listed, key=lambda source: source.perspective):
        feeds = [(source, feed) for source in group for feed in source.feeds if feed.active]
        if feeds:
            folder = ET.SubElement(body, "outline", text=perspective)
            for source, feed in feeds:
                ET.SubElement(folder, "outline", _attributes(source, feed))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _attributes(source: Source, feed: Feed) -> dict[str, str]:
    shared = {
        "type": "rss",  # OPML's word for every kind of feed
        "text": source.name,
        "title": source.name,
        "xmlUrl": feed.url,
        "htmlUrl": source.homepage,
        "category": f"/{source.country}/{source.ownership}",
    }
    only = source.languages[0] if len(source.languages) == 1 else None
    kind = feed.kind if feed.kind is not FeedKind.FEED else None
    ours = {"language": only, KIND: kind, SELECTOR: feed.link_selector}
    return shared | {name: value for name, value in ours.items() if value}


# ---------------------------------------------------------------- import


@dataclass(frozen=True, slots=True)
class Entry:
    """One feed of an OPML file that could be watched."""

    name: str
    url: str
    homepage: str
    language: str | None
    kind: FeedKind = FeedKind.FEED
    link_selector: str | None = None


def from_opml(document: str | bytes, watched: Iterable[Source] = ()) -> str:
    """Give TOML to paste into `sources.toml`, one source per site.

    What OPML cannot say (country, ownership, perspective, evidence) is left empty, so that
    `araxes sources check` names each place with what is allowed there. Feeds already watched,
    and addresses that can never be asked for, become comments: nothing is lost in silence.

    Args:
        document: the OPML; bytes may be in any encoding that they declare.
        watched: the sources that are in the list already.

    Raises:
        UsageError: not OPML, or too large.
    """
    known = {feed.url for source in watched for feed in source.feeds}
    taken = {source.source_id for source in watched}
    entries: dict[str, Entry] = {}
    remarks: list[str] = []
    for outline in _outlines(document):
        try:
            entry = _entry(outline)
        except ValueError as error:
            remarks.append(f"# left out: {one_line(str(error))}")
            continue
        if entry.url in known:
            remarks.append(f"# watched already: {entry.url}")
        else:
            entries.setdefault(entry.url, entry)
    return "\n".join([*remarks, *map(toml, _drafts(entries.values(), taken))]) + "\n"


def _outlines(document: str | bytes) -> Iterator[ET.Element]:
    """Give every outline that names a feed; no entity or external thing is ever resolved."""
    import defusedxml
    from defusedxml.ElementTree import fromstring

    if len(document) > MAX_LENGTH:
        raise UsageError(f"the OPML file is longer than {MAX_LENGTH:,}")
    try:
        root = fromstring(document, forbid_dtd=True)
    except (ET.ParseError, defusedxml.DefusedXmlException, LookupError, ValueError) as error:
        raise UsageError(f"this is not an OPML file we can read: {error}") from error
    if root.tag.lower() != "opml":
        raise UsageError(f"this is not OPML: its root is <{one_line(root.tag)}>")
    for number, outline in enumerate(root.iter("outline")):
        if number >= MAX_OUTLINES:
            raise UsageError(f"the OPML file has over {MAX_OUTLINES:,} outlines")
        if _attribute(outline, "xmlUrl"):
            yield outline


def _attribute(outline: ET.Element, name: str) -> str:
    # feed readers disagree on the case of xmlUrl and htmlUrl
    found = (value for key, value in outline.attrib.items() if key.lower() == name.lower())
    return next(found, "").strip()


def _entry(outline: ET.Element) -> Entry:
    url = values.feed_url(_attribute(outline, "xmlUrl"))
    name = one_line(_attribute(outline, "title") or _attribute(outline, "text"), longest=200)
    language = _attribute(outline, "language").lower().partition("-")[0]
    return Entry(
        name=name or site(url),
        url=url,
        homepage=_homepage(outline, url),
        language=language if values.is_language(language) else None,
        kind=_kind(_attribute(outline, KIND)),
        link_selector=_attribute(outline, SELECTOR) or None,
    )


def _kind(word: str) -> FeedKind:
    """Give the kind that our own export names; other feed readers name none."""
    return FeedKind(word) if word in list(FeedKind) else FeedKind.FEED


def _homepage(outline: ET.Element, url: str) -> str:
    try:
        return values.web_address(_attribute(outline, "htmlUrl"))
    except ValueError:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}/"


def _drafts(entries: Iterable[Entry], taken: set[str]) -> Iterator[Draft]:
    """Give one draft per site; `taken` holds the ids in use and takes in the new ones."""
    by_site = sorted(entries, key=lambda entry: site(entry.homepage))
    for _, group in groupby(by_site, key=lambda entry: site(entry.homepage)):
        feeds = list(group)
        homepage = feeds[0].homepage
        source_id = unused_id(homepage, taken)
        taken.add(source_id)
        yield Draft(
            source_id=source_id,
            # of "Post", "Post: news" and "Post: sport" the shortest is the outlet
            name=min((entry.name for entry in feeds), key=len),
            homepage=homepage,
            languages=tuple(sorted({entry.language for entry in feeds if entry.language})),
            feeds=tuple(
                DraftFeed(entry.url, entry.kind, link_selector=entry.link_selector)
                for entry in feeds
            ),
        )
