"""A run's life: lock, start, work, finish with sums that add up, publish."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Protocol, TypeVar

from flows import ids
from flows.collect import warc
from flows.errors import AraxesError, Locked
from flows.model import SeedDocument, Source
from flows.reseeding import bring
from flows.summary import Summary, Tally, of_turns
from flows.tag.vocabulary import Vocabulary
from warehouse import retention
from warehouse.publish import publish
from warehouse.store import Store

TURN = 300.0  # seconds after which a long run lets others have their turn
_GIVE_WAY = 1.0
_ASK_AGAIN = 0.2
_PATIENCE = 3600.0  # seconds a run between two turns waits for others
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run works with.

    Args:
        store: the warehouse.
        sources: all configured sources.
        vocabulary: what articles are tagged with.
        seeds: the seed corpus, as fingerprints.
        now: the clock.
    """

    store: Store
    sources: tuple[Source, ...]
    vocabulary: Vocabulary
    seeds: tuple[SeedDocument, ...]
    now: Callable[[], datetime]


class Sums(Protocol):
    """What a run did, as `runs.counts` keeps it."""

    @property
    def reconciles(self) -> bool:
        """Whether what came in and what became of it are equally many."""
        ...

    def document(self) -> dict[str, object]:
        """Give the sums as `--json` prints them."""
        ...


S = TypeVar("S", bound=Sums)
S_co = TypeVar("S_co", bound=Sums, covariant=True)


class Counting(Protocol[S_co]):
    """What a run counts into while it works."""

    def summary(self, run_id: str, states: dict[str, int], seconds: float) -> S_co:
        """Give the sums, with what the ledger says became of the run's entries."""
        ...


async def carry_out(
    setup: Setup, flow: str, work: Callable[[str, Tally], Awaitable[None]], patience: float = 0.0
) -> Summary:
    """Do the work of a run that brings articles in; see `conduct`."""
    tally = Tally()
    return await conduct(setup, flow, lambda run_id: work(run_id, tally), tally, patience)


async def conduct(
    setup: Setup,
    flow: str,
    work: Callable[[str], Awaitable[None]],
    tally: Counting[S],
    patience: float = 0.0,
) -> S:
    """Do a run's work under the run lock, publish, and give its sums.

    Args:
        setup: what the run works with.
        flow: what kind of run it is.
        work: does it; told the run's id.
        tally: what the work counts into.
        patience: seconds to wait for another run; one that works in turns is always waited for.

    Raises:
        Locked: another run is under way.
        AraxesError: the run failed, or its sums differ from the ledger; what it had done is kept.
    """
    started = time.monotonic()
    retention.snapshots()  # a wrong setting is said before any request
    pages = retention.pages()
    async with _alone(setup.store, flow, patience):
        run_id, state = _start(setup, flow), "failed"
        if not setup.store.paths.snapshot_link.exists():
            publish(setup.store.path)  # readers find an empty warehouse, not none
        try:
            with _unwrapped():
                await bring(setup.store, setup.seeds)
                await work(run_id)
            state = "completed"
        except (asyncio.CancelledError, KeyboardInterrupt):
            state = "interrupted"
            raise
        finally:
            summary = _finish(setup, run_id, tally, state, started)
        publish(setup.store.path)
        if pages:
            _expire(setup, pages)
    return summary


def _expire(setup: Setup, kept: timedelta) -> None:
    """Remove archived pages that are older than is to be kept."""
    gone = warc.expire(setup.store.paths.archive, setup.now() - kept)
    if gone:
        _LOG.info("%d files of pages older than %d days removed", len(gone), kept.days)


Turn = Callable[[str, Tally], Awaitable[float | None]]


async def in_turns(setup: Setup, flow: str, work: Turn) -> Summary:
    """Do a run that takes hours in turns of minutes, so that ingests go on meanwhile.

    Args:
        setup: what the run works with.
        flow: what kind of run it is.
        work: does one turn; gives the seconds to wait before the next, None when all is done.

    Raises:
        Locked, AraxesError: as `carry_out` does; earlier turns are kept.
    """
    summaries: list[Summary] = []
    pause: float | None = 0.0

    async def turn(run_id: str, tally: Tally) -> None:
        nonlocal pause
        pause = await work(run_id, tally)

    while pause is not None:
        patience = _PATIENCE if summaries else 0.0
        summaries.append(await carry_out(setup, flow, turn, patience))
        if pause is not None:
            await asyncio.sleep(max(pause, _GIVE_WAY))
    return of_turns(summaries)


@asynccontextmanager
async def _alone(store: Store, flow: str, patience: float) -> AsyncIterator[None]:
    """Be the only run.

    Raises:
        Locked: another run was under way for longer than we wait.
    """
    began = time.monotonic()
    waits = False
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(store.run_lock(f"araxes {flow}"))
                break
            except Locked as error:
                in_turns_too = error.holder.startswith("araxes backfill")
                if time.monotonic() - began > (2 * TURN if in_turns_too else patience):
                    raise
                if not waits:
                    _LOG.warning("waiting for the turn of %s to end", error.holder)
                waits = True
            await asyncio.sleep(_ASK_AGAIN)
        yield


def _start(setup: Setup, flow: str) -> str:
    now = setup.now()
    # an event, not content: two runs are two, even by a clock that stands still
    run_id = ids.stable_id("run", now.isoformat(), str(os.getpid()), str(time.monotonic_ns()))
    with setup.store.writing() as writer:
        writer.sync_sources(setup.sources)
        writer.sync_vocabulary(setup.vocabulary)
        writer.start_run(run_id, flow, now, version("araxes"), setup.vocabulary.version)
    return run_id


def _finish(setup: Setup, run_id: str, tally: Counting[S], state: str, started: float) -> S:
    with setup.store.writing() as writer:
        summary = tally.summary(run_id, writer.run_states(run_id), time.monotonic() - started)
        differs = state == "completed" and not summary.reconciles
        final = "failed" if differs else state
        writer.finish_run(run_id, final, summary.document(), setup.now())
    if differs:
        raise AraxesError(f"run {run_id}: entries seen differ from the ledger: {summary}")
    return summary


@contextmanager
def _unwrapped() -> Iterator[None]:
    """Raise the first cause out of nested exception groups: one run has one reason to fail."""
    try:
        yield
    except BaseExceptionGroup as group:
        cause: BaseException = group
        while isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        raise cause from None
