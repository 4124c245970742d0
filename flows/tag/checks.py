"""What a vocabulary may not contain: doubles, strays and rules that would tag everything."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from flows.tag.folding import fold_alias
from flows.tag.suffixes import LANGUAGES
from flows.tag.tables import Table

_SHORTEST_STEM = 3  # letters; a shorter stem with endings is half the dictionary
_SHORTEST_PREFIX = 4  # letters before a `*`
_SCRIPTS = {"ru": "CYRILLIC", "hy": "ARMENIAN", "ka": "GEORGIAN", "fa": "ARABIC"}
_NAME_KEYS = ("names", "people", "seats", "strong", "weak", "never")
_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)?")


def check(tables: Mapping[str, list[Table]]) -> None:
    """Note every mistake that the shape of a single table does not show."""
    for kind in ("actor", "body", "office", "topic", "family", "place", "genre", "cue"):
        _check_ids(tables[kind])
    _check_references(tables)
    _check_shared_names(tables["actor"])
    for rows in tables.values():
        for row in rows:
            _check_names(row)


def _check_ids(rows: list[Table]) -> None:
    """Refuse ids that are missing, malformed or taken."""
    seen: dict[str, Table] = {}
    for row in rows:
        key = row.text("id", required=True)
        if key and not _ID.fullmatch(key):
            row.refuse("id", f"{key!r} is not made of a-z, 0-9, _ (and one dot for topics)")
        if key in seen:
            row.refuse("id", f"{key!r} is taken by line {seen[key].line}")
        seen.setdefault(key, row)


def _check_references(tables: Mapping[str, list[Table]]) -> None:
    """Refuse parents, implied actors, bodies and offices that nobody defines."""
    known = {kind: {row.text("id") for row in rows} for kind, rows in tables.items()}
    for row in tables["actor"]:
        for key in ("parent", "body"):
            wanted = known["actor"] if key == "parent" else known["body"]
            _check_known(row, key, (row.text(key),), wanted)
        _check_known(row, "implies", row.texts("implies"), known["actor"])
        for office in row.tables("office"):
            _check_known(office, "title", (office.text("title"),), known["office"])
            _check_known(office, "of", (office.text("of"),), known["actor"])
    for row in tables["topic"]:
        _check_known(row, "actors", row.texts("actors"), known["actor"])
        family, dot, _leaf = row.text("id").partition(".")
        if not dot or family not in known["family"]:
            row.refuse("id", f"no [[family]] {family!r} to belong to")


def _check_known(row: Table, key: str, ids: tuple[str, ...], known: set[str]) -> None:
    for one in ids:
        if one and one not in known:
            row.refuse(key, f"{one!r} is not defined")


def _check_shared_names(rows: list[Table]) -> None:
    """Refuse one name for two actors in one language."""
    owners: dict[tuple[str, str], Table] = {}
    for row in rows:
        for _key, language, alias in _aliases(row):
            owner = owners.setdefault((language, fold_alias(alias)), row)
            if owner is not row:
                taken = f"{alias!r} ({language}) is a name of {owner.text('id')!r} already"
                row.refuse("names", f"{taken} (line {owner.line})")


def _check_names(row: Table) -> None:
    """Refuse aliases that are empty, doubled, in the wrong script or too short to be safe."""
    seen: set[tuple[str, str, str]] = set()
    for key, language, alias in _aliases(row):
        if (key, language, fold_alias(alias)) in seen and alias.upper() != alias:
            row.refuse(key, f"{alias!r} ({language}) stands twice")
        seen.add((key, language, fold_alias(alias)))
        _check_fault(row, key, language, alias)
    for language, written in row.names("near", LANGUAGES).items() if "near" in row.values else ():
        for word in re.split("[|&]", " & ".join(written)):
            _check_fault(row, "near", language, word.strip())


def _check_fault(row: Table, key: str, language: str, alias: str) -> None:
    fault = fault_of(alias, language)
    if fault:
        row.refuse(key, f"{alias!r} ({language}) {fault}")


def _aliases(row: Table) -> Iterator[tuple[str, str, str]]:
    for key in _NAME_KEYS:
        value = row.values.get(key)
        tables = [(key, value)] if isinstance(value, dict) else []
        for variant in row.tables("variant"):
            inner = variant.values.get("names")
            if key == "names" and isinstance(inner, dict):
                tables.append((key, inner))
        for _key, by_language in tables:
            for language, words in by_language.items():
                for word in words if isinstance(words, list) else []:
                    if isinstance(word, str):
                        yield key, language, word


def fault_of(alias: str, language: str) -> str | None:
    """Say what makes an alias dangerous; None when it is safe."""
    bare = fold_alias(alias)
    letters = bare.replace(" ", "")
    if not letters:
        return "is empty"
    if letters.isdigit():
        return "is a bare number"
    if language not in LANGUAGES:
        return None
    if alias.rstrip().endswith("*") and len(letters) < _SHORTEST_PREFIX:
        return f"has under {_SHORTEST_PREFIX} letters before its *"
    exact = alias.startswith("=") or alias.isupper()
    if len(letters) < (2 if exact else _SHORTEST_STEM):
        return f"is too short; under {_SHORTEST_STEM} letters write it exact, as '=...'"
    return _script_fault(bare, language)


@cache
def script_of(char: str) -> str:
    """Give the script of a letter, as the first word of its Unicode name."""
    return unicodedata.name(char, "?").split()[0]


def _script_fault(bare: str, language: str) -> str | None:
    """Say which word mixes scripts or belongs to another language."""
    for word in bare.split():
        scripts = {script_of(char) for char in word if char.isalpha()}
        if len(scripts) > 1:
            return f"mixes {' and '.join(sorted(scripts))} letters in {word!r}"
        wanted = _SCRIPTS.get(language, "LATIN")
        if scripts - {wanted, "LATIN"}:
            return f"is written in {scripts.pop().lower()}, not {wanted.lower()}"
    return None
