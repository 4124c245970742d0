"""Stored articles read again from the archive by the present extractor."""

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from flows.collect.warc import replay
from flows.dedup.link import link
from flows.extract.page import read
from flows.homes import guest
from flows.loader import dated_by
from flows.model import Article, Missed, Page, Source, StoredArticle, StoredText, TaggedArticle
from flows.passes import Bench, Failure, Progress
from flows.reading import tag_article, with_canonical_url
from flows.slices import Broken, Slices, over
from warehouse import reader, stored
from warehouse.store import Writer
from warehouse.stored import Chunk

CHUNK = 200  # articles in one transaction
SLICE = 4  # pages a worker takes at once: some cost seconds
SHOWN = 10  # changes that are shown whole
DIFF_LINES = 2000  # of each text: comparing lines is quadratic
DIFF_SHOWN = 40  # lines


@dataclass(frozen=True, slots=True)
class Job:
    """A stored article, and the source whose rules it is read by."""

    stored: StoredArticle
    source: Source


@dataclass(frozen=True, slots=True)
class Unread:
    """An article that cannot be read again: no page was kept, it is gone, or nothing is in it."""

    article: Article
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """What reading again did to one text; words are counted wherever they stand."""

    article_id: str
    url: str
    words_added: int
    words_removed: int
    diff: str

    @property
    def size(self) -> int:
        """Words that are not the same."""
        return self.words_added + self.words_removed


@dataclass(slots=True)
class ExtractChanges:
    """What reading again changed, or would change."""

    articles: int = 0
    revised: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    words_added: int = 0
    words_removed: int = 0
    biggest: list[TextChange] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def add_unread(self, found: Unread) -> None:
        """Count an article that stays as it was; one without an archived page is no failure."""
        self.unread[found.kind] += 1
        if found.kind != "not_archived":
            article = found.article
            reason = f"{found.kind}: {found.reason}"
            self.failures.append(Failure(article.article_id, article.url, reason))

    def add_revision(self, before: StoredText, after: Article) -> None:
        """Count an article that has other words now, and keep the biggest changes."""
        was, now = (Counter(text.split()) for text in (before.text, after.text))
        added, removed = (now - was).total(), (was - now).total()
        self.revised.append(after.article_id)
        self.words_added += added
        self.words_removed += removed
        if len(self.biggest) == SHOWN and added + removed <= self.biggest[-1].size:
            return
        change = TextChange(after.article_id, after.url, added, removed, diff(before, after))
        ranked = sorted((*self.biggest, change), key=lambda each: (-each.size, each.article_id))
        self.biggest = ranked[:SHOWN]

    def document(self) -> dict[str, object]:
        """Give the counts."""
        kinds = ("not_archived", "missing", "failed")
        return {
            "articles": self.articles,
            "changed": len(self.revised) + len(self.facts),
            "revised": len(self.revised),
            "only_facts": len(self.facts),
            **{kind: self.unread[kind] for kind in kinds},
            "words_added": self.words_added,
            "words_removed": self.words_removed,
        }

    def lists(self) -> dict[str, object]:
        """Give the articles behind the counts."""
        return {
            "revised_articles": self.revised,
            "articles_with_other_facts": self.facts,
            "biggest": [asdict(change) for change in self.biggest],
            "failures": [failure.document() for failure in self.failures],
        }


def diff(before: StoredText, after: Article) -> str:
    """Give what changed in title and text, as `diff -u` does."""
    was, now = (f"{each.title}\n{each.text}".split("\n")[:DIFF_LINES] for each in (before, after))
    lines = difflib.unified_diff(was, now, "stored", "read again", lineterm="", n=1)
    return "\n".join(line for line, _ in zip(lines, range(DIFF_SHOWN), strict=False))


def reread(folder: Path, given: Sequence[Job]) -> list[TaggedArticle | Unread | None]:
    """Read pages again, and give the articles that are others now; runs in a worker."""
    return [_reread(folder, job) for job in given]


def _reread(folder: Path, job: Job) -> TaggedArticle | Unread | None:
    known, item = job.stored.article, job.stored.item
    if known.warc_ref is None:
        return Unread(known, "not_archived", "its text came without a page, or it may not be kept")
    record = replay(folder, known.warc_ref)
    if record is None or not record.body:
        return Unread(known, "missing", f"no record at {known.warc_ref}")
    page = Page(
        article_id=known.article_id,
        url=record.url,
        body=record.body,
        content_type=record.content_type[:200],
        fetched_at=known.fetched_at,
        warc_ref=known.warc_ref,
    )
    match read(page, item, job.source):
        case Missed() as missed:
            return Unread(known, "failed", f"{missed.state}: {missed.reason}")
        case Article() as article:
            fresh = dated_by(with_canonical_url(article, item), _first_fetch(known))
            return None if replace(fresh, text="") == known else tag_article(fresh)


def _first_fetch(known: Article) -> datetime | None:
    return known.published_at if known.published_from == "fetch" else None


async def run(bench: Bench, changes: ExtractChanges) -> None:
    """Read what is stored again, and load what changed of it."""
    setup = bench.setup
    sources = {source.source_id: source for source in setup.sources}
    work = Slices(partial(reread, setup.store.paths.archive.absolute()), SLICE)
    with reader.connect(setup.store.path) as ahead, reader.connect(setup.store.path) as behind:

        def jobs(chunk: Chunk) -> list[Job]:
            return [
                Job(each, sources.get(each.article.source_id) or _unlisted(each.article))
                for each in stored.articles(ahead, chunk)
            ]

        async for chunk, results in over(bench.chunks(ahead, CHUNK), jobs, work, bench.workers):
            changes.articles += chunk.count
            found = [result for result in results if isinstance(result, TaggedArticle)]
            _note_unread(changes, results)
            if found:
                before = {text.article_id: text for text in stored.texts(behind, chunk)}
                _note_changed(changes, found, before)
            await bench.load(chunk, partial(_put, found) if found else None)


def _unlisted(article: Article) -> Source:
    return guest(article.source_id, article.url)


def _note_unread(
    changes: ExtractChanges, results: Sequence[TaggedArticle | Unread | Broken[Job] | None]
) -> None:
    for result in results:
        if isinstance(result, Unread):
            changes.add_unread(result)
        elif isinstance(result, Broken):
            changes.add_unread(Unread(result.given.stored.article, "failed", result.reason))


def _note_changed(
    changes: ExtractChanges, found: Sequence[TaggedArticle], before: dict[str, StoredText]
) -> None:
    for tagged in found:
        article = tagged.article
        was = before[article.article_id]
        if (was.title, was.text) == (article.title, article.text):
            changes.facts.append(article.article_id)
        else:
            changes.add_revision(was, article)


def _put(found: Sequence[TaggedArticle], writer: Writer, run_id: str, progress: Progress) -> None:
    links = link(found, writer.candidates(found))
    writer.reextract(run_id, found, links, progress)
