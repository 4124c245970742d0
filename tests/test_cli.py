"""The command line: options anywhere, exit codes and messages that scripts can trust."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from english_cases import BRIDGE, edited

from flows import cli
from flows.commands.explain_cli import show_copies
from flows.commands.output import show_table

ROOT = Path(__file__).parents[1]


@pytest.fixture
def araxes(capfd):
    """Run a command in this process; give exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return run


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help_with_an_example(araxes, command):
    code, out, _ = araxes(command, "--help")
    assert code == 0
    assert "Example: araxes" in out or "Commands:" in out


def test_the_help_of_demo_names_the_warehouse_of_the_demo(araxes):
    _, out, _ = araxes("demo", "--help")
    assert "[warehouse/demo.duckdb, whatever ARAXES_DB says]" in " ".join(out.split())
    _, out, _ = araxes("query", "--help")
    assert "[warehouse/araxes.duckdb; ARAXES_DB]" in " ".join(out.split())


def test_global_options_work_before_and_after_the_command(araxes, tmp_path):
    sources = str(ROOT / "sources.toml")
    before = araxes("--sources", sources, "--json", "sources", "list")
    after = araxes("sources", "list", "--json", "--sources", sources)
    assert before[0] == after[0] == 0
    assert json.loads(before[1]) == json.loads(after[1])


def test_the_environment_names_the_source_list_but_an_option_wins(araxes, monkeypatch):
    monkeypatch.setenv("ARAXES_SOURCES", "nowhere.toml")
    code, _, err = araxes("sources", "list")
    assert code == 2
    assert "nowhere.toml" in err
    assert araxes("sources", "list", "--json", "--sources", str(ROOT / "sources.toml"))[0] == 0


def test_a_command_that_fails_prints_one_json_document_when_asked_for_json(araxes, tmp_path):
    for arguments in (("trends", "planet", "mars"), ("query", "FROM articles")):
        code, out, err = araxes("--db", str(tmp_path / "none.duckdb"), *arguments, "--json")
        assert code in (1, 2)
        assert json.loads(out).keys() == {"error", "remedy"}
        assert err


def test_wrong_usage_ends_with_2_and_says_what_is_allowed(araxes):
    code, out, err = araxes("trends", "planet", "mars")
    assert (code, out) == (2, "")
    assert "'topic', 'actor', 'name'" in err


def test_a_warehouse_that_is_not_there_has_a_remedy(araxes, tmp_path):
    code, _, err = araxes("--db", str(tmp_path / "none.duckdb"), "status")
    assert code == 1
    assert "araxes" in err


def test_help_needs_no_heavy_import():
    slow = ("prefect", "trafilatura", "duckdb", "httpx", "streamlit", "pyarrow")
    program = (
        "import sys; from flows.cli import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit: print([name for name in {slow} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")


def test_explain_in_bulk_keeps_order_and_names_bad_lines(araxes, tmp_path):
    lines = [
        json.dumps({"id": n, "title": "", "text": f"Baku and Yerevan met {n} times"})
        for n in range(60)
    ]
    lines[7] = "not json"
    lines[9] = json.dumps({"id": 9, "text": "Baku", "published_at": "in May"})
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    code, out, _ = araxes("explain", "--jsonl", str(tmp_path / "in.jsonl"))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [answer.get("id", "line 8") for answer in answers] == [
        *range(7),
        "line 8",
        *range(8, 60),
    ]
    assert [answers[n]["line"] for n in (7, 9)] == [8, 10]
    assert {actor["id"] for actor in answers[0]["actors"]} == {"aze", "arm"}


