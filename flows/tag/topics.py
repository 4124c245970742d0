"""What an article is about: topics scored from words that are evidence of them.

Every strong or weak word found adds to its topic, and so do pairs of words close together
and actors that speak for it: more in the title, more in the lead, less when repeated, less
in a long text where everything is named once. Words that speak of something else near by
cancel. A logistic regression over a few traits of that evidence gives the probability that
a reader files the article under the topic; `tests/bench/calibrate.py` fits it on labelled
articles, with a small term for each topic and language (`vocabulary/calibration.toml`).
"""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.model import Mention, TopicTag
from flows.tag.entries import Calibration, Topic
from flows.tag.fields import Field
from flows.tag.matcher import Hit, Kind, Use
from flows.tag.salience import LEAD

THRESHOLD = 0.5
MOST_TOPICS = 12

_STRONG, _WEAK = 1.0, 0.45
_TITLE, _IN_LEAD, _BODY = 2.2, 1.3, 1.0
_WEAK_IN_TITLE = 1.5  # a weak word alone makes no topic even there
_LONG = 900  # code points; from here on one mention is less and less of a topic
_NEVER_NEAR = 60  # code points around a `never` word in which evidence is cancelled
_PAIR_WITHIN = 60  # code points between the words of a pair
_SENTENCE_END = re.compile(r"[.!?։؟][\s»”\"]|\n")
_MOST_EVIDENCE = 8


@dataclass(slots=True)
class Evidence:
    """What speaks for one topic; `titled` and `led` are the best weights found there."""

    weights: dict[str, list[float]] = field(default_factory=dict)
    surfaces: dict[str, str] = field(default_factory=dict)
    titled: float = 0.0
    led: float = 0.0
    best: float = 0.0

    def add(self, hit: Hit, where: Field, base: float) -> None:
        """Take one word found; the same word again counts as the same evidence."""
        place = place_weight(where.name, hit.start, len(where.text))
        surface = where.text[hit.start : hit.end]
        key = hit.use.detail or surface.lower()[:7]  # a pair is one, however often its halves meet
        weight = base * (min(place, _WEAK_IN_TITLE) if base == _WEAK else place)
        self.weights.setdefault(key, []).append(weight)
        self.surfaces.setdefault(key, surface)
        self.best = max(self.best, base)
        if where.name == "title":
            self.titled = max(self.titled, base)
        elif hit.start < LEAD:
            self.led = max(self.led, base)

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

    def traits(self, most: float) -> dict[str, float]:
        """Give what calibration reads; `most` is the total of the article's best topic."""
        return {
            "start": 1.0,
            "share": self.total() / max(most, _IN_LEAD),  # one word of a lead is no thin evidence
            "words": math.log1p(len(self.weights)),
            "title": float(self.titled == _STRONG),
            "title_weak": float(self.titled == _WEAK),
            "lead": float(self.led == _STRONG),
            "strong": float(self.best == _STRONG),
        }


def scored(
    evidence: Mapping[str, Evidence], calibration: Calibration, language: str
) -> tuple[TopicTag, ...]:
    """Give every topic there is evidence of with its probability, the likeliest first."""
    most = max((found.total() for found in evidence.values()), default=1.0)
    tags = []
    for topic_id, found in evidence.items():
        score = calibration.probability(found.traits(most), topic_id, language)
        tags.append(TopicTag(topic_id, round(score, 4), found.words()))
    return tuple(sorted(tags, key=lambda tag: (-tag.score, tag.topic_id)))


def chosen(tags: Iterable[TopicTag], topics: Mapping[str, Topic]) -> tuple[TopicTag, ...]:
    """Give the topics over their threshold, the likeliest first."""
    over = (tag for tag in tags if tag.score >= (topics[tag.topic_id].threshold or THRESHOLD))
    return tuple(over)[:MOST_TOPICS]


def evidence_of(
    fields: Iterable[Field], mentions: Iterable[Mention], speaking: Mapping[str, Sequence[str]]
) -> dict[str, Evidence]:
    """Give what speaks for each topic.

    Args:
        fields: title and text.
        mentions: of actors, in the same fields.
        speaking: the topics that an actor's name is weak evidence of, by actor.
    """
    evidence: dict[str, Evidence] = defaultdict(Evidence)
    by_name = {one.name: one for one in fields}
    for one in by_name.values():
        _collect(one, evidence)
    for mention in mentions:
        if not mention.rule.startswith("implied"):
            for topic_id in speaking.get(mention.actor_id, ()):
                hit = Hit(mention.start_char, mention.end_char, Use(Kind.WEAK, topic_id))
                evidence[topic_id].add(hit, by_name[mention.field], _WEAK)
    return evidence


def _collect(one: Field, evidence: dict[str, Evidence]) -> None:
    never: dict[str, list[Hit]] = {}
    for hit in one.of_kind(Kind.NEVER):
        never.setdefault(hit.use.target, []).append(hit)
    for hit in (*one.of_kind(Kind.STRONG, Kind.WEAK), *_pairs(one)):
        if not _is_cancelled(hit, never.get(hit.use.target, [])):
            base = _WEAK if hit.use.kind is Kind.WEAK else _STRONG
            evidence[hit.use.target].add(hit, one, base)


def _pairs(one: Field) -> Iterator[Hit]:
    """Give the stretches in which both halves of a pair stand close together."""
    halves: dict[tuple[str, str], dict[str, list[Hit]]] = {}
    for hit in one.of_kind(Kind.HALF):
        number, half = hit.use.detail.split()
        halves.setdefault((hit.use.target, number), {}).setdefault(half, []).append(hit)
    for (_topic, number), by_half in halves.items():
        others = by_half.get("other", [])
        starts = [hit.start for hit in others]
        for hit in by_half.get("one", []) if others else []:
            at = bisect_left(starts, hit.start)
            for other in others[max(0, at - 1) : at + 2]:
                first, last = sorted((hit, other), key=lambda half: half.start)
                if _are_close(one.text, first, last):
                    use = Use(Kind.HALF, hit.use.target, f"pair {number}")
                    yield Hit(first.start, last.end, use)


def _are_close(text: str, first: Hit, last: Hit) -> bool:
    """Tell whether two hits stand apart, close together and in one sentence."""
    if not 0 < last.start - first.end <= _PAIR_WITHIN:
        return False
    return _SENTENCE_END.search(text, first.end, last.start) is None


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
