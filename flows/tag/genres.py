"""How far a text is of another genre: sport, culture, weather, the economy at home."""

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.tag.fields import Field
from flows.tag.matcher import Kind


def genre_words(fields: Sequence[Field]) -> Counter[str]:
    """Count different words of each other genre; a title's word counts double."""
    found: dict[str, set[str]] = {}
    titled: Counter[str] = Counter()
    for field in fields:
        for hit in field.of_kind(Kind.GENRE):
            word = field.text[hit.start : hit.end].lower()[:6]
            if word not in found.setdefault(hit.use.target, set()):
                found[hit.use.target].add(word)
                titled[hit.use.target] += field.name == "title"
    return Counter({genre: len(words) + titled[genre] for genre, words in found.items()})


def leisure_words(fields: Iterable[Field]) -> float:
    """Give how many words of sport or culture outweigh the words of our topics."""
    fields = tuple(fields)
    genres = genre_words(fields)
    political = {
        field.text[hit.start : hit.end].lower()[:6]
        for field in fields
        for hit in field.of_kind(Kind.STRONG)
    }
    return max(genres["sport"], genres["culture"]) - len(political)
