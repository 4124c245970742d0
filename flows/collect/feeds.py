"""Feed documents to entries: RSS, RDF, Atom and JSON Feed; runs inside a killable worker."""

import html
import html.entities
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import feedparser

from flows.collect import dates, markup, urls
from flows.extract.decode import decode
from flows.ids import stable_id
from flows.model import FeedEntry

MAX_ENTRIES = 500
_MAX_CONTENT = 1_000_000  # characters of an entry's full text
_MAX_SUMMARY = 10_000
_MAX_COMPARED = 100_000  # characters of a full text whose words are compared, not its markup
_MAX_AUTHORS = 20
_NO_LINK = "entry-"  # begins the fragment of an entry that has no link of its own

_PIECES = re.compile(rb"(?=<(?:item|entry)[\s>])", re.IGNORECASE)
_WIDE = (  # what begins so is no 8-bit text; longer marks first
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_START = re.compile(r"<(?:\?xml|(?:\w+:)?(?:rss|feed|RDF|channel))\b", re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|RDF|channel)[\s>]", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:\w+:)?(?:rss|feed|RDF|channel)\s*>", re.IGNORECASE)
_HTML = re.compile(r"(?is)\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,2000}(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml[^>]{0,400}\?>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
# what expat and feedparser are slow at: texts of many references, tags of many attributes
_SLOW = re.compile(
    r"(?P<kept><!\[CDATA\[.*?\]\]>|<!--.*?-->)|<(?P<name>[\w:.-]+)[^<>]{20000,}>"
    r"|(?<=>)(?P<text>[^<&]*&[^<]*)(?=<)",
    re.DOTALL,
)
_TAG = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(?P<end>/?)[\w:.-]+[^<>]*?(?P<empty>/?)>", re.DOTALL
)
_MOST_DEPTH = 1000  # markup left unclosed in a description nests; feedparser is quadratic in depth
_MANY_REFERENCES = 8
_NUMERIC = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
_SURROGATE = re.compile("[\ud800-\udfff]")
_OPEN_CDATA = re.compile(
    r"<(?P<tag>[\w:]+)>\s*<!\[CDATA\[(?P<text>(?:(?!\]\]>|<(?:item|entry)[\s>]).)*?)</(?P=tag)>",
    re.DOTALL,
)
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ITEM_START = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_REFERENCES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&#34;", '"'),
    ("&#60;", "<"),
    ("&#62;", ">"),
)
_AMPERSAND = re.compile(r"&(?:amp|#0{0,5}38|#[xX]0{0,4}26);")
_HOME_ZONES = {"am": 240, "az": 240, "ge": 240, "ru": 180, "tr": 180, "ir": 210, "by": 180}
_LANGUAGE_ZONES = {"hy": 240, "az": 240, "ka": 240, "tr": 180, "fa": 210, "ru": 180}
_UNITS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}


class NotAFeed(ValueError):
    """The document is not a feed of any kind we read."""


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names."""

    url: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """One feed document as read.

    `dropped` counts entries without a usable link; `wait` is the publisher's wish between
    polls in seconds; skipped hours and days are GMT, Monday is 0; `children` are the
    sitemaps of an index, likeliest to be new first. `whole` is false for a document that was
    cut or only names others: its validators stand for nothing. `form` names the format.
    """

    entries: tuple[FeedEntry, ...]
    language: str | None = None
    title: str = ""
    dropped: int = 0
    malformed: bool = False
    wait: float = 0.0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    children: tuple[Child, ...] = ()
    whole: bool = True
    form: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a document was fetched, and what its dates and links are read against."""

    url: str
    fetched_at: datetime
    content_type: str = ""
    languages: tuple[str, ...] = ()


def parse(body: bytes, origin: Origin) -> FeedDocument:
    """Read a feed document.

    Raises:
        NotAFeed: HTML, an empty body, anything else; nothing of it may be kept.
    """
    text = _text(body, origin.content_type)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _json_feed(text, origin)
    return _xml_feed(text, origin)


def _text(body: bytes, content_type: str) -> str:
    """Give the text of a feed; one in two encodings is read piece by piece."""
    for mark, codec in _WIDE:
        if body.startswith(mark):
            return body.decode(codec, "replace").lstrip("\ufeff")
    pieces = _PIECES.split(body)
    if len(pieces) < 3 or not _is_mixed(pieces):
        return decode(body, content_type)
    return "".join(decode(piece) for piece in pieces)


