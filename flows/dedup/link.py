"""A batch to its links: which articles repeat which, in which clusters, and what is new."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from flows.dedup import clusters, corpus
from flows.dedup.clusters import Member, Order
from flows.dedup.decide import compare
from flows.dedup.fingerprint import SHORT, fingerprint
from flows.model import (
    Duplicate,
    DuplicateKind,
    Fingerprint,
    Known,
    KnownArticle,
    Links,
    SeedDocument,
    TaggedArticle,
)

JOINING = frozenset({DuplicateKind.URL, DuplicateKind.EXACT, DuplicateKind.NEAR})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An article, new or stored, with what decides whether it repeats another."""

    member: Member
    order: Order
    source_id: str
    canonical_url: str
    marks: Fingerprint
    new: bool

    @property
    def id(self) -> str:
        return self.member.article_id


def link(articles: Sequence[TaggedArticle], known: Known) -> Links:
    """Give pairs, clusters and novelty of a batch, among itself and against what is stored.

    The same articles give the same links in whatever order and batches they come.

    Args:
        articles: The batch.
        known: Stored articles that may be repeated, and the seed corpus.
    """
    candidates = _candidates(articles, known)
    found = [
        pair
        for one, other in _pairs(candidates.values())
        if (pair := _duplicate(one, other)) is not None
    ]
    seeds = [
        row
        for tagged in articles
        for row in _of_seeds(tagged.article.article_id, tagged.fingerprint, known.seeds)
    ]
    members = _members(candidates, known)
    groups = _groups(found, members, known, {each.article.article_id for each in articles})
    return Links(
        duplicates=tuple(sorted(found + seeds, key=_by_ids)),
        memberships=(
            *known.loosened,  # first: an article that found a cluster again has its place there
            *(row for group in groups for row in clusters.elect(group, members)),
        ),
        novelty=tuple(_novelty(groups, candidates, members, known.seeds)),
    )


def _by_ids(row: Duplicate) -> tuple[str, str, str]:
    return row.article_id, row.of_article_id or "", row.of_seed_id or ""


# ---------------------------------------------------------------- who is compared


def _candidates(articles: Sequence[TaggedArticle], known: Known) -> dict[str, _Candidate]:
    """Give all articles by id; a new text of a stored article replaces the old one."""
    stored = {each.article_id: _stored(each, known) for each in known.articles}
    return stored | {each.article.article_id: _new(each) for each in articles}


def _new(tagged: TaggedArticle) -> _Candidate:
    article = tagged.article
    member = Member(
        article.article_id, article.published_at, undated=article.published_from == "fetch"
    )
    return _Candidate(
        member=member,
        order=member.order,
        source_id=article.source_id,
        canonical_url=article.canonical_url,
        marks=tagged.fingerprint,
        new=True,
    )


def _stored(article: KnownArticle, known: Known) -> _Candidate:
    member = Member(
        article.article_id, article.published_at, undated=article.article_id in known.undated
    )
    return _Candidate(
        member=member,
        order=member.order,
        source_id=article.source_id,
        canonical_url=article.canonical_url,
        marks=fingerprint(article.title, article.text, article.language),
        new=False,
    )


def _pairs(candidates: Iterable[_Candidate]) -> Iterator[tuple[_Candidate, _Candidate]]:
    """Give pairs with a new article in them that share a mark; the later article comes first."""
    holders: dict[object, list[_Candidate]] = defaultdict(list)
    for candidate in candidates:
        for mark in (*candidate.marks.sketch, candidate.marks.normal_hash, candidate.canonical_url):
            holders[mark].append(candidate)
    seen: set[tuple[str, str]] = set()
    for sharing in holders.values():
        for one, other in combinations(sharing, 2):
            ids = (one.id, other.id) if one.id < other.id else (other.id, one.id)
            if (one.new or other.new) and ids not in seen:
                seen.add(ids)
                yield (one, other) if one.order > other.order else (other, one)


# ---------------------------------------------------------------- what a pair is


