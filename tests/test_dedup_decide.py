"""Copies, containers, versions and templates are told apart."""

from dataclasses import replace

import pytest
from dedup_cases import halves, marks, report, scanned
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.dedup.align import align, passages
from flows.dedup.decide import compare
from flows.dedup.passages import side_by_side
from flows.model import DuplicateKind

STORY, OTHER, THIRD = (report(seed) for seed in (1, 2, 3))
NOTICE = " Subscribe to our channel and never miss the news of the day. All rights reserved."


def kind(one: str, other: str, title: str = "", other_title: str = ""):
    return compare(marks(one, title), marks(other, other_title)).kind


def test_the_same_words_are_an_exact_copy():
    verdict = compare(marks(STORY), marks(STORY.upper()))
    assert (verdict.kind, verdict.similarity, verdict.containment) == (DuplicateKind.EXACT, 1, 1)


@pytest.mark.parametrize(
    "copy",
    [
        scanned(STORY),
        NOTICE + " " + STORY + NOTICE,
        "A new lead was written by the house. " + STORY.split(". ", 1)[1],
        " ".join(STORY.split()[: len(STORY.split()) * 6 // 10]),
        " ".join(STORY.split()[:70]) + " ...",
        ". ".join(reversed(STORY.rstrip(".").split(". "))) + ".",
    ],
    ids=["scanned", "with notices", "new lead", "broken off", "teaser", "reordered"],
)
def test_an_edited_copy_is_near(copy):
    assert kind(STORY, copy) is DuplicateKind.NEAR


def test_the_full_text_of_a_teaser_with_the_same_title_is_near_however_long():
    teaser = " ".join(STORY.split()[:60]) + " …"
    whole = STORY + " " + report(4, sentences=60)
    title = "A title of some words"
    assert kind(whole, teaser, title, title) is DuplicateKind.NEAR


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_round_up_contains_its_parts(place):
    parts = [OTHER, THIRD, report(4)]
    parts.insert(place, STORY)
    verdict = compare(marks(" ".join(parts)), marks(STORY))
    assert verdict.kind is DuplicateKind.CONTAINED
    assert verdict.containment > 0.95
    assert verdict.similarity < 0.5


def test_a_text_that_quotes_two_sentences_is_another_text():
    quoted = STORY.split(". ")
    assert kind(OTHER + ' "' + quoted[4] + ". " + quoted[5] + '." ' + THIRD, STORY) is None


def test_the_same_form_with_other_facts_is_another_text():
    assert kind(report(1, facts=1), report(1, facts=2)) is None


def test_a_later_report_that_keeps_half_is_a_version():
    first, second = halves(STORY)
    assert kind(first + " " + halves(OTHER)[1], STORY) is None
    assert kind(halves(OTHER)[0] + " " + second, STORY) is None


def test_a_short_note_with_one_other_number_is_another_note():
    note = (
        "The bank set the rate of the dinar at 412 for the coming day, as it does each noon. "
        "Traders had looked for little else, and the market closed quiet on Monday afternoon."
    )
    assert kind(note, note.replace("412", "413", 1)) is None
    assert kind(note, note.replace("coming", "present", 1)) is None
    assert kind(note, note) is DuplicateKind.EXACT


def test_a_headline_is_contained_nowhere():
    headline = " ".join(STORY.split()[:9])
    assert kind(STORY, headline) is None


def test_two_empty_texts_with_other_titles_are_not_copies():
    assert kind("", "", "One title", "Another title") is None


def test_the_method_says_why():
    verdict = compare(marks(STORY), marks(scanned(STORY)))
    assert "aligned" in verdict.method
    assert "numbers" in verdict.method
    assert "names kept" in verdict.method


def test_aligned_passages_are_the_shared_words():
    prints, other = marks(STORY), marks(OTHER + " " + STORY)
    (passage,) = passages(prints, other)
    words = len(marks(OTHER).words) // 8
    assert (passage.start_short, passage.start_long) == (0, words)
    assert passage.words == prints.word_count


def test_a_fingerprint_without_words_aligns_nowhere():
    assert align(replace(marks(STORY), words=b""), marks(STORY)).share == 0


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 15), st.integers(0, 15))
def test_the_order_of_two_texts_changes_nothing(one, other, first, second):
    a = marks(report(one, 15) + " " + report(other, first))
    b = marks(report(other, 15) + " " + report(one, second))
    assert compare(a, b) == compare(b, a)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_measures_stay_between_none_and_all(one, other):
    verdict = compare(marks(report(one, 4)), marks(report(other, 9)))
    assert 0 <= verdict.similarity <= verdict.containment <= 1


def test_shared_passages_stand_side_by_side_as_they_were_written():
    left = "NATO-ya üzv olmaq: 2,7 milyard manat. " + STORY
    right = "<b>Lead.</b> " + OTHER + " " + STORY.upper()
    (shared,) = side_by_side(left, right)
    assert shared.left == STORY
    assert shared.right == STORY.upper()
    assert side_by_side(STORY, OTHER) == ()
