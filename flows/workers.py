"""Worker processes that can be killed one by one (Pebble); the only module that knows how.

A task that hangs, crashes or eats too much memory costs itself, never the pool.
"""

import asyncio
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cache
from multiprocessing import forkserver, get_context, resource_tracker
from threading import Lock
from types import TracebackType
from typing import Any, ParamSpec, Protocol, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from flows import memory
from flows.errors import WorkerError

P = ParamSpec("P")
T = TypeVar("T")

CORES = os.cpu_count() or 1
_LARGE = 1 << 20


def _prepare_worker(limit_bytes: int) -> None:
    # Ctrl-C reaches the whole process group; the parent decides when workers end
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    _floor()


@cache
def _floor() -> memory.Floor:
    return memory.Floor()


def _tidily(task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do a task in a worker, which gives back what the task no longer needs."""
    try:
        return task(*args, **kwargs)
    finally:
        _floor().give_back()


def warm_up() -> None:
    """Start the process that workers are forked from; its imports take seconds.

    It inherits a mask: Ctrl-C reaches the whole process group, and we decide when it ends.
    """
    forkserver.set_forkserver_preload(["flows.warm"])
    resource_tracker.ensure_running()  # a mask of ours would not outlast its start
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Pool(Protocol):
    """Processes that do tasks of which each may hang or crash without harm to others."""

    @property
    def count(self) -> int:
        """How many tasks are done at a time."""
        ...

    def room(self, size: int) -> AbstractAsyncContextManager[None]:
        """Wait for room for a document of so many bytes."""
        ...

    async def run(
        self, seconds: float, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Give what `task(*args)` gives; a WorkerError says that it hung or died."""
        ...


class Workers:
    """A pool of killable processes.

    Args:
        count: worker processes.
        memory_bytes: address space each may use; more fails the task with MemoryError.
        max_tasks: tasks a worker does before it is replaced, against leaks.
    """

    def __init__(self, count: int, memory_bytes: int = 3 << 30, max_tasks: int = 1000) -> None:
        # a fork server: forking a process that has threads and sockets can deadlock, and
        # spawning pays for the imports in every worker
        self._pool: Any = ProcessPool(
            max_workers=count,
            max_tasks=max_tasks,
            initializer=_prepare_worker,
            initargs=(memory_bytes,),
            context=get_context("forkserver"),
        )
        self.count = count
        self._starting = Lock()
        self._started = False
        self._large = asyncio.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def _start(self) -> None:
        """Start the pool: the first process takes seconds, which no event loop may wait for.

        What the task gives is not waited for: a pool that is stopped meanwhile never answers.
        """
        with self._starting:
            if not self._started:
                warm_up()
                self._pool.schedule(os.getpid)
                self._started = True

    def room(self, size: int) -> AbstractAsyncContextManager[None]:
        """Wait for room for a document of so many bytes; large ones have their turns.

        Parsed, a document can take twenty times its size: one at a time bounds the sum.
        """
        return self._large if size > _LARGE else nullcontext()

    async def run(
        self, seconds: float, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Give what `task(*args)` gives, from a worker; kill it after `seconds`.

        Raises:
            WorkerError: the worker hung, died or ran out of memory; `fault` says which.
        """
        if not self._started:
            await asyncio.to_thread(self._start)
        name = getattr(task, "__name__", "task")
        future = self._pool.schedule(_tidily, args=[task, *args], kwargs=kwargs, timeout=seconds)
        try:
            return await asyncio.wrap_future(future)
        except (TimeoutError, FutureTimeoutError) as error:
            raise WorkerError(name, f"hung for {seconds:g} s") from error
        except ProcessExpired as error:
            raise WorkerError(name, f"died with exit code {error.exitcode}") from error
        except MemoryError as error:
            raise WorkerError(name, "ran out of memory") from error
