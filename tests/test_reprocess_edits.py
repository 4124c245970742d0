"""Articles edited after we read them: a revision when words changed, never a second article."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
import saved_site
from reprocess_cases import again, ask, copied, facts
from test_ingest_run import NOW, page, prepare

from flows.edits import edited
from flows.model import FeedEntry, Item, KnownEntry
from flows.pipeline import Run
from flows.plan import Options

HOUR = timedelta(hours=1)
MORNING = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


# ---------------------------------------------------------------- which entries say so


def entry(number=1, **said):
    given = {"title": "Envoys meet", "published_at": MORNING} | said
    found = FeedEntry(f"https://a.example/{number}", None, **given)
    return Item(f"item{number}", "feed", "a", f"article{number}", found, NOW)


def known(**said):
    given = {"title": "Envoys meet", "published_at": MORNING} | said
    return KnownEntry(seen_at=MORNING + HOUR, **given)


def wanted(*items, **before):
    return [
        item.item_id for item in edited(items, {item.item_id: known(**before) for item in items})
    ]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({"title": "Envoys met"}, {}),
        ({"modified_at": MORNING + 2 * HOUR}, {}),
        ({"modified_at": MORNING + 2 * HOUR}, {"modified_at": MORNING}),
        ({"content_hash": "b"}, {"content_hash": "a"}),
    ],
)
def test_another_title_date_or_text_says_that_the_article_was_edited(now, before):
    assert wanted(entry(**now), **before) == ["item1"]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({}, {}),
        ({"title": ""}, {}),
        ({"modified_at": MORNING}, {}),  # before we fetched it
        ({"modified_at": MORNING}, {"modified_at": MORNING}),
        ({"content_hash": "b"}, {}),  # nothing to compare it with
        ({"content_hash": "a"}, {"content_hash": "a"}),
        ({"published_at": MORNING + 2 * HOUR}, {}),
    ],
)
def test_what_says_nothing_new_is_left_alone(now, before):
    assert wanted(entry(**now), **before) == []


def test_entries_that_are_new_are_no_edits():
    assert edited([entry(title="Other")], {}) == ()


def test_a_feed_that_dates_all_its_entries_now_says_nothing_of_edits():
    stamped = [entry(n, modified_at=NOW) for n in range(4)]
    assert wanted(*stamped) == []
    assert wanted(*stamped, entry(9, title="Envoys met", modified_at=NOW)) == ["item9"]
    assert wanted(*stamped[:3]) == ["item0", "item1", "item2"]


def test_an_edit_does_not_change_when_an_article_came_out():
    moved = entry(title="Envoys met", published_at=NOW)
    [again] = edited([moved], {"item1": known()})
    assert again.again
    assert (again.entry.published_at, again.entry.modified_at) == (MORNING, NOW)


# ---------------------------------------------------------------- from feed to revision


class Newsroom:
    """A site whose feed and pages an editor changes; counts the pages that were fetched."""

    def __init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Put everything as it was first published."""
        self.fetched: list[str] = []
        self.titles = {f"/page/{n}": f"Envoys meet for the {n}th time" for n in range(3)}
        self.dates: dict[str, datetime] = {}
        self.pages = {path: page(n) for n, path in enumerate(self.titles)}

    def get(self, path: str, other: bytes | None = None) -> bytes | None:
        if path.startswith("/feed"):
            return self.feed()
        if path in self.pages:
            self.fetched.append(path)
        return self.pages.get(path, None if path.startswith("/page") else other)

    def __iter__(self):
        return iter(self.pages)

    def feed(self) -> bytes:
        entries = "".join(
            f"<entry><title>{title}</title><id>{path}</id><link href='{self.base}{path}'/>"
            f"<published>{MORNING.isoformat()}</published>"
            f"<updated>{self.dates.get(path, MORNING).isoformat()}</updated></entry>"
            for path, title in self.titles.items()
        )
        return (
            "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>"
            f"<title>Saved</title>{entries}</feed>"
        ).encode()


def poll(folder, workers, room, hours=0.0):
    prepared = prepare(folder, {"one": room.base}, NOW + hours * HOUR)
    room.fetched.clear()
    return asyncio.run(Run(prepared, workers=workers).ingest(Options(everything=True)))


