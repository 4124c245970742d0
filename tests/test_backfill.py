"""Older articles, by sitemaps and from archives: all of them, once, however often it is run."""

import asyncio
import gzip
import json
import os
import signal
import time
from datetime import UTC, date, datetime

import pytest
import saved_site
from test_collect_warc_records import http, record
from test_ingest_faults import finish, start
from test_ingest_run import page

from flows import archived, cli, older
from flows.collect.backfill import Period
from flows.errors import AraxesError, UsageError
from flows.progress import Silent
from flows.setup import setup
from warehouse import reader

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
JULY = Period(date(2026, 7, 1), date(2026, 7, 31))


def now():
    return NOW


def stories(days, month="07"):
    return {f"/2026/{month}/{day:02}/story-{day}": page(day) for day in days}


def sitemap(addresses):
    return f"<urlset>{''.join(f'<url><loc>{a}</loc></url>' for a in addresses)}</urlset>".encode()


@pytest.fixture
def site(tmp_path):
    """Serve stories of July and one of May behind a sitemap, and write the source list."""
    pages = stories(range(2, 8)) | stories([9], month="05")
    with saved_site.serving(pages | {"/sitemap.xml": sitemap(pages)}) as base:
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": base}))
        yield tmp_path


def fill(folder, **how):
    prepared = setup(folder / "w.duckdb", folder / "sources.toml", now)
    request = older.Request("one", **({"period": JULY} | how))
    return asyncio.run(older.backfill(prepared, request, Silent(), lambda _: None))


def unpack(folder, *files):
    prepared = setup(folder / "w.duckdb", folder / "sources.toml", now)
    return asyncio.run(archived.unpack(prepared, files, Silent()))


def rows(folder, query):
    with reader.connect(folder / "w.duckdb") as connection:
        return connection.execute(query).fetchall()


def test_a_period_is_loaded_once_however_often_it_is_asked_for(site):
    ahead = []
    prepared = setup(site / "w.duckdb", site / "sources.toml", now)
    asked = older.Request("one", JULY)
    first = asyncio.run(older.backfill(prepared, asked, Silent(), ahead.append)).summary
    again = fill(site)
    assert first.articles_loaded == first.seen == 6
    assert (again.summary.seen, again.summary.known, again.summary.articles_loaded) == (6, 6, 0)
    assert (ahead[0].found, ahead[0].to_fetch, again.outlook.to_fetch) == (6, 6, 0)
    assert ahead[0].seconds > 0


@pytest.mark.slow
def test_what_a_limit_leaves_is_kept_for_the_next_backfill_and_from_every_ingest(site):
    few = fill(site, limit=2)
    assert (few.summary.articles_loaded, few.summary.states["pending"]) == (2, 4)
    code, out, err = finish(start(site, "ingest", "--json"))
    assert code == 0, err
    assert json.loads(out)["entries"]["seen"] == 0
    assert fill(site).summary.articles_loaded == 4


def test_a_long_backfill_gives_other_runs_their_turn_and_its_sums_are_of_the_whole(
    site, monkeypatch
):
    monkeypatch.setattr(older, "MOST", 2)
    done = fill(site).summary
    assert (done.seen, done.known, dict(done.states)) == (6, 0, {"loaded": 6})
    assert done.reconciles
    assert rows(site, "SELECT count(*) FROM runs WHERE state = 'completed'") == [(3,)]


def test_a_site_without_sitemaps_fails_with_what_else_there_is(tmp_path):
    with saved_site.serving({}) as base:
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": base}))
        with pytest.raises(AraxesError, match=r"sitemap\.xml") as caught:
            fill(tmp_path)
    assert "--warc" in caught.value.remedy


