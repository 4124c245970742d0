"""The seed corpus: what it keeps, what it finds, what it refuses."""

import html
import json

import pytest
from dedup_cases import DAWN, marks, report

from flows.commands import corpus as commands
from flows.dedup import corpus
from flows.errors import ConfigError, UsageError

SEEDS = {f"seed {number}": report(number, sentences=30) for number in (11, 12, 13)}
PARAPHRASES = {
    "The envoy said the road would stay open through the winter, whatever the talks brought.":
        "Whatever came of the negotiations, the way was to be kept free until spring, he told us.",
    "Both capitals want the treaty signed before the summit, and neither wants to be first.":
        "Neither government is eager to move before the other, though each hopes to have put its "
        "name to an accord by the time leaders gather.",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for title, text in SEEDS.items():
        corpus.write(tmp_path, corpus.read(title, text, "en", DAWN))
    return tmp_path


def titles(folder, text):
    return [hit.seed.title for hit in corpus.match(marks(text), corpus.load(folder))]


def test_a_file_gives_back_what_was_written(tmp_path):
    document = corpus.read("A title", SEEDS["seed 11"], "en", DAWN)
    corpus.write(tmp_path, document)
    assert corpus.load(tmp_path) == (document,)


def test_a_file_holds_no_words_of_the_text(folder):
    words = {word.strip(".").lower() for text in SEEDS.values() for word in text.split()}
    for path in folder.glob("*.json"):
        written = path.read_text("utf-8").lower()
        assert not [word for word in words if len(word) > 4 and word in written]
        assert "words" not in json.loads(written)


def test_a_seed_is_found_in_another_encoding(folder):
    text = SEEDS["seed 12"]
    for encoded in (text.upper(), html.escape(text), f"<p>{text.replace('. ', '.</p><p>')}</p>"):
        (hit,) = corpus.match(marks(encoded), corpus.load(folder))
        assert (hit.seed.title, hit.whole, hit.containment) == ("seed 12", True, 1.0)


def test_a_seed_is_found_cut_short(folder):
    text = SEEDS["seed 12"]
    for share in (0.8, 0.5, 0.2):
        assert titles(folder, text[: int(len(text) * share)]) == ["seed 12"]


def test_a_seed_is_found_inside_a_longer_page(folder):
    page = report(21, 40) + " " + SEEDS["seed 13"] + " " + report(22, 40)
    (hit,) = corpus.match(marks(page), corpus.load(folder))
    assert hit.whole
    assert hit.similarity < 0.5 < hit.containment


def test_a_passage_of_a_seed_is_found_and_said_to_be_one(folder):
    sentences = SEEDS["seed 11"].split(". ")
    page = report(23, 20) + " " + ". ".join(sentences[5:8]) + ". " + report(24, 20)
    (hit,) = corpus.match(marks(page), corpus.load(folder))
    assert not hit.whole
    assert hit.passage >= 27
    assert "passage" in hit.method


def test_a_paraphrase_is_not_found(tmp_path):
    corpus.write(tmp_path, corpus.read("A seed", " ".join(PARAPHRASES), "en", DAWN))
    assert titles(tmp_path, " ".join(PARAPHRASES.values())) == []


def test_seeds_do_not_match_each_other(folder):
    for title, text in SEEDS.items():
        assert titles(folder, text) == [title]


def test_a_damaged_file_is_refused_by_name(folder):
    (folder / "broken.json").write_text("{", "utf-8")
    (folder / "old.json").write_text('{"format": 0}', "utf-8")
    with pytest.raises(ConfigError) as refused:
        corpus.load(folder)
    assert [problem.file.name for problem in refused.value.problems] == ["broken.json", "old.json"]


def test_a_folder_that_is_not_there_has_no_seeds(tmp_path):
    assert corpus.load(tmp_path / "nowhere") == ()


# ---------------------------------------------------------------- behind `araxes corpus`


def test_text_markdown_and_html_files_become_the_same_seed(tmp_path):
    text = "A title of the piece\n\n" + report(11)
    page = f"<html><body><article><h1>A title of the piece</h1><p>{report(11)}</p></article></body>"
    files = {"a.txt": text, "b.md": "# " + text, "c.html": page}
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    paths = [tmp_path / name for name in files]
    documents = commands.add(paths, tmp_path / "seeds", DAWN)
    assert {document.title for document in documents} == {"A title of the piece"}
    assert len(corpus.load(tmp_path / "seeds")) == 1


def test_adding_a_document_again_keeps_the_time_it_was_first_added(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(report(11), "utf-8")
    (first,) = commands.add([file], tmp_path / "seeds", DAWN)
    (again,) = commands.add([file], tmp_path / "seeds", DAWN.replace(year=2027))
    assert again == first


def test_a_first_line_that_is_a_sentence_is_not_kept_as_a_title(tmp_path):
    file = tmp_path / "untitled.txt"
    file.write_text(report(11), "utf-8")
    (document,) = commands.add([file], tmp_path / "seeds", DAWN)
    assert document.title == "untitled"


def test_a_file_is_matched_against_the_corpus(folder, tmp_path):
    file = tmp_path / "page.txt"
    file.write_text(report(31) + " " + SEEDS["seed 11"], "utf-8")
    (hit,) = commands.match(file, folder)
    assert hit.seed.title == "seed 11"


@pytest.mark.parametrize("content", [None, "", " \n "])
def test_a_file_without_words_is_refused(tmp_path, content):
    file = tmp_path / "empty.txt"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(UsageError, match=r"empty\.txt"):
        commands.add([file], tmp_path / "seeds", DAWN)
