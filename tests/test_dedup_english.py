"""English reports against what newsrooms make of them: copies, containers, and what is neither."""

from itertools import combinations, permutations

import pytest
from dedup_cases import article, id_of, marks
from english_cases import (
    BRIDGE,
    COPIES,
    FORMS,
    GLACIER,
    GRAIN,
    QUOTING,
    VERSIONS,
    first_half,
    prices,
    teaser,
    weather,
)

from flows.dedup.decide import compare
from flows.dedup.link import link
from flows.model import DuplicateKind, Known

SAME = {DuplicateKind.EXACT, DuplicateKind.NEAR}
PIECES = (BRIDGE, GRAIN, GLACIER)


def kind(one, other):
    """The verdict on two texts; which comes first changes nothing."""
    there, back = compare(marks(one), marks(other)), compare(marks(other), marks(one))
    assert there == back
    return there.kind


@pytest.mark.parametrize("name", COPIES)
def test_what_a_house_makes_of_a_wire_report_is_a_copy(name):
    assert kind(BRIDGE, COPIES[name]) in SAME


@pytest.mark.parametrize(("one", "other"), list(combinations(sorted(COPIES), 2)))
def test_copies_of_one_report_are_in_one_cluster_whichever_came_first(one, other):
    for first, second in permutations((one, other)):
        batch = [
            article(COPIES[first], key="first", source="a"),
            article(BRIDGE, key="wire", minutes=5, source="b"),
            article(COPIES[second], key="second", minutes=9, source="c"),
        ]
        links = link(batch, Known())
        assert {row.cluster_id for row in links.memberships} == {id_of(batch[0])}


@pytest.mark.parametrize(("one", "other"), list(combinations(PIECES, 2)))
def test_reports_of_other_events_are_other_texts(one, other):
    assert kind(one, other) is None


@pytest.mark.parametrize("order", list(permutations(PIECES)))
@pytest.mark.parametrize("piece", PIECES, ids=["bridge", "grain", "glacier"])
def test_a_round_up_contains_its_reports_wherever_they_stand(order, piece):
    assert kind("News of the day.\n" + "\n".join(order), piece) is DuplicateKind.CONTAINED


def test_a_piece_that_quotes_two_sentences_is_another_text():
    assert kind(QUOTING, BRIDGE) is None
    assert kind(QUOTING, teaser(BRIDGE)) is None


@pytest.mark.parametrize("cut", [teaser, first_half])
def test_a_long_piece_that_begins_with_a_cut_report_and_goes_on_to_others_is_no_copy(cut):
    long = BRIDGE + "\n" + GRAIN + "\n" + GLACIER
    assert kind(long, cut(BRIDGE)) not in SAME


@pytest.mark.parametrize("name", VERSIONS)
def test_a_later_report_with_new_facts_is_another_text(name):
    assert kind(VERSIONS[name], BRIDGE) is None


@pytest.mark.parametrize("name", FORMS)
def test_a_daily_form_with_the_facts_of_another_day_is_another_text(name):
    one, other = FORMS[name]
    assert kind(one, other) is None


def test_the_form_of_one_day_is_copied_as_any_text_is():
    for form in (weather("Monday", 4, 13, 5, 12, "Guba", "Lerik"),
                 prices("Monday", 74.18, 371, 219, 2641)):  # fmt: skip
        assert kind(form, "Baku, Trend - " + form.upper()) in SAME