def test_undated_pages_are_told_of_and_taken_only_when_asked_for(tmp_path):
    pages = {"/story": page(1), "/page/other": page(2)}
    listed = {"/sitemap.xml": sitemap(pages)}
    with saved_site.serving(pages | listed) as base:
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": base}))
        without = fill(tmp_path)
        taken = fill(tmp_path, undated=True)
    assert (without.summary.seen, len(without.outlook.older.undated)) == (0, 2)
    assert taken.summary.articles_loaded == 2


WRONG = [
    ["--source", "one"],
    ["--source", "one", "--from", "2026-07-02", "--to", "2026-07-01"],
    ["--source", "one", "--from", "soon", "--to", "2026-07-01"],
    ["--source", "two", "--from", "2026-07-01", "--to", "2026-07-02"],
    ["--warc", "none.warc.gz"],
    [],
]


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_usage_ends_with_2_before_anything_is_asked_for(tmp_path, capfd, arguments):
    toml = saved_site.sources_toml({"one": "http://127.0.0.1:48999"})
    (tmp_path / "sources.toml").write_text(toml)
    places = ("--db", str(tmp_path / "w.duckdb"), "--sources", str(tmp_path / "sources.toml"))
    with pytest.raises(SystemExit) as ended:
        cli.main((*places, "backfill", *arguments))
    out, err = capfd.readouterr()
    assert (ended.value.code, out) == (2, ""), err
    assert err
    assert not (tmp_path / "w.duckdb").exists()


def kill_when(process, happened):
    """Kill a run with all its processes as soon as something is so."""
    until = time.monotonic() + 300
    while not happened():
        assert process.poll() is None, "it ended too soon"
        assert time.monotonic() < until, "the moment never came"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["w.duckdb", "w.warc/*.warc.gz"], ids=["begun", "fetching"])
def test_a_backfill_killed_at_any_moment_is_finished_by_the_next(tmp_path, moment):
    pages = stories(range(1, 13))
    listed = {"/sitemap.xml": sitemap(pages)}
    command = ["backfill", "--source", "one", "--from", "2026-07-01", "--to", "2026-07-31"]
    with saved_site.serving(pages | listed, delay=0.2) as base:
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": base}))
        kill_when(start(tmp_path, *command), lambda: any(tmp_path.glob(moment)))
        code, out, err = finish(start(tmp_path, *command, "--json"))
    assert code == 0, err
    entries = json.loads(out)["entries"]
    assert entries.pop("seen") == sum(entries.values()) == 12
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT url) FROM articles") == [(12, 12)]
    assert "12 articles from 2026-07-01 to 2026-07-31 in 1 sitemaps" in err


# ------------------------------------------------------------ archives


def archive(path, *urls, extra=()):
    members = [record(block=http(page(n)), url=url) for n, url in enumerate(urls)]
    path.write_bytes(b"".join(map(gzip.compress, [*members, *extra])))
    return path


@pytest.fixture
def home(tmp_path):
    toml = saved_site.sources_toml({"one": "http://one.am"})
    (tmp_path / "sources.toml").write_text(toml)
    return tmp_path


def test_pages_of_an_archive_become_articles_of_the_sources_they_are_from(home):
    urls = ("https://www.one.am/a", "http://ru.one.am/b?utm_source=x", "https://two.az/c")
    path = archive(home / "x.warc.gz", *urls)
    done = unpack(home, path)
    assert (done.summary.seen, done.summary.articles_loaded) == (3, 3)
    query = "SELECT url, source_id, fetched_at, warc_ref FROM articles ORDER BY url"
    found = rows(home, query)
    assert [(url, source) for url, source, _, _ in found] == [
        ("http://ru.one.am/b?utm_source=x", "one"),
        ("https://two.az/c", "import-two-az"),
        ("https://www.one.am/a", "one"),
    ]
    assert {moment for _, _, moment, _ in found} == {datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)}
    assert [ref for _, _, _, ref in found][2] == "x.warc.gz:0"
    from flows.collect import warc

    assert all(warc.replay(home / "w.warc", ref).url == url for url, _, _, ref in found)


