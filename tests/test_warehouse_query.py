"""SQL of a user's own: mistakes are pointed at, and nothing but reading is possible."""

import json
from math import inf, nan

import pytest

from flows import jsontext
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


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["a", "a"], ["a", "a_1"]),
        (["a", "a", "a"], ["a", "a_1", "a_2"]),
        (["a", "a", "a_1"], ["a", "a_2", "a_1"]),
        (["a", "A", "b"], ["a", "A_1", "b"]),
        ([], []),
    ],
)
def test_columns_of_the_same_name_are_numbered_and_take_no_other_name(given, told):
    assert query.distinct(given) == told


def test_an_answer_keeps_every_column_of_a_shared_name(snapshot):
    table = query.answer(snapshot, "SELECT 1 AS a, 2 AS a, 3 AS b")
    assert table.to_pylist() == [{"a": 1, "a_1": 2, "b": 3}]


def test_a_sum_is_an_integer_unless_it_is_too_large_for_one(snapshot):
    table = query.answer(
        snapshot,
        """
        SELECT sum(2) AS small, sum(1000000000000000000000000000000) AS large,
          sum(NULL::INT) AS none, 1.50::DECIMAL(9, 2) AS price
        """,
    )
    types = [str(field.type) for field in table.schema]
    assert types == ["int64", "decimal128(38, 0)", "int64", "decimal128(9, 2)"]
    assert json.loads(jsontext.text(table.to_pylist())) == [
        {"small": 2, "large": 10**30, "none": None, "price": 1.5}
    ]


def test_json_has_null_where_a_number_is_none():
    value = {"x": nan, "list": [inf, 1.5, {"y": -inf}], "tuple": (nan,), "text": "NaN"}
    told = {"x": None, "list": [None, 1.5, {"y": None}], "tuple": [None], "text": "NaN"}
    assert json.loads(jsontext.text(value)) == told


@pytest.mark.parametrize("sql", ["", "   ", ";", "-- only a comment", "/* nothing */ ;"])
def test_no_query_at_all_is_wrong_usage(snapshot, sql):
    assert "araxes query" in remedy_of(snapshot, sql)
