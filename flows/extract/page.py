"""A page's bytes to an article: the stage's one entrance, run inside a worker."""

from importlib.metadata import version
from urllib.parse import urljoin, urlsplit

import trafilatura
from lxml.html import HtmlElement

from flows import ids
from flows.extract import dates, structured
from flows.extract.decode import decode
from flows.extract.language import identify
from flows.extract.text import clean, count_words, one_line
from flows.model import Article, Item, ItemState, Missed, Page, Source

EXTRACTOR = f"trafilatura-{version('trafilatura')}"


def read(page: Page, item: Item, source: Source) -> Article | Missed:
    """Give the article of a page, or why there is none."""
    markup = decode(page.body, page.content_type)
    swapped = markup.replace("\u200c", "\u203f").replace("&zwnj;", "\u203f")
    if page.from_feed:
        swapped = f"<html><body><article>{swapped}</article></body></html>"
    tree = trafilatura.load_html(swapped)
    if tree is None:
        return Missed(ItemState.EXTRACT_FAILED, "not HTML")
    facts = structured.declared(tree)
    meta = structured.meta(tree)
    document = trafilatura.bare_extraction(tree, url=page.url, include_comments=False)
    text = clean((document.text or "").replace("\u203f", "\u200c")) if document else ""
    title = one_line(
        item.entry.title
        or facts.headline
        or meta.get("og:title", "")
        or tree.findtext(".//title")
        or ""
    )
    title = title.replace("\u203f", "\u200c")
    words = count_words(text)
    if words < 8 and not title:
        return Missed(ItemState.TOO_SHORT, f"{words} words and no headline")
    if not text:
        return Missed(ItemState.EXTRACT_FAILED, "no text found")
    found = dates.parse(facts.published or meta.get("article:published_time", ""), page.fetched_at)
    published = item.entry.published_at or found or page.fetched_at
    return Article(
        article_id=page.article_id,
        source_id=item.source_id,
        feed_id=item.feed_id,
        url=page.url,
        canonical_url=_canonical(tree, page.url),
        title=title,
        text=text,
        authors=item.entry.authors or facts.authors,
        published_at=published,
        published_from="feed" if item.entry.published_at else "page" if found else "fetch",
        modified_at=dates.parse(facts.modified, page.fetched_at),
        fetched_at=page.fetched_at,
        language=identify(f"{title}\n{text}", source.languages),
        language_declared=tree.get("lang"),
        word_count=words,
        content_hash=ids.content_hash(text),
        extractor=EXTRACTOR,
        warc_ref=page.warc_ref,
    )


def _canonical(tree: HtmlElement, url: str) -> str:
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
            target = urljoin(url, link.get("href"))
            if urlsplit(target).hostname == urlsplit(url).hostname:
                return target
    return url
