"""What an article is about: topics scored from words that are evidence of them.

Every strong or weak word found adds to its topic: more in the title, more in the lead,
less when repeated, less in a long text where everything is named once. Words that speak
of something else near by cancel. One logistic curve turns the sum into a score from 0 to
1; its two constants were set by hand on labelled articles, for all languages alike, so that
a score orders topics and is no calibrated probability.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.model import Mention, TopicTag
from flows.tag.entries import Topic
from flows.tag.fields import Field
from flows.tag.matcher import Hit, Kind
from flows.tag.salience import LEAD

THRESHOLD = 0.5
MOST_TOPICS = 12

_STRONG, _WEAK = 1.0, 0.45
_TITLE, _IN_LEAD, _BODY = 2.2, 1.3, 1.0
_WEAK_IN_TITLE = 1.5  # a weak word alone makes no topic even there
_LONG = 900  # code points; from here on one mention is less and less of a topic
_STEEPNESS, _MIDDLE = 3.2, 0.78
_NEVER_NEAR = 60  # code points around a `never` word in which evidence is cancelled
_PAIR_WITHIN = 60  # code points between the words of a pair
_MOST_EVIDENCE = 8


@dataclass(slots=True)
class Evidence:
    """What speaks for one topic."""

    weights: dict[str, list[float]] = field(default_factory=dict)
    surfaces: dict[str, str] = field(default_factory=dict)

    def add(self, surface: str, weight: float) -> None:
        """Take one word found; the same word again counts as the same evidence."""
        key = surface.lower()[:7]
        self.weights.setdefault(key, []).append(weight)
        self.surfaces.setdefault(key, surface)

    def total(self) -> float:
        """Give the sum: the best place of each word whole, its repeats fading."""
        return sum(
            max(weights) + 0.25 * math.log1p(len(weights) - 1) * min(weights)
            for weights in self.weights.values()
        )

    def words(self) -> tuple[str, ...]:
        """Give the words themselves, the heaviest first."""
        heaviest = sorted(self.weights, key=lambda key: -max(self.weights[key]))
        return tuple(self.surfaces[key] for key in heaviest[:_MOST_EVIDENCE])


def scored(
    fields: Iterable[Field], mentions: Iterable[Mention], speaking: Mapping[str, Sequence[str]]
) -> tuple[TopicTag, ...]:
    """Give every topic there is evidence of, the likeliest first.

    Args:
        fields: title and text.
        mentions: of actors, in the same fields.
        speaking: the topics that an actor's name is weak evidence of, by actor.
    """
    evidence: dict[str, Evidence] = defaultdict(Evidence)
    lengths: dict[str, int] = {}
    for one in fields:
        lengths[one.name] = len(one.text)
        _collect(one, evidence)
    for mention in mentions:
        if not mention.rule.startswith("implied"):
            place = place_weight(mention.field, mention.start_char, lengths[mention.field])
            for topic_id in speaking.get(mention.actor_id, ()):
                weight = _WEAK * min(place, _WEAK_IN_TITLE)
                evidence[topic_id].add(mention.surface, weight)
    tags = [
        TopicTag(topic_id, round(probability(found.total()), 4), found.words())
        for topic_id, found in evidence.items()
    ]
    return tuple(sorted(tags, key=lambda tag: (-tag.score, tag.topic_id)))


def chosen(tags: Iterable[TopicTag], topics: Mapping[str, Topic]) -> tuple[TopicTag, ...]:
    """Give the topics over their threshold, the likeliest first."""
    over = (tag for tag in tags if tag.score >= (topics[tag.topic_id].threshold or THRESHOLD))
    return tuple(over)[:MOST_TOPICS]


def probability(total: float) -> float:
    """Give the probability that evidence of this sum means the topic."""
    return 1 / (1 + math.exp(-_STEEPNESS * (total - _MIDDLE)))


def _collect(one: Field, evidence: dict[str, Evidence]) -> None:
    never: dict[str, list[Hit]] = {}
    for hit in one.of_kind(Kind.NEVER):
        never.setdefault(hit.use.target, []).append(hit)
    for hit in (*one.of_kind(Kind.STRONG, Kind.WEAK), *_pairs(one)):
        if _is_cancelled(hit, never.get(hit.use.target, [])):
            continue
        base = _WEAK if hit.use.kind is Kind.WEAK else _STRONG
        surface = one.text[hit.start : hit.end]
        place = place_weight(one.name, hit.start, len(one.text))
        place = min(place, _WEAK_IN_TITLE) if base == _WEAK else place
        evidence[hit.use.target].add(surface, base * place)


def _pairs(one: Field) -> Iterator[Hit]:
    """Give the stretches in which both halves of a pair stand close together."""
    halves: dict[tuple[str, str], dict[str, list[Hit]]] = {}
    for hit in one.of_kind(Kind.HALF):
        number, half = hit.use.detail.split()
        halves.setdefault((hit.use.target, number), {}).setdefault(half, []).append(hit)
    for by_half in halves.values():
        others = by_half.get("other", [])
        starts = [hit.start for hit in others]
        for hit in by_half.get("one", []) if others else []:
            at = bisect_left(starts, hit.start)
            for other in others[max(0, at - 1) : at + 2]:
                if 0 < max(hit.start - other.end, other.start - hit.end) <= _PAIR_WITHIN:
                    yield Hit(min(hit.start, other.start), max(hit.end, other.end), hit.use)


def _is_cancelled(hit: Hit, never: list[Hit]) -> bool:
    return any(
        other.start - _NEVER_NEAR <= hit.start and hit.end <= other.end + _NEVER_NEAR
        for other in never
    )


def place_weight(name: str, start: int, length: int) -> float:
    """Give what a word counts for by where it stands; `length` of its text, in code points."""
    if name == "title":
        return _TITLE
    thinned = min(1.0, (_LONG / max(length, 1)) ** 0.5)
    return (_IN_LEAD if start < LEAD else _BODY) * (1.0 if start < LEAD else thinned)
