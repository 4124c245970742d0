"""Reprocessing in a process of its own that is killed: the next run finishes, nothing doubled."""

import json
import os
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import saved_site
from reprocess_cases import ask
from test_ingest_faults import finish, start
from warehouse_cases import a_source, alone, an_article, an_item, begin

from flows.collect.http import Answer
from flows.collect.warc import Archive
from flows.model import Batch
from warehouse.publish import publish
from warehouse.store import Store

NUMBER = 500


def page(number: int) -> bytes:
    """Give a page that shares no words with any other."""
    words = " ".join(f"word{number}x{place}" for place in range(60))
    return (
        f"<html><head><title>Of {number}</title></head><body><p>{words}.</p></body></html>".encode()
    )


@pytest.fixture
def folder(tmp_path):
    """Store articles that an older extractor read from pages in the archive."""
    (tmp_path / "sources.toml").write_text(
        saved_site.sources_toml({"alpha": "http://127.0.0.1:48999"})
    )
    source, archive = a_source(), Archive(tmp_path / "w.warc")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    items = [an_item(source, f"https://alpha.example/{n}") for n in range(NUMBER)]
    articles = []
    for number, item in enumerate(items):
        answer = Answer(item.entry.url, 200, (("content-type", "text/html"),), page(number), 0.1)
        ref = archive.write(answer, at)
        old = an_article(item, f"old words of {number}")
        articles.append(replace(old, article=replace(old.article, warc_ref=ref)))
    with Store(tmp_path / "w.duckdb").writing() as writer:
        begin(writer, source)
        writer.load("run1", Batch(items=tuple(items), articles=tuple(articles)), alone(*articles))
    publish(tmp_path / "w.duckdb")
    return tmp_path


@pytest.mark.slow
def test_a_killed_run_is_finished_by_the_next_and_nothing_is_doubled(folder):
    process = start(folder, "reprocess", "--stage", "extract")
    loaded = folder / "w.staging" / "loaded"
    for _ in range(1200):
        if any(loaded.rglob("*-reextract-*")):
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    code, out, err = finish(start(folder, "reprocess", "--stage", "extract", "--json"))
    assert code == 0, err
    done = json.loads(out)
    assert done["resumed"]["stage"] == "extract"
    assert 0 < done["stages"]["extract"]["articles"] < NUMBER
    assert ask(
        folder,
        "SELECT count(*), count(DISTINCT article_id), count(*) FILTER (text LIKE 'old words%') "
        "FROM articles",
    ) == [(NUMBER, NUMBER, 0)]
    assert ask(folder, "SELECT count(*), max(revision) FROM revisions") == [(NUMBER, 1)]
    states = "SELECT state FROM runs WHERE flow = 'reprocess' ORDER BY started_at"
    assert ask(folder, states) == [("died",), ("completed",)]
