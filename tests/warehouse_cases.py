# ruff: noqa: FBT003 - rows are given in the order of the table
"""Made-up sources, items and articles for the tests of the warehouse."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flows import ids
from flows.model import (
    ActorTag,
    Article,
    Batch,
    Duplicate,
    DuplicateKind,
    Feed,
    FeedEntry,
    FeedKind,
    FeedState,
    FetchPolicy,
    Fingerprint,
    Item,
    Language,
    Links,
    Membership,
    Mention,
    Naming,
    Poll,
    PollOutcome,
    Source,
    TaggedArticle,
    Tags,
    TopicTag,
)
from warehouse import reader
from warehouse.publish import publish

NOON = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday, noon in the region


def a_source(name="alpha", **changes):
    url = f"https://{name}.example/feed"
    feed = Feed(ids.feed_id(name, url), name, url, FeedKind.FEED, FetchPolicy("mailto:a@b.example"))
    source = Source(
        name, name.title(), f"https://{name}.example/", "GE", "independent", "regional",
        ("en",), "https://example.org/register", (feed,),
    )  # fmt: skip
    return replace(source, **changes)


def an_item(source, url, at=NOON, **changes):
    feed = source.feeds[0]
    item = Item(
        ids.item_id(feed.feed_id, url), feed.feed_id, source.source_id, ids.article_id(url),
        FeedEntry(url, None, "A title", published_at=at), at,
    )  # fmt: skip
    return replace(item, **changes)


def a_poll(source, items, at=NOON, **changes):
    feed = source.feeds[0]
    after = FeedState(feed.feed_id, feed.url, etag='"1"', last_success_at=at)
    poll = Poll(
        ids.stable_id("poll", feed.feed_id, at.isoformat()), feed.feed_id, at, PollOutcome.OK,
        after, tuple(item.entry for item in items), 200, 1000, 20,
    )  # fmt: skip
    return replace(poll, **changes)


def an_article(item, text="Words of an article about a treaty.", **tags):
    article = Article(
        item.article_id, item.source_id, item.feed_id, item.entry.url, item.entry.url,
        item.entry.title, text, ("An Author",), item.entry.published_at, "feed", None, NOON,
        Language("en", 0.99, "script"), "en", 7, ids.content_hash(text), "trafilatura",
    )  # fmt: skip
    given = Tags(
        0.9, True, "topic and actor",
        (Mention("arm", "Armenia", "text", 0, 7, "name"),),
        (ActorTag("arm", 2, 0.8, True), ActorTag("aze", 1, 0.4, False)),
        (TopicTag("peace.treaty", 1.5, ("treaty",)),),
        (Naming("syunik", "Syunik", False, 1),),
    )  # fmt: skip
    prints = Fingerprint(
        ids.content_hash(text.lower()), 7, frozenset({1, 2**64 - 1}), frozenset({3}), frozenset(),
        (4,),
    )  # fmt: skip
    return TaggedArticle(article, prints, replace(given, **tags))


def alone(*articles):
    return Links(
        memberships=tuple(
            Membership(tagged.article.article_id, tagged.article.article_id, True, 0.0)
            for tagged in articles
        )
    )


def answers(store, sql):
    """Ask a snapshot of the core as it stands."""
    if not _is_published(store):
        publish(store.path)
    connection = reader.connect(store.path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _is_published(store):
    core, link = store.path, store.paths.snapshot_link
    written = [file for file in (core, core.with_name(f"{core.name}.wal")) if file.exists()]
    return link.exists() and link.stat().st_mtime_ns > max(
        (file.stat().st_mtime_ns for file in written), default=math.inf
    )


def begin(writer, source, *more, run="run1"):
    writer.sync_sources((source, *more))
    writer.start_run(run, "ingest", NOON, "0.1", "v1")


def run_of(store, source, items, articles, links=None, run="run1"):
    with store.writing() as writer:
        begin(writer, source, run=run)
        new = writer.record_polls(run, [a_poll(source, items)], items)
        report = writer.load(
            run, Batch(items=tuple(items), articles=tuple(articles)), links or alone(*articles)
        )
        return new, report


def filled(store):
    """Fill a store with forty days of three sources: a burst, an outage, a story copied."""
    sources = [a_source(), a_source("beta", ownership="state", perspective="AZ", country="AZ")]
    sources += [a_source("gamma", perspective="AM", country="AM")]
    days = [_day(source, day) for source in sources for day in range(40)]
    articles = [article for _, _, found in days for article in found]
    story = [tagged for tagged in articles if "day 30" in tagged.article.text]
    others = [tagged for tagged in articles if "day 30" not in tagged.article.text]
    links = Links(copies(story).duplicates, copies(story).memberships + alone(*others).memberships)
    batch = Batch(
        polls=tuple(poll for poll, _, _ in days),
        items=tuple(item for _, items, _ in days for item in items),
        articles=tuple(articles),
    )
    with store.writing() as writer:
        writer.sync_sources(sources)
        writer.start_run("run1", "ingest", NOON, "0.1", "v1")
        writer.load("run1", batch, links)
        writer.finish_run("run1", "completed", {}, NOON + timedelta(days=40))


def _day(source, day):
    at = NOON + timedelta(days=day)
    down = source.source_id == "beta" and day in (20, 21)
    names = range(0 if down else 12 if day == 38 else 3)
    items = [an_item(source, f"https://{source.source_id}.example/{day}/{n}", at) for n in names]
    poll = a_poll(source, items, at, outcome=PollOutcome.FAILED if down else PollOutcome.OK)
    articles = [
        an_article(item, f"{item.item_id} of day {day} about a treaty", **_tags(n, day))
        for n, item in enumerate(items)
    ]
    return poll, items, articles


def _tags(n, day):
    return {} if n == 0 or day == 38 else {"topics": (), "actors": (), "namings": ()}


def copies(articles):
    """Give links in which all articles repeat the first."""
    first = articles[0].article.article_id
    return Links(
        duplicates=tuple(
            Duplicate(tagged.article.article_id, first, None, DuplicateKind.NEAR, 0.9, 1.0, "made")
            for tagged in articles[1:]
        ),
        memberships=tuple(
            Membership(tagged.article.article_id, first, n == 0, 60.0 * n)
            for n, tagged in enumerate(articles)
        ),
    )
