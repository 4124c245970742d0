"""One tagger for all tagging tests, and short ways to ask it."""

from datetime import UTC, datetime
from functools import cache

from flows.model import Tags
from flows.tag.tagger import Tagger
from flows.tag.vocabulary import load

DAY = datetime(2025, 3, 1, tzinfo=UTC)


@cache
def tagger() -> Tagger:
    return Tagger(load())


def tag(text: str, language: str = "en", title: str = "") -> Tags:
    return tagger().tag(title, text, language, DAY)


def actors(text: str, language: str = "en", title: str = "") -> set[str]:
    return {one.actor_id for one in tag(text, language, title).actors}


def rules(text: str, language: str = "en", title: str = "") -> set[tuple[str, str]]:
    return {(one.actor_id, one.rule) for one in tag(text, language, title).mentions}


def topics(text: str, language: str = "en", title: str = "") -> set[str]:
    return {one.topic_id for one in tag(text, language, title).topics}
