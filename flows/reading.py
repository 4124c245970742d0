"""Page to tagged article, in one call: what a worker process does to one page.

Extraction, fingerprint and tags need no I/O and share the text, so they run in the
same worker: the page's bytes cross the process border once, and the main process
stays free for the network.
"""

from dataclasses import replace
from functools import cache

from flows.collect.urls import canonical
from flows.dedup import stories
from flows.dedup.fingerprint import fingerprint
from flows.extract.page import read
from flows.model import Article, Item, Missed, Page, Source, TaggedArticle
from flows.tag.tagger import Tagger
from flows.tag.vocabulary import load

SECONDS = 20.0  # what one page may cost before its worker is killed


@cache
def tagger() -> Tagger:
    """The tagger of this process, built once from the packaged vocabulary."""
    return Tagger(load())


def read_page(page: Page, item: Item, source: Source) -> TaggedArticle | Missed:
    """Give the tagged article behind a page, or why there is none."""
    match read(page, item, source):
        case Missed() as missed:
            return missed
        case Article() as article:
            return tag_article(with_canonical_url(article, item))


def with_canonical_url(article: Article, item: Item) -> Article:
    """Bring the page's `rel=canonical` into our form; the entry's link where it is no URL."""
    try:
        return replace(article, canonical_url=canonical(article.canonical_url))
    except ValueError:
        return replace(article, canonical_url=item.entry.url)


def tag_article(article: Article) -> TaggedArticle:
    """Add fingerprint, tags and story marks to an article: every stage after extraction."""
    language = article.language.code
    tags = tagger().tag(article.title, article.text, language, article.published_at)
    return TaggedArticle(
        article=article,
        fingerprint=fingerprint(article.title, article.text, language),
        tags=tags,
        story=stories.marks(article.title, article.text, tags, article.published_at),
    )
