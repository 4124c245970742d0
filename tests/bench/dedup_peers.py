"""The same pairs through datasketch and rensa: quality and CPU time side by side with ours.

Run in an environment of their own; our side is read from fingerprints made beforehand:

    python tests/bench/dedup.py quality --data ../shared/data
    python -m venv peers && peers/bin/pip install datasketch rensa numpy pyarrow
    peers/bin/python tests/bench/dedup_peers.py --data ../shared/data
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq

PERMUTATIONS = 128
SHINGLE = 5
Pair = tuple[int, int]


def main() -> None:
    """Print one line a peer and threshold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    rows = pq.read_table(parser.parse_args().data / "dedup" / "pairs.parquet").to_pylist()
    rest = [row for row in rows if row["base"] % 2 == 1]
    words = {row["doc"]: _shingles(row["text"]) for row in rest}
    print(f"{len(rest)} documents, part `rest`, {SHINGLE}-word shingles\n")
    print("| peer | threshold | precision | recall | F1 | round-ups found | documents per CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, find in (("datasketch MinHashLSH", _datasketch), ("rensa RMinHashLSH", _rensa)):
        for threshold in (0.3, 0.5, 0.7):
            started = time.process_time()
            pairs = find(words, threshold)
            seconds = time.process_time() - started
            _print(f"{name} | {threshold}", pairs, rest, len(rest) / seconds)


def _shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[at : at + SHINGLE]) for at in range(max(len(words) - SHINGLE + 1, 1))}


def _datasketch(texts: dict[int, set[str]], threshold: float) -> set[Pair]:
    from datasketch import MinHash, MinHashLSH

    hashes = {}
    for key, shingles in texts.items():
        hashes[key] = MinHash(num_perm=PERMUTATIONS)
        hashes[key].update_batch([each.encode() for each in shingles])
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    for key, hashed in hashes.items():
        index.insert(key, hashed)
    return _verified(
        {key: index.query(hashed) for key, hashed in hashes.items()},
        lambda one, other: hashes[one].jaccard(hashes[other]) >= threshold,
    )


def _rensa(texts: dict[int, set[str]], threshold: float) -> set[Pair]:
    from rensa import RMinHash, RMinHashLSH

    hashes = {}
    for key, shingles in texts.items():
        hashes[key] = RMinHash(num_perm=PERMUTATIONS, seed=1)
        hashes[key].update(sorted(shingles))
    index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=32)
    for key, hashed in hashes.items():
        index.insert(key, hashed)
    return _verified(
        {key: index.query(hashed) for key, hashed in hashes.items()},
        lambda one, other: hashes[one].jaccard(hashes[other]) >= threshold,
    )


def _verified(candidates: dict[int, Iterable[int]], holds: Callable[[int, int], bool]) -> set[Pair]:
    pairs = {
        (min(key, other), max(key, other))
        for key, others in candidates.items()
        for other in others
        if other != key
    }
    return {pair for pair in pairs if holds(*pair)}


def _print(name: str, pairs: set[Pair], rows: list[dict], speed: float) -> None:
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
    contained = sum(pair in pairs for pair in held) / len(held)
    print(
        f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {contained:.3f} | {speed:.0f} |",
        flush=True,
    )


def _together(rows: list[dict], group: Callable[[dict], int]) -> set[Pair]:
    groups = defaultdict(list)
    for row in rows:
        groups[group(row)].append(row["doc"])
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


if __name__ == "__main__":
    main()
