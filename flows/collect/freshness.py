"""What servers say about time: Retry-After, Cache-Control, Expires. Pure, RFC 9110 and 9111."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_HOLD = 31 * 24 * 3600  # seconds; a server that asks for more gets this
_DIGITS = re.compile(r"[0-9]+")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]+)\"?\s*(?=,|$)", re.IGNORECASE)
_NEVER = re.compile(r"(?:^|[,\s])no-(?:cache|store)(?=[\s,=]|$)", re.IGNORECASE)


def retry_after(value: str | None, now: datetime, date: str | None = None) -> float | None:
    """Give the seconds a Retry-After asks for, clamped to 31 days; None when it says nothing.

    Args:
        value: the header: whole seconds, or an HTTP date.
        now: our clock.
        date: the answer's Date header; a date is read against the server's own clock.
    """
    text = (value or "").strip()
    if _DIGITS.fullmatch(text):
        return float(min(int(text[:12]), MAX_HOLD)) if len(text) < 12 else float(MAX_HOLD)
    moment = http_date(text)
    if moment is None:
        return None
    return min(max((moment - (http_date(date) or now)).total_seconds(), 0.0), float(MAX_HOLD))


def fresh_for(cache_control: str, expires: str, date: str, age: str, now: datetime) -> float:
    """Give the seconds for which an answer says it stays fresh in a private cache."""
    if _NEVER.search(cache_control):
        return 0.0
    found = _MAX_AGE.search(cache_control)
    if found:
        elapsed = int(age[:9]) if _DIGITS.fullmatch(age.strip()) else 0
        return float(max(min(int(found[1][:10]), MAX_HOLD) - elapsed, 0))
    if "max-age" in cache_control.lower():
        return 0.0  # max-age=-1 and the like: RFC 9111 says stale
    end = http_date(expires)
    if end is None:
        return 0.0
    return min(max((end - (http_date(date) or now)).total_seconds(), 0.0), float(MAX_HOLD))


def http_date(value: str | None) -> datetime | None:
    """Read an HTTP date in any of its three forms (RFC 9110 5.6.7), or None."""
    if not value or len(value) > 64 or not value.isascii():
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
