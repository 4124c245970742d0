"""Forgetting: an article, or all of a source's, taken out of everything we keep.

    archive ─► staged batches ─► core, with tombstones ─► core written anew ─► snapshot

The tombstones come last of what finds the article, so that forgetting cut short is simply
asked for again. Backups made before are not touched; `restore` honours the tombstones.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows import ids
from flows.collect import erasure
from flows.collect.urls import canonical
from flows.errors import UsageError
from warehouse import backup
from warehouse.backup import Backup, Restored
from warehouse.compact import compact
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.rows import Tombstone
from warehouse.staging import Staging
from warehouse.store import Store

ARTICLE_ID = re.compile(r"[0-9a-f]{16,}")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out: `entries` counts tombstones, one for each address."""

    articles: int
    entries: int
    archive_records: int
    staged_files: int
    old_copies: int
    snapshot: Path


@dataclass(frozen=True, slots=True)
class Request:
    """What to forget: an address or article id, or a source; and the reason that is kept."""

    target: str | None
    source_id: str | None
    reason: str


def forget(store: Store, request: Request, now: datetime) -> Forgotten:
    """Take out what is asked for, everywhere, for good.

    Raises:
        Locked: a run is under way.
        UsageError: nothing can be meant by the target, or nothing is known of the source.
    """
    named = _named(request.target)
    with store.run_lock("araxes forget"):
        with store.writing("forgetting") as writer:
            urls = [request.target] if request.target else []
            article_ids = writer.article_ids(request.source_id, urls) | named
            if not article_ids:
                raise UsageError(f"no article or entry of a source {request.source_id}")
            addresses = writer.addresses(article_ids)
        records = erase_from_archive(store.paths.archive, article_ids, addresses)
        files = Staging(store.paths.staging).blank(article_ids)
        with store.writing("forgetting") as writer:
            articles = writer.forget(article_ids, now, request.reason)
        compact(store.path)
        snapshot = publish(store.path)
        copies = remove_old_copies(store.paths)
    return Forgotten(articles, len(article_ids), records, files, copies, snapshot)


def tombstones(store: Store) -> tuple[Tombstone, ...]:
    """Give what must stay forgotten, for a restore on another machine."""
    with store.writing("forgetting") as writer:
        return writer.forgotten()


def restore(store: Store, from_backup: Backup, stamp: str, *, later: bool) -> Restored:
    """Restore a backup, let the archive forget what is forgotten, and publish.

    Raises:
        Locked: a run is under way.
        NewerSchema: a newer version of Araxes took the backup.
    """
    with store.run_lock("araxes restore"):
        done = backup.restore(store, from_backup, stamp, later=later)
        erase_from_archive(store.paths.archive, done.forgotten)
        if done.forgotten:
            compact(store.path)
        publish(store.path)
    return done


def erase_from_archive(
    folder: Path, article_ids: frozenset[str], addresses: frozenset[str] = frozenset()
) -> int:
    """Erase the archived pages of articles, and feed documents that carried them."""
    if not article_ids:
        return 0
    return erasure.erase(folder, lambda url: url in addresses or _id_of(url) in article_ids)


def remove_old_copies(paths: Paths) -> int:
    """Remove snapshots but the newest, and copies made before a migration; give how many."""
    old = [*paths.snapshots()[:-1], *paths.copies_aside()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _named(target: str | None) -> frozenset[str]:
    """Give the id a target names; an address that was never met gets its tombstone too."""
    if target is None:
        return frozenset()
    named = target if ARTICLE_ID.fullmatch(target) else _id_of(target)
    if named is None:
        raise UsageError(f"{target} is neither the address of an article nor an article id")
    return frozenset([named])


def _id_of(url: str) -> str | None:
    try:
        return ids.article_id(canonical(url))
    except ValueError:
        return None
