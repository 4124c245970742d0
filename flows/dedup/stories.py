"""Articles on one event, whatever language they are in: by names, numbers, actors and time.

No translation: names sound alike in all alphabets, numbers look alike, actors and topics have
one id in all languages, and an event is told within days. How like two articles are depends on
the two alone: `rarity.toml` says how rare a feature is, never what else is stored. Two articles
of different languages tell one event when each is the other's nearest in its language; such
pairs, and copies, make the stories.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import xxhash

from flows.dedup import clusters, normal
from flows.dedup.fingerprint import SEED, names_in, numbers_in
from flows.dedup.sound import skeleton
from flows.model import Mention, StoryMarks, Tags

APART = timedelta(days=2)  # reports of one event
LIKE = 0.27  # of two articles in different languages, to tell one story
UNIT = 10_000  # length of the vector of an article's weights, which are whole numbers
FEATURE = 2**22 - 1  # hashes: that two of two articles meet by chance is rare, and adds little
MOST = 48  # features kept of an article, the weightiest
COMMON = 1.5  # rarity; what one in five articles has tells nothing apart
_CONSONANTS = 3
_CAPITALS = 0.015  # share of letters; below, a script has no case, and any word may be a name
_LETTERS = re.compile(r"[^\W\d_]{4,}")
_PARTS = re.compile(r"[-'’]")

Pair = tuple[str, str]
RARITY = Path(__file__).with_name("rarity.toml")


@dataclass(frozen=True, slots=True)
class Features:
    """What an article can be told by, with counts.

    Names are written as they sound; numbers start with `#`, actors with `@`, topics with `~`.
    `cased`: the script has capitals; in others every longer word is taken for a name.
    """

    cased: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare features are: -ln of the share of articles that have one, where most have it."""

    default: float
    cased: Mapping[str, float]
    uncased: Mapping[str, float]
    shared: Mapping[str, float]  # of numbers, actors and topics

    def of(self, feature: str, *, cased: bool) -> float:
        """Give the rarity of a feature; one never seen is as rare as can be."""
        if feature[0] in "#@~":
            return self.shared.get(feature, self.default)
        return (self.cased if cased else self.uncased).get(feature, self.default)


@dataclass(frozen=True, slots=True)
class Telling:
    """An article as far as its place in a story goes."""

    article_id: str
    language: str
    published_at: datetime
    cluster_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """An article in a story; `score` is how like the nearest other article of it is."""

    article_id: str
    story_id: str
    score: float


# ---------------------------------------------------------------- one article


def marks(title: str, text: str, tags: Tags, published_at: datetime) -> StoryMarks:
    """Give what an article shares with others on its event: hashes with weights.

    Args:
        title: the article's title.
        text: the article's text.
        tags: what the tagger found in them; actors count by id, not by spelling.
        published_at: when, UTC; the year of publication is in all reports.
    """
    return weigh(features(title, text, tags, published_at), trained())


def features(title: str, text: str, tags: Tags, published_at: datetime) -> Features:
    """Give names, numbers, actors and topics of an article."""
    plain = normal.plain(
        f"{_unnamed(title, tags.mentions, 'title')}\n{_unnamed(text, tags.mentions, 'text')}"
    )
    cased = sum(map(str.isupper, text)) > _CAPITALS * sum(map(str.isalpha, text))
    words = names_in(plain) if cased else _LETTERS.findall(plain)
    sounds = (skeleton(part) for word in words for part in _PARTS.split(word))
    counts = Counter(sound for sound in sounds if len(sound) >= _CONSONANTS)
    year = str(published_at.year)
    counts.update({f"#{each}": 1 for each in numbers_in(plain) if len(each) > 1 and each != year})
    counts.update({f"@{actor.actor_id}": actor.mentions for actor in tags.actors})
    counts.update({f"~{topic.topic_id}": 1 for topic in tags.topics})
    return Features(cased, counts)


