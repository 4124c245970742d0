"""Receipts and files: numbers that can be asked again, cells that do nothing."""

import csv
import io
import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warehouse_cases import a_source, an_article, an_item, run_of

from flows.errors import UsageError
from warehouse import export, reader, receipts
from warehouse.publish import publish

SQL = "FROM topic_trend('peace.treaty', 'week')"
EVIDENCE = "SELECT article_id FROM article_topics WHERE topic_id = 'peace.treaty'"


@pytest.fixture
def store(store):
    load(store, "run1", "https://alpha.example/1")
    return store


def load(store, run, url, **changes):
    source = a_source()
    item = an_item(source, url)
    run_of(store, source, [item], [an_article(item, f"Text of {url}", **changes)], run=run)
    publish(store.path)


def a_receipt(store):
    with reader.connect(store.path) as connection:
        return str(receipts.receipt(connection, SQL, EVIDENCE))


def replayed(store, line):
    with reader.connect(store.path) as connection:
        return receipts.replay(connection, receipts.parse(line))


def test_a_receipt_stands_while_nothing_changed(store):
    again = replayed(store, a_receipt(store))
    assert again.stands
    assert again.changes == ()
    assert len(again.receipt.evidence) == 1


def test_a_receipt_falls_when_its_number_changed_and_says_why(store):
    line = a_receipt(store)
    load(store, "run2", "https://alpha.example/2")
    again = replayed(store, line)
    assert not again.stands
    assert "articles in the warehouse: 1 then, 2 now" in again.changes


def test_a_cut_receipt_is_refused(store):
    with pytest.raises(UsageError):
        receipts.parse(a_receipt(store)[:-9])


def test_a_receipt_without_a_query_is_refused(store):
    empty = replace(receipts.parse(a_receipt(store)), sql=" ; ")
    with pytest.raises(UsageError, match="no query"):
        replayed(store, str(empty))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", " =cmd()", "＝1"])
def test_a_formula_becomes_text(cell):
    assert export.neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Armenia", "", -3, 0.5, None])
def test_other_cells_stay_as_they_are(cell):
    assert export.neutral(cell) == cell


def test_the_name_of_a_column_is_no_formula_either():
    text = io.StringIO()
    export.write_csv(pa.table({"=head": [1], "plain": [2]}).to_reader(), text)
    assert text.getvalue() == "'=head,plain\n1,2\n"


def test_json_lines_have_null_where_a_number_is_none():
    text = io.StringIO()
    export.write_jsonl(pa.table({"x": [float("nan")], "l": [[float("inf")]]}).to_reader(), text)
    assert text.getvalue() == '{"x": null, "l": [null]}\n'


def test_the_same_rows_come_out_in_every_form(store, tmp_path):
    with reader.connect(store.path) as connection:
        for form in ("parquet", "csv", "jsonl"):
            export.export(connection, tmp_path / form, form)
    ids = pq.read_table(tmp_path / "parquet" / "articles.parquet")["article_id"].to_pylist()
    with (tmp_path / "csv" / "articles.csv").open(encoding="utf-8") as file:
        assert [row["article_id"] for row in csv.DictReader(file)] == ids
    lines = (tmp_path / "jsonl" / "articles.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["article_id"] for line in lines] == ids


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_every_exported_file_has_a_receipt_beside_it_that_stands(store, tmp_path, form):
    with reader.connect(store.path) as connection:
        written = export.export(connection, tmp_path, form)
        found = {file: receipts.find(file) for file in written}
        assert all(receipts.replay(connection, each).stands for each in found.values())
    assert {file: str(each) for file, each in found.items()} == written
    assert len(written) == len(export.EXPORTED)


def test_the_receipt_of_an_export_falls_when_its_table_changed(store, tmp_path):
    with reader.connect(store.path) as connection:
        written = export.export(connection, tmp_path, "csv")
    load(store, "run2", "https://alpha.example/2")
    assert not replayed(store, written[tmp_path / "articles.csv"]).stands
    assert replayed(store, written[tmp_path / "sources.csv"]).stands


def test_exports_in_one_folder_keep_each_others_receipts(store, tmp_path):
    with reader.connect(store.path) as connection:
        for form in ("csv", "jsonl", "csv"):
            export.export(connection, tmp_path, form)
    lines = (tmp_path / "receipts.txt").read_text("utf-8").splitlines()
    assert len(lines) == len({line.split("\t")[0] for line in lines}) == 2 * len(export.EXPORTED)


def test_a_receipt_quoted_in_an_article_is_not_taken_for_that_of_its_table(store, tmp_path):
    load(store, "run2", "https://alpha.example/2", reason=a_receipt(store))
    with reader.connect(store.path) as connection:
        written = export.export(connection, tmp_path, "csv")
    file = tmp_path / "articles.csv"
    assert "araxes1:" in file.read_text("utf-8")
    assert str(receipts.find(file)) == written[file]


def test_a_file_with_several_receipts_gives_each_once(store, tmp_path):
    line = a_receipt(store)
    with reader.connect(store.path) as connection:
        other = str(receipts.receipt(connection, "SELECT 1"))
    title = "A title that says araxes1:eNqr and no more"
    (tmp_path / "digest.md").write_text(f"{title}\n1. {line}\n2. {other}\n3. {line}\n")
    assert list(map(str, receipts.find_all(tmp_path / "digest.md"))) == [line, other]
    assert str(receipts.find(tmp_path / "digest.md")) == line


def test_a_file_that_no_list_names_has_no_receipt(store, tmp_path):
    with reader.connect(store.path) as connection:
        export.export(connection, tmp_path, "csv")
    (tmp_path / "mine.csv").write_text("a,b\n")
    (tmp_path / "cut.csv").write_text(a_receipt(store)[:-9])
    for name in ("mine.csv", "none.csv", "icles.csv", "cut.csv"):
        with pytest.raises(UsageError):
            receipts.find(tmp_path / name)
