"""What a robots.txt allows us, by RFC 9309; pure. The matching is protego's."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from protego import Protego

from flows.collect.http import PRODUCT
from flows.model import HostState

MAX_BYTES = 500 * 1024  # RFC 9309 2.5: at least this much is parsed
_VALID_FOR = timedelta(hours=24)
_RETRY_AFTER = timedelta(minutes=25)  # an unreachable robots.txt is asked for again next run
_UNREACHABLE = 0
# with the misspellings that occur, and without the colon, as Google and protego read them
_LINE = re.compile(
    r"\s*(user[- ]?agent|allow|d(?:is+|ias)al*[oa]w|crawl[- ]?delay|sitemap)\s*(?::|\s)\s*"
    r"(.*?)\s*(?:#.*)?$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z_-]+|\*")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one host, as far as they concern us."""

    parsed: Protego | None
    named: bool = False
    reachable: bool = True

    def permits(self, url: str) -> bool:
        """Say whether we may fetch a page."""
        if not self.reachable:
            return False  # RFC 9309 2.3.1.4: unreachable means complete disallow
        return self.parsed is None or bool(self.parsed.can_fetch(_plain(url), PRODUCT))

    def permits_feed(self, url: str) -> bool:
        """Say whether we may poll a feed.

        Rules for all robots often close /feed/ to search engines; a feed is published to be
        polled, so only rules that name us bind here.
        """
        return not self.named or not self.reachable or self.permits(url)

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between requests that the host asks for."""
        delay = self.parsed.crawl_delay(PRODUCT) if self.parsed else None
        return None if delay is None else float(delay)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Addresses of sitemaps, as written."""
        return tuple(self.parsed.sitemaps) if self.parsed else ()


def cached(state: HostState, now: datetime) -> Rules | None:
    """Give the rules we remember, or None when they must be asked for (again)."""
    if state.robots_checked_at is None or state.robots_status is None:
        return None
    unreachable = state.robots_status == _UNREACHABLE
    lifetime = _RETRY_AFTER if unreachable else _VALID_FOR
    age = now - state.robots_checked_at
    if not timedelta() <= age < lifetime:  # a clock set back is no reason to trust for longer
        return None
    return read(state.robots_status, state.robots_body or "")


def outcome(status: int) -> int:
    """Give what to remember of an answer's status: 0 stands for unreachable."""
    if status == 429 or status >= 500 or status < 200:
        return _UNREACHABLE
    return status


def text_of(body: bytes) -> str:
    """Give the text of a robots.txt: UTF-8, its first 500 KiB, no byte order mark."""
    return body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")


@lru_cache(maxsize=512)
def read(status: int, text: str) -> Rules:
    """Give the rules of an answer: 4xx allows all, unreachable allows nothing (RFC 9309 2.3.1).

    Args:
        status: as `outcome` gives it.
        text: the body, as `text_of` gives it.
    """
    if status == _UNREACHABLE:
        return Rules(None, reachable=False)
    if not 200 <= status < 300:
        return Rules(None)
    lines = tidy(text)
    named = any(line == f"user-agent: {PRODUCT}" for line in lines)
    return Rules(Protego.parse("\n".join(lines)), named=named)


def tidy(text: str, product: str = PRODUCT) -> list[str]:
    """Give the directives of a robots.txt as protego reads them by RFC 9309.

    A user-agent line is cut to its product token (2.2.1), and those of other robots lose
    their names, which protego would look for inside ours; anything that is no directive,
    such as a line of HTML, goes.
    """
    lines = []
    for raw in re.split(r"[\r\n]+", text):
        found = _LINE.match(raw)
        if not found:
            continue
        name, value = found[1].lower(), found[2]
        if name.startswith("user"):
            token = _TOKEN.match(value)
            name, value = "user-agent", _group(token[0] if token else "", product)
        lines.append(f"{'disallow' if name.startswith('d') else name}: {value}")
    return lines


def _group(name: str, product: str) -> str:
    if name == "*":
        return name
    return product if name.lower() == product.lower() else "-"


def _plain(url: str) -> str:
    """Give the URL without fragment; rules match path and query."""
    return urlsplit(url)._replace(fragment="").geturl()
