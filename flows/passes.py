"""Going over what is stored: chunks read ahead, their articles worked on by all cores, in order."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Generic, TypeVar

import duckdb

from flows.errors import WorkerError
from flows.loader import finished
from flows.model import Place
from flows.progress import Watcher
from flows.reading import SECONDS
from flows.runs import Setup
from flows.workers import Workers
from warehouse import stored
from warehouse.store import Writer
from warehouse.stored import Chunk

AHEAD = 2  # chunks in memory: one that is worked on, one that is read or loaded meanwhile
NOTE = 5.0  # seconds of work that a kill may cost where nothing changed

G = TypeVar("G")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Broken(Generic[G]):
    """What killed its worker; it stays as it was."""

    given: G
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A stored article that a stage could not do again; it stays as it was."""

    article_id: str
    url: str
    reason: str

    def document(self) -> dict[str, str]:
        """Give it as `--json` prints it."""
        return asdict(self)


Progress = Mapping[str, object]
Put = Callable[[Writer, str, Progress], None]


@dataclass(slots=True)
class Bench:
    """What a stage works with, and how far it is.

    Args:
        setup: the warehouse, the sources, the vocabulary.
        workers: the processes.
        watcher: told how far it is.
        stage: its name.
        since: the first day (UTC+4) it goes over; all if None.
        after: the last article an earlier run had done.
        run_id: the run; None if nothing is to be loaded.
        progress: gives what is to be noted of the run.
    """

    setup: Setup
    workers: Workers
    watcher: Watcher
    stage: str
    since: date | None
    after: Place | None
    run_id: str | None
    progress: Callable[[Place], Progress]
    noted_at: float = 0.0

    def chunks(self, connection: duckdb.DuckDBPyConnection, size: int) -> tuple[Chunk, ...]:
        """List what the stage goes over."""
        found = stored.chunks(connection, size, self.since, self.after)
        self.watcher.found(self.stage, sum(chunk.count for chunk in found))
        return found

    async def load(self, chunk: Chunk, put: Put | None) -> None:
        """Load what changed in a chunk, and note that it is done; an interruption waits for it.

        Args:
            chunk: all its articles were worked on.
            put: loads; None where nothing changed.
        """
        self.watcher.done(self.stage, chunk.count)
        put = put or self._note()
        if self.run_id is not None and put is not None:
            await finished(asyncio.to_thread(self._put, self.run_id, put, chunk.last))
            self.noted_at = time.monotonic()

    def _note(self) -> Put | None:
        return Writer.note_progress if time.monotonic() - self.noted_at > NOTE else None

    def _put(self, run_id: str, put: Put, last: Place) -> None:
        with self.setup.store.writing() as writer:
            put(writer, run_id, self.progress(last))


@dataclass(frozen=True, slots=True)
class Slices(Generic[G, R]):
    """What a worker does with some articles at once, and with how many."""

    task: Callable[[Sequence[G]], Sequence[R]]
    size: int


async def over(
    chunks: Iterable[Chunk],
    read: Callable[[Chunk], Sequence[G]],
    work: Slices[G, R],
    workers: Workers,
) -> AsyncIterator[tuple[Chunk, list[R | Broken[G]]]]:
    """Give each chunk with what became of its articles, in order; memory stays flat.

    Args:
        chunks: of stored articles.
        read: gives what the workers need of a chunk; called in a thread, one call at a time.
        work: what they do with it.
        workers: the processes.
    """
    reading = asyncio.Lock()

    async def worked(chunk: Chunk) -> list[R | Broken[G]]:
        async with reading:
            given = await asyncio.to_thread(read, chunk)
        parts = (given[at : at + work.size] for at in range(0, len(given), work.size))
        done = await asyncio.gather(*(_done(workers, work.task, part) for part in parts))
        return [result for part in done for result in part]

    waiting: deque[tuple[Chunk, asyncio.Task[list[R | Broken[G]]]]] = deque()
    try:
        for chunk in chunks:
            waiting.append((chunk, asyncio.create_task(worked(chunk))))
            if len(waiting) >= AHEAD:
                first, task = waiting.popleft()
                yield first, await task
        while waiting:
            first, task = waiting.popleft()
            yield first, await task
    finally:
        for _, task in waiting:
            task.cancel()
        await asyncio.gather(*(task for _, task in waiting), return_exceptions=True)


async def _done(
    workers: Workers, task: Callable[[Sequence[G]], Sequence[R]], given: Sequence[G]
) -> Sequence[R | Broken[G]]:
    try:
        return await workers.run(SECONDS + len(given), task, given)
    except WorkerError as error:
        if len(given) == 1:
            return [Broken(given[0], str(error))]
    # one article broke its worker: find it, and keep the others
    return [one for each in given for one in await _done(workers, task, [each])]