def _is_mixed(pieces: list[bytes]) -> bool:
    """Say whether most pieces with letters beyond ASCII are UTF-8, and some are not at all."""
    foreign = [piece for piece in pieces if not piece.isascii()]
    good = sum(_is_utf8(piece) for piece in foreign)
    return len(foreign) / 2 <= good < len(foreign)


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def local_zone(url: str, languages: Iterable[str]) -> timezone:
    """Give the zone in which a site writes times that name none: by country, then language."""
    country = (urlsplit(url).hostname or "").rpartition(".")[2]
    minutes = _HOME_ZONES.get(country)
    if minutes is None:
        minutes = next((_LANGUAGE_ZONES[code] for code in languages if code in _LANGUAGE_ZONES), 0)
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


# ---------------------------------------------------------------- XML


def repaired(text: str) -> tuple[str, bool]:
    """Give a document that feedparser reads strictly, and whether it was cut at the entry cap.

    Removed: what stands before the document, document types with their entities, characters
    that XML forbids. HTML's named entities become characters.

    Raises:
        NotAFeed: no feed begins in the first 100,000 characters, or elements nest without end.
    """
    start = _START.search(text[:100_000])
    if start is None or not _ROOT.search(text[start.start() : start.start() + 100_000]):
        raise NotAFeed("HTML" if _HTML.match(text[:10_000]) else "no feed in it")
    # first, since each repair copies what there is
    text, cut = _capped(text[start.start() :])
    text = _ILLEGAL.sub("", _DECLARATION.sub("", text, count=1))
    text = _DOCTYPE.sub("", text, count=1)
    text = _ENTITY.sub(_character, _whole_characters(_NUMERIC.sub(_numeric, text)))
    if text.count("<![CDATA[") > text.count("]]>"):
        text = _OPEN_CDATA.sub(r"<\g<tag>><![CDATA[\g<text>]]></\g<tag>>", text)
    if _is_deeper(text, _MOST_DEPTH):
        raise NotAFeed(f"elements nested deeper than {_MOST_DEPTH}")
    return _SLOW.sub(_quickened, text), cut


def _is_deeper(text: str, most: int) -> bool:
    depth = 0
    for tag in _TAG.finditer(text):
        if tag["end"] is None or tag["empty"]:  # CDATA and comments, or an element in one tag
            continue
        depth = max(0, depth - 1) if tag["end"] else depth + 1
        if depth > most:
            return True
    return False


def _character(found: re.Match[str]) -> str:
    name = found[1]
    value = html.entities.html5.get(name + ";")
    return found[0] if value is None or any(c in "<>&\"'" for c in value) else value


def _numeric(found: re.Match[str]) -> str:
    """Give a numeric reference, or nothing for a character that XML forbids."""
    number = int(found[1], 16) if found[1] else int(found[2])
    if number > 0x10FFFF or _ILLEGAL.match(chr(number)):
        return ""
    return chr(number) if 0xD800 <= number <= 0xDFFF else found[0]


