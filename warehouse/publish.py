"""The read snapshot: an immutable copy of the core behind a symlink.

A file replaced under its own name would hand long-lived readers old data (DuckDB caches
instances by path), so each snapshot has its own name and only the symlink moves.
"""

import shutil
from pathlib import Path

from flows.errors import WarehouseError
from warehouse import locks
from warehouse.disk import needing_room
from warehouse.paths import Paths, sync
from warehouse.store import WAIT_SECONDS, Store

KEEP = 3  # a reader that resolved the link just before a switch still finds its file


def publish(path: Path) -> Path:
    """Copy the core to a new snapshot, point the symlink at it, and give its path.

    Args:
        path: the core file.

    Raises:
        Locked: a writer held the core for ten minutes.
        WarehouseError: there is nothing to publish yet.
        DiskFull: there is no room for another copy; the snapshots that are there stay.
    """
    paths = Paths(path)
    if not path.exists():
        raise WarehouseError(f"{path} does not exist: run `araxes ingest` first")
    _index_words(Store(path))
    newest = paths.newest_snapshot()
    version = int(newest.name.split(".")[-2]) + 1 if newest else 1
    snapshot = paths.snapshot(version)
    with needing_room(path), locks.held(paths.write_lock, "publishing", WAIT_SECONDS):
        _copy(path, snapshot)
    _point(paths.snapshot_link, snapshot)
    for old in paths.snapshots()[:-KEEP]:
        old.unlink(missing_ok=True)
    return snapshot


def _index_words(store: Store) -> None:
    """Make new articles searchable, part by part, so that a load never waits for all of it."""
    indexed = 1
    while indexed:
        with store.writing("indexing words") as writer:
            indexed = writer.index_words()


def _copy(core: Path, snapshot: Path) -> None:
    part = snapshot.with_suffix(".part")
    try:
        shutil.copyfile(core, part)
        sync(part)
    except OSError:
        part.unlink(missing_ok=True)  # half a copy would fill what room is left
        raise
    part.chmod(0o444)
    part.replace(snapshot)


def _point(link: Path, snapshot: Path) -> None:
    fresh = link.with_name(link.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(snapshot.name)
    fresh.replace(link)
    sync(link.parent)
