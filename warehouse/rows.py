"""Types that travel, as Arrow tables: the columns of each staged table, and its rows.

A staged table has the columns of the warehouse table it feeds, so that loading is one MERGE.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import pyarrow as pa

from flows.model import (
    ActorRow,
    Duplicate,
    Feed,
    FeedState,
    HostState,
    Item,
    Language,
    Membership,
    PlaceRow,
    Poll,
    SeedDocument,
    Source,
    StoryMarks,
    TaggedArticle,
    Tags,
    TopicRow,
)

T_contra = TypeVar("T_contra", contravariant=True)
Row = tuple[Any, ...]

LOCAL = timedelta(hours=4)  # Baku, Yerevan and Tbilisi agree on UTC+4

TEXT = pa.string()
TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(TEXT)
HASHES = pa.list_(pa.uint64())
FLAG = pa.bool_()
COUNT = pa.int32()
BIG = pa.int64()
REAL = pa.float64()
DAY = pa.date32()


def local_day(moment: datetime) -> date:
    """Give the calendar day of the region (UTC+4) that a moment falls on."""
    return (moment.astimezone(UTC) + LOCAL).date()


@dataclass(frozen=True, slots=True)
class Staged(Generic[T_contra]):
    """A staged table: its name, its columns, and how one value becomes its rows."""

    name: str
    columns: Mapping[str, pa.DataType]
    rows: Callable[[T_contra], Iterable[Row]]

    def table(self, values: Iterable[T_contra]) -> pa.Table:
        """Give the values as an Arrow table."""
        rows = [row for value in values for row in self.rows(value)]
        return as_table(self.columns, rows)

    def empty(self) -> pa.Table:
        """Give the table without rows."""
        return as_table(self.columns, [])


def as_table(columns: Mapping[str, pa.DataType], rows: Sequence[Row]) -> pa.Table:
    """Give rows as an Arrow table of these columns."""
    by_column = zip(*rows, strict=True) if rows else [() for _ in columns]
    arrays = [
        pa.array(values, type=kind)
        for values, kind in zip(by_column, columns.values(), strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(columns.items())))


# ---------------------------------------------------------------- what we watch


def _source(source: Source) -> Iterable[Row]:
    low, high = source.expect_per_day or (None, None)
    yield (
        source.source_id,
        source.name,
        source.homepage,
        source.country,
        source.ownership,
        source.perspective,
        list(source.languages),
        source.evidence,
        source.active,
        low,
        high,
    )


SOURCES: Staged[Source] = Staged(
    "sources",
    {
        "source_id": TEXT,
        "name": TEXT,
        "homepage": TEXT,
        "country": TEXT,
        "ownership": TEXT,
        "perspective": TEXT,
        "languages": TEXTS,
        "evidence": TEXT,
        "active": FLAG,
        "expect_min": COUNT,
        "expect_max": COUNT,
    },
    _source,
)


def _feed(feed: Feed) -> Iterable[Row]:
    yield (feed.feed_id, feed.source_id, feed.url, feed.kind.value, feed.active)


FEEDS: Staged[Feed] = Staged(
    "feeds",
    {"feed_id": TEXT, "source_id": TEXT, "url": TEXT, "kind": TEXT, "active": FLAG},
    _feed,
)


# ---------------------------------------------------------------- collect


def _state(state: FeedState) -> Iterable[Row]:
    yield (
        state.feed_id,
        state.url,
        state.state.value,
        state.etag,
        state.last_modified,
        state.body_hash,
        state.next_poll_at,
        state.interval_seconds,
        state.consecutive_failures,
        state.last_success_at,
        state.last_error,
        state.moved_to,
        list(state.recent_items),
    )


FEED_STATES: Staged[FeedState] = Staged(
    "feed_states",
    {
        "feed_id": TEXT,
        "polled_url": TEXT,
        "state": TEXT,
        "etag": TEXT,
        "last_modified": TEXT,
        "body_hash": TEXT,
        "next_poll_at": TIME,
        "interval_seconds": REAL,
        "consecutive_failures": COUNT,
        "last_success_at": TIME,
        "last_error": TEXT,
        "moved_to": TEXT,
        "recent_items": TEXTS,
    },
    _state,
)


def _host(host: HostState) -> Iterable[Row]:
    yield (
        host.host,
        host.hold_until,
        host.robots_status,
        host.robots_body,
        host.robots_checked_at,
        host.tdm_body,
        host.tdm_checked_at,
    )


HOSTS: Staged[HostState] = Staged(
    "hosts",
    {
        "host": TEXT,
        "hold_until": TIME,
        "robots_status": COUNT,
        "robots_body": TEXT,
        "robots_checked_at": TIME,
        "tdm_body": TEXT,
        "tdm_checked_at": TIME,
    },
    _host,
)


def _poll(poll: Poll) -> Iterable[Row]:
    yield (
        poll.poll_id,
        poll.feed_id,
        poll.polled_at,
        poll.outcome.value,
        poll.http_status,
        poll.body_bytes,
        poll.milliseconds,
        len(poll.entries),
        poll.gap,
        poll.error,
    )


POLLS: Staged[Poll] = Staged(
    "polls",
    {
        "poll_id": TEXT,
        "feed_id": TEXT,
        "polled_at": TIME,
        "outcome": TEXT,
        "http_status": COUNT,
        "bytes": BIG,
        "milliseconds": BIG,
        "entries": COUNT,
        "gap": FLAG,
        "error": TEXT,
    },
    _poll,
)


def _item(item: Item) -> Iterable[Row]:
    entry = item.entry
    yield (
        item.item_id,
        item.feed_id,
        item.source_id,
        entry.url,
        entry.guid,
        entry.title,
        entry.published_at,
        item.seen_at,
        item.state.value,
        item.reason,
        item.attempts,
        item.next_attempt_at,
        item.article_id,
        entry.summary,
        entry.content_html,
        entry.modified_at,
        list(entry.authors),
        entry.content_hash,
    )


ITEMS: Staged[Item] = Staged(
    "items",
    {
        "item_id": TEXT,
        "feed_id": TEXT,
        "source_id": TEXT,
        "url": TEXT,
        "guid": TEXT,
        "title": TEXT,
        "published_at": TIME,
        "seen_at": TIME,
        "state": TEXT,
        "reason": TEXT,
        "attempts": COUNT,
        "next_attempt_at": TIME,
        "article_id": TEXT,
        "summary": TEXT,
        "content_html": TEXT,
        "modified_at": TIME,
        "authors": TEXTS,
        "content_hash": TEXT,
    },
    _item,
)
REVISITS: Staged[Item] = Staged("revisits", ITEMS.columns, _item)
VISITS: Staged[Item] = Staged("visits", ITEMS.columns, _item)


# ---------------------------------------------------------------- articles


def _article(tagged: TaggedArticle) -> Iterable[Row]:
    article, tags = tagged.article, tagged.tags
    yield (
        article.article_id,
        article.source_id,
        article.feed_id,
        article.url,
        article.canonical_url,
        article.title,
        list(article.authors),
        article.published_at,
        article.published_from,
        article.modified_at,
        article.fetched_at,
        article.language.code,
        article.language.confidence,
        article.language_declared,
        article.text,
        article.word_count,
        article.content_hash,
        article.extractor,
        article.agreement,
        article.quality,
        tags.relevance,
        tags.relevant,
        article.warc_ref,
        local_day(article.published_at),
        article.language.decided_by,
        tags.reason,
    )


ARTICLES: Staged[TaggedArticle] = Staged(
    "articles",
    {
        "article_id": TEXT,
        "source_id": TEXT,
        "feed_id": TEXT,
        "url": TEXT,
        "canonical_url": TEXT,
        "title": TEXT,
        "authors": TEXTS,
        "published_at": TIME,
        "published_from": TEXT,
        "modified_at": TIME,
        "fetched_at": TIME,
        "language": TEXT,
        "language_confidence": REAL,
        "language_declared": TEXT,
        "text": TEXT,
        "word_count": COUNT,
        "content_hash": TEXT,
        "extractor": TEXT,
        "agreement": REAL,
        "quality": TEXT,
        "relevance": REAL,
        "relevant": FLAG,
        "warc_ref": TEXT,
        "day": DAY,
        "language_decided_by": TEXT,
        "relevance_reason": TEXT,
    },
    _article,
)


class Dated(Protocol):
    """An article as far as its tags need it."""

    @property
    def article_id(self) -> str:
        """Whose tags they are."""
        ...

    @property
    def published_at(self) -> datetime:
        """When it came out, which gives the day of its tags."""
        ...

    @property
    def language(self) -> Language | str:
        """Its language with who decided on it, or the code alone."""
        ...


class Tagged(Protocol):
    """An article with tags: one that is loaded, or a stored one that is tagged again."""

    @property
    def article(self) -> Dated:
        """What was tagged."""
        ...

    @property
    def tags(self) -> Tags:
        """What it was tagged with."""
        ...

    @property
    def story(self) -> StoryMarks:
        """What it shares with others on its event."""
        ...


def _mentions(tagged: Tagged) -> Iterable[Row]:
    for mention in tagged.tags.mentions:
        yield (
            tagged.article.article_id,
            mention.actor_id,
            mention.surface,
            mention.field,
            mention.start_char,
            mention.end_char,
            mention.rule,
        )


MENTIONS: Staged[Tagged] = Staged(
    "mentions",
    {
        "article_id": TEXT,
        "actor_id": TEXT,
        "surface": TEXT,
        "field": TEXT,
        "start_char": COUNT,
        "end_char": COUNT,
        "rule": TEXT,
    },
    _mentions,
)


def _actors(tagged: Tagged) -> Iterable[Row]:
    for tag in tagged.tags.actors:
        yield (
            tagged.article.article_id,
            tag.actor_id,
            tag.mentions,
            tag.salience,
            tag.principal,
            local_day(tagged.article.published_at),
        )


ARTICLE_ACTORS: Staged[Tagged] = Staged(
    "article_actors",
    {
        "article_id": TEXT,
        "actor_id": TEXT,
        "mentions": COUNT,
        "salience": REAL,
        "principal": FLAG,
        "day": DAY,
    },
    _actors,
)


def _topics(tagged: Tagged) -> Iterable[Row]:
    for tag in tagged.tags.topics:
        yield (
            tagged.article.article_id,
            tag.topic_id,
            tag.score,
            list(tag.evidence),
            local_day(tagged.article.published_at),
        )


ARTICLE_TOPICS: Staged[Tagged] = Staged(
    "article_topics",
    {"article_id": TEXT, "topic_id": TEXT, "score": REAL, "evidence": TEXTS, "day": DAY},
    _topics,
)


def _namings(tagged: Tagged) -> Iterable[Row]:
    for naming in tagged.tags.namings:
        yield (
            tagged.article.article_id,
            naming.place_id,
            naming.variant,
            naming.quoted,
            naming.mentions,
            local_day(tagged.article.published_at),
        )


NAMINGS: Staged[Tagged] = Staged(
    "namings",
    {
        "article_id": TEXT,
        "place_id": TEXT,
        "variant": TEXT,
        "quoted": FLAG,
        "mentions": COUNT,
        "day": DAY,
    },
    _namings,
)


def _relevance(tagged: Tagged) -> Iterable[Row]:
    tags = tagged.tags
    yield (tagged.article.article_id, tags.relevance, tags.relevant, tags.reason)


RELEVANCE: Staged[Tagged] = Staged(
    "relevance",
    {"article_id": TEXT, "relevance": REAL, "relevant": FLAG, "relevance_reason": TEXT},
    _relevance,
)

TAG_TABLES: tuple[Staged[Tagged], ...] = (MENTIONS, ARTICLE_ACTORS, ARTICLE_TOPICS, NAMINGS)


def _fingerprint(tagged: TaggedArticle) -> Iterable[Row]:
    yield (
        tagged.article.article_id,
        tagged.fingerprint.normal_hash,
        sorted(tagged.fingerprint.sketch),
        local_day(tagged.article.published_at),
    )


FINGERPRINTS: Staged[TaggedArticle] = Staged(
    "fingerprints",
    {"article_id": TEXT, "normal_hash": TEXT, "sketch": HASHES, "day": DAY},
    _fingerprint,
)


def _story_marks(tagged: Tagged) -> Iterable[Row]:
    article = tagged.article
    language = article.language
    yield (
        article.article_id,
        language if isinstance(language, str) else language.code,
        article.published_at,
        local_day(article.published_at),
        tagged.story.features,
        tagged.story.weights,
    )


STORY_MARKS: Staged[Tagged] = Staged(
    "story_marks",
    {
        "article_id": TEXT,
        "language": TEXT,
        "published_at": TIME,
        "day": DAY,
        "features": pa.list_(pa.uint32()),
        "weights": pa.list_(pa.uint16()),
    },
    _story_marks,
)


# ---------------------------------------------------------------- links


def _duplicate(pair: Duplicate) -> Iterable[Row]:
    yield (
        pair.article_id,
        pair.of_article_id,
        pair.of_seed_id,
        pair.kind.value,
        pair.similarity,
        pair.containment,
        pair.method,
    )


DUPLICATES: Staged[Duplicate] = Staged(
    "duplicates",
    {
        "article_id": TEXT,
        "of_article_id": TEXT,
        "of_seed_id": TEXT,
        "kind": TEXT,
        "similarity": REAL,
        "containment": REAL,
        "method": TEXT,
    },
    _duplicate,
)


DUPLICATES_LOST: Staged[Duplicate] = Staged("duplicates_lost", DUPLICATES.columns, _duplicate)


def _hash(hashed: int) -> Iterable[Row]:
    yield (hashed,)


COMMON_GAINED: Staged[int] = Staged("common_gained", {"hash": pa.uint64()}, _hash)
COMMON_LOST: Staged[int] = Staged("common_lost", {"hash": pa.uint64()}, _hash)


def _membership(member: Membership) -> Iterable[Row]:
    yield (member.article_id, member.cluster_id, member.canonical, member.lag_seconds)


CLUSTERS: Staged[Membership] = Staged(
    "clusters",
    {"article_id": TEXT, "cluster_id": TEXT, "canonical": FLAG, "lag_seconds": REAL},
    _membership,
)


def _novelty(pair: tuple[str, float]) -> Iterable[Row]:
    yield pair


NOVELTY: Staged[tuple[str, float]] = Staged(
    "novelty", {"article_id": TEXT, "novelty": REAL}, _novelty
)


# ---------------------------------------------------------------- tombstones


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That an article was forgotten: the hash of its canonical URL, and nothing it said."""

    url_hash: str
    forgotten_at: datetime
    reason: str


