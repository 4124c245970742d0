"""The read snapshot: an immutable copy of the core behind a symlink.

A file replaced under its own name would hand long-lived readers old data (DuckDB caches
instances by path), so each snapshot has its own name and only the symlink moves.
"""

import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from flows.errors import WarehouseError
from warehouse import lakehouse, locks, migrate, retention
from warehouse.disk import needing_room
from warehouse.paths import Paths, sync
from warehouse.store import WAIT_SECONDS, Store, connect

WHILE = 0.5  # seconds of what was put off that are done before others may write
HEADERS = 12_288  # bytes at the start of a DuckDB file; a checkpoint writes them last

State = tuple[int, int, bytes]
T = TypeVar("T")


def publish(path: Path) -> Path:
    """Copy the core to a new snapshot, point the symlink at it, and give its path.

    Args:
        path: the core file.

    Raises:
        Locked: another process wrote, or published, for ten minutes.
        WarehouseError: there is nothing to publish yet.
        DiskFull: there is no room for another copy; the snapshots that are there stay.
    """
    paths = Paths(path)
    if not paths.has_core:
        raise WarehouseError(f"{path} does not exist: run `araxes ingest` first")
    with locks.held(paths.publish_lock, "publishing", WAIT_SECONDS):
        newest = paths.newest_snapshot()
        version = int(newest.name.split(".")[-2]) + 1 if newest else 1
        snapshot = paths.snapshot(version)
        _copy(Store(path), snapshot)
        _point(paths.snapshot_link, snapshot)
        for old in paths.snapshots()[: -retention.snapshots()]:
            old.unlink(missing_ok=True)
    return snapshot


def _copy(store: Store, snapshot: Path) -> None:
    """Copy the core to a file that appears whole, or not at all."""
    part = snapshot.with_suffix(".part")
    part.unlink(missing_ok=True)
    lake = lakehouse.of(store.paths)
    try:
        if lake:
            _copy_lake(store, lake, part)
        else:
            _copy_file(store, part)
        with needing_room(snapshot):
            sync(part)
        part.chmod(0o444)
        part.replace(snapshot)
    finally:
        part.unlink(missing_ok=True)  # half a copy would fill what room is left


def _copy_file(store: Store, part: Path) -> None:
    """Copy the core while others may write; if one did, once more while none may."""
    before = _at_rest(store, partial(_state, store.path))
    with needing_room(part):
        shutil.copyfile(store.path, part)
    with store.held("publishing"):
        changed = _state(store.path) != before
    if changed:
        with store.at_rest("publishing"):
            shutil.copyfile(store.path, part)


def _copy_lake(store: Store, lake: lakehouse.Lake, part: Path) -> None:
    """Fill a core file with what the lake held at one moment; others may load meanwhile."""
    moment = _at_rest(store, lake.moment)
    with needing_room(part):
        with closing(connect(part)) as empty:
            migrate.migrate(empty, migrate.pending(empty, part))
        with closing(lake.connect(moment)) as connection:
            lakehouse.copy(connection, part)


def _at_rest(store: Store, mark: Callable[[], T]) -> T:
    """Do what loads put off, a while at a time so that others may write; then mark the moment."""
    while True:
        with store.at_rest("publishing", WHILE) as nothing_left:
            if nothing_left:
                return mark()


def _state(core: Path) -> State:
    """Give what differs whenever the core was written to."""
    about = core.stat()
    with core.open("rb") as file:
        return about.st_size, about.st_mtime_ns, file.read(HEADERS)


def _point(link: Path, snapshot: Path) -> None:
    fresh = link.with_name(link.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(snapshot.name)
    fresh.replace(link)
    sync(link.parent)
