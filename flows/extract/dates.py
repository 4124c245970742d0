"""Dates as outlets of the region write them: forms, zones, day and month, calendars."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import get_month_names
from dateutil import parser as dateutil_parser

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)  # zones and clocks differ; more is not news but a mistake
_LONGEST = 120
_HOUR = 3600

# Abbreviations that dateutil does not know, in seconds east of Greenwich; AMT is Armenia's here.
_ABBREVIATIONS = {
    "AZT": 4 * _HOUR, "AMT": 4 * _HOUR, "GET": 4 * _HOUR, "MSK": 3 * _HOUR, "МСК": 3 * _HOUR,
    "TRT": 3 * _HOUR, "TSI": 3 * _HOUR, "TSİ": 3 * _HOUR, "IRST": 12600, "IRDT": 16200,
    "GST": 4 * _HOUR, "EET": 2 * _HOUR, "EEST": 3 * _HOUR, "CET": _HOUR, "CEST": 2 * _HOUR,
    "BST": _HOUR, "WET": 0, "WEST": _HOUR, "EST": -5 * _HOUR, "EDT": -4 * _HOUR,
    "PST": -8 * _HOUR, "PDT": -7 * _HOUR, "UTC": 0, "GMT": 0,
}  # fmt: skip
# Where a country has several zones, the one its newsrooms write in.
_NEWSROOM_ZONE = {
    "RU": "Europe/Moscow", "US": "America/New_York", "UA": "Europe/Kyiv", "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin", "ES": "Europe/Madrid", "KZ": "Asia/Almaty", "UZ": "Asia/Tashkent",
    "PT": "Europe/Lisbon", "CA": "America/Toronto", "AU": "Australia/Sydney", "CY": "Asia/Nicosia",
    "BR": "America/Sao_Paulo", "MX": "America/Mexico_City", "AR": "America/Argentina/Buenos_Aires",
}  # fmt: skip

_MONTH_LANGUAGES = (
    "en", "ru", "uk", "az", "az_Cyrl", "tr", "hy", "ka", "fa", "ar", "de", "fr", "es", "it",
    "nl", "pl", "el", "pt",
)  # fmt: skip
_JALALI_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
# Indic digits of Persian and Arabic to ASCII.
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?")
_YEAR_FIRST = re.compile(r"\b((?:19|20|1[34])\d{2})[./-](\d{1,2})[./-](\d{1,2})\b")
_YEAR_LAST = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2((?:19|20|1[34])?\d{2})\b")
_TIME = re.compile(
    r"(?<![\d.:])([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?\s*([AaPp]\.?[Mm]\.?)?(?!\d|\.\d)"
)
_WORDS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?<!\d)((?:19|20|1[34])\d{2})(?!\d)")
_DAY = re.compile(r"(?<![\d:.])(\d{1,2})(?![\d:]|\.\d)")
_EPOCH = re.compile(r"\s*(\d{10})(?:\d{3})?\s*$")
_IN_URL = re.compile(
    r"(?<!\d)((?:19|20)\d{2})[/_.-]?(0?[1-9]|1[0-2])[/_.-]?(0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC; where only a day was said, noon, which is that day nearly anywhere."""

    at: datetime
    timed: bool


@dataclass(frozen=True, slots=True)
class Habits:
    """How a source writes dates."""

    zone: tzinfo
    month_first: bool

    @classmethod
    def of(cls, country: str, languages: tuple[str, ...]) -> "Habits":
        """Give the habits of a newsroom by its country (ISO 3166-1) and languages (ISO 639-1)."""
        # only American English writes 10/05 for the fifth of October
        return cls(_zone(country), country == "US" and "en" in languages)


@cache
def _zone(country: str) -> tzinfo:
    zones = get_global("territory_zones").get(country, ())
    name = _NEWSROOM_ZONE.get(country) or next(iter(zones), "UTC")
    return ZoneInfo(name)


def parse(raw: str, habits: Habits, now: datetime) -> Moment | None:
    """Give the moment a date text means, or nothing if it means none that can be.

    Knows ISO 8601, RFC 5322, Unix time, numeric dates, month names in the region's languages
    and the Iranian calendar. A time without a zone is in the newsroom's.

    Args:
        raw: the text, as a page or feed has it.
        habits: zone and order of day and month of its source.
        now: the latest time it can reasonably mean, give or take two days.
    """
    text = raw.translate(_DIGITS).strip()[:_LONGEST]
    if not text:
        return None
    for form in (_epoch, _iso, _internet, _numeric, _named):
        found = form(text, habits)
        if found is not None and plausible(found.at, now):
            return found
    return None


