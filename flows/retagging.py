"""Stored articles tagged again by the present vocabulary: from the warehouse alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from flows.dedup import stories
from flows.model import Mention, Retagged, StoredText, StoryMarks, Tags
from flows.passes import Bench, Failure, Progress
from flows.reading import tagger
from flows.slices import Broken, Slices, over
from warehouse import reader, stored
from warehouse.store import Writer
from warehouse.stored import Chunk

CHUNK = 2000  # articles in one transaction
SLICE = 50  # articles a worker takes at once: the hand-over costs nothing then

# An article with its tags and story marks as stored; no marks if it is older than stories are.
Given = tuple[StoredText, Tags, StoryMarks | None]


@dataclass(slots=True)
class Gained:
    """How often an id was gained and lost."""

    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, before: Iterable[str], after: Iterable[str]) -> None:
        """Count what one article gained and lost."""
        was, now = set(before), set(after)
        self.gained.update(now - was)
        self.lost.update(was - now)

    def document(self) -> dict[str, dict[str, int]]:
        """Give both counts by id, most changed first."""
        total = self.gained + self.lost
        ranked = sorted(total, key=lambda each: (-total[each], each))
        return {each: {"gained": self.gained[each], "lost": self.lost[each]} for each in ranked}


@dataclass(slots=True)
class TagChanges:
    """What tagging again changed, or would change."""

    articles: int = 0
    changed: list[str] = field(default_factory=list)
    relevance: Gained = field(default_factory=Gained)
    actors: Gained = field(default_factory=Gained)
    topics: Gained = field(default_factory=Gained)
    names: Gained = field(default_factory=Gained)
    failed: list[Failure] = field(default_factory=list)

    def add(self, results: Sequence[Retagged | Broken[Given] | None]) -> list[Retagged]:
        """Count what became of some articles, and give those whose tags are others now."""
        for result in results:
            if isinstance(result, Broken):
                article, *_ = result.given
                self.failed.append(
                    Failure(article.article_id, article.canonical_url, result.reason)
                )
        found = [result for result in results if isinstance(result, Retagged)]
        for each in found:
            self._count(each)
        return found

    def _count(self, found: Retagged) -> None:
        before, after = found.before, found.tags
        self.changed.append(found.article.article_id)
        self.relevance.add(_relevance(before), _relevance(after))
        self.actors.add((tag.actor_id for tag in before.actors), (t.actor_id for t in after.actors))
        self.topics.add((tag.topic_id for tag in before.topics), (t.topic_id for t in after.topics))
        self.names.add(_names(before), _names(after))

    def document(self) -> dict[str, object]:
        """Give the counts."""
        return {
            "articles": self.articles,
            "changed": len(self.changed),
            "failed": len(self.failed),
            **self.relevance.document(),
            "actors": self.actors.document(),
            "topics": self.topics.document(),
            "names": self.names.document(),
        }

    def lists(self) -> dict[str, object]:
        """Give the articles behind the counts."""
        return {"changed_articles": self.changed, "failures": [f.document() for f in self.failed]}


def _relevance(tags: Tags) -> tuple[str, ...]:
    return ("relevant",) if tags.relevant else ()


def _names(tags: Tags) -> Iterable[str]:
    return (f"{naming.place_id}: {naming.variant}" for naming in tags.namings)


def retag(given: Sequence[Given]) -> list[Retagged | None]:
    """Tag articles again, and give those whose tags or marks are others now; runs in a worker."""
    return [_retagged(article, before, marks) for article, before, marks in given]


def _retagged(article: StoredText, before: Tags, marks: StoryMarks | None) -> Retagged | None:
    now = tagger().tag(article.title, article.text, article.language, article.published_at)
    story = stories.marks(article.title, article.text, now, article.published_at)
    if story == marks and _sorted(now) == _sorted(before):
        return None
    return Retagged(replace(article, text=""), before, now, story)


def _sorted(tags: Tags) -> Tags:
    """Give the same tags in one order: rows have none."""
    return replace(
        tags,
        mentions=tuple(sorted(tags.mentions, key=_by_place)),
        actors=tuple(sorted(tags.actors, key=lambda tag: tag.actor_id)),
        topics=tuple(sorted(tags.topics, key=lambda tag: tag.topic_id)),
        namings=tuple(
            sorted(tags.namings, key=lambda each: (each.place_id, each.variant, each.quoted))
        ),
    )


def _by_place(mention: Mention) -> tuple[str, int, int, str]:
    return mention.field, mention.start_char, mention.end_char, mention.actor_id


async def run(bench: Bench, changes: TagChanges) -> None:
    """Tag what is stored again, and load what is new of it."""
    with reader.connect(bench.setup.store.path) as connection:

        def read(chunk: Chunk) -> list[Given]:
            tags, marks = stored.tags(connection, chunk), stored.story_marks(connection, chunk)
            return [
                (text, tags[text.article_id], marks.get(text.article_id))
                for text in stored.texts(connection, chunk)
            ]

        chunks = bench.chunks(connection, CHUNK)
        async for chunk, results in over(chunks, read, Slices(retag, SLICE), bench.workers):
            changes.articles += chunk.count
            found = changes.add(results)
            put = partial(_put, found) if found else None
            await bench.load(chunk, put)


def _put(found: Sequence[Retagged], writer: Writer, run_id: str, progress: Progress) -> None:
    writer.retag(run_id, found, progress)