def _tombstone(stone: Tombstone) -> Iterable[Row]:
    yield stone.url_hash, stone.forgotten_at, stone.reason


FORGOTTEN: Staged[Tombstone] = Staged(
    "forgotten", {"url_hash": TEXT, "forgotten_at": TIME, "reason": TEXT}, _tombstone
)


# ---------------------------------------------------------------- seeds


def _seed(seed: SeedDocument) -> Iterable[Row]:
    prints = seed.fingerprint
    yield (
        seed.seed_id,
        seed.title,
        seed.language,
        seed.word_count,
        seed.content_hash,
        seed.added_at,
        prints.normal_hash,
        prints.word_count,
        sorted(prints.sketch),
        sorted(prints.shingles),
        sorted(prints.numbers),
        list(prints.sentences),
    )


SEEDS: Staged[SeedDocument] = Staged(
    "seeds",
    {
        "seed_id": TEXT,
        "title": TEXT,
        "language": TEXT,
        "word_count": COUNT,
        "content_hash": TEXT,
        "added_at": TIME,
        "normal_hash": TEXT,
        "print_words": COUNT,
        "sketch": HASHES,
        "shingles": HASHES,
        "numbers": HASHES,
        "sentences": HASHES,
    },
    _seed,
)

# ---------------------------------------------------------------- vocabulary


