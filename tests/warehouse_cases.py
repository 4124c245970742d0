# ruff: noqa: FBT003 - rows are given in the order of the table
"""Made-up sources, items and articles for the tests of the warehouse."""

from dataclasses import replace
from datetime import UTC, datetime

from flows import ids
from flows.model import (
    ActorTag,
    Article,
    Batch,
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
        (Naming("zangezur", "Syunik", False, 1),),
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
    publish(store.path)
    connection = reader.connect(store.path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


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
