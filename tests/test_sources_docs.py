"""The examples of docs/sources.md are right."""

import re
from pathlib import Path

import pytest

from flows import config
from flows.errors import ConfigError
from flows.model import FeedKind

TEXT = (Path(__file__).parents[1] / "docs" / "sources.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_every_example_is_a_source_list():
    sources = [source for example in EXAMPLES for source in config.parse(example)]
    kinds = [feed.kind for source in sources for feed in source.feeds]
    assert set(kinds) >= {FeedKind.FEED, FeedKind.NEWS_SITEMAP, FeedKind.LISTING}


def test_the_mistakes_shown_are_told_as_shown():
    wrong = (
        EXAMPLES[0].replace('"GE"', '"Georgia"').replace("\nexpect", '\nlnaguages = ["x"]\nexpect')
    )
    with pytest.raises(ConfigError) as caught:
        config.parse(wrong)
    shown = re.findall(r"^sources\.toml:\d+: .*$", TEXT, re.MULTILINE)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == len(shown)
    for line, example in zip(told, shown, strict=True):
        assert line.startswith(example.partition("…")[0])


def test_every_setting_is_explained():
    assert all(f"`{key}`" in TEXT for key in config.SETTING_KEYS)
