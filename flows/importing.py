"""Documents you already have, through every stage after extraction.

    line ─► Document ─► ledger item, pending ─► language, fingerprint, tags ─► load

The same ledger as an ingest: a document whose URL is known is counted and left alone,
so an import that was cut short is simply run again.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from flows import ids
from flows.cluster import employed
from flows.collect.urls import canonical
from flows.config_values import identifier
from flows.errors import WorkerError
from flows.extract.language import identify
from flows.extract.text import count_words
from flows.homes import Register, guest_id
from flows.jsonlines import Document, parse
from flows.loader import Loader
from flows.model import Article, FeedEntry, Item, ItemState, Missed, TaggedArticle
from flows.progress import Watcher
from flows.reading import SECONDS, tag_article
from flows.runs import Setup, carry_out
from flows.summary import Summary, Tally
from flows.workers import Pool

CHUNK = 50  # documents a worker takes at once
MANY = 100  # malformed lines reported one by one; the rest are counted
EXTRACTOR = "import"


Line = tuple[str, int, str]  # file, number, text


@dataclass(frozen=True, slots=True)
class MalformedLine:
    """A line that is no document, and why."""

    file: str
    number: int
    error: str


@dataclass(frozen=True, slots=True)
class Given:
    """A document with its place in the ledger."""

    document: Document
    item: Item


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `malformed` names the first lines that were no documents."""

    summary: Summary
    malformed: tuple[MalformedLine, ...]
    malformed_count: int


async def import_lines(setup: Setup, lines: Iterable[Line], watcher: Watcher) -> Imported:
    """Load documents; those whose URL is known are counted and left alone.

    Raises:
        Locked: another run holds the warehouse.
    """
    malformed: list[MalformedLine] = []
    count = 0

    def note(line: MalformedLine) -> None:
        nonlocal count
        count += 1
        if count <= MANY:
            malformed.append(line)

    async def work(run_id: str, tally: Tally) -> None:
        loader = Loader(setup.store, run_id, tally, tuple)
        async with employed() as workers:
            try:
                register = Register(setup.store, {one.source_id: one for one in setup.sources})
                importing = Import(setup, workers, loader, tally, watcher, note, register)
                await importing.work_off(lines)
            finally:
                loader.load_rest()

    summary = await carry_out(setup, "import", work)
    return Imported(summary, tuple(malformed), count)


@dataclass(slots=True)
class Import:
    """One import under way: lines in, outcomes to the loader."""

    setup: Setup
    workers: Pool
    loader: Loader
    tally: Tally
    watcher: Watcher
    note: Callable[[MalformedLine], None]
    register: Register

    async def work_off(self, lines: Iterable[Line]) -> None:
        """Take every line through; a few chunks are under way at a time, memory stays flat."""
        slots = asyncio.Semaphore(2 * self.workers.count)
        async with asyncio.TaskGroup() as outer:
            outer.create_task(self.loader.run())
            async with asyncio.TaskGroup() as chunks:
                for chunk in _chunks(lines):
                    await slots.acquire()
                    task = chunks.create_task(self._take(chunk))
                    task.add_done_callback(lambda _: slots.release())
            await self.loader.close()

    async def _take(self, chunk: Sequence[Line]) -> None:
        given = {one.item.item_id: one for one in self._read(chunk)}
        await self.register.add((one.item.source_id, one.item.entry.url) for one in given.values())
        items = tuple(one.item for one in given.values())
        recorded = await self.loader.record(None, items)
        waiting = [given[item_id] for item_id in given if item_id in recorded.waiting]
        self.tally.known -= len(recorded.new | recorded.waiting)
        self.watcher.found("articles", len(waiting))
        for one, outcome in await self._processed(waiting):
            await self.loader.keep(one.item, outcome)
        self.watcher.done("articles", len(waiting))

    def _read(self, chunk: Sequence[Line]) -> Iterator[Given]:
        now = self.setup.now()
        for file, number, line in chunk:
            try:
                given = as_given(parse(line, now), now)
            except ValueError as error:
                self.note(MalformedLine(file, number, str(error)))
                continue
            # known until the ledger says otherwise; a URL given twice is known the second time
            self.tally.seen += 1
            self.tally.known += 1
            yield given

    async def _processed(
        self, given: Sequence[Given]
    ) -> list[tuple[Given, TaggedArticle | Missed]]:
        if not given:
            return []
        try:
            outcomes = await self.workers.run(SECONDS + CHUNK, process, given)
        except WorkerError as error:
            if len(given) == 1:
                return [(given[0], Missed(ItemState.QUARANTINED, str(error)))]
            # one document broke its worker: find it, and keep the others
            return [pair for one in given for pair in await self._processed([one])]
        return list(zip(given, outcomes, strict=True))


def as_given(document: Document, now: datetime) -> Given:
    """Give a document its place in the ledger.

    Raises:
        ValueError: it has no URL, or one that cannot be fetched.
    """
    if not document.url:
        raise ValueError('no "url"')
    url = canonical(document.url)
    source = identifier(document.source_id or guest_id(url))
    feed = ids.feed_id(source, "import")
    entry = FeedEntry(
        url=url,
        guid=None if document.name is None else str(document.name),
        title=document.title,
        published_at=document.published_at if document.dated else None,
        authors=document.authors,
    )
    item = Item(ids.item_id(feed, url), feed, source, ids.article_id(url), entry, now)
    return Given(document, item)


def process(given: Sequence[Given]) -> list[TaggedArticle | Missed]:
    """Take documents through language, fingerprint and tags; runs in a worker."""
    return [_processed_one(one.document, one.item) for one in given]


def _processed_one(document: Document, item: Item) -> TaggedArticle | Missed:
    words = count_words(document.text)
    if words < 8 and not document.title:
        return Missed(ItemState.TOO_SHORT, f"{words} words and no headline")
    return tag_article(
        Article(
            article_id=item.article_id,
            source_id=item.source_id,
            feed_id=item.feed_id,
            url=document.url or item.entry.url,
            canonical_url=item.entry.url,
            title=document.title,
            text=document.text,
            authors=document.authors,
            published_at=document.published_at,
            # "feed": the time came with the entry, not from a page we read
            published_from="feed" if document.dated else "fetch",
            modified_at=None,
            fetched_at=item.seen_at,
            language=identify(f"{document.title}\n{document.text}"),
            language_declared=document.language,
            word_count=words,
            content_hash=ids.content_hash(document.text),
            extractor=EXTRACTOR,
        )
    )


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = (line for line in lines if line[2].strip())
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
