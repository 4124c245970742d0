"""From what was read in the snapshot to alerts: pure decisions, and nothing told twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flows.alerts.rules import ANY, Rule
from warehouse.signals import FeedReading, Reading

OUTAGE = "outage"
MOST = 0.5  # of all feeds: when so many fail at once, it is this machine's network
FEW = 5  # below which no number of feeds is an outage


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule is met by; `state` is what a feed is, None for other kinds."""

    rule: Rule
    reading: Reading
    state: str | None = None

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What the cool-down is of."""
        return self.rule.rule_id, self.reading.id, self.state


Told = tuple[tuple[str, str, str | None], date]
"""What was told before: the key of a finding, and its day."""


def reached(rule: Rule, readings: Iterable[Reading]) -> tuple[Finding, ...]:
    """Give the readings that meet a rule: high enough, and begun by enough sources."""
    return tuple(
        Finding(rule, reading)
        for reading in readings
        if reading.value >= rule.threshold and reading.origins >= rule.origins
    )


def unwell(rule: Rule, feeds: Sequence[FeedReading], polled: int) -> tuple[Finding, ...]:
    """Give the feeds in a state that a rule is told of.

    Args:
        rule: of kind feed.
        feeds: those that are not well on one day.
        polled: how many feeds there are to poll.
    """
    wanted = [feed for feed in feeds if feed.state in rule.states]
    failing = [feed for feed in wanted if feed.state == "failing"]
    if rule.watch == ANY and len(failing) >= max(FEW, MOST * polled):
        whole = Reading(failing[0].day, ANY, float(len(failing)), 0, 0, float(polled), 0)
        others = [feed for feed in wanted if feed.state != "failing"]
        return (Finding(rule, whole, OUTAGE), *(_feed(rule, feed) for feed in others))
    return tuple(_feed(rule, feed) for feed in wanted)


def _feed(rule: Rule, feed: FeedReading) -> Finding:
    days = (feed.day - feed.since).days if feed.since else 0
    return Finding(rule, Reading(feed.day, feed.feed_id, float(days), 0, 0, None, 0), feed.state)


def fresh(findings: Iterable[Finding], told: Iterable[Told]) -> tuple[Finding, ...]:
    """Give the findings that were not told within their rule's cool-down, oldest first."""
    days: dict[tuple[str, str, str | None], list[date]] = {}
    for key, day in told:
        days.setdefault(key, []).append(day)
    kept = []
    for finding in sorted(findings, key=lambda one: (one.reading.day, one.rule.rule_id)):
        before = days.setdefault(finding.key, [])
        day, quiet = finding.reading.day, finding.rule.cool_down
        # both ways: an earlier day whose articles came late is no news
        if all(abs((day - other).days) > quiet for other in before):
            before.append(day)
            kept.append(finding)
    return tuple(kept)
