"""The types that travel, and nothing else: one frozen type per stage.

    Source, Feed ─ collect ─► Poll, FeedEntry ─► Page | Missed
                 ─ extract ─► Article | Missed
                 ─ dedup ──► Fingerprint, then Duplicate? and Membership
                 ─ tag ────► Tags
                 ─ load ───► warehouse tables

All times are aware and in UTC. All texts are valid Unicode, NFC, without control
characters; offsets are code points. All ids come from `flows.ids`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network


class FeedKind(StrEnum):
    """How a feed is read."""

    FEED = "feed"
    NEWS_SITEMAP = "news-sitemap"
    SITEMAP = "sitemap"
    LISTING = "listing"


class FeedStatus(StrEnum):
    """What the scheduler thinks of a feed."""

    ACTIVE = "active"
    BACKING_OFF = "backing_off"
    GONE = "gone"
    DISABLED = "disabled"


class PollOutcome(StrEnum):
    """How one poll of a feed ended."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"


class ItemState(StrEnum):
    """Where an entry of a feed stands; all but `pending` are terminal."""

    LOADED = "loaded"
    DUPLICATE = "duplicate"
    OFF_TOPIC = "off_topic"
    TOO_SHORT = "too_short"
    REFUSED = "refused"
    FETCH_FAILED = "fetch_failed"
    EXTRACT_FAILED = "extract_failed"
    QUARANTINED = "quarantined"
    PENDING = "pending"


class DuplicateKind(StrEnum):
    """How one article repeats another, or a seed."""

    URL = "url"
    EXACT = "exact"
    NEAR = "near"
    CONTAINED = "contained"
    SEED = "seed"


# ---------------------------------------------------------------- what we watch


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How requests for a source are made.

    `min_delay` and `timeout` are seconds, `max_bytes` counts decoded bytes. `reserved` says
    what becomes of pages that reserve text mining: `index` reads them once, `refuse` does not.
    """

    contact: str
    min_delay: float = 2.0
    max_bytes: int = 10_000_000
    timeout: float = 30.0
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    proxy: str | None = None
    reserved: str = "index"


@dataclass(frozen=True, slots=True)
class ExtractRules:
    """CSS selectors of one source that win over the general extractor."""

    title: str | None = None
    author: str | None = None
    published: str | None = None
    body: str | None = None
    remove: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed as configured."""

    feed_id: str
    source_id: str
    url: str
    kind: FeedKind
    policy: FetchPolicy
    min_interval: timedelta = timedelta(minutes=10)
    max_interval: timedelta = timedelta(hours=24)
    link_selector: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """One outlet: what it is, who owns it, where that was read."""

    source_id: str
    name: str
    homepage: str
    country: str
    ownership: str
    perspective: str
    languages: tuple[str, ...]
    evidence: str
    feeds: tuple[Feed, ...]
    expect_per_day: tuple[int, int] | None = None
    extract: ExtractRules = ExtractRules()
    active: bool = True


