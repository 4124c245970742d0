"""The files of a warehouse, all beside its core `X.duckdb`."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the files of the warehouse with this core are."""

    core: Path

    @property
    def lake(self) -> Path:
        """Says where the core is when it is no file of ours; see `warehouse.lakehouse`."""
        return self._beside(".lake.toml")

    @property
    def has_core(self) -> bool:
        """Whether there is a core: a file, or one on DuckLake."""
        return self.core.exists() or self.lake.exists()

    @property
    def staging(self) -> Path:
        """The folder of staged batches."""
        return self._beside(".staging")

    @property
    def archive(self) -> Path:
        """The folder of WARC files: what was fetched, as it came."""
        return self._beside(".warc")

    @property
    def write_lock(self) -> Path:
        """Held while the core is open."""
        return self._beside(".duckdb.lock")

    @property
    def publish_lock(self) -> Path:
        """Held while a snapshot is made."""
        return self._beside(".publish.lock")

    @property
    def run_lock(self) -> Path:
        """Held while a run is under way."""
        return self._beside(".run.lock")

    @property
    def alerts_lock(self) -> Path:
        """Held while alerts are looked for and told."""
        return self._beside(".alerts.lock")

    @property
    def snapshot_link(self) -> Path:
        """The symlink that readers open."""
        return self._beside(".read.duckdb")

    def snapshot(self, version: int) -> Path:
        """Give the path of a numbered snapshot."""
        return self._beside(f".read.{version:08d}.duckdb")

    def snapshots(self) -> tuple[Path, ...]:
        """Give the snapshots there are, oldest first."""
        found = self.core.parent.glob(f"{self.core.stem}.read.[0-9]*.duckdb")
        return tuple(sorted(path for path in found if not path.is_symlink()))

    def newest_snapshot(self) -> Path | None:
        """Give the newest snapshot, if there is one."""
        return self.snapshots()[-1] if self.snapshots() else None

    def copy_before_migration(self, version: int) -> Path:
        """Copy the core aside before it is migrated, and give where."""
        copy = self._beside(f".before-{version:04d}.duckdb")
        part = copy.with_suffix(".part")
        shutil.copyfile(self.core, part)
        sync(part)
        return part.replace(copy)

    def copies_aside(self) -> tuple[Path, ...]:
        """Give the copies put aside before a migration or a restore."""
        return tuple(sorted(self.core.parent.glob(f"{self.core.stem}.before-*.duckdb")))

    def set_core_aside(self, stamp: str) -> Path | None:
        """Move the core out of the way of a restored one, and give where; None without one."""
        aside = self._beside(f".before-restore-{stamp}.duckdb")
        return self.core.replace(aside) if self.core.exists() else None

    def remove(self) -> None:
        """Remove the warehouse: core, snapshots, staged batches and locks."""
        for path in self.core.parent.glob(f"{self.core.stem}.*"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _beside(self, suffix: str) -> Path:
        return self.core.with_name(self.core.stem + suffix)


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
