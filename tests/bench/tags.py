"""Scores the tagger on labelled articles, on parallel news and against the clock.

    python tests/bench/tags.py --data ../shared/data             everything
    python tests/bench/tags.py --data ../shared/data gold misses every miss, by article

Labelled articles are scored as their LABELS.md says: ids marked as ignored drop from
both sides, intervals are 95 % bootstrap intervals over articles. The parallel test asks
that one NTREX document gets the same actors in two languages; it needs no labels.
"""

import argparse
import json
import random
import resource
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flows.model import Tags
from flows.tag.aliases import aliases_of
from flows.tag.entries import Mask
from flows.tag.tagger import Tagger
from flows.tag.vocabulary import Vocabulary, load

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BLOCKS = (0, 4, 2)  # sentences; 0 leaves documents whole
WRITTEN = Path(__file__).parents[1] / "tags" / "articles.jsonl"
NTREX = {
    "en": "eng", "ru": "rus", "az": "aze-Latn", "tr": "tur", "hy": "hye", "ka": "kat", "fa": "fas",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A labelled article and what the tagger said of it."""

    gold: dict
    tags: Tags

    @property
    def actors(self) -> set[str]:
        return {tag.actor_id for tag in self.tags.actors} - set(self.gold["ignore_actors"])

    @property
    def topics(self) -> set[str]:
        return {tag.topic_id for tag in self.tags.topics} - set(self.gold["ignore_topics"])

    @property
    def gold_actors(self) -> set[str]:
        return set(self.gold["actors"]) - set(self.gold["ignore_actors"])

    @property
    def gold_topics(self) -> set[str]:
        return set(self.gold["topics"]) - set(self.gold["ignore_topics"])


def f1(pairs: Iterable[tuple[set[str], set[str]]]) -> tuple[float, float, float]:
    """Give micro precision, recall and F1 of (said, gold) pairs."""
    hit = said = gold = 0
    for found, true in pairs:
        hit, said, gold = hit + len(found & true), said + len(found), gold + len(true)
    precision, recall = hit / (said or 1), hit / (gold or 1)
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def interval(items: Sequence, score: Callable[[Sequence], float], rounds: int = 1000) -> str:
    """Give a score with its 95 % bootstrap interval over items."""
    if not items:
        return "–"
    chance = random.Random(6)
    drawn = sorted(score(chance.choices(items, k=len(items))) for _ in range(rounds))
    low, high = drawn[int(0.025 * rounds)], drawn[int(0.975 * rounds)]
    return f"{score(items):.3f} [{low:.3f}, {high:.3f}]"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("| " + " | ".join("---" for _ in head) + " |")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def actor_f1(items: Sequence[Item]) -> float:
    return f1((item.actors, item.gold_actors) for item in items)[2]


def topic_f1(items: Sequence[Item]) -> float:
    return f1((item.topics, item.gold_topics) for item in items)[2]


def relevance_f1(items: Sequence[Item]) -> float:
    return f1(
        ({"r"} if item.tags.relevant else set(), {"r"} if item.gold["relevant"] else set())
        for item in items
    )[2]


def principal_at_k(items: Sequence[Item]) -> float:
    hit = total = 0
    for item in items:
        gold = set(item.gold["principal_actors"])
        ranked = sorted(item.tags.actors, key=lambda tag: -tag.salience)[: len(gold)]
        hit, total = hit + len(gold & {tag.actor_id for tag in ranked}), total + len(gold)
    return hit / (total or 1)


def false_actors(items: Sequence[Item]) -> float:
    return sum(len(item.actors - item.gold_actors) for item in items) / (len(items) or 1)


def macro_f1(items: Sequence[Item], kind: str) -> float:
    """Give the mean F1 of the actors or topics with two gold items or more."""
    pairs = [(getattr(item, kind), getattr(item, f"gold_{kind}")) for item in items]
    labels = Counter(label for _said, gold in pairs for label in gold)
    scores = [
        f1((said & {label}, gold & {label}) for said, gold in pairs)[2]
        for label, count in labels.items()
        if count >= 2
    ]
    return sum(scores) / (len(scores) or 1)


def labelled_files(data: Path) -> dict[str, Path]:
    """Give the labelled sets by name: the shared one, and the one written by us."""
    return {"gold": data / "tags" / "gold.jsonl", "written": WRITTEN}


def read_labelled(file: Path, tagger: Tagger) -> list[Item]:
    """Tag the articles of a labelled set."""
    lines = file.read_text().splitlines()
    return [
        Item(gold, tagger.tag(gold["title"], gold["text"], gold["lang"], NOW))
        for gold in map(json.loads, lines)
    ]


def labelled_inventory(data: Path) -> set[str]:
    """Give the actors and topics the labels were chosen from: our vocabulary has grown since."""
    files = ((data / "vocabulary" / f"{kind}s.toml", kind) for kind in ("actor", "topic"))
    return {row["id"] for file, kind in files for row in tomllib.loads(file.read_text())[kind]}


def within(items: Sequence[Item], inventory: set[str]) -> list[Item]:
    """Give the items with every id that the labels could not name ignored."""
    kept = []
    for item in items:
        said = {tag.actor_id for tag in item.tags.actors}
        said |= {tag.topic_id for tag in item.tags.topics}
        more = sorted(said - inventory)
        gold = item.gold | {
            "ignore_actors": item.gold["ignore_actors"] + more,
            "ignore_topics": item.gold["ignore_topics"] + more,
        }
        kept.append(Item(gold, item.tags))
    return kept


def report_gold(items: list[Item]) -> None:
    relevant = [item for item in items if item.gold["relevant"]]
    others = [item for item in items if not item.gold["relevant"]]
    table(
        ("measure", "value", "wanted"),
        (
            ("actors micro-F1", interval(relevant, actor_f1), "≥ .97"),
            ("principal@k", interval(relevant, principal_at_k), "≥ .85"),
            ("false actors per hard negative", interval(others, false_actors), "≤ .05"),
            ("topics micro-F1", interval(relevant, topic_f1), "≥ .88"),
            ("relevance F1", interval(items, relevance_f1), "≥ .98"),
            ("actors macro-F1", f"{macro_f1(relevant, 'actors'):.3f}", ""),
            ("topics macro-F1", f"{macro_f1(relevant, 'topics'):.3f}", ""),
        ),
    )  # fmt: skip
    rows = []
    for language in sorted({item.gold["lang"] for item in relevant}):
        own = [item for item in relevant if item.gold["lang"] == language]
        actors = f1((item.actors, item.gold_actors) for item in own)
        topics = f1((item.topics, item.gold_topics) for item in own)
        everything = [item for item in items if item.gold["lang"] == language]
        rows.append((
            language, len(own), *(f"{value:.3f}" for value in (*actors, *topics)),
            f"{principal_at_k(own):.3f}", f"{relevance_f1(everything):.3f}",
        ))  # fmt: skip
    table(
        (
            "language", "items", "actors P", "R", "F1", "topics P", "R", "F1", "principal@k",
            "relevance F1",
        ),
        rows,
    )  # fmt: skip
    confusion: dict[str, Counter] = defaultdict(Counter)
    for item in relevant:
        for topic in item.topics | item.gold_topics:
            kind = ("missed", "right", "false")[
                (topic in item.topics) + (topic not in item.gold_topics)
            ]
            confusion[topic][kind] += 1  # fmt: skip
    wrong = [
        (t, c["right"], c["missed"], c["false"])
        for t, c in confusion.items()
        if c["missed"] + c["false"]
    ]
    table(("topic", "right", "missed", "false"), sorted(wrong, key=lambda row: -row[2] - row[3]))


def report_misses(items: list[Item], wanted: str) -> None:
    for item in items:
        lines = []
        if item.gold["relevant"] != item.tags.relevant:
            lines.append(f"  relevance {item.tags.relevance:.2f} {item.tags.reason}")
        for name, said, gold in (
            ("actors", item.actors, item.gold_actors),
            ("topics", item.topics, item.gold_topics),
        ):
            if said != gold and (item.gold["relevant"] or name == "actors" or item.tags.relevant):
                lines.append(f"  {name} false {sorted(said - gold)} missed {sorted(gold - said)}")
        principals = set(item.gold["principal_actors"])
        top = [tag.actor_id for tag in item.tags.actors[: len(principals)]]
        if item.gold["relevant"] and principals - set(top):
            lines.append(f"  principals {top} wanted {sorted(principals)}")
        if lines and wanted in item.gold["id"]:
            print(item.gold["id"], item.gold["title"][:90])
            print("\n".join(lines))


def ntrex_documents(data: Path) -> list[tuple[int, int]]:
    """Give the documents as line ranges, titles included, by the texts made from them."""
    import pyarrow.parquet as pq

    pairs = pq.read_table(data / "dedup" / "pairs.parquet").to_pylist()
    bases = [row["text"] for row in pairs if row["kind"] == "base" and row["lang"] == "aze"]
    lines = (data / "language" / "aze-Latn.txt").read_text().split("\n")
    starts = []
    for text in bases:
        found = next((at for at, line in enumerate(lines) if line and text.startswith(line)), None)
        if found is not None:
            starts.append(max(0, found - 1))
    return list(zip(starts, [*starts[1:], 999], strict=True))


@dataclass(frozen=True)
class Parallel:
    """The NTREX documents as tagged in each language."""

    titles: list[str]
    tags: dict[str, list[Tags]]

    def actors(self, code: str) -> list[set[str]]:
        return [{tag.actor_id for tag in tags.actors} for tags in self.tags[code]]

    def surfaces(self, code: str, number: int, actors: set[str]) -> dict[str, set[str]]:
        forms: dict[str, set[str]] = defaultdict(set)
        for mention in self.tags[code][number].mentions:
            if mention.actor_id in actors:
                forms[mention.actor_id].add(mention.surface)
        return dict(forms)


def read_parallel(data: Path, tagger: Tagger, block: int) -> Parallel:
    """Tag the NTREX documents in every language, whole or in blocks of so many lines."""
    documents = [
        (at, min(at + block, end)) if block else (start, end)
        for start, end in ntrex_documents(data)
        for at in (range(start, end, block) if block else (start,))
    ]
    lines = {
        code: (data / "language" / f"{name}.txt").read_text().split("\n")
        for code, name in NTREX.items()
    }
    tags = {
        code: [
            tagger.tag(own[start], "\n".join(own[start + 1 : end]), code, NOW)
            for start, end in documents
        ]
        for code, own in lines.items()
    }
    return Parallel([lines["en"][start] for start, _end in documents], tags)


def report_parallel(data: Path, tagger: Tagger) -> None:
    """Print agreement with English by document, and by block where documents hold few tags."""
    for block in BLOCKS:
        parallel = read_parallel(data, tagger, block)
        english = parallel.actors("en")
        distinct = {actor for actors in english for actor in actors}
        unit = f"blocks of {block} sentences" if block else "whole documents"
        counted = f"{sum(map(len, english))} English tags of {len(distinct)} actors"
        print(f"NTREX, {len(english)} {unit}: {counted}\n")
        rows = []
        for code in NTREX.keys() - {"en"}:
            both = list(zip(parallel.actors(code), english, strict=True))
            precision, recall, _ = f1(both)
            score = interval(both, lambda pairs: f1(pairs)[2])
            rows.append((code, f"{precision:.3f}", f"{recall:.3f}", score))
        table(("language", "P", "R", "F1 against English (≥ .92)"), sorted(rows))
    flagged = [
        (code, title[:80], one.reason)
        for code, tags in read_parallel(data, tagger, 0).tags.items()
        for title, one in zip(parallel.titles, tags, strict=False)
        if one.relevant
    ]
    print(f"NTREX documents flagged as relevant: {flagged}\n")


def report_parallel_misses(parallel: Parallel) -> None:
    english = parallel.actors("en")
    for number, title in enumerate(parallel.titles):
        print(number, title[:70], sorted(english[number]))
        for code in NTREX.keys() - {"en"}:
            said = parallel.actors(code)[number]
            more = parallel.surfaces(code, number, said - english[number])
            less = parallel.surfaces("en", number, english[number] - said)
            if more or less:
                print("   ", code, "extra", more, "missing", less)


def report_pages(data: Path, tagger: Tagger) -> None:
    """Print what real pages of other news are flagged as relevant, to be read."""
    from flows.extract.language import identify

    total = 0
    for truth in sorted((data / "pages").glob("*/truth.jsonl")):
        for row in map(json.loads, truth.read_text().splitlines()):
            text = row.get("text") or " ".join(row.get("with_", row.get("with", [])) or [])
            title = row.get("title") or ""
            total += 1
            tags = tagger.tag(title, text, identify(title + "\n" + text).code, NOW)
            if tags.relevant:
                print(
                    "flagged", truth.parent.name, row.get("file"), "|", title[:80], "|", tags.reason
                )
    print(f"{total} pages read\n")


def every_text(data: Path) -> Iterable[tuple[str, str, str]]:
    """Give title, text and language of every article of every shared corpus."""
    import pyarrow.parquet as pq

    for file in labelled_files(data).values():
        for gold in map(json.loads, file.read_text().splitlines()):
            yield gold["title"], gold["text"], gold["lang"]
    codes = {name.partition("-")[0]: code for code, name in NTREX.items()}
    for row in pq.read_table(data / "dedup" / "pairs.parquet").to_pylist():
        yield "", row["text"], codes.get(row["lang"], row["lang"])
    for file in (data / "language").glob("*.txt"):
        code = codes.get(file.stem.partition("-")[0], "en")
        yield from (("", line, code) for line in file.read_text().splitlines())
    for truth in (data / "pages").glob("*/truth.jsonl"):
        for row in map(json.loads, truth.read_text().splitlines()):
            yield row.get("title") or "", row.get("text") or "", "en"
    for name, text in hostile_texts(data):
        yield from ((name, text, code) for code in NTREX)


def report_offsets(data: Path, tagger: Tagger) -> None:
    """Count the mentions whose surface is not the text at their offsets."""
    texts = mentions = wrong = 0
    for title, text, language in every_text(data):
        texts += 1
        for one in tagger.tag(title, text, language, NOW).mentions:
            stored = title if one.field == "title" else text
            mentions += 1
            wrong += stored[one.start_char : one.end_char] != one.surface or not one.surface
    print(f"{texts} texts, {mentions} mentions, {wrong} with a surface that is not the text\n")


def grown(vocabulary: Vocabulary, aliases: int) -> Vocabulary:
    """Give the vocabulary with made-up names added until each language has so many."""
    chance = random.Random(7)
    letters = {
        "ru": "абвгдеиклмнопрст",
        "hy": "աբգդեզիլխծկմն",
        "ka": "აბგდევზთიკლმნო",
        "fa": "ابپتجدرزسشعفقک",
    }
    names = {
        code: tuple(
            "".join(chance.choices(letters.get(code, "abcdefgilmnoprstu"), k=chance.randint(5, 12)))
            for _ in range(aliases - sum(1 for _ in aliases_of(vocabulary, code)))
        )
        for code in NTREX
    }
    return replace(vocabulary, masks=(*vocabulary.masks, Mask("made up", names)))


def report_speed(data: Path, plain: Tagger) -> None:
    tagger = Tagger(grown(load(), 20_000))
    items = read_labelled(labelled_files(data)["gold"], tagger)
    print("20,000 aliases in each language (the packaged vocabulary, grown by made-up names):")
    corpus = [(item.gold["title"], item.gold["text"], item.gold["lang"]) for item in items]
    for title, text, language in corpus:
        tagger.tag(title, text, language, NOW)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    rounds = 10
    for _ in range(rounds):
        for title, text, language in corpus:
            tagger.tag(title, text, language, NOW)
    seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    letters = sum(len(text) for _, text, _ in corpus) / len(corpus)
    print(f"{rounds * len(corpus) / seconds:.0f} articles/s of CPU (mean {letters:.0f} letters)")
    slowest = ("", 0.0)
    for name, text in hostile_texts(data):
        start = time.process_time()
        plain.tag(name, text, "en", NOW)
        slowest = max(slowest, (name, time.process_time() - start), key=lambda pair: pair[1])
    print(f"slowest hostile text {slowest[1] * 1000:.1f} ms ({slowest[0]})\n")


def hostile_texts(data: Path) -> list[tuple[str, str]]:
    """Give texts made to be slow: the shared ones, and long ones of our own."""
    shared = json.loads((data / "hostile" / "text" / "redos.json").read_text())
    made = [(case["rule"], eval(case["text_gen"])) for case in shared]
    strange = json.loads((data / "hostile" / "text" / "unicode.json").read_text())
    long = [
        ("one word", "a" * 200_000),
        ("names only", "Armenia Azerbaijan Georgia Russia " * 6_000),
        ("marks only", "\u0301" * 200_000),
    ]
    return [*made, *strange.items(), *long]


def report_labelled(name: str, items: list[Item], options: argparse.Namespace) -> None:
    """Print the scores of one labelled set, and its misses where they are wanted."""
    print(f"## {name}\n\nEvery id scored:\n")
    report_gold(items)
    if name == "gold":
        print("Ids the labels could name:\n")
        report_gold(within(items, labelled_inventory(options.data)))
    if "misses" in options.what:
        report_misses(items, options.only)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default="", help="part of an item id, for misses")
    parser.add_argument(
        "what", nargs="*", default=["gold", "written", "parallel", "pages", "offsets", "speed"]
    )
    options = parser.parse_args()
    vocabulary = load()
    tagger = Tagger(vocabulary)
    counted = f"{len(vocabulary.actors)} actors, {len(vocabulary.topics)} topics"
    print(f"vocabulary {vocabulary.version}: {counted}\n")
    for name, file in labelled_files(options.data).items():
        if name in options.what:
            report_labelled(name, read_labelled(file, tagger), options)
    if "parallel-misses" in options.what:
        report_parallel_misses(read_parallel(options.data, tagger, 0))
    reports = {
        "parallel": report_parallel, "pages": report_pages, "offsets": report_offsets,
        "speed": report_speed,
    }  # fmt: skip
    for name, report in reports.items():
        if name in options.what:
            report(options.data, tagger)


if __name__ == "__main__":
    main()
