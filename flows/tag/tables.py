"""Tables of a TOML file whose mistakes can be told by file, line and key.

A table's getters note what is wrong and give a harmless value, so that all mistakes are
told at once; lines are looked up only when there is one to tell (`tomlfile`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flows import tomlfile
from flows.errors import ConfigError, ConfigProblem
from flows.tomlfile import TomlFile, Where


@dataclass(slots=True)
class Problems:
    """The mistakes found so far, and the lines of the files that have any."""

    found: list[ConfigProblem] = field(default_factory=list)
    lines: dict[Path, dict[Where, int]] = field(default_factory=dict)

    def raise_if_any(self) -> None:
        """Raise all of them as one ConfigError."""
        if self.found:
            raise ConfigError(tuple(self.found))

    def line_of(self, file: TomlFile, where: Where) -> int:
        """Give the line of a table or key, or of what holds it."""
        if file.path not in self.lines:
            self.lines[file.path] = file.lines()
        lines = self.lines[file.path]
        while where:
            own = [line for place, line in lines.items() if place[: len(where)] == where]
            if own:
                return min(own)
            where = where[:-1]
        return 1


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file, found there at `where`."""

    file: TomlFile
    where: Where
    values: Mapping[str, object]
    problems: Problems

    @property
    def line(self) -> int:
        """The line on which the table begins."""
        return self.problems.line_of(self.file, self.where)

    def refuse(self, key: str, message: str) -> None:
        """Note a mistake at a key."""
        named = f"{self.where[0]} {self.values.get('id', '')}".strip()
        line = self.problems.line_of(self.file, (*self.where, key))
        problem = ConfigProblem(self.file.path, line, f"{named}: {key}", message)
        self.problems.found.append(problem)

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
        for at, inner in enumerate(value if isinstance(value, list) else []):
            if isinstance(inner, dict):
                yield Table(self.file, (*self.where, key, at), inner, self.problems)

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self.refuse(key, "must be a list of texts")
        return ()


def read_tables(path: Path, kinds: tuple[str, ...], problems: Problems) -> dict[str, list[Table]]:
    """Give the tables of a TOML file by kind (`[[actor]]` → "actor")."""
    tables: dict[str, list[Table]] = {kind: [] for kind in kinds}
    try:
        file = tomlfile.read(path)
    except ConfigError as error:
        problems.found += error.problems
        return tables
    for kind, values in file.data.items():
        if kind not in kinds:
            line = problems.line_of(file, (kind,))
            message = f"unknown table; allowed: {', '.join(kinds)}"
            problems.found.append(ConfigProblem(path, line, kind, message))
        elif isinstance(values, list):
            tables[kind] = [
                Table(file, (kind, at), entry, problems)
                for at, entry in enumerate(values)
                if isinstance(entry, dict)
            ]
        elif isinstance(values, dict):
            tables[kind] = [Table(file, (kind,), values, problems)]
    return tables
