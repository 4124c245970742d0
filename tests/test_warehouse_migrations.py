"""Files of other versions, and damaged ones, are refused and never written over."""

import pytest
from warehouse_cases import a_source, an_article, an_item, run_of

from flows.errors import Corrupt, NewerSchema, WarehouseError
from warehouse import migrate, reader
from warehouse.publish import publish
from warehouse.store import Store, connect


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "araxes.duckdb")
    source = a_source()
    item = an_item(source, "https://alpha.example/1")
    run_of(store, source, [item], [an_article(item)])
    return store


def with_scripts(monkeypatch, change):
    real = migrate.scripts
    monkeypatch.setattr(
        migrate,
        "scripts",
        lambda folder: change(real(folder)) if folder == "migrations" else real(folder),
    )


NEXT = migrate.scripts("migrations")[-1].number + 1
MORE = migrate.Script(NEXT, f"{NEXT:04d}_more.sql", "CREATE TABLE more (a INTEGER)")


def test_a_newer_file_is_refused(store, monkeypatch):
    with monkeypatch.context() as newer:
        with_scripts(newer, lambda known: (*known, MORE))
        with store.writing():
            pass
    with pytest.raises(NewerSchema), store.writing():
        pass


def test_a_migration_copies_the_file_first(store, monkeypatch):
    with_scripts(monkeypatch, lambda known: (*known, MORE))
    with store.writing():
        pass
    assert store.path.with_name(f"araxes.before-{NEXT:04d}.duckdb").stat().st_size > 0


def an_old_core(path, version):
    old = connect(path)
    old.execute(migrate.BOOKS)
    for script in migrate.scripts("migrations")[:version]:
        old.execute(script.sql)
        old.execute(
            "INSERT INTO schema_migrations VALUES (?, ?, ?)",
            [script.number, script.name, script.checksum],
        )
    return old


def test_tables_made_anew_keep_their_rows_and_their_sentences(tmp_path):
    with an_old_core(tmp_path / "old.duckdb", 5) as old:
        old.execute(
            "INSERT INTO clusters SELECT 'id' || n, 'id' || n, true, n FROM range(5000) AS t(n)"
        )
        before = old.execute("FROM clusters").fetchall()
    with Store(tmp_path / "old.duckdb").writing():
        pass
    with connect(tmp_path / "old.duckdb") as new:
        assert new.execute("FROM clusters").fetchall() == before
        assert new.execute("""
            SELECT DISTINCT comment, is_nullable FROM duckdb_columns()
            WHERE table_name = 'clusters' AND column_name = 'article_id'
        """).fetchall() == [("The article.", False)]


def test_what_stories_and_search_stored_before_fits_what_they_store_now(tmp_path):
    with an_old_core(tmp_path / "old.duckdb", 12) as old:
        old.execute("""
            INSERT INTO story_marks VALUES
              ('a', 'en', '2026-10-01 09:00:00+00', '2026-10-01', [4194309, 7], [1, 2])
        """)
        old.execute("INSERT INTO search_documents VALUES (1, 'a', 10), (2, '', 9)")
        old.execute("INSERT INTO search_words VALUES ('armenia', 7), ('ab', 8)")
    with Store(tmp_path / "old.duckdb").writing():
        pass
    with connect(tmp_path / "old.duckdb") as new:
        assert new.execute("SELECT features, weights FROM story_marks").fetchall() == [
            ([5, 7], [1, 2])
        ]
        assert new.execute("FROM search_documents").fetchall() == [(1, "a", 10), (2, "", 0)]
        assert new.execute("FROM search_words").fetchall() == [
            ("arme", "armenia", 7),
            ("ab", "ab", 8),
        ]


def test_a_migration_that_was_changed_is_refused(store, monkeypatch):
    with_scripts(monkeypatch, lambda known: (migrate.Script(1, "0001.sql", "SELECT 1"), *known[1:]))
    with pytest.raises(WarehouseError, match="was changed after it was run"), store.writing():
        pass


def test_a_damaged_core_is_refused_and_left_alone(store):
    publish(store.path)
    damaged = b"not a database" * 1000
    store.path.write_bytes(damaged)
    with pytest.raises(Corrupt) as caught, store.writing():
        pass
    assert caught.value.newest_snapshot is not None
    assert store.path.read_bytes() == damaged
    with reader.connect(store.path) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (1,)
