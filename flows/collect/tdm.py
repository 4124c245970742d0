"""What a host reserves from text and data mining, by its tdmrep.json; pure.

TDM Reservation Protocol, W3C Community Group: https://www.w3.org/community/reports/tdmrep/
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from protego import Protego

from flows.model import HostState

PATH = "/.well-known/tdmrep.json"
MAX_BYTES = 65_536
_VALID_FOR = timedelta(days=7)
_MOST_RULES = 500
_LONGEST = 500  # characters of a location


@dataclass(frozen=True, slots=True)
class Reservations:
    """The rules of one host, in its order: the first whose location matches decides."""

    rules: tuple[tuple[Protego, bool], ...] = ()

    def reserve(self, url: str) -> bool:
        """Say whether the rights to mine a page are reserved."""
        plain = urlsplit(url)._replace(fragment="").geturl()
        found = (reserved for place, reserved in self.rules if not place.can_fetch(plain, "*"))
        return next(found, False)


def cached(state: HostState, now: datetime) -> Reservations | None:
    """Give the rules we remember, or None when they must be asked for (again)."""
    checked = state.tdm_checked_at
    if checked is None or not timedelta() <= now - checked < _VALID_FOR:
        return None
    return read(state.tdm_body or "")


def text_of(status: int, body: bytes) -> str | None:
    """Give what to remember of an answer: its text if it holds rules, else nothing."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")
    return text if status == 200 and read(text).rules else None


@lru_cache(maxsize=512)
def read(text: str) -> Reservations:
    """Give the rules of a tdmrep.json; what is no such file reserves nothing."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return Reservations()
    rows = listed[:_MOST_RULES] if isinstance(listed, list) else []
    return Reservations(tuple(rule for row in rows if (rule := _rule(row)) is not None))


def _rule(row: object) -> tuple[Protego, bool] | None:
    if not isinstance(row, dict):
        return None
    place, reserved = row.get("location"), row.get("tdm-reservation")
    if not isinstance(place, str) or not place or len(place) > _LONGEST or reserved not in {0, 1}:
        return None
    # a location is written as robots.txt writes paths: a prefix, with * and $
    line = "/" + "".join(place.split()).lstrip("/")
    return Protego.parse(f"User-agent: *\nDisallow: {line}"), reserved == 1
