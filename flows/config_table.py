"""Tables of a configuration file: typed values out, and everything wrong noted with its place."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar, cast

from flows import config_values as values
from flows.errors import ConfigProblem
from flows.tomlfile import TomlFile, Where

T = TypeVar("T")

MAX_PROBLEMS = 1000  # nobody reads more, and a message of megabytes helps nobody


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one place of the file, before its line is known."""

    where: Where
    message: str


def _nowhere(key: str) -> str:
    del key
    return ""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong in one file.

    Args:
        hints: what a missing key would be, for the file's author.
        elsewhere: says where a key that is not known here belongs, or nothing.
        found: what was noted so far.
    """

    hints: Mapping[str, str]
    elsewhere: Callable[[str], str] = _nowhere
    found: list[Fault] = field(default_factory=list)


class Table:
    """A TOML table being read: gives typed values, notes what is wrong, goes on.

    A value that is wrong comes back as None under its promised type. That is safe because
    nothing built from a table with a fault may leave the module that reads the file.
    """

    def __init__(self, where: Where, raw: object, faults: Faults) -> None:
        self.where = where
        self.faults = faults
        self.raw: dict[str, object] = raw if isinstance(raw, dict) else {}
        if not isinstance(raw, dict):
            self.fault((), f"must be a table, not {values.shown(raw)}")

    def fault(self, below: Where, message: str) -> None:
        """Note something wrong at a place below this table."""
        self.faults.found.append(Fault((*self.where, *below), message))

    def required(self, key: str, read: Callable[[object], T]) -> T:
        """Give the value of a key that must be there."""
        if key not in self.raw:
            self.fault((key,), f"is missing; {self.faults.hints.get(key, 'it is required')}")
            return cast("T", None)
        return self.optional(key, read, cast("T", None))

    def optional(self, key: str, read: Callable[[object], T], default: T) -> T:
        """Give the value of a key, or the default without it."""
        if key not in self.raw:
            return default
        try:
            return read(self.raw[key])
        except ValueError as error:
            self.fault((key,), str(error))
            return default

    def table(self, key: str) -> "Table":
        """Give the table under a key, empty if it is not there."""
        return Table((*self.where, key), self.raw.get(key, {}), self.faults)

    def tables(self, key: str) -> Iterator["Table"]:
        """Give the tables of a `[[key]]` array; at least one is required."""
        raw = self.raw.get(key, [])
        header = ".".join([*(str(part) for part in self.where if isinstance(part, str)), key])
        if not isinstance(raw, list):
            self.fault((key,), f"must be an array of tables; write [[{header}]] with two brackets")
        elif not raw:
            self.fault((key,), f"is missing; at least one [[{header}]] is needed")
        else:
            for index, entry in enumerate(raw):
                yield Table((*self.where, key, index), entry, self.faults)

    def only(self, *allowed: str) -> None:
        """Note every key that is not allowed, with the allowed one that it resembles."""
        for key in self.raw:
            if key not in allowed:
                near = get_close_matches(key, allowed, n=1)
                meant = f"did you mean {near[0]}? " if near else self.faults.elsewhere(key)
                self.fault((key,), f"is not known here; {meant}allowed: {', '.join(allowed)}")


def ids(file: TomlFile, array: str) -> dict[int, str]:
    """Give the id of each `[[array]]` table that has one: people look for ids, not positions."""
    raw = file.data.get(array)
    tables = enumerate(raw if isinstance(raw, list) else [])
    found = {index: table.get("id") for index, table in tables if isinstance(table, dict)}
    return {index: name for index, name in found.items() if values.is_identifier(name)}


def named(where: Where, ids: Mapping[int, str]) -> str:
    """Give a place as people write it: `source[oc-media].feed[1].url`, counting from 1."""
    name = ""
    for depth, part in enumerate(where):
        if isinstance(part, str):
            name += f".{part if re.fullmatch(r'[A-Za-z0-9_-]{1,60}', part) else values.shown(part)}"
        elif depth == 1:
            name += f"[{ids.get(part, part + 1)}]"
        else:
            name += f"[{part + 1}]"
    return name.removeprefix(".")


def located(
    file: TomlFile, faults: list[Fault], ids: Mapping[int, str]
) -> tuple[ConfigProblem, ...]:
    """Give faults with their lines, in the order of the file."""
    lines = file.lines()
    problems = (
        ConfigProblem(file.path, _line(f.where, lines), named(f.where, ids), f.message)
        for f in faults[:MAX_PROBLEMS]
    )
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _line(where: Where, lines: Mapping[Where, int]) -> int | None:
    """Line of the place, or of the nearest table around it: a missing key has none."""
    depths = range(len(where), 0, -1)
    return next((lines[where[:depth]] for depth in depths if where[:depth] in lines), None)