# ---------------------------------------------------------------- collect


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of a feed between polls; `url` is where it is polled now."""

    feed_id: str
    url: str
    state: FeedStatus = FeedStatus.ACTIVE
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_poll_at: datetime | None = None
    interval_seconds: float | None = None
    consecutive_failures: int = 0
    last_success_at: datetime | None = None
    last_error: str | None = None
    moved_to: str | None = None
    recent_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostState:
    """What we remember of a host between runs: its wish to be left alone, its rules."""

    host: str
    hold_until: datetime | None = None
    robots_status: int | None = None
    robots_body: str | None = None
    robots_checked_at: datetime | None = None
    tdm_body: str | None = None
    tdm_checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed document, its link canonical and absolute."""

    url: str
    guid: str | None
    title: str
    summary: str = ""
    content_html: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    content_hash: str | None = None  # of the words of `content_html`


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of one feed: what came, and the feed's state after it."""

    poll_id: str
    feed_id: str
    polled_at: datetime
    outcome: PollOutcome
    after: FeedState
    entries: tuple[FeedEntry, ...] = ()
    http_status: int | None = None
    body_bytes: int = 0
    milliseconds: int = 0
    gap: bool = False
    error: str | None = None
    malformed: bool = False
    dropped: int = 0  # entries without a link that may be followed


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the ledger: an entry of a feed and where it stands.

    One that is fetched `again` stays where it stood; only its article may become another.
    """

    item_id: str
    feed_id: str
    source_id: str
    article_id: str
    entry: FeedEntry
    seen_at: datetime
    state: ItemState = ItemState.PENDING
    reason: str | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the entry of a stored article said when it was last seen to change."""

    title: str
    seen_at: datetime
    published_at: datetime | None = None
    modified_at: datetime | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes behind an article's link; `url` is where redirects ended."""

    article_id: str
    url: str
    body: bytes
    content_type: str
    fetched_at: datetime
    from_feed: bool = False
    reserved: bool = False
    warc_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """An entry that ends, or waits, without an article; `state` and `reason` go to the ledger.

    `attempted`: it counts as one of its attempts; an outage of our own network does not.
    """

    state: ItemState
    reason: str
    retry_at: datetime | None = None
    attempted: bool = True


# ---------------------------------------------------------------- extract


@dataclass(frozen=True, slots=True)
class Language:
    """Language of a text: ISO 639-1 code or `und`, and which step decided."""

    code: str
    confidence: float
    decided_by: str


@dataclass(frozen=True, slots=True)
class Article:
    """Words from a page."""

    article_id: str
    source_id: str
    feed_id: str | None
    url: str
    canonical_url: str
    title: str
    text: str
    authors: tuple[str, ...]
    published_at: datetime
    published_from: str
    modified_at: datetime | None
    fetched_at: datetime
    language: Language
    language_declared: str | None
    word_count: int
    content_hash: str
    extractor: str
    agreement: float | None = None
    quality: str = "ok"
    warc_ref: str | None = None


# ---------------------------------------------------------------- dedup


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text as hashes: enough to find, compare and explain copies without the text.

    `normal_hash` identifies the normalised text; `sketch` is what the index holds;
    `shingles` (3-word), `numbers` and `sentences` are what verification compares. `words`
    holds a hash per word in order (8 bytes each, little-endian); a seed document has none,
    since words in order could be read back. `names` are words written with a capital inside a
    sentence; `cut` says that the text announces it goes on elsewhere, `stops` that it ends as
    sentences do; `heading` is the title, 0 for none or a word.
    """

    normal_hash: str
    word_count: int
    sketch: frozenset[int]
    shingles: frozenset[int]
    numbers: frozenset[int]
    sentences: tuple[int, ...]
    words: bytes = b""
    names: frozenset[int] = frozenset()
    cut: bool = False
    stops: bool = True
    heading: int = 0


@dataclass(frozen=True, slots=True)
class StoryMarks:
    """What an article shares with others on its event, in any language: hashes, and weights.

    `features` are 22-bit hashes of names, numbers, actors and topics, ascending; `weights` say
    how much each counts, as a vector of length 10,000.
    """

    features: tuple[int, ...] = ()
    weights: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One pair: `article_id` repeats another article, or a seed document."""

    article_id: str
    of_article_id: str | None
    of_seed_id: str | None
    kind: DuplicateKind
    similarity: float
    containment: float
    method: str


@dataclass(frozen=True, slots=True)
class Membership:
    """The one cluster an article is in; `lag_seconds` counts from the canonical article."""

    article_id: str
    cluster_id: str
    canonical: bool
    lag_seconds: float


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """A stored article that a new one may repeat, with what a comparison needs."""

    article_id: str
    canonical_url: str
    source_id: str
    title: str
    text: str
    language: str
    published_at: datetime
    cluster_id: str


