"""What a feed's state is after a poll, and when it is polled next; pure decisions."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.collect import freshness
from flows.collect.feeds import FeedDocument
from flows.collect.http import Answer
from flows.errors import AraxesError, BadStatus, FetchError, Throttled, Unreachable
from flows.ids import stable_id
from flows.model import Feed, FeedEntry, FeedState, FeedStatus

LONGEST_BACK_OFF = timedelta(days=1)
_RECENT = 500
_CLOCKS_DIFFER = timedelta(minutes=5)
_TRIES_AT_NEW_PLACE = 3


@dataclass(frozen=True, slots=True)
class Exchange:
    """One feed or page asked for, redirects followed; `moved_to` when they were permanent."""

    answer: Answer
    moved_to: str | None = None


def body_hash(body: bytes) -> str:
    """Hash of a feed document as it came."""
    return hashlib.sha256(body).hexdigest()[:32]


def conditions(state: FeedState) -> tuple[tuple[str, str], ...]:
    """Give the headers that make a poll conditional: validators byte for byte as received."""
    pairs = (("If-None-Match", state.etag), ("If-Modified-Since", state.last_modified))
    return tuple((name, value) for name, value in pairs if value)


def gap(state: FeedState, entries: Sequence[FeedEntry]) -> bool:
    """Say whether a feed shares no entry with the poll before, so that some may be lost."""
    return bool(state.recent_items and entries) and not set(state.recent_items) & set(
        item_keys(entries)
    )


def item_keys(entries: Sequence[FeedEntry]) -> tuple[str, ...]:
    """Give what identifies entries from poll to poll."""
    return tuple(stable_id(entry.url) for entry in entries[:_RECENT])


def read(
    feed: Feed, before: FeedState, exchange: Exchange, document: FeedDocument, now: datetime
) -> FeedState:
    """Give the state after a poll that brought a feed document."""
    answer = exchange.answer
    seconds = rhythm(feed, before, document, now)
    if gap(before, document.entries):
        seconds = feed.min_interval.total_seconds()
    elif document.wait:
        seconds = max(seconds, min(document.wait, _window(document, now)))
    interval = _clamped(seconds * _jitter(feed.feed_id, now, 0.05), feed)
    after = replace(
        before,
        url=exchange.moved_to or before.url,
        moved_to=exchange.moved_to or before.moved_to,
        etag=answer.validator("etag") if document.whole else None,
        last_modified=answer.validator("last-modified") if document.whole else None,
        body_hash=body_hash(answer.body) if document.whole else None,
        recent_items=item_keys(document.entries) or before.recent_items,
    )
    due = _due(feed, interval, answer, now)
    return _well(after, interval, _outside(due, document), now)


def not_modified(feed: Feed, before: FeedState, answer: Answer, now: datetime) -> FeedState:
    """Give the state after a 304, which may refresh the validators (RFC 9111 4.3.4)."""
    after = replace(
        before,
        etag=answer.validator("etag") or before.etag,
        last_modified=answer.validator("last-modified") or before.last_modified,
    )
    interval = _slower(feed, before, now)
    return _well(after, interval, _due(feed, interval, answer, now), now)


def unchanged(feed: Feed, before: FeedState, exchange: Exchange, now: datetime) -> FeedState:
    """Give the state after a poll that brought the very bytes of the poll before."""
    answer = exchange.answer
    after = replace(
        before,
        url=exchange.moved_to or before.url,
        moved_to=exchange.moved_to or before.moved_to,
        etag=answer.validator("etag"),
        last_modified=answer.validator("last-modified"),
    )
    interval = _slower(feed, before, now)
    return _well(after, interval, _due(feed, interval, answer, now), now)


def failed(feed: Feed, before: FeedState, error: AraxesError, now: datetime) -> FeedState:
    """Give the state after a poll that failed: 410 ends a feed, all else backs off."""
    words = describe(error)
    if isinstance(error, BadStatus) and error.status == 410 and error.url == before.url:
        return replace(before, state=FeedStatus.GONE, next_poll_at=None, last_error=words)
    if isinstance(error, Unreachable) and error.is_outage:
        # our network is at fault, not the feed: an outage is not a failure of every feed
        return replace(before, next_poll_at=now + feed.min_interval, last_error=words)
    failures = before.consecutive_failures + 1
    wait = back_off(feed, failures, now)
    if isinstance(error, Throttled) and error.retry_after is not None:
        wait = max(wait, timedelta(seconds=error.retry_after))
    lost = before.moved_to is not None and failures >= _TRIES_AT_NEW_PLACE
    return replace(
        before,
        state=FeedStatus.BACKING_OFF,
        url=feed.url if lost else before.url,
        moved_to=None if lost else before.moved_to,
        consecutive_failures=failures,
        next_poll_at=now + wait,
        last_error=words,
    )


def back_off(feed: Feed, failures: int, now: datetime) -> timedelta:
    """Give the wait after so many failures in a row: doubling to a day, with jitter."""
    base = max(feed.min_interval.total_seconds(), 60.0) * 2.0 ** min(failures, 12)
    jitter = _jitter(feed.feed_id, now, 0.2)
    return timedelta(seconds=min(base, LONGEST_BACK_OFF.total_seconds() * 0.8) * jitter)


def describe(error: AraxesError) -> str:
    """Give a failure in a few words for the status table."""
    if isinstance(error, FetchError):
        return f"{error.fault}: {error.detail}"[:300] if error.detail else error.fault
    return str(error)[:300]


def rhythm(feed: Feed, before: FeedState, document: FeedDocument, now: datetime) -> float:
    """Give the seconds between polls that a feed's own publishing suggests.

    Half the usual distance of its last entries; with no dates, sooner when much is new and
    later when nothing is.
    """
    moments = sorted(
        (entry.published_at for entry in document.entries if entry.published_at), reverse=True
    )[:20]
    if len(moments) >= 3:
        distance = max((moments[0] - moments[-1]).total_seconds() / (len(moments) - 1), 1.0)
        silence = (now - moments[0]).total_seconds()
        return max(distance, silence / 4) / 2
    last = before.interval_seconds or feed.min_interval.total_seconds() * 3
    known = set(before.recent_items)
    fresh = sum(key not in known for key in item_keys(document.entries))
    return last * (0.5 if fresh > len(document.entries) / 3 else 1.5 if not fresh else 1.0)


def is_due(state: FeedState, now: datetime) -> bool:
    """Say whether a feed is to be polled.

    A time over 31 days ahead was never set: it comes from a clock that was wrong, and so does
    whatever was decided at a time that is still to come.
    """
    if state.state in {FeedStatus.GONE, FeedStatus.DISABLED}:
        return False
    if state.last_success_at and state.last_success_at > now + _CLOCKS_DIFFER:
        return True
    due = state.next_poll_at
    return due is None or due <= now or due - now > timedelta(seconds=freshness.MAX_HOLD)


def _well(after: FeedState, interval: float, due: datetime, now: datetime) -> FeedState:
    return replace(
        after,
        state=FeedStatus.ACTIVE,
        consecutive_failures=0,
        last_error=None,
        last_success_at=now,
        interval_seconds=interval,
        next_poll_at=due,
    )


def _due(feed: Feed, interval: float, answer: Answer, now: datetime) -> datetime:
    fresh = freshness.fresh_for(
        answer.header("cache-control"),
        answer.header("expires"),
        answer.header("date"),
        answer.header("age"),
        now,
    )
    longest = max(feed.max_interval.total_seconds(), interval)
    return now + timedelta(seconds=min(max(interval, fresh), longest))


def _outside(due: datetime, document: FeedDocument) -> datetime:
    """Move a poll out of the hours and days a feed asks to be skipped (GMT)."""
    for _ in range(7 * 24):
        if due.hour not in document.skip_hours and due.weekday() not in document.skip_days:
            return due
        due = due.replace(minute=due.minute % 10, second=0, microsecond=0) + timedelta(hours=1)
    return due


def _slower(feed: Feed, before: FeedState, now: datetime) -> float:
    """Lengthen the interval a little when a poll brought nothing."""
    last = before.interval_seconds or feed.min_interval.total_seconds() * 2
    return _clamped(last * 1.2 * _jitter(feed.feed_id, now, 0.05), feed)


def _window(document: FeedDocument, now: datetime) -> float:
    """Give the seconds after which a feed may have pushed out half of its entries."""
    moments = [entry.published_at for entry in document.entries if entry.published_at]
    if len(moments) < 5:
        return LONGEST_BACK_OFF.total_seconds()
    return max((now - min(moments)).total_seconds() / 2, 60.0)


def _clamped(seconds: float, feed: Feed) -> float:
    shortest, longest = feed.min_interval.total_seconds(), feed.max_interval.total_seconds()
    return min(max(seconds, shortest), max(longest, shortest))


def _jitter(feed_id: str, now: datetime, share: float) -> float:
    """Give a factor around 1 that differs from feed to feed and is the same in every replay."""
    digest = hashlib.sha256(f"{feed_id}{now.isoformat()}".encode()).digest()
    return 1.0 + share * (2 * int.from_bytes(digest[:4], "big") / 0xFFFFFFFF - 1)
