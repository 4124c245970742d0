"""What houses make of real pages, by other rules than the pairs were made by.

    python tests/bench/dedup_pages.py --data ../shared/data

The decision never saw these pages, nor texts changed in these ways: most are English and German,
the pairs are not. Each kind of change is made twice of every page of 120 to 2,500 words.
"""

import argparse
import html
import json
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from flows.dedup.decide import compare
from flows.dedup.fingerprint import fingerprint
from flows.model import DuplicateKind

FOLDERS = ("fundus", "scrapinghub")
TIMES = 2
LEGAL = "All rights reserved, any use without a link to the source is forbidden."
COPY = frozenset({DuplicateKind.EXACT, DuplicateKind.NEAR})
_SENTENCE_END = re.compile(r"(?<=[.!?…。])\s+")

Change = Callable[[str, "Others"], str]


def main() -> None:
    """Print what each kind of change was taken for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    texts = _texts(parser.parse_args().data / "pages")
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for place, text in enumerate(texts):
        others = Others(place, texts)
        original = fingerprint("", text, "en")
        for name, change in CHANGES.items():
            for _ in range(TIMES):
                kind = compare(original, fingerprint("", change(text, others), "en")).kind
                found[name]["copy" if kind in COPY else kind.value if kind else "other text"] += 1
    print(f"{len(texts)} pages\n\n| change | a copy | contained | another text |")
    print("| --- | --: | --: | --: |")
    for name, kinds in found.items():
        shares = (kinds[each] / kinds.total() for each in ("copy", "contained", "other text"))
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


def _texts(folder: Path) -> list[str]:
    lines = [
        line
        for name in FOLDERS
        for line in (folder / name / "truth.jsonl").read_text("utf-8").splitlines()
    ]
    texts = [json.loads(line)["truth"].get("text") or "" for line in lines]
    return [text for text in texts if 120 <= len(text.split()) <= 2500]


class Others:
    """Chance, and words of other pages."""

    def __init__(self, place: int, texts: Sequence[str]) -> None:
        self.chance = random.Random(place)
        self._texts = [text for at, text in enumerate(texts) if at != place]

    def text(self) -> str:
        """Give another page."""
        return self.chance.choice(self._texts)

    def sentence(self) -> str:
        """Give a sentence of another page."""
        return self.chance.choice(_sentences(self.text()))[:200]


def _sentences(text: str) -> list[str]:
    return [each for each in _SENTENCE_END.split(text) if each.strip()]


def _encoded(text: str, others: Others) -> str:
    ways: tuple[Callable[[str], str], ...] = (
        lambda given: html.escape(html.escape(given)),
        lambda given: unicodedata.normalize("NFD", given),
        str.upper,
    )
    return others.chance.choice(ways)(text)


def _edited(text: str, others: Others) -> str:
    kept = [each for each in _sentences(text) if others.chance.random() > 0.07] or [text]
    words = " ".join(kept).split()
    return " ".join(
        others.chance.choice(words) if others.chance.random() < 0.05 else word for word in words
    )


def _scanned(text: str, others: Others) -> str:
    return "".join(
        others.chance.choice("ecoaltirnu")
        if letter.isalpha() and others.chance.random() < 0.015
        else letter
        for letter in text
    )


def _furnished(text: str, others: Others) -> str:
    also = "\n".join(others.sentence()[:90] for _ in range(4))
    return f"Share Print\n{others.sentence()[:90]}\n{text}\n{LEGAL}\nRead also:\n{also}"


def _rewired(text: str, others: Others) -> str:
    kept = _sentences(text)
    kept = kept[: max(1, int(len(kept) * 0.85))]
    return " ".join(("BAKU, 5 May (Reuters) -", others.sentence(), *kept, others.sentence()))


def _cut(text: str, others: Others) -> str:
    least = int(len(text) * others.chance.uniform(0.5, 0.8))
    return text[: text.rfind(" ", 0, least)] + others.chance.choice((" ...", "…", "", " Read more"))


def _quoted(text: str, others: Others) -> str:
    sentences, around = _sentences(text), _sentences(others.text())
    at, half = others.chance.randrange(max(1, len(sentences) - 1)), len(around) // 2
    quote = " ".join(sentences[at : at + 2])
    return " ".join((*around[:half], f'"{quote}"', *around[half:]))


def _rounded_up(text: str, others: Others) -> str:
    parts = [text, others.text(), others.text()]
    others.chance.shuffle(parts)
    return "\n".join(parts)


def _updated(text: str, others: Others) -> str:
    """Keep half of it with other numbers, after and before sentences of another page."""
    sentences, fresh = _sentences(text), _sentences(others.text())
    kept = sentences[: max(1, int(len(sentences) * others.chance.uniform(0.35, 0.55)))]
    fresh = fresh[: max(2, len(sentences) - len(kept))]
    numbers = re.sub(
        r"\d+", lambda found: str(int(found[0][:9]) + others.chance.randint(0, 9)), " ".join(kept)
    )
    return " ".join((fresh[0], numbers, *fresh[1:]))


CHANGES: dict[str, Change] = {
    "another encoding": _encoded,
    "edited: 7 % of sentences gone, 5 % of words others": _edited,
    "scanned: 1.5 % of letters misread": _scanned,
    "with furniture of a page": _furnished,
    "another lead, the last 15 % gone, a sentence added": _rewired,
    "cut to 50 to 80 %": _cut,
    "in a round-up of three": _rounded_up,
    "two sentences quoted in another page": _quoted,
    "a later report: half kept, numbers changed": _updated,
}


if __name__ == "__main__":
    main()
