"""What a run made of the newsroom, compared with what it should have made.

warehouse ─► observe ─► Outcome ─► compare(truth) ─► Verdicts
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self
from urllib.parse import unquote

from flows.demo.newsroom import Newsroom
from flows.demo.truth import FeedTruth, StoryTruth, Truth
from flows.ids import feed_id


class Connection(Protocol):
    """The part of a DuckDB connection that is read from."""

    def sql(self, query: str) -> "Rows":
        """Run one query."""
        ...


class Rows(Protocol):
    """The result of a query."""

    def fetchall(self) -> list[tuple[object, ...]]:
        """All rows."""
        ...


@dataclass(frozen=True, slots=True)
class Observed:
    """How one story ended in a warehouse; the names are those of `StoryTruth`."""

    state: str
    relevant: bool
    language: str | None
    actors: frozenset[str]
    topics: frozenset[str]
    namings: frozenset[tuple[str, str, str]]
    repeats: frozenset[tuple[str, str]]
    cluster: str
    story: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything observed after a run, by the keys of truth.toml."""

    stories: Mapping[str, Observed]
    feeds: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case of the truth file, and in what it disagrees with the warehouse."""

    key: str
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the warehouse says what the truth says."""
        return not self.differences


def compare(truth: Truth, outcome: Outcome) -> tuple[Verdict, ...]:
    """Give a verdict on every case: feeds first, then stories, in the order of the file."""
    feeds = [Verdict(key, _feed(case, outcome)) for key, case in truth.feeds.items()]
    stories = [
        Verdict(key, _story(case, outcome.stories[key]))
        if key in outcome.stories
        else Verdict(key, ("not in the ledger",))
        for key, case in truth.stories.items()
    ]
    return (*feeds, *stories)


def _feed(case: FeedTruth, outcome: Outcome) -> tuple[str, ...]:
    expected = (str(case.outcome), str(case.state))
    found = outcome.feeds.get(case.key, ("never polled", "unknown"))
    return () if expected == found else (f"{_said(found)}, not {_said(expected)}",)


def _said(poll: tuple[str, str]) -> str:
    return f"poll {poll[0]}, feed {poll[1]}"


def _story(case: StoryTruth, found: Observed) -> tuple[str, ...]:
    repeats = frozenset({(str(case.repeats.kind), case.repeats.of)} if case.repeats else ())
    return (
        *_differs("state", str(case.state), found.state),
        *_differs("relevant", case.relevant, found.relevant),
        *(_differs("language", case.language, found.language) if case.language else ()),
        *_differs("duplicate", sorted(repeats), sorted(found.repeats)),
        *_differs("cluster", case.cluster, found.cluster),
        *_lacks("actors", case.actors, found.actors),
        *_has("actors", case.not_actors, found.actors),
        *_lacks("topics", case.topics, found.topics),
        *_has("topics", case.not_topics, found.topics),
        *_lacks("namings", _named(case.namings), _named(found.namings)),
    )


def _named(namings: frozenset[tuple[str, str, str]]) -> frozenset[str]:
    return frozenset(f"{place} as {variant} ({voice})" for place, variant, voice in namings)


def _differs(what: str, expected: object, found: object) -> tuple[str, ...]:
    return () if expected == found else (f"{what}: {found}, not {expected}",)


def _lacks(what: str, wanted: frozenset[str], found: frozenset[str]) -> tuple[str, ...]:
    return tuple(f"{what}: {one} is missing" for one in sorted(wanted - found))


def _has(what: str, traps: frozenset[str], found: frozenset[str]) -> tuple[str, ...]:
    return tuple(f"{what}: {one} is a trap" for one in sorted(traps & found))


# ---------------------------------------------------------------- reading the warehouse

_STORIES = """
SELECT items.url, items.article_id, items.state, coalesce(articles.relevant, false),
       articles.language
FROM items LEFT JOIN articles USING (article_id)
"""
_CANONICAL = """
SELECT own.article_id, head.article_id
FROM clusters AS own JOIN clusters AS head USING (cluster_id)
WHERE head.canonical
"""
_REPEATS = """
SELECT article_id, kind, coalesce(of_article_id, seed_documents.title)
FROM duplicates LEFT JOIN seed_documents ON seed_id = of_seed_id
"""
_NAMINGS = """
SELECT article_id, place_id, variant, CASE WHEN quoted THEN 'quoted' ELSE 'own' END FROM namings
"""
_FEEDS = """
SELECT feed_id,
       last(outcome ORDER BY polled_at) FILTER (outcome NOT IN ('not_modified', 'unchanged')),
       state
FROM feeds JOIN polls USING (feed_id) GROUP BY ALL
"""


