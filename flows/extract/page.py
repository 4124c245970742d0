"""A page's bytes to an article: the stage's one entrance, run inside a killable worker."""

from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from urllib.parse import urljoin, urlsplit

from cssselect import SelectorError
from lxml.etree import tostring
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text

from flows import ids
from flows.extract import (
    authors,
    body,
    headline,
    language,
    lines,
    markup,
    published,
    refusals,
    structured,
)
from flows.extract.body import Body
from flows.extract.dates import Habits
from flows.extract.decode import decode
from flows.extract.refusals import Found
from flows.extract.structured import Declared
from flows.extract.text import clean, count_words, one_line
from flows.model import Article, ExtractRules, Item, ItemState, Missed, Page, Source

_TOO_SHORT = 8  # words
_VERSION = version("trafilatura")
_HTML_TYPES = ("html", "xml", "text/", "octet-stream")


def read(page: Page, item: Item, source: Source) -> Article | Missed:
    """Give the article on a page, or why there is none; never fails on bad markup.

    Args:
        page: the bytes and where they came from; `from_feed` says they are an entry's content.
        item: the ledger's row; what the feed said wins over the page for title and date.
        source: whose page it is: rules, languages, country.
    """
    refused = _not_html(page)
    if refused:
        return Missed(ItemState.EXTRACT_FAILED, refused)
    try:
        safe = markup.protect(decode(page.body, page.content_type), fragment=page.from_feed)
        tree = markup.parse(safe)
        if tree is None:
            return Missed(ItemState.EXTRACT_FAILED, "not HTML")
        return _Reading(page, item, source, safe, tree).article()
    except markup.Unsafe as error:
        return Missed(ItemState.QUARANTINED, f"unsafe markup: {error}")
    except SelectorError as error:
        return Missed(
            ItemState.EXTRACT_FAILED, f"a rule of this source is no CSS selector: {error}"
        )


def _not_html(page: Page) -> str | None:
    kind = page.content_type.split(";")[0].strip().lower()
    if kind and not any(part in kind for part in _HTML_TYPES):
        return f"not HTML: {kind[:80]}"
    return "not HTML: application/pdf" if page.body.startswith(b"%PDF") else None


