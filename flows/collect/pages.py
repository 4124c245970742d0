"""What an answer to a page request is: a page, or a named reason why there is none. Pure."""

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import re2

from flows.collect import markup
from flows.collect.feeds import has_link
from flows.collect.http import PRODUCT, Answer
from flows.errors import BadStatus, FetchError, Refused, Throttled, TooLarge, Unreachable
from flows.extract.text import count_words
from flows.model import FeedEntry, FetchPolicy, Item, ItemState, Missed, Page

ATTEMPTS = 3
ROBOTS_UNREACHABLE = "robots.txt unreachable"
_WAITS = (timedelta(minutes=10), timedelta(hours=2))
_PATIENCE = timedelta(days=7)  # how long an entry waits for a host that only says "later"
_FULL_TEXT_WORDS = 200
_FINAL = frozenset((400, 401, 402, 403, 405, 406, 410, 451))
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "")
_BINARY = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "media"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0", "office document"),
    (b"ID3", "audio"),
)
_TEASER = re.compile(
    r"(?:\[?(?:\u2026|\.\.\.)\]?|read more|continue reading|full (?:story|text|article)"
    r"|читать (?:далее|полностью|дал[ьш]ше)|подробнее|далее|ətraflı|davamı|devamı"
    r"|կարդալ (?:ավելին|ամբողջությամբ)|ավելին|სრულად|გაგრძელება|ادامه(?: مطلب)?)\W*$",
    re.IGNORECASE,
)
# re2 would count the repetitions in its automaton: 80 ms a page
_META = re.compile(
    rb"(?i)<meta\b(?=[^>]{0,1000}(?:robots|tdm-reservation|%b))[^>]{0,1000}>" % PRODUCT.encode()
)
_ATTRIBUTE = re.compile(r"(?i)(?<![a-z-])([a-z-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_CHALLENGERS = {
    b"_cf_chl_opt": "cloudflare",
    b"cf-browser-verification": "cloudflare",
    b"cf_chl_": "cloudflare",
    b"captcha-delivery.com": "datadome",
    b"_incapsula_resource": "imperva",
    b"/.well-known/ddos-guard/": "ddos-guard",
    b"__qrator": "qrator",
    b"qauth_handle": "qrator",
    b"sucuri_cloudproxy_js": "sucuri",
    b"px-captcha": "perimeterx",
    b"_pxappid": "perimeterx",
    b"errors.edgesuite.net": "akamai",
    b"/_sec/cp_challenge": "akamai",
}
# re2 looks for all of them in one pass over the page, whatever the case
_CHALLENGE = re2.compile(b"(?i)" + b"|".join(map(re2.escape, _CHALLENGERS)))
_CHALLENGE_SIZE = 60_000
_CHALLENGE_WORDS = 120
_CHALLENGE_STATUSES = frozenset((200, 202, 401, 403, 405, 406, 429, 503))


@dataclass(frozen=True, slots=True)
class Robots:
    """What a page says to robots about itself."""

    opted_out: str | None = None
    archive: bool = True


def from_feed(item: Item, now: datetime) -> Page | None:
    """Give the page that the feed itself carried, when that is the whole text, or all there is."""
    content = item.entry.content_html or ""
    if not content and has_link(item.entry):
        return None
    if not is_complete(content, item.entry):
        if has_link(item.entry):
            return None
        content = content or f"<p>{html.escape(item.entry.summary)}</p>"
    title = html.escape(item.entry.title)
    body = (
        f"<html><head><title>{title}</title></head><body><article>{content}</article></body></html>"
    )
    return Page(
        article_id=item.article_id,
        url=item.entry.url,
        body=body.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=now,
        from_feed=True,
    )


def is_complete(content: str, entry: FeedEntry) -> bool:
    """Say whether an entry's content is the whole article, not a teaser of it."""
    text = markup.text(content)
    if count_words(text) < _FULL_TEXT_WORDS:
        return False
    # WordPress ends every entry with a line about where it first appeared
    lines = [line for line in text.splitlines() if entry.title not in line or len(line) > 300]
    return not _TEASER.search("\n".join(lines).rstrip()[-200:])


def judged(item: Item, answer: Answer, policy: FetchPolicy, now: datetime) -> Page | Missed:
    """Give the page of a successful answer, or why it is none."""
    unsupported = _unsupported(answer)
    if unsupported:
        return Missed(ItemState.EXTRACT_FAILED, f"unsupported type: {unsupported}")
    if not answer.body.strip():
        return retried(item, "empty body", now)
    if _is_front_page(answer.url) and not _is_front_page(item.entry.url):
        return Missed(ItemState.FETCH_FAILED, "redirected to the front page")
    opted_out = robots_of(answer).opted_out
    if opted_out and policy.reserved == "refuse":
        return Missed(ItemState.REFUSED, f"opt-out: {opted_out}")
    return Page(
        article_id=item.article_id,
        url=answer.url,
        body=answer.body,
        content_type=answer.header("content-type")[:200],
        fetched_at=now,
        reserved=bool(opted_out),
    )


def reserved(page: Page, policy: FetchPolicy) -> Page | Missed:
    """Give what becomes of a page that its host's tdmrep.json reserves."""
    if policy.reserved == "refuse":
        return Missed(ItemState.REFUSED, "opt-out: tdmrep.json")
    return replace(page, reserved=True)


