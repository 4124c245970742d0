"""The same pairs through datasketch, rensa and ours: quality, CPU time and size side by side.

    uv run --with datasketch --with rensa python tests/bench/dedup_peers.py \\
        --data ../shared/data --sizes 10000

First the pairs with truth, then 500 new texts against so many known ones, of which 166 are
edited copies (`dedup_scale.py`): peers hold them in memory, ours in a warehouse.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

# a sibling script is called warehouse.py: look for siblings last
sys.path.sort(key=lambda path: Path(path) == Path(__file__).parent)
import dedup_scale as scale
import dedup_truth as truths
import pyarrow.parquet as pq

from flows.dedup.fingerprint import fingerprint
from flows.dedup.link import JOINING, link
from flows.model import DuplicateKind, Known

PERMUTATIONS = 128
SHINGLE = 5
THRESHOLD = 0.5
Pair = tuple[int, int]
Found = tuple[set[Pair], set[Pair]]  # copies; containers and what they hold


def main() -> None:
    """Print one line a peer and threshold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(_measure(arguments.one, arguments.sizes[0])))
        return
    quality(arguments.data)
    if arguments.sizes:
        print("\n| peer | known | index them, CPU s | find 500, CPU s | copies found | peak MB |")
        print("| --- | --- | --- | --- | --- | --- |")
    for size in arguments.sizes:
        at_size(size)


# ---------------------------------------------------------------- quality


def quality(data: Path) -> None:
    """Print precision and recall on the pairs with truth."""
    rows = pq.read_table(data / "dedup" / "pairs.parquet").to_pylist()
    rest = [row for row in rows if row["base"] % 2 == 1]
    texts = {row["doc"]: row["text"] for row in rest}
    print(f"{len(rest)} documents, part `rest`; peers see {SHINGLE}-word shingles\n")
    print("| peer | threshold | precision | recall | F1 | round-ups found | documents per CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    _timed("ours | as trained", lambda: _ours(truths.read(data, "rest")), rest)
    for name, find in (("datasketch MinHashLSH", _datasketch), ("rensa RMinHashLSH", _rensa)):
        for threshold in (0.3, 0.5, 0.7):
            _timed(f"{name} | {threshold}", lambda f=find, t=threshold: (f(texts, t),) * 2, rest)


def _timed(name: str, find: Callable[[], Found], rows: list[dict]) -> None:
    started = time.process_time()
    pairs, held = find()
    _print(name, pairs, held, rows, len(rows) / (time.process_time() - started))


def _ours(documents: list[truths.Document]) -> Found:
    links = link([truths.tagged(each, place) for place, each in enumerate(documents)], Known())
    rows = [(int(row.article_id), int(row.of_article_id), row.kind) for row in links.duplicates]
    copies = {(one, other) for one, other, kind in rows if kind in JOINING}
    held = {(one, other) for one, other, kind in rows if kind is DuplicateKind.CONTAINED}
    return copies, {(min(two), max(two)) for two in held}


def _shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[at : at + SHINGLE]) for at in range(max(len(words) - SHINGLE + 1, 1))}


def _datasketch(texts: dict[int, str], threshold: float) -> set[Pair]:
    hashes = {key: _datasketch_hash(text) for key, text in texts.items()}
    index = _datasketch_index(threshold)
    for key, hashed in hashes.items():
        index.insert(key, hashed)
    return _verified(
        {key: index.query(hashed) for key, hashed in hashes.items()},
        lambda one, other: hashes[one].jaccard(hashes[other]) >= threshold,
    )


def _rensa(texts: dict[int, str], threshold: float) -> set[Pair]:
    hashes = {key: _rensa_hash(text) for key, text in texts.items()}
    index = _rensa_index(threshold)
    for key, hashed in hashes.items():
        index.insert(key, hashed)
    return _verified(
        {key: index.query(hashed) for key, hashed in hashes.items()},
        lambda one, other: hashes[one].jaccard(hashes[other]) >= threshold,
    )


