"""Made-up reports for the tests of deduplication: grammar from nowhere, facts on demand."""

import random
from datetime import UTC, datetime, timedelta

from flows import ids
from flows.dedup.fingerprint import fingerprint
from flows.model import Article, Language, TaggedArticle, Tags

DAWN = datetime(2026, 3, 2, 5, 7, tzinfo=UTC)
_WORDS = [
    first + middle + last
    for first in ("ba", "co", "di", "fe", "gu", "ha", "ki", "lo", "mu", "ne")
    for middle in ("ran", "sel", "tim", "vor", "pul", "den")
    for last in ("", "a", "eth", "is", "om", "ul")
]
_NAMES = [word.title() + "ov" for word in _WORDS[::7]]


def sentence(chance: random.Random, facts: random.Random) -> str:
    words = [chance.choice(_WORDS) for _ in range(chance.randint(9, 18))]
    words[3] = facts.choice(_NAMES)
    words[6] = str(facts.randint(2, 9999))
    return " ".join(words).capitalize().replace(words[3].lower(), words[3]) + "."


def report(seed: int, sentences: int = 15, facts: int | None = None) -> str:
    """A report; the same seed with other `facts` is the same form with other news in it."""
    chance, other = random.Random(seed), random.Random(seed if facts is None else facts + 7919)
    return " ".join(sentence(chance, other) for _ in range(sentences))


def halves(text: str) -> tuple[str, str]:
    cut = text.index(". ", len(text) // 2) + 1
    return text[:cut], text[cut:].strip()


def scanned(text: str, seed: int = 1) -> str:
    """Every ninth word misread by one letter."""
    chance = random.Random(seed)
    words = text.split()
    for place in range(4, len(words), 9):
        word = words[place]
        if word[0].islower() and len(word) > 3:
            spot = chance.randrange(len(word) - 1)
            words[place] = word[:spot] + "x" + word[spot + 1 :]
    return " ".join(words)


def marks(text: str, title: str = ""):
    return fingerprint(title, text, "en")


def article(
    text,
    *,
    key=None,
    minutes=0.0,
    title="",
    source="alpha",
    canonical=None,
    published_from="page",
):
    url = f"https://{source}.example/{key if key is not None else ids.content_hash(text)}"
    at = DAWN + timedelta(minutes=minutes)
    made = Article(
        article_id=ids.article_id(url),
        source_id=source,
        feed_id=None,
        url=url,
        canonical_url=canonical or url,
        title=title,
        text=text,
        authors=(),
        published_at=at,
        published_from=published_from,
        modified_at=None,
        fetched_at=at,
        language=Language("en", 1.0, "test"),
        language_declared=None,
        word_count=len(text.split()),
        content_hash=ids.content_hash(text),
        extractor="test",
    )
    return TaggedArticle(made, fingerprint(title, text, "en"), Tags(1.0, True, "test"))  # noqa: FBT003


def id_of(tagged) -> str:
    return tagged.article.article_id
