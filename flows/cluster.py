"""Who reads pages: this machine's workers, or a Dask cluster; the only module that knows Dask.

    ARAXES_DASK=tcp://scheduler:8786 araxes ingest

On the cluster each Dask worker keeps killable processes of its own, so that a page which hangs
or crashes costs itself there, too. Without ARAXES_DASK nothing of Dask is imported.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import cache
from importlib.metadata import version
from typing import Any, ParamSpec, TypeVar

from flows.errors import ClusterLost, UsageError
from flows.tag import vocabulary
from flows.workers import CORES, Pool, Workers

P = ParamSpec("P")
T = TypeVar("T")

ANSWERS_WITHIN = "20s"
AT_ONCE = 4  # documents sent ahead for each thread of the cluster: it must not wait for the next


def scheduler() -> str | None:
    """Give the address of the Dask scheduler to use, None when this machine reads by itself."""
    return os.environ.get("ARAXES_DASK") or None


@asynccontextmanager
async def employed(given: Pool | None = None) -> AsyncIterator[Pool]:
    """Give the workers to use while inside: those given, the cluster's, or this machine's.

    Raises:
        UsageError: the cluster cannot be reached, has no workers, or runs other code.
    """
    if given is not None:
        yield given
    elif (address := scheduler()) is None:
        with Workers(CORES) as workers:
            yield workers
    else:
        async with _client(address) as client:
            yield await _joined(client, address)


class OnCluster:
    """Workers of a Dask cluster.

    Args:
        client: an asynchronous one.
        threads: how many documents the cluster reads at a time.
    """

    def __init__(self, client: Any, threads: int) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(AT_ONCE * threads)
        self.count = threads

    def room(self, _size: int) -> AbstractAsyncContextManager[None]:
        """Large documents have their turns on each worker, not here."""
        return nullcontext()

    async def run(
        self, seconds: float, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Give what `task(*args)` gives, from a worker of the cluster; kill it after `seconds`.

        Raises:
            WorkerError: the task hung, died or ran out of memory.
            ClusterLost: the cluster went away; the task may be innocent.
        """
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        async with self._slots:
            future = self._client.submit(apart, seconds, task, args, kwargs, pure=False)
            try:
                result: T = await future
            except (FutureCancelledError, KilledWorker, OSError) as error:
                raise ClusterLost(str(error)) from error
            return result


async def apart(
    seconds: float, task: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> T:
    """Do a task in a killable process beside this Dask worker; runs there."""
    workers = _beside(_threads())
    async with workers.room(max(map(_size, args), default=0)):
        return await workers.run(seconds, task, *args, **kwargs)


@cache
def _beside(count: int) -> Workers:
    return Workers(count)


def _threads() -> int:
    from distributed import get_worker

    return int(get_worker().state.nthreads)


def _size(given: object) -> int:
    body = getattr(given, "body", given)
    return len(body) if isinstance(body, bytes) else 0


def code() -> tuple[str, str]:
    """Give what decides how a page is read: versions of the code and of the vocabulary."""
    return version("araxes"), vocabulary.load().version


async def _joined(client: Any, address: str) -> OnCluster:
    """Give the cluster's workers, once all are known to read as we would.

    Raises:
        UsageError: there are none, or they run other code.
    """
    theirs = await client.run(code)
    if not theirs:
        raise UsageError(f"the Dask scheduler at {address} (ARAXES_DASK) has no workers")
    for worker, found in theirs.items():
        if found != code():
            raise UsageError(f"Dask worker {worker} runs {found}, we run {code()}: install one")
    threads = sum((await client.nthreads()).values())
    return OnCluster(client, threads)


@asynccontextmanager
async def _client(address: str) -> AsyncIterator[Any]:
    """Connect to a cluster with the client of prefect-dask, which takes plain functions, too.

    A Prefect task for each page would cost its server more than reading the page does.

    Raises:
        UsageError: nobody answers there.
    """
    connecting = _prefect_dask().PrefectDaskClient(
        address, asynchronous=True, timeout=ANSWERS_WITHIN, set_as_default=False
    )
    try:
        client = await connecting.__aenter__()
    except OSError as error:
        message = f"no Dask scheduler answers at {address} (ARAXES_DASK): {error}"
        raise UsageError(message) from error
    try:
        yield client
    finally:
        await connecting.__aexit__(None, None, None)


def _prefect_dask() -> Any:
    try:
        import prefect_dask
    except ImportError as error:
        raise UsageError("ARAXES_DASK is set: install araxes[dask]") from error
    return prefect_dask