def _actor(actor: ActorRow) -> Iterable[Row]:
    yield (
        actor.actor_id,
        actor.label,
        actor.kind,
        actor.country,
        actor.wikidata_id,
        actor.plover_code,
        actor.parent_id,
        actor.valid_from,
        actor.valid_to,
    )


ACTORS: Staged[ActorRow] = Staged(
    "actors",
    {
        "actor_id": TEXT,
        "label": TEXT,
        "kind": TEXT,
        "country": TEXT,
        "wikidata_id": TEXT,
        "plover_code": TEXT,
        "parent_id": TEXT,
        "valid_from": DAY,
        "valid_to": DAY,
    },
    _actor,
)


def _topic(topic: TopicRow) -> Iterable[Row]:
    yield (topic.topic_id, topic.label, topic.parent_id, topic.plover, topic.iptc)


TOPICS: Staged[TopicRow] = Staged(
    "topics",
    {"topic_id": TEXT, "label": TEXT, "parent_id": TEXT, "plover": TEXT, "iptc": TEXT},
    _topic,
)


def _place(place: PlaceRow) -> Iterable[Row]:
    yield (place.place_id, place.label, place.country, place.latitude, place.longitude)


PLACES: Staged[PlaceRow] = Staged(
    "places",
    {"place_id": TEXT, "label": TEXT, "country": TEXT, "latitude": REAL, "longitude": REAL},
    _place,
)


