"""The pairs with truth by construction, and how answers are scored against them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq

from flows.dedup.fingerprint import fingerprint
from flows.model import Article, Fingerprint, Language, TaggedArticle, Tags

CONTAINERS = frozenset({"roundup", "quote"})
START = datetime(2026, 1, 1, 5, 1, tzinfo=UTC)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """One row of pairs.parquet."""

    id: str
    base: str
    kind: str
    language: str
    text: str
    parts: frozenset[str]
    cluster: str


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of one cluster found: precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


def read(data: Path, part: str = "all") -> list[Document]:
    """Read the documents of a part: `train` and `rest` split the base documents in two."""
    rows = pq.read_table(data / "dedup" / "pairs.parquet").to_pylist()
    documents = [
        Document(
            str(row["doc"]),
            str(row["base"]),
            row["kind"],
            row["lang"],
            row["text"],
            frozenset(map(str, row["parts"] or ())),
            str(row["cl"]),
        )
        for row in rows
    ]
    wanted = {"all": (0, 1), "train": (0,), "rest": (1,)}[part]
    return [document for document in documents if int(document.base) % 2 in wanted]


def pair(one: str, other: str) -> Pair:
    """Give two ids as one pair, whatever their order."""
    return (one, other) if one < other else (other, one)


def together(groups: Iterable[Iterable[str]]) -> set[Pair]:
    """Give all pairs within groups."""
    return {pair(*two) for group in groups for two in combinations(group, 2)}


def truth(documents: Iterable[Document]) -> set[Pair]:
    """Give the pairs that are copies."""
    clusters = defaultdict(list)
    for document in documents:
        clusters[document.cluster].append(document.id)
    return together(clusters.values())


def score(found: set[Pair], documents: list[Document]) -> Score:
    """Score pairs; two containers of the same part count neither way."""
    by_id = {document.id: document for document in documents}
    true = truth(documents)
    counted = {
        two
        for two in found
        if not (
            {by_id[each].kind for each in two} <= CONTAINERS
            and by_id[two[0]].parts & by_id[two[1]].parts
        )
    }
    hits = len(counted & true)
    return Score(hits / max(len(counted), 1), hits / max(len(true), 1))


def adjusted_rand(found: Mapping[str, str], documents: list[Document]) -> float:
    """Give the adjusted Rand index of clusters (Hubert and Arabie 1985)."""
    ours = [found[document.id] for document in documents]
    true = [document.cluster for document in documents]
    both, left, right = (
        sum(count * (count - 1) / 2 for count in Counter(each).values())
        for each in (zip(ours, true, strict=True), ours, true)
    )
    expected = left * right / (len(documents) * (len(documents) - 1) / 2)
    return (both - expected) / ((left + right) / 2 - expected)


def tagged(document: Document, minutes: int, marks: Fingerprint | None = None) -> TaggedArticle:
    """Give a document as an article published some minutes after the first."""
    url = f"https://{document.id}.example/{document.id}"
    at = START + timedelta(minutes=minutes)
    article = Article(
        article_id=document.id, source_id="s", feed_id=None, url=url, canonical_url=url,
        title="", text=document.text, authors=(), published_at=at, published_from="page",
        modified_at=None, fetched_at=at, language=Language(document.language, 1.0, ""),
        language_declared=None, word_count=0, content_hash="", extractor="",
    )  # fmt: skip
    marks = marks or fingerprint("", document.text, document.language)
    return TaggedArticle(article, marks, Tags(1.0, relevant=True, reason=""))
