"""What a run has before it: which feeds are due, in which groups, as which ledger rows."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flows import ids
from flows.collect import polling
from flows.errors import UsageError
from flows.model import Feed, FeedState, FeedStatus, HostState, Item, Poll, Source

HOST_GROUPS = 8  # tasks a run polls and fetches in; a group is retried and shown as one


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do.

    Args:
        only: source ids; empty means all.
        limit: pages to fetch at most; the rest stays pending for the next run.
        everything: poll feeds that are not due yet, too (never inside a Retry-After).
    """

    only: frozenset[str] = frozenset()
    limit: int | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed to poll now, with its source and what is remembered of it."""

    source: Source
    feed: Feed
    state: FeedState


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has before it."""

    run_id: str
    due: tuple[DueFeed, ...]
    resumed: tuple[Item, ...]
    sources: dict[str, Source]
    feeds: dict[str, Feed]
    hosts: dict[str, HostState]
    revisits: tuple[Item, ...] = ()


def is_due(state: FeedState, now: datetime, *, everything: bool) -> bool:
    """Say whether a feed is to be polled; one that is gone or disabled never is."""
    if everything:
        return state.state not in (FeedStatus.GONE, FeedStatus.DISABLED)
    return polling.is_due(state, now)


def due_feeds(
    sources: Iterable[Source], states: dict[str, FeedState], options: Options, now: datetime
) -> tuple[DueFeed, ...]:
    """Give the feeds a run polls."""
    wanted = (
        DueFeed(source, feed, states.get(feed.feed_id) or FeedState(feed.feed_id, feed.url))
        for source in sources
        for feed in source.feeds
        if source.active and feed.active
        if not options.only or source.source_id in options.only
    )
    return tuple(due for due in wanted if is_due(due.state, now, everything=options.everything))


def host_groups(due: Sequence[DueFeed], groups: int = HOST_GROUPS) -> list[list[DueFeed]]:
    """Split feeds into groups such that a host is in one group only."""
    hosts: dict[str, list[DueFeed]] = {}
    for one in due:
        hosts.setdefault(urlsplit(one.state.url).hostname or "", []).append(one)
    buckets: list[list[DueFeed]] = [[] for _ in range(groups)]
    for feeds in sorted(hosts.values(), key=len, reverse=True):
        min(buckets, key=len).extend(feeds)
    return [bucket for bucket in buckets if bucket]


def as_items(poll: Poll, source_id: str) -> tuple[Item, ...]:
    """Give one ledger row for each different link of a poll."""
    items = {
        ids.item_id(poll.feed_id, entry.url): Item(
            item_id=ids.item_id(poll.feed_id, entry.url),
            feed_id=poll.feed_id,
            source_id=source_id,
            article_id=ids.article_id(entry.url),
            entry=entry,
            seen_at=poll.polled_at,
        )
        for entry in reversed(poll.entries)  # the first of repeated entries wins
    }
    return tuple(reversed(items.values()))


def check_only(sources: Iterable[Source], only: Iterable[str]) -> None:
    """Refuse ids that no source has.

    Raises:
        UsageError: names them, and the nearest ones there are.
    """
    known = {source.source_id for source in sources}
    for wanted in sorted(set(only) - known):
        near = difflib.get_close_matches(wanted, known, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UsageError(f"no source has the id {wanted!r}{hint}")
