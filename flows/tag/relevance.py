"""Whether an article is about South Caucasus security, how surely, and why."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.model import ActorTag, Mention, TopicTag
from flows.tag.entries import Actor
from flows.tag.fields import Field
from flows.tag.genres import genre_words
from flows.tag.salience import LEAD

RELEVANT = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely an article is relevant, and the reason in words."""

    relevance: float
    reason: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What relevance is decided from."""

    region: tuple[str, ...]  # states and territories of the region, or their people and bodies
    region_share: float  # of all mentions
    region_first: bool  # in the title or lead
    topic: float  # the best topic's score
    topics: tuple[str, ...]
    genre: str
    genre_words: float  # words of another genre, the title's counted double


def judge(traits: Traits) -> Verdict:
    """Give relevance from the traits, by a logistic curve."""
    if not traits.region:
        return Verdict(0.01, "nothing of the region is named")
    points = -2.2 + 3.2 * min(1.0, traits.region_share * 2) + 1.2 * traits.region_first
    points += 3.0 * traits.topic - 1.5 * (traits.topic < RELEVANT)
    points -= 1.1 * min(traits.genre_words, 6.0)
    return Verdict(round(1 / (1 + math.exp(-points)), 4), _reason(traits))


def _reason(traits: Traits) -> str:
    where = "in its title or lead" if traits.region_first else "further down"
    parts = [f"{', '.join(traits.region[:4])} {where}"]
    parts.append("on " + ", ".join(traits.topics[:3]) if traits.topics else "on no topic of ours")
    if traits.genre_words:
        parts.append(f"{traits.genre_words:g} words of {traits.genre}")
    return "; ".join(parts)


def traits_of(
    fields: Sequence[Field],
    mentions: Sequence[Mention],
    ranked: tuple[Sequence[ActorTag], Sequence[TopicTag]],
    actors: Mapping[str, Actor],
) -> Traits:
    """Give what an article shows of the region, of topics and of other genres."""
    tags, topics = ranked
    region = [tag.actor_id for tag in tags if is_of_region(actors, tag.actor_id)]
    own = [mention for mention in mentions if mention.actor_id in set(region)]
    first = any(one.field == "title" or one.start_char < LEAD for one in own)
    genres = genre_words(fields)
    genre, count = genres.most_common(1)[0] if genres else ("", 0.0)
    return Traits(
        region=tuple(region),
        region_share=len(own) / max(len(mentions), 1),
        region_first=first,
        topic=max((tag.score for tag in topics), default=0.0),
        topics=tuple(tag.topic_id for tag in topics),
        genre=genre,
        genre_words=count,
    )


def is_of_region(actors: Mapping[str, Actor], actor_id: str) -> bool:
    """Tell whether an actor is a party of the region, or belongs to one."""
    actor = actors[actor_id]
    parent = actor.row.parent_id
    if actor.party or (parent is not None and actors[parent].party):
        return True
    return any(actors[office.of].party for office in actor.offices if office.of)
