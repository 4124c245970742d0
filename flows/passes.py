"""What the stages of a reprocessing share: what they work with, and how far they are."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from flows.loader import finished
from flows.model import Place
from flows.progress import Watcher
from flows.runs import Setup
from flows.workers import Pool
from warehouse import stored
from warehouse.store import Writer
from warehouse.stored import Chunk

NOTE = 5.0  # seconds of work that a kill may cost where nothing changed


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
    workers: Pool
    watcher: Watcher
    stage: str
    since: date | None
    after: Place | None
    run_id: str | None
    progress: Callable[[Place | None], Progress]
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
        if put is not None:
            await self.put(put, chunk.last)

    async def put(self, put: Put, place: Place | None = None) -> None:
        """Load something in one transaction, unless nothing is to be loaded."""
        if self.run_id is not None:
            await finished(asyncio.to_thread(self._put, self.run_id, put, place))
            self.noted_at = time.monotonic()

    def _note(self) -> Put | None:
        return Writer.note_progress if time.monotonic() - self.noted_at > NOTE else None

    def _put(self, run_id: str, put: Put, last: Place | None) -> None:
        with self.setup.store.writing() as writer:
            put(writer, run_id, self.progress(last))
