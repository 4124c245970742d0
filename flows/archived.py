"""Documents of WARC files, whoever wrote them, through every stage after fetching.

    record ─► article page? ─► ledger item, pending ─► read in a worker ─► load

The same ledger as an ingest: a document whose URL is known is counted and left alone, so
that reading an archive that was cut short is simply done again.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.cluster import employed
from flows.collect import pages, warc, warc_records
from flows.collect.http import Answer
from flows.collect.urls import canonical
from flows.collect.warc_records import Archived, MalformedRecord, Passed, Record
from flows.desk import read_apart
from flows.homes import Homes, Register, guest, guest_id
from flows.loader import Loader
from flows.model import FeedEntry, FetchPolicy, Item, Missed, Page, Source, TaggedArticle
from flows.older import as_item
from flows.progress import Watcher
from flows.runs import TURN, Setup, in_turns
from flows.summary import Summary, Tally
from flows.workers import Pool

CHUNK = 50  # documents the ledger takes at once
CHUNK_BYTES = 8_000_000
MANY = 100  # malformed records reported one by one; the rest are counted
_STRANGER = FetchPolicy(contact="")  # of sources that nobody configured; nothing is fetched


@dataclass(frozen=True, slots=True)
class Kept:
    """A page of an archive with its place in the ledger, and what it comes to if no article."""

    item: Item
    source: Source
    page: Page | Missed


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What reading archives did.

    `passed` counts records that are no article pages, by what they are; `malformed` names
    the first records that could not be read.
    """

    summary: Summary
    records: int
    passed: dict[str, int]
    malformed: tuple[MalformedRecord, ...]
    malformed_count: int

    def document(self) -> dict[str, object]:
        """Give the run as `--json` prints it: an ingest's summary, and what is special here."""
        return {
            **self.summary.document(),
            "records": self.records,
            "passed": self.passed,
            "malformed": self.malformed_count,
        }


async def unpack(setup: Setup, files: Sequence[Path], watcher: Watcher) -> Unpacked:
    """Load the article pages of WARC files; those whose URL is known are counted and left alone.

    Raises:
        UsageError: another archive of the same name is known.
        Locked: another run holds the warehouse.
    """
    for path in files:
        warc.adopt(setup.store.paths.archive, path)
    async with employed() as workers:
        unpacking = Unpacking(setup, workers, watcher, files)
        summary = await in_turns(setup, "backfill", unpacking.turn)
    return Unpacked(
        summary=summary,
        records=unpacking.records,
        passed=dict(unpacking.passed.most_common()),
        malformed=tuple(unpacking.malformed),
        malformed_count=unpacking.malformed_count,
    )


