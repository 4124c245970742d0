"""A TOML file as data, and the line of any of its keys; every failure is a ConfigError."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import ConfigError, ConfigProblem

if TYPE_CHECKING:
    from tree_sitter import Node

Where = tuple[str | int, ...]
"""Path to a value from the top of the file: keys, and positions in arrays of tables."""

_DEEP_KEY = re.compile(
    r"(?:^|[{,])[ \t]*\[{0,2}[ \t]*(?:[\w\"'-]+[ \t]*\.[ \t]*){16}", re.MULTILINE
)

MAX_BYTES = 2_000_000
"""A source list of thousands of outlets stays far below; more is no list people keep."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file: its tables, and its text for finding lines when something is wrong."""

    path: Path
    text: str
    data: dict[str, object]

    def lines(self) -> dict[Where, int]:
        """Give the line (from 1) of each table header and key."""
        found: dict[Where, int] = {}
        # lines are a kindness: where tomllib reads on (some hundred levels, a spelling that
        # the grammar does not know), the problem is told at the table around it
        with suppress(RecursionError, ValueError, IndexError):
            found.update(_positions(self.text))
        return found


def read(path: Path) -> TomlFile:
    """Read and parse `path`.

    Raises:
        ConfigError: it cannot be read, is too big, is not UTF-8, or is not TOML.
    """
    return parse(_text(path), path)


def parse(text: str, path: Path) -> TomlFile:
    """Parse `text`; `path` only names it in errors.

    Raises:
        ConfigError: it is not TOML, or nests too deep.
    """
    # Windows editors save a mark that TOML forbids and nobody sees
    text = text.removeprefix("\ufeff")
    if deep := _DEEP_KEY.search(text):
        # tomllib takes quadratic time and memory on these
        before = text.count("\n", 0, deep.end())
        raise _refused(path, before + 1, "a key of this file has at most a few parts")
    try:
        return TomlFile(path, text, tomllib.loads(text))
    except RecursionError:
        raise _refused(path, None, "nested too deep; values of this file nest twice") from None
    except ValueError as error:  # TOMLDecodeError, and int() on thousands of digits
        line = re.search(r"at line (\d+)", str(error))
        raise _refused(path, int(line[1]) if line else None, f"not valid TOML: {error}") from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(path, None, f"cannot be read: {error.strerror or error}") from error
    if len(body) > MAX_BYTES:
        raise _refused(path, None, f"larger than {MAX_BYTES:,} bytes: not a list people keep")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{body[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise _refused(path, line, message) from error


def _refused(path: Path, line: int | None, message: str) -> ConfigError:
    return ConfigError((ConfigProblem(path, line, "(file)", message),))


def _positions(text: str) -> Iterator[tuple[Where, int]]:
    # imported on errors only: a good file never pays for it
    import tree_sitter
    import tree_sitter_toml

    language = tree_sitter.Language(tree_sitter_toml.language())
    root = tree_sitter.Parser(language).parse(text.encode("utf-8", "replace")).root_node
    latest: dict[Where, int] = {}
    for node in root.named_children:
        if node.type == "pair":
            yield from _pair(node, ())
        elif node.type in ("table", "table_array_element"):
            table = _table_place(node, latest)
            if table[-1] == 0:
                yield table[:-1], _line(node)  # the array itself starts at its first table
            yield table, _line(node)
            yield from _pairs(node, table)


def _table_place(header: "Node", latest: dict[Where, int]) -> Where:
    """Place of a `[table]` or `[[table]]`; `latest` keeps the newest index of each array."""
    place: Where = ()
    keys = _keys(header.named_children[0])
    for depth, key in enumerate(keys, 1):
        place = (*place, key)
        if depth == len(keys) and header.type == "table_array_element":
            latest[place] = latest.get(place, -1) + 1
        if place in latest:
            place = (*place, latest[place])
    return place


def _pairs(table: "Node", place: Where) -> Iterator[tuple[Where, int]]:
    for child in table.named_children:
        if child.type == "pair":
            yield from _pair(child, place)


def _pair(pair: "Node", place: Where) -> Iterator[tuple[Where, int]]:
    children = [child for child in pair.named_children if child.type != "comment"]
    here = (*place, *_keys(children[0]))
    yield here, _line(pair)
    yield from _inside(children[-1], here)


def _inside(value: "Node", place: Where) -> Iterator[tuple[Where, int]]:
    if value.type == "inline_table":
        yield from _pairs(value, place)
    elif value.type == "array":
        elements = [child for child in value.named_children if child.type != "comment"]
        for index, element in enumerate(elements):
            yield (*place, index), _line(element)
            yield from _inside(element, (*place, index))


def _keys(key: "Node") -> tuple[str, ...]:
    # named_children of a dotted key nest to the left: a.b.c is ((a.b).c)
    if key.type == "dotted_key":
        return tuple(part for child in key.named_children for part in _keys(child))
    raw = key.text.decode() if key.text else ""
    return tuple(tomllib.loads(f"{raw} = 0"))


def _line(node: "Node") -> int:
    return node.start_point.row + 1
