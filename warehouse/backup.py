"""Backups: a checkpointed copy of the core with a manifest, read back before it counts.

    <folder>/araxes-20261122T101500Z/
      core.duckdb       a DuckDB file as it is; the plain `duckdb` CLI opens it
      manifest.json     when, which schema, how many rows of each table, and the SHA-256

What was loaded after a backup is still in the staged batches beside the core: a restore
loads them again, the tombstones of forgotten articles among them.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

import duckdb

from flows.errors import Corrupt, WarehouseError
from warehouse import locks, migrate
from warehouse.loading import Connection
from warehouse.paths import Paths, sync
from warehouse.rows import Tombstone
from warehouse.staging import Staging
from warehouse.store import CHECKS, WAIT_SECONDS, Store

CORE = "core.duckdb"
MANIFEST = "manifest.json"
TOMBSTONES = "forgotten.jsonl"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `rows` counts each table."""

    taken_at: str
    code_version: str
    schema: int
    sha256: str
    bytes: int
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read back and found whole."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the core that was there went, batches replayed, tombstones."""

    aside: Path | None
    replayed: int
    forgotten: frozenset[str]


def take(store: Store, into: Path, now: datetime, code_version: str) -> Backup:
    """Copy the core into a new folder, read the copy back, and give it.

    Args:
        store: the warehouse; its writers wait while the file is copied.
        into: the folder of backups.
        now: names the backup.
        code_version: kept in its manifest.

    Raises:
        Locked: a writer held the core for ten minutes.
        WarehouseError: there is nothing to back up, or the copy differs from the core.
    """
    _refuse_lake(store.paths)
    if not store.path.exists():
        raise WarehouseError(f"{store.path} does not exist: there is nothing to back up")
    folder = into / f"{store.path.stem}-{now:%Y%m%dT%H%M%SZ}"
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with store.writing("a backup"):
        pass  # what an earlier process staged is loaded, and the file checkpointed
    with locks.held(store.paths.write_lock, "a backup", WAIT_SECONDS):
        digest = _sha256(store.path)
        shutil.copyfile(store.path, part / CORE)
    sync(part / CORE)
    schema, rows = _contents(part / CORE)
    manifest = Manifest(
        now.isoformat(), code_version, schema, digest, (part / CORE).stat().st_size, rows
    )
    (part / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    sync(part / MANIFEST)
    verify(part)
    part.rename(folder)
    sync(into)
    return Backup(folder, manifest)


def verify(folder: Path) -> Backup:
    """Read a backup back, and give it if it is whole.

    Raises:
        WarehouseError: it is no backup, or not what its manifest says.
    """
    manifest = _manifest(folder)
    core = folder / CORE
    if not core.is_file() or _sha256(core) != manifest.sha256:
        raise WarehouseError(f"{core} is not the file that {MANIFEST} describes: do not use it")
    schema, rows = _contents(core)
    if (schema, rows) != (manifest.schema, dict(manifest.rows)):
        raise WarehouseError(f"{core} holds other rows than {MANIFEST} says: do not use it")
    return Backup(folder, manifest)


def restore(store: Store, backup: Backup, stamp: str, *, later: bool = True) -> Restored:
    """Put a verified backup in the place of the core, which is moved aside, never removed.

    Args:
        store: the warehouse.
        backup: what `verify` gave.
        stamp: names the core put aside.
        later: load again what was staged after the backup was taken, so that nothing this
            machine still has is lost; if not, only the tombstones among it.

    Raises:
        NewerSchema: a newer version of Araxes took the backup.
        WarehouseError: a staged batch does not fit.
    """
    _refuse_lake(store.paths)
    core = backup.folder / CORE
    staging = Staging(store.paths.staging)
    with locks.held(store.paths.write_lock, "a restore", WAIT_SECONDS):
        known = _applied(core)
        again = staging.load_again(known, None if later else frozenset(("forget",)))
        aside = _put_in_place(store.paths, core, stamp)
    with store.writing("a restore") as writer:  # which loads them
        forgotten = {stone.url_hash for stone in writer.forgotten()}
        for stone in remembered(backup.folder.parent):
            if stone.url_hash not in forgotten:
                writer.forget(frozenset([stone.url_hash]), stone.forgotten_at, stone.reason)
        stones = frozenset(stone.url_hash for stone in writer.forgotten())
    return Restored(aside, len(again), stones)


def _refuse_lake(paths: Paths) -> None:
    """Leave a core that is not ours to its own tools.

    Raises:
        WarehouseError: the core is on DuckLake.
    """
    if paths.lake.exists():
        error = WarehouseError(f"the core is on DuckLake ({paths.lake}): it is no file to copy")
        error.remedy = "dump its catalogue with pg_dump, then copy its folder of data"
        raise error


def _put_in_place(paths: Paths, core: Path, stamp: str) -> Path | None:
    fresh = paths.core.with_suffix(".restored")
    paths.core.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(core, fresh)
    fresh.chmod(0o644)
    sync(fresh)
    aside = paths.set_core_aside(stamp)
    fresh.replace(paths.core)
    sync(paths.core.parent)
    return aside


def expire(into: Path, stem: str, keep: int) -> tuple[Path, ...]:
    """Remove the oldest backups of a warehouse but `keep`, and give them."""
    old = taken(into, stem)[:-keep]
    for folder in old:
        shutil.rmtree(folder)
    return old


def taken(into: Path, stem: str) -> tuple[Path, ...]:
    """Give the backups of a warehouse, oldest first."""
    found = into.glob(f"{stem}-*Z/{MANIFEST}")
    return tuple(sorted(path.parent for path in found))


def _manifest(folder: Path) -> Manifest:
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise WarehouseError(f"{folder} is no backup: {MANIFEST}: {error}") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _contents(core: Path) -> tuple[int, dict[str, int]]:
    """Open a copy, prove it, and give its schema number and the rows of its tables."""
    try:
        connection = duckdb.connect(str(core), read_only=True)
    except duckdb.Error as error:
        raise Corrupt(core, str(error), None) from None
    try:
        for view in CHECKS["finish"]:
            if connection.execute(f"FROM {view} LIMIT 1").fetchall():
                raise WarehouseError(f"{core}: {view} finds rows that must not be")
        return _schema(connection), _rows(connection)
    finally:
        connection.close()


def _schema(connection: Connection) -> int:
    row = connection.execute("SELECT max(version) FROM schema_migrations").fetchone()
    return int(row[0]) if row else 0


def _rows(connection: Connection) -> dict[str, int]:
    names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
    counts = (
        connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - our tables
        for (name,) in names
    )
    return {name: row[0] for (name,), row in zip(names, counts, strict=True) if row}


def _applied(core: Path) -> frozenset[str]:
    """Give the names of the batches a copy has, if this code knows its schema."""
    connection = duckdb.connect(str(core), read_only=True)
    try:
        migrate.pending(connection, core)
        names = connection.execute("SELECT batch FROM applied_batches").fetchall()
        return frozenset(name for (name,) in names)
    finally:
        connection.close()


def remember(into: Path, stones: Iterable[Tombstone]) -> None:
    """Keep all tombstones beside the backups, so that a restore elsewhere honours them too."""
    lines = [
        json.dumps({**asdict(stone), "forgotten_at": stone.forgotten_at.isoformat()}) + "\n"
        for stone in stones
    ]
    part = into / (TOMBSTONES + ".part")
    part.write_text("".join(lines), encoding="utf-8")
    sync(part)
    part.replace(into / TOMBSTONES)


def remembered(into: Path) -> tuple[Tombstone, ...]:
    """Give the tombstones kept beside backups."""
    path = into / TOMBSTONES
    if not path.exists():
        return ()
    found = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return tuple(
        Tombstone(one["url_hash"], datetime.fromisoformat(one["forgotten_at"]), one["reason"])
        for one in found
    )
