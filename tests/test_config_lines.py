"""Lines of keys, in every way TOML can be written."""

from pathlib import Path

import pytest

from flows import config, tomlfile
from flows.errors import ConfigError

TEXT = '''\
# a comment
"quoted key" = 1 # another
a.b . "c d" = 2
'literal' = \'\'\'
several
lines\'\'\'
when = 1979-05-27T07:32:00Z
[ table . below ]
text = """
not_a_key = 1
"""
[[array]]
list = [ # one
  1, # two
  { z = 1, "w" = 2 },
]
[[array.sub]]
s = 1
[[array.sub]]
s = 2
[array.table]
q = 1
[[array]]
[[array.sub]]
s = 3
["Ünïcode"]
x = 1
'''
EXPECTED = {
    ("quoted key",): 2,
    ("a", "b", "c d"): 3,
    ("literal",): 4,
    ("when",): 7,
    ("table", "below"): 8,
    ("table", "below", "text"): 9,
    ("array",): 12,
    ("array", 0): 12,
    ("array", 0, "list"): 13,
    ("array", 0, "list", 0): 14,
    ("array", 0, "list", 1): 15,
    ("array", 0, "list", 1, "z"): 15,
    ("array", 0, "list", 1, "w"): 15,
    ("array", 0, "sub"): 17,
    ("array", 0, "sub", 0): 17,
    ("array", 0, "sub", 0, "s"): 18,
    ("array", 0, "sub", 1): 19,
    ("array", 0, "sub", 1, "s"): 20,
    ("array", 0, "table"): 21,
    ("array", 0, "table", "q"): 22,
    ("array", 1): 23,
    ("array", 1, "sub"): 24,
    ("array", 1, "sub", 0): 24,
    ("array", 1, "sub", 0, "s"): 25,
    ("Ünïcode",): 26,
    ("Ünïcode", "x"): 27,
}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_key_and_table_has_its_line(ending: str):
    file = tomlfile.parse(TEXT.replace("\n", ending), Path("any.toml"))
    assert file.lines() == EXPECTED


def test_a_text_that_is_no_unicode_is_refused_like_any_other():
    with pytest.raises(ConfigError):
        config.parse('[[source]]\nname = "\ud800"\n')


def test_a_problem_of_a_source_in_one_line_is_found_there():
    with pytest.raises(ConfigError) as caught:
        config.parse('\nsource = [\n  { id = "valley", colour = 1 },\n]\n')
    assert {problem.line for problem in caught.value.problems} == {3}
