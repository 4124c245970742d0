"""Asking on the command line: wrong usage has a remedy, closed pipes are no failure."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from warehouse_cases import a_source, an_article, an_item, run_of

from flows import cli
from flows.errors import Corrupt
from flows.tag import vocabulary
from warehouse import query, reader, receipts
from warehouse.publish import HEADERS, publish
from warehouse.store import Store

ROOT = Path(__file__).parents[1]
BLOCK = 262_144  # bytes of a DuckDB file that are read, and proven, at once


@pytest.fixture(scope="module")
def core(empty, tmp_path_factory):
    """Give a published warehouse of two articles, which nobody may change."""
    store = Store(tmp_path_factory.mktemp("asked") / "araxes.duckdb")
    store.path.write_bytes(empty.read_bytes())
    with store.writing() as writer:
        writer.sync_vocabulary(vocabulary.load())
    source = a_source()
    items = [an_item(source, f"https://alpha.example/{number}") for number in (1, 2)]
    run_of(store, source, items, [an_article(item, item.item_id) for item in items])
    publish(store.path)
    return store.path


@pytest.fixture
def araxes(core, capfd):
    """Run a command on it in this process; give exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["--db", str(core), *map(str, arguments)])
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", ""),
        ("query", " ; "),
        ("query", "--", "-- only a comment"),
        ("query", "--memory", "foo", "SELECT 1"),
        ("query", "--memory", "-5", "SELECT 1"),
        ("query", "--memory", "none", "SELECT 1"),
        ("query", "--memory", "1KB", "SELECT 1"),
        ("query", "--timeout", "0", "SELECT 1"),
        ("query", "--timeout", "-1", "SELECT 1"),
        ("query", "--timeout", "nan", "SELECT 1"),
        ("query", "SELECT 1", "--format", "csv", "--out", "/nonexistent/x.csv"),
        ("query", "SELECT 1", "--format", "parquet", "--out", "/nonexistent/x.parquet"),
        ("export", "--out", "/proc/x"),
        ("digest", "--out", "/nonexistent/x.md"),
        ("query", "SELECT 1", "--json", "--format", "csv"),
        ("trends", "topic", "peace.treaty", "--json", "--format", "csv"),
    ],
)
def test_what_cannot_be_done_is_wrong_usage_and_said_in_a_sentence(araxes, arguments):
    code, _, err = araxes(*arguments)
    assert code == 2
    assert err
    assert "Traceback" not in err


def test_a_file_that_cannot_be_written_brings_a_remedy(araxes):
    _, _, err = araxes("query", "SELECT 1", "--out", "/nonexistent/x.csv")
    assert "No such file or directory" in err
    assert "remedy: name another place with --out" in err


def test_json_may_be_asked_for_twice(araxes):
    code, out, _ = araxes("query", "SELECT 1 AS a", "--json", "--format", "json")
    assert (code, json.loads(out)) == (0, [{"a": 1}])


@pytest.mark.parametrize("shape", ["table", "csv", "json"])
def test_every_format_shows_all_columns_of_a_shared_name(araxes, shape):
    code, out, _ = araxes("query", "SELECT 71 AS a, 72 AS a, 73 AS a", "--format", shape)
    assert code == 0
    assert [each for each in ("71", "72", "73", "a_1", "a_2") if each not in out] == []


def unread(core, *arguments, streams):
    """Run a command whose output nobody reads; give exit code and what else it said."""
    read, write = os.pipe()
    os.close(read)
    program = "from flows.cli import run; run()"
    given = [sys.executable, "-c", program, "--db", str(core), *arguments]
    done = subprocess.run(
        given,
        check=False,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=write if "out" in streams else subprocess.PIPE,
        stderr=write if "err" in streams else subprocess.PIPE,
    )
    os.close(write)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("query", "--help"),
        ("status",),
        ("status", "--json"),
        ("query", "SELECT 1"),
        ("query", "SELECT 1", "--format", "csv"),
        ("sources", "list"),
    ],
)
def test_a_reader_that_closes_its_pipe_is_no_failure(core, arguments):
    assert unread(core, *arguments, streams=["out"]) == (0, b"")


def test_a_failure_keeps_its_code_where_nobody_reads_what_it_says(core):
    arguments = ("query", "FROM nowhere", "--json")
    assert unread(core, *arguments, streams=["out", "err"])[0] == 2


