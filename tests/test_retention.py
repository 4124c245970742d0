"""What is kept beside a core, and for how long."""

import asyncio
from datetime import timedelta

import pytest
import saved_site
from test_ingest_run import NOW, ask, page, prepare

from flows.errors import UsageError
from flows.pipeline import Run
from flows.plan import Options


def pages(folder):
    return sorted(file.name for file in (folder / "w.warc").glob("*.warc.gz"))


@pytest.fixture
def days_of_runs(tmp_path, workers):
    """Ingest one new page on each of some days."""

    def run(days: int):
        served = {"/page/0": page(0)}
        with saved_site.serving(served) as base:
            for day in range(days):
                served["/feed-one"] = saved_site.rss(base, [f"/page/{day}"])
                served[f"/page/{day}"] = page(day)
                run = Run(
                    prepare(tmp_path, {"one": base}, NOW + timedelta(days=day)), None, workers
                )
                asyncio.run(run.ingest(Options(everything=True)))

    return run


def test_old_pages_go_and_their_articles_stay(tmp_path, days_of_runs, monkeypatch):
    monkeypatch.setenv("ARAXES_KEEP_PAGES", "1")
    others = tmp_path / "w.warc" / "theirs-2020.warc.gz"
    others.parent.mkdir()
    others.write_bytes(b"")
    days_of_runs(3)
    begun = [name[7:15] for name in pages(tmp_path)[:-1]]
    assert begun == [f"{NOW + timedelta(days=day):%Y%m%d}" for day in (1, 2)]
    assert others.exists()
    assert ask(tmp_path, "SELECT count(*) FROM articles") == [(3,)]


def test_as_many_snapshots_are_kept_as_is_said_and_pages_for_ever(
    tmp_path, days_of_runs, monkeypatch
):
    monkeypatch.setenv("ARAXES_KEEP_SNAPSHOTS", "2")
    days_of_runs(3)
    assert len(list(tmp_path.glob("w.read.0*.duckdb"))) == 2
    assert len(pages(tmp_path)) == 3


@pytest.mark.parametrize(
    "setting",
    [("ARAXES_KEEP_SNAPSHOTS", "1"), ("ARAXES_KEEP_PAGES", "0"), ("ARAXES_KEEP_PAGES", "1y")],
)
def test_a_wrong_setting_is_named_before_anything_is_asked_for(tmp_path, monkeypatch, setting):
    monkeypatch.setenv(*setting)
    run = Run(prepare(tmp_path, {"one": "http://127.0.0.1:8123"}))
    with pytest.raises(UsageError, match=setting[0]):
        asyncio.run(run.ingest(Options(everything=True)))
