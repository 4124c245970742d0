"""`alerts.toml` as rules and ways of delivery; refuses bad input by name, all of it at once."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from flows import config_table, tomlfile
from flows import config_values as values
from flows.collect import address
from flows.config_table import Fault, Faults, Table
from flows.errors import ConfigError

ANY = "*"  # as a rule's `watch`: everything of its kind
PORTS = {"none": 25, "starttls": 587, "tls": 465}

RULE_KEYS = (
    "id",
    "kind",
    "watch",
    "burst",
    "share",
    "count",
    "window",
    "states",
    "origins",
    "cool_down",
    "deliver",
    "active",
)
DEFAULT_KEYS = ("origins", "cool_down", "deliver")
MAIL_KEYS = ("host", "port", "from", "to", "tls", "user", "password_env", "timeout")
WEBHOOK_KEYS = ("url", "headers", "allow_networks", "timeout")
HINTS = {
    "id": "a short stable name of a-z, 0-9 and -",
    "kind": "one of: topic, actor, name, feed",
    "watch": 'the id of a topic, actor, place or source, or "*" for all of the kind',
    "host": "the mail server's name",
    "from": "the sender's address",
    "to": 'a list of addresses, such as ["desk@example.org"]',
    "url": "the address that is posted to",
}


class Kind(StrEnum):
    """What a rule watches."""

    TOPIC = "topic"
    ACTOR = "actor"
    NAME = "name"
    FEED = "feed"


class Measure(StrEnum):
    """What a rule's threshold is of."""

    BURST = "burst"
    SHARE = "share"
    COUNT = "count"


class Channel(StrEnum):
    """How an alert is told."""

    EVENT = "event"
    MAIL = "mail"
    WEBHOOK = "webhook"


FEED_STATES = ("silent", "failing", "gone", "gapped")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        rule_id: its name.
        kind: what it watches.
        watch: id of the topic, actor, place or source; `*` for all.
        measure: what the threshold is of; a feed's rule has none.
        threshold: a burst's score, a share from 0 to 1, or a number of independent stories.
        window: days that a share or count is of, the last one included.
        states: of a feed's rule: what a feed must be to be told of.
        origins: sources that the stories must have begun with, at least.
        cool_down: days of silence about the same thing after an alert.
        deliver: how it is told; nothing means it is only listed.
        active: whether it is looked at.
    """

    rule_id: str
    kind: Kind
    watch: str
    measure: Measure = Measure.BURST
    threshold: float = 4.5
    window: int = 1
    states: tuple[str, ...] = ()
    origins: int = 2
    cool_down: int = 3
    deliver: tuple[Channel, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and who is written to; `tls` is none, starttls or tls."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    tls: str = "starttls"
    user: str | None = None
    password_env: str | None = None
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that alerts are posted to; each header's value is in an environment variable."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a rules file says."""

    rules: tuple[Rule, ...]
    mail: Mail | None = None
    webhook: Webhook | None = None


NO_NETWORKS: tuple[IPv4Network | IPv6Network, ...] = ()
NO_HEADERS: tuple[tuple[str, str], ...] = ()

Known = Mapping[Kind, frozenset[str]]
"""The ids there are of each kind."""


def path_beside(sources: Path) -> Path:
    """Give the rules file: what ARAXES_ALERTS says, or `alerts.toml` beside the source list."""
    return Path(os.environ.get("ARAXES_ALERTS") or sources.with_name("alerts.toml"))


def load(path: Path, known: Known | None = None) -> Rulebook:
    """Read a rules file.

    Args:
        path: the file.
        known: ids that rules may watch; None does not check them.

    Raises:
        ConfigError: every problem of the file at once: file, line, key, what is allowed.
    """
    file = tomlfile.read(path)
    noted = Faults(HINTS)
    book = _read(Table((), file.data, noted), known)
    names = config_table.ids(file, "rule")
    faults = [*noted.found, *_repeated(book.rules)]
    if faults:
        raise ConfigError(config_table.located(file, faults, names))
    return book