def test_an_archive_read_again_changes_nothing_and_a_page_captured_twice_is_one_article(home):
    urls = [f"https://one.am/{n % 60}" for n in range(130)]
    path = archive(home / "x.warc.gz", *urls)
    first, again = unpack(home, path).summary, unpack(home, path).summary
    assert (first.seen, first.known, first.articles_loaded) == (130, 70, 60)
    assert (again.seen, again.known, again.articles_loaded) == (130, 130, 0)


def test_records_that_are_no_article_pages_are_counted_by_what_they_are(home):
    feed = http(b"<?xml version='1.0'?><rss></rss>").replace(b"text/html", b"application/rss+xml")
    extra = [
        record("request", b"GET / HTTP/1.1\r\n\r\n"),
        record(block=http(status="HTTP/1.1 404 Not Found"), url="https://one.am/gone"),
        record(block=feed, url="https://one.am/rss"),
        record(block=http(), url="https://one.am/"),
        record(block=http(b""), url="https://one.am/empty"),
        record(block=http(), url="http://one.am/feed-one"),
        record(block=b"broken", url="https://one.am/broken"),
    ]
    done = unpack(home, archive(home / "x.warc.gz", "https://one.am/1", extra=extra))
    assert (done.records, done.summary.seen, done.malformed_count) == (8, 1, 1)
    assert done.passed == {
        "request": 1,
        "status 404": 1,
        "type application/rss+xml": 1,
        "front page": 1,
        "empty": 1,
        "a listing that is polled": 1,
    }


def test_the_command_reads_several_archives_and_names_what_is_broken_in_them(home):
    broken = [record(block=b"broken", url="https://one.am/broken")]
    one = archive(home / "1.warc.gz", "https://one.am/1", extra=broken)
    archive(home / "2.warc.gz", "https://one.am/1", "https://one.am/2")
    offset = one.stat().st_size - len(gzip.compress(broken[0]))
    files = [str(home / name) for name in ("1.warc.gz", "2.warc.gz")]
    code, out, err = finish(start(home, "--json", "backfill", "--warc", *files))
    assert code == 0, err
    document = json.loads(out)
    assert (document["entries"]["loaded"], document["malformed"], document["records"]) == (2, 1, 4)
    assert f"1.warc.gz:{offset}: no HTTP answer in it" in err


def test_two_archives_of_one_name_are_not_mistaken_for_each_other(home):
    (home / "other").mkdir()
    unpack(home, archive(home / "x.warc.gz", "https://one.am/1"))
    with pytest.raises(UsageError, match="rename"):
        unpack(home, archive(home / "other" / "x.warc.gz", "https://one.am/2"))


def test_a_long_archive_is_read_in_turns(home, monkeypatch):
    monkeypatch.setattr(archived, "TURN", 0.0)
    monkeypatch.setattr(archived, "CHUNK", 2)
    urls = [f"https://one.am/{n}" for n in range(3)]
    done = unpack(home, archive(home / "x.warc.gz", *urls)).summary
    assert (done.seen, done.known, dict(done.states)) == (3, 0, {"loaded": 3})
    assert rows(home, "SELECT count(*) FROM runs") == [(3,)]


@pytest.mark.slow
def test_reading_an_archive_that_was_killed_is_finished_by_the_next(home):
    path = archive(home / "x.warc.gz", *(f"https://one.am/{n}" for n in range(200)))
    command = start(home, "backfill", "--warc", str(path))
    kill_when(command, lambda: any((home / "w.staging").glob("loaded/*/*-load-*")))
    code, out, err = finish(start(home, "backfill", "--warc", str(path), "--json"))
    assert code == 0, err
    entries = json.loads(out)["entries"]
    assert entries.pop("seen") == sum(entries.values()) == 200
    assert rows(home, "SELECT count(*), count(DISTINCT url) FROM articles") == [(200, 200)]