def _datasketch_hash(text: str) -> object:
    from datasketch import MinHash

    hashed = MinHash(num_perm=PERMUTATIONS)
    hashed.update_batch([each.encode() for each in _shingles(text)])
    return hashed


def _rensa_hash(text: str) -> object:
    from rensa import RMinHash

    hashed = RMinHash(num_perm=PERMUTATIONS, seed=1)
    hashed.update(sorted(_shingles(text)))
    return hashed


def _datasketch_index(threshold: float = THRESHOLD) -> object:
    from datasketch import MinHashLSH

    return MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)


def _rensa_index(threshold: float = THRESHOLD) -> object:
    from rensa import RMinHashLSH

    return RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=32)


def _verified(candidates: dict[int, Iterable[int]], holds: Callable[[int, int], bool]) -> set[Pair]:
    pairs = {
        (min(key, other), max(key, other))
        for key, others in candidates.items()
        for other in others
        if other != key
    }
    return {pair for pair in pairs if holds(*pair)}


def _print(name: str, pairs: set[Pair], holds: set[Pair], rows: list[dict], speed: float) -> None:
    """Score by the clusters the pairs make, as ours are."""
    parent = {row["doc"]: row["doc"] for row in rows}

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for one, other in pairs:
        parent[root(one)] = root(other)
    found = _together(rows, lambda row: root(row["doc"]))
    true = _together(rows, lambda row: row["cl"])
    hits = len(found & true)
    precision, recall = hits / max(len(found), 1), hits / len(true)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    ids = {row["doc"] for row in rows}
    held = [
        (min(row["doc"], part), max(row["doc"], part))
        for row in rows
        if row["kind"] == "roundup"
        for part in set(row["parts"]) & ids
    ]
    contained = sum(pair in holds for pair in held) / len(held)
    print(
        f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {contained:.3f} | {speed:.0f} |",
        flush=True,
    )


def _together(rows: list[dict], group: Callable[[dict], int]) -> set[Pair]:
    groups = defaultdict(list)
    for row in rows:
        groups[group(row)].append(row["doc"])
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


# ---------------------------------------------------------------- size


def at_size(size: int) -> None:
    """Print what 500 new texts cost against so many known ones, each in a process of its own."""
    for name in ("datasketch", "rensa", "ours"):
        command = [sys.executable, __file__, "--data", ".", "--one", name, "--sizes", str(size)]
        row = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(
            f"| {name} | {size:,} | {row['index']:.1f} | {row['find']:.2f} "
            f"| {row['found']} of {row['planted']} | {row['peak']:.0f} |",
            flush=True,
        )


def _measure(name: str, size: int) -> dict[str, float]:
    if name == "ours":
        return _measure_ours(size)
    hashed, index = _datasketch_hash, _datasketch_index()
    if name == "rensa":
        hashed, index = _rensa_hash, _rensa_index()
    started = time.process_time()
    known = {}
    for number in range(size):
        known[number] = hashed(scale.text_of(number))
        index.insert(number, known[number])
    indexed = time.process_time()
    copied = scale.planted(size)
    texts = [scale.edited(scale.text_of(number)) for number in copied]
    texts += [scale.text_of(-number) for number in range(1, scale.NEW - len(texts) + 1)]
    found = []
    for text in texts:
        mine = hashed(text)
        held = [each for each in index.query(mine) if mine.jaccard(known[each]) >= THRESHOLD]
        found.append(held)
    hits = sum(number in held for number, held in zip(copied, found, strict=False))
    return {
        "index": indexed - started, "find": time.process_time() - indexed, "found": hits,
        "planted": len(copied), "peak": scale.peak(),
    }  # fmt: skip


def _measure_ours(size: int) -> dict[str, float]:
    started = time.process_time()
    for number in range(size):
        fingerprint("", scale.text_of(number), "en")
    seconds = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "known.duckdb"
        scale.build(path, size)
        row = scale.measured(path)
    found = row["find"][1] + row["compare"][1]
    return {"index": seconds, "find": found} | {
        name: row[name] for name in ("found", "planted", "peak")
    }


if __name__ == "__main__":
    main()
