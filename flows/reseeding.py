"""Another seed corpus: what is stored is compared with the seeds that came or went.

    seeds ─► stored texts that share a sentence or a passage ─► their clusters ─► pairs, novelty

Every text is compared, since an index of samples would miss short passages; so the result is
that of loading all anew. Seeds and what follows from them are loaded in one transaction.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flows.dedup import corpus
from flows.dedup.fingerprint import fingerprint
from flows.dedup.link import link
from flows.marking import marked
from flows.model import Duplicate, DuplicateKind, Known, Links, SeedDocument, StoredText
from flows.progress import Silent, Watcher
from flows.slices import Broken, Slices, over
from flows.workers import CORES, Workers
from warehouse import reader, stored
from warehouse.publish import publish
from warehouse.store import Store

CHUNK = 2000  # articles read at once
SLICE = 100  # articles a worker takes at once


async def bring(
    store: Store, seeds: Sequence[SeedDocument], watcher: Watcher | None = None
) -> Links | None:
    """Bring the stored seed corpus to these documents, and what is stored into line with it.

    Args:
        store: the warehouse.
        seeds: the whole corpus.
        watcher: told how far the comparison is.

    Returns:
        Pairs with seeds, and novelty, of the articles it concerns; None if nothing changed.
    """
    with store.writing() as writer:
        changed = writer.other_seeds(seeds)
        if not changed or not writer.has_articles():
            writer.sync_seeds(seeds)
            return Links() if changed else None
    await asyncio.to_thread(publish, store.path)
    concerned = await _concerned(store.path, changed, watcher or Silent())
    links = await asyncio.to_thread(_linked, store.path, concerned, tuple(seeds))
    with store.writing() as writer:
        writer.sync_seeds(seeds, links)
    return links


async def carry_out(store: Store, seeds: Sequence[SeedDocument], watcher: Watcher) -> int:
    """Bring the stored seed corpus to these documents, publish, and count who repeats one.

    Raises:
        Locked: a run holds the warehouse.
    """
    with store.run_lock("araxes corpus"):
        await bring(store, seeds, watcher)
        await asyncio.to_thread(publish, store.path)
    with reader.connect(store.path) as connection:
        return stored.repeating_seeds(connection)


async def _concerned(db: Path, seeds: Sequence[SeedDocument], watcher: Watcher) -> list[str]:
    """Give the ids of the stored articles that share words with seeds that came or went."""
    found: list[str] = []
    with reader.connect(db) as connection, Workers(CORES) as workers:
        chunks = stored.chunks(connection, CHUNK)
        watcher.found("seeds", sum(chunk.count for chunk in chunks))
        work = Slices(partial(sharing, tuple(seeds)), SLICE)
        async for chunk, results in over(chunks, partial(stored.texts, connection), work, workers):
            found += [each for each in results if each and not isinstance(each, Broken)]
            watcher.done("seeds", chunk.count)
    return found


def sharing(seeds: tuple[SeedDocument, ...], given: Sequence[StoredText]) -> list[str | None]:
    """Give the ids of articles that share a sentence or a passage with seeds; in a worker."""
    sentences = {sentence for seed in seeds for sentence in seed.fingerprint.sentences}
    return [each.article_id if _shares(each, seeds, sentences) else None for each in given]


def _shares(text: StoredText, seeds: tuple[SeedDocument, ...], sentences: set[int]) -> bool:
    marks = fingerprint(text.title, text.text, text.language)
    return not sentences.isdisjoint(marks.sentences) or bool(corpus.match(marks, seeds))


def _linked(db: Path, article_ids: Sequence[str], seeds: tuple[SeedDocument, ...]) -> Links:
    """Give pairs with seeds, and novelty, of some articles and all that share their clusters."""
    pairs: list[Duplicate] = []
    novelty: list[tuple[str, float]] = []
    with reader.connect(db) as connection:
        for members in stored.clusters_of(connection, article_ids):
            links = link(marked(members), Known(seeds=seeds))
            pairs += [pair for pair in links.duplicates if pair.kind is DuplicateKind.SEED]
            novelty += links.novelty
    return Links(duplicates=tuple(pairs), novelty=tuple(novelty))
