"""Single values of a configuration file: each reader gives a typed value or says what is allowed.

Every reader takes what TOML held and raises ValueError with a message for the file's author.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, TypeGuard

from flows.collect import urls

if TYPE_CHECKING:
    from pycountry.db import Database

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
BYTES = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1 << 10, "MiB": 1 << 20}
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def shown(value: object) -> str:
    """Give a value as an error message may carry it: short, on one line, harmless."""
    match value:
        case str():
            # repr escapes control characters, so no message can drive a terminal
            return repr(value if len(value) <= 60 else value[:57] + "…") if value else "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            # Python refuses to write out an integer of thousands of digits
            return "a huge number" if abs(value) >= 10**18 else str(value)
        case list():
            return "an array"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def text(value: object) -> str:
    """Read a name for people: one line, at most 200 characters, nothing invisible in it."""
    if not isinstance(value, str):
        raise ValueError(f"must be a text in quotes, not {shown(value)}")
    if not value.strip() or len(value) > 200:
        raise ValueError("must have 1 to 200 characters")
    if UNSEEN.search(value):
        raise ValueError(f"must be one line without control characters, not {shown(value)}")
    return value.strip()


def identifier(value: object) -> str:
    """Read an id: `[a-z0-9-]+`, at most 64 characters, not starting with a hyphen."""
    if not is_identifier(value):
        raise ValueError(
            f"{shown(value)} is no id; allowed: 1 to 64 of a-z, 0-9 and -, starting with a-z or 0-9"
        )
    return value


def is_identifier(value: object) -> TypeGuard[str]:
    """Say whether a value is an id."""
    return isinstance(value, str) and bool(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", value))


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shown(value)}")
    return value


def one_of(allowed: tuple[str, ...]) -> Callable[[object], str]:
    """Give a reader of exactly these words."""

    def read(value: object) -> str:
        if value not in allowed:
            raise ValueError(f"{shown(value)} is not one of: {', '.join(allowed)}")
        return str(value)

    return read


def duration(shortest: str, longest: str) -> Callable[[object], timedelta]:
    """Give a reader of durations such as "2s", "10m" or "24h" between two such, inclusive."""
    low, high = (_measure(limit, SECONDS) or 0 for limit in (shortest, longest))

    def read(value: object) -> timedelta:
        seconds = _measure(value, SECONDS)
        if seconds is None or not low <= seconds <= high:
            raise ValueError(
                f"{shown(value)} is no duration here; allowed: {shortest} to {longest}, "
                'a number and ms, s, m, h or d, such as "10m"'
            )
        return timedelta(seconds=seconds)

    return read


def size(value: object) -> int:
    """Read a number of bytes such as "10MB": 1KB to 1GB."""
    count = _measure(value, BYTES)
    if count is None or not 1000 <= count <= 1000**3:
        raise ValueError(
            f"{shown(value)} is no size here; allowed: 1KB to 1GB, "
            f'a number and {", ".join(BYTES)}, such as "10MB"'
        )
    return int(count)


def _measure(value: object, units: dict[str, float] | dict[str, int]) -> float | None:
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?) ?([A-Za-z]+)", str(value), re.ASCII)
    if not isinstance(value, str) or not match or match[2] not in units:
        return None
    return float(match[1]) * units[match[2]]


def country(value: object) -> str:
    """Read an ISO 3166-1 alpha-2 code."""
    if not isinstance(value, str) or value not in _countries():
        import pycountry

        raise ValueError(
            f"{shown(value)} is no ISO 3166-1 code; allowed: two capital letters, "
            f"such as AM, AZ, GE{_meant(pycountry.countries, value)}"
        )
    return value


def languages(value: object) -> tuple[str, ...]:
    """Read a list of ISO 639-1 codes, at least one, none twice."""
    if not isinstance(value, list) or not value:
        raise ValueError(f'must be a list such as ["hy", "en"], not {shown(value)}')
    for code in value:
        _check_language(code)
    if len(set(value)) < len(value):
        raise ValueError("names a language twice")
    return tuple(value)


def _check_language(code: object) -> None:
    if isinstance(code, str) and is_language(code):
        return
    import pycountry

    raise ValueError(
        f"{shown(code)} is no ISO 639-1 code; allowed: two small letters, "
        f"such as az, en, fa, hy, ka, ru, tr{_meant(pycountry.languages, code)}"
    )


def is_language(code: str) -> bool:
    """Say whether a text is an ISO 639-1 code."""
    return code in _languages()


def _meant(database: "Database[Any]", value: object) -> str:
    """Name the code whose country or language was written in another way."""
    try:
        # UK is the one code that people use and ISO does not
        entry = database.lookup("GB" if value == "UK" else str(value))
    except LookupError:
        return ""
    code = getattr(entry, "alpha_2", None)
    return f"; did you mean {code}?" if code else ""


@cache
def _countries() -> frozenset[str]:
    import pycountry

    return frozenset(entry.alpha_2 for entry in pycountry.countries)


@cache
def _languages() -> frozenset[str]:
    import pycountry

    codes = (getattr(entry, "alpha_2", None) for entry in pycountry.languages)
    return frozenset(code for code in codes if code)


def range_per_day(value: object) -> tuple[int, int]:
    """Read `[fewest, most]` articles a day."""
    numbers = [n for n in value if type(n) is int] if isinstance(value, list) else []
    if len(numbers) != 2 or numbers != value or not 0 <= numbers[0] <= numbers[1] <= 10_000:
        raise ValueError("must be [fewest, most] whole numbers, 0 to 10000, such as [1, 60]")
    return numbers[0], numbers[1]


def networks(value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read a list of networks in CIDR form."""
    if not isinstance(value, list):
        raise ValueError(f'must be a list such as ["127.0.0.0/8"], not {shown(value)}')
    return tuple(_network(entry) for entry in value)


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        # ip_network takes integers too, which nobody writes on purpose
        return ip_network(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError(f'{shown(value)} is no network such as "127.0.0.0/8": {error}') from None


def selector(value: object) -> str:
    """Read a CSS selector that the extractor can run."""
    from cssselect import SelectorError
    from lxml.cssselect import CSSSelector

    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise ValueError(f"must be a CSS selector of 1 to 500 characters, not {shown(value)}")
    try:
        CSSSelector(value, translator="html")
    except (SelectorError, RecursionError, SyntaxError, ValueError) as error:
        raise ValueError(f"{shown(value)} is no CSS selector we can run: {error}") from error
    return value


def contact(value: object) -> str:
    """Read what goes into the User-Agent: a mailto: or http(s) address."""
    if isinstance(value, str) and re.fullmatch(r"mailto:[^\s@,;()<>]+@[\w.-]+", value, re.ASCII):
        return value
    try:
        return web_address(value)
    except ValueError:
        raise ValueError(
            f'{shown(value)} is no contact; allowed: "mailto:name@host" or a web address'
        ) from None


def proxy(value: object) -> str:
    """Read a proxy's URL; unlike other URLs it may carry a user and password."""
    given = str(value) if isinstance(value, str) else ""
    web_address(re.sub(r"(?<=://)[^/@\s]*@", "", given, count=1) if given else value)
    return given


def feed_url(value: object) -> str:
    """Read the URL of a feed, in normal form; what the collector would never ask for is refused."""
    url = web_address(value)
    if reason := urls.refusal(url):
        raise ValueError(f"{shown(value)} is never asked for: {reason}")
    return url


def web_address(value: object) -> str:
    """Read an http(s) URL without user or password, and give its normal form."""
    if not isinstance(value, str):
        raise ValueError(f"must be a web address in quotes, not {shown(value)}")
    if re.search(r"[\s\\<>\"{}|^`]", value) or UNSEEN.search(value):
        raise ValueError(f"{shown(value)} has a character that must be written as %…")
    try:
        return urls.absolute(value)
    except ValueError as error:
        raise ValueError(
            f"{shown(value)} is no web address: {error}; allowed: http:// or https:// and a host"
        ) from error
