"""A stored text as far as deduplication goes: its fingerprint, and no words."""

from collections.abc import Sequence

from flows.dedup.fingerprint import fingerprint
from flows.model import Article, Language, StoredText, TaggedArticle, Tags

_NO_TAGS = Tags(0.0, relevant=False, reason="")


def marked(given: Sequence[StoredText]) -> list[TaggedArticle]:
    """Fingerprint stored texts again; runs in a worker."""
    return [_marked(each) for each in given]


def _marked(text: StoredText) -> TaggedArticle:
    """Give an article as far as links go: no text, no tags."""
    article = Article(
        article_id=text.article_id,
        source_id=text.source_id,
        feed_id=None,
        url=text.canonical_url,
        canonical_url=text.canonical_url,
        title=text.title,
        text="",
        authors=(),
        published_at=text.published_at,
        published_from=text.published_from,
        modified_at=None,
        fetched_at=text.published_at,
        language=Language(text.language, 1.0, "stored"),
        language_declared=None,
        word_count=0,
        content_hash="",
        extractor="",
    )
    marks = fingerprint(text.title, text.text, text.language)
    return TaggedArticle(article, marks, _NO_TAGS)
