"""Hands what a run found to the warehouse, in batches, one transaction at a time.

The network and the workers never wait for the database but through a bounded queue;
the database is open, under its lock, only while a batch is loaded.
"""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from flows.dedup.link import link
from flows.edits import edited
from flows.memory import Floor
from flows.model import (
    Article,
    Batch,
    HostState,
    Item,
    ItemState,
    Known,
    Links,
    LoadReport,
    Missed,
    Poll,
    PollOutcome,
    TaggedArticle,
)
from flows.summary import Tally
from warehouse.store import Store, Writer

BATCH = 500  # outcomes in one transaction
SOON = 0.3  # seconds a poll may wait for company: pages are fetched only after it is stored
LATER = 30.0  # seconds an outcome may wait: a kill in between costs a fetch, never an entry
IDLE = 10  # an outcome waits so many times what a load takes: loads cost more than their rows


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger says of recorded entries: `new` ids, and those of them left to fetch.

    An entry whose article is stored already, through another feed, is new and needs nothing.
    `edited` are known ones whose article is to be fetched again.
    """

    new: frozenset[str]
    waiting: frozenset[str]
    edited: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Polled:
    """Entries as ledger items, with the poll they came in (an import has none)."""

    poll: Poll | None
    items: tuple[Item, ...]
    answer: asyncio.Future[Recorded]


@dataclass(frozen=True, slots=True)
class Ended:
    """An item and how it ended, or why it has to wait."""

    item: Item
    outcome: TaggedArticle | Missed


Message = Polled | Ended
T = TypeVar("T")


class Loader:
    """Takes polls and outcomes of one run and loads them.

    Args:
        store: the warehouse.
        run_id: the run they belong to.
        tally: counted up as batches are loaded.
        hosts: gives the hosts whose state changed; stored with each batch, so that a
            Retry-After outlives a killed run.
    """

    def __init__(
        self, store: Store, run_id: str, tally: Tally, hosts: Callable[[], tuple[HostState, ...]]
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._tally = tally
        self._hosts = hosts
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue(maxsize=2 * BATCH)
        self._pause = 0.0
        self._polled: list[Polled] = []  # taken off the queue, not loaded yet
        self._ended: list[Ended] = []
        self._answer_by = self._load_by = math.inf
        self._memory = Floor()

    async def record(self, poll: Poll | None, items: tuple[Item, ...]) -> Recorded:
        """Store a poll, and its entries as pending; say which of them are new."""
        answer: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        await self._queue.put(Polled(poll, items, answer))
        return await answer

    async def keep(self, item: Item, outcome: TaggedArticle | Missed) -> None:
        """Store how an item ended, with a batch of others, soon."""
        await self._queue.put(Ended(item, outcome))

    async def close(self) -> None:
        """Let `run` load what is waiting, and end."""
        await self._queue.put(None)

    async def run(self) -> None:
        """Load batches until closed."""
        closed = False
        while not closed:
            closed = await self._gather()
            polled, ended = self._take_polled(), self._take_ended(everything=closed)
            if polled or ended:
                await self._load(polled, ended)

    def load_rest(self) -> None:
        """Load what is still waiting, without an event loop: the run was interrupted."""
        while not self._queue.empty():
            if message := self._queue.get_nowait():
                self._sort_in(message)
        polled, ended = self._take_polled(), self._take_ended(everything=True)
        if polled or ended:
            self._load_now(polled, ended)

    async def _gather(self) -> bool:
        """Take messages off the queue until some are due; say whether none will follow."""
        while (left := self._due() - time.monotonic()) > 0:
            try:
                message = await asyncio.wait_for(
                    self._queue.get(), None if math.isinf(left) else left
                )
            except TimeoutError:
                return False
            if message is None:
                return True
            self._sort_in(message)
        return False

    def _due(self) -> float:
        return 0.0 if len(self._ended) >= BATCH else min(self._answer_by, self._load_by)

    def _sort_in(self, message: Message) -> None:
        until = time.monotonic() + self._patience(message)
        if isinstance(message, Polled):
            self._polled.append(message)
            self._answer_by = min(self._answer_by, until)
        else:
            self._ended.append(message)
            self._load_by = min(self._load_by, until)

    def _patience(self, message: Message) -> float:
        if _is_put_off(message):
            return self._pause
        if isinstance(message, Polled):
            return max(SOON, self._pause)
        return max(LATER, IDLE * self._pause)

    def _take_polled(self) -> list[Polled]:
        polled, self._polled, self._answer_by = self._polled, [], math.inf
        return polled

    def _take_ended(self, *, everything: bool) -> list[Ended]:
        """Take the outcomes that are due: a poll that waits for its answer brings none along."""
        if not everything and len(self._ended) < BATCH and time.monotonic() < self._load_by:
            return []
        ended, self._ended, self._load_by = self._ended, [], math.inf
        return ended

    async def _load(self, polled: Sequence[Polled], ended: Sequence[Ended]) -> None:
        started = time.monotonic()
        answers = await finished(asyncio.to_thread(self._load_now, polled, ended))
        # a large warehouse takes longer to open: then batches grow, instead of waits
        self._pause = time.monotonic() - started
        for message, recorded in answers:
            if not message.answer.done():
                message.answer.set_result(recorded)

    def _load_now(
        self, polled: Sequence[Polled], ended: Sequence[Ended]
    ) -> list[tuple[Polled, Recorded]]:
        with self._store.writing() as writer:
            recorded = self._record(writer, polled)
            # the states of hosts go with outcomes, unless none are near or one was put off
            due = ended or not self._ended or any(map(_is_put_off, polled))
            found = self._find(writer, ended) if due else None
        if found:
            self._load_found(*found)
        self._memory.give_back()
        return [(message, _of(recorded, message)) for message in polled]

    def _record(self, writer: Writer, polled: Sequence[Polled]) -> Recorded:
        if not polled:
            return Recorded(frozenset(), frozenset())
        polls = tuple(message.poll for message in polled if message.poll)
        items = tuple(item for message in polled for item in message.items)
        found = self._edited(writer, polled)
        new = writer.record_polls(self._run_id, polls, items, found)
        again = self._taken_up_again(writer, polled, new)
        return Recorded(new, writer.unfinished(new) | again, found)

    def _edited(self, writer: Writer, polled: Sequence[Polled]) -> tuple[Item, ...]:
        """Give the entries whose articles were edited; documents that were given are not asked."""
        from_feeds = [message.items for message in polled if message.poll]
        known = writer.known_entries([item.item_id for items in from_feeds for item in items])
        return tuple(item for items in from_feeds for item in edited(items, known))

    def _taken_up_again(
        self, writer: Writer, polled: Sequence[Polled], new: frozenset[str]
    ) -> frozenset[str]:
        """Count to this run the documents that an import cut short had left pending.

        A feed's pending entries are taken up when a run is planned, not here.
        """
        imported = {
            item.item_id: item for message in polled if not message.poll for item in message.items
        }
        again = writer.unfinished(frozenset(imported.keys() - new))
        writer.resume(self._run_id, [imported[item_id] for item_id in again])
        return again

    def _find(self, writer: Writer, ended: Sequence[Ended]) -> tuple[Batch, Known, int] | None:
        """Give articles to load, what they may repeat, and as of which batch.

        What has no article is loaded at once.
        """
        batch = _first_dated(as_batch(ended, self._hosts()), writer)
        if batch.articles:
            return batch, writer.candidates(batch.articles), writer.last_sequence()
        self._count(writer.load(self._run_id, batch, Links()))
        return None

    def _load_found(self, batch: Batch, known: Known, as_of: int) -> None:
        """Compare and write to disk while others may write; hold the lock only to load.

        What was found stands if nobody loaded meanwhile; on a lake another machine may have.
        """
        prepared = self._store.prepare(self._run_id, batch, link(batch.articles, known))
        with self._store.writing() as writer:
            if writer.last_sequence() != as_of:
                links = link(batch.articles, writer.candidates(batch.articles))
                prepared = self._store.prepare(self._run_id, batch, links)
            self._count(writer.load_prepared(prepared))

    def _count(self, report: LoadReport) -> None:
        self._tally.articles_loaded += report.articles_loaded
        self._tally.duplicates.update(report.duplicates)
        self._tally.revised += report.revisions


async def finished(work: Coroutine[None, None, T]) -> T:
    """Await work that an interruption must not cut: a batch off the queue is loaded whole."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _is_put_off(message: Message) -> bool:
    """Say whether a host may have asked to be left alone: a kill must not forget its wish."""
    if isinstance(message, Polled):
        return message.poll is not None and message.poll.outcome is PollOutcome.FAILED
    return isinstance(message.outcome, Missed) and message.outcome.retry_at is not None


