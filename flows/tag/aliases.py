"""The vocabulary as aliases: which words mean which thing, in which language."""

from collections.abc import Iterator

from flows.tag.entries import Actor, Names, Topic
from flows.tag.matcher import Alias, Kind, Use
from flows.tag.stems import of_person
from flows.tag.vocabulary import Vocabulary


def aliases_of(vocabulary: Vocabulary, language: str) -> Iterator[Alias]:
    """Give every alias of the vocabulary in a language."""
    for actor in vocabulary.actors.values():
        yield from _of_actor(actor, language)
    for use, names in _of_words(vocabulary):
        for written in names.get(language, ()):
            yield Alias(written, language, use)
    for written in vocabulary.given.get(language, ()):
        yield Alias(written, language, Use(Kind.GIVEN, written))
    for topic in vocabulary.topics.values():
        yield from _of_pairs(topic, language)


def _of_pairs(topic: Topic, language: str) -> Iterator[Alias]:
    """Give the words of a topic's pairs; `detail` says which pair, and which half of it."""
    for number, pair in enumerate(topic.near.get(language, ())):
        for half, words in (("one", pair.one), ("other", pair.other)):
            use = Use(Kind.HALF, topic.row.topic_id, f"{number} {half}")
            yield from (Alias(written, language, use) for written in words)


def _of_actor(actor: Actor, language: str) -> Iterator[Alias]:
    actor_id = actor.row.actor_id
    if actor.row.kind == "person":
        yield from _of_person(actor, language)
        return
    for kind, names in (
        (Kind.NAME, actor.names),
        (Kind.PEOPLE, actor.people),
        (Kind.SEAT, actor.seats),
    ):
        for written in names.get(language, ()):
            yield Alias(written, language, Use(kind, actor_id))


def _of_person(actor: Actor, language: str) -> Iterator[Alias]:
    """Give full names as written, and the last word of each as surname."""
    surnames: set[str] = set()
    names = (one for name in actor.names.get(language, ()) for one in of_person(name, language))
    for written in dict.fromkeys(names):
        *given, surname = written.split()
        if given:
            yield Alias(written, language, Use(Kind.FULL_NAME, actor.row.actor_id, " ".join(given)))
        if (actor.alone or not given) and surname not in surnames:
            surnames.add(surname)
            yield Alias(surname, language, Use(Kind.SURNAME, actor.row.actor_id))


def _of_words(vocabulary: Vocabulary) -> Iterator[tuple[Use, Names]]:
    """Give everything that is no actor: its meaning, and its names by language."""
    yield from ((Use(Kind.BODY, word.word_id), word.names) for word in vocabulary.bodies.values())
    yield from (
        (Use(Kind.OFFICE, word.word_id), word.names) for word in vocabulary.offices.values()
    )
    yield from ((Use(Kind.MASK, mask.reason), mask.names) for mask in vocabulary.masks)
    yield from (
        (Use(Kind.GENRE, genre), names) for genre, names in vocabulary.relevance.genres.items()
    )
    yield from ((Use(Kind.CUE, cue), names) for cue, names in vocabulary.relevance.cues.items())
    for topic in vocabulary.topics.values():
        topic_id = topic.row.topic_id
        yield Use(Kind.STRONG, topic_id), topic.strong
        yield Use(Kind.WEAK, topic_id), topic.weak
        yield Use(Kind.NEVER, topic_id), topic.never
    for place in vocabulary.places.values():
        for variant, names in place.variants.items():
            yield Use(Kind.VARIANT, place.row.place_id, variant), names
