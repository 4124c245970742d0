"""What a run did, in numbers that add up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.model import DuplicateKind, FeedStatus, ItemState, Poll, PollOutcome

FAILED = (ItemState.FETCH_FAILED, ItemState.EXTRACT_FAILED, ItemState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class FailedFeed:
    """A feed that could not be read in this run, and why."""

    source_id: str
    url: str
    error: str


@dataclass(slots=True)
class Tally:
    """Counts of a run under way.

    `seen` and `known` are counted as entries come in; what became of the rest is
    read back from the ledger at the end, so that the sums prove something.
    """

    feeds: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    known: int = 0
    again: int = 0  # of those seen: what an earlier turn of the same run had left pending
    articles_loaded: int = 0
    revised: int = 0  # articles fetched again that say something else; their entries are known
    duplicates: Counter[str] = field(default_factory=Counter)
    failed_feeds: list[FailedFeed] = field(default_factory=list)

    def add_poll(self, poll: Poll, source_id: str) -> None:
        """Count one poll of a feed."""
        self.feeds["polled"] += 1
        if poll.outcome in (PollOutcome.NOT_MODIFIED, PollOutcome.UNCHANGED):
            self.feeds["not_modified"] += 1
        if poll.after.state == FeedStatus.GONE:
            self.feeds["gone"] += 1
        elif poll.outcome in (PollOutcome.FAILED, PollOutcome.REFUSED):
            self.feeds["failed"] += 1
        if poll.error:
            self.failed_feeds.append(FailedFeed(source_id, poll.after.url, poll.error))

    def summary(self, run_id: str, states: Mapping[str, int], seconds: float) -> "Summary":
        """Give the sums of the run, with what the ledger says became of its entries."""
        return Summary(
            run_id=run_id,
            feeds=dict(self.feeds),
            seen=self.seen,
            known=self.known,
            states=states,
            articles_loaded=self.articles_loaded,
            duplicates=dict(self.duplicates),
            seconds=seconds,
            failed_feeds=tuple(self.failed_feeds),
            again=self.again,
            revised=self.revised,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did; `states` is what the ledger holds of it."""

    run_id: str
    feeds: Mapping[str, int]
    seen: int
    known: int
    states: Mapping[str, int]
    articles_loaded: int
    duplicates: Mapping[str, int]
    seconds: float
    failed_feeds: tuple[FailedFeed, ...] = ()
    revised: int = 0
    again: int = 0

    @property
    def reconciles(self) -> bool:
        """Every entry seen is known from before or has exactly one row in the ledger."""
        return self.seen == self.known + sum(self.states.values())

    @property
    def nothing_reached(self) -> bool:
        """Feeds were due, and not one could be read."""
        return 0 < self.feeds.get("polled", 0) == self.feeds.get("failed", 0)

    def entries(self) -> dict[str, int]:
        """Give `seen` and the states it is the sum of."""
        states = Counter(self.states)
        failed = sum(states.pop(state, 0) for state in FAILED)
        named = {state.value: states[state] for state in ItemState if state not in FAILED}
        return {"seen": self.seen, "known": self.known, **named, "failed": failed}

    def document(self) -> dict[str, object]:
        """Give the summary as `--json` prints it and `runs.counts` keeps it."""
        return {
            "run_id": self.run_id,
            "feeds": {
                key: self.feeds.get(key, 0) for key in ("polled", "not_modified", "failed", "gone")
            },
            "entries": self.entries(),
            "failures": {state.value: self.states.get(state, 0) for state in FAILED},
            "articles_loaded": self.articles_loaded,
            "revised": self.revised,
            "duplicates": {kind.value: self.duplicates.get(kind, 0) for kind in DuplicateKind},
            "failed_feeds": [
                {"source_id": feed.source_id, "url": feed.url, "error": feed.error}
                for feed in self.failed_feeds
            ],
            "seconds": round(self.seconds, 3),
        }


def total(summaries: Sequence[Summary]) -> Summary:
    """Give the sums over several runs, under the id of the last."""
    return Summary(
        run_id=summaries[-1].run_id,
        feeds=_added(summary.feeds for summary in summaries),
        seen=sum(summary.seen for summary in summaries),
        known=sum(summary.known for summary in summaries),
        states=_added(summary.states for summary in summaries),
        articles_loaded=sum(summary.articles_loaded for summary in summaries),
        duplicates=_added(summary.duplicates for summary in summaries),
        seconds=sum(summary.seconds for summary in summaries),
        failed_feeds=summaries[-1].failed_feeds,
        revised=sum(summary.revised for summary in summaries),
    )


def of_turns(turns: Sequence[Summary]) -> Summary:
    """Give the sums over the turns of one run: an entry that waited for a later one is one."""
    again = sum(turn.again for turn in turns)
    sums = total(turns)
    states = Counter(sums.states)
    states[ItemState.PENDING] -= again
    return replace(sums, seen=sums.seen - again, states=+states)


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    return dict(sum((Counter(count) for count in counts), Counter[str]()))
