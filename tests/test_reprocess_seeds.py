"""Another seed corpus: stored articles repeat it as if they were loaded after it."""

import asyncio
from dataclasses import replace

import pytest
from dedup_cases import DAWN, article, report, scanned
from reprocess_cases import ask, facts
from warehouse_cases import NOON, a_source, an_item

from flows import ids
from flows.commands import corpus_cli
from flows.dedup import corpus
from flows.dedup.link import link
from flows.model import Batch
from flows.reseeding import bring
from flows.settings import Settings
from warehouse.publish import publish
from warehouse.store import Store

STORY, OTHER = report(1), report(2)
SEED = corpus.read("A seed", STORY, "en", DAWN)
PASSAGE = " ".join(STORY.split()[5:27])  # 22 words in a row, cut out of two sentences
TEXTS = (STORY, f"{OTHER} {PASSAGE} and so on.", scanned(STORY), report(3), STORY.split(". ")[4])


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "w.duckdb")


def load(store, *seeds) -> None:
    """Load articles after these seeds joined the corpus."""
    source = a_source()
    made = [article(text, minutes=place, key=str(place)) for place, text in enumerate(TEXTS)]
    made = [replace(each, article=_of(each.article, source)) for each in made]
    items = [an_item(source, each.article.url) for each in made]
    with store.writing() as writer:
        writer.sync_sources((source,))
        writer.sync_seeds(seeds)
        writer.start_run("run1", "ingest", NOON, "0.1", "v1")
        writer.record_polls("run1", (), items)
        links = link(made, writer.candidates(made))
        writer.load("run1", Batch(items=tuple(items), articles=tuple(made)), links)
    publish(store.path)


def _of(made, source):
    return replace(made, feed_id=source.feeds[0].feed_id, source_id=source.source_id)


def rows(store) -> dict[str, list]:
    """Give what is stored; what an earlier run counted stays what it was when that run ended."""
    publish(store.path)
    return facts(store.path.parent) | {
        "run_items": [],
        "items": ask(store.path.parent, "SELECT item_id, state, reason FROM items ORDER BY ALL"),
    }


def test_a_seed_that_joins_is_repeated_as_if_it_had_been_there(store, tmp_path_factory):
    before = Store(tmp_path_factory.mktemp("before") / "w.duckdb")
    load(before, SEED)
    load(store)
    links = asyncio.run(bring(store, (SEED,)))
    assert {pair.article_id for pair in links.duplicates} >= {
        ids.article_id("https://alpha.example/0"),
        ids.article_id("https://alpha.example/1"),  # a short passage is found, too
    }
    assert rows(store) == rows(before)
    assert asyncio.run(bring(store, (SEED,))) is None


def test_a_seed_that_goes_is_repeated_no_more(store, tmp_path_factory):
    without = Store(tmp_path_factory.mktemp("without") / "w.duckdb")
    load(without)
    load(store, SEED)
    asyncio.run(bring(store, ()))
    assert rows(store) == rows(without)


def test_a_seed_in_the_place_of_another_is_both(store, tmp_path_factory):
    other = corpus.read("Another", OTHER, "en", DAWN)
    before = Store(tmp_path_factory.mktemp("before") / "w.duckdb")
    load(before, other)
    load(store, SEED)
    asyncio.run(bring(store, (other,)))
    assert rows(store) == rows(before)


def test_corpus_add_compares_what_is_stored(store, tmp_path, monkeypatch, capfd):
    load(store)
    folder = tmp_path / "seeds"
    monkeypatch.setattr("flows.setup.SEED_CORPUS", folder)
    corpus.write(folder, SEED)
    assert corpus_cli.rematch(Settings(store.path, tmp_path), folder) == 3
    assert corpus_cli.rematch(Settings(store.path, tmp_path), tmp_path / "elsewhere") is None
    assert corpus_cli.rematch(Settings(tmp_path / "none.duckdb", tmp_path), folder) is None
