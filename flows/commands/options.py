"""The global options of `araxes`, which work before or after the command."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from flows.settings import Settings

WAREHOUSE = "warehouse/araxes.duckdb; ARAXES_DB"
F = TypeVar("F", bound=Callable[..., Any])


def _into_settings(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings.from_environment()
    name = "verbosity" if parameter.name == "quiet" else str(parameter.name)
    if value is not None:
        settings = replace(settings, **{name: value})
        settings = replace(settings, db_given=settings.db_given or name == "db")
    ctx.obj = settings


def _global(*names: str, **how: Any) -> Callable[[F], F]:
    return click.option(*names, default=None, expose_value=False, callback=_into_settings, **how)


def with_global_options(command: F, warehouse: str = WAREHOUSE) -> F:
    """Give a command the global options; their values end in the `Settings` it is passed.

    Args:
        command: what is decorated.
        warehouse: which one it works on where none is named, as its help says.
    """
    path = click.Path(path_type=Path)
    options = (
        _global("--db", type=path, help=f"The warehouse  [{warehouse}]"),
        _global("--sources", type=path, help="The source list  [sources.toml; ARAXES_SOURCES]"),
        _global("--json", is_flag=True, help="One JSON document on standard output."),
        _global("-v", "--verbose", "verbosity", flag_value=1, type=int, help="Say more."),
        _global("-q", "--quiet", "quiet", flag_value=-1, type=int, help="Say less."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def pass_settings(command: F, warehouse: str = WAREHOUSE) -> F:
    """Give a command the global options and, as its first argument, their `Settings`."""
    return with_global_options(cast("F", click.pass_obj(command)), warehouse)
