"""Documents you already have, through every stage after extraction.

    line ─► Document ─► ledger item, pending ─► language, fingerprint, tags ─► load

The same ledger as an ingest: a document whose URL is known is counted and left alone,
so an import that was cut short is simply run again.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from flows import ids
from flows.collect.urls import canonical
from flows.errors import WorkerError
from flows.extract.language import identify
from flows.extract.text import count_words
from flows.jsonlines import Document, parse
from flows.loader import Loader
from flows.model import Article, FeedEntry, Item, ItemState, Missed, Source, TaggedArticle
from flows.progress import Watcher
from flows.reading import SECONDS, tag_article
from flows.summary import Tally
from flows.workers import CORES, Workers

CHUNK = 50  # documents a worker takes at once
MANY = 100  # malformed lines reported one by one; the rest are counted
EXTRACTOR = "import"


@dataclass(frozen=True, slots=True)
class MalformedLine:
    """A line that is no document, and why."""

    number: int
    error: str


@dataclass(frozen=True, slots=True)
class Given:
    """A document with its place in the ledger."""

    document: Document
    item: Item


@dataclass(slots=True)
class Import:
    """One import under way: lines in, outcomes to the loader."""

    workers: Workers
    loader: Loader
    tally: Tally
    watcher: Watcher
    now: datetime
    malformed: list[MalformedLine] = field(default_factory=list)
    malformed_count: int = 0

    async def work_off(self, lines: Iterable[str]) -> None:
        """Take every line through; a few chunks are under way at a time, memory stays flat."""
        slots = asyncio.Semaphore(2 * CORES)
        async with asyncio.TaskGroup() as outer:
            outer.create_task(self.loader.run())
            async with asyncio.TaskGroup() as chunks:
                for chunk in _chunks(lines):
                    await slots.acquire()
                    task = chunks.create_task(self._take(chunk))
                    task.add_done_callback(lambda _: slots.release())
            await self.loader.close()

    async def _take(self, chunk: Sequence[tuple[int, str]]) -> None:
        given = list(self._read(chunk))
        items = {one.item.item_id: one.item for one in given}
        recorded = await self.loader.record(None, tuple(items.values()))
        self.tally.seen += len(given)
        self.tally.known += len(given) - len(recorded.new)
        self.watcher.found("articles", len(recorded.waiting))
        fresh = {one.item.item_id: one for one in given if one.item.item_id in recorded.waiting}
        for one, outcome in await self._processed(list(fresh.values())):
            await self.loader.keep(one.item, outcome)
        self.watcher.done("articles", len(recorded.waiting))

    def _read(self, chunk: Sequence[tuple[int, str]]) -> Iterator[Given]:
        for number, line in chunk:
            try:
                yield as_given(parse(line, self.now), self.now)
            except ValueError as error:
                self.malformed_count += 1
                if len(self.malformed) < MANY:
                    self.malformed.append(MalformedLine(number, str(error)))

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
    source = document.source_id or f"import-{(urlsplit(url).hostname or '').replace('.', '-')}"
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


def import_source(source_id: str, homepage: str) -> Source:
    """Give the source of imported documents that no configured source claims."""
    return Source(
        source_id=source_id,
        name=source_id,
        homepage=homepage,
        country="ZZ",  # ISO 3166-1 user-assigned: unknown
        ownership="unknown",
        perspective="other",
        languages=(),
        evidence="imported",
        feeds=(),
    )


def _chunks(lines: Iterable[str]) -> Iterator[list[tuple[int, str]]]:
    rest = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
