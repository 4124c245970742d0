"""Seed documents against what pages make of them: found, but for a paraphrase.

    python tests/bench/dedup_seeds.py --data ../shared/data [--paraphrases FOLDER]

Seeds are the `*.txt` files of `seeds/`; the longer page around them is the English of
`language/`. A paraphrase is a file of FOLDER in the order of the seeds; without a folder, and
beside it, every fourth word is replaced, which leaves no more than three in a row.
"""

import argparse
import html
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from flows.dedup import corpus
from flows.dedup.fingerprint import fingerprint
from flows.model import SeedDocument

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print which seeds are found in what."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--paraphrases", type=Path)
    arguments = parser.parse_args()
    texts = _texts(arguments.data / "seeds")
    seeds = tuple(corpus.read(f"seed {n}", text, "en", NOW) for n, text in enumerate(texts))
    print(f"{len(seeds)} seeds of {min(s.word_count for s in seeds)} to "
          f"{max(s.word_count for s in seeds)} words\n")  # fmt: skip
    print("| what was done to a seed | found | found whole | least containment | others found |")
    print("| --- | --- | --- | --- | --- |")
    page = (arguments.data / "language" / "eng.txt").read_text("utf-8")
    for name, change in _changes(page).items():
        _print(name, [change(text) for text in texts], seeds)
    if arguments.paraphrases:
        _print("paraphrased", _texts(arguments.paraphrases), seeds)


def _texts(folder: Path) -> list[str]:
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]


def _changes(page: str) -> Mapping[str, Callable[[str], str]]:
    half = page[: len(page) // 4], page[len(page) // 4 : len(page) // 2]
    return {
        "nothing": str,
        "markup": lambda text: "".join(f"<p>{html.escape(each)}</p>" for each in text.split("\n")),
        "escaped twice": lambda text: html.escape(html.escape(text)),
        "decomposed (NFD)": lambda text: unicodedata.normalize("NFD", text),
        "capitals": str.upper,
        "soft hyphens": lambda text: text.replace("tion", "ti\u00adon"),
        "plain quotes and dashes": lambda text: text.translate(str.maketrans("“”‘’–—", "\"\"''--")),
        "Cyrillic look-alikes": lambda text: text.translate(str.maketrans("aoepc", "аоерс")),
        "its first 80 %": lambda text: _cut(text, 0.8),
        "its first 50 %": lambda text: _cut(text, 0.5),
        "its first 20 %": lambda text: _cut(text, 0.2),
        "its last 20 %": lambda text: text[-len(text) // 5 :],
        "its first 60 words": lambda text: " ".join(text.split()[:60]),
        "in the middle of a longer page": lambda text: f"{half[0]}\n{text}\n{half[1]}",
        "its middle fifth in a longer page": lambda text: "\n".join(
            (half[0], text[2 * len(text) // 5 : 3 * len(text) // 5], half[1])
        ),
        "every fourth word replaced": _reworded,
    }


def _cut(text: str, share: float) -> str:
    return text[: int(len(text) * share)]


def _reworded(text: str) -> str:
    words = text.split()
    words[3::4] = [f"word{place}" for place in range(len(words[3::4]))]
    return " ".join(words)


def _print(name: str, texts: list[str], seeds: tuple[SeedDocument, ...]) -> None:
    found, whole, others, least = 0, 0, 0, 1.0
    for place, text in enumerate(texts):
        hits = {hit.seed.seed_id: hit for hit in corpus.match(fingerprint("", text, "en"), seeds)}
        own = hits.pop(seeds[place].seed_id, None)
        found += own is not None
        whole += own is not None and own.whole
        least = min(least, own.containment if own else 0.0)
        others += len(hits)
    print(f"| {name} | {found} of {len(texts)} | {whole} | {least:.2f} | {others} |")


if __name__ == "__main__":
    main()
