"""Articles on one event, whatever language they are in: by names, numbers and time.

No translation: names sound alike in all alphabets, numbers look alike, and an event is told
within days. Each article is paired with the one of another language that it shares most with,
when that one says the same of it; the pairs make the stories.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from flows.dedup import clusters, normal
from flows.dedup.fingerprint import names_in, numbers_in
from flows.dedup.sound import skeleton

APART = timedelta(days=2)  # reports of one event
LIKE = 0.22  # of two articles in different languages, to tell one story
_MOST_HOLDERS = 400  # articles; what more of them share tells nothing apart
_CONSONANTS = 3
_CAPITALS = 0.015  # share of letters; below, a script has no case, and any word may be a name
_LETTERS = re.compile(r"[^\W\d_]{4,}")

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class StoryMarks:
    """What an article shares with others on its event: features with counts."""

    article_id: str
    language: str
    published_at: datetime
    cased: bool
    features: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An article in a story; `score` is how like the nearest other article of it is."""

    article_id: str
    story_id: str
    score: float


def marks(
    article_id: str,
    text: str,
    language: str,
    published_at: datetime,
    actors: Iterable[str] = (),
) -> StoryMarks:
    """Give what an article can be told by.

    Args:
        article_id: its id.
        text: title and text.
        language: ISO 639-1.
        published_at: when, UTC.
        actors: ids of the actors it is about, the same in all languages.
    """
    plain = normal.plain(text)
    letters = sum(map(str.isalpha, plain))
    cased = sum(map(str.isupper, plain)) > _CAPITALS * letters
    words = names_in(plain) if cased else _LETTERS.findall(plain)
    sounds = (skeleton(part) for word in words for part in re.split(r"[-'’]", word))
    counts = Counter(sound for sound in sounds if len(sound) >= _CONSONANTS)
    counts.update({f"#{number}": 1 for number in numbers_in(plain) if len(number) > 1})
    counts.update({f"@{actor}": 1 for actor in actors})
    return StoryMarks(article_id, language, published_at, cased, tuple(sorted(counts.items())))


def tell(articles: Sequence[StoryMarks]) -> tuple[Told, ...]:
    """Give the stories among articles; an article alone is in none.

    A story is named after its earliest article, and does not depend on the order of articles.
    """
    told = sorted(articles, key=lambda each: (each.published_at, each.article_id))
    likeness = _likeness(told)
    pairs = list(_mutual(told, likeness))
    nearest: dict[str, float] = defaultdict(float)
    for one, other in pairs:
        for each in (one, other):
            nearest[each] = max(nearest[each], likeness[one, other])
    first = {each.article_id: place for place, each in enumerate(told)}
    return tuple(
        Told(each, min(group, key=first.__getitem__), round(nearest[each], 4))
        for group in clusters.join(pairs, nearest)
        for each in sorted(group)
    )


# ---------------------------------------------------------------- how like two articles are


def _likeness(told: Sequence[StoryMarks]) -> dict[tuple[str, str], float]:
    """Give the cosine of each two articles that share a feature and a time, earlier first."""
    holders: dict[str, list[tuple[StoryMarks, float]]] = defaultdict(list)
    for each, features in zip(told, _weighted(told), strict=True):
        for feature, weight in features.items():
            holders[feature].append((each, weight))
    likeness: dict[tuple[str, str], float] = defaultdict(float)
    for sharing in holders.values():
        if len(sharing) > _MOST_HOLDERS:
            continue
        for (one, weight), (other, same) in combinations(sharing, 2):
            if other.published_at - one.published_at <= APART:
                likeness[one.article_id, other.article_id] += weight * same
    return likeness


def _weighted(told: Sequence[StoryMarks]) -> Iterator[Features]:
    """Give each article's features as a unit vector, rare ones weighing most (TF-IDF).

    Scripts with and without capitals count apart: the latter offer all their words as names.
    """
    sizes = Counter(each.cased for each in told)
    held = Counter((each.cased, feature) for each in told for feature, _ in each.features)
    for each in told:
        weights = {
            feature: (1 + math.log(count))
            * max(math.log((sizes[each.cased] + 1) / (held[each.cased, feature] + 0.5)), 0.0)
            for feature, count in each.features
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        yield {feature: weight / length for feature, weight in weights.items()}


def _mutual(
    told: Sequence[StoryMarks], likeness: Mapping[tuple[str, str], float]
) -> Iterator[tuple[str, str]]:
    """Give the pairs that are each other's nearest in the other's language, and near enough."""
    language = {each.article_id: each.language for each in told}
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for (one, other), like in likeness.items():
        for each, near in ((one, other), (other, one)):
            key = (each, language[near])
            best[key] = max(best.get(key, (0.0, "")), (like, near))
    for one, other in sorted(likeness):
        # Within a language all reports of a subject share names: only others can confirm.
        if language[one] == language[other] or likeness[one, other] < LIKE:
            continue
        nearest = best[one, language[other]][1], best[other, language[one]][1]
        if nearest == (other, one):
            yield one, other
