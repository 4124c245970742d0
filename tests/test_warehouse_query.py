"""SQL of a user's own: mistakes are pointed at, and nothing but reading is possible."""

import pytest

from flows.errors import UsageError, WarehouseError
from warehouse import query, reader
from warehouse.publish import publish


@pytest.fixture
def snapshot(store):
    publish(store.path)
    with reader.connect(store.path) as connection:
        yield connection


def remedy_of(snapshot, sql):
    with pytest.raises(UsageError) as caught:
        query.answer(snapshot, sql)
    return caught.value.remedy


def test_a_misspelled_table_brings_the_names_it_may_have_meant(snapshot):
    assert remedy_of(snapshot, "FROM artcles").startswith("there are: articles")


def test_a_macro_asked_for_like_a_table_brings_its_parameters(snapshot):
    assert remedy_of(snapshot, "FROM originators") == (
        "originators takes parameters: originators(since, until)"
    )


def test_a_query_cannot_write_files_and_says_what_can(snapshot, tmp_path):
    sql = f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'"
    assert "`araxes export`" in remedy_of(snapshot, sql)
    assert not (tmp_path / "out.csv").exists()


def test_a_query_that_takes_too_long_is_ended(snapshot):
    with pytest.raises(WarehouseError, match=r"longer than 0\.2 s"):
        query.answer(
            snapshot, "SELECT sum(a.range * b.range) FROM range(9999999) a, range(999) b", 0.2
        )
