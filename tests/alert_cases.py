"""Warehouses with planted rises, and rules files, for the tests of alerts and digests."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from warehouse_cases import a_poll, a_source, alone, an_article, an_item

from flows.model import Batch, FeedEntry, Links, PollOutcome, TopicTag
from flows.tag.vocabulary import load
from warehouse.publish import publish
from warehouse.store import Store

FIRST = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday, noon in the region
DAYS = 60
LAST = (FIRST + timedelta(days=DAYS - 1)).date()
RISE = date(2026, 4, 11)  # day 40: the treaty rises, and stays for nine days
FLASH = date(2026, 4, 3)  # day 32: one loud day, and nothing after it
NAMES = ("alpha", "beta", "gamma", "delta")
SIDES = {"alpha": "regional", "beta": "AZ", "gamma": "AM", "delta": "RU"}
TREATY, CORRIDOR = "peace.treaty", "corridor.zangezur"


@dataclass(frozen=True, slots=True)
class Planted:
    """How many stories of a topic each outlet has on a day, of the twelve it publishes."""

    treaty: int = 0
    corridor: int = 0


def planted(day, name):
    """Say what was planted: a rise that lasts, a flash that does not, one outlet's own noise."""
    rises = RISE <= day < RISE + timedelta(days=9)
    noise = name == "delta" and day == date(2026, 4, 24)
    treaty = 6 if rises else 1 if name == "alpha" else 0
    return Planted(11 if noise else treaty, 8 if day == FLASH else int(name == "beta"))


def made(core, titles=(), until=None):
    """Fill a warehouse with sixty days of four outlets, publish it, and give its store.

    Args:
        core: where.
        titles: of the first articles of the last day, which are on the treaty.
        until: the last day; the sixtieth if None.
    """
    store = Store(core)
    sources = [a_source(name, perspective=SIDES[name]) for name in NAMES]
    slipped = iter(titles)
    articles, polls, items = [], [], []
    for n in range(DAYS):
        at = FIRST + timedelta(days=n)
        if until and at.date() > until:
            break
        for source in sources:
            found = list(_day(source, at, slipped if n == DAYS - 1 else iter(())))
            items += [item for item, _ in found]
            articles += [article for _, article in found]
            polls.append(a_poll(source, [item for item, _ in found], at))
    with store.writing() as writer:
        writer.sync_sources(sources, FIRST.date())
        writer.sync_vocabulary(load())
        writer.start_run("run1", "ingest", FIRST, "0.1", "v1")
        batch = Batch(polls=tuple(polls), items=tuple(items), articles=tuple(articles))
        writer.load("run1", batch, alone(*articles))
        writer.finish_run("run1", "completed", {}, FIRST + timedelta(days=DAYS))
    publish(core)
    return store


def copied(store, folder):
    """Copy a warehouse, so that a test can change it."""
    shutil.copytree(store.path.parent, folder, symlinks=True)
    return Store(folder / store.path.name)


def _day(source, at, titles):
    plan = planted(at.date(), source.source_id)
    for n in range(12):
        url = f"https://{source.source_id}.example/{at.date()}/{n}"
        title = next(titles, f"Story {n} of {at.date()}")
        entry = FeedEntry(url, None, title, published_at=at + timedelta(minutes=n))
        item = an_item(source, url, at, entry=entry)
        if n < plan.treaty or not title.startswith("Story"):
            tags = {"topics": (TopicTag(TREATY, 1.5, ("treaty",)),)}
        elif n < plan.treaty + plan.corridor:
            tags = {"topics": (TopicTag(CORRIDOR, 1.5, ("corridor",)),)}
        else:
            tags = {"topics": (), "actors": (), "namings": (), "mentions": ()}
        article = an_article(item, f"{url} on a treaty", **tags)
        fetched = replace(article.article, fetched_at=at + timedelta(hours=1))
        yield item, replace(article, article=fetched)


def more(store, day, stories, sources=NAMES):
    """Load one more day on which each of some outlets has so many stories of the treaty."""
    numbers = count()
    with store.writing() as writer:
        for name in sources:
            source, at = a_source(name), datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
            urls = [f"https://{name}.example/more/{day}/{next(numbers)}" for _ in range(12)]
            items = [an_item(source, url, at) for url in urls]
            none = {"topics": (), "actors": (), "namings": (), "mentions": ()}
            treaty = {"topics": (TopicTag(TREATY, 1.5, ("treaty",)),)}
            articles = [
                an_article(item, f"{item.item_id} told", **(treaty if n < stories else none))
                for n, item in enumerate(items)
            ]
            polls = (a_poll(source, items, at),)
            batch = Batch(polls=polls, items=tuple(items), articles=tuple(articles))
            writer.load("run1", batch, alone(*articles))
    publish(store.path)


def down(store, name, days):
    """Let an outlet's feed fail on each of some days after the last."""
    source = a_source(name)
    polls = [
        a_poll(
            source, [], FIRST + timedelta(days=DAYS + n), outcome=PollOutcome.FAILED, error="503"
        )
        for n in range(days)
    ]
    with store.writing() as writer:
        writer.load("run1", Batch(polls=tuple(polls)), Links())
    publish(store.path)


def rules(folder, text):
    """Write a rules file and give its path."""
    path = folder / "alerts.toml"
    path.write_text(text, encoding="utf-8")
    return path


BURST = """
[[rule]]
id = "treaty"
kind = "topic"
watch = "peace.treaty"
burst = 4.5
"""
