"""Would a rule have been worth its noise? Its history replayed, day by day, before it is on.

What a rule would have said is held against what came after. A firing is *confirmed* when the
independent stories of the days that follow stay above what the four weeks before lead one to
expect. An *episode* begins on a day that is above expectation and is followed by days that are
so beyond doubt; one that no firing met within these days is *missed*. The *lag* is from an
episode's first day to the first firing. `base_rate` is how often any day at all would have been
confirmed: a rule is worth something where its precision is far above.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

from flows.alerts import findings, watching
from flows.alerts.findings import Finding
from flows.alerts.rules import ANY, Kind, Rule
from flows.alerts.watching import Span
from warehouse import signals
from warehouse.signals import Volume

if TYPE_CHECKING:
    import duckdb

FOLLOWING = 7  # days after a firing that must bear it out
BEFORE = 28  # days that expectation is drawn from
ENOUGH = 14  # of them must have been seen
LIKELY = 1.645  # standard deviations that chance passes 5 times in 100
SURE = 3.09  # and once in 1,000: of hundreds of ids, some pass 5 in 100 every day


@dataclass(frozen=True, slots=True)
class Judged:
    """One firing; `confirmed` is None when the days after it are not on record yet."""

    id: str
    state: str | None
    day: date
    value: float
    confirmed: bool | None
    lag_days: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule would have said, and how much of it was so.

    Args:
        rule_id: the rule.
        firings: each time it would have fired, oldest first.
        precision: share of the judged firings that were confirmed.
        base_rate: share of all days of what it watches that would have been confirmed.
        median_lag_days: from an episode's first day to the first firing.
        episodes: rises that lasted; None for feeds, whose rules see all there is.
        missed: first days of those that no firing met, with what rose.
    """

    rule_id: str
    firings: tuple[Judged, ...]
    precision: float | None
    base_rate: float | None
    median_lag_days: float | None
    episodes: int | None
    missed: tuple[tuple[str, date], ...]


def limit(expected: float, deviations: float = LIKELY) -> float:
    """Give what a Poisson count of this mean stays under, as a rule (Anscombe 1948)."""
    return float((sqrt(expected + 0.375) + deviations / 2) ** 2 - 0.375)


def replay(connection: "duckdb.DuckDBPyConnection", rule: Rule, span: Span) -> Result:
    """Replay one rule over days of the record, both ends included."""
    if rule.kind is Kind.FEED:
        return _replay_feeds(connection, rule, span)
    fired = findings.fresh(watching.of_rule(connection, rule, span), ())
    watch = None if rule.watch == ANY else rule.watch
    wide = Span(span.since - timedelta(days=BEFORE), span.until + timedelta(days=FOLLOWING))
    volumes = signals.volumes(connection, rule.kind.value, watch, (wide.since, wide.until))
    calendar = _Calendar(signals.exposures(connection, (wide.since, wide.until)), wide)
    series = {one: _Series(calendar, found) for one, found in _by_id(volumes).items()}
    return _judged(rule, fired, series, span)


class _Calendar:
    """The days that could be seen whole, and how much was published on each."""

    def __init__(self, published: Mapping[date, int], span: Span) -> None:
        self._first = span.since
        self._days = _days(span.since, span.until)
        self._published = published
        self.last = max(published, default=span.since)
        self.known = self.sums(published)
        self.seen = self.sums(dict.fromkeys(published, 1))

    def sums(self, counts: Mapping[date, int]) -> list[int]:
        """Give the sums up to each day; what days in gap had does not count."""
        whole = (counts.get(day, 0) if day in self._published else 0 for day in self._days)
        return list(accumulate(whole, initial=0))

    def of(self, sums: Sequence[int], first: date, last: date) -> int:
        """Give what lies in a span of days."""
        end = min(max((last - self._first).days + 1, 0), len(self._days))
        return sums[end] - sums[min(max((first - self._first).days, 0), end)]