def _read(top: Table, known: Known | None) -> Rulebook:
    top.only("defaults", "rule", "delivery")
    defaults = top.table("defaults")
    defaults.only(*DEFAULT_KEYS)
    above = _habits(defaults, Rule("", Kind.TOPIC, ""))
    delivery = top.table("delivery")
    delivery.only("mail", "webhook")
    mail = _mail(delivery.table("mail")) if "mail" in delivery.raw else None
    webhook = _webhook(delivery.table("webhook")) if "webhook" in delivery.raw else None
    found = []
    for table in top.tables("rule"):
        rule = _rule(table, above)
        _check_watched(table, rule, known)
        _check_delivery(table, rule, delivery)
        found.append(rule)
    return Rulebook(tuple(found), mail, webhook)


# ---------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True)
class _Habits:
    """What rules and their defaults may both say."""

    origins: int
    cool_down: int
    deliver: tuple[Channel, ...]


def _habits(table: Table, above: Rule | _Habits) -> _Habits:
    return _Habits(
        origins=table.optional("origins", _whole(1, 50), above.origins),
        cool_down=table.optional("cool_down", _days, above.cool_down),
        deliver=table.optional("deliver", _channels, above.deliver),
    )


def _rule(table: Table, above: _Habits) -> Rule:
    table.only(*RULE_KEYS)
    habits = _habits(table, above)
    kind = Kind(table.required("kind", values.one_of(tuple(Kind))) or Kind.TOPIC)
    measure, threshold = _threshold(table, kind)
    return Rule(
        rule_id=table.required("id", values.identifier),
        kind=kind,
        watch=table.required("watch", _watched),
        measure=measure,
        threshold=threshold,
        window=_window(table, kind, measure),
        states=_states(table, kind),
        origins=habits.origins,
        cool_down=habits.cool_down,
        deliver=habits.deliver,
        active=table.optional("active", values.flag, default=True),
    )


def _threshold(table: Table, kind: Kind) -> tuple[Measure, float]:
    """Give what the threshold is of and how high it is: exactly one of three keys says so."""
    given = [measure for measure in Measure if measure in table.raw]
    if kind is Kind.FEED:
        for measure in given:
            table.fault((measure,), 'is not for kind = "feed", which has states')
        return Measure.BURST, 0.0
    if len(given) != 1:
        table.fault((), "needs exactly one of: burst, share, count")
        return Measure.BURST, 0.0
    measure = given[0]
    return measure, table.optional(measure, THRESHOLDS[measure], 0.0)


def _window(table: Table, kind: Kind, measure: Measure) -> int:
    if "window" in table.raw and (kind is Kind.FEED or measure is Measure.BURST):
        table.fault(("window",), "is only for share and count; a burst is of one day")
    return max(1, table.optional("window", _days, 1))


def _states(table: Table, kind: Kind) -> tuple[str, ...]:
    if kind is not Kind.FEED:
        if "states" in table.raw:
            table.fault(("states",), 'is only for kind = "feed"')
        return ()
    return table.optional("states", _words(FEED_STATES), FEED_STATES)


def _check_watched(table: Table, rule: Rule, known: Known | None) -> None:
    if known is None or rule.watch is None or rule.watch == ANY:
        return
    ids = known[rule.kind]
    if rule.watch not in ids:
        near = get_close_matches(rule.watch, ids, n=3)
        meant = f"did you mean {', '.join(near)}? " if near else ""
        what = "source" if rule.kind is Kind.FEED else rule.kind
        table.fault(("watch",), f"no {what} has the id {rule.watch!r}; {meant}allowed: an id or *")
    elif rule.kind is Kind.TOPIC and rule.measure is Measure.BURST and "." not in rule.watch:
        table.fault(("watch",), "is a family of topics, which has no burst; use share or count")


def _check_delivery(table: Table, rule: Rule, delivery: Table) -> None:
    for channel in rule.deliver or ():
        if channel is not Channel.EVENT and channel not in delivery.raw:
            table.fault(("deliver",), f"{channel} needs a table [delivery.{channel}]")


