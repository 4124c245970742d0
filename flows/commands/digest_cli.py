"""`araxes digest`: a day or a week in sentences that cite their articles."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from flows import jsontext
from flows.commands.asking import DAY
from flows.commands.options import pass_settings
from flows.commands.output import refuse_both, say, writing
from flows.settings import Settings


@click.command(epilog="Example: araxes digest --period week --format html --out week.html")
@click.option("--period", type=click.Choice(["day", "week"]), default="day", show_default=True)
@click.option("--until", type=DAY, help="Its last day  [the last with articles]")
@click.option("--format", "form", type=click.Choice(["md", "html"]), help="[md]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@pass_settings
def digest(
    settings: Settings, period: str, until: datetime | None, form: str | None, out: Path | None
) -> None:
    """Write a brief: what bursts, moved and is new, where sides part, what was not seen."""
    from flows.digest.brief import brief
    from flows.digest.pages import FORMS
    from warehouse import alerts, reader

    refuse_both(settings, form)
    with reader.reading(settings.db) as connection:
        alerts.require(connection)
        found = brief(connection, period, until.date() if until else None)
    text = jsontext.text(found.document()) + "\n" if settings.json else FORMS[form or "md"](found)
    if out is None:
        click.echo(text, nl=False)
        return
    with writing(out):
        out.write_text(text, encoding="utf-8")
    say(replace(settings, json=False), f"{found.title}: {out}")
