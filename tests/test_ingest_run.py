"""One ingest run: over real HTTP, through real workers, into a real warehouse."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
import saved_site

from flows.errors import Locked, UsageError
from flows.pipeline import Run
from flows.plan import Options
from flows.preview import preview
from flows.setup import setup
from warehouse import reader

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FIRST = (
    "Envoys of Armenia and Azerbaijan met on the bank of the invented river Lazurite to go on "
    "with the draft of a peace treaty, the invented press service of the meeting said."
)
SECOND = (
    "They left open who would keep the customs house of the Zangezur corridor, and agreed to "
    "meet again in {number} days with an answer from Yerevan and from Baku."
)
THIRD = "Nobody outside this test ever heard of village number {number}, where it all happened."
PARAGRAPHS = (FIRST, SECOND, THIRD)


def page(number: int, head: str = "") -> bytes:
    """Give a page of ours; each number has its own words."""
    words = " ".join(f"stone{number}x{i} brought bridge{i}x{number}" for i in range(40))
    body = "".join(f"<p>{text.format(number=number)} {words}.</p>" for text in PARAGRAPHS)
    title = f"Envoys meet for the {number}th time at the invented river"
    return (
        f"<html lang='en'><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


@pytest.fixture
def ingest(tmp_path, workers):
    """Run an ingest of the sites at some addresses; the warehouse stays from run to run."""

    def run(bases: dict[str, str], options: Options | None = None, at: datetime = NOW):
        return asyncio.run(
            Run(prepare(tmp_path, bases, at), workers=workers).ingest(
                options or Options(everything=True)
            )
        )

    return run


def prepare(folder: Path, bases: dict[str, str], at: datetime = NOW):
    (folder / "sources.toml").write_text(saved_site.sources_toml(bases), encoding="utf-8")
    return setup(folder / "w.duckdb", folder / "sources.toml", lambda: at)


def ask(folder: Path, query: str):
    with reader.connect(folder / "w.duckdb") as connection:
        return connection.execute(query).fetchall()


def test_every_entry_ends_in_one_state_and_a_second_run_loads_nothing(tmp_path, ingest):
    pages = {f"/page/{n}": page(n) for n in range(5)} | {"/page/empty": b"<html></html>"}
    with saved_site.serving(pages) as base:
        first = ingest({"one": base})
        again = ingest({"one": base})
    assert (first.seen, first.articles_loaded, sum(first.states.values())) == (6, 5, 6)
    assert first.states["loaded"] == 5
    assert (again.articles_loaded, again.states) == (0, {})
    assert again.reconciles
    assert ask(tmp_path, "SELECT count(*), count(DISTINCT article_id) FROM articles") == [(5, 5)]


def test_an_article_in_two_feeds_is_fetched_and_stored_once(tmp_path, ingest):
    with saved_site.serving({"/page/1": page(1)}) as base:
        summary = ingest({"one": base, "two": base})
    assert summary.articles_loaded == 1
    assert summary.states == {"loaded": 1, "duplicate": 1}
    assert ask(tmp_path, "SELECT count(*) FROM duplicates") == [(0,)]


def test_a_feed_that_cannot_be_read_stops_no_other(ingest):
    with saved_site.serving({"/page/1": page(1)}) as good:
        summary = ingest(
            {"dead": "http://127.0.0.1:48999", "good": good, "html": f"{good}/page/1?"}
        )
    assert summary.articles_loaded == 1
    assert summary.feeds == {"polled": 3, "failed": 2}
    assert {feed.source_id for feed in summary.failed_feeds} == {"dead", "html"}
    assert not summary.nothing_reached


def test_a_page_over_the_size_cap_is_one_recorded_failure(tmp_path, ingest):
    huge = b"<html><body>" + b"<p>too much</p>" * 1_000_000
    with saved_site.serving({"/page/1": page(1), "/page/huge": huge}) as base:
        summary = ingest({"one": base})
    assert summary.articles_loaded == 1
    [(state, reason)] = ask(
        tmp_path, "SELECT state, reason FROM items WHERE url LIKE '%huge' AND state <> 'loaded'"
    )
    assert state in {"refused", "fetch_failed"}
    assert reason


def test_what_a_limit_leaves_is_pending_and_the_next_run_finishes_it(ingest):
    with saved_site.serving({f"/page/{n}": page(n) for n in range(4)}) as base:
        first = ingest({"one": base}, Options(everything=True, limit=1))
        second = ingest({"one": base})
    assert first.states == {"loaded": 1, "pending": 3}
    assert second.states == {"loaded": 3}
    assert first.reconciles
    assert second.reconciles


def test_feeds_that_are_not_due_are_left_alone(ingest):
    with saved_site.serving({"/page/1": page(1)}) as base:
        ingest({"one": base}, Options())
        again = ingest({"one": base}, Options())
    assert again.feeds == {}


def test_a_preview_counts_and_stores_nothing(tmp_path, ingest):
    with saved_site.serving({"/page/1": page(1)}) as base:
        seen = asyncio.run(preview(prepare(tmp_path, {"one": base}), Options()))
        assert not (tmp_path / "w.duckdb").exists()
        ingest({"one": base})
        after = asyncio.run(preview(prepare(tmp_path, {"one": base}), Options(everything=True)))
    assert (seen.seen, seen.states) == (1, {"pending": 1})
    assert after.states == {"pending": 0}


def test_a_second_run_says_who_holds_the_warehouse(tmp_path, ingest):
    store = prepare(tmp_path, {"one": "http://127.0.0.1:48999"}).store
    with store.run_lock("araxes ingest"), pytest.raises(Locked, match="araxes ingest"):
        ingest({"one": "http://127.0.0.1:48999"})


def test_an_unknown_source_is_named_with_the_nearest(ingest):
    with pytest.raises(UsageError, match="did you mean one"):
        ingest({"one": "http://127.0.0.1:48999"}, Options(frozenset({"oen"})))
