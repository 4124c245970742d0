"""Deduplication measured: quality on pairs with truth, training, and scale.

python tests/bench/dedup.py quality --data ../shared/data [--part rest]
python tests/bench/dedup.py train --data ../shared/data [--write]
python tests/bench/dedup_scale.py --sizes 10000 100000 1000000
python tests/bench/dedup.py speed --data ../shared/data
python tests/bench/dedup_peers.py --data ../shared/data (in an environment of its own)
"""

import argparse
import sys
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
import dedup_truth as truths
from dedup_truth import CONTAINERS, Document, Pair, pair

from flows.dedup import decide
from flows.dedup.decide import Evidence, evidence
from flows.dedup.fingerprint import fingerprint
from flows.dedup.link import JOINING, link
from flows.model import DuplicateKind, Fingerprint, Known, Links

COEFFICIENTS = Path(decide.__file__).with_name("coefficients.toml")


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(required=True)
    for name, run in (("quality", quality), ("train", train), ("speed", speed)):
        command = commands.add_parser(name)
        command.add_argument("--data", type=Path, required=True)
        command.add_argument("--part", choices=("all", "train", "rest"), default="rest")
        command.add_argument("--write", action="store_true")
        command.set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments)


# ---------------------------------------------------------------- quality


def quality(arguments: argparse.Namespace) -> None:
    """Print the scores of issue and contract for one part of the pairs."""
    documents = truths.read(arguments.data, arguments.part)
    articles = [truths.tagged(document, place) for place, document in enumerate(documents)]
    started = time.process_time()
    links = link(articles, Known())
    seconds = time.process_time() - started
    print(f"{len(documents)} documents, part `{arguments.part}`, linked in {seconds:.1f} CPU s\n")
    _print_scores(links, documents)
    _print_wrong(links, documents)


def _print_scores(links: Links, documents: list[Document]) -> None:
    clusters = {row.article_id: row.cluster_id for row in links.memberships}
    groups = defaultdict(list)
    for article, cluster in clusters.items():
        groups[cluster].append(article)
    found = truths.together(groups.values())
    print("| language | precision | recall | F1 | ARI |\n| --- | --- | --- | --- | --- |")
    for language in (*sorted({document.language for document in documents}), "all"):
        chosen = [each for each in documents if language in {each.language, "all"}]
        ids = {each.id for each in chosen}
        score = truths.score({two for two in found if set(two) <= ids}, chosen)
        index = truths.adjusted_rand(clusters, chosen)
        print(
            f"| {language} | {score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} "
            f"| {index:.4f} |"
        )
    rows = truths.score(set(joining_rows(links)), documents)
    print(f"\nPairs by rows alone: {rows.precision:.4f} / {rows.recall:.4f} / F1 {rows.f1:.4f}\n")


def joining_rows(links: Links) -> dict[Pair, DuplicateKind]:
    """Give the pairs whose kind joins clusters."""
    return {
        pair(row.article_id, row.of_article_id): row.kind
        for row in links.duplicates
        if row.kind in JOINING and row.of_article_id
    }


def _print_wrong(links: Links, documents: list[Document]) -> None:
    """Print containment recall, and the share of each negative kind wrongly paired."""
    contained = {
        (row.article_id, row.of_article_id)
        for row in links.duplicates
        if row.kind is DuplicateKind.CONTAINED
    }
    ids = {document.id for document in documents}
    held = [
        (document.id, part)
        for document in documents
        if document.kind == "roundup"
        for part in document.parts & ids
    ]
    print(f"containment recall over {len(held)} parts of round-ups: "
          f"{sum(two in contained for two in held) / len(held):.4f}\n")  # fmt: skip
    clusters = {row.article_id: row.cluster_id for row in links.memberships}
    print("| kind | documents | near its base | in its base's cluster | near anything |")
    print("| --- | --- | --- | --- | --- |")
    rows = joining_rows(links)
    near = {each for two in rows for each in two}
    for kind in ("quote", "version", "template", "roundup"):
        chosen = [each for each in documents if each.kind == kind]
        paired = sum(pair(each.id, each.base) in rows for each in chosen)
        joined = sum(clusters[each.id] == clusters.get(each.base) for each in chosen)
        some = sum(each.id in near for each in chosen)
        shares = " | ".join(f"{count / len(chosen):.4f}" for count in (paired, joined, some))
        print(f"| {kind} | {len(chosen)} | {shares} |")