def no_article(answer: Answer) -> str | None:
    """Say what an answer is, if it certainly is no article's page, or None."""
    if answer.status not in {200, 203}:
        return f"status {answer.status}"
    if not answer.body.strip():
        return "empty"
    kind = _unsupported(answer) or _other_text(answer)
    if kind:
        return f"type {kind}"
    if challenge(answer):
        return "bot challenge"
    return "front page" if _is_front_page(answer.url) else None


def missed(item: Item, error: FetchError, now: datetime) -> Missed:
    """Give what becomes of an entry whose page could not be had."""
    reason = f"{error.fault}: {error.detail}"[:300] if error.detail else error.fault
    if isinstance(error, Refused):
        return Missed(ItemState.REFUSED, reason)
    if isinstance(error, Unreachable) and error.is_outage:
        return Missed(ItemState.PENDING, reason, attempted=False)
    if error.fault == ROBOTS_UNREACHABLE:
        return waiting(item, reason, now, 1800.0)
    if isinstance(error, Throttled):
        return waiting(item, reason, now, error.retry_after or 0.0)
    if isinstance(error, TooLarge) or (isinstance(error, BadStatus) and error.status in _FINAL):
        return Missed(ItemState.FETCH_FAILED, reason)
    return retried(item, reason, now)


def retried(item: Item, reason: str, now: datetime) -> Missed:
    """Give another attempt later, until there have been three."""
    if item.attempts + 1 >= ATTEMPTS:
        return Missed(ItemState.FETCH_FAILED, f"{reason} ({ATTEMPTS} attempts)")
    return Missed(ItemState.PENDING, reason, now + _WAITS[min(item.attempts, 1)])


def waiting(item: Item, reason: str, now: datetime, seconds: float) -> Missed:
    """Give an entry that waits for its host; after a week it waits no longer."""
    if now - item.seen_at > _PATIENCE:
        return Missed(ItemState.FETCH_FAILED, f"{reason} for {_PATIENCE.days} days")
    return Missed(ItemState.PENDING, reason, now + timedelta(seconds=max(seconds, 60.0)))


def challenge(answer: Answer) -> str | None:
    """Give whose bot challenge an answer is, or None; it is never evaded.

    Known by headers (cf-mitigated, x-amzn-waf-action), or by its script in a small page of
    few words: sites behind such walls carry the script on their articles too.
    """
    if answer.header("cf-mitigated").lower() == "challenge":
        return "cloudflare"
    if answer.header("x-amzn-waf-action"):
        return "aws-waf"
    if answer.status not in _CHALLENGE_STATUSES or len(answer.body) > _CHALLENGE_SIZE:
        return None
    mark = _CHALLENGE.search(answer.body)
    if mark is None or "html" not in answer.header("content-type"):
        return None
    words = count_words(markup.text(answer.body.decode("utf-8", "replace")))
    return _CHALLENGERS[mark[0].lower()] if words < _CHALLENGE_WORDS else None


def robots_of(answer: Answer) -> Robots:
    """Read X-Robots-Tag, robots meta and TDM reservation of a page.

    Policy (docs/conduct.md): what `tdm-reservation: 1` and `noai` mean is for the source list
    to say, since it depends on who reads; either keeps the page out of the WARC archive, as
    `noarchive` does. `noindex` and `nofollow` speak to search engines.
    """
    words = set(_directives(answer.header("x-robots-tag")))
    reserved = answer.header("tdm-reservation").strip() == "1"
    for meta in _META.finditer(answer.body[:200_000]):
        attributes = _ATTRIBUTE.finditer(meta[0].decode("latin-1"))
        fields = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in attributes}
        name = fields.get("name", "").lower()
        if name in {"robots", PRODUCT.lower()}:
            words |= set(_directives(fields.get("content", "")))
        reserved = reserved or (name == "tdm-reservation" and fields.get("content") == "1")
    opted_out = "tdm-reservation" if reserved else "noai" if "noai" in words else None
    return Robots(opted_out, archive=not opted_out and not words & {"noarchive", "none"})


def _directives(value: str) -> list[str]:
    """Give the directives of a value that are for all robots or for us."""
    words = []
    speaker = ""
    for part in value.lower().split(","):
        name, colon, rest = part.strip().partition(":")
        if colon and name not in {"unavailable_after", "max-snippet", "max-image-preview"}:
            speaker, part = name.strip(), rest  # noqa: PLW2901 - "bot: directive" splits in two
        if speaker in {"", PRODUCT.lower()}:
            words.append(part.strip())
    return words


def _unsupported(answer: Answer) -> str | None:
    declared = answer.header("content-type").split(";")[0].strip().lower()
    for magic, name in _BINARY:
        if answer.body.startswith(magic):
            return name
    return None if declared in _READABLE else declared[:60]


def _other_text(answer: Answer) -> str | None:
    """Give what a text is that is not HTML: a feed, a sitemap, a robots.txt."""
    declared = answer.header("content-type").split(";")[0].strip().lower()
    begins = answer.body[:1000].lower()
    if b"<html" in begins or b"<!doctype html" in begins:
        return None
    if "html" in declared and not begins.lstrip().startswith((b"<?xml", b"<rss", b"<feed")):
        return None
    return declared or "unknown"


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query
