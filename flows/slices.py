"""Going over what is stored: chunks read ahead, their articles worked on by all cores, in order."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flows.errors import WorkerError
from flows.reading import SECONDS
from flows.workers import Pool
from warehouse.stored import Chunk

AHEAD = 2  # chunks in memory: one that is worked on, one that is read or loaded meanwhile

G = TypeVar("G")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Broken(Generic[G]):
    """What killed its worker; it stays as it was."""

    given: G
    reason: str


@dataclass(frozen=True, slots=True)
class Slices(Generic[G, R]):
    """What a worker does with some articles at once, and with how many."""

    task: Callable[[Sequence[G]], Sequence[R]]
    size: int


async def over(
    chunks: Iterable[Chunk],
    read: Callable[[Chunk], Sequence[G]],
    work: Slices[G, R],
    workers: Pool,
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
    workers: Pool, task: Callable[[Sequence[G]], Sequence[R]], given: Sequence[G]
) -> Sequence[R | Broken[G]]:
    try:
        return await workers.run(SECONDS + len(given), task, given)
    except WorkerError as error:
        if len(given) == 1:
            return [Broken(given[0], str(error))]
    # one article broke its worker: find it, and keep the others
    return [one for each in given for one in await _done(workers, task, [each])]
