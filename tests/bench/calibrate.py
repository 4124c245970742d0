"""Fits the probabilities of topics on labelled articles, and shows what they are worth.

    python tests/bench/calibrate.py --data ../shared/data          ten-fold figures
    python tests/bench/calibrate.py --data ../shared/data --write  and write the vocabulary's file

A ridge logistic regression by Newton's method over the traits of each topic's evidence
(`flows/tag/topics.py`). Terms of topics and languages are held close to zero, so that one
needs many examples to move. Every figure printed is of articles the fit has not seen
(ten folds, by article).
"""

import argparse
import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from flows.tag.entries import Calibration
from flows.tag.suffixes import LANGUAGES
from flows.tag.tagger import Tagger
from flows.tag.topics import THRESHOLD
from flows.tag.vocabulary import PACKAGED, load

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WRITTEN = Path(__file__).parents[1] / "tags" / "articles.jsonl"
FOLDS = 10
RIDGE, RIDGE_TOPIC, RIDGE_LANGUAGE = 0.05, 3.0, 8.0
BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


@dataclass(frozen=True)
class Case:
    """One topic that something speaks for in one article, and whether a reader filed it there."""

    article: str
    topic: str
    language: str
    traits: dict[str, float]
    true: bool


def read_cases(files: Sequence[Path], tagger: Tagger) -> tuple[list[Case], int]:
    """Give the cases of labelled articles, and how many labels nothing speaks for."""
    cases: list[Case] = []
    silent = 0
    for file in files:
        for gold in map(json.loads, file.read_text().splitlines()):
            if not gold["relevant"]:
                continue
            evidence = tagger.evidence(gold["title"], gold["text"], gold["lang"], NOW)
            most = max((found.total() for found in evidence.values()), default=1.0)
            wanted = set(gold["topics"]) - set(gold["ignore_topics"])
            silent += len(wanted - set(evidence))
            language = gold["lang"] if gold["lang"] in LANGUAGES else "en"
            cases += [
                Case(gold["id"], topic, language, found.traits(most), topic in wanted)
                for topic, found in evidence.items()
                if topic not in gold["ignore_topics"]
            ]
    return cases, silent


def fit(cases: Sequence[Case]) -> Calibration:
    """Give the regression that fits the cases best."""
    traits = list(cases[0].traits)
    topics = sorted({case.topic for case in cases})
    columns = [*traits, *topics, *LANGUAGES]
    place = {name: at for at, name in enumerate(columns)}
    table = np.zeros((len(cases), len(columns)))
    for row, case in enumerate(cases):
        for name, value in case.traits.items():
            table[row, place[name]] = value
        table[row, place[case.topic]] = table[row, place[case.language]] = 1.0
    true = np.array([case.true for case in cases], float)
    ridge = np.array([0.001 if name == "start" else RIDGE for name in traits])
    ridge = np.concatenate([
        ridge, np.full(len(topics), RIDGE_TOPIC), np.full(len(LANGUAGES), RIDGE_LANGUAGE),
    ])  # fmt: skip
    weights = np.zeros(len(columns))
    for _ in range(30):
        said = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (true - said) - ridge * weights
        curve = (table * (said * (1 - said))[:, None]).T @ table + np.diag(ridge)
        weights += np.linalg.solve(curve, slope)
    found = {name: round(float(weights[at]), 3) for name, at in place.items()}
    return Calibration(
        {name: found[name] for name in traits},
        {name: found[name] for name in topics},
        {name: found[name] for name in LANGUAGES},
    )


def unseen(cases: Sequence[Case]) -> list[tuple[Case, float]]:
    """Give each case with its probability from the fit that has not seen its article."""
    articles = sorted({case.article for case in cases})
    random.Random(6).shuffle(articles)
    fold = {article: at % FOLDS for at, article in enumerate(articles)}
    found = []
    for number in range(FOLDS):
        fitted = fit([case for case in cases if fold[case.article] != number])
        found += [
            (case, fitted.probability(case.traits, case.topic, case.language))
            for case in cases
            if fold[case.article] == number
        ]
    return found


def report(found: list[tuple[Case, float]], silent: int) -> None:
    """Print reliability by bin, expected calibration error and F1 per language."""
    print("| predicted | cases | mean predicted | observed |\n| --- | --- | --- | --- |")
    error = 0.0
    for low, high in itertools.pairwise(BINS):
        own = [(case.true, said) for case, said in found if low <= said < high]
        if own:
            mean = sum(said for _, said in own) / len(own)
            seen = sum(true for true, _ in own) / len(own)
            error += len(own) * abs(mean - seen)
            print(f"| {low:.1f}–{high:.1f} | {len(own)} | {mean:.3f} | {seen:.3f} |")
    print(f"\nexpected calibration error {error / len(found):.3f}\n")
    print("| language | F1 of topics |\n| --- | --- |")
    for language in (*LANGUAGES, "all"):
        own = [(c, said >= THRESHOLD) for c, said in found if language in {c.language, "all"}]
        right = sum(case.true and taken for case, taken in own)
        true = sum(case.true for case, _ in own) + (silent if language == "all" else 0)
        print(f"| {language} | {2 * right / (sum(taken for _, taken in own) + true):.3f} |")


def written(fitted: Calibration) -> str:
    """Give the calibration as TOML."""
    lines = [
        "# Weights of the traits of a topic's evidence, and terms by topic and language: a",
        "# logistic regression. Written by tests/bench/calibrate.py; edit the words, not this.",
    ]
    for name, weights in (
        ("weight", fitted.weights), ("topic", fitted.by_topic), ("language", fitted.by_language),
    ):  # fmt: skip
        lines += ["", f"[{name}]", *(f'"{key}" = {value}' for key, value in weights.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    files = (options.data / "tags" / "gold.jsonl", WRITTEN)
    cases, silent = read_cases(files, Tagger(load()))
    print(f"{len(cases)} cases, {sum(case.true for case in cases)} true, {silent} silent\n")
    report(unseen(cases), silent)
    fitted = fit(cases)
    print(f"\n{fitted.weights}")
    if options.write:
        (PACKAGED / "calibration.toml").write_text(written(fitted))


if __name__ == "__main__":
    main()
