"""TOML files whose mistakes can be told by file, line and key.

`tomllib` gives no positions; a table's line is found by counting its headers, a key's
by its first occurrence below. Every problem is kept, so that all are told at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flows.errors import ConfigError, ConfigProblem

_HEADER = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?")


@dataclass(slots=True)
class Problems:
    """The mistakes found so far."""

    found: list[ConfigProblem] = field(default_factory=list)

    def raise_if_any(self) -> None:
        """Raise all of them as one ConfigError."""
        if self.found:
            raise ConfigError(tuple(self.found))


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file; its getters note what is wrong and give a harmless value."""

    file: Path
    lines: tuple[str, ...]
    line: int
    name: str
    values: Mapping[str, object]
    problems: Problems

    def refuse(self, key: str, message: str) -> None:
        """Note a mistake at a key."""
        where = f"{self.name} {self.values.get('id', '')}".strip()
        problem = ConfigProblem(self.file, self.line_of(key), f"{where}: {key}", message)
        self.problems.found.append(problem)

    def line_of(self, key: str) -> int:
        """Give the line on which a key of this table stands; the table's own if nowhere."""
        wanted = re.compile(rf"^\s*{re.escape(key)}\s*[.=]|^\s*\[[\w.]*\b{re.escape(key)}\b")
        for number in range(self.line, len(self.lines)):
            if self.lines[number].startswith("[["):
                break
            if wanted.match(self.lines[number]):
                return number + 1
        return self.line

    def allow(self, keys: frozenset[str]) -> None:
        """Refuse keys that mean nothing here."""
        for key in self.values:
            if key not in keys:
                self.refuse(key, f"unknown key; allowed: {', '.join(sorted(keys))}")

    def text(self, key: str, *, required: bool = False) -> str:
        """Give a string, empty where there is none."""
        value = self.values.get(key, "")
        if not isinstance(value, str) or (required and not value.strip()):
            self.refuse(key, "must be a text that is not empty")
            return ""
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Give a boolean."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "must be true or false")
            return default
        return value

    def number(self, key: str) -> float | None:
        """Give a number, None where there is none."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(key, "must be a number")
            return None
        return float(value)

    def day(self, key: str) -> date | None:
        """Give a date, None where there is none."""
        value = self.values.get(key)
        if value is not None and type(value) is not date:
            self.refuse(key, "must be a date such as 2018-05-08")
            return None
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of strings."""
        return self._texts(key, self.values.get(key, []))

    def names(self, key: str, languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Give lists of strings by language."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, f"must hold lists by language: {', '.join(languages)}")
            return {}
        for language in value:
            if language not in languages:
                allowed = ", ".join(languages)
                self.refuse(key, f"unknown language {language!r}; allowed: {allowed}")
        return {code: self._texts(key, words) for code, words in value.items()}

    def tables(self, key: str) -> Iterator["Table"]:
        """Give the tables inside this one."""
        value = self.values.get(key, [])
        for inner in value if isinstance(value, list) else []:
            if isinstance(inner, dict):
                line = self.line_of(key)
                yield Table(self.file, self.lines, line, self.name, inner, self.problems)

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self.refuse(key, "must be a list of texts")
        return ()


def read_tables(file: Path, kinds: tuple[str, ...], problems: Problems) -> dict[str, list[Table]]:
    """Give the tables of a TOML file by kind (`[[actor]]` → "actor"), each with its line."""
    tables: dict[str, list[Table]] = {kind: [] for kind in kinds}
    try:
        source = file.read_text(encoding="utf-8")
        document = tomllib.loads(source)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.found.append(ConfigProblem(file, _line_in(str(error)), "file", str(error)))
        return tables
    lines = tuple(source.splitlines())
    for kind, values in document.items():
        if kind not in kinds:
            allowed = ", ".join(kinds)
            problem = f"unknown table; allowed: {allowed}"
            problems.found.append(ConfigProblem(file, None, kind, problem))
            continue
        starts = _starts(lines, kind)
        entries = values if isinstance(values, list) else [values]
        for at, entry in enumerate(entries):
            line = starts[at] if at < len(starts) else 1
            tables[kind].append(Table(file, lines, line, kind, entry, problems))
    return tables


def _starts(lines: tuple[str, ...], kind: str) -> list[int]:
    """Give the line numbers of a kind's headers."""
    found: list[int] = []
    for number, line in enumerate(lines, start=1):
        header = _HEADER.match(line)
        if header and header.group(1) == kind:
            found.append(number)
    return found


def _line_in(message: str) -> int | None:
    """Read the line number out of tomllib's message, "(at line 3, column 1)"."""
    found = re.search(r"at line (\d+)", message)
    return int(found.group(1)) if found else None