# ---------------------------------------------------------------- training


def train(arguments: argparse.Namespace) -> None:
    """Fit the decision on one half of the base documents; print, or write, the coefficients."""
    documents = truths.read(arguments.data, "train")
    rows, labels = examples(documents)
    bias, *weights = logistic(rows, labels)
    names = ("aligned", "facts")
    for name, value in zip(("bias", *names), (bias, *weights), strict=True):
        print(f"{name} = {value:.2f}")
    print(f"{len(labels)} pairs, {int(labels.sum())} of them copies or wholly contained")
    if arguments.write:
        _write(dict(zip(("bias", *names), (bias, *weights), strict=True)))


def examples(documents: list[Document]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what the decision sees of pairs that share a hash, and whether each is a copy."""
    marks = {each.id: fingerprint("", each.text, each.language) for each in documents}
    by_id = {each.id: each for each in documents}
    rows, labels = [], []
    for one, other in sorted(_sharing(marks)):
        label = _label(by_id[one], by_id[other])
        if label is None:
            continue
        short, long = sorted((marks[one], marks[other]), key=lambda each: each.word_count)
        found: Evidence = evidence(short, long)
        rows.append((1.0, *found.features))
        labels.append(label)
    return np.array(rows), np.array(labels, float)


def _sharing(marks: dict[str, Fingerprint]) -> set[Pair]:
    holders = defaultdict(list)
    for article, each in marks.items():
        for hashed in each.sketch:
            holders[hashed].append(article)
    return {pair(*two) for group in holders.values() for two in combinations(group, 2)}


def _label(one: Document, other: Document) -> bool | None:
    """Whether one text is or holds the other whole, with its facts; None where truth is silent."""
    if one.cluster == other.cluster:
        return True
    container, piece = (one, other) if one.kind in CONTAINERS else (other, one)
    if container.kind not in CONTAINERS:
        return False
    if piece.kind in CONTAINERS:
        return None
    if piece.kind in {"version", "template"} or piece.base not in container.parts:
        return False
    return True if piece.kind == "base" else None


def logistic(rows: NDArray[np.float64], labels: NDArray[np.float64]) -> list[float]:
    """Fit a logistic regression by Newton's method with a light ridge."""
    weights = np.zeros(rows.shape[1])
    ridge = 1e-2 * np.eye(rows.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (likely - labels) + ridge @ weights
        curvature = (rows * (likely * (1 - likely))[:, None]).T @ rows + ridge
        weights -= np.linalg.solve(curvature, gradient)
    return [float(weight) for weight in weights]


def _write(weights: dict[str, float]) -> None:
    lines = COEFFICIENTS.read_text("utf-8").splitlines()
    for place, line in enumerate(lines):
        name, _, rest = line.partition(" = ")
        if name in weights:
            comment = rest.partition("#")[2]
            lines[place] = f"{name} = {weights[name]:.2f}" + (f"  #{comment}" if comment else "")
    COEFFICIENTS.write_text("\n".join(lines) + "\n", "utf-8")


# ---------------------------------------------------------------- speed


def speed(arguments: argparse.Namespace) -> None:
    """Print fingerprints a CPU second, on the base documents."""
    documents = [each for each in truths.read(arguments.data) if each.kind == "base"]
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        for each in documents:
            fingerprint("", each.text, each.language)
        best = min(best, time.process_time() - started)
    print(f"{len(documents) / best:.0f} fingerprints a CPU second")


if __name__ == "__main__":
    main()
