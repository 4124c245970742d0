"""`araxes sources`: what is watched."""

from dataclasses import asdict
from pathlib import Path

import click

from flows.commands import sources as listing
from flows.commands.options import pass_settings, with_global_options
from flows.commands.output import emit, say, show_table
from flows.settings import Settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
@with_global_options
def sources() -> None:
    """The source list: which outlets and feeds are watched."""


@sources.command("list", epilog="Example: araxes sources list --json")
@pass_settings
def list_sources(settings: Settings) -> None:
    """List the outlets, with country, owner and languages."""
    from flows import config

    rows = listing.rows(config.load(settings.sources))
    if settings.json:
        emit({"sources": [asdict(row) for row in rows]})
        return
    cells = [
        (r.source_id, r.name, r.country, r.ownership, r.perspective, " ".join(r.languages), r.feeds)
        for r in rows
    ]
    columns = ("id", "name", "country", "ownership", "perspective", "languages", "feeds")
    show_table(f"{len(rows)} sources in {settings.sources}", columns, cells)


@sources.command(epilog="Example: araxes sources discover https://civil.ge/")
@click.argument("url")
@click.option(
    "--allow-network", "networks", multiple=True, metavar="CIDR", help="A private network to enter."
)
@pass_settings
def discover(settings: Settings, url: str, networks: tuple[str, ...]) -> int:
    """Find the feeds of a site, and print them ready to paste."""
    from flows.commands.sources_live import discover_site

    return discover_site(settings, url, networks)


@sources.command(epilog="Example: araxes sources check --live")
@click.option("--live", is_flag=True, help="Ask every active feed once.")
@pass_settings
def check(settings: Settings, *, live: bool) -> int:
    """Say everything that is wrong in the source list, and what is worth knowing."""
    if live:
        from flows.commands.sources_live import check_live

        return check_live(settings)
    review = listing.review(settings.sources)
    if settings.json:
        emit(
            {
                **asdict(review),
                "problems": [str(problem) for problem in review.problems],
                "by_perspective": dict(review.by_perspective),
                "by_language": dict(review.by_language),
            }
        )
    else:
        show_review(settings, review)
    return 2 if review.problems else 0


def show_review(settings: Settings, review: listing.Review) -> None:
    """Show a review: problems first, then remarks, then the sums."""
    for problem in review.problems:
        click.echo(str(problem), err=True)
    for remark in review.remarks:
        say(settings, f"{remark.source_id or 'the whole list'}: {remark.message}")
    if review.problems:
        click.echo(f"{len(review.problems)} problems in {settings.sources}", err=True)
        return
    counts = [
        ", ".join(f"{name} {n}" for name, n in group)
        for group in (review.by_perspective, review.by_language)
    ]
    say(settings, f"{review.sources} sources, {review.feeds} feeds polled, {review.asleep} asleep")
    say(settings, f"by perspective: {counts[0]}\nby language: {counts[1]}")


@sources.command("import", epilog="Example: araxes sources import feeds.opml >> sources.toml")
@click.argument("file", type=FILE)
@pass_settings
def import_opml(settings: Settings, file: Path) -> None:
    """Turn an OPML file into TOML to paste, without the feeds watched already."""
    from flows import config

    watched = config.load(settings.sources) if settings.sources.exists() else ()
    toml = listing.import_opml(file, watched)
    if settings.json:
        emit({"toml": toml})
    else:
        click.echo(toml, nl=False)


@sources.command(epilog="Example: araxes sources export > feeds.opml")
@pass_settings
def export(settings: Settings) -> None:
    """Write the active feeds as OPML, for feed readers."""
    from flows import config, opml

    document = opml.to_opml(config.load(settings.sources))
    if settings.json:
        emit({"opml": document})
    else:
        click.echo(document, nl=False)
