"""What the pipeline should make of the newsroom: truth.toml as types."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.demo.content import FOLDER
from flows.model import DuplicateKind, FeedStatus, ItemState, PollOutcome


@dataclass(frozen=True, slots=True)
class Repeat:
    """What a story repeats: `of` is another story's key, or a seed's title."""

    kind: DuplicateKind
    of: str


@dataclass(frozen=True, slots=True)
class StoryTruth:
    """How one story should end; sets are what must, or must not, be found among others."""

    key: str
    state: ItemState
    relevant: bool
    language: str | None
    actors: frozenset[str]
    not_actors: frozenset[str]
    topics: frozenset[str]
    not_topics: frozenset[str]
    namings: frozenset[tuple[str, str, str]]
    repeats: Repeat | None
    cluster: str
    story: str | None


@dataclass(frozen=True, slots=True)
class FeedTruth:
    """How one feed's first poll should end, and what is thought of the feed after it."""

    key: str
    outcome: PollOutcome
    state: FeedStatus


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything expected of one run over the newsroom, by key."""

    stories: Mapping[str, StoryTruth]
    feeds: Mapping[str, FeedTruth]


def load(folder: Path = FOLDER) -> Truth:
    """Read truth.toml of a newsroom's folder.

    Raises:
        KeyError: a case lacks its state or outcome.
        ValueError: a state, outcome or kind that does not exist.
    """
    table = tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8"))
    return Truth(
        stories={key: _story(key, case) for key, case in table["article"].items()},
        feeds={key: _feed(key, case) for key, case in table["feed"].items()},
    )


def _story(key: str, case: Mapping[str, Any]) -> StoryTruth:
    repeat = case.get("duplicate")
    return StoryTruth(
        key=key,
        state=ItemState(case["state"]),
        relevant=case.get("relevant", True),
        language=case.get("language"),
        actors=frozenset(case.get("actors", ())),
        not_actors=frozenset(case.get("not_actors", ())),
        topics=frozenset(case.get("topics", ())),
        not_topics=frozenset(case.get("not_topics", ())),
        namings=frozenset(_naming(*naming) for naming in case.get("namings", ())),
        repeats=Repeat(DuplicateKind(repeat["kind"]), repeat["of"]) if repeat else None,
        cluster=case.get("cluster", key),
        story=case.get("story"),
    )


def _naming(place: str, variant: str, voice: str = "own") -> tuple[str, str, str]:
    return place, variant, voice


def _feed(key: str, case: Mapping[str, Any]) -> FeedTruth:
    return FeedTruth(
        key=key,
        outcome=PollOutcome(case["outcome"]),
        state=FeedStatus(case.get("state", "active")),
    )
