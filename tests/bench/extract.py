"""Words from pages: Araxes against trafilatura alone and its peers, side by side in one run.

    python tests/bench/extract.py --data /path/to/data [--every 4] [--corpus fundus]

`--data` holds `pages/{scrapinghub,fundus,trafeval,regional}` with `truth.jsonl` and saved pages.
Scores: scrapinghub and fundus by 4-word shingles (the scorer of article-extraction-benchmark:
F1 of mean precision and mean recall), trafeval by its snippets that must or must not occur.
Each extractor runs in a process of its own, those that cannot live beside ours in an
environment that uv makes; every page goes to all of them in turn, so that the machine's noise
hits all alike. Absolute times depend on the machine, ratios do not.
"""

import argparse
import base64
import gzip
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from flows.extract.decode import decode

EXTRACTORS = Path(__file__).with_name("extractors.py")
WORD = re.compile(r"\w+")
FIRST_PAGE = b"<html><body><article><p>One page before the clock runs.</p></article></body></html>"

# What each needs that this project's environment has not; pins are what was measured.
NAMES: dict[str, tuple[str, ...]] = {
    "araxes": (),
    "trafilatura": (),
    "trafilatura, text only": (),
    "resiliparse": (),
    "readability-lxml": (),
    "newspaper4k": ("newspaper4k[nlp]", "lxml-html-clean"),
    "news-please": ("news-please",),
}


@dataclass(frozen=True, slots=True)
class Output:
    """What an extractor made of a page, and what that cost."""

    text: str
    title: str
    dates: tuple[str, ...]
    cpu: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Case:
    """A saved page and its truth."""

    url: str
    body: bytes
    truth: dict[str, object]