def as_batch(ended: Sequence[Ended], hosts: tuple[HostState, ...] = ()) -> Batch:
    """Give the ledger rows and articles of some outcomes; the store settles their states."""
    articles = {
        message.item.article_id: message.outcome
        for message in ended
        if isinstance(message.outcome, TaggedArticle)
    }
    return Batch(
        items=tuple(_settled(message) for message in ended if not message.item.again),
        articles=tuple(articles.values()),
        hosts=hosts,
        visits=tuple(_settled(message) for message in ended if message.item.again),
    )


def _first_dated(batch: Batch, writer: Writer) -> Batch:
    """Give edited articles that no one dates the time of their first fetch."""
    again = {item.article_id for item in batch.visits}
    first = writer.first_fetched(sorted(again)) if again else {}
    return replace(
        batch,
        articles=tuple(
            replace(each, article=dated_by(each.article, first.get(each.article.article_id)))
            for each in batch.articles
        ),
    )


def dated_by(article: Article, first: datetime | None) -> Article:
    """Give an article that only its fetch dates the time of the first one."""
    if first is None or article.published_from != "fetch":
        return article
    return replace(article, published_at=first)


def _settled(message: Ended) -> Item:
    """Give the ledger row after an attempt; with an article the store decides between states."""
    skipped = isinstance(message.outcome, Missed) and not message.outcome.attempted
    item = replace(message.item, attempts=message.item.attempts + (not skipped))
    if item.again and isinstance(message.outcome, TaggedArticle):
        return replace(item, state=ItemState.LOADED)
    if isinstance(message.outcome, Missed):
        missed = message.outcome
        return replace(
            item, state=missed.state, reason=missed.reason, next_attempt_at=missed.retry_at
        )
    return item


def _of(recorded: Recorded, message: Polled) -> Recorded:
    ids = {item.item_id for item in message.items}
    found = tuple(item for item in recorded.edited if item.item_id in ids)
    return Recorded(recorded.new & ids, recorded.waiting & ids, found)