def _whole_characters(text: str) -> str:
    """Join characters that were written as two halves of UTF-16; lone halves are replaced."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _quickened(found: re.Match[str]) -> str:
    """Give the same piece of XML in a form that is read in linear time.

    References become a CDATA section; attributes of a tag of over 20,000 characters go.
    """
    if found["name"]:
        return f"<{found['name']}>"
    text = found["text"]
    if not text or text.count("&") < _MANY_REFERENCES:
        return found[0]
    for reference, character in _REFERENCES:
        text = text.replace(reference, character)
    text = _AMPERSAND.sub("&", text)  # last, in one pass: each reference is resolved once
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _capped(text: str) -> tuple[str, bool]:
    """Cut out the middle of a feed with too many entries; parsing is quadratic in them."""
    ends = [found.end() for found in _ITEM_END.finditer(text)]
    if len(ends) <= MAX_ENTRIES:
        return text, False
    return text[: ends[MAX_ENTRIES - 1]] + text[ends[-1] :], True


def _xml_feed(text: str, origin: Origin) -> FeedDocument:
    source, cut = repaired(text)
    # never a name or an address: feedparser opens those
    parsed = feedparser.parse(
        io.BytesIO(source.encode("utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    channel = parsed.feed
    if not parsed.version and not parsed.entries:
        raise NotAFeed("no feed in it")
    zone = local_zone(origin.url, origin.languages)
    entries, dropped = _collect(_xml_entry(item, origin, zone) for item in parsed.entries)
    return FeedDocument(
        entries=entries,
        language=_string(channel, "language") or None,
        title=markup.title(_string(channel, "title")),
        dropped=dropped,
        malformed=bool(parsed.bozo) and not cut,
        wait=_wait(channel),
        skip_hours=_skipped_hours(source),
        skip_days=_skipped_days(source),
        form=parsed.version or "xml",
        whole=bool(_ROOT_END.search(source[-5000:])),
    )


def _collect(found: Iterable[FeedEntry | None]) -> tuple[tuple[FeedEntry, ...], int]:
    """Give one entry per link, its newest version; and how many entries had no usable link."""
    listed = list(found)
    entries: dict[str, FeedEntry] = {}
    for entry in _told_apart([entry for entry in listed if entry is not None]):
        earlier = entries.get(entry.url)
        if earlier is None or _version(entry) > _version(earlier):
            entries[entry.url] = entry
    return tuple(entries.values())[:MAX_ENTRIES], sum(entry is None for entry in listed)


def _version(entry: FeedEntry) -> datetime:
    return entry.modified_at or entry.published_at or dates.EARLIEST


def _told_apart(entries: list[FeedEntry]) -> Iterator[FeedEntry]:
    """Give the entries, without fragments where these do not tell entries of one page apart.

    Some sites keep all their news on one page, an anchor each; `#comments` is no such thing.
    """
    anchors: dict[str, set[str]] = {}
    for entry in entries:
        page, _, fragment = entry.url.partition("#")
        if fragment:
            anchors.setdefault(page, set()).add(fragment)
    for entry in entries:
        page, _, fragment = entry.url.partition("#")
        keep = len(anchors.get(page, ())) > 1 or fragment.startswith(_NO_LINK)
        yield entry if keep or not fragment else replace(entry, url=page)


def _located(links: Iterable[str], entry: FeedEntry, origin: Origin) -> FeedEntry | None:
    """Give the entry with its address, or None when its only links lead nowhere we may go.

    An entry without any link is still news: it is known by its feed and a hash of itself.
    """
    entry = replace(entry, content_hash=_hash_of(entry.content_html))
    offered = False
    for link in links:
        offered = True
        try:
            fragment = quote(urlsplit(link).fragment[:200], safe="-._~")
            page = urls.canonical(link, origin.url)
        except ValueError:
            continue
        return replace(entry, url=f"{page}#{fragment}" if fragment else page)
    if offered or not (entry.title or entry.content_html or entry.summary):
        return None
    name = stable_id(entry.guid or entry.title, entry.summary)
    return replace(entry, url=f"{urls.canonical(origin.url)}#{_NO_LINK}{name}")


def _hash_of(content: str | None) -> str | None:
    """Give a hash that markup around the same words does not change."""
    if not content:
        return None
    return stable_id(content if len(content) > _MAX_COMPARED else markup.text(content))


def has_link(entry: FeedEntry) -> bool:
    """Say whether a page of its own may stand behind an entry."""
    return f"#{_NO_LINK}" not in entry.url


def _xml_entry(item: Any, origin: Origin, zone: timezone) -> FeedEntry | None:
    moment = [_date(item, key, origin, zone) for key in ("published", "created", "updated")]
    entry = FeedEntry(
        url="",
        guid=_string(item, "id")[:1000] or None,
        title=markup.title(_string(item, "title")),
        summary=markup.text(_string(item, "summary"))[:_MAX_SUMMARY],
        content_html=_content(item)[:_MAX_CONTENT] or None,
        published_at=moment[0] or moment[1] or moment[2],
        modified_at=moment[2],
        authors=_authors(item),
    )
    return _located(_links(item), entry, origin)


def _links(item: Any) -> Iterator[str]:
    """Give the links of an entry, best first, against the document's xml:base if it has one."""
    detail = item.get("title_detail") or item.get("summary_detail") or {}
    base = str(detail.get("base") or "")
    listed = [
        str(link.get("href") or "")
        for link in item.get("links") or ()
        if link.get("rel", "alternate") == "alternate"
    ]
    identity = _string(item, "id")
    if identity.startswith(("http://", "https://")) and item.get("guidislink", False):
        listed.append(identity)
    for link in (_string(item, "feedburner_origlink"), *listed):
        if link.strip():
            yield urljoin(base, link.strip()) if base else link.strip()


