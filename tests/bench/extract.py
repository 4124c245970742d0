"""Words from pages: Araxes against trafilatura alone and its peers, side by side in one run.

    python tests/bench/extract.py --data /path/to/data [--every 4] [--corpus fundus]

`--data` holds `pages/{scrapinghub,fundus,trafeval,regional}` with `truth.jsonl` and saved pages.
Scores: scrapinghub and fundus by 4-word shingles (the scorer of article-extraction-benchmark:
F1 of mean precision and mean recall), trafeval by its snippets that must or must not occur.
Peers that are not installed are left out; absolute times depend on the machine, ratios do not.
"""

import argparse
import gzip
import json
import logging
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trafilatura

from flows.extract.decode import decode
from flows.extract.page import read
from flows.model import Article, FeedEntry, Item, Page, Source

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORD = re.compile(r"\w+")
SOURCE = Source("bench", "", "https://example.org/", "XX", "unknown", "other", ("en",), "", ())


@dataclass(frozen=True, slots=True)
class Output:
    """What an extractor made of a page; `date` is None where it gives none."""

    text: str = ""
    title: str = ""
    dates: tuple[str, ...] = ()


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
    parts: list[tuple[float, float, float]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def araxes(case: Case) -> Output:
    """The stage as the pipeline runs it, with a feed that says nothing but the link."""
    entry = FeedEntry(case.url, None, "")
    page = Page("a", case.url, case.body, "text/html", NOW)
    found = read(page, Item("i", "f", "bench", "a", entry, NOW), SOURCE)
    if not isinstance(found, Article):
        return Output()
    shown = (found.published_at, found.published_at + timedelta(hours=4))
    days = tuple(when.date().isoformat() for when in shown)
    return Output(found.text, found.title, days if found.published_from != "fetch" else ())


def trafilatura_alone(case: Case) -> Output:
    """Trafilatura with its defaults and metadata."""
    found = trafilatura.bare_extraction(decode(case.body), url=case.url, with_metadata=True)
    if found is None:
        return Output()
    return Output(found.text or "", found.title or "", (found.date,) if found.date else ())


def trafilatura_text(case: Case) -> Output:
    """Trafilatura with its defaults, text only."""
    return Output(trafilatura.extract(decode(case.body)) or "")


def resiliparse(case: Case) -> Output:
    """Resiliparse, main content."""
    from resiliparse.extract.html2text import extract_plain_text

    return Output(str(extract_plain_text(decode(case.body), main_content=True) or ""))


def readability(case: Case) -> Output:
    """Readability-lxml, its summary as text."""
    from lxml.html import fromstring
    from readability import Document

    document = Document(decode(case.body).replace("\0", ""))
    return Output(fromstring(document.summary()).text_content(), document.title())


def newspaper4k(case: Case) -> Output:
    """newspaper4k, if it is installed."""
    import newspaper

    found = newspaper.article(case.url, input_html=decode(case.body), language="en")
    day = (found.publish_date.date().isoformat(),) if found.publish_date else ()
    return Output(found.text, found.title, day)


EXTRACTORS: dict[str, Callable[[Case], Output]] = {
    "araxes": araxes,
    "trafilatura": trafilatura_alone,
    "trafilatura, text only": trafilatura_text,
    "resiliparse": resiliparse,
    "readability-lxml": readability,
    "newspaper4k": newspaper4k,
}


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


def add(score: Score, case: Case, out: Output, seconds: float) -> None:
    """Count one page."""
    score.pages += 1
    score.cpu += seconds
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


def run(folder: Path, every: int, names: list[str]) -> dict[str, Score]:
    """Score the extractors page by page, in turn, so that the machine's noise hits all alike."""
    scores = {name: Score() for name in names}
    for case in cases(folder, every):
        for name, score in scores.items():
            begun = time.process_time()
            try:
                out = EXTRACTORS[name](case)
            except Exception as error:  # noqa: BLE001 - a peer that fails a page scores nothing
                print(f"{name}: {case.url[:80]}: {error!r:.80}", file=sys.stderr)
                out = Output()
            add(score, case, out, time.process_time() - begun)
    return scores


def report(corpus: str, scores: dict[str, Score]) -> None:
    """Print a corpus as a Markdown table."""
    base = scores["trafilatura"].cpu
    print(f"\n### {corpus}, {scores['trafilatura'].pages} pages\n")
    print("| extractor | text F1 | title exact | date right | date wrong | CPU ms/page | CPU × |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, score in scores.items():
        count = score.counts
        shares = (
            count["title"] / (count["titles"] or 1),
            count["right"] / (count["days"] or 1),
            count["wrong"] / (count["days"] or 1),
        )
        told = " | ".join(f"{share:.3f}" if share or name == "araxes" else "" for share in shares)
        text = f"{f1(score, pooled=corpus == 'trafeval'):.4f}"
        cost = f"{1000 * score.cpu / score.pages:.0f} | {score.cpu / base:.2f}"
        print(f"| {name} | {text} | {told} | {cost} |")


def installed(name: str) -> bool:
    """Tell whether a peer can be run here."""
    try:
        EXTRACTORS[name](Case("https://example.org/", b"<html><p>one two three</p></html>", {}))
    except ImportError:
        return False
    except Exception:  # noqa: BLE001 - it is there; whether it copes is what is measured
        return True
    return True


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th page")
    parser.add_argument("--corpus", action="append", help="only these")
    parser.add_argument("--only", action="append", help="only these extractors and trafilatura")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    chosen = [name for name in EXTRACTORS if not options.only or name in options.only]
    names = [name for name in chosen if installed(name)]
    if "trafilatura" not in names:
        names.append("trafilatura")
    for corpus in options.corpus or ["scrapinghub", "fundus", "trafeval", "regional"]:
        report(corpus, run(options.data / "pages" / corpus, options.every, names))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of this process, all extractors loaded: {peak:.0f} MB.")


if __name__ == "__main__":
    main()