@pytest.mark.slow
def test_imported_documents_are_loaded_once_and_bad_lines_are_named(araxes, tmp_path):
    sample = (ROOT / "flows/demo/sample.jsonl").read_text(encoding="utf-8")
    documents = tmp_path / "docs.jsonl"
    documents.write_text(sample + '{"url": 7}\n', encoding="utf-8")
    arguments = ("--db", str(tmp_path / "w.duckdb"), "import", str(documents), "--json")
    code, out, err = araxes(*arguments)
    first = json.loads(out)
    again = json.loads(araxes(*arguments)[1])
    assert code == 0
    assert f"{documents}:11:" in err
    assert (first["entries"]["seen"], first["articles_loaded"], first["malformed"]) == (10, 10, 1)
    assert first["duplicates"]["exact"] == 1
    assert (again["entries"]["known"], again["articles_loaded"]) == (10, 0)


def test_an_import_without_a_single_document_ends_with_1(araxes, tmp_path):
    documents = tmp_path / "docs.jsonl"
    documents.write_text('{"url": 7}\n', encoding="utf-8")
    code, _, err = araxes("--db", str(tmp_path / "w.duckdb"), "import", str(documents))
    assert (code, "not one line is a document" in err) == (1, True)


def test_a_source_list_that_is_not_there_says_how_to_name_another(araxes, tmp_path):
    code, _, err = araxes("sources", "list", "--sources", str(tmp_path / "none.toml"))
    assert code == 2
    assert "--sources or ARAXES_SOURCES" in err


def test_explain_shows_the_passages_a_copy_shares_side_by_side(araxes, tmp_path, monkeypatch):
    first, again = BRIDGE, edited(BRIDGE)
    persian = "این گزارش درباره پل قدیمی است و هیچ ربطی به بقیه ندارد. " * 3
    rows = [
        {"url": "https://alpha.example/1", "title": "The bridge", "text": persian + first,
         "published_at": "2026-03-02T05:07:00Z"},
        {"url": "https://beta.example/2", "title": "A bridge", "text": persian + again,
         "published_at": "2026-03-02T07:07:00Z"},
    ]  # fmt: skip
    documents = tmp_path / "docs.jsonl"
    documents.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    places = ("--db", str(tmp_path / "w.duckdb"))
    assert araxes(*places, "import", str(documents))[0] == 0
    code, out, _ = araxes(*places, "explain", "https://beta.example/2", "--json")
    [copy] = json.loads(out)["duplicates"]
    assert (code, copy["kind"]) == (0, "near")
    assert "numbers" in copy["method"]
    assert len(copy["passages"]) > 3
    assert all(each["left"] in persian + again for each in copy["passages"][:1])
    monkeypatch.setenv("COLUMNS", "72")
    shown = araxes(*places, "explain", "https://beta.example/2")[1]
    assert "Shared with The bridge" in shown
    assert max(map(len, shown.split("Shared with")[1].split("The same text")[0].splitlines())) <= 74
    assert shown.count("\u2068") == shown.count("\u2069") > 0
    text = tmp_path / "mine.txt"
    text.write_text("The bridge\n\n" + persian + again, encoding="utf-8")
    found = json.loads(araxes(*places, "explain", str(text), "--json")[1])["duplicates"]
    assert {each["title"] for each in found} == {"The bridge", "A bridge"}
    assert all(each["passages"] for each in found)


def test_explain_shows_what_several_copies_share_once(capsys):
    same = {"words": 9, "left": "here it is", "right": "there it is"}
    other = {"words": 4, "left": "or this", "right": "and that"}
    copy = {"kind": "near", "similarity": 0.8, "containment": 0.9, "method": "why"}
    show_copies(
        [
            {**copy, "title": "One", "passages": [other, same]},
            {**copy, "title": "Two", "passages": [same, other]},
            {**copy, "title": "Three", "passages": [same]},
        ]
    )
    shown = capsys.readouterr().out
    assert [each.strip() for each in shown.splitlines() if "Shared" in each] == [
        "Shared with One; Two",
        "Shared with Three",
    ]


def test_a_table_breaks_no_id_however_narrow_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    ids = ("f" * 32, "0123456789abcdef", "e" * 32)
    show_table("Ids", ("one", "two", "three", "why"), [(*ids, "words that may wrap " * 9)])
    shown = capsys.readouterr().out
    assert [each for each in ids if each not in shown] == []
