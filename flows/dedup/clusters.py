"""Pairs to clusters: who belongs together, and who was first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.model import Membership

# A page that gives only a date says midnight here or in UTC; it may have come all day long.
_DAY_STARTS = frozenset(timedelta(minutes=minutes) for minutes in (0, 180, 210, 240))

Order = tuple[bool, datetime, str]


@dataclass(frozen=True, slots=True)
class Member:
    """An article as far as its place in a cluster goes; `undated`: its time is our fetch."""

    article_id: str
    published_at: datetime
    undated: bool = False

    @property
    def order(self) -> Order:
        """Earliest trustworthy publication first; a bare date counts as the end of its day."""
        bare = any(_is_midnight(self.published_at + offset) for offset in _DAY_STARTS)
        wait = timedelta(days=1) if bare else timedelta(0)
        return self.undated, self.published_at + wait, self.article_id


def _is_midnight(time: datetime) -> bool:
    return (time.hour, time.minute, time.second) == (0, 0, 0)


def join(pairs: Iterable[tuple[str, str]], nodes: Iterable[str]) -> list[frozenset[str]]:
    """Give the connected components; independent of the order of pairs and nodes."""
    parent = {node: node for node in nodes}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in pairs:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    groups: dict[str, set[str]] = {}
    for node in parent:
        groups.setdefault(root(node), set()).add(node)
    return [frozenset(groups[each]) for each in sorted(groups)]


def elect(group: Iterable[str], members: Mapping[str, Member]) -> Sequence[Membership]:
    """Give the cluster's rows: named after its canonical article, lags counted from it."""
    ranked = sorted((members[each] for each in group), key=lambda member: member.order)
    first = ranked[0]
    return [
        Membership(
            article_id=member.article_id,
            cluster_id=first.article_id,
            canonical=member is first,
            lag_seconds=max((member.published_at - first.published_at).total_seconds(), 0.0),
        )
        for member in ranked
    ]