def _duplicate(later: _Candidate, earlier: _Candidate) -> Duplicate | None:
    verdict = compare(later.marks, earlier.marks)
    kind, method = verdict.kind, verdict.method
    if _is_notice(later, earlier):
        kind = None
    if _same_page(later, earlier):
        kind, method = DuplicateKind.URL, f"rel=canonical names the same page; {method}"
    if kind is None:
        return None
    article, of = later, earlier
    if kind is DuplicateKind.CONTAINED and later.marks.word_count < earlier.marks.word_count:
        article, of = earlier, later
    return Duplicate(
        article_id=article.id,
        of_article_id=of.id,
        of_seed_id=None,
        kind=kind,
        similarity=round(verdict.similarity, 4),
        containment=round(verdict.containment, 4),
        method=method,
    )


def _is_notice(one: _Candidate, other: _Candidate) -> bool:
    """Whether one source shows the same few words under two titles: a notice in a page's place.

    A wall that asks to subscribe, or to turn scripts on, would else make copies of all its
    articles; copies by others, and under the same title, stay copies.
    """
    return (
        one.source_id == other.source_id
        and one.marks.heading != other.marks.heading
        and max(one.marks.word_count, other.marks.word_count) < SHORT
    )


def _same_page(one: _Candidate, other: _Candidate) -> bool:
    """Whether both name one canonical page of one site; front pages name nothing."""
    if one.canonical_url != other.canonical_url:
        return False
    page = urlsplit(one.canonical_url)
    return bool(page.path.strip("/") or page.query)


def _of_seeds(
    article_id: str, marks: Fingerprint, seeds: tuple[SeedDocument, ...]
) -> Iterator[Duplicate]:
    for hit in corpus.match(marks, seeds):
        yield Duplicate(
            article_id=article_id,
            of_article_id=None,
            of_seed_id=hit.seed.seed_id,
            kind=DuplicateKind.SEED,
            similarity=round(hit.similarity, 4),
            containment=round(hit.containment, 4),
            method=hit.method,
        )


# ---------------------------------------------------------------- clusters


def _members(candidates: Mapping[str, _Candidate], known: Known) -> dict[str, Member]:
    stored = {
        article_id: Member(article_id, published_at, undated=article_id in known.undated)
        for _, article_id, published_at in known.members
    }
    return stored | {each.id: each.member for each in candidates.values()}


def _groups(
    found: Iterable[Duplicate],
    members: Iterable[str],
    known: Known,
    new: set[str],
) -> list[frozenset[str]]:
    """Give the clusters that a new article is in."""
    joined = [
        (pair.article_id, pair.of_article_id)
        for pair in found
        if pair.kind in JOINING and pair.of_article_id is not None
    ]
    stored = defaultdict(list)
    for cluster_id, article_id, _ in known.members:
        stored[cluster_id].append(article_id)
    together = [(first, other) for first, *others in stored.values() for other in others]
    return [group for group in clusters.join(joined + together, members) if group & new]


# ---------------------------------------------------------------- what is new


def _novelty(
    groups: Iterable[frozenset[str]],
    candidates: Mapping[str, _Candidate],
    members: Mapping[str, Member],
    seeds: tuple[SeedDocument, ...],
) -> Iterator[tuple[str, float]]:
    """Give each article's share of sentences in no seed and no earlier copy.

    A stored article is judged again only when all that came before it is at hand.
    """
    of_seeds = {sentence for seed in seeds for sentence in seed.fingerprint.sentences}
    for group in groups:
        seen, complete = set(of_seeds), True
        for article_id in sorted(group, key=lambda each: members[each].order):
            one = candidates.get(article_id)
            complete = complete and one is not None
            if one is not None and (one.new or complete):
                yield one.id, _share_new(one.marks.sentences, seen)
            seen.update(one.marks.sentences if one is not None else ())


def _share_new(sentences: Sequence[int], seen: set[int]) -> float:
    if not sentences:
        return 1.0
    return round(sum(each not in seen for each in sentences) / len(sentences), 4)
