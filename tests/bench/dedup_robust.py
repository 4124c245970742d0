"""How far the decision on copies depends on what it was trained and tuned on.

    python tests/bench/dedup_robust.py --data ../shared/data

Weights are fitted without a language, or without the outlets of a fold, and judged on what was
left out; the packaged ones are judged on many random halves of the stories; and each threshold
is moved by a third either way. A story's documents in all languages stay on one side.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dedup as bench
import dedup_truth as truths
import pyarrow.parquet as pq
from dedup_truth import Document, pair

from flows.dedup import align, decide
from flows.dedup.decide import Weights
from flows.dedup.link import link
from flows.model import DuplicateKind, Known

FOLDS, HALVES, MOVED = 6, 30, (2 / 3, 4 / 3)
THRESHOLDS = (
    "_ADDED", "_ADDED_SHARE", "_LEAD", "_TEASER", "_TEASER_LEFT", "_LARGE_TEASER", "_RETURNS",
    "_BROKEN_OFF", "_MOST", "_LIKELY", "_SURE", "_MANY_NUMBERS", "_KEPT", "_UNLIKE",
)  # fmt: skip
HEAD = (
    "| {} | documents | precision | recall | F1 | ARI | round-ups | quotes | versions | templates "
    "|\n" + "| --- " * 10 + "|"
)


@dataclass(frozen=True, slots=True)
class Scores:
    """What one part of the documents gave; the last three are shares wrongly paired."""

    documents: int
    precision: float
    recall: float
    f1: float
    rand: float
    held: float
    quote: float
    version: float
    template: float

    def row(self, name: str) -> str:
        """Give a line of Markdown."""
        _, *values = (getattr(self, each) for each in self.__slots__)
        return f"| {name} | {self.documents} | " + " | ".join(f"{v:.4f}" for v in values) + " |"


def main() -> None:
    """Print the spread."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    documents = truths.read(data)
    rows = pq.read_table(data / "dedup" / "pairs.parquet", columns=["base", "src"]).to_pylist()
    stories = {str(row["base"]): row["src"].split("/")[1] for row in rows if row["src"]}
    print(HEAD.format("fitted without"))
    for language in sorted({each.language for each in documents}):
        print(_left_out(language, documents, lambda each, of=language: each.language == of))
    outlets = sorted({story.split(".")[0] for story in stories.values()})
    for fold in range(FOLDS):
        names = set(outlets[fold::FOLDS])
        print(_left_out(
            ", ".join(sorted(names)), documents,
            lambda each, names=names: stories[each.base].split(".")[0] in names,
        ))  # fmt: skip
    _print_halves(documents, stories)
    _print_moved(documents)


def _left_out(name: str, documents: list[Document], judged: Callable[[Document], bool]) -> str:
    rows, labels = bench.examples([each for each in documents if not judged(each)])
    fitted = Weights(*bench.logistic(rows, labels))
    with _set(decide, "trained", lambda: fitted):
        return scores([each for each in documents if judged(each)]).row(name)


def _print_halves(documents: list[Document], stories: dict[str, str]) -> None:
    found = []
    for seed in range(HALVES):
        names = sorted(set(stories.values()))
        kept = set(random.Random(seed).sample(names, len(names) // 2))
        found.append(scores([each for each in documents if stories[each.base] in kept]))
    print(f"\n{HALVES} random halves of the stories, packaged weights\n")
    print("| | least | median | most |\n| --- | --- | --- | --- |")
    for name in Scores.__slots__[1:]:
        values = sorted(getattr(each, name) for each in found)
        print(f"| {name} | {values[0]:.4f} | {values[HALVES // 2]:.4f} | {values[-1]:.4f} |")


def _print_moved(documents: list[Document]) -> None:
    print("\n" + HEAD.format("threshold"))
    print(scores(documents).row("as packaged"))
    for name in THRESHOLDS:
        for by in MOVED:
            value = getattr(decide, name) * by
            with _set(decide, name, value):
                print(scores(documents).row(f"{name.strip('_').lower()} = {value:.3g}"), flush=True)
    for by in MOVED:
        value = round(align.TOLERANCE * by)
        with _set(align, "TOLERANCE", value):
            print(scores(documents).row(f"tolerance = {value}"), flush=True)


@contextmanager
def _set(module: object, name: str, value: object) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


_MARKS: dict[str, truths.Fingerprint] = {}


def scores(documents: Sequence[Document]) -> Scores:
    """Link documents and score what came of it."""
    articles = [
        truths.tagged(each, place, _MARKS.get(each.id)) for place, each in enumerate(documents)
    ]
    _MARKS.update((each.article.article_id, each.fingerprint) for each in articles)
    links = link(articles, Known())
    clusters = {row.article_id: row.cluster_id for row in links.memberships}
    groups: dict[str, list[str]] = {}
    for article, cluster in clusters.items():
        groups.setdefault(cluster, []).append(article)
    scored = truths.score(truths.together(groups.values()), list(documents))
    contained = {
        (row.article_id, row.of_article_id)
        for row in links.duplicates
        if row.kind is DuplicateKind.CONTAINED
    }
    near = bench.joining_rows(links)
    ids = {each.id for each in documents}
    held = [(each.id, part) for each in documents if each.kind == "roundup"
            for part in each.parts & ids]  # fmt: skip
    wrong = {
        kind: _share([
            pair(each.id, each.base) in near or clusters[each.id] == clusters.get(each.base)
            for each in documents if each.kind == kind
        ])
        for kind in ("quote", "version", "template")
    }  # fmt: skip
    return Scores(
        len(documents), scored.precision, scored.recall, scored.f1,
        truths.adjusted_rand(clusters, list(documents)), _share([two in contained for two in held]),
        **wrong,
    )  # fmt: skip


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / max(len(hits), 1)


if __name__ == "__main__":
    main()