@dataclass(frozen=True, slots=True)
class SeedDocument:
    """A document of the seed corpus: its fingerprint, never its text."""

    seed_id: str
    title: str
    language: str
    word_count: int
    content_hash: str
    added_at: datetime
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Known:
    """What the warehouse holds that new articles may repeat: the candidates.

    `members` lists every article of each cluster a candidate is in, with its time;
    `undated` those of them whose time is only when we fetched them. `loosened` are the places
    of articles whose cluster held one of the new ones with other words.
    """

    articles: tuple[KnownArticle, ...] = ()
    members: tuple[tuple[str, str, datetime], ...] = ()  # cluster_id, article_id, published_at
    seeds: tuple[SeedDocument, ...] = ()
    undated: frozenset[str] = frozenset()
    loosened: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """What deduplication decided on a batch; memberships may move stored articles too."""

    duplicates: tuple[Duplicate, ...] = ()
    memberships: tuple[Membership, ...] = ()
    novelty: tuple[tuple[str, float], ...] = ()  # article_id, share of sentences not seen


# ---------------------------------------------------------------- tag


@dataclass(frozen=True, slots=True)
class ActorRow:
    """An actor of the vocabulary: a row of `actors`; `country` is ISO 3166-1 alpha-2.

    `valid_from` and `valid_to` bound the actor itself (a body founded, an office held).
    """

    actor_id: str
    label: str
    kind: str
    country: str | None = None
    wikidata_id: str | None = None
    plover_code: str | None = None
    parent_id: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic of the vocabulary: a row of `topics`; families have no parent."""

    topic_id: str
    label: str
    parent_id: str | None = None
    plover: str | None = None
    iptc: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A contested place of the vocabulary: a row of `places`; degrees, WGS 84."""

    place_id: str
    label: str
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Where an actor is named: `field` is `title` or `text`, offsets are code points in it."""

    actor_id: str
    surface: str
    field: str
    start_char: int
    end_char: int
    rule: str


@dataclass(frozen=True, slots=True)
class ActorTag:
    """An actor of an article, and how far the article is about it (0 to 1)."""

    actor_id: str
    mentions: int
    salience: float
    principal: bool


@dataclass(frozen=True, slots=True)
class TopicTag:
    """A topic of an article, with the words that are its evidence."""

    topic_id: str
    score: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """Which of a place's contested names was used, and in whose voice."""

    place_id: str
    variant: str
    quoted: bool
    mentions: int


@dataclass(frozen=True, slots=True)
class Tags:
    """Everything the tagger decided on one article."""

    relevance: float
    relevant: bool
    reason: str
    mentions: tuple[Mention, ...] = ()
    actors: tuple[ActorTag, ...] = ()
    topics: tuple[TopicTag, ...] = ()
    namings: tuple[Naming, ...] = ()


@dataclass(frozen=True, slots=True)
class TaggedArticle:
    """An article with its fingerprint, tags and story marks: what the warehouse loads."""

    article: Article
    fingerprint: Fingerprint
    tags: Tags
    story: StoryMarks = StoryMarks()


# ---------------------------------------------------------------- reprocess


@dataclass(frozen=True, slots=True)
class Place:
    """How far a pass over the stored articles is: through this article of this day."""

    day: date
    article_id: str


@dataclass(frozen=True, slots=True)
class StoredText:
    """A stored article as far as deduplication and tagging go."""

    article_id: str
    source_id: str
    canonical_url: str
    title: str
    text: str
    language: str
    published_at: datetime
    published_from: str


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A stored article but for its text, and the ledger's row of the entry that led to it."""

    article: Article
    item: Item


@dataclass(frozen=True, slots=True)
class Retagged:
    """A stored article whose tags or story marks are others now; `before` is what is stored."""

    article: StoredText
    before: Tags
    tags: Tags
    story: StoryMarks


# ---------------------------------------------------------------- load


@dataclass(frozen=True, slots=True)
class Batch:
    """What one load transaction takes: half-made work never reaches the warehouse."""

    polls: tuple[Poll, ...] = ()
    items: tuple[Item, ...] = ()
    articles: tuple[TaggedArticle, ...] = ()
    hosts: tuple[HostState, ...] = ()
    visits: tuple[Item, ...] = ()  # entries fetched again, as they stand after the attempt


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load changed; `states` counts ledger rows that reached a state."""

    articles_loaded: int = 0
    revisions: int = 0
    states: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