def _repeated(rules: Iterable[Rule]) -> list[Fault]:
    seen: dict[str, int] = {}
    return [
        Fault(("rule", index, "id"), "repeats the id of an earlier rule; each may stand once")
        for index, rule in enumerate(rules)
        if rule.rule_id and seen.setdefault(rule.rule_id, index) != index
    ]


# ---------------------------------------------------------------- delivery


def _mail(table: Table) -> Mail:
    table.only(*MAIL_KEYS)
    tls = table.optional("tls", values.one_of(tuple(PORTS)), "starttls")
    user = table.optional("user", values.text, None)
    password = table.optional("password_env", _environment_name, None)
    if ("user" in table.raw) != ("password_env" in table.raw):
        table.fault((), "user and password_env belong together")
    if user and tls == "none":
        table.fault(("tls",), "a password needs tls or starttls")
    return Mail(
        host=table.required("host", _host),
        port=table.optional("port", _whole(1, 65535), PORTS[tls]),
        sender=table.required("from", _mail_address),
        to=table.required("to", _mail_addresses),
        tls=tls,
        user=user,
        password_env=password,
        timeout=_timeout(table),
    )


def _webhook(table: Table) -> Webhook:
    table.only(*WEBHOOK_KEYS)
    networks = table.optional("allow_networks", values.networks, NO_NETWORKS)
    url = table.required("url", values.web_address)
    host = urlsplit(url or "").hostname or ""
    if re.fullmatch(r"[\d.]+|.*:.*", host) and (reason := address.refusal(host, networks)):
        table.fault(("url",), f"{reason}; allowed when allow_networks lists its network")
    return Webhook(url, table.optional("headers", _headers, NO_HEADERS), networks, _timeout(table))


def _timeout(table: Table) -> float:
    read = values.duration("1s", "5m")
    return table.optional("timeout", read, timedelta(seconds=30)).total_seconds()


# ---------------------------------------------------------------- single values


def _number(low: float, high: float, example: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise ValueError(
                f"{values.shown(value)} is not allowed here; {low:g} to {high:g}, such as {example}"
            )
        return float(str(value))

    return read


THRESHOLDS: Mapping[Measure, Callable[[object], float]] = {
    # scores below 2 are not kept: chance brings them every few weeks
    Measure.BURST: _number(2, 100, "4.5"),
    Measure.SHARE: _number(0.0001, 1, "0.05"),
    Measure.COUNT: _number(1, 100_000, "10"),
}


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"{values.shown(value)} is no whole number from {low} to {high}")
        return value

    return read


def _days(value: object) -> int:
    match = re.fullmatch(r"(\d{1,3})d", value) if isinstance(value, str) else None
    if not match or int(match[1]) > 365:
        raise ValueError(f'{values.shown(value)} is no number of days; allowed: "0d" to "365d"')
    return int(match[1])


def _words(allowed: tuple[str, ...]) -> Callable[[object], tuple[str, ...]]:
    one = values.one_of(allowed)

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError(f"must be a list of: {', '.join(allowed)}")
        return tuple(dict.fromkeys(one(word) for word in value))

    return read


def _channels(value: object) -> tuple[Channel, ...]:
    return tuple(map(Channel, _words(tuple(Channel))(value)))


def _watched(value: object) -> str:
    if value == ANY:
        return ANY
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", value):
        raise ValueError(f'{values.shown(value)} is no id; allowed: an id of its kind, or "*"')
    return value


def _environment_name(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", value):
        # the value is not repeated: it may be the secret itself
        raise ValueError("must be the name of an environment variable, never the secret itself")
    return value


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValueError('must be a table such as { Authorization = "ARAXES_HOOK_TOKEN" }')
    for name in value:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,60}", name):
            raise ValueError(f"{values.shown(name)} is no header's name")
    return tuple((name, _environment_name(variable)) for name, variable in value.items())


def _host(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9.:-]{1,253}", value):
        raise ValueError(f"{values.shown(value)} is no host; allowed: a name or an address")
    return value


def _mail_address(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(
        r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", value
    ):
        raise ValueError(f"{values.shown(value)} is no mail address; allowed: name@host")
    return value


def _mail_addresses(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"must be {HINTS['to']}")
    return tuple(map(_mail_address, value))
