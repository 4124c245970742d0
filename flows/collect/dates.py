"""Dates as feeds write them, in the region's languages, to UTC; pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks and zones are wrong by hours, never by days

_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "cet": 60, "west": 60, "cest": 120,
    "eet": 120, "eest": 180, "msk": 180, "мск": 180, "msd": 240, "trt": 180, "azt": 240,
    "azst": 300, "amt": 240, "amst": 300, "get": 240, "samt": 240, "irst": 210, "irdt": 270,
    "gst": 240, "pkt": 300, "ist": 330, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "jst": 540,
}  # fmt: skip

# beginnings of month names, longest match first; more than one alphabet and many cases
_MONTHS: Mapping[int, str] = {
    1: "jan янв yan oca ocak հունվ հուն იანვ იან ژانو جانو january січ ene gen janv",
    2: "feb фев fev şub sub փետ თებ თებერ فور лют fév",
    3: "mar мар mart մար մարտ მარ مارس березн mär",
    4: "apr апр nis ապր აპრ آور кві avr abr",
    5: "may май мая mayıs մայ მაი مه трав mai maj",
    6: "jun июн iyn iyun haz հունիս ივნ ژوئن черв juin",
    7: "jul июл iyl iyul tem հուլ ივლ ژوئی лип juil",
    8: "aug авг avq ağu agu օգ აგვ اوت серп août aou ago",
    9: "sep сен sen eyl eyl սեպ სექ სექტ سپت верес",
    10: "oct окт okt eki հոկ ოქტ اکت жовт ott",
    11: "nov ноя noy kas նոյ ნოე نوام лист",
    12: "dec дек dek ara դեկ დეკ دسا груд déc dez dic",
}
_JALALI = {
    "فروردین": 1, "اردیبهشت": 2, "خرداد": 3, "تیر": 4, "مرداد": 5, "شهریور": 6,
    "مهر": 7, "آبان": 8, "آذر": 9, "دی": 10, "بهمن": 11, "اسفند": 12,
}  # fmt: skip
_PREFIXES = sorted(
    ((word, number) for number, words in _MONTHS.items() for word in words.split()),
    key=lambda pair: -len(pair[0]),
)
_TIME = (
    r"(?:(?:T|[ ,|\u060c\u2013-]+)(?:saat|в|at|ժ\.?|ساعت)?\s*(?P<h>\d{1,2})[:.](?P<mi>\d{2})"
    r"(?::(?P<s>\d{2}))?(?:[.,]\d+)?\s*(?P<ap>[ap]m)?)?"
)
_WEEKDAY = r"(?:[^\W\d_]+(?:[ .][^\W\d_]+)?[.,\u060c]*\s*)?"
_ZONE = r"\s*(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{1,2}|\(?[A-Za-zА-Яа-я]{1,5}\)?(?:[+-]\d{1,4})?)?"
_ISO = re.compile(
    r"(?P<y>\d{4})[-/.](?P<mo>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME + _ZONE, re.IGNORECASE
)
_COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<mo>\d{2})(?P<d>\d{2})(?:T?(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})?)?(?P<ap>)"
    + _ZONE,
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(?P<d>\d{1,2})[./-](?P<mo>\d{1,2})[./-](?P<y>\d{4}|\d{2})" + _TIME + _ZONE, re.IGNORECASE
)
_NAMED = re.compile(
    _WEEKDAY + r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?P<name>[^\W\d_]+)\.?,?[\s.-]*"
    r"(?P<y>\d{4}|\d{2})(?:\s*(?:г|թ|წ|il)\w*\.?)?(?:\s+(?:paz|sal|çar|per|cum)\w*)?"
    + _TIME
    + _ZONE,
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d_]+[.,]*\s+)?(?P<name>[^\W\d_]{3,})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?P<y>\d{4})" + _TIME + _ZONE,
    re.IGNORECASE,
)
_ASCTIME = re.compile(
    r"[A-Za-z]{3}\s+(?P<name>[A-Za-z]{3})\s+(?P<d>\d{1,2})\s+(?P<h>\d{2}):(?P<mi>\d{2}):(?P<s>\d{2})"
    r"(?P<ap>)\s+(?:(?P<zone>[A-Z]{3,4}|[+-]\d{4})\s+)?(?P<y>\d{4})",
    re.IGNORECASE,
)
_TIME_FIRST = re.compile(r"(\d{1,2}:\d{2})[ ,|\u060c\u2013-]+(\S.*)")
_ZONE_NAME = re.compile(r"(?<=[\d zZ])\s*[(\[][^)\]]*[)\]]$")  # repeats an offset in words
_IN_URL = re.compile(
    r"(?<!\d)(199[5-9]|20[0-4]\d)[/_-]?(0[1-9]|1[0-2])(?:[/_-]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_FORMS = (_ISO, _COMPACT, _DAY_FIRST, _NAMED, _MONTH_FIRST, _ASCTIME)


def in_url(url: str) -> tuple[datetime, datetime] | None:
    """Give the day or the month that an address names, as its first and last moment, or None."""
    found = _IN_URL.search(url.partition("://")[2].partition("?")[0])
    if found is None:
        return None
    try:
        first = datetime(int(found[1]), int(found[2]), int(found[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
    after = first + timedelta(days=1)
    if not found[3]:
        after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(seconds=1)


def parse(text: str, now: datetime, local: timezone = UTC) -> datetime | None:
    """Read a date, or None for what is none, lies before 1995 or over a day ahead.

    Args:
        text: as the feed has it.
        now: the clock.
        local: zone of a date that names none.
    """
    text = " ".join(text[:100].replace("\u200f", "").replace("\u200e", "").split())
    text = _TIME_FIRST.sub(r"\2 \1", text) if _TIME_FIRST.fullmatch(text) else text
    moment = _epoch(text) if _EPOCH.fullmatch(text) else _from_forms(text, local)
    return moment if moment is not None and EARLIEST <= moment <= now + _AHEAD else None


def _epoch(text: str) -> datetime:
    seconds = int(text) / (1000 if len(text) > 10 else 1)
    return datetime.fromtimestamp(seconds, UTC)


def _from_forms(text: str, local: timezone) -> datetime | None:
    for form in _FORMS:
        found = form.fullmatch(text) or form.fullmatch(_ZONE_NAME.sub("", text))
        if found:
            try:
                return _build(found, local)
            except (ValueError, OverflowError):
                return None
    return None


def _build(found: re.Match[str], local: timezone) -> datetime:
    groups = found.groupdict()
    year, day = int(groups["y"]), int(groups["d"])
    month = int(groups["mo"]) if groups.get("mo") else _month(groups["name"])
    if len(groups["y"]) == 2:
        year += 2000 if year < 70 else 1900
    if month > 100:  # a Persian month: solar Hijri year
        year, month, day = _gregorian(year, month - 100, day)
    elif 1300 < year < 1500:
        year, month, day = _gregorian(year, month, day)
    hour = int(groups["h"] or 0)
    if groups["ap"]:
        hour = hour % 12 + (12 if groups["ap"].lower() == "pm" else 0)
    zone = _zone(groups["zone"] or "", local)
    minute, second = int(groups["mi"] or 0), min(int(groups["s"] or 0), 59)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


def _month(name: str) -> int:
    low = name.lower().replace("i̇", "i")
    if low in _JALALI:
        return 100 + _JALALI[low]
    for prefix, number in _PREFIXES:
        if low.startswith(prefix):
            return number
    raise ValueError(name)


def _zone(text: str, local: timezone) -> timezone:
    text = text.strip().strip("()").lower()
    if not text:
        return local
    found = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", text)
    if found:
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes > 14 * 60:
            raise ValueError(text)
        return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))
    if text not in _ZONES:
        return local
    return timezone(timedelta(minutes=_ZONES[text]))


def _gregorian(year: int, month: int, day: int) -> tuple[int, int, int]:
    """Turn a solar Hijri date into a Gregorian one (33-year rule, as jdf has it)."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError(f"{year}-{month}-{day}")
    year += 1595
    days = -355668 + 365 * year + (year // 33) * 8 + (year % 33 + 3) // 4 + day
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    moment = datetime(1, 1, 1) + timedelta(days=days - 366)  # noqa: DTZ001 - a date, no time
    return moment.year, moment.month, moment.day
