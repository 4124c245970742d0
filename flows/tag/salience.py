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

_TITLE = 3.0
_TITLE_FIRST = 0.8  # the title's subject mostly stands first in it
_LEAD = 1.6
_COUNT = 1.0
_SHARE_OF_TOP = 0.5  # of the top salience, what a principal has at least
_KIND = {"state": 1.0, "person": 0.75, "io": 0.9, "territory": 0.6}
_OTHER_KIND = 0.7  # bodies, parties, companies
_FOREIGN = 0.8  # a state that is no party to the region's conflicts


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
    scores = {
        actor_id: score(presence_of(own, mentions, length), actors[actor_id])
        for actor_id, own in grouped.items()
    }
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


def presence_of(own: Sequence[Mention], everyone: Sequence[Mention], length: int) -> Presence:
    """Give where an actor's mentions stand among all mentions of an article."""
    titled = [mention for mention in own if mention.field == "title"]
    texted = [mention.start_char for mention in own if mention.field == "text"]
    first = min((m.start_char for m in everyone if m.field == "title"), default=-1)
    return Presence(
        count=len(own),
        in_title=bool(titled),
        first_in_title=any(mention.start_char == first for mention in titled),
        in_lead=any(start < LEAD for start in texted),
        depth=min(texted, default=0) / max(length, 1),
    )


def score(presence: Presence, actor: Actor) -> float:
    """Give the unscaled salience of one actor."""
    weight = _KIND.get(actor.row.kind, _OTHER_KIND)
    if actor.row.kind == "state" and not actor.party:
        weight *= _FOREIGN
    points = _COUNT * math.log1p(presence.count) + (1 - presence.depth)
    points += _TITLE * presence.in_title + _TITLE_FIRST * presence.first_in_title
    points += _LEAD * presence.in_lead
    return weight * points
