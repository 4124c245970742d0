# ruff: noqa: E402 - the path is set before our own modules are imported
"""Stories across languages, measured: one document in seven languages is one story.

    python tests/bench/dedup_stories.py quality --data ../shared/data [--distractors 500]
    python tests/bench/dedup_stories.py stored --data ../shared/data
    python tests/bench/dedup_stories.py train --data ../shared/data [--write]

`quality` counts how rare features are on one half of the documents and scores the other half;
`stored` imports all into a warehouse, with the packaged rarities, and scores its table.
Distractors are unrelated pages; all articles are published within two days.
"""

import argparse
import gzip
import json
import math
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import trafilatura
from click.testing import CliRunner

# a sibling script is called warehouse.py, and workers import by the same path
sys.path = [path for path in sys.path if Path(path) != Path(__file__).parent]

from flows import ids
from flows.cli import cli as araxes
from flows.collect.urls import canonical
from flows.dedup import stories
from flows.dedup.stories import LIKE, RARITY, Features, Rarity, Telling
from flows.extract.language import identify
from flows.model import StoryMarks
from flows.reading import tagger

START = datetime(2026, 3, 2, 5, tzinfo=UTC)
REGIONAL = 60  # articles; fewer regional ones of a kind count as so many
SEEN = 2  # articles with a feature before we believe its count
DEFAULT = 5.5
SOURCES = """
[defaults]
contact = "mailto:bench@example.org"
[[source]]
id = "bench"
name = "Bench"
homepage = "https://bench.example/"
country = "GE"
ownership = "unknown"
perspective = "other"
languages = ["en"]
evidence = "https://bench.example/about"
[[source.feed]]
url = "https://bench.example/feed"
"""


@dataclass(frozen=True, slots=True)
class Row:
    """An article with the story it tells; `half` splits the stories in two."""

    key: str
    language: str
    story: str
    text: str

    @property
    def at(self) -> datetime:
        """When it was published: all within two days, in no order."""
        return START + timedelta(seconds=int(self.key[1:]) * 97 % 172_000)

    @property
    def half(self) -> int:
        """The half of the documents it belongs to, the same for all languages."""
        return int(ids.stable_id("half", self.story), 16) % 2

    @property
    def is_page(self) -> bool:
        """Whether it is a distractor."""
        return self.story.startswith("page-")


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(required=True)
    for name, run in (("quality", quality), ("stored", stored), ("train", train)):
        command = commands.add_parser(name)
        command.add_argument("--data", type=Path, required=True)
        command.add_argument("--distractors", type=int, default=500)
        command.add_argument("--write", action="store_true")
        command.set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments)


# ---------------------------------------------------------------- quality


def quality(arguments: argparse.Namespace) -> None:
    """Print scores of each half, with rarities counted on the other."""
    rows = read(arguments.data, arguments.distractors)
    found = {row.key: _features(row.text, row.at) for row in rows}
    regional = _regional(arguments.data)
    print(HEADER)
    for half in (0, 1):
        taught = [found[row.key] for row in rows if not row.is_page and row.half != half]
        judged = [row for row in rows if row.is_page or row.half == half]
        rarity = _as_rarity(count(taught, regional))
        _print_scores(f"half {half}", told_in_memory(judged, found, rarity), judged)


def stored(arguments: argparse.Namespace) -> None:
    """Print scores of the table `stories` after an import."""
    rows = read(arguments.data, arguments.distractors)
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "stories.duckdb"
        documents = Path(folder) / "documents.jsonl"
        documents.write_text("".join(_line(row) for row in rows), "utf-8")
        started = time.process_time()
        sources = Path(folder) / "sources.toml"
        sources.write_text(SOURCES, "utf-8")
        result = CliRunner().invoke(
            araxes, ["--db", str(db), "--sources", str(sources), "import", str(documents)]
        )
        if result.exit_code:
            raise SystemExit(f"{result.output}{result.exception}")
        seconds = time.process_time() - started
        with duckdb.connect(str(db), read_only=True) as connection:
            told = dict(connection.execute("SELECT article_id, story_id FROM stories").fetchall())
            (links,) = connection.execute("SELECT count(*) FROM story_links").fetchone()
    found = {row.key: told.get(ids.article_id(canonical(_url(row))), row.key) for row in rows}
    print(HEADER)
    _print_scores("stored", found, rows)
    print(f"\n{len(rows)} articles imported, {seconds:.1f} CPU s in the loader, {links} links")


