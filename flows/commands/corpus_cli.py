"""`araxes corpus`: the seed corpus, as fingerprints."""

from pathlib import Path

import click

from flows.commands import corpus as documents
from flows.commands.options import pass_settings, with_global_options
from flows.commands.output import emit, say, show_table
from flows.commands.running import now, run_to_the_end
from flows.settings import Settings

FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the fingerprints are  [warehouse/seed_corpus]",
)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@with_global_options
def corpus() -> None:
    """The seed corpus: documents that new articles are compared with."""


def folder_or_default(folder: Path | None) -> Path:
    """Give the folder named, or the project's own."""
    from flows.setup import SEED_CORPUS

    return folder or SEED_CORPUS


@corpus.command(epilog="Example: araxes corpus add paper.txt report.html")
@click.argument("paths", type=FILE, nargs=-1, required=True)
@FOLDER
@pass_settings
def add(settings: Settings, paths: tuple[Path, ...], folder: Path | None) -> None:
    """Fingerprint text, HTML or Markdown files; their text is not kept."""
    added = documents.add(paths, folder_or_default(folder), now())
    repeats = rematch(settings, folder_or_default(folder))
    if settings.json:
        seeds = [{"seed_id": seed.seed_id, "title": seed.title} for seed in added]
        emit({"seeds": seeds, "stored_repeats": repeats})
        return
    for seed in added:
        say(settings, f"{seed.seed_id}  {seed.language}  {seed.word_count:>6} words  {seed.title}")
    if repeats is not None:
        say(
            settings,
            f"Stored articles that repeat a seed of the corpus, or a passage of one: {repeats}",
        )


def rematch(settings: Settings, folder: Path) -> int | None:
    """Compare what is stored with the seeds that came or went; give how many articles repeat one.

    Runs read the project's own corpus: another folder is compared with no warehouse. None then,
    and where there is no warehouse yet.
    """
    from flows.dedup.corpus import load
    from flows.progress import watching
    from flows.reseeding import carry_out
    from flows.setup import SEED_CORPUS
    from warehouse.store import Store

    if folder != SEED_CORPUS or not settings.db.exists():
        return None
    with watching(wanted=settings.verbosity >= 0) as watcher:
        return run_to_the_end(carry_out(Store(settings.db), load(folder), watcher))


@corpus.command("list", epilog="Example: araxes corpus list")
@FOLDER
@pass_settings
def list_seeds(settings: Settings, folder: Path | None) -> None:
    """List the seed documents."""
    from flows.dedup.corpus import load

    seeds = load(folder_or_default(folder))
    keys = ("seed_id", "title", "language", "word_count", "added_at")
    rows = [(s.seed_id, s.title, s.language, s.word_count, s.added_at) for s in seeds]
    if settings.json:
        emit({"seeds": [dict(zip(keys, row, strict=True)) for row in rows]})
    else:
        show_table("Seed corpus", ("id", "title", "language", "words", "added"), rows)


@corpus.command(epilog="Example: araxes corpus match article.txt")
@click.argument("file", type=FILE)
@FOLDER
@pass_settings
def match(settings: Settings, file: Path, folder: Path | None) -> None:
    """Say which seed a text repeats, and how much of it."""
    hits = documents.match(file, folder_or_default(folder))
    keys = ("seed_id", "title", "whole", "similarity", "containment", "passage", "sentences")
    rows = [
        (h.seed.seed_id, h.seed.title, h.whole, h.similarity, h.containment, h.passage, h.sentences)
        for h in hits
    ]
    if settings.json:
        emit({"matches": [dict(zip(keys, row, strict=True)) for row in rows]})
    elif hits:
        for hit in hits:
            say(settings, f"{hit.seed.title} ({hit.seed.seed_id}): {hit.method}")
    else:
        say(settings, "No seed document is repeated.")