@pytest.fixture
def damaged(core, tmp_path):
    """Give a warehouse whose snapshot opens, but whose articles are not what was written."""
    copy = tmp_path / core.name
    copy.write_bytes(core.read_bytes())
    snapshot = publish(copy)
    with reader.connect(copy) as connection:
        (block,) = connection.execute(
            "SELECT max(block_id) FROM pragma_storage_info('articles') WHERE column_name = 'title'"
        ).fetchone()
    snapshot.chmod(0o644)
    with snapshot.open("r+b") as file:
        file.seek(HEADERS + block * BLOCK)
        file.write(b"\xff" * 64)
    return copy


EVERYTHING = "SELECT bit_xor(hash(t)) FROM (FROM articles) AS t"


def test_damage_that_a_query_comes_upon_is_told_as_damage(damaged):
    with (
        reader.connect(damaged) as connection,
        pytest.raises(Corrupt, match=r"damaged.*[Cc]hecksum") as caught,
    ):
        query.answer(connection, EVERYTHING)
    assert "araxes publish" in caught.value.remedy


def test_a_damaged_snapshot_ends_with_1_and_publish_heals_it(damaged, araxes):
    places = ("--db", damaged)
    for asked in (
        ("query", EVERYTHING),
        ("export", "--out", damaged.with_name("tables")),
        ("explain", "https://alpha.example/1"),
    ):
        code, _, err = araxes(*places, *asked)
        assert (code, "remedy: araxes publish" in err) == (1, True)
    assert araxes(*places, "publish")[0] == 0
    assert araxes(*places, "query", EVERYTHING)[0] == 0


def test_an_export_lists_its_receipts_and_cite_finds_them(araxes, tmp_path):
    _, out, _ = araxes("export", "--out", tmp_path, "--format", "csv", "--json")
    told = json.loads(out)
    assert [Path(file).name for file in told["files"]] == list(told["receipts"])
    code, out, _ = araxes("cite", tmp_path / "articles.csv", "--json")
    assert (code, json.loads(out)["stands"]) == (0, True)
    assert "bit_xor" in json.loads(out)["receipt"]["sql"]


TWO = ("trends", "topic", "peace.treaty", "corridor.zangezur")


def test_trends_in_a_file_carry_a_receipt_in_the_first_row_of_each_series(araxes, tmp_path):
    _, out, _ = araxes(*TWO, "--format", "csv")
    rows = list(csv.DictReader(out.splitlines()))
    _, out_json, _ = araxes(*TWO, "--format", "json")
    assert [row["receipt"] or None for row in rows] == [
        point["receipt"] for point in json.loads(out_json)
    ]
    carrying = [row["id"] for row in rows if row["receipt"]]
    assert carrying == ["peace.treaty", "corridor.zangezur"]
    assert rows[0]["receipt"]
    file = tmp_path / "trend.csv"
    file.write_text(out, encoding="utf-8")
    code, out, _ = araxes("cite", file, "--json")
    assert (code, len(json.loads(out)["replays"])) == (0, 2)


def test_a_file_falls_with_any_of_its_numbers(araxes, core, tmp_path):
    with reader.connect(core) as connection:
        stands = receipts.receipt(connection, "SELECT 1")
    file = tmp_path / "two.txt"
    file.write_text(f"{stands}\n{replace(stands, answer='another')}\n")
    code, out, _ = araxes("cite", file, "--json")
    told = json.loads(out)
    assert (code, told["stands"]) == (1, False)
    assert [each["stands"] for each in told["replays"]] == [True, False]
    assert told["receipt"] == told["replays"][1]["receipt"]
    assert "no longer stands" in araxes("cite", file)[1]


def test_quiet_trends_carry_no_receipt(araxes):
    _, out, err = araxes(*TWO, "--format", "csv", "-q")
    assert out.splitlines()[0] == "period,id,group,articles,independent,share,gap"
    assert "araxes1:" not in out + err


def test_trends_without_rows_still_have_their_header(araxes):
    code, out, _ = araxes(*TWO, "--format", "csv", "--to", "1990-01-01")
    assert (code, out) == (0, "period,id,group,articles,independent,share,gap,receipt\n")
