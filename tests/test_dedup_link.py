"""Batches to pairs, clusters, canonical articles and novelty."""

import random
from dataclasses import replace

import pytest
from dedup_cases import DAWN, article, halves, id_of, marks, report, scanned
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.dedup import corpus
from flows.dedup.link import link
from flows.model import DuplicateKind, Known, KnownArticle, Links

STORY, OTHER, THIRD = (report(seed) for seed in (1, 2, 3))


def rows(links):
    return {(row.article_id, row.of_article_id): row.kind for row in links.duplicates}


def clusters(links):
    return {row.article_id: row.cluster_id for row in links.memberships}


def canonical(links):
    return {row.article_id for row in links.memberships if row.canonical}


def test_a_copy_repeats_the_article_published_before_it_not_the_one_fetched_before():
    late = article(STORY, minutes=90, source="beta")
    early = article(STORY, minutes=0)
    links = link([late, early], Known())
    assert rows(links) == {(id_of(late), id_of(early)): DuplicateKind.EXACT}
    assert canonical(links) == {id_of(early)}
    assert {row.article_id: row.lag_seconds for row in links.memberships} == {
        id_of(early): 0.0,
        id_of(late): 5400.0,
    }


def test_an_article_alone_is_its_own_cluster():
    links = link([article(STORY), article(OTHER)], Known())
    assert not links.duplicates
    assert len(canonical(links)) == 2


def test_a_round_up_contains_and_joins_nothing():
    parts = [article(text, minutes=place) for place, text in enumerate((STORY, OTHER, THIRD))]
    digest = article(f"{STORY} {OTHER} {THIRD}", minutes=9, source="beta")
    links = link([*parts, digest], Known())
    assert rows(links) == {(id_of(digest), id_of(part)): DuplicateKind.CONTAINED for part in parts}
    assert len(set(clusters(links).values())) == 4


def test_what_contains_is_the_longer_text_even_when_it_came_first():
    digest = article(f"{OTHER} {STORY} {THIRD}", minutes=0)
    part = article(STORY, minutes=9, source="beta")
    assert rows(link([digest, part], Known())) == {
        (id_of(digest), id_of(part)): DuplicateKind.CONTAINED
    }


def test_pages_that_name_one_canonical_page_are_one_article():
    one = article(STORY, canonical="https://alpha.example/story")
    two = article(scanned(STORY), minutes=5, canonical="https://alpha.example/story")
    assert rows(link([one, two], Known())) == {(id_of(two), id_of(one)): DuplicateKind.URL}


def test_a_front_page_named_canonical_makes_no_copies():
    one = article(STORY, canonical="https://alpha.example/")
    two = article(OTHER, canonical="https://alpha.example/")
    assert not link([one, two], Known()).duplicates


def test_a_guessed_time_is_never_first():
    guessed = article(STORY, minutes=-60, source="beta", published_from="fetch")
    known = article(STORY, minutes=0)
    assert canonical(link([guessed, known], Known())) == {id_of(known)}


def test_a_bare_date_does_not_beat_a_time_on_the_same_day():
    midnight = (DAWN.replace(hour=0, minute=0) - DAWN).total_seconds() / 60
    bare = article(STORY, minutes=midnight, source="beta")
    timed = article(STORY)
    links = link([bare, timed], Known())
    assert canonical(links) == {id_of(timed)}
    assert min(row.lag_seconds for row in links.memberships) == 0


def test_a_notice_in_a_page_s_place_makes_no_copies_of_a_source_s_articles():
    wall = "Please subscribe to read this article and all others that we publish every single day."
    walls = [
        article(wall * 2, key=key, title=f"Title {key} of an article") for key in ("a", "b", "c")
    ]
    other = article(wall * 2, source="beta", minutes=9, title="Title a of an article")
    found = rows(link([*walls, other], Known()))
    assert all(id_of(other) in pair for pair in found)


# ---------------------------------------------------------------- against what is stored


def stored(tagged, cluster=None):
    made = tagged.article
    return KnownArticle(
        made.article_id, made.canonical_url, made.source_id, made.title, made.text, "en",
        made.published_at, cluster or made.article_id,
    )  # fmt: skip


def known_of(articles, links=None):
    of = clusters(links) if links else {}
    return Known(
        articles=tuple(stored(each, of.get(id_of(each))) for each in articles),
        members=tuple(
            (of.get(id_of(each), id_of(each)), id_of(each), each.article.published_at)
            for each in articles
        ),
    )


def test_a_late_arrival_published_earlier_becomes_canonical_and_moves_the_stored_copies():
    copy = article(STORY, minutes=60, source="beta")
    original = article(STORY, minutes=0)
    links = link([original], known_of([copy]))
    assert rows(links) == {(id_of(copy), id_of(original)): DuplicateKind.EXACT}
    assert clusters(links) == {id_of(copy): id_of(original), id_of(original): id_of(original)}