class _Reading:
    """One page while it is read; holds what several of its fields are taken from."""

    def __init__(
        self, page: Page, item: Item, source: Source, safe: str, tree: HtmlElement
    ) -> None:
        self.page, self.item, self.source = page, item, source
        self.rules: ExtractRules = source.extract
        if self.rules.remove and not page.from_feed:
            safe = _without(tree, self.rules.remove)
        self.markup, self.tree = safe, tree
        self.meta = structured.meta(tree)
        self.declared: Declared = structured.declared(tree)

    def article(self) -> Article | Missed:
        """Give the article, or why there is none."""
        title = self._title()
        made = self._body(title)
        text = clean(markup.restore(made.text))
        if not text:
            text, made = clean(self.item.entry.summary), Body("", 0.0, "feed-summary")
        words = count_words(text)
        found = Found(
            title, text, words, made.agreement, self.declared.paid, self.page.from_feed,
            forwards="url=" in self.meta.get("refresh", "").lower(),
        )  # fmt: skip
        if words < _TOO_SHORT and not title:
            return Missed(ItemState.TOO_SHORT, f"{words} words and no headline")
        refused = "no text found" if not text else refusals.refuse(found, self.markup)
        if refused:
            return Missed(ItemState.EXTRACT_FAILED, refused)
        return self._assembled(refusals.without_wall(found), made)

    def _assembled(self, found: Found, made: Body) -> Article:
        habits = Habits.of(self.source.country, self.source.languages)
        when, modified_at = self._dates(habits)
        return Article(
            article_id=self.page.article_id,
            source_id=self.item.source_id,
            feed_id=self.item.feed_id or None,
            url=self.page.url,
            canonical_url=self._canonical(),
            title=found.title,
            text=found.text,
            authors=self._authors(),
            published_at=when.at,
            published_from=when.said_by,
            modified_at=modified_at,
            fetched_at=self.page.fetched_at,
            language=language.identify(f"{found.title}\n{found.text}", self.source.languages),
            language_declared=self._language_declared(),
            word_count=found.words,
            content_hash=ids.content_hash(found.text),
            extractor=f"{made.made_by}/{_VERSION}",
            agreement=None if made.made_by in {"feed", "feed-summary", "rule"} else made.agreement,
            quality=self._quality(found, made),
            warc_ref=self.page.warc_ref,
        )

    def _quality(self, found: Found, made: Body) -> str:
        if self.page.reserved:
            return "reserved"
        return "summary" if made.made_by == "feed-summary" else refusals.grade(found)

    def _title(self) -> str:
        ruled = _selected_text(self.tree, self.rules.title)
        stated = one_line(ruled or self.item.entry.title)
        if stated and not stated.endswith(("...", "\u2026")):
            return one_line(markup.restore(stated))
        publisher = self.declared.publisher or self.source.name
        own = headline.choose(
            self.tree, self.declared.headline, self.meta, publisher, self.page.url
        )
        begun = stated.rstrip(".\u2026 ")
        return one_line(markup.restore(own if own.startswith(begun) else stated or own))

    def _body(self, title: str) -> Body:
        if self.page.from_feed:
            return Body(lines.tidy(_plain(self.markup)), 1.0, "feed")
        chosen = self.tree.cssselect(self.rules.body) if self.rules.body else []
        ruled = "\n".join(_plain(tostring(part, encoding="unicode")) for part in chosen)
        if ruled.strip():
            return Body(ruled, 1.0, "rule")
        made = body.read(self.tree, self.markup, _plain(self.declared.body))
        return replace(made, text=self._tidied(_without_title(made.text, title)))

    def _tidied(self, text: str) -> str:
        given = (self.meta.get(name, "") for name in ("og:description", "description"))
        for description in dict.fromkeys(given):
            led = lines.with_lead(text, self.tree, description)
            if led != text:
                return lines.tidy(led)
        return lines.tidy(text)

    def _dates(self, habits: Habits) -> tuple[published.Published, datetime | None]:
        now, feed = self.page.fetched_at, self.item.entry.published_at
        declared = (self.declared.published, self.declared.modified)
        said = published.said(self.tree, declared, self.meta, self.page.url)
        ruled = _selected_text(self.tree, self.rules.published)
        said = said.preferring(ruled)
        if published.is_silent(said, habits, now):
            said = said.showing(published.beside_headline(self.tree, habits, now))
        elif feed is None and not ruled:
            said = said.preferring(published.rewritten(said, self.tree, habits, now))
        when = published.decide(said, feed, habits, now)
        if when.said_by == "fetch":
            guessed = published.guess(self.tree, self.page.url, now)
            when = published.decide(said.preferring(guessed), feed, habits, now)
        changed = published.modified(said, habits, when.at, now) or self.item.entry.modified_at
        return when, changed if changed and when.at < changed <= now else None

    def _authors(self) -> tuple[str, ...]:
        ruled = _selected_text(self.tree, self.rules.author)
        named = (ruled,) if ruled else self.item.entry.authors or self.declared.authors
        if not named:
            named = (self.meta.get("author", "") or self.meta.get("article:author", ""),)
        host = (urlsplit(self.page.url).hostname or "").removeprefix("www.")
        outlets = (self.source.name, self.source.source_id, self.declared.publisher,
                   self.meta.get("og:site_name", ""), host, host.rsplit(".", 1)[0])  # fmt: skip
        return authors.normalise((markup.restore(name) for name in named), outlets)

    def _canonical(self) -> str:
        for link in self.tree.iter("link"):
            if "canonical" in (link.get("rel") or "").lower().split():
                target = _absolute(self.page.url, link.get("href") or "")
                return target if _same_site(target, self.page.url) else self.page.url
        return self.page.url

    def _language_declared(self) -> str | None:
        root = self.tree.get("lang") or self.tree.get("xml:lang")
        stated = (root, self.meta.get("content-language"), self.meta.get("og:locale"))
        return language.declared((*stated, self.declared.language))


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    return rest.lstrip() if headline.fold(first) == headline.fold(title) != "" else text


def _without(tree: HtmlElement, selector: str) -> str:
    for element in tree.cssselect(selector):
        if element.getparent() is not None:
            element.drop_tree()
    return str(tostring(tree, encoding="unicode", method="html"))


def _selected_text(tree: HtmlElement, selector: str | None) -> str:
    for element in tree.cssselect(selector) if selector else ():
        text = element.get("datetime") or element.get("content") or element.text_content()
        if text.strip():
            return str(text)
    return ""


def _plain(fragment: str) -> str:
    return str(extract_plain_text(fragment, alt_texts=False, list_bullets=False) or "")


def _absolute(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return base


def _same_site(one: str, other: str) -> bool:
    try:
        parts = urlsplit(one), urlsplit(other)
    except ValueError:
        return False
    hosts = [(part.hostname or "").removeprefix("www.").removeprefix("m.") for part in parts]
    return hosts[0] == hosts[1] and parts[0].scheme in {"http", "https"}