class _Series:
    """The days of one id: how much there was, and how much was to be expected.

    Sums from the first day on, so that a span of any length costs two look-ups.
    """

    def __init__(self, calendar: _Calendar, found: Mapping[date, int]) -> None:
        self._calendar = calendar
        self._found = calendar.sums(found)

    def risen(self, day: date) -> bool:
        """Say whether a day is above what the four weeks before it lead one to expect."""
        return self._above(day, (day, day), LIKELY)

    def lasts(self, day: date, deviations: float = LIKELY) -> bool | None:
        """Say whether the days after it stay above; None when they are not all on record."""
        last = day + timedelta(days=FOLLOWING)
        if last > self._calendar.last:
            return None
        return self._above(day, (day + timedelta(days=1), last), deviations)

    def _above(self, base: date, span: tuple[date, date], deviations: float) -> bool:
        calendar = self._calendar
        before = base - timedelta(days=BEFORE), base - timedelta(days=1)
        seen, exposure = calendar.of(calendar.seen, *before), calendar.of(calendar.known, *before)
        exposed = calendar.of(calendar.known, *span)
        if seen < ENOUGH or not exposure or not exposed:
            return False
        expected = calendar.of(self._found, *before) / exposure * exposed
        return calendar.of(self._found, *span) > limit(expected, deviations)

    def episodes(self, span: Span) -> list[date]:
        """Give the first days of rises that lasted; days apart by less than a week are one."""
        found: list[date] = []
        latest: date | None = None
        for day in _days(span.since, span.until):
            if self.risen(day) and self.lasts(day, SURE):
                if latest is None or (day - latest).days > FOLLOWING:
                    found.append(day)
                latest = day
        return found


def _judged(rule: Rule, fired: Sequence[Finding], series: dict[str, _Series], span: Span) -> Result:
    onsets = {one: days.episodes(span) for one, days in series.items()}
    firings = tuple(_judge(one, series, onsets) for one in fired)
    missed = [
        (one, day)
        for one, days in onsets.items()
        for day in days
        if not any(_meets(day, firing.day) for firing in firings if firing.id == one)
    ]
    verdicts = [
        days.lasts(day) for days in series.values() for day in _days(span.since, span.until)
    ]
    lags = _lags(firings)
    return Result(
        rule_id=rule.rule_id,
        firings=firings,
        precision=_share(firing.confirmed for firing in firings),
        base_rate=_share(verdicts),
        median_lag_days=median(lags) if lags else None,
        episodes=sum(map(len, onsets.values())),
        missed=tuple(sorted(missed, key=lambda one: (one[1], one[0]))),
    )


def _judge(finding: Finding, series: dict[str, _Series], onsets: dict[str, list[date]]) -> Judged:
    reading = finding.reading
    days = series.get(reading.id)
    met = [day for day in onsets.get(reading.id, []) if _meets(day, reading.day)]
    lag = (reading.day - met[-1]).days if met else None
    confirmed = days.lasts(reading.day) if days else False
    return Judged(reading.id, finding.state, reading.day, reading.value, confirmed, lag)


def _meets(onset: date, fired: date) -> bool:
    return 0 <= (fired - onset).days <= FOLLOWING


def _lags(firings: Iterable[Judged]) -> list[int]:
    """Give the lag of the first firing of each episode that was met."""
    first: dict[tuple[str, date], int] = {}
    for firing in firings:
        if firing.lag_days is not None:
            onset = firing.day - timedelta(days=firing.lag_days)
            first.setdefault((firing.id, onset), firing.lag_days)
    return list(first.values())


def _share(verdicts: Iterable[bool | None]) -> float | None:
    known = [verdict for verdict in verdicts if verdict is not None]
    return sum(known) / len(known) if known else None


def _by_id(volumes: Iterable[Volume]) -> dict[str, dict[date, int]]:
    found: dict[str, dict[date, int]] = {}
    for volume in volumes:
        found.setdefault(volume.id, {})[volume.day] = volume.independent
    return found


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# ---------------------------------------------------------------- feeds


def _replay_feeds(connection: "duckdb.DuckDBPyConnection", rule: Rule, span: Span) -> Result:
    """Replay a rule on feeds: confirmed is what still held a day later."""
    days = _days(span.since, span.until + timedelta(days=1))
    found = {day: watching.of_feeds(connection, rule, day) for day in days}
    fired = findings.fresh((one for day in days[:-1] for one in found[day]), ())
    last = signals.last_day(connection)
    firings = tuple(
        Judged(
            one.reading.id,
            one.state,
            one.reading.day,
            one.reading.value,
            _held(one, found) if last and one.reading.day < last else None,
            int(one.reading.value),
        )
        for one in fired
    )
    lags = [firing.lag_days for firing in firings if firing.lag_days is not None]
    return Result(
        rule_id=rule.rule_id,
        firings=firings,
        precision=_share(firing.confirmed for firing in firings),
        base_rate=None,
        median_lag_days=median(lags) if lags else None,
        episodes=None,
        missed=(),
    )


def _held(finding: Finding, found: dict[date, tuple[Finding, ...]]) -> bool:
    """Say whether a feed was still so a day later; what was lost stays lost."""
    later = found[finding.reading.day + timedelta(days=1)]
    return finding.state == "gapped" or finding.key in [one.key for one in later]
