"""Whether an article is about South Caucasus security, how surely, and why."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.model import ActorTag, Mention, TopicTag
from flows.tag.entries import Actor
from flows.tag.fields import Field
from flows.tag.genres import genre_words
from flows.tag.matcher import Kind
from flows.tag.salience import LEAD
from flows.tag.vocabulary import Vocabulary

RELEVANT = 0.5

_REGIONAL = 0.7  # presence that a regional topic gives by itself
_COUNTRIES = frozenset({"AM", "AZ", "GE"})
_POLITICAL = frozenset({"io", "gov", "mil", "intel", "leg", "jud", "party", "armed"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely an article is relevant, and the reason in words."""

    relevance: float
    reason: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What relevance is decided from."""

    region: tuple[str, ...]  # states and territories of the region, or their people and bodies
    presence: float  # how far the article is about the region at all, 0 to 1
    regional: str  # a topic that is of the region by itself, empty when there is none
    first: bool  # the region stands in title or lead
    parties: int  # parties to the region's conflicts that are named
    likeliest: float  # the best probability of any topic, given or not
    topics: tuple[str, ...]
    leaders: int  # holders of offices, public bodies and organisations that are named
    politics: int  # different words of politics and security at large
    genre: str
    genre_words: float  # words of another genre, the title's counted double


def judge(traits: Traits) -> Verdict:
    """Give relevance from the traits, by a logistic curve.

    Topics, leaders and words of politics count as far as the article is about the region:
    a war elsewhere that names Georgia once stays elsewhere.
    """
    if not traits.region and not traits.regional:
        return Verdict(0.01, "nothing of the region is named")
    political = 4.8 * traits.likeliest**1.5 + 0.8 * min(traits.leaders, 2)
    political += 0.4 * min(traits.politics, 3) + 0.8 * (traits.parties > 1)
    points = -3.2 + traits.presence * (1.8 + political) - 1.0 * min(traits.genre_words, 5.0)
    return Verdict(round(1 / (1 + math.exp(-points)), 4), _reason(traits))


def _reason(traits: Traits) -> str:
    where = "in its title or lead" if traits.first else "further down"
    named = ", ".join(traits.region[:4])
    parts = [f"{named} {where}" if named else f"nobody of the region, yet {traits.regional}"]
    parts.append("on " + ", ".join(traits.topics[:3]) if traits.topics else "on no topic of ours")
    if traits.genre_words:
        parts.append(f"{traits.genre_words:g} words of {traits.genre}")
    return "; ".join(parts)


def traits_of(
    fields: Sequence[Field],
    mentions: Sequence[Mention],
    found: tuple[Sequence[ActorTag], Sequence[TopicTag]],
    vocabulary: Vocabulary,
) -> Traits:
    """Give what an article shows of the region, of politics and of other genres.

    `found` holds its actors and its topics, the unlikely ones too.
    """
    tags, topics = found
    actors = vocabulary.actors
    likely = [tag.topic_id for tag in topics if tag.score >= RELEVANT]
    regional = next((one for one in likely if vocabulary.topics[one].regional), "")
    region = tuple(tag.actor_id for tag in tags if is_of_region(actors, tag.actor_id))
    own = [mention for mention in mentions if mention.actor_id in set(region)]
    titled = any(one.field == "title" for one in own)
    first = titled or any(one.start_char < LEAD for one in own)
    share = len(own) / max(len(mentions), 1)
    genre, count = max(genre_words(fields).items(), key=lambda pair: pair[1], default=("", 0))
    return Traits(
        region=region,
        presence=max(
            _REGIONAL if regional else 0.0, min(1.0, 1.6 * share + 0.3 * first + 0.3 * titled)
        ),
        regional=regional,
        first=first,
        parties=sum(actors[actor_id].party for actor_id in region),
        likeliest=max((tag.score for tag in topics), default=0.0),
        topics=tuple(likely),
        leaders=sum(_acts(actors[tag.actor_id]) for tag in tags),
        politics=len(_political_words(fields)),
        genre=genre,
        genre_words=count,
    )


def _acts(actor: Actor) -> bool:
    """Tell whether an actor's mere naming makes a text political."""
    return bool(actor.offices) or actor.row.kind in _POLITICAL


def _political_words(fields: Sequence[Field]) -> set[str]:
    """Give the different words of politics, cut so that endings do not multiply them."""
    return {
        field.text[hit.start : hit.end].lower()[:6]
        for field in fields
        for hit in field.of_kind(Kind.CUE)
        if hit.use.target == "politics"
    }


def is_of_region(actors: Mapping[str, Actor], actor_id: str) -> bool:
    """Tell whether an actor is of the region: by its country, or where it holds office."""
    actor = actors[actor_id]
    if actor.party or actor.row.country in _COUNTRIES:
        return True
    return any(actors[office.of].party for office in actor.offices if office.of)