def plausible(when: datetime, now: datetime) -> bool:
    """Tell whether an article can be from then: 1995 or later, not days ahead of the clock."""
    return _EARLIEST <= when <= now + _AHEAD


def in_url(url: str, now: datetime) -> Moment | None:
    """Give the day that a URL names, as many outlets' URLs do, or nothing."""
    for match in _IN_URL.finditer(url):
        year, month, day = (int(part) for part in match.groups())
        separated = len(match.group()) > 8 or match.group().isdigit()
        found = _day(year, month, day) if separated else None
        if found is not None and plausible(found.at, now):
            return found
    return None


def _moment(when: datetime, habits: Habits) -> Moment:
    aware = when if when.tzinfo else when.replace(tzinfo=habits.zone)
    return Moment(aware.astimezone(UTC), timed=True)


def _day(year: int, month: int, day: int) -> Moment | None:
    try:
        return Moment(datetime(year, month, day, 12, tzinfo=UTC), timed=False)
    except ValueError:
        return None


def _epoch(text: str, _: Habits) -> Moment | None:
    match = _EPOCH.match(text)
    return Moment(datetime.fromtimestamp(int(match.group(1)), UTC), timed=True) if match else None


def _iso(text: str, habits: Habits) -> Moment | None:
    match = _ISO.match(text)
    if not match or text[:2] in {"13", "14"}:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _moment(when, habits) if len(text) > 10 else _day(when.year, when.month, when.day)


def _internet(text: str, habits: Habits) -> Moment | None:
    if not text.isascii() or not _TIME.search(text) or not re.search("[A-Za-z]{3}|T", text):
        return None
    try:
        when = dateutil_parser.parse(text, tzinfos=_offset, default=datetime(1, 1, 1))  # noqa: DTZ001
    except (ValueError, OverflowError):
        return None
    return _moment(when, habits) if when.year > 1 else None


def _offset(name: str | None, seconds: int | None) -> tzinfo | None:
    if seconds is not None:
        return timezone(timedelta(seconds=seconds))
    known = _ABBREVIATIONS.get(name or "")
    return None if known is None else timezone(timedelta(seconds=known))


def _numeric(text: str, habits: Habits) -> Moment | None:
    first = _YEAR_FIRST.search(text)
    if first:
        year, month, day = (int(part) for part in first.groups())
        return _at(text, (year, month, day), habits, first.span())
    last = _YEAR_LAST.search(text)
    if not last:
        return None
    one, mark, two, year = int(last[1]), last[2], int(last[3]), int(last[4])
    day, month = (two, one) if habits.month_first and mark == "/" else (one, two)
    if month > 12:
        day, month = month, day
    return _at(text, (year if year > 99 else 2000 + year, month, day), habits, last.span())


def _named(text: str, habits: Habits) -> Moment | None:
    month = next(
        (found for word in _WORDS.findall(text.lower()) if (found := _months().get(word))), 0
    )
    year, day = _YEAR.search(text), _DAY.search(text)
    if not month or not year or not day:
        return None
    return _at(text, (int(year[1]), month, int(day[1])), habits, year.span())


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for locale in _MONTH_LANGUAGES:
        for number, name in _month_names(locale):
            word = next(iter(_WORDS.findall(name.lower())), "")
            if len(word) >= 3:
                names.setdefault(word, number)
    names.update({name: number for number, name in enumerate(_JALALI_MONTHS, 1)})
    return names


def _month_names(locale: str) -> Iterator[tuple[int, str]]:
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            yield from get_month_names(width, context, locale).items()


def _at(
    text: str, ymd: tuple[int, int, int], habits: Habits, span: tuple[int, int]
) -> Moment | None:
    year, month, day = ymd
    if 1300 <= year < 1500:
        year, month, day = _gregorian(year, month, day)
    whole = _day(year, month, day)
    clock = _TIME.search(text[: span[0]] + " " + text[span[1] :])
    if whole is None or clock is None:
        return whole
    zone = next(
        (name for name in re.findall(r"[A-ZМСКİ]{3,4}\b", text) if name in _ABBREVIATIONS), None
    )
    hour = int(clock[1]) % 12 + 12 * (clock[4][0] in "pP") if clock[4] else int(clock[1])
    local = datetime(
        year, month, day, hour, int(clock[2]), tzinfo=_offset(zone, None) or habits.zone
    )
    return _moment(local, habits)


def _gregorian(year: int, month: int, day: int) -> tuple[int, int, int]:
    # Borkowski's 2820-year arithmetic, right for the years the web has existed
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return 0, 0, 0
    since = year - 979
    days = 365 * since + since // 33 * 8 + (since % 33 + 3) // 4 + 78 + day
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    found = date(1600, 1, 1) + timedelta(days=days)
    return found.year, found.month, found.day
