"""Stages done again over what is stored, without Prefect: extract, dedup, tag.

    WARC ──► extract ─► revisions      stored text ──► dedup ─► links      ──► tag ─► tags

Each stage goes over the articles of a snapshot in the order of their days, and loads what
changed a chunk at a time, with a note of how far it is: a run that died is taken up there.
`flows.reprocess` runs this as a Prefect flow.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Protocol

from flows import relinking, rereading, retagging
from flows.cluster import employed
from flows.model import Place
from flows.passes import Bench
from flows.progress import Silent, Watcher
from flows.runs import Setup, conduct
from flows.workers import Pool
from warehouse.publish import publish

FLOW = "reprocess"


class Changes(Protocol):
    """What a stage changed, or would change."""

    def document(self) -> dict[str, object]:
        """Give the counts."""
        ...

    def lists(self) -> dict[str, object]:
        """Give the articles behind the counts."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that can be done again: how, what it counts into, and the code it depends on."""

    run: Callable[[Bench, Any], Awaitable[None]]
    changes: Callable[[], Changes]


STAGES: Mapping[str, Stage] = {
    "extract": Stage(rereading.run, rereading.ExtractChanges),
    "dedup": Stage(relinking.run, relinking.LinkChanges),
    "tag": Stage(retagging.run, retagging.TagChanges),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be done again.

    Args:
        stages: their names, in order.
        since: the first day (UTC+4) of the articles; all if None.
    """

    stages: tuple[str, ...] = tuple(STAGES)
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Reprocessed:
    """What a reprocessing did, or would do."""

    run_id: str
    stages: Mapping[str, Changes]
    resumed: Mapping[str, object] | None
    unfinished: Mapping[str, object] | None
    seconds: float

    @property
    def reconciles(self) -> bool:
        """Nothing comes in: every entry of the ledger was there before."""
        return True

    def document(self) -> dict[str, object]:
        """Give the counts as `runs.counts` keeps them."""
        counts: dict[str, object] = {
            "run_id": self.run_id,
            "stages": {name: changes.document() for name, changes in self.stages.items()},
            "resumed": self.resumed,
            "seconds": round(self.seconds, 3),
        }
        return counts | ({"unfinished": self.unfinished} if self.unfinished else {})

    def detailed(self) -> dict[str, object]:
        """Give the counts and the articles behind them, as `--json` prints them."""
        stages = {
            name: changes.document() | changes.lists() for name, changes in self.stages.items()
        }
        return self.document() | {"stages": stages}


@dataclass(slots=True)
class Tally:
    """A reprocessing under way.

    `unfinished` says what a later run has left to do, should this one end here.
    """

    options: Options
    stages: dict[str, Changes] = field(default_factory=dict)
    resumed: Mapping[str, object] | None = None
    unfinished: Mapping[str, object] | None = None

    def summary(self, run_id: str, states: dict[str, int], seconds: float) -> Reprocessed:
        """Give what was done; the ledger has no entries of this run."""
        del states
        return Reprocessed(run_id, self.stages, self.resumed, self.unfinished, seconds)

    def at(self, stage: str, place: Place | None) -> None:
        """Note that the stage has done all up to a place."""
        self.unfinished = _asked(self.options) | {
            "stage": stage,
            "day": place and place.day.isoformat(),
            "article_id": place and place.article_id,
        }


class Reprocessing:
    """Stages to be done again over what is stored.

    Args:
        setup: what they work with.
        options: which, and since when.
        watcher: told how far they are.
        workers: processes to use, for callers that do many runs; else each has its own.
    """

    def __init__(
        self,
        setup: Setup,
        options: Options,
        watcher: Watcher | None = None,
        workers: Pool | None = None,
    ) -> None:
        self._setup = setup
        self._options = options
        self._workers = workers
        self._watcher = watcher or Silent()
        self._tally = Tally(options)

    async def carry_out(self) -> Reprocessed:
        """Do the stages, publish, and give what changed.

        Raises:
            Locked: another run holds the warehouse.
        """
        return await conduct(self._setup, FLOW, self._work, self._tally)

    async def preview(self) -> Reprocessed:
        """Give what each stage would change of what is stored now; nothing is."""
        started = time.monotonic()
        async with employed(self._workers) as workers:
            for stage in self._options.stages:
                await self._do(workers, stage, None, None)
        self._tally.unfinished = None
        return self._tally.summary("dry-run", {}, time.monotonic() - started)

    async def _work(self, run_id: str) -> None:
        stages, after = self._left(run_id)
        async with employed(self._workers) as workers:
            for stage in stages:
                publish(self._setup.store.path)  # each stage reads what the one before it left
                await self._do(workers, stage, after, run_id)
                after = None
        self._tally.unfinished = None

    async def _do(self, workers: Pool, stage: str, after: Place | None, run_id: str | None) -> None:
        changes = self._tally.stages[stage] = STAGES[stage].changes()
        self._tally.at(stage, after)
        bench = Bench(
            setup=self._setup,
            workers=workers,
            watcher=self._watcher,
            stage=stage,
            since=self._options.since,
            after=after,
            run_id=run_id,
            progress=partial(self._progress, run_id or "", stage),
        )
        await STAGES[stage].run(bench, changes)

    def _progress(self, run_id: str, stage: str, place: Place | None) -> Mapping[str, object]:
        self._tally.at(stage, place)
        return self._tally.summary(run_id, {}, 0.0).document()

    def _left(self, run_id: str) -> tuple[tuple[str, ...], Place | None]:
        """Give the stages to do, and the place after which the first begins.

        A run that was asked the same of the same code, and did not end, is taken up.
        """
        with self._setup.store.writing() as writer:
            state, counts = writer.last_run(FLOW, but=run_id)
        left = counts.get("unfinished") or {}
        if state == "completed" or not _asked(self._options).items() <= left.items():
            return self._options.stages, None
        self._tally.resumed = left
        stage = self._options.stages.index(left["stage"])
        return self._options.stages[stage:], _place(left)


def _asked(options: Options) -> dict[str, object]:
    return {
        "stages": list(options.stages),
        "since": options.since and options.since.isoformat(),
        "code": code_of_stages(),
    }


def _place(left: Mapping[str, Any]) -> Place | None:
    if left["day"] is None:
        return None
    return Place(date.fromisoformat(left["day"]), left["article_id"])


def code_of_stages() -> str:
    """Give a hash of all that decides what the stages make of a page: code and data."""
    digest = sha256(version("trafilatura").encode())
    for package in ("extract", "dedup", "tag", "vocabulary"):
        folder = files("flows").joinpath(package)
        for file in sorted(folder.iterdir(), key=lambda each: each.name):
            if file.is_file():
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
