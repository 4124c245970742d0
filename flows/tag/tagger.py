"""Tags one article: actors, topics, relevance, names of places. No I/O, no clock."""

from collections import Counter
from datetime import datetime

from flows.model import ActorTag, Mention, Naming, Tags, TopicTag
from flows.tag.aliases import aliases_of
from flows.tag.matcher import Hit, Kind, Matcher
from flows.tag.suffixes import LANGUAGES
from flows.tag.vocabulary import Vocabulary

_ACTORS = {Kind.NAME, Kind.PEOPLE, Kind.SEAT, Kind.FULL_NAME, Kind.SURNAME, Kind.MASK}


class Tagger:
    """The vocabulary made ready once; `tag` is then pure."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._matchers: dict[str, Matcher] = {}

    def _matcher(self, language: str) -> Matcher:
        if language not in self._matchers:
            languages = {language, "en"} & set(LANGUAGES)
            self._matchers[language] = Matcher(
                alias for code in sorted(languages) for alias in aliases_of(self._vocabulary, code)
            )
        return self._matchers[language]

    def tag(self, title: str, text: str, language: str, published_at: datetime) -> Tags:
        """Give everything the vocabulary says of an article."""
        matcher = self._matcher(language)
        fields = {"title": matcher.find(title), "text": matcher.find(text)}
        texts = {"title": title, "text": text}
        mentions = tuple(
            Mention(
                hit.use.target, texts[name][hit.start : hit.end], name, hit.start, hit.end,
                hit.use.kind.name.lower(),
            )
            for name, hits in fields.items()
            for hit in _longest(hits)
            if hit.use.kind is not Kind.MASK
        )  # fmt: skip
        actors = _actors(mentions)
        topics = _topics(fields, texts)
        party = {a for a in (m.actor_id for m in mentions) if self._vocabulary.actors[a].party}
        genre = any(h.use.kind is Kind.GENRE for hits in fields.values() for h in hits)
        relevant = bool(party) and bool(topics) and not genre
        return Tags(
            relevance=0.9 if relevant else 0.1,
            relevant=relevant,
            reason=f"names {', '.join(sorted(party)) or 'no one'} of the region",
            mentions=mentions,
            actors=actors,
            topics=topics if relevant else (),
            namings=_namings(fields),
        )


def _longest(hits: list[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in hits:
        if hit.use.kind in _ACTORS and (not kept or hit.start >= kept[-1].end):
            kept.append(hit)
    return kept


def _actors(mentions: tuple[Mention, ...]) -> tuple[ActorTag, ...]:
    counts = Counter(mention.actor_id for mention in mentions)
    titled = {mention.actor_id for mention in mentions if mention.field == "title"}
    score = {a: n + 3 * (a in titled) for a, n in counts.items()}
    best = max(score.values(), default=1)
    ranked = sorted(score, key=lambda a: (-score[a], a))
    return tuple(ActorTag(a, counts[a], score[a] / best, rank < 3) for rank, a in enumerate(ranked))


def _topics(fields: dict[str, list[Hit]], texts: dict[str, str]) -> tuple[TopicTag, ...]:
    evidence: dict[str, list[str]] = {}
    for name, hits in fields.items():
        for hit in hits:
            if hit.use.kind is Kind.STRONG:
                evidence.setdefault(hit.use.target, []).append(texts[name][hit.start : hit.end])
    return tuple(
        TopicTag(topic, min(0.99, 0.4 + 0.2 * len(words)), tuple(dict.fromkeys(words)))
        for topic, words in sorted(evidence.items())
    )


def _namings(fields: dict[str, list[Hit]]) -> tuple[Naming, ...]:
    counts = Counter(
        (hit.use.target, hit.use.detail)
        for hits in fields.values()
        for hit in hits
        if hit.use.kind is Kind.VARIANT
    )
    return tuple(Naming(place, variant, False, n) for (place, variant), n in sorted(counts.items()))
