"""What is stored linked again from its texts: as loading all anew would, in any order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa

from flows.dedup.link import link
from flows.marking import marked
from flows.model import Links, Membership, TaggedArticle
from flows.passes import Bench, Failure, Progress
from flows.slices import Broken, Slices, over
from warehouse import candidates, reader, stored
from warehouse.relinked import Relinked
from warehouse.store import Writer

CHUNK = 500  # articles linked at once, as many as a load takes
SLICE = 50  # articles a worker takes at once
MEMORY = "4GB"  # for a million articles; beyond it DuckDB spills to disk
COUNTED = ("fingerprints", "duplicates", "duplicates_lost", "clusters", "novelty")


@dataclass(slots=True)
class LinkChanges:
    """What linking again changed, or would change: rows put in and taken out, by table."""

    articles: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    def add(self, differences: Mapping[str, pa.Table]) -> None:
        """Count what differs."""
        self.rows = {name: differences[name].num_rows for name in COUNTED}
        ids = (differences[name]["article_id"].to_pylist() for name in COUNTED)
        self.changed = sorted({article_id for some in ids for article_id in some})

    def document(self) -> dict[str, object]:
        """Give the counts."""
        return {
            "articles": self.articles,
            "changed": len(self.changed),
            "failed": len(self.failed),
            "other_fingerprints": self.rows.get("fingerprints", 0),
            "pairs_gained": self.rows.get("duplicates", 0),
            "pairs_lost": self.rows.get("duplicates_lost", 0),
            "moved": self.rows.get("clusters", 0),
            "other_novelty": self.rows.get("novelty", 0),
        }

    def lists(self) -> dict[str, object]:
        """Give the articles behind the counts."""
        return {"changed_articles": self.changed, "failures": [f.document() for f in self.failed]}


async def run(bench: Bench, changes: LinkChanges) -> None:
    """Link what is stored again, and load what is not so already, in one transaction."""
    db = bench.setup.store.path
    with reader.connect(db) as ahead, reader.connect(db, MEMORY) as connection:
        relinked = Relinked(connection, bench.since)
        read = partial(stored.texts, ahead)
        chunks = bench.chunks(ahead, CHUNK)
        async for chunk, results in over(chunks, read, Slices(marked, SLICE), bench.workers):
            changes.articles += chunk.count
            broken = [each for each in results if isinstance(each, Broken)]
            batch = [each for each in results if isinstance(each, TaggedArticle)]
            relinked.add(batch, link(batch, candidates.find(connection, batch)))
            relinked.add((), _alone(each.given.article_id for each in broken))
            changes.failed += [
                Failure(each.given.article_id, each.given.canonical_url, each.reason)
                for each in broken
            ]
            bench.watcher.done(bench.stage, chunk.count)
        differences = relinked.differences()
    changes.add(differences)
    if any(table.num_rows for table in differences.values()):
        await bench.put(partial(_put, differences))


def _alone(article_ids: Iterable[str]) -> Links:
    """Give the links of articles whose texts cannot be compared: each stands for itself."""
    return Links(
        memberships=tuple(
            Membership(each, each, canonical=True, lag_seconds=0.0) for each in article_ids
        )
    )


def _put(
    differences: Mapping[str, pa.Table], writer: Writer, run_id: str, progress: Progress
) -> None:
    writer.relink(run_id, differences, progress)
