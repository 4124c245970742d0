"""What is forgotten is gone everywhere and for good; what is backed up comes back whole."""

import asyncio
import json
import shutil

import duckdb
import pyarrow.parquet as pq
import pytest
import saved_site
from test_ingest_run import NOW, ask, ingest, page, prepare  # noqa: F401 - fixtures

from flows import cli
from flows.collect import warc_records
from flows.errors import NewerSchema, WarehouseError
from flows.pipeline import Run
from flows.plan import Options
from warehouse import backup
from warehouse.store import Store

SECRET = "stone3x"  # stands in page 3 and nowhere else
PAGES = {f"/page/{n}": page(n) for n in range(5)}


@pytest.fixture(scope="module")
def served(tmp_path_factory, workers):
    """Load five articles of one outlet, the fourth copied by another; both stay up."""
    folder = tmp_path_factory.mktemp("served")
    with saved_site.serving(PAGES) as one, saved_site.serving({"/page/copy": page(3)}) as two:
        bases = {"one": one, "two": two}
        run = Run(prepare(folder, bases), workers=workers)
        assert asyncio.run(run.ingest(Options(everything=True))).articles_loaded == 6
        yield folder, bases


@pytest.fixture
def newsroom(tmp_path, served):
    """Give each test a warehouse of its own, and the addresses of the outlets."""
    folder, bases = served
    shutil.copytree(folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    return bases


@pytest.fixture
def araxes(capfd, tmp_path):
    """Run a command on the warehouse of the test; give exit code and its JSON document."""

    def run(*arguments: str) -> tuple[int, dict]:
        db = str(tmp_path / "w.duckdb")
        with pytest.raises(SystemExit) as ended:
            cli.main(["--db", db, "--json", *arguments])
        out, err = capfd.readouterr()
        return ended.value.code, json.loads(out) if out else {"error": err}

    return run


def words_of(folder):
    """Give everything we keep, as text: each table, staged batch, archived document."""
    for file in folder.glob("w*.duckdb"):
        with duckdb.connect(str(file), read_only=True) as core:
            for (table,) in core.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield str(core.execute(f'FROM "{table}"').fetchall())
    for batch in folder.glob("w.staging/**/*.parquet"):
        yield str(pq.read_table(batch).to_pylist())
    for archive in folder.glob("w.warc/*.warc.gz"):
        yield from (record.body.decode() for record in warc_records.answers(archive))


def kept(folder, word: str) -> bool:
    return any(word in text for text in words_of(folder))


def test_a_forgotten_article_is_gone_from_everything_and_is_never_loaded_again(
    tmp_path, newsroom, ingest, araxes  # noqa: F811
):  # fmt: skip
    assert kept(tmp_path, SECRET)
    araxes("forget", f"{newsroom['two']}/page/copy", "--reason", "asked by its author")
    code, told = araxes("forget", f"{newsroom['one']}/page/3")
    assert (code, told["articles"]) == (0, 1)
    assert told["archive_records"] >= 2  # its page, and the feed document that named it
    assert not kept(tmp_path, SECRET)
    assert kept(tmp_path, "stone2x")
    again = ingest(newsroom)
    assert again.articles_loaded == 0
    assert ask(tmp_path, "SELECT count(*) FROM articles") == [(4,)]
    assert ask(tmp_path, "SELECT count(*) FROM forgotten") == [(2,)]
    states = ask(tmp_path, "SELECT state, count(*) FROM items GROUP BY state ORDER BY state")
    assert states == [("loaded", 4), ("refused", 2)]


def test_copies_of_a_forgotten_article_stay_and_the_earliest_becomes_the_first(
    tmp_path, newsroom, araxes
):
    first = ask(tmp_path, "SELECT url FROM articles JOIN clusters USING (article_id) "
                "WHERE canonical AND cluster_id IN (SELECT cluster_id FROM clusters "
                "WHERE NOT canonical)")  # fmt: skip
    araxes("forget", first[0][0])
    rest = "SELECT count(*), count(*) FILTER (WHERE canonical) FROM clusters"
    assert ask(tmp_path, rest) == [(5, 5)]
    assert ask(tmp_path, "SELECT sum(independent) FROM attention_by_topic") != [(None,)]


def test_forgetting_a_source_takes_all_of_it(tmp_path, newsroom, araxes):
    code, told = araxes("forget", "--source", "one")
    assert (code, told["articles"]) == (0, 5)
    assert ask(tmp_path, "SELECT DISTINCT source_id FROM articles") == [("two",)]


def test_an_address_never_met_is_refused_from_now_on(tmp_path, newsroom, ingest, araxes):  # noqa: F811
    with saved_site.serving({"/page/9": page(9)}) as three:
        assert araxes("forget", f"{three}/page/9")[1]["articles"] == 0
        assert ingest({**newsroom, "three": three}).articles_loaded == 0


def test_what_cannot_be_meant_is_wrong_usage(newsroom, araxes):
    assert araxes("forget", "no address")[0] == 2
    assert araxes("forget", "--source", "unheard-of")[0] == 2
    assert araxes("forget")[0] == 2


def test_a_backup_restores_the_warehouse_and_what_was_loaded_after_it(
    tmp_path, newsroom, ingest, araxes  # noqa: F811
):  # fmt: skip
    code, made = araxes("backup")
    assert (code, made["manifest"]["rows"]["articles"]) == (0, 6)
    with saved_site.serving({"/page/7": page(7)}) as three:
        assert ingest({**newsroom, "three": three}).articles_loaded == 1
    (tmp_path / "w.duckdb").write_bytes(b"no database")
    assert araxes("restore", made["backup"])[0] == 2  # something is in the way
    code, told = araxes("restore", made["backup"], "--force")
    assert code == 0, told
    assert told["replayed"] > 0
    assert ask(tmp_path, "SELECT count(*), count(DISTINCT article_id) FROM articles") == [(7, 7)]
    assert ask(tmp_path, "FROM assert_ledger") == []


def test_a_restore_can_leave_out_what_came_later(tmp_path, newsroom, ingest, araxes):  # noqa: F811
    made = araxes("backup")[1]["backup"]
    with saved_site.serving({"/page/7": page(7)}) as three:
        bases = {**newsroom, "three": three}
        ingest(bases)
        assert araxes("restore", made, "--force", "--without-later")[0] == 0
        assert ask(tmp_path, "SELECT count(*) FROM articles") == [(6,)]
        assert ingest(bases).articles_loaded == 1


def test_what_was_forgotten_after_a_backup_stays_forgotten_even_on_another_machine(
    tmp_path, newsroom, araxes
):
    made = araxes("backup")[1]["backup"]
    araxes("forget", f"{newsroom['one']}/page/3")
    araxes("forget", f"{newsroom['two']}/page/copy")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(tmp_path / "backups", elsewhere / "backups")
    folder = elsewhere / "backups" / made.rsplit("/", 1)[1]
    store = Store(elsewhere / "w.duckdb")
    backup.restore(store, backup.verify(folder), "now")
    with store.writing() as writer:
        assert len(writer.forgotten()) == 2
        assert len(writer.article_ids("one")) == 5  # entries, for the ledger's sums
    assert araxes("restore", made, "--force")[0] == 0
    assert not kept(tmp_path, SECRET)


def test_a_damaged_backup_is_refused(tmp_path, newsroom, araxes):
    made = tmp_path / "backups" / araxes("backup")[1]["backup"].rsplit("/", 1)[1]
    core = bytearray((made / "core.duckdb").read_bytes())
    core[len(core) // 2] ^= 1
    (made / "core.duckdb").write_bytes(core)
    with pytest.raises(WarehouseError, match="do not use it"):
        backup.verify(made)
    assert araxes("restore", str(made), "--force")[0] == 1
    assert ask(tmp_path, "SELECT count(*) FROM articles") == [(6,)]


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_moved(
    tmp_path, newsroom, araxes
):
    made = tmp_path / "backups" / araxes("backup")[1]["backup"].rsplit("/", 1)[1]
    with duckdb.connect(str(made / "core.duckdb")) as core:
        core.execute("INSERT INTO schema_migrations VALUES (999, 'later', '')")
    fixed = json.loads((made / "manifest.json").read_text())
    schema, rows = backup._contents(made / "core.duckdb")
    changed = {"schema": schema, "rows": rows, "sha256": backup._sha256(made / "core.duckdb")}
    (made / "manifest.json").write_text(json.dumps(fixed | changed))
    with pytest.raises(NewerSchema):
        backup.restore(Store(tmp_path / "w.duckdb"), backup.verify(made), "now")
    assert (tmp_path / "w.duckdb").exists()


def test_only_so_many_backups_are_kept(tmp_path, newsroom):
    store = Store(tmp_path / "w.duckdb")
    for hour in range(3):
        backup.take(store, tmp_path / "b", NOW.replace(hour=hour), "0")
    gone = backup.expire(tmp_path / "b", "w", keep=2)
    assert [folder.name for folder in gone] == ["w-20261122T000000Z"]
    assert len(backup.taken(tmp_path / "b", "w")) == 2


def test_forgetting_cut_short_is_finished_by_asking_again(tmp_path, newsroom, araxes, monkeypatch):
    from flows import forgetting

    monkeypatch.setattr(forgetting, "compact", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.main(["--db", str(tmp_path / "w.duckdb"), "forget", f"{newsroom['one']}/page/3"])
    monkeypatch.undo()
    araxes("forget", f"{newsroom['two']}/page/copy")
    assert araxes("forget", f"{newsroom['one']}/page/3")[0] == 0
    assert not kept(tmp_path, SECRET)


def test_a_rebuild_from_staged_batches_forgets_too(tmp_path, newsroom, araxes):
    araxes("forget", f"{newsroom['one']}/page/3")
    before = ask(tmp_path, "FROM clusters ORDER BY ALL")
    store = Store(tmp_path / "w.duckdb")
    store.path.unlink()
    store.rebuild()
    with store.writing() as writer:
        assert len(writer.forgotten()) == 1
    from warehouse.publish import publish

    publish(store.path)
    assert ask(tmp_path, "FROM clusters ORDER BY ALL") == before
