"""Language of sentences and of their first words, and of articles: share right, and CPU.

    python tests/bench/language.py --data /path/to/data [--every 3] [--show]

`--data` holds `language/*.txt` (parallel sentences, one a line) and `tags/gold.jsonl`. A text under
3 words or 12 letters is left out: its answer is `und` by contract.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from flows.extract.language import identify

FILES = {
    "en": "eng", "ru": "rus", "uk": "ukr", "az": "aze-Latn", "tr": "tur", "hy": "hye", "ka": "kat",
    "fa": "fas", "de": "deu", "fr": "fra",
}  # fmt: skip
OTHERS = {"ar": "arb", "kk": "kaz", "ku": "kmr", "uz": "uzb"}
CUTS = {"sentences": 0, "7 words": 7, "4 words": 4}


def cut(sentence: str, words: int) -> str | None:
    """Give the first words of a sentence, or nothing if it has fewer or too few letters."""
    parts = sentence.split()
    if len(parts) < max(3, words):
        return None
    text = " ".join(parts[:words]) if words else sentence
    return text if sum(char.isalpha() for char in text) >= 12 else None


def measure(sentences: list[str], words: int, code: str) -> tuple[float, Counter[str], float]:
    """Give percent right, what it was taken for, and CPU milliseconds a text."""
    texts = [text for sentence in sentences if (text := cut(sentence, words))]
    begun = time.process_time()
    found = [identify(text).code for text in texts]
    spent = 1000 * (time.process_time() - begun) / len(texts)
    wrong = Counter(other for other in found if other != code)
    return 100 * (1 - sum(wrong.values()) / len(texts)), wrong, spent


def sentences(data: Path, every: int, *, show: bool) -> None:
    """Print the table of sentences and cuts."""
    print("| texts | mean | least |", " | ".join((*FILES, *OTHERS)), "| ms |")
    print("| --- " * (len(FILES) + len(OTHERS) + 4) + "|")
    for name, words in CUTS.items():
        right: dict[str, float] = {}
        spent = []
        for code, file in {**FILES, **OTHERS}.items():
            lines = (data / "language" / f"{file}.txt").read_text(encoding="utf-8").splitlines()
            right[code], wrong, cost = measure(lines[::every], words, code)
            spent.append(cost)
            if show and wrong:
                print(f"    {name} {code}: {dict(wrong)}")
        main_ones = [right[code] for code in FILES]
        shares = " | ".join(f"{share:.1f}" for share in right.values())
        mean = sum(main_ones) / len(main_ones)
        print(f"| {name} | {mean:.2f} | {min(main_ones):.2f} | {shares} | {max(spent):.2f} |")


def articles(data: Path) -> None:
    """Print how many of the gold articles are right."""
    gold = (data / "tags" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in gold]
    begun = time.process_time()
    found = [identify(f"{row['title']}\n{row['text']}").code for row in rows]
    spent = 1000 * (time.process_time() - begun) / len(rows)
    right = sum(code == row["lang"] for code, row in zip(found, rows, strict=True))
    print(f"\nGold articles: {right} of {len(rows)} right, {spent:.2f} ms CPU each.")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th sentence")
    parser.add_argument("--show", action="store_true", help="what the wrong ones were taken for")
    options = parser.parse_args()
    identify("This sentence loads the profiles of languages before any clock is started, once.")
    sentences(options.data, options.every, show=options.show)
    articles(options.data)


if __name__ == "__main__":
    main()
