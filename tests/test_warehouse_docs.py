"""The documents say what is there, and their questions have answers."""

import re
from pathlib import Path

import pytest
from warehouse_cases import answers, filled

from warehouse import describe, reader
from warehouse.store import Store

README = Path(__file__).parent.parent / "warehouse" / "README.md"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("docs") / "araxes.duckdb")
    filled(store)
    answers(store, "SELECT 1")
    return store


@pytest.fixture
def connection(store):
    with reader.connect(store.path) as connection:
        yield connection


def test_every_table_and_column_has_its_sentence(connection):
    rows = connection.execute(describe.COLUMNS).fetchall()
    assert [row[:3] for row in rows if not row[1] or not row[4]] == []


def test_the_readme_lists_every_table_and_column(connection):
    assert describe.as_markdown(connection) in README.read_text(encoding="utf-8")


def questions():
    return re.findall(r"^\d+\. .*?\n   `(.*?)`$", README.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_are_twelve_questions():
    assert len(questions()) == 12


@pytest.mark.parametrize("sql", questions())
def test_each_question_is_answered_by_its_line(connection, sql):
    assert connection.execute(sql).fetchall()