class Unpacking:
    """Archives under way; the records go on where the turn before stopped."""

    def __init__(
        self, setup: Setup, workers: Pool, watcher: Watcher, files: Sequence[Path]
    ) -> None:
        self._setup = setup
        self._workers = workers
        self._watcher = watcher
        self._homes = Homes(setup.sources)
        self._feeds = {feed.url for source in setup.sources for feed in source.feeds}
        self._register = Register(setup.store, {one.source_id: one for one in setup.sources})
        self._chunks = _chunks(self._pages(files))
        self._under_way: set[str] = set()
        self.records = 0
        self.passed: Counter[str] = Counter()
        self.malformed: list[MalformedRecord] = []
        self.malformed_count = 0

    async def turn(self, run_id: str, tally: Tally) -> float | None:
        """Take records through for some minutes; give 0 when there are more, None when not."""
        loader = Loader(self._setup.store, run_id, tally, tuple)
        until = time.monotonic() + TURN
        slots = asyncio.Semaphore(2 * self._workers.count)
        more = True
        try:
            async with asyncio.TaskGroup() as outer:
                outer.create_task(loader.run())
                async with asyncio.TaskGroup() as chunks:
                    while more:
                        await slots.acquire()
                        chunk = await asyncio.to_thread(next, self._chunks, None)
                        more = chunk is not None
                        task = chunks.create_task(self._take(chunk or [], loader, tally))
                        task.add_done_callback(lambda _: slots.release())
                        if time.monotonic() >= until:
                            break
                await loader.close()
        finally:
            loader.load_rest()
        return 0.0 if more else None

    async def _take(self, chunk: Sequence[Kept], loader: Loader, tally: Tally) -> None:
        # known until the ledger says otherwise; of two captures the first is read
        tally.seen += len(chunk)
        tally.known += len(chunk)
        kept = {
            one.item.item_id: one
            for one in reversed(chunk)
            if one.item.item_id not in self._under_way
        }
        self._under_way |= kept.keys()
        await self._register.add((one.item.source_id, one.item.entry.url) for one in kept.values())
        recorded = await loader.record(None, tuple(one.item for one in kept.values()))
        waiting = [kept[item_id] for item_id in kept if item_id in recorded.waiting]
        tally.known -= len(recorded.new | recorded.waiting)
        self._watcher.found("articles", len(waiting))
        await asyncio.gather(*(self._see_through(one, loader) for one in waiting))
        self._under_way -= kept.keys()

    async def _see_through(self, kept: Kept, loader: Loader) -> None:
        outcome: TaggedArticle | Missed
        if isinstance(kept.page, Missed):
            outcome = kept.page
        else:
            outcome = await read_apart(self._workers, kept.page, kept.item, kept.source)
        await loader.keep(kept.item, outcome)
        self._watcher.done("articles")

    # ------------------------------------------------------------ records

    def _pages(self, files: Sequence[Path]) -> Iterator[Kept]:
        """Give the article pages of the files; count and name what is none."""
        for record in self._told(files):
            self.records += 1
            match record:
                case MalformedRecord():
                    self._note(record)
                case Passed(kind=kind):
                    self.passed[kind] += 1
                case Archived():
                    kept = self._kept(record)
                    if isinstance(kept, Kept):
                        yield kept
                    else:
                        self.passed[kept] += 1

    def _told(self, files: Sequence[Path]) -> Iterator[Record]:
        """Give the records, and tell the watcher how many megabytes are done."""
        sizes = [max(path.stat().st_size // 1_000_000, 1) for path in files]
        self._watcher.found("megabytes", sum(sizes))
        for path, size in zip(files, sizes, strict=True):
            done = 0
            for record in warc_records.read(path):
                now_done = min(record.offset // 1_000_000, size)
                self._watcher.done("megabytes", now_done - done)
                done = now_done
                yield record
            self._watcher.done("megabytes", size - done)

    def _note(self, record: MalformedRecord) -> None:
        self.malformed_count += 1
        if len(self.malformed) < MANY:
            self.malformed.append(record)

    def _kept(self, record: Archived) -> Kept | str:
        """Give a page its place in the ledger, or say what the record is instead."""
        answer = Answer(record.url, record.status, record.headers, record.body, 0.0)
        try:
            url = canonical(record.url)
        except ValueError as error:
            return f"address: {error}"
        if instead := pages.no_article(answer):
            return instead
        if record.url in self._feeds or url in self._feeds:
            return "a listing that is polled"
        source = self._source(url)
        feed = source.feeds[0].policy if source.feeds else _STRANGER
        item = as_item(FeedEntry(url, None, ""), source.source_id, self._setup.now())
        page = pages.judged(item, answer, feed, record.fetched_at)
        if isinstance(page, Page):
            page = replace(page, warc_ref=record.warc_ref or None)
        return Kept(item, source, page)

    def _source(self, url: str) -> Source:
        source_id = self._homes.source_id(url) or guest_id(url)
        return self._register.sources.get(source_id) or guest(source_id, url)


def _chunks(kept: Iterable[Kept]) -> Iterator[list[Kept]]:
    """Give pages in chunks that are small in number and in bytes."""
    chunk: list[Kept] = []
    size = 0
    for one in kept:
        chunk.append(one)
        size += len(one.page.body) if isinstance(one.page, Page) else 0
        if len(chunk) >= CHUNK or size > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
