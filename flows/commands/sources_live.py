"""`araxes sources check --live` and `discover`: what the open web says of the list."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import asdict
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from flows.commands.output import emit, show_table
from flows.commands.running import now, run_to_the_end
from flows.errors import Refused, UsageError
from flows.model import FetchPolicy
from flows.progress import Watcher, watching
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.collect.checkup import FeedCheck
    from flows.collect.discover import Found
    from flows.model import Feed, Source

URGENT = ("dead", "refused")


def check_live(settings: Settings) -> int:
    """Ask every active feed once; 1 when one of them is dead or refuses us."""
    from flows import config

    sources = config.load(settings.sources)
    with watching(wanted=settings.verbosity >= 0) as watcher:
        checks = run_to_the_end(check_all(sources, watcher))
    if settings.json:
        emit({"feeds": [asdict(check) for check in checks]})
    else:
        show_checks(checks)
    return 1 if any(check.verdict in URGENT for check in checks) else 0


async def check_all(sources: Sequence["Source"], watcher: Watcher) -> list["FeedCheck"]:
    """Check the active feeds at once; hosts are still asked one request at a time."""
    from flows.collect.checkup import check
    from flows.collect.collector import Collector
    from flows.workers import CORES, Workers

    active = [
        (source, feed)
        for source in sources
        for feed in source.feeds
        if source.active and feed.active
    ]
    watcher.found("feeds", len(active))

    async def one(source: "Source", feed: "Feed") -> "FeedCheck":
        found = await check(source, feed, collector, now())
        watcher.done("feeds")
        return found

    with Workers(CORES) as workers:
        async with Collector({}, workers, now) as collector:
            return list(await asyncio.gather(*(one(*pair) for pair in active)))


def show_checks(checks: Sequence["FeedCheck"]) -> None:
    """Show the feeds, those that need a hand first."""
    rows = [
        (
            check.verdict.value,
            check.source_id,
            check.url,
            check.form,
            check.entries,
            check.newest and check.newest.date(),
            check.per_day and f"{check.per_day:.1f}",
            check.robots,
            check.fix or check.error,
        )
        for check in sorted(checks, key=_urgency)
    ]
    columns = ("", "source", "feed", "format", "n", "newest", "a day", "robots", "fix or error")
    show_table("Feeds on the open web", columns, rows)
    healthy = sum(check.verdict.value == "ok" for check in checks)
    click.echo(f"{healthy} of {len(checks)} feeds are healthy.")


def _urgency(check: "FeedCheck") -> tuple[bool, bool, str]:
    return check.verdict not in URGENT, check.verdict.value == "ok", check.source_id


def discover_site(settings: Settings, url: str, networks: Sequence[str]) -> int:
    """Print the feeds of a site as TOML to paste; 1 when none is found."""
    from flows import drafts
    from flows.collect.discover import draft

    policy = FetchPolicy(
        contact=contact_of(settings), allow_networks=tuple(map(ip_network, networks))
    )
    try:
        found = run_to_the_end(discover_feeds(url, policy))
    except ValueError as error:
        raise UsageError(str(error)) from error
    except Refused as error:
        error.remedy = "if you mean a private network, name it with --allow-network"
        raise
    toml = drafts.toml(draft(url, found, networks_of(url, policy)))
    if settings.json:
        emit({"feeds": [asdict(feed) for feed in found], "toml": toml})
    else:
        click.echo(toml if found else f"No feed found at {url}.", nl=not found)
    return 0 if found else 1


def networks_of(url: str, policy: FetchPolicy) -> tuple[str, ...]:
    """Give the allowed private networks that a site is on: its source needs them, too."""
    found = socket.getaddrinfo(urlsplit(url).hostname, None, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return tuple(
        str(network)
        for network in policy.allow_networks
        if any(address in network for address in addresses)
    )


async def discover_feeds(url: str, policy: FetchPolicy) -> tuple["Found", ...]:
    """Look for the feeds of a site.

    Raises:
        FetchError: the page itself could not be had.
        ValueError: it is no web address.
    """
    from flows.collect.collector import Collector
    from flows.collect.discover import discover
    from flows.workers import CORES, Workers

    with Workers(CORES) as workers:
        async with Collector({}, workers, now) as collector:
            return await discover(url, collector, policy)


def contact_of(settings: Settings) -> str:
    """Give the configured contact: whoever looks for feeds says who is asking, too."""
    from flows import config

    sources = config.load(settings.sources) if settings.sources.exists() else ()
    return sources[0].feeds[0].policy.contact if sources else "mailto:you@example.org"
