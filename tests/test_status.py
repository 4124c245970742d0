"""Status at a glance: which feeds are healthy, late, failing, gone, gapped."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from warehouse_cases import NOON, a_poll, a_source, alone, an_article, an_item, begin

from flows.commands import asking, running
from flows.model import Batch, FeedStatus, PollOutcome
from flows.settings import Settings
from warehouse.publish import publish
from warehouse.store import Store

NOW = NOON + timedelta(hours=2)
SOON = NOW + timedelta(minutes=20)
FAILED = {"outcome": PollOutcome.FAILED, "error": "http 500"}
STATES = {
    "healthy": ({"next_poll_at": SOON}, {}),
    "hiccup": (
        {"next_poll_at": SOON, "state": FeedStatus.BACKING_OFF, "consecutive_failures": 1},
        {},
    ),
    "late": ({"next_poll_at": NOW - timedelta(hours=3)}, {}),
    "just-due": ({"next_poll_at": NOW - timedelta(minutes=20)}, {}),
    "failing": (
        {
            "next_poll_at": SOON,
            "state": FeedStatus.BACKING_OFF,
            "consecutive_failures": 4,
            "last_error": "http 500",
        },
        FAILED,
    ),
    "gone": ({"state": FeedStatus.GONE, "last_error": "http 410"}, {}),
    "gapped": ({"next_poll_at": SOON}, {"gap": True}),
    "silent": ({"next_poll_at": SOON}, {}),
}
EXPECTED = {
    "healthy": "healthy",
    "hiccup": "healthy",
    "just-due": "healthy",
    "late": "late",
    "failing": "failing",
    "gone": "gone",
    "gapped": "gapped",
    "silent": "unusual",
    "asleep": "disabled",
    "new": "unpolled",
}


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    """Fill a warehouse with a feed in each condition."""
    store = Store(tmp_path_factory.mktemp("status") / "w.duckdb")
    sources = {name: a_source(name) for name in (*STATES, "new", "asleep")}
    sources["silent"] = replace(sources["silent"], expect_per_day=(5, 50))
    items = {name: an_item(sources[name], f"https://{name}.example/1") for name in STATES}
    del items["silent"]
    polls = []
    for name, (state, poll) in STATES.items():
        made = a_poll(sources[name], [items[name]] if name in items else [], **poll)
        polls.append(replace(made, after=replace(made.after, **state)))
    articles = [an_article(item, f"{name} words") for name, item in items.items()]
    with store.writing() as writer:
        begin(writer, *sources.values())
        batch = Batch(tuple(polls), tuple(items.values()), tuple(articles))
        writer.load("run1", batch, alone(*articles))
        writer.finish_run("run1", "completed", {}, NOON)
        awake = [source for name, source in sources.items() if name != "asleep"]
        writer.sync_sources(awake)
    publish(store.path)
    return store.path


@pytest.fixture
def ask(db, monkeypatch):
    monkeypatch.setattr(running, "now", lambda: NOW)

    def run(**settings):
        given = Settings(db=db, sources=db.parent / "sources.toml", **settings)
        done = CliRunner().invoke(asking.status, obj=given, env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_each_feed_has_the_worst_condition_that_is_true_of_it(ask):
    document = json.loads(ask(json=True))
    assert {feed["source_id"]: feed["condition"] for feed in document["feeds"]} == EXPECTED
    assert document["health"] == {
        "healthy": 3,
        "disabled": 1,
        "unpolled": 1,
        "unusual": 1,
        "gapped": 1,
        "late": 1,
        "failing": 1,
        "gone": 1,
    }


def test_the_first_line_counts_feeds_and_the_table_says_why(ask):
    shown = ask()
    assert shown.splitlines()[0].startswith("10 feeds: 3 healthy, 1 disabled, 1 unpolled,")
    for words in (
        "http 500 (4 failures",
        "http 410",
        "due since 2026-03-02 07:00",
        "1 polls shared",
    ):
        assert words in shown
    assert "hiccup" not in shown
    assert "hiccup" in ask(verbosity=1)
