"""Decides which hits are mentions of an actor, and says by which rule.

The longest reading of a place in the text wins; masks win and count for nothing.
Then each kind of reading has its own doubts: a surname may be another bearer's, a body
may be another state's, a state may be a given name or, for Georgia, a US state.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flows.model import Mention
from flows.tag.clues import (
    follows_given_name,
    follows_stranger,
    has_office,
    is_compound,
    is_persons,
    is_role,
    is_venue,
)
from flows.tag.entries import Actor
from flows.tag.fields import Field
from flows.tag.genres import leisure_words
from flows.tag.matcher import Kind
from flows.tag.readings import Reading, longest
from flows.tag.vocabulary import Vocabulary

_LEISURE = 4  # words of sport or culture, politics' words taken off
_NEAR = 220  # code points back to the state that an unnamed body belongs to

# the body's state stands before it, or (en, ru, fa) after it
_BEFORE = frozenset({
    "", " ", "'s ", "’s ", "-", "'nın ", " Respublikası ", " Respublikasının ", " Cumhuriyeti ",
    " Հանրապետության ", " Հանրապետութեան ", "'ın ", "’ın ", "’nın ",
})  # fmt: skip
_AFTER = {
    "en": frozenset({" of ", " of the ", " of the Republic of ", " in "}),
    "ru": frozenset({" ", " Республики "}),
    "fa": frozenset({" ", " جمهوری "}),
}
_OWN_STATE = {
    "az": "aze",
    "tr": "tur",
    "ka": "geo",
    "hy": "arm",
    "fa": "irn",
}  # "the ministry" at home
_IMPLYING = frozenset({"gov", "mil", "intel", "leg", "jud"})
_PLACES = frozenset({"state", "territory"})
_HEADS = frozenset({"president", "prime_minister"})


@dataclass(frozen=True, slots=True)
class Situation:
    """What the whole article says that a single place in it needs to know."""

    language: str
    day: date
    full_names: frozenset[str]
    states: Counter[str]
    strangers: frozenset[str]  # surfaces that follow a given name that is not theirs
    persons: frozenset[str]  # actors whose name some person bears here
    leisure: bool  # a match report, a recipe: states in it are teams and kitchens
    elsewhere: bool  # the article's Georgia is the US state


_MISSING = {
    Kind.FULL_NAME: "somebody else here",
    Kind.SURNAME: "a surname others bear: no full name, office or state beside it",
    Kind.NAME: "a team, a person or another place of that name here",
    Kind.PEOPLE: "a team or another people of that name here",
    Kind.SEAT: "only the place where it happens, or a person's name",
}


class ActorFinder:
    """The vocabulary's rules for actors."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._actors: Mapping[str, Actor] = vocabulary.actors
        self._bodies = {
            (actor.body, actor.row.parent_id): actor.row.actor_id
            for actor in vocabulary.actors.values()
            if actor.body
        }

        self._by_country = {
            actor.row.country: actor.row.actor_id
            for actor in vocabulary.actors.values()
            if actor.row.kind == "state" and actor.row.country
        }

    def find(self, fields: tuple[Field, ...], language: str, day: date) -> tuple[Mention, ...]:
        """Give the mentions of an article, in order of title and text."""
        return self._decide(fields, language, day)[0]

    def lost(self, fields: tuple[Field, ...], language: str, day: date) -> tuple[Mention, ...]:
        """Give the readings of an article that no rule took; `rule` says what was missing."""
        mentions, readings = self._decide(fields, language, day)
        taken = {(one.field, one.start_char, one.end_char) for one in mentions}
        return tuple(
            replace(mention_of(one), rule=_MISSING[one.hit.use.kind])
            for one in readings
            if one.hit.use.kind in _MISSING and one.actor_id in self._actors
            if (one.field.name, one.hit.start, one.hit.end) not in taken
        )

    def _decide(
        self, fields: tuple[Field, ...], language: str, day: date
    ) -> tuple[tuple[Mention, ...], list[Reading]]:
        """Give the mentions, and all readings they were chosen from."""
        readings = [reading for field in fields for reading in longest(field)]
        situation = self._situation(fields, readings, language, day)
        accepted = self._accepted(readings, situation)
        accepted = self._with_bodies(accepted, readings, situation)
        accepted = list(self._without_venues(accepted, situation.language))
        accepted.sort(key=lambda one: (one.field.name != "title", one.hit.start, one.rule))
        mentions = tuple(mention_of(one) for one in (*accepted, *self._implied(accepted)))
        return mentions, readings

    def _situation(
        self, fields: tuple[Field, ...], readings: list[Reading], language: str, day: date
    ) -> Situation:
        full = {r.actor_id for r in readings if r.hit.use.kind is Kind.FULL_NAME}
        places = (Kind.NAME, Kind.PEOPLE, Kind.SEAT)
        states = Counter(self._state_of(r.actor_id) for r in readings if r.hit.use.kind in places)
        return Situation(
            language=language,
            day=day,
            full_names=frozenset(full),
            states=states,
            strangers=frozenset(_strangers(readings)),
            persons=frozenset(
                r.actor_id
                for r in readings
                if self._actors_shared_name(r.actor_id) and is_persons(r)
            ),
            leisure=leisure_words(fields) >= _LEISURE,
            elsewhere=_is_elsewhere(fields, readings),
        )

    def _actors_shared_name(self, actor_id: str) -> bool:
        """Tell whether a state's name is a given name as well."""
        actor = self._actors.get(actor_id)
        return actor is not None and actor.shared and actor.row.kind == "state"

    def _state_of(self, actor_id: str) -> str:
        """Give the state an actor belongs to: itself, or its parent."""
        return self._actors[actor_id].row.parent_id or actor_id

    def _accepted(self, readings: list[Reading], situation: Situation) -> list[Reading]:
        accepted: list[Reading] = []
        for reading in readings:
            rule = self._rule(reading, situation)
            if rule:
                accepted.append(Reading(reading.field, reading.hit, reading.actor_id, rule))
        return accepted

    def _rule(self, reading: Reading, situation: Situation) -> str | None:
        """Give the rule that accepts a reading; None when none does."""
        match reading.hit.use.kind:
            case Kind.FULL_NAME:
                return "full-name"
            case Kind.SURNAME:
                return self._surname_rule(reading, situation)
            case Kind.NAME | Kind.PEOPLE | Kind.SEAT:
                return self._place_rule(reading, situation)
            case _:
                return None

    def _place_rule(self, reading: Reading, situation: Situation) -> str | None:
        """Doubt names of states and seats: another Georgia, a person of that name."""
        actor = self._actors[reading.actor_id]
        kind = reading.hit.use.kind
        if situation.elsewhere and actor.row.kind == "party" and actor.row.country == "US":
            return None  # the parties of a state's politics
        if reading.actor_id == "geo" and situation.elsewhere and kind is not Kind.SEAT:
            return None
        if actor.row.kind in _PLACES and situation.leisure:
            return None
        if actor.row.kind in _PLACES and kind in {Kind.NAME, Kind.SEAT}:
            if kind is Kind.SEAT and reading.surface in situation.strangers:
                return None
            if actor.shared and reading.actor_id in situation.persons:
                return None
        return {Kind.NAME: "name", Kind.PEOPLE: "people"}.get(kind, "seat")

    def _surname_rule(self, reading: Reading, situation: Situation) -> str | None:
        """Doubt surnames: part of a compound, after another's given name, borne by many."""
        if is_compound(reading) or follows_given_name(reading):
            return None
        if reading.actor_id in situation.full_names:
            return "surname:full-name"
        actor = self._actors[reading.actor_id]
        return self._shared_rule(actor, reading, situation) if actor.shared else "surname"

    def _shared_rule(self, actor: Actor, reading: Reading, situation: Situation) -> str | None:
        """Ask for a reason to read a surname that many bear as this person's."""
        if has_office(reading):
            return "surname:office"
        if follows_stranger(reading):
            return None
        if self._is_at_home(actor, situation):
            return "surname:state"
        return "surname:head of a party" if self._is_head(actor, situation) else None

    def _is_head(self, actor: Actor, situation: Situation) -> bool:
        """Tell whether a person leads a party of the region, and the article is of the region."""
        leads = any(
            office.title in _HEADS and self._is_party(office.of) and office.held_on(situation.day)
            for office in actor.offices
        )
        return leads and any(self._is_party(state) for state in situation.states)

    def _is_party(self, actor_id: str) -> bool:
        return actor_id in self._actors and self._actors[actor_id].party

    def _is_at_home(self, actor: Actor, situation: Situation) -> bool:
        """Tell whether the article names the state (or body) a person holds office in."""
        return any(situation.states[self._state_of(office.of)] for office in actor.offices)

    def _with_bodies(
        self, accepted: list[Reading], readings: list[Reading], situation: Situation
    ) -> list[Reading]:
        """Add the bodies whose state is known, by its name beside or before them."""
        found = list(accepted)
        for reading in readings:
            if reading.hit.use.kind is Kind.BODY and not is_role(reading, situation.language):
                resolved = self._body(reading, accepted, situation)
                found += [resolved] if resolved else []
        return found

    def _body(
        self, reading: Reading, accepted: list[Reading], situation: Situation
    ) -> Reading | None:
        body = reading.hit.use.target
        states = [one for one in accepted if one.field is reading.field and self._is_state(one)]
        for state, rule in _states_of_body(reading, states, situation):
            actor_id = self._bodies.get((body, state))
            if actor_id:
                return replace(reading, actor_id=actor_id, rule=rule)
            if rule == "body:beside":
                return None  # of a state whose bodies we do not follow
        return None

    def _is_state(self, reading: Reading) -> bool:
        return self._actors[reading.actor_id].row.kind == "state"

    def _without_venues(self, accepted: list[Reading], language: str) -> Iterator[Reading]:
        """Drop states outside the region that only lend their capital as a venue."""
        acting = {
            one.actor_id
            for one in accepted
            if one.hit.use.kind is not Kind.SEAT or not is_venue(one, language)
        }
        acting |= {self._by_country[country] for country in self._countries_of(acting)}
        for one in accepted:
            if one.actor_id in acting or self._actors[one.actor_id].party:
                yield one

    def _countries_of(self, actor_ids: set[str]) -> Iterator[str]:
        """Give the countries of actors that are known as states."""
        for actor_id in actor_ids:
            country = self._actors[actor_id].row.country
            if country in self._by_country:
                yield country

    def _implied(self, accepted: list[Reading]) -> Iterator[Reading]:
        """Give the state or organisation that a body stands for, where it is not named."""
        named = {reading.actor_id for reading in accepted}
        for reading in accepted:
            actor = self._actors[reading.actor_id]
            parent = actor.row.parent_id
            implied = actor.implies or ((parent,) if actor.row.kind in _IMPLYING else ())
            for actor_id in implied:
                if actor_id and actor_id not in named:
                    named.add(actor_id)
                    yield replace(reading, actor_id=actor_id, rule=f"implied:{reading.actor_id}")