def observe(connection: Connection, newsroom: Newsroom) -> Outcome:
    """Read how every story and feed of a newsroom ended.

    Args:
        connection: an open connection to the warehouse or its read snapshot.
        newsroom: the newsroom that was ingested; its addresses lead back to the keys.
    """
    keys = {unquote(newsroom.url(key)): key for key in _story_keys(newsroom)}
    rows = [
        (keys[unquote(str(url))], str(article_id), rest)
        for url, article_id, *rest in connection.sql(_STORIES).fetchall()
        if unquote(str(url)) in keys
    ]
    facts = _Facts.read(connection, {article_id: key for key, article_id, _ in rows})
    stories = {key: facts.observed(key, article_id, rest) for key, article_id, rest in rows}
    return Outcome(stories, _observed_feeds(connection, newsroom))


def _story_keys(newsroom: Newsroom) -> list[str]:
    return [f"{o.outlet_id}/{s.slug}" for o in newsroom.outlets for s in o.stories]


def _observed_feeds(connection: Connection, newsroom: Newsroom) -> dict[str, tuple[str, str]]:
    keys = [f"{o.outlet_id}{feed.path}" for o in newsroom.outlets for feed in o.feeds]
    # by id: the address of a feed that moved is another one after its first poll
    by_id = {feed_id(key.split("/", 1)[0], newsroom.feed_url(key)): key for key in keys}
    return {
        by_id[str(feed)]: (str(outcome), str(state))
        for feed, outcome, state in connection.sql(_FEEDS).fetchall()
        if str(feed) in by_id
    }


@dataclass(frozen=True, slots=True)
class _Facts:
    """Rows about articles, by article id; `keys` turns an id into its story's key."""

    keys: Mapping[str, str]
    actors: Mapping[str, frozenset[tuple[str, ...]]]
    topics: Mapping[str, frozenset[tuple[str, ...]]]
    namings: Mapping[str, frozenset[tuple[str, ...]]]
    repeats: Mapping[str, frozenset[tuple[str, ...]]]
    canonical: Mapping[str, frozenset[tuple[str, ...]]]
    told: Mapping[str, frozenset[tuple[str, ...]]]

    @classmethod
    def read(cls, connection: Connection, keys: Mapping[str, str]) -> Self:
        return cls(
            keys=keys,
            actors=_by_article(connection, "SELECT article_id, actor_id FROM article_actors"),
            topics=_by_article(connection, "SELECT article_id, topic_id FROM article_topics"),
            namings=_by_article(connection, _NAMINGS),
            repeats=_by_article(connection, _REPEATS),
            canonical=_by_article(connection, _CANONICAL),
            told=_by_article(connection, "SELECT article_id, story_id FROM stories"),
        )

    def observed(self, key: str, article_id: str, rest: list[object]) -> Observed:
        none: frozenset[tuple[str, ...]] = frozenset()
        heads = self.canonical.get(article_id, none)
        return Observed(
            state=str(rest[0]),
            relevant=bool(rest[1]),
            language=str(rest[2]) if rest[2] else None,
            actors=frozenset(row[0] for row in self.actors.get(article_id, none)),
            topics=frozenset(row[0] for row in self.topics.get(article_id, none)),
            namings=frozenset(
                (row[0], row[1], row[2]) for row in self.namings.get(article_id, none)
            ),
            repeats=frozenset(
                (row[0], self.keys.get(row[1], row[1]))
                for row in self.repeats.get(article_id, none)
            ),
            cluster=next((self.keys.get(head, head) for (head,) in heads), key),
            story=next((story for (story,) in self.told.get(article_id, none)), None),
        )


def _by_article(connection: Connection, query: str) -> dict[str, frozenset[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for article_id, *rest in connection.sql(query).fetchall():
        found.setdefault(str(article_id), set()).add(tuple(map(str, rest)))
    return {article_id: frozenset(rows) for article_id, rows in found.items()}
