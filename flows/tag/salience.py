"""How far an article is about each of its actors, and which are its principals.

Title, lead, count and first position say it, without syntax; the weights were tuned
on the labelled articles (`tests/bench/tags.py`). Salience is relative within an
article: the actor it is most about has the highest, at most 1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.model import ActorTag, Mention
from flows.tag.entries import Actor

LEAD = 280  # code points of the text that count as its lead
MOST_PRINCIPALS = 5

_COUNT = 1.6
_DEPTH = 2.2  # named at the very start of the text, fading to its end
_TITLE = 0.9
_TITLE_FIRST = 0.5  # the title's subject mostly stands first in it
_LEAD = 0.2
_OWN = 0.34  # what a state gains from the strongest of its people and bodies
_SHARE_OF_TOP = 0.5  # of the top salience, what a principal has at least
_KIND = {"state": 0.72, "person": 0.82, "io": 0.75, "territory": 0.5}
_OTHER_KIND = 0.5  # bodies, parties, companies


@dataclass(frozen=True, slots=True)
class Presence:
    """Where one actor stands in an article."""

    count: int
    in_title: bool
    first_in_title: bool
    in_lead: bool
    depth: float  # 0 at the start of the text, 1 at its end


def salient(
    mentions: Sequence[Mention], actors: Mapping[str, Actor], length: int
) -> tuple[ActorTag, ...]:
    """Give the actors, the most salient first; `length` is the text's in code points."""
    grouped: dict[str, list[Mention]] = {}
    for mention in mentions:
        grouped.setdefault(mention.actor_id, []).append(mention)
    first = min((one.start_char for one in mentions if one.field == "title"), default=-1)
    raw = {actor_id: points(presence_of(own, first, length)) for actor_id, own in grouped.items()}
    scores = weighted(raw, actors)
    top = max(scores.values(), default=1.0)
    ranked = sorted(scores, key=lambda actor_id: (-scores[actor_id], actor_id))
    return tuple(
        ActorTag(
            actor_id=actor_id,
            mentions=len(grouped[actor_id]),
            salience=round(scores[actor_id] / max(top, 1e-9) * (1 - math.exp(-top)), 4),
            principal=rank < MOST_PRINCIPALS and scores[actor_id] >= _SHARE_OF_TOP * top,
        )
        for rank, actor_id in enumerate(ranked)
    )


def presence_of(own: Sequence[Mention], first: int, length: int) -> Presence:
    """Give where an actor's mentions stand; `first` is where the title's first mention is."""
    titled = [mention for mention in own if mention.field == "title"]
    texted = [mention.start_char for mention in own if mention.field == "text"]
    return Presence(
        count=len(own),
        in_title=bool(titled),
        first_in_title=any(mention.start_char == first for mention in titled),
        in_lead=any(start < LEAD for start in texted),
        depth=min(texted, default=0) / max(length, 1),
    )


def points(presence: Presence) -> float:
    """Give what an actor's places in the article are worth, whoever it is."""
    return (
        _COUNT * math.log1p(presence.count)
        + _DEPTH * (1 - presence.depth)
        + _TITLE * presence.in_title
        + _TITLE_FIRST * presence.first_in_title
        + _LEAD * presence.in_lead
    )


def weighted(raw: Mapping[str, float], actors: Mapping[str, Actor]) -> dict[str, float]:
    """Give salience by kind, a state's raised by its strongest person or body."""
    strongest: dict[str, float] = {}
    for actor_id, value in raw.items():
        state = owner_of(actors[actor_id], actors)
        if state:
            strongest[state] = max(value, strongest.get(state, 0.0))
    return {
        actor_id: _KIND.get(actors[actor_id].row.kind, _OTHER_KIND)
        * (value + _OWN * strongest.get(actor_id, 0.0))
        for actor_id, value in raw.items()
    }


def owner_of(actor: Actor, actors: Mapping[str, Actor]) -> str | None:
    """Give the state or organisation an actor acts for: its parent, or where it holds office."""
    if actor.row.parent_id:
        return actor.row.parent_id
    for office in reversed(actor.offices):
        if office.of in actors:
            return actors[office.of].row.parent_id or office.of
    return None
