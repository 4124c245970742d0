"""`araxes …`: the command line.

Commands live in `flows.commands`, one module per group, and are imported only when
run; Prefect is imported only by a command that runs a flow on a server.
"""

import json
import os
import platform
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.metadata import version

import click
from typing_extensions import override

from flows.commands.options import with_global_options
from flows.errors import AraxesError, ConfigError, UsageError
from flows.settings import Settings

COMMANDS = {
    "demo": ("demoing", "The whole pipeline on a built-in fictional newsroom, offline."),
    "ingest": ("running", "Poll the feeds that are due, load what is new, publish."),
    "reprocess": ("reprocess_cli", "Extract, deduplicate, tag again what is stored."),
    "backfill": ("backfill_cli", "Older articles, by a source's sitemaps or from WARC files."),
    "publish": ("running", "Rebuild marts and the read snapshot."),
    "sources": ("sources_cli", "The source list: list, check, discover, import, export."),
    "corpus": ("corpus_cli", "The seed corpus: add, list, match."),
    "explain": ("explain_cli", "Every decision on one article, with evidence; --jsonl in bulk."),
    "import": ("import_cli", "Documents you already have, as JSON Lines."),
    "status": ("asking", "Runs, feed health, gaps, ledger sums."),
    "query": ("asking", "Read-only SQL on the snapshot."),
    "trends": ("asking", "Attention to topics, actors or names over time."),
    "cite": ("asking", "Replay a trend's receipt: does the number still stand?"),
    "alerts": ("alerts_cli", "Rules that watch topics, actors, names, feeds: list, run, backtest."),
    "digest": ("digest_cli", "A day or a week in sentences that cite their articles."),
    "export": ("asking", "The marts and articles as files."),
    "dashboard": ("running", "The dashboard on the read snapshot."),
    "forget": ("keeping_cli", "Remove an article, or a source's, everywhere and for good."),
    "backup": ("keeping_cli", "A copy of the warehouse, read back and proven."),
    "restore": ("keeping_cli", "Put a backup in the place of the warehouse."),
    "serve": ("serving_cli", "Ingest at an interval, without a Prefect server to run."),
    "doctor": ("doctor_cli", "Check this installation, with remedies."),
}
# what a bug report needs: these decide what an article becomes
VERSIONS = ("duckdb", "trafilatura", "httpx", "feedparser", "langdetect", "prefect")
PYTHON_NAMES = {
    "import": "import_documents",
    "backup": "make_backup",
    "restore": "restore_backup",
}


class LazyCommands(click.Group):
    """A group whose commands are imported when they are run."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = getattr(
            import_module(f"flows.commands.{module}"), PYTHON_NAMES.get(cmd_name, cmd_name)
        )
        assert isinstance(command, click.Command)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _show_versions(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it so
    del parameter
    if value and not ctx.resilient_parsing:
        others = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
        click.echo(f"araxes {version('araxes')} (Python {platform.python_version()}, {others})")
        ctx.exit()


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: araxes demo",
)
@with_global_options
@click.option("--version", is_flag=True, callback=_show_versions, expose_value=False, is_eager=True)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Media monitoring for South Caucasus security: feeds in, trend queries out."""
    assert isinstance(ctx.obj, Settings)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with a code that scripts can trust (see docs/scheduling.md).

    With `--json`, a command that fails prints `{"error": …, "remedy": …}` as its document.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    code = 0
    with _read_as_far_as_wanted():
        code = _exit_code(given)
    sys.exit(code)


def _exit_code(given: Sequence[str]) -> int:
    """Run a command; where it fails, say why, and give the code that tells how."""
    try:
        code = cli.main(args=given, standalone_mode=False)
    except click.ClickException as error:
        with _read_as_far_as_wanted():
            error.show()
        return _document(given, error.format_message(), "", 2)
    except (ConfigError, UsageError) as error:
        return _told(given, error, 2)
    except AraxesError as error:
        return _told(given, error, 1)
    except (KeyboardInterrupt, click.Abort):
        with _read_as_far_as_wanted():
            click.echo("araxes: interrupted; the next run picks up what is left", err=True)
        return _document(given, "interrupted", "the next run picks up what is left", 130)
    return code if isinstance(code, int) else 0


def _told(arguments: Sequence[str], error: AraxesError, code: int) -> int:
    with _read_as_far_as_wanted():
        click.echo(f"araxes: {error}", err=True)
        if error.remedy:
            click.echo(f"  remedy: {error.remedy}", err=True)
    return _document(arguments, str(error), error.remedy, code)


def _document(arguments: Sequence[str], error: str, remedy: str, code: int) -> int:
    """Print a failure as the one JSON document that was asked for, and give the exit code."""
    if "--json" in arguments:
        with _read_as_far_as_wanted():
            click.echo(json.dumps({"error": error, "remedy": remedy}, ensure_ascii=False))
    return code


@contextmanager
def _read_as_far_as_wanted() -> Iterator[None]:
    """Print while inside; `araxes status | head -1` has what it wanted, and nothing failed.

    Click and Rich end the program with 1 once a pipe has no reader; Rich closes it, too.
    """
    try:
        yield
    except (BrokenPipeError, SystemExit) as ended:
        rich = isinstance(ended.__context__, BrokenPipeError)
        left = [standard for standard in (1, 2) if _has_no_reader(standard)]
        if not (rich or left):
            raise
        # Python would try once more, at its end, to print what nobody reads
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for standard in left:
            os.dup2(nowhere, standard)


def _has_no_reader(standard: int) -> bool:
    asked = select.poll()
    asked.register(standard, 0)
    return any(found & (select.POLLERR | select.POLLHUP) for _, found in asked.poll(0))


class _WithoutPandas(MetaPathFinder):
    """Says that pandas is not installed: DuckDB and PyArrow import it at once if they can.

    It comes with Streamlit, no command needs it, and it would cost each one two seconds.
    """

    @override
    def find_spec(self, fullname: str, path: object, target: object = None, /) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def run() -> None:
    """Be the program `araxes`."""
    sys.meta_path.insert(0, _WithoutPandas())
    main()


if __name__ == "__main__":
    run()