def _line(row: Row) -> str:
    document = {
        "url": _url(row), "title": "", "text": row.text, "published_at": row.at.isoformat(),
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False) + "\n"


def _url(row: Row) -> str:
    return f"https://{row.language}.example/{row.key}"


HEADER = (
    "| part | scored | articles | precision | recall | F1 |\n| --- | --- | --- | --- | --- | --- |"
)


def _print_scores(part: str, found: dict[str, str], rows: list[Row]) -> None:
    truth = {row.key: row.story for row in rows}
    for name, chosen in (("all", rows), ("documents", [row for row in rows if not row.is_page])):
        precision, recall = b_cubed(found, truth, [row.key for row in chosen])
        f1 = 2 * precision * recall / (precision + recall)
        shown = f"{precision:.3f} | {recall:.3f} | {f1:.3f}"
        print(f"| {part} | {name} | {len(chosen)} | {shown} |", flush=True)


def b_cubed(found: dict[str, str], truth: dict[str, str], chosen: list[str]) -> tuple[float, float]:
    """Give B-cubed precision and recall (Bagga and Baldwin 1998)."""
    ours, true = defaultdict(set), defaultdict(set)
    for key in truth:
        ours[found[key]].add(key)
        true[truth[key]].add(key)
    precision = recall = 0.0
    for key in chosen:
        both = len(ours[found[key]] & true[truth[key]])
        precision += both / len(ours[found[key]])
        recall += both / len(true[truth[key]])
    return precision / len(chosen), recall / len(chosen)


def told_in_memory(rows: list[Row], found: dict[str, Features], rarity: Rarity) -> dict[str, str]:
    """Give the story of each article, itself when alone; what the load does in SQL."""
    language = {row.key: row.language for row in rows}
    marks = {row.key: stories.weigh(found[row.key], rarity) for row in rows}
    alike = {
        pair: like
        for pair, like in _likeness(marks).items()
        if like >= LIKE and language[pair[0]] != language[pair[1]]
    }
    tellings = [Telling(row.key, row.language, row.at, row.key) for row in rows]
    told = {each.article_id: each.story_id for each in stories.tell(tellings, alike)}
    return {row.key: told.get(row.key, row.key) for row in rows}


def _likeness(marks: dict[str, StoryMarks]) -> dict[tuple[str, str], float]:
    holders = defaultdict(list)
    for key, each in marks.items():
        for feature, weight in zip(each.features, each.weights, strict=True):
            holders[feature].append((key, weight))
    shared: Counter[tuple[str, str]] = Counter()
    for holding in holders.values():
        for (one, weight), (other, same) in combinations(sorted(holding), 2):
            shared[one, other] += weight * same
    return {pair: total / stories.UNIT**2 for pair, total in shared.items()}


# ---------------------------------------------------------------- documents


def read(data: Path, distractors: int) -> list[Row]:
    """Read the documents in seven languages, and unrelated pages."""
    found = [*_documents(data), *_pages(data, distractors)]
    return [
        Row(f"d{place}", identify(text).code, story, text)
        for place, (story, text) in enumerate(found)
    ]


def _documents(data: Path) -> Iterable[tuple[str, str]]:
    """Give the base documents with their stories, and English ones by their lines."""
    rows = pq.read_table(data / "dedup" / "pairs.parquet").to_pylist()
    turkish = (data / "language" / "tur.txt").read_text("utf-8").split("\n")
    places = {line.strip(): place for place, line in enumerate(turkish)}
    english = (data / "language" / "eng.txt").read_text("utf-8").split("\n")
    for row in rows:
        if row["kind"] != "base":
            continue
        story = row["src"].split("/")[1]
        yield story, row["text"]
        lines = [places.get(line.strip()) for line in row["text"].split("\n")]
        if row["lang"] == "tur" and None not in lines:
            yield story, "\n".join(english[place] for place in lines)