@dataclass(slots=True)
class Score:
    """Sums over a corpus."""

    pages: int = 0
    cpu: float = 0.0
    megabytes: float = 0.0
    parts: list[tuple[float, float, float]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Unavailable(Exception):
    """An extractor cannot be run here; the message says why."""


class Peer:
    """An extractor in a process of its own.

    Raises:
        Unavailable: it cannot be installed or imported.
    """

    def __init__(self, name: str, packages: tuple[str, ...]) -> None:
        own = ("uv", "run", "--quiet", "--no-project", "--python", sys.executable)
        wanted = tuple(part for package in packages for part in ("--with", package))
        python = (*own, *wanted, "python") if packages else (sys.executable,)
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - ends with us
        self._process = subprocess.Popen(
            [*python, str(EXTRACTORS), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            stderr=self._errors,
        )
        self.read(Case("https://example.org/", FIRST_PAGE, {}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def read(self, case: Case) -> Output:
        """Give what it makes of a page."""
        assert self._process.stdin
        assert self._process.stdout
        body = base64.b64encode(case.body).decode()
        asked = {"url": case.url, "body": body, "markup": decode(case.body)}
        try:
            print(json.dumps(asked), file=self._process.stdin, flush=True)
            answered = json.loads(self._process.stdout.readline())
        except (BrokenPipeError, ValueError):
            self._process.wait()
            self._errors.seek(0)
            error = self._errors.read()
            raise Unavailable(error.strip().rsplit("\n", 1)[-1][:200] or "it died") from None
        return Output(
            answered["text"],
            answered["title"],
            tuple(answered["dates"]),
            answered["cpu"],
            answered["megabytes"],
        )


def cases(folder: Path, every: int) -> Iterator[Case]:
    """Give every n-th case of a corpus."""
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[::every]:
        row = json.loads(line)
        truth = row.get("truth", row)
        yield Case(row["url"], gzip.decompress((folder / row["file"]).read_bytes()), truth)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Give the 4-word shingles of a text."""
    words = WORD.findall(text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)) if words)


def compare(text: str, truth: dict[str, object]) -> tuple[float, float, float] | None:
    """Give true positives, false positives and false negatives of a text."""
    wanted = truth.get("with") or truth.get("with_")
    if isinstance(wanted, list):
        unwanted = truth.get("without") or []
        hits = sum(one in text for one in wanted)
        return hits, sum(one in text for one in unwanted), len(wanted) - hits
    if not isinstance(truth.get("text"), str):
        return None
    found, right = shingles(text), shingles(str(truth["text"]))
    both = sum((found & right).values())
    total = sum((found | right).values()) or 1
    return both / total, (sum(found.values()) - both) / total, (sum(right.values()) - both) / total


def add(score: Score, case: Case, out: Output) -> None:
    """Count one page."""
    score.pages += 1
    score.cpu += out.cpu
    score.megabytes = max(score.megabytes, out.megabytes)
    parts = compare(out.text, case.truth)
    if parts:
        score.parts.append(parts)
    title, day = case.truth.get("title"), case.truth.get("date")
    if title:
        score.counts["titles"] += 1
        score.counts["title"] += " ".join(out.title.split()) == " ".join(str(title).split())
    if day:
        score.counts["days"] += 1
        score.counts["right"] += str(day)[:10] in out.dates
        score.counts["wrong"] += bool(out.dates) and str(day)[:10] not in out.dates


def f1(score: Score, *, pooled: bool) -> float:
    """Give F1: of sums for snippets, of mean precision and recall for shingles."""
    if not score.parts:
        return 0.0
    if pooled:
        hits, extra, missed = (sum(column) for column in zip(*score.parts, strict=True))
        return 2 * hits / (2 * hits + extra + missed)
    precision = [p[0] / (p[0] + p[1]) for p in score.parts if p[0] + p[1]]
    recall = [p[0] / (p[0] + p[2]) for p in score.parts if p[0] + p[2]]
    mean = sum(precision) / len(precision), sum(recall) / len(recall)
    return 2 * mean[0] * mean[1] / (mean[0] + mean[1])


def run(folder: Path, every: int, peers: dict[str, Peer]) -> dict[str, Score]:
    """Score the extractors page by page, in turn."""
    scores = {name: Score() for name in peers}
    for case in cases(folder, every):
        for name, score in scores.items():
            add(score, case, peers[name].read(case))
    return scores


def report(corpus: str, scores: dict[str, Score]) -> None:
    """Print a corpus as a Markdown table."""
    base = scores["trafilatura"].cpu
    print(f"\n### {corpus}, {scores['trafilatura'].pages} pages\n")
    print(
        "| extractor | text F1 | title exact | date right | date wrong | CPU ms/page | CPU × |",
        end="",
    )
    print(" peak MB |\n| --- | --: | --: | --: | --: | --: | --: | --: |")
    for name, score in scores.items():
        count = score.counts
        shares = (
            count["title"] / (count["titles"] or 1),
            count["right"] / (count["days"] or 1),
            count["wrong"] / (count["days"] or 1),
        )
        told = " | ".join(f"{share:.3f}" if share or name == "araxes" else "" for share in shares)
        text = f"{f1(score, pooled=corpus == 'trafeval'):.4f}"
        cost = (
            f"{1000 * score.cpu / score.pages:.0f} | {score.cpu / base:.2f} | {score.megabytes:.0f}"
        )
        print(f"| {name} | {text} | {told} | {cost} |")


def started(names: list[str], stack: ExitStack) -> dict[str, Peer]:
    """Start the extractors; those that cannot be had are named with the reason."""
    peers = {}
    for name in names:
        try:
            peers[name] = stack.enter_context(Peer(name, NAMES[name]))
        except Unavailable as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return peers


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th page")
    parser.add_argument("--corpus", action="append", help="only these")
    parser.add_argument("--only", action="append", help="only these extractors and trafilatura")
    options = parser.parse_args()
    names = [name for name in NAMES if name in (*(options.only or NAMES), "trafilatura")]
    with ExitStack() as stack:
        peers = started(names, stack)
        for corpus in options.corpus or ["scrapinghub", "fundus", "trafeval", "regional"]:
            report(corpus, run(options.data / "pages" / corpus, options.every, peers))


if __name__ == "__main__":
    main()