# ---------------------------------------------------------------- runs


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run: a row of `runs`; `counts` is JSON."""

    run_id: str
    flow: str
    started_at: datetime | None
    state: str
    finished_at: datetime | None = None
    counts: str | None = None
    code_version: str = ""
    vocabulary_version: str = ""


def _run(run: RunRow) -> Iterable[Row]:
    yield (
        run.run_id,
        run.flow,
        run.started_at,
        run.finished_at,
        run.state,
        run.counts,
        run.code_version,
        run.vocabulary_version,
    )


RUNS: Staged[RunRow] = Staged(
    "runs",
    {
        "run_id": TEXT,
        "flow": TEXT,
        "started_at": TIME,
        "finished_at": TIME,
        "state": TEXT,
        "counts": TEXT,
        "code_version": TEXT,
        "vocabulary_version": TEXT,
    },
    _run,
)


def _run_item(item: str) -> Iterable[Row]:
    yield (item,)


RUN_ITEMS: Staged[str] = Staged("run_items", {"item_id": TEXT}, _run_item)
OURS: Staged[str] = Staged("ours", {"run_id": TEXT}, _run_item)


def _progress(counts: str) -> Iterable[Row]:
    yield (counts,)


PROGRESS: Staged[str] = Staged("progress", {"counts": TEXT}, _progress)

ARTICLE_TABLES: tuple[Staged[TaggedArticle], ...] = (
    ARTICLES,
    *TAG_TABLES,
    FINGERPRINTS,
    STORY_MARKS,
)


def only_first(articles: Sequence[TaggedArticle]) -> tuple[TaggedArticle, ...]:
    """Give each article once: the source of a MERGE must not name a row twice."""
    return tuple({tagged.article.article_id: tagged for tagged in reversed(articles)}.values())


def one_per_pair(pairs: Sequence[Duplicate]) -> tuple[Duplicate, ...]:
    """Give each pair once, the strongest first found."""
    first: dict[tuple[str, str | None, str | None], Duplicate] = {}
    for pair in pairs:
        first.setdefault((pair.article_id, pair.of_article_id, pair.of_seed_id), pair)
    return tuple(first.values())


def one_per_article(members: Sequence[Membership]) -> tuple[Membership, ...]:
    """Give each article's last membership: an article is in exactly one cluster."""
    return tuple({member.article_id: member for member in members}.values())