def _pages(data: Path, most: int) -> list[tuple[str, str]]:
    """Give unrelated pages with enough text, read by trafilatura where there is no truth."""
    texts: list[str] = []
    for folder in ("fundus", "scrapinghub", "trafeval"):
        for line in (data / "pages" / folder / "truth.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            text = row["truth"].get("text")
            if text is None and len(texts) < most:
                page = gzip.decompress((data / "pages" / folder / row["file"]).read_bytes())
                text = trafilatura.extract(page)
            if len((text or "").split()) >= 60:
                texts.append(text)
    return [(f"page-{place}", text) for place, text in enumerate(texts[:most])]


# ---------------------------------------------------------------- training


def train(arguments: argparse.Namespace) -> None:
    """Count how rare features are in all documents and regional articles; print or write."""
    rows = read(arguments.data, 0)
    taught = [_features(row.text, row.at) for row in rows]
    counted = count(taught, _regional(arguments.data))
    text = _as_toml(counted)
    print({kind: len(found) for kind, found in counted.items()}, f"{len(text):,} bytes")
    if arguments.write:
        RARITY.write_text(text, "utf-8")


def _features(text: str, at: datetime) -> Features:
    tags = tagger().tag("", text, identify(text).code, at)
    return stories.features("", text, tags, at)


def _regional(data: Path) -> list[Features]:
    lines = (data / "tags" / "gold.jsonl").read_text("utf-8").splitlines()
    return [_features(json.loads(line)["text"], START) for line in lines]


def count(world: list[Features], regional: list[Features]) -> dict[str, dict[str, float]]:
    """Give the rarity of features by kind, each where it is commonest: in the world or here."""
    kinds: dict[str, Callable[[Features], list[str]]] = {
        "cased": lambda each: _names(each) if each.cased else [],
        "uncased": lambda each: [] if each.cased else _names(each),
        "shared": lambda each: [name for name in each.counts if name[0] in "#@~"],
    }
    found = {}
    for kind, chosen in kinds.items():
        far, far_of = _share(map(chosen, world))
        near, near_of = _share(map(chosen, regional))
        found[kind] = {
            feature: -math.log(
                max((far[feature] + 0.5) / (far_of + 1), near[feature] / max(near_of, REGIONAL))
            )
            for feature in sorted(far.keys() | near.keys())
            if max(far[feature], near[feature]) >= SEEN
        }
    return found


def _names(each: Features) -> list[str]:
    return [name for name in each.counts if name[0] not in "#@~"]


def _share(articles: Iterable[list[str]]) -> tuple[Counter[str], int]:
    held: Counter[str] = Counter()
    total = 0
    for chosen in articles:
        held.update(chosen)
        total += bool(chosen)
    return held, total


def _as_rarity(counted: dict[str, dict[str, float]]) -> Rarity:
    return Rarity(DEFAULT, counted["cased"], counted["uncased"], counted["shared"])


def _as_toml(counted: dict[str, dict[str, float]]) -> str:
    lines = [
        "# How rare a feature of an article is, where it is commonest: -ln of the share of",
        "# articles that have it. Names as they sound; `#` numbers, `@` actors, `~` topics.",
        "# Made by `python tests/bench/dedup_stories.py train`; counts only, no text.",
        f"default = {DEFAULT}",
    ]
    for kind, found in counted.items():
        groups = defaultdict(list)
        for feature, rarity in found.items():
            if rarity < DEFAULT:
                groups[f"{rarity:.1f}"].append(feature)
        lines += ["", f"[{kind}]"]
        lines += [f'"{rarity}" = "{" ".join(groups[rarity])}"' for rarity in sorted(groups)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
