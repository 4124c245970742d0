"""The vocabulary: read, checked, and known by the hash of all it means.

An analyst edits the TOML files in `flows/vocabulary/`; each file says at its top how.
A vocabulary with a mistake is refused whole, every mistake named by file and line.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flows.model import ActorRow, PlaceRow, TopicRow
from flows.tag.checks import check
from flows.tag.cldr import names_of_state
from flows.tag.entries import (
    Actor,
    Calibration,
    Mask,
    Names,
    Office,
    Pair,
    Place,
    Relevance,
    Topic,
    Word,
)
from flows.tag.folding import fold_alias
from flows.tag.suffixes import LANGUAGES
from flows.tag.tables import Problems, Table, read_tables

PACKAGED = Path(__file__).resolve().parent.parent / "vocabulary"

KINDS = (
    "state", "territory", "io", "gov", "mil", "intel", "leg", "jud", "party", "company",
    "armed", "ngo", "person",
)  # fmt: skip

_ACTOR_KEYS = frozenset({
    "id", "label", "kind", "country", "wikidata", "plover", "parent", "since", "until",
    "names", "people", "seats", "implies", "office", "body", "shared", "alone", "party",
})  # fmt: skip
_TOPIC_KEYS = frozenset({
    "id", "label", "plover", "acled", "iptc", "definition", "examples", "counter_examples",
    "strong", "weak", "never", "near", "actors", "threshold", "regional",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything the tagger knows; `version` changes with any change of meaning."""

    version: str
    actors: Mapping[str, Actor]
    bodies: Mapping[str, Word]
    offices: Mapping[str, Word]
    given: Names
    masks: tuple[Mask, ...]
    topics: Mapping[str, Topic]
    families: Mapping[str, TopicRow]
    places: Mapping[str, Place]
    relevance: Relevance
    calibration: Calibration

    def actor_rows(self) -> tuple[ActorRow, ...]:
        """Give the rows of `actors`."""
        return tuple(actor.row for actor in self.actors.values())

    def topic_rows(self) -> tuple[TopicRow, ...]:
        """Give the rows of `topics`, families before their topics."""
        return (*self.families.values(), *(topic.row for topic in self.topics.values()))

    def place_rows(self) -> tuple[PlaceRow, ...]:
        """Give the rows of `places`."""
        return tuple(place.row for place in self.places.values())


def load(folder: Path | None = None) -> Vocabulary:
    """Give the vocabulary of a folder, of the package when None.

    Raises:
        ConfigError: with every mistake, by file, line and key.
    """
    folder = folder or PACKAGED
    problems = Problems()
    actors = read_tables(folder / "actors.toml", ("actor",), problems)
    people = read_tables(folder / "people.toml", ("actor",), problems)
    words = read_tables(folder / "words.toml", ("body", "office", "given", "mask"), problems)
    words["actor"] = actors["actor"] + people["actor"]
    topics = read_tables(folder / "topics.toml", ("family", "topic"), problems)
    places = read_tables(folder / "places.toml", ("place",), problems)
    relevance = read_tables(folder / "relevance.toml", ("genre", "cue"), problems)
    fitted = read_tables(folder / "calibration.toml", ("weight", "topic", "language"), problems)
    check(words | topics | places | relevance)
    problems.raise_if_any()
    vocabulary = Vocabulary(
        version="",
        actors={row.text("id"): _actor(row) for row in words["actor"]},
        bodies={row.text("id"): _word(row) for row in words["body"]},
        offices={row.text("id"): _word(row) for row in words["office"]},
        given=_joined(words["given"]),
        masks=tuple(_mask(row) for row in words["mask"]),
        topics={row.text("id"): _topic(row) for row in topics["topic"]},
        families={row.text("id"): _family(row) for row in topics["family"]},
        places={row.text("id"): _place(row) for row in places["place"]},
        relevance=Relevance(
            genres={row.text("id"): row.names("names", LANGUAGES) for row in relevance["genre"]},
            cues={row.text("id"): row.names("names", LANGUAGES) for row in relevance["cue"]},
        ),
        calibration=Calibration(*(_numbers(fitted[kind]) for kind in fitted)),
    )
    problems.raise_if_any()
    return _versioned(vocabulary)


def _versioned(vocabulary: Vocabulary) -> Vocabulary:
    """Stamp the vocabulary with the hash of what it means (comments do not count)."""
    digest = hashlib.sha256(repr(vocabulary).encode()).hexdigest()
    return replace(vocabulary, version=digest[:16])