@pytest.fixture(scope="module")
def first_read(tmp_path_factory, workers):
    """Give a newsroom, and the folder of a warehouse that has read all it first published."""
    folder, room = tmp_path_factory.mktemp("first"), Newsroom()
    with saved_site.serving(room) as room.base:
        assert poll(folder, workers, room).articles_loaded == 3
        yield room, folder


@pytest.fixture
def newsroom(first_read, tmp_path):
    """Give the newsroom as it was first published, and in `tmp_path` what was read of it."""
    room, folder = first_read
    room.open()
    copied(folder, tmp_path)
    return room


@pytest.fixture
def ingest(tmp_path, workers, newsroom):
    """Poll the newsroom some hours later."""

    def run(hours: float):
        return poll(tmp_path, workers, newsroom, hours)

    return run


def test_an_edited_article_becomes_a_revision_and_is_fetched_once(tmp_path, ingest, newsroom):
    [(before,)] = ask(tmp_path, "SELECT text FROM articles WHERE url LIKE '%/page/1'")
    newsroom.pages["/page/1"] = page(7)
    newsroom.dates["/page/1"] = NOW + HOUR
    done = ingest(2)
    assert newsroom.fetched == ["/page/1"]
    assert (done.seen, done.known, done.articles_loaded, done.revised) == (3, 3, 0, 1)
    assert done.reconciles
    assert done.document()["revised"] == 1
    assert ask(tmp_path, "SELECT revision, text FROM revisions") == [(1, before)]
    facts_of = "SELECT published_at, modified_at, contains(text, 'stone7x1') FROM articles"
    assert ask(tmp_path, f"{facts_of} WHERE url LIKE '%/page/1'") == [(MORNING, NOW + HOUR, True)]
    assert ask(tmp_path, "SELECT count(*), count(DISTINCT article_id) FROM articles") == [(3, 3)]
    assert ask(tmp_path, "SELECT state, count(*) FROM items GROUP BY ALL") == [("loaded", 3)]
    stored = facts(tmp_path)
    assert ingest(4).revised == 0
    assert newsroom.fetched == []
    polled = {"feeds": 0, "poll_days": 0}
    assert facts(tmp_path) | polled == stored | polled


def test_another_title_is_an_edit_and_the_page_decides_the_rest(tmp_path, ingest, newsroom):
    newsroom.titles["/page/2"] = "Envoys met, and parted"
    assert ingest(2).revised == 1
    assert newsroom.fetched == ["/page/2"]
    title = "SELECT title, modified_at FROM articles WHERE url LIKE '%/page/2'"
    assert ask(tmp_path, title) == [("Envoys met, and parted", NOW + 2 * HOUR)]
    assert ask(tmp_path, "SELECT title FROM revisions") == [("Envoys meet for the 2th time",)]


def test_an_edit_that_changed_no_word_is_no_revision(tmp_path, ingest, newsroom):
    newsroom.dates["/page/0"] = NOW + HOUR
    done = ingest(2)
    assert (newsroom.fetched, done.revised) == (["/page/0"], 0)
    assert ask(tmp_path, "FROM revisions") == ask(tmp_path, "FROM revisits") == []


def test_an_edit_whose_page_fails_waits_and_is_fetched_by_a_later_run(tmp_path, ingest, newsroom):
    kept = newsroom.pages.pop("/page/1")
    newsroom.dates["/page/1"] = NOW + HOUR
    assert ingest(2).revised == 0
    assert ask(tmp_path, "SELECT attempts FROM revisits") == [(1,)]
    assert ask(tmp_path, "SELECT count(*) FROM articles WHERE url LIKE '%/page/1'") == [(1,)]
    newsroom.pages["/page/1"] = kept.replace(b"stone1x", b"brick1x")
    done = ingest(3)
    assert (done.revised, done.reconciles) == (1, True)
    assert ask(tmp_path, "FROM revisits") == []


def test_reading_an_edited_article_again_from_the_archive_changes_nothing(
    tmp_path, ingest, newsroom, workers
):
    newsroom.pages["/page/1"] = page(7)
    newsroom.titles["/page/1"] = "Envoys met, and parted"
    ingest(2)
    before = facts(tmp_path)
    assert again(tmp_path, workers, "extract").stages["extract"].document()["changed"] == 0
    assert facts(tmp_path) == before
    runs = ask(tmp_path, "SELECT counts FROM runs WHERE flow = 'ingest' ORDER BY started_at")
    assert [json.loads(counts)["revised"] for (counts,) in runs] == [0, 1]
