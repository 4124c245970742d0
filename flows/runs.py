"""A run's life: lock, start, work, finish with sums that add up, publish."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Protocol, TypeVar

from flows import ids
from flows.errors import AraxesError
from flows.model import SeedDocument, Source
from flows.summary import Summary, Tally
from flows.tag.vocabulary import Vocabulary
from warehouse.publish import publish
from warehouse.store import Store


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
    setup: Setup, flow: str, work: Callable[[str, Tally], Awaitable[None]]
) -> Summary:
    """Do the work of a run that brings articles in; see `conduct`."""
    tally = Tally()
    return await conduct(setup, flow, lambda run_id: work(run_id, tally), tally)


async def conduct(
    setup: Setup, flow: str, work: Callable[[str], Awaitable[None]], tally: Counting[S]
) -> S:
    """Do a run's work under the run lock, publish, and give its sums.

    Args:
        setup: what the run works with.
        flow: what kind of run it is.
        work: does it; told the run's id.
        tally: what the work counts into.

    Raises:
        Locked: another run is under way.
        AraxesError: the run failed, or its sums differ from the ledger; what it had done is kept.
    """
    started = time.monotonic()
    with setup.store.run_lock(f"araxes {flow}"):
        run_id, state = _start(setup, flow), "failed"
        if not setup.store.paths.snapshot_link.exists():
            publish(setup.store.path)  # readers find an empty warehouse, not none
        try:
            with _unwrapped():
                await work(run_id)
            state = "completed"
        except (asyncio.CancelledError, KeyboardInterrupt):
            state = "interrupted"
            raise
        finally:
            summary = _finish(setup, run_id, tally, state, started)
        publish(setup.store.path)
    return summary


def _start(setup: Setup, flow: str) -> str:
    now = setup.now()
    # an event, not content: two runs are two, even by a clock that stands still
    run_id = ids.stable_id("run", now.isoformat(), str(os.getpid()), str(time.monotonic_ns()))
    with setup.store.writing() as writer:
        writer.sync_sources(setup.sources)
        writer.sync_vocabulary(setup.vocabulary)
        writer.sync_seeds(setup.seeds)
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
