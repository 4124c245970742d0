"""What an analyst writes into the vocabulary, as types: one per table of the TOML files."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flows.model import ActorRow, PlaceRow, TopicRow

Names = Mapping[str, tuple[str, ...]]  # language -> aliases, as written


@dataclass(frozen=True, slots=True)
class Office:
    """An office held: `title` is an office id, `of` the actor it belongs to."""

    title: str
    of: str
    since: date | None = None
    until: date | None = None

    def held_on(self, day: date) -> bool:
        """Tell whether the office was held that day; open ends hold for ever."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that acts, or a territory acted upon.

    `names` are its own names, `people` its demonyms and adjectives, `seats` the capitals
    and palaces that stand for it. `body` says which kind of body it is (see `Body`).
    `shared` marks a surname that others bear: alone it needs a reason. `alone` False
    means that the surname never stands alone. `party` marks those the project is about.
    """

    row: ActorRow
    names: Names
    people: Names = field(default_factory=dict)
    seats: Names = field(default_factory=dict)
    implies: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    body: str | None = None
    shared: bool = False
    alone: bool = True
    party: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A kind of body, office or given name by its names: what it means, in which words."""

    word_id: str
    names: Names


@dataclass(frozen=True, slots=True)
class Mask:
    """Words that look like an actor and are not: a club, a dish, an agency, a street."""

    reason: str
    names: Names


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sets of words; one of each close together say more than either alone."""

    one: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, what it means, and the words that are evidence of it.

    `strong` words say it by themselves, `weak` ones with others; `near` are pairs of words
    that say it when they stand close together, in either order; `never` words around them
    speak of something else. `actors` are weak evidence wherever one of them is named.
    """

    row: TopicRow
    definition: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    acled: str
    strong: Names
    weak: Names
    never: Names
    near: Mapping[str, tuple["Pair", ...]] = field(default_factory=dict)
    actors: tuple[str, ...] = ()
    threshold: float | None = None
    regional: bool = False


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression: weights of the traits of evidence, terms by topic and language."""

    weights: Mapping[str, float]
    by_topic: Mapping[str, float]
    by_language: Mapping[str, float]

    def probability(self, traits: Mapping[str, float], topic_id: str, language: str) -> float:
        """Give the probability that evidence with these traits means the topic."""
        points = sum(self.weights.get(name, 0.0) * value for name, value in traits.items())
        points += self.by_topic.get(topic_id, 0.0) + self.by_language.get(language, 0.0)
        return 1 / (1 + math.exp(-points))


@dataclass(frozen=True, slots=True)
class Place:
    """A contested place: one neutral id, each of its names as a variant."""

    row: PlaceRow
    variants: Mapping[str, Names]


@dataclass(frozen=True, slots=True)
class Relevance:
    """The words that place a text outside, or in another Georgia."""

    genres: Mapping[str, Names]
    cues: Mapping[str, Names]
