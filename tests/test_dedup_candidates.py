"""Candidates come from the warehouse by hashes, and give what linking in memory gives."""

from importlib.resources import files

import duckdb
import pyarrow as pa
import pytest
from dedup_cases import DAWN, article, id_of, report, scanned

from flows.dedup import corpus
from flows.dedup.link import link
from flows.model import DuplicateKind, Known
from warehouse import candidates
from warehouse.rows import local_day

DAY = 24 * 60
TABLES = ("articles", "clusters", "fingerprints", "sketches", "common_hashes",
          "seed_documents", "seed_fingerprints")  # fmt: skip


@pytest.fixture
def connection():
    made = duckdb.connect()
    for script in sorted(files("warehouse").joinpath("migrations").iterdir(), key=str):
        if script.name.startswith("0001"):
            made.execute(script.read_text(encoding="utf-8"))
    yield made
    made.close()


def insert(connection, table, rows):
    if rows:
        staged = pa.Table.from_pylist(rows)
        connection.register("staged", staged)
        connection.execute(f"INSERT INTO {table} BY NAME FROM staged")
        connection.unregister("staged")


def store(connection, *articles, links=None):
    """What the loader does, as far as candidates go."""
    links = links or link(articles, Known())
    moved = pa.table({"article_id": [row.article_id for row in links.memberships]})
    connection.register("moved", moved)
    connection.execute("DELETE FROM clusters WHERE article_id IN (SELECT article_id FROM moved)")
    connection.unregister("moved")
    insert(connection, "clusters", [
        {"article_id": row.article_id, "cluster_id": row.cluster_id, "canonical": row.canonical,
         "lag_seconds": row.lag_seconds} for row in links.memberships
    ])  # fmt: skip
    insert(connection, "articles", [_row(each) for each in articles])
    insert(connection, "fingerprints", [
        {"article_id": id_of(each), "normal_hash": each.fingerprint.normal_hash}
        for each in articles
    ])  # fmt: skip
    rows = [(id_of(each), hashed, local_day(each.article.published_at))
            for each in articles for hashed in each.fingerprint.sketch]  # fmt: skip
    connection.executemany("INSERT INTO sketches VALUES (?, ?, ?)", rows)


def _row(tagged):
    made = tagged.article
    return {
        "article_id": made.article_id, "source_id": made.source_id, "url": made.url,
        "canonical_url": made.canonical_url, "title": made.title, "authors": ["nobody"],
        "published_at": made.published_at, "published_from": made.published_from,
        "fetched_at": made.fetched_at, "language": "en", "language_confidence": 1.0,
        "text": made.text, "word_count": made.word_count, "content_hash": made.content_hash,
        "extractor": "test", "quality": "ok", "relevance": 1.0, "relevant": True, "run_id": "r",
        "day": local_day(made.published_at), "language_decided_by": "test",
        "relevance_reason": "test",
    }  # fmt: skip


def found(connection, *articles, **options):
    return {row.article_id for row in candidates.find(connection, articles, **options).articles}


STORY, OTHER = report(1), report(2)


def test_a_stored_copy_is_a_candidate_and_a_stranger_is_not(connection):
    copy = article(scanned(STORY))
    store(connection, copy, article(OTHER))
    assert found(connection, article(STORY, source="beta")) == {id_of(copy)}


def test_nothing_stored_gives_nothing(connection):
    assert candidates.find(connection, [article(STORY)]) == Known()
    assert candidates.find(connection, []) == Known()


def test_the_horizon_counts_both_ways_from_the_article_s_own_day(connection):
    copies = [article(scanned(STORY, seed=day), minutes=day * DAY) for day in (0, 80, 170)]
    for each in copies:
        store(connection, each)
    middle = article(STORY, minutes=85 * DAY, source="beta")
    assert found(connection, middle) == {id_of(each) for each in copies}
    assert found(connection, middle, horizon_days=30) == {id_of(copies[1])}


def test_equal_texts_and_pages_are_found_at_any_distance(connection):
    same = article(STORY, minutes=0)
    page = article(OTHER, canonical="https://beta.example/page")
    store(connection, same, page)
    later = article(STORY, source="beta", minutes=400 * DAY, canonical="https://beta.example/page")
    assert found(connection, later) == {id_of(same), id_of(page)}


def test_over_common_hashes_make_no_candidates(connection):
    copy = article(scanned(STORY))
    store(connection, copy)
    connection.execute("INSERT INTO common_hashes SELECT DISTINCT hash FROM sketches")
    assert found(connection, article(STORY, source="beta")) == set()


def test_all_members_of_a_candidate_s_cluster_come_along(connection):
    copies = [article(STORY, minutes=place, source=f"house{place}") for place in range(3)]
    store(connection, *copies)
    known = candidates.find(connection, [article(scanned(STORY), source="beta")])
    assert len(known.articles) == len(known.members) == 3
    assert {cluster for cluster, _, _ in known.members} == {id_of(copies[0])}
    assert {at for _, _, at in known.members} == {each.article.published_at for each in copies}


def test_guessed_times_are_told(connection):
    guessed = article(STORY, published_from="fetch")
    store(connection, guessed)
    assert candidates.find(connection, [article(STORY, source="beta")]).undated == {id_of(guessed)}


def test_a_batch_linked_through_the_warehouse_is_linked_as_in_memory(connection):
    texts = [STORY, OTHER, scanned(STORY), f"{OTHER} {STORY} {report(3)}", report(3), STORY]
    articles = [article(text, minutes=place, source=f"house{place}")
                for place, text in enumerate(texts)]  # fmt: skip
    pairs, held = set(), {}
    for batch in (articles[4:], articles[2:4], articles[:2]):
        links = link(batch, candidates.find(connection, batch))
        store(connection, *batch, links=links)
        pairs |= set(links.duplicates)
        held |= {row.article_id: row for row in links.memberships}
    whole = link(articles, Known())
    assert pairs == set(whole.duplicates)
    assert set(held.values()) == set(whole.memberships)
    kept = connection.execute("FROM clusters ORDER BY article_id").fetchall()
    assert len(kept) == len(articles)


def test_seeds_come_back_as_they_went_in(connection):
    seed = corpus.read("A seed", STORY, "en", DAWN)
    marks = seed.fingerprint
    insert(connection, "seed_documents", [{
        "seed_id": seed.seed_id, "title": seed.title, "language": seed.language,
        "word_count": seed.word_count, "content_hash": seed.content_hash,
        "added_at": seed.added_at,
    }])  # fmt: skip
    connection.execute(
        "INSERT INTO seed_fingerprints VALUES (?, ?, ?, ?, ?, ?, ?)",
        [seed.seed_id, marks.normal_hash, marks.word_count, sorted(marks.sketch),
         sorted(marks.shingles), sorted(marks.numbers), list(marks.sentences)],
    )  # fmt: skip
    known = candidates.find(connection, [article(f"{OTHER} {STORY}")])
    (row,) = link([article(f"{OTHER} {STORY}")], known).duplicates
    assert (row.kind, row.of_seed_id) == (DuplicateKind.SEED, seed.seed_id)
