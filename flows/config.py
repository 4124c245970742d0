"""`sources.toml` as Source and Feed; refuses bad input by name, all of it at once."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from flows import config_table, tomlfile
from flows import config_values as values
from flows.collect import address
from flows.config_table import Fault, Faults, Table
from flows.errors import ConfigError
from flows.ids import feed_id
from flows.model import ExtractRules, Feed, FeedKind, FetchPolicy, Source
from flows.tomlfile import TomlFile, Where

OWNERSHIP = (
    "state",
    "public",
    "foreign-public",
    "party",
    "commercial",
    "independent",
    "diaspora",
    "think-tank",
    "igo",
    "government",
    "military",
    "unknown",
)
PERSPECTIVE = ("AM", "AZ", "GE", "RU", "TR", "IR", "west", "regional", "other")
PLACEHOLDER = "mailto:you@example.org"
RESERVED = ("example", "invalid", "test", "localhost", "local")  # RFC 2606, RFC 6762
RESERVED_DOMAINS = ("example.org", "example.com", "example.net")

SETTING_KEYS = (
    "contact",
    "min_interval",
    "max_interval",
    "min_delay",
    "max_bytes",
    "timeout",
    "allow_networks",
    "proxy",
    "reserved",
)
SOURCE_KEYS = (
    "id",
    "name",
    "homepage",
    "country",
    "ownership",
    "perspective",
    "languages",
    "evidence",
    "expect_per_day",
    "active",
    "feed",
    "extract",
)
FEED_KEYS = ("url", "kind", "link_selector", "active")
EXTRACT_KEYS = ("title", "author", "published", "body", "remove")

_RESERVED = values.one_of(("index", "refuse"))  # pages that reserve text and data mining
_INTERVAL = values.duration("1s", "31d")
_DELAY = values.duration("0s", "1h")
_DEADLINE = values.duration("100ms", "10m")


@dataclass(frozen=True, slots=True)
class Settings:
    """What [defaults], a source and a feed may each set; the nearest wins."""

    policy: FetchPolicy = field(default_factory=lambda: FetchPolicy(PLACEHOLDER))
    min_interval: timedelta = timedelta(minutes=10)
    max_interval: timedelta = timedelta(hours=24)


def load(path: Path) -> tuple[Source, ...]:
    """Give the sources of a file, in its order.

    Raises:
        ConfigError: every problem of the file at once: file, line, key, what is allowed.
    """
    try:
        return _sources(tomlfile.read(path))
    except ConfigError as error:
        if not path.exists():
            error.remedy = "name another list with --sources or ARAXES_SOURCES"
        raise


def parse(text: str, path: Path = Path("sources.toml")) -> tuple[Source, ...]:
    """Give the sources of a text; `path` only names it in errors, which are those of `load`."""
    return _sources(tomlfile.parse(text, path))


def placeholder_contact(sources: tuple[Source, ...]) -> bool:
    """Say whether any feed would be polled under a contact that reaches nobody."""
    return any(_reaches_nobody(feed.policy.contact) for source in sources for feed in source.feeds)


def _reaches_nobody(contact: str) -> bool:
    parts = urlsplit(contact)
    host = (parts.hostname or parts.path.rpartition("@")[2]).lower().rstrip(".")
    registered = ".".join(host.split(".")[-2:])
    return registered in RESERVED_DOMAINS or host.split(".")[-1] in RESERVED


def _sources(file: TomlFile) -> tuple[Source, ...]:
    noted = Faults(HINTS, _elsewhere)
    sources = _read_file(Table((), file.data, noted))
    ids = config_table.ids(file, "source")
    faults = [*noted.found, *_repeated(sources, ids)]
    if faults:
        raise ConfigError(config_table.located(file, faults, ids))
    return tuple(sources.values())


def _elsewhere(key: str) -> str:
    if key in FEED_KEYS:
        return "it belongs under [[source.feed]]; "
    return "it belongs under [[source]]; " if key in SOURCE_KEYS else ""


HINTS = {
    "id": "a short stable name of a-z, 0-9 and -",
    "name": "the outlet's name as readers know it",
    "homepage": "the outlet's web address",
    "country": "ISO 3166-1 code of its newsroom, such as GE",
    "ownership": f"one of: {', '.join(OWNERSHIP)}",
    "perspective": f"one of: {', '.join(PERSPECTIVE)}",
    "languages": 'ISO 639-1 codes, such as ["hy", "en"]',
    "evidence": "web address where its ownership can be read",
    "url": "the feed's web address",
}


# ---------------------------------------------------------------- what the tables mean


def _read_file(top: Table) -> dict[int, Source]:
    top.only("defaults", "source")
    table = top.table("defaults")
    table.only(*SETTING_KEYS)
    defaults = _settings(table, Settings())
    return {index: _source(entry, defaults) for index, entry in enumerate(top.tables("source"))}


def _settings(table: Table, above: Settings) -> Settings:
    """Give the settings of a table: its own keys over those of the level above."""
    policy = above.policy
    delay = timedelta(seconds=policy.min_delay)
    deadline = timedelta(seconds=policy.timeout)
    settings = Settings(
        policy=FetchPolicy(
            contact=table.optional("contact", values.contact, policy.contact),
            min_delay=_seconds(table, "min_delay", _DELAY, delay),
            max_bytes=table.optional("max_bytes", values.size, policy.max_bytes),
            timeout=_seconds(table, "timeout", _DEADLINE, deadline),
            allow_networks=table.optional("allow_networks", values.networks, policy.allow_networks),
            proxy=table.optional("proxy", values.proxy, policy.proxy),
            reserved=table.optional("reserved", _RESERVED, policy.reserved),
        ),
        min_interval=table.optional("min_interval", _INTERVAL, above.min_interval),
        max_interval=table.optional("max_interval", _INTERVAL, above.max_interval),
    )
    if settings.min_interval > settings.max_interval:
        key = "min_interval" if "min_interval" in table.raw else "max_interval"
        table.fault((key,), "min_interval must not be longer than max_interval")
        return replace(settings, max_interval=settings.min_interval)
    return settings


def _seconds(
    table: Table, key: str, read: Callable[[object], timedelta], default: timedelta
) -> float:
    return table.optional(key, read, default).total_seconds()


def _source(table: Table, defaults: Settings) -> Source:
    table.only(*SOURCE_KEYS, *SETTING_KEYS)
    settings = _settings(table, defaults)
    source_id = table.required("id", values.identifier)
    active = table.optional("active", values.flag, default=True)
    source = Source(
        source_id=source_id,
        name=table.required("name", values.text),
        homepage=table.required("homepage", values.web_address),
        country=table.required("country", values.country),
        ownership=table.required("ownership", values.one_of(OWNERSHIP)),
        perspective=table.required("perspective", values.one_of(PERSPECTIVE)),
        languages=table.required("languages", values.languages),
        evidence=table.required("evidence", values.web_address),
        feeds=tuple(_feed(entry, source_id, settings) for entry in table.tables("feed")),
        expect_per_day=table.optional("expect_per_day", values.range_per_day, None),
        extract=_extract(table.table("extract")),
        active=active,
    )
    if active:
        return source
    return replace(source, feeds=tuple(replace(feed, active=False) for feed in source.feeds))


def _feed(table: Table, source_id: str, above: Settings) -> Feed:
    table.only(*FEED_KEYS, *SETTING_KEYS)
    settings = _settings(table, above)
    kind = FeedKind(table.optional("kind", values.one_of(tuple(FeedKind)), "feed"))
    url = table.required("url", values.feed_url)
    _check_address(table, url, settings.policy.allow_networks)
    return Feed(
        feed_id=feed_id(str(source_id), str(url)),
        source_id=source_id,
        url=url,
        kind=kind,
        policy=settings.policy,
        min_interval=settings.min_interval,
        max_interval=settings.max_interval,
        link_selector=_link_selector(table, kind),
        active=table.optional("active", values.flag, default=True),
    )


def _check_address(
    table: Table, url: str | None, allowed: tuple[IPv4Network | IPv6Network, ...]
) -> None:
    """Note a private address written out; names are checked when they are resolved."""
    host = urlsplit(url or "").hostname or ""
    if not re.fullmatch(r"[\d.]+|.*:.*", host):
        return
    if reason := address.refusal(host, allowed):
        table.fault(("url",), f"{reason}; allowed when allow_networks lists its network")


def _link_selector(table: Table, kind: FeedKind) -> str | None:
    given = "link_selector" in table.raw
    if kind is FeedKind.LISTING and not given:
        table.fault(("link_selector",), 'is missing; kind = "listing" needs a CSS selector')
    if given and kind is not FeedKind.LISTING:
        table.fault(("link_selector",), 'is only for kind = "listing"')
    return table.optional("link_selector", values.selector, None)


def _extract(table: Table) -> ExtractRules:
    table.only(*EXTRACT_KEYS)
    read = {key: table.optional(key, values.selector, None) for key in EXTRACT_KEYS}
    return ExtractRules(**read)


# ---------------------------------------------------------------- the file as a whole


def _repeated(sources: dict[int, Source], ids: dict[int, str]) -> Iterator[Fault]:
    """Give a fault for each id and each feed URL that an earlier one has already."""
    seen: dict[str, Where] = {}
    for where, value, kind in _unique_values(sources):
        first = seen.setdefault(f"{kind} {value}", where)
        if first != where:
            holder = "an earlier source" if kind == "id" else config_table.named(first, ids)
            yield Fault(where, f"repeats the {kind} of {holder}; each may stand once")


def _unique_values(sources: dict[int, Source]) -> Iterator[tuple[Where, str, str]]:
    for index, source in sources.items():
        if source.source_id:
            yield ("source", index, "id"), source.source_id, "id"
        for number, feed in enumerate(source.feeds):
            if feed.url:
                yield ("source", index, "feed", number, "url"), feed.url, "address"