def test_a_new_copy_joins_two_clusters_that_turn_out_to_be_one():
    first, second = halves(report(1, sentences=30))
    shared = report(5, sentences=40)
    one = article(first[:300] + " " + shared, minutes=0)
    two = article(shared + " " + second[:300], minutes=10, source="beta")
    bridge = article(shared, minutes=20, source="gamma")
    links = link([bridge], known_of([one, two]))
    assert set(clusters(links).values()) == {id_of(one)}


def test_stored_articles_are_not_compared_again_among_themselves():
    one, two = article(STORY), article(STORY, minutes=5, source="beta")
    links = link([article(OTHER)], known_of([one, two]))
    assert not links.duplicates
    assert len(links.memberships) == 1


def test_a_new_text_of_a_stored_article_replaces_the_old_one():
    old = article(STORY, key="same")
    new = article(OTHER, key="same")
    links = link([new, article(OTHER, source="beta", minutes=3)], known_of([old]))
    assert list(rows(links).values()) == [DuplicateKind.EXACT]


# ---------------------------------------------------------------- properties


def corpus_of_copies():
    texts = [
        STORY, scanned(STORY), "Lead of the house. " + STORY, STORY, halves(STORY)[0] + " ...",
        OTHER, scanned(OTHER), f"{STORY} {OTHER} {THIRD}", THIRD, report(7), report(1, facts=5),
    ]  # fmt: skip
    return [
        article(text, minutes=7 * place % 11, source=f"house{place}")
        for place, text in enumerate(texts)
    ]


def gathered(batches):
    """Links after loading batches one by one, as the warehouse would keep them."""
    seen, held, novelty, duplicates = [], {}, {}, {}
    for batch in batches:
        known = known_of(seen, Links(memberships=tuple(held.values())))
        links = link(batch, known)
        held |= {row.article_id: row for row in links.memberships}
        novelty |= dict(links.novelty)
        duplicates |= {(row.article_id, row.of_article_id): row for row in links.duplicates}
        seen += batch
    return held, novelty, duplicates


ARTICLES = corpus_of_copies()
WHOLE = gathered([ARTICLES])


def test_the_corpus_of_the_properties_has_all_kinds():
    held, _, duplicates = WHOLE
    assert {row.kind for row in duplicates.values()} >= {
        DuplicateKind.EXACT, DuplicateKind.NEAR, DuplicateKind.CONTAINED
    }  # fmt: skip
    assert len({row.cluster_id for row in held.values()}) == 6


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_links_do_not_depend_on_the_order_or_the_batches_of_arrival(chance: random.Random, size):
    shuffled = chance.sample(ARTICLES, len(ARTICLES))
    batches = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    assert gathered(batches) == WHOLE


@settings(max_examples=10, deadline=None)
@given(st.integers(100, 10_000))
def test_an_article_changes_no_cluster_it_is_no_copy_of(seed):
    held, _, _ = gathered([ARTICLES, [article(report(seed), source="stranger")]])
    assert {key: held[key] for key in WHOLE[0]} == WHOLE[0]


def test_linking_the_same_batch_again_changes_nothing():
    assert gathered([ARTICLES, ARTICLES]) == WHOLE


# ---------------------------------------------------------------- novelty and seeds


def test_an_original_is_new_and_its_copy_is_not():
    links = link([article(STORY), article(STORY, minutes=5, source="beta")], Known())
    assert sorted(share for _, share in links.novelty) == [0.0, 1.0]


def test_novelty_is_the_share_of_sentences_not_read_before():
    longer = STORY + " " + report(9, sentences=5)
    links = link([article(STORY), article(longer, minutes=5, source="beta")], Known())
    assert dict(links.novelty)[id_of(article(longer, source="beta"))] == pytest.approx(5 / 20)


def test_a_text_that_repeats_a_seed_is_not_new_and_says_which_seed():
    seed = corpus.read("A seed", STORY, "en", DAWN)
    links = link([article(STORY), article(OTHER)], Known(seeds=(seed,)))
    (row,) = links.duplicates
    assert (row.kind, row.of_seed_id, row.of_article_id) == (
        DuplicateKind.SEED, seed.seed_id, None
    )  # fmt: skip
    assert dict(links.novelty) == {id_of(article(STORY)): 0.0, id_of(article(OTHER)): 1.0}


def test_an_article_repeats_the_kept_marks_of_a_revision():
    first = article(STORY)
    second = replace(first, fingerprint=marks(OTHER))
    assert link([second], Known()).duplicates == ()
