"""Whatever a source list holds: sources, or problems by name; never anything else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import config, opml
from flows.errors import ConfigError, ConfigProblem, UsageError

LIST = """\
[defaults]
contact = "mailto:desk@valley.ge"
min_interval = "10m"
[[source]]
id = "valley"
name = "Valley Post"
homepage = "https://valley.ge/"
country = "GE"
ownership = "independent"
perspective = "GE"
languages = ["ka"]
evidence = "https://valley.ge/about"
expect_per_day = [1, 60]
[[source.feed]]
url = "https://valley.ge/feed"
kind = "listing"
link_selector = "h2 > a"
allow_networks = ["10.0.0.0/8"]
[source.extract]
title = "h1"
"""
LINES = LIST.splitlines()
VALUES = r'''
"" | "a" | "https://x.ge/" | 0 | -1 | 1e999 | nan | true | [] | [[]] | [""] | [1, 2] | {} | """"""
{ a = 1 } | 1979-05-27 | 07:32:00 | "\u0000" | "\u202e" | "10m" | "10MB" | "0.0.0.0/0" | "::/0"
"a[" | "*" | 0xffffffffffffffffffff | [nan, inf] | "http://[::1" | "http://1" | "https://xn--/"
"https://ä.ge/" | "mailto:@" | "AM" | ["AM"] | ["en", 1]
'''.strip().replace("\n", " | ")


def problems(text: str) -> tuple[ConfigProblem, ...]:
    try:
        return () if config.parse(text) else (ConfigProblem(Path(), None, "", ""),)
    except ConfigError as error:
        return error.problems


def read(text: str) -> None:
    for problem in problems(text):
        assert problem.key
        assert problem.message
        assert all(char >= " " for char in str(problem))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(len(LINES))), st.sampled_from(VALUES.split(" | ")))
def test_any_value_in_any_place_is_taken_or_refused_by_name(number: int, value: str):
    key, equals, _ = LINES[number].partition(" = ")
    changed = f"{key} = {value}" if equals else f"[{value}]"
    read("\n".join([*LINES[:number], changed, *LINES[number + 1 :]]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(LIST)), st.integers(0, 12), st.text(max_size=6))
def test_any_slip_of_the_hand_is_taken_or_refused_by_name(at: int, cut: int, typed: str):
    read(LIST[:at] + typed + LIST[at + cut :])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=25))
def test_any_order_of_lines_is_taken_or_refused_by_name(lines: list[str]):
    read("\n".join(lines))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_opml_gives_toml_that_reads(name: str, url: str, language: str):
    document = opml.to_opml(config.parse(LIST)).replace("Valley Post", "{name}")
    filled = document.format(name=name).replace("/feed", f"/{url}")
    filled = filled.replace('language="ka"', f'language="{language}"')
    try:
        toml = opml.from_opml(filled)
    except UsageError:
        return
    with pytest.raises(ConfigError) as caught:
        config.parse(toml)
    assert {p.key.rpartition(".")[2] for p in caught.value.problems} <= {
        "country",
        "ownership",
        "perspective",
        "evidence",
        "languages",
        "source",
    }
