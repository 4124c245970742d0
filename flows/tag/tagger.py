"""Tags one article: actors, topics, relevance, names of places. No I/O, no clock."""

from datetime import datetime

from flows.model import Mention, Tags
from flows.tag import salience, topics
from flows.tag.actors import ActorFinder
from flows.tag.aliases import aliases_of
from flows.tag.fields import Field, field_of
from flows.tag.matcher import Matcher, Pattern, compiled, variants
from flows.tag.namings import namings
from flows.tag.relevance import RELEVANT, judge, traits_of
from flows.tag.suffixes import LANGUAGES
from flows.tag.vocabulary import Vocabulary

LONGEST = 60_000  # code points read of a text; no article is longer, some pages are

# which of our languages an article in another one is read as, by script
_READ_AS = {"uk": "ru", "be": "ru", "kk": "ru", "azb": "fa", "ku": "tr", "crh": "tr"}


class Tagger:
    """The vocabulary made ready once; `tag` is then pure."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._finder = ActorFinder(vocabulary)
        self._speaking: dict[str, list[str]] = {}
        for topic_id, topic in vocabulary.topics.items():
            for actor_id in topic.actors:
                self._speaking.setdefault(actor_id, []).append(topic_id)
        self._patterns: dict[str, tuple[Pattern, ...]] = {}
        self._matchers: dict[str, Matcher] = {}

    def make_ready(self) -> None:
        """Build the matchers of all languages, else built at the first article of each."""
        for language in LANGUAGES:
            self._matcher(language)

    def tag(self, title: str, text: str, language: str, published_at: datetime) -> Tags:
        """Give everything the vocabulary says of an article.

        Args:
            title: as stored; offsets of its mentions count from its start.
            text: as stored; offsets count code points from its start.
            language: ISO 639-1 of the article; names of that language (and Latin ones
                inside other scripts) are found.
            published_at: when; offices are taken as of that day.
        """
        read_as = _read_as(language)
        fields = self._fields(title, text, read_as)
        mentions = self._finder.find(fields, read_as, published_at.date())
        actors = salience.salient(mentions, self._vocabulary.actors, len(text))
        evidence = topics.evidence_of(fields, mentions, self._speaking)
        found = topics.scored(evidence, self._vocabulary.calibration, read_as)
        traits = traits_of(fields, mentions, (actors, found), self._vocabulary)
        verdict = judge(traits)
        relevant = verdict.relevance >= RELEVANT
        return Tags(
            relevance=verdict.relevance,
            relevant=relevant,
            reason=verdict.reason,
            mentions=mentions,
            actors=actors,
            topics=topics.chosen(found, self._vocabulary.topics) if relevant else (),
            namings=namings(fields),
        )

    def evidence(
        self, title: str, text: str, language: str, published_at: datetime
    ) -> dict[str, topics.Evidence]:
        """Give what speaks for each topic of an article: what calibration is fitted on."""
        read_as = _read_as(language)
        fields = self._fields(title, text, read_as)
        mentions = self._finder.find(fields, read_as, published_at.date())
        return topics.evidence_of(fields, mentions, self._speaking)

    def lost(
        self, title: str, text: str, language: str, published_at: datetime
    ) -> tuple[Mention, ...]:
        """Give what could have been an actor and was not taken; `rule` says what was missing."""
        read_as = _read_as(language)
        fields = self._fields(title, text, read_as)
        return self._finder.lost(fields, read_as, published_at.date())

    def _fields(self, title: str, text: str, read_as: str) -> tuple[Field, Field]:
        matcher = self._matcher(read_as)
        return (
            field_of("title", title, matcher.find(title[:LONGEST])),
            field_of("text", text, matcher.find(text[:LONGEST])),
        )

    def _matcher(self, language: str) -> Matcher:
        """Give the matcher of a language, built at its first article."""
        if language not in self._matchers:
            self._matchers[language] = Matcher(
                pattern
                for code in dict.fromkeys((language, *_embedded_in(language)))
                for pattern in self._patterns_in(code)
            )
        return self._matchers[language]

    def _patterns_in(self, language: str) -> tuple[Pattern, ...]:
        """Give the patterns of a language, made once: those of English stand in four matchers."""
        if language not in self._patterns:
            self._patterns[language] = tuple(
                compiled(variant)
                for alias in aliases_of(self._vocabulary, language)
                for variant in variants(alias)
            )
        return self._patterns[language]


def _read_as(language: str) -> str:
    return language if language in LANGUAGES else _READ_AS.get(language, "en")


def _embedded_in(language: str) -> tuple[str, ...]:
    """Give the language whose Latin names stand inside texts of another script."""
    return ("en",) if language in {"ru", "hy", "ka", "fa"} else ()
