"""What `araxes sources list|check|import` say offline."""

from pathlib import Path

import pytest

from flows import config
from flows.commands import sources
from flows.errors import UsageError

LIST = """
[defaults]
contact = "mailto:desk@valley.ge"
[[source]]
id = "valley"
name = "Valley Post"
homepage = "https://valley.ge"
country = "GE"
ownership = "unknown"
perspective = "GE"
languages = ["ka", "en"]
evidence = "https://valley.ge/"
[[source.feed]]
url = "https://valley.ge/feed"
[[source.feed]]
url = "https://valley.ge/old"
active = false
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "sources.toml"
    file.write_text(LIST, "utf-8")
    return file


def test_a_row_counts_feeds_awake_and_asleep(path: Path):
    (row,) = sources.rows(config.load(path))
    assert (row.source_id, row.feeds, row.asleep, row.languages) == ("valley", 1, 1, ("ka", "en"))


def test_a_good_list_has_no_problems_and_is_counted(path: Path):
    review = sources.review(path)
    assert not review.problems
    assert (review.sources, review.feeds, review.asleep) == (1, 1, 1)
    assert review.by_perspective == (("GE", 1),)
    assert dict(review.by_language) == {"ka": 1, "en": 1}


def test_what_is_thin_is_remarked_on_once_for_all(path: Path):
    other = LIST[LIST.index("[[source]]") :].replace("valley", "ridge").replace("unknown", "party")
    path.write_text(LIST + 'min_delay = "0s"\n' + other, "utf-8")
    assert [remark.message for remark in sources.review(path).remarks] == [
        "ownership read from nothing but the outlet's own front page: ridge",
        "ownership unknown: valley",
        "no expect_per_day, so silence is not noticed: valley, ridge",
    ]


def test_haste_is_remarked_on(path: Path):
    path.write_text(LIST.replace("[defaults]", '[defaults]\nmin_delay = "500ms"'), "utf-8")
    assert "1 s between" in sources.review(path).remarks[-1].message


def test_a_placeholder_contact_is_remarked_on(path: Path):
    path.write_text(LIST.replace("desk@valley.ge", "you@example.org"), "utf-8")
    assert "contact" in sources.review(path).remarks[0].message


def test_a_bad_list_gives_its_problems(path: Path):
    path.write_text(LIST.replace('"GE"', '"Georgia"'), "utf-8")
    assert [problem.line for problem in sources.review(path).problems] == [8, 10]


def test_no_list_at_all_is_a_problem_too(tmp_path: Path):
    assert "No such file" in sources.review(tmp_path / "none.toml").problems[0].message


def test_an_opml_file_becomes_toml_without_what_is_watched(path: Path, tmp_path: Path):
    document = tmp_path / "feeds.opml"
    document.write_bytes(
        b'\xef\xbb\xbf<opml><body><outline text="V" xmlUrl="https://valley.ge/feed"/>'
        b'<outline text="R" xmlUrl="https://ridge.ge/feed"/></body></opml>'
    )
    toml = sources.import_opml(document, config.load(path))
    assert "# watched already: https://valley.ge/feed" in toml
    assert 'id = "ridge-ge"' in toml


def test_an_opml_file_that_is_not_there_is_wrong_usage(tmp_path: Path):
    with pytest.raises(UsageError, match="No such file"):
        sources.import_opml(tmp_path / "none.opml", ())
