"""Commands that keep the warehouse: forget, backup, restore."""

import sys
from dataclasses import asdict
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

import click

from flows.commands.options import pass_settings
from flows.commands.output import emit, say
from flows.commands.running import now
from flows.errors import UsageError
from flows.settings import Settings

FOLDER = click.Path(path_type=Path, file_okay=False)


def backups_of(db: Path) -> Path:
    """Give the folder of backups: what ARAXES_BACKUPS says, or `backups` beside the warehouse."""
    import os

    return Path(os.environ.get("ARAXES_BACKUPS") or db.parent / "backups")


@click.command(epilog="Example: araxes forget https://example.org/2026/03/story --reason 'GDPR 17'")
@click.argument("target", metavar="[URL|ARTICLE_ID]", required=False)
@click.option("--source", "source_id", metavar="ID", help="All articles and entries of a source.")
@click.option("--reason", default="asked for", show_default=True, help="Kept in the tombstone.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
@pass_settings
def forget(
    settings: Settings, target: str | None, source_id: str | None, reason: str, *, yes: bool
) -> None:
    """Remove an article, or a source's, everywhere and for good; leave a tombstone.

    Gone are its rows, its pages in the archive, its words in staged batches and older
    snapshots; a restored backup leaves it out. It is never loaded again. For a source, take
    it out of sources.toml too.
    """
    from flows import forgetting
    from warehouse import backup
    from warehouse.store import Store

    if (target is None) == (source_id is None):
        raise UsageError("say either a URL (or article id) or --source ID")
    if sys.stdin.isatty() and not yes:
        click.confirm(f"Forget {target or source_id} for good?", abort=True, err=True)
    store = Store(settings.db)
    done = forgetting.forget(store, forgetting.Request(target, source_id, reason), now())
    if (kept := backups_of(settings.db)).is_dir():
        backup.remember(kept, forgetting.tombstones(store))
    if settings.json:
        emit(asdict(done))
        return
    say(
        settings,
        f"Forgot {done.articles} articles ({done.entries} addresses will be refused), "
        f"{done.archive_records} archived documents, {done.old_copies} old copies of the file.",
    )


@click.command("backup", epilog="Example: araxes backup --out /mnt/backups --keep 14")
@click.option("--out", type=FOLDER, help="Folder of backups  [warehouse/backups; ARAXES_BACKUPS]")
@click.option("--keep", type=click.IntRange(min=1), help="Remove older ones but so many.")
@pass_settings
def make_backup(settings: Settings, out: Path | None, keep: int | None) -> None:
    """Copy the warehouse into a new folder, and read the copy back to prove it."""
    from flows import forgetting
    from warehouse import backup
    from warehouse.store import Store

    store, into = Store(settings.db), out or backups_of(settings.db)
    made = backup.take(store, into, now().astimezone(UTC), version("araxes"))
    backup.remember(into, forgetting.tombstones(store))
    expired = backup.expire(into, settings.db.stem, keep) if keep else ()
    if settings.json:
        emit({"backup": str(made.folder), "manifest": asdict(made.manifest),
              "expired": [str(folder) for folder in expired]})  # fmt: skip
        return
    articles = made.manifest.rows.get("articles", 0)
    size = made.manifest.bytes / 1e6
    say(settings, f"{made.folder}: {articles:,} articles, {size:,.1f} MB, read back and whole")


@click.command("restore", epilog="Example: araxes restore warehouse/backups/araxes-20261122T1015Z")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Put a warehouse that is there aside.")
@click.option("--without-later", is_flag=True, help="Leave out what was loaded after the backup.")
@pass_settings
def restore_backup(settings: Settings, folder: Path, *, force: bool, without_later: bool) -> None:
    """Put a backup in the place of the warehouse; what was forgotten stays forgotten.

    Batches loaded after the backup was taken are loaded again from the staging folder, if
    it is there. A warehouse that is in the way is moved aside, never removed.
    """
    from flows import forgetting
    from warehouse import backup
    from warehouse.store import Store

    if settings.db.exists() and not force:
        raise UsageError(f"{settings.db} exists; --force puts it aside and restores in its place")
    store = Store(settings.db)
    stamp = f"{now():%Y%m%dT%H%M%SZ}"
    done = forgetting.restore(store, backup.verify(folder), stamp, later=not without_later)
    if settings.json:
        emit({"aside": done.aside and str(done.aside), "replayed": done.replayed,
              "forgotten": len(done.forgotten)})  # fmt: skip
        return
    say(settings, f"Restored {folder} to {settings.db}; {done.replayed} later batches loaded again")
    if done.aside:
        say(settings, f"The warehouse that was there is now {done.aside}")