def _unnamed(text: str, mentions: Iterable[Mention], field: str) -> str:
    """Give a text without the names of actors, which are known by their ids."""
    kept, at = [], 0
    for start, end in sorted((m.start_char, m.end_char) for m in mentions if m.field == field):
        kept.append(text[at : max(start, at)])
        at = max(at, end)
        while at < len(text) and text[at].isalpha():  # a suffix of the name
            at += 1
    return " - ".join((*kept, text[at:]))


def weigh(found: Features, rarity: Rarity) -> StoryMarks:
    """Give features as a vector of length `UNIT`, rare and repeated ones weighing most (TF-IDF)."""
    rare = ((each, rarity.of(each, cased=found.cased), n) for each, n in found.counts.items())
    weights = {
        each: rareness * (1 + math.log(n)) for each, rareness, n in rare if rareness > COMMON
    }
    heaviest = sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:MOST]
    length = math.sqrt(sum(weight * weight for _, weight in heaviest)) or 1.0
    # lightest first: of two that share a hash, the heavier is kept
    hashed = {_hash(each): round(UNIT * weight / length) for each, weight in reversed(heaviest)}
    kept = sorted(hashed.items())
    return StoryMarks(tuple(feature for feature, _ in kept), tuple(weight for _, weight in kept))


def _hash(feature: str) -> int:
    return xxhash.xxh32_intdigest(feature.encode(), SEED) & FEATURE


@cache
def trained() -> Rarity:
    """Read how rare features are."""
    table = tomllib.loads(RARITY.read_text("utf-8"))
    return Rarity(
        default=table["default"],
        cased=_by_feature(table["cased"]),
        uncased=_by_feature(table["uncased"]),
        shared=_by_feature(table["shared"]),
    )


def _by_feature(grouped: Mapping[str, str]) -> Mapping[str, float]:
    return {each: float(rarity) for rarity, group in grouped.items() for each in group.split()}


# ---------------------------------------------------------------- many articles


def tell(articles: Iterable[Telling], likeness: Mapping[Pair, float]) -> tuple[Told, ...]:
    """Give the stories among articles; an article no other language confirms is in none.

    A story is named after its earliest article, and does not depend on the order of articles.

    Args:
        articles: all that are in `likeness`, and their copies.
        likeness: of pairs in different languages, at least `LIKE`; smaller id first.
    """
    by_id = {each.article_id: each for each in articles}
    pairs = sorted(_mutual(by_id, likeness))
    nearest: dict[str, float] = defaultdict(float)
    for one, other in pairs:
        for each in (one, other):
            nearest[each] = max(nearest[each], likeness[one, other])
    copies = _copies(by_id.values(), nearest)
    return tuple(
        Told(each, first, round(nearest[each], 4))
        for group in clusters.join((*pairs, *copies), nearest)
        for first in [min(group, key=lambda each: (by_id[each].published_at, each))]
        for each in sorted(group)
    )


def _mutual(by_id: Mapping[str, Telling], likeness: Mapping[Pair, float]) -> Iterator[Pair]:
    """Give the pairs that are each other's nearest in the other's language.

    Within a language all reports of a subject share names: only others can confirm.
    """
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for (one, other), like in likeness.items():
        for each, near in ((one, other), (other, one)):
            key = (each, by_id[near].language)
            best[key] = max(best.get(key, (0.0, "")), (like, near))
    for one, other in likeness:
        to_one, to_other = (other, by_id[one].language), (one, by_id[other].language)
        if (best[to_one][1], best[to_other][1]) == (one, other):
            yield one, other


def _copies(articles: Iterable[Telling], nearest: dict[str, float]) -> Sequence[Pair]:
    """Bring the copies of told articles in, as like as the likest of their cluster."""
    by_cluster: dict[str, list[str]] = defaultdict(list)
    for each in articles:
        by_cluster[each.cluster_id].append(each.article_id)
    pairs: list[Pair] = []
    for members in by_cluster.values():
        likest = max(nearest.get(each, 0.0) for each in members)
        if likest:
            nearest.update({each: likest for each in members if each not in nearest})
            pairs.extend((members[0], each) for each in members[1:])
    return pairs
