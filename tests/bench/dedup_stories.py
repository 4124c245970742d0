"""Stories across languages, measured: one document in seven languages is one story.

    python tests/bench/dedup_stories.py --data ../shared/data [--distractors 500]

Distractors are unrelated pages; all articles are published within two days.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import trafilatura

from flows.dedup import stories
from flows.dedup.stories import StoryMarks
from flows.extract.language import identify

START = datetime(2026, 3, 2, tzinfo=UTC)
Row = tuple[str, str, str]  # language, story, text


def main() -> None:
    """Print B-cubed precision, recall and F1."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--distractors", type=int, default=500)
    arguments = parser.parse_args()
    rows = [*_documents(arguments.data), *_pages(arguments.data, arguments.distractors)]
    started = time.process_time()
    made = [
        stories.marks(str(place), text, language, START + timedelta(seconds=place * 97 % 172_000))
        for place, (language, _, text) in enumerate(rows)
    ]
    told = stories.tell(made)
    seconds = time.process_time() - started
    found = {str(place): f"alone-{place}" for place in range(len(rows))}
    found |= {each.article_id: each.story_id for each in told}
    truth = {str(place): story for place, (_, story, _) in enumerate(rows)}
    inside = [key for key, story in truth.items() if not story.startswith("page-")]
    print("| scored | articles | precision | recall | F1 |\n| --- | --- | --- | --- | --- |")
    for name, chosen in (("all", list(truth)), ("documents only", inside)):
        precision, recall = b_cubed(found, truth, chosen)
        f1 = 2 * precision * recall / (precision + recall)
        print(f"| {name} | {len(chosen)} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    print(f"\n{len(rows)} articles in {seconds:.1f} CPU s; {_shape(made)}")


def _documents(data: Path) -> list[Row]:
    """Give the base documents with their stories, and English ones by their lines."""
    rows = pq.read_table(data / "dedup" / "pairs.parquet").to_pylist()
    lines = {
        line.strip(): place
        for place, line in enumerate((data / "language" / "tur.txt").read_text("utf-8").split("\n"))
    }
    english = (data / "language" / "eng.txt").read_text("utf-8").split("\n")
    found: list[Row] = []
    for row in rows:
        if row["kind"] != "base":
            continue
        story = row["src"].split("/")[1]
        found.append((identify(row["text"]).code, story, row["text"]))
        places = [lines.get(line.strip()) for line in row["text"].split("\n")]
        if row["lang"] == "tur" and None not in places:
            found.append(("en", story, "\n".join(english[place] for place in places)))
    return found


def _pages(data: Path, most: int) -> list[Row]:
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
    return [(identify(text).code, f"page-{place}", text) for place, text in enumerate(texts[:most])]


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


def _shape(made: list[StoryMarks]) -> str:
    features = sorted(len(each.features) for each in made)
    return f"median {features[len(features) // 2]} features"


if __name__ == "__main__":
    main()
