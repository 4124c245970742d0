"""Documents a second and peak memory of `araxes import` and `araxes explain --jsonl`.

    uv run python tests/bench/documents.py --documents 10000

Each command runs as a process of its own over a made-up archive in four languages; one line in
a thousand is malformed. Memory is that of the largest process, so a leak in the parent shows
when --documents grows.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OPENINGS = {
    "en": "The foreign ministers of Armenia and Azerbaijan discussed the peace treaty in {place}.",
    "ru": "Министры иностранных дел Армении и Азербайджана обсудили мирный договор в {place}.",
    "az": "Ermənistan və Azərbaycan nazirləri {place} sülh müqaviləsini müzakirə etdi.",
    "hy": "Հայաստանի և Ադրբեջանի արտգործնախարարները {place} քննարկեցին խաղաղության պայմանագիրը։",
}
SYLLABLES = {
    "en": "ra ten mo vil ske dor pan li est har",
    "ru": "ра тен мо вил ске дор пан ли ест хар",
    "az": "ra tən mo vil şke dör pan lı est hər",
    "hy": "րա թեն մո վիլ սկե դոր պան լի էստ հար",
}


def text(language: str, number: int, words: int = 300) -> str:
    """Give a text of its own: an opening all share, then words nobody else has."""
    chance = random.Random(f"{language}{number}")
    syllables = SYLLABLES[language].split()
    made = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(words)]
    sentences = [" ".join(made[at : at + 12]).capitalize() + "." for at in range(0, words, 12)]
    return " ".join([OPENINGS[language].format(place=made[0].capitalize()), *sentences])


def write_archive(path: Path, documents: int) -> None:
    """Write the archive, line by line."""
    languages = list(OPENINGS)
    with path.open("w", encoding="utf-8") as file:
        for number in range(documents):
            if number % 1000 == 999:
                file.write('{"url": "https://broken.example/", \n')
                continue
            language = languages[number % len(languages)]
            day = 1 + number % 28
            document = {
                "id": number,
                "url": f"https://archive-{number % 20}.example/{language}/{number}",
                "title": f"{number}: {text(language, -number - 1, 6)[:80]}",
                "text": text(language, number),
                "published_at": f"2026-10-{day:02}T08:00:00+00:00",
            }
            file.write(json.dumps(document, ensure_ascii=False) + "\n")


def measure(command: list[str], out: Path) -> tuple[float, float, float]:
    """Give wall seconds, CPU seconds and peak MB of the largest process of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with out.open("wb") as sink:
        subprocess.run(command, stdout=sink, stderr=subprocess.DEVNULL, check=True)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, after.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    documents = parser.parse_args().documents
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = folder / "archive.jsonl"
        write_archive(archive, documents)
        araxes = [sys.executable, "-m", "flows.cli", "--db", str(folder / "w.duckdb")]
        runs = {
            "explain --jsonl": [*araxes, "explain", "--jsonl", str(archive)],
            "import": [*araxes, "import", str(archive), "--json"],
            "import again": [*araxes, "import", str(archive), "--json"],
        }
        print(f"{documents} documents\n")
        print("| command | documents/s | wall s | CPU s | peak MB |\n|---|--:|--:|--:|--:|")
        for title, command in runs.items():
            seconds, cpu, peak = measure(command, folder / "out")
            rate = documents / seconds
            print(f"| {title} | {rate:.0f} | {seconds:.1f} | {cpu:.1f} | {peak:.0f} |")
        print(f"\n{(folder / 'out').read_text()}")


if __name__ == "__main__":
    main()
