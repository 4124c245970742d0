"""How far a run is, for whoever watches: a terminal, a Prefect server, nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from typing_extensions import override


class Watcher(Protocol):
    """Told when work of a stage is found, and when some of it is done."""

    def found(self, stage: str, count: int) -> None:
        """There is more to do in a stage."""

    def done(self, stage: str, count: int = 1) -> None:
        """Some of a stage is done."""


class Silent(Watcher):
    """For runs that nobody watches."""

    @override
    def found(self, stage: str, count: int) -> None:
        pass

    @override
    def done(self, stage: str, count: int = 1) -> None:
        pass


class Bars(Watcher):
    """A progress bar per stage on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    @override
    def found(self, stage: str, count: int) -> None:
        bar = self._bar(stage)
        total = self._progress.tasks[bar].total or 0
        self._progress.update(bar, total=total + count)

    @override
    def done(self, stage: str, count: int = 1) -> None:
        self._progress.advance(self._bar(stage), count)

    def _bar(self, stage: str) -> TaskID:
        if stage not in self._bars:
            self._bars[stage] = self._progress.add_task(stage, total=0)
        return self._bars[stage]


@contextmanager
def watching(*, wanted: bool) -> Iterator[Watcher]:
    """Give bars on standard error when it is a terminal and they are wanted, else silence."""
    console = Console(stderr=True)
    if not wanted or not console.is_terminal:
        yield Silent()
        return
    columns = (TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, *times, console=console) as progress:
        yield Bars(progress)