def _content(item: Any) -> str:
    pieces = [str(piece.get("value") or "") for piece in item.get("content") or ()]
    pieces.append(_string(item, "yandex_full-text"))  # Russian outlets write it for Yandex
    return max(pieces, key=len, default="")


def _date(item: Any, key: str, origin: Origin, zone: timezone) -> datetime | None:
    text = item.get(key) if key in item else None
    return dates.parse(text, origin.fetched_at, zone) if isinstance(text, str) else None


def _authors(item: Any) -> tuple[str, ...]:
    named = [str(author.get("name") or "") for author in item.get("authors") or ()]
    names = [markup.title(name, 200) for name in named or [_string(item, "author")]]
    return tuple(dict.fromkeys(name for name in names if name))[:_MAX_AUTHORS]


def _string(mapping: Any, key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _wait(channel: Any) -> float:
    ttl = _string(channel, "ttl").strip()
    minutes = int(ttl) if ttl.isascii() and ttl.isdigit() and len(ttl) < 7 else 0
    hours = _UNITS.get(_string(channel, "sy_updateperiod").strip().lower(), 0)
    times = _string(channel, "sy_updatefrequency").strip()
    frequency = int(times) if times.isascii() and times.isdigit() and int(times[:6]) > 0 else 1
    return float(max(minutes * 60, hours * 3600 / frequency))


def _skipped_hours(source: str) -> frozenset[int]:
    block = re.search(r"<skipHours>(.{0,2000}?)</skipHours>", source[:200_000], re.DOTALL)
    hours = re.findall(r"<hour>\s*(\d{1,2})\s*</hour>", block[1]) if block else []
    skipped = frozenset(int(hour) % 24 for hour in hours if int(hour) <= 24)
    return skipped if len(skipped) < 24 else frozenset()


def _skipped_days(source: str) -> frozenset[int]:
    block = re.search(r"<skipDays>(.{0,2000}?)</skipDays>", source[:200_000], re.DOTALL)
    names = re.findall(r"<day>\s*(\w{3})\w*\s*</day>", block[1]) if block else []
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    skipped = frozenset(week.index(name.lower()) for name in names if name.lower() in week)
    return skipped if len(skipped) < 7 else frozenset()


# ---------------------------------------------------------------- JSON Feed


def _json_feed(text: str, origin: Origin) -> FeedDocument:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAFeed("broken JSON") from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(document.get("version")):
        raise NotAFeed("JSON, but no JSON Feed")
    zone = local_zone(origin.url, origin.languages)
    kept = [item for item in items[:MAX_ENTRIES] if isinstance(item, dict)]
    entries, dropped = _collect(_json_entry(item, origin, zone) for item in kept)
    return FeedDocument(
        entries=entries,
        language=_string(document, "language") or None,
        title=markup.title(_string(document, "title")),
        dropped=dropped,
        form="json",
    )


def _json_entry(item: Mapping[str, Any], origin: Origin, zone: timezone) -> FeedEntry | None:
    identity = str(item.get("id") or "")
    links = [_string(item, "url"), _string(item, "external_url")]
    links += [identity] if identity.startswith(("http://", "https://")) else []
    content = _string(item, "content_html") or html.escape(_string(item, "content_text"))
    modified = _date(item, "date_modified", origin, zone)
    entry = FeedEntry(
        url="",
        guid=identity[:1000] or None,
        title=markup.title(_string(item, "title")),
        summary=markup.text(_string(item, "summary"))[:_MAX_SUMMARY],
        content_html=content[:_MAX_CONTENT] or None,
        published_at=_date(item, "date_published", origin, zone) or modified,
        modified_at=modified,
        authors=_json_authors(item),
    )
    return _located((link for link in links if link.strip()), entry, origin)


def _json_authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    listed = item.get("authors") or [item.get("author")]
    people = [person for person in listed if isinstance(person, dict)]
    names = (markup.title(_string(person, "name"), 200) for person in people[:_MAX_AUTHORS])
    return tuple(name for name in names if name)