def _actor(row: Table) -> Actor:
    row.allow(_ACTOR_KEYS)
    kind = row.text("kind", required=True)
    if kind not in KINDS:
        row.refuse("kind", f"unknown kind {kind!r}; allowed: {', '.join(KINDS)}")
    return Actor(
        row=ActorRow(
            actor_id=row.text("id", required=True),
            label=row.text("label", required=True),
            kind=kind,
            country=row.text("country") or None,
            wikidata_id=row.text("wikidata") or None,
            plover_code=row.text("plover") or None,
            parent_id=row.text("parent") or None,
            valid_from=row.day("since"),
            valid_to=row.day("until"),
        ),
        names=_with_cldr(row.names("names", LANGUAGES), kind, row.text("country")),
        people=row.names("people", LANGUAGES),
        seats=row.names("seats", LANGUAGES),
        implies=row.texts("implies"),
        offices=tuple(_office(inner) for inner in row.tables("office")),
        body=row.text("body") or None,
        shared=row.flag("shared", default=False),
        alone=row.flag("alone", default=True),
        party=row.flag("party", default=False),
    )


def _with_cldr(names: Names, kind: str, country: str) -> Names:
    """Add to a state's names those of CLDR that it lacks."""
    if kind != "state" or not country:
        return names
    joined = dict(names)
    for language, stems in names_of_state(country).items():
        own = joined.get(language, ())
        known = {fold_alias(name) for name in own}
        joined[language] = own + tuple(stem for stem in stems if fold_alias(stem) not in known)
    return joined


def _office(row: Table) -> Office:
    row.allow(frozenset({"title", "of", "since", "until"}))
    since, until = row.day("since"), row.day("until")
    if since and until and until < since:
        row.refuse("until", "is before since")
    return Office(row.text("title", required=True), row.text("of"), since, until)


def _word(row: Table) -> Word:
    row.allow(frozenset({"id", "names"}))
    return Word(row.text("id", required=True), row.names("names", LANGUAGES))


def _mask(row: Table) -> Mask:
    row.allow(frozenset({"reason", "names"}))
    return Mask(row.text("reason", required=True), row.names("names", LANGUAGES))


def _joined(rows: list[Table]) -> dict[str, tuple[str, ...]]:
    """Give the given names of all tables, by language."""
    joined: dict[str, tuple[str, ...]] = {}
    for row in rows:
        row.allow(frozenset({"names"}))
        for language, words in row.names("names", LANGUAGES).items():
            joined[language] = joined.get(language, ()) + words
    return joined


def _family(row: Table) -> TopicRow:
    row.allow(frozenset({"id", "label"}))
    return TopicRow(topic_id=row.text("id", required=True), label=row.text("label", required=True))


def _topic(row: Table) -> Topic:
    row.allow(_TOPIC_KEYS)
    topic_id = row.text("id", required=True)
    return Topic(
        row=TopicRow(
            topic_id=topic_id,
            label=row.text("label", required=True),
            parent_id=topic_id.partition(".")[0],
            plover=row.text("plover") or None,
            iptc=row.text("iptc") or None,
        ),
        definition=row.text("definition", required=True),
        examples=row.texts("examples"),
        counter_examples=row.texts("counter_examples"),
        acled=row.text("acled"),
        strong=row.names("strong", LANGUAGES),
        weak=row.names("weak", LANGUAGES),
        never=row.names("never", LANGUAGES),
        near={
            language: tuple(pair for one in written if (pair := _pair(row, one)))
            for language, written in row.names("near", LANGUAGES).items()
        },
        actors=row.texts("actors"),
        threshold=row.number("threshold"),
        regional=row.flag("regional", default=False),
    )


def _numbers(rows: list[Table]) -> dict[str, float]:
    return {key: row.number(key) or 0.0 for row in rows for key in row.values}


def _pair(row: Table, written: str) -> Pair | None:
    """Read "посол | посла & нота | протест*": any word of one side near any of the other."""
    sides = [tuple(word.strip() for word in side.split("|")) for side in written.split("&")]
    if len(sides) == 2 and all(all(side) for side in sides):
        return Pair(*sides)
    row.refuse("near", f"{written!r} is not two sides such as 'envoy | ambassador & recalled'")
    return None


def _place(row: Table) -> Place:
    row.allow(frozenset({"id", "label", "country", "latitude", "longitude", "variant"}))
    variants: dict[str, Names] = {}
    for inner in row.tables("variant"):
        inner.allow(frozenset({"name", "names"}))
        variants[inner.text("name", required=True)] = inner.names("names", LANGUAGES)
    return Place(
        row=PlaceRow(
            place_id=row.text("id", required=True),
            label=row.text("label", required=True),
            country=row.text("country") or None,
            latitude=row.number("latitude"),
            longitude=row.number("longitude"),
        ),
        variants=variants,
    )
