"""What a staged batch changes in the database: plain SQL over its tables.

Each step may run twice without doing more than once: a batch that a kill left half told is
simply loaded again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warehouse import alerts as kept
from warehouse import rows
from warehouse.loading import (
    alerts,
    articles,
    configured,
    forget,
    later,
    polls,
    reextract,
    relink,
    retag,
    runs,
)
from warehouse.loading.step import Connection, Outcome, Step
from warehouse.staging import StagedBatch

__all__ = ["Connection", "Outcome", "apply", "later"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of batch: what it does and which tables it may bring."""

    work: Callable[[Step], None]
    tables: tuple[rows.Staged[Any], ...]


POLLED = (rows.POLLS, rows.FEED_STATES, rows.ITEMS, rows.HOSTS, rows.REVISITS, rows.VISITS)
LINKED: tuple[rows.Staged[Any], ...] = (
    *rows.ARTICLE_TABLES,
    rows.DUPLICATES,
    rows.CLUSTERS,
    rows.NOVELTY,
)

KINDS: Mapping[str, Kind] = {
    "sources": Kind(configured.sources, (rows.SOURCES, rows.FEEDS)),
    "vocabulary": Kind(configured.vocabulary, (rows.ACTORS, rows.TOPICS, rows.PLACES)),
    "seeds": Kind(configured.seeds, (rows.SEEDS, rows.DUPLICATES, rows.CLUSTERS, rows.NOVELTY)),
    "start": Kind(runs.start, (rows.RUNS, rows.OURS)),
    "finish": Kind(runs.finish, (rows.RUNS,)),
    "resume": Kind(runs.resume, (rows.RUN_ITEMS,)),
    "polls": Kind(polls.record, POLLED),
    "alerts": Kind(alerts.record, (kept.ALERTS, kept.DELIVERIES)),
    "forget": Kind(forget.forget, (rows.FORGOTTEN, rows.CLUSTERS)),
    "load": Kind(
        articles.load,
        (*POLLED, *LINKED),
    ),
    "relink": Kind(
        relink.relink,
        (
            rows.PROGRESS,
            rows.FINGERPRINTS,
            rows.COMMON_GAINED,
            rows.COMMON_LOST,
            rows.DUPLICATES,
            rows.DUPLICATES_LOST,
            rows.CLUSTERS,
            rows.NOVELTY,
        ),
    ),
    "reextract": Kind(reextract.reextract, (rows.PROGRESS, *LINKED)),
    "progress": Kind(runs.note_progress, (rows.PROGRESS,)),
    "retag": Kind(retag.retag, (rows.PROGRESS, rows.RELEVANCE, rows.STORY_MARKS, *rows.TAG_TABLES)),
}


def apply(connection: Connection, batch: StagedBatch) -> Outcome:
    """Apply one batch inside the open transaction."""
    kind = KINDS[batch.kind]
    brought = batch.tables()
    tables = {staged.name: staged.empty() for staged in kind.tables} | brought
    step = Step(connection, batch.run_id, frozenset(brought))
    with _registered(connection, tables):
        kind.work(step)
    return step.outcome


@contextmanager
def _registered(connection: Connection, tables: Mapping[str, pa.Table]) -> Iterator[None]:
    for name, table in tables.items():
        connection.register(f"staged_{name}", table)
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(f"staged_{name}")