def mention_of(reading: Reading) -> Mention:
    """Give a reading as the row it becomes."""
    hit = reading.hit
    field = reading.field.name
    return Mention(reading.actor_id, reading.surface, field, hit.start, hit.end, reading.rule)


def _strangers(readings: list[Reading]) -> Iterator[str]:
    """Give the surfaces of seats that bear a given name: they are surnames here."""
    for reading in readings:
        if reading.hit.use.kind is Kind.SEAT and follows_given_name(reading):
            yield reading.surface


def _is_elsewhere(fields: tuple[Field, ...], readings: list[Reading]) -> bool:
    """Tell whether the article's Georgia is the US state: named, with more cues than against."""
    cues = Counter(hit.use.target for field in fields for hit in field.of_kind(Kind.CUE))
    if cues["georgia_us_name"]:
        return True
    named = any(r.actor_id == "geo" and r.hit.use.kind is Kind.NAME for r in readings)
    return named and cues["georgia_us"] > cues["georgia_country"]


def _states_of_body(
    reading: Reading, states: list[Reading], situation: Situation
) -> Iterator[tuple[str, str]]:
    """Give the states a body may belong to: beside it, at home, or last named before it."""
    text, hit = reading.field.text, reading.hit
    after = _AFTER.get(situation.language, frozenset())
    for state in states:
        gap_before = text[state.hit.end : hit.start] if state.hit.end <= hit.start else None
        gap_after = text[hit.end : state.hit.start] if state.hit.start >= hit.end else None
        if gap_before in _BEFORE or gap_after in after:
            yield state.actor_id, "body:beside"
    home = _OWN_STATE.get(situation.language)
    if home and situation.states[home]:
        yield home, f"body:at home in {home}"
    if home:
        return
    for state in reversed(states):
        if 0 <= hit.start - state.hit.end <= _NEAR:
            yield state.actor_id, "body:nearest"
    if situation.states:
        yield situation.states.most_common(1)[0][0], "body:most named"
