"""Shares, verdicts and silence say what can be said of them, and no more."""

from datetime import date, timedelta

import duckdb
import pytest
from warehouse_cases import (
    NOON,
    a_poll,
    a_source,
    alone,
    an_article,
    an_item,
    answers,
    begin,
    copies,
)

from flows.model import Batch, Links, Naming, PollOutcome, TopicTag
from warehouse import reader, receipts, trends
from warehouse.publish import publish

FIRST = date(2026, 3, 2)
SILENT = {"topics": (), "actors": (), "namings": ()}
TREATY = {"topics": (TopicTag("peace.treaty", 1.0, ()),)}


class Press:
    """Outlets whose articles are given as (outlet, day, tags), loaded at once."""

    def __init__(self, store, *names, **perspectives):
        self.store, self.told, self.polls = store, [], []
        self.sources = {name: a_source(name) for name in names} | {
            name: a_source(name, perspective=side) for name, side in perspectives.items()
        }

    def tells(self, name, days, times=1, **tags):
        for day in days:
            for _ in range(times):
                at = NOON + timedelta(days=day, seconds=len(self.told))
                url = f"https://{name}.example/{len(self.told)}"
                item = an_item(self.sources[name], url, at)
                self.told.append((item, an_article(item, f"Text of {url}", **tags)))
        return [tagged for _, tagged in self.told[-times * len(days) :]]

    def polled(self, name, days, outcome=PollOutcome.OK):
        source = self.sources[name]
        self.polls += [a_poll(source, (), NOON + timedelta(days=d), outcome=outcome) for d in days]

    def prints(self, *stories, run="run1"):
        """Load all that was told; articles of a story are copies of its first."""
        copied = [copies(story) for story in stories]
        known = {t.article.article_id for story in stories for t in story}
        others = [t for _, t in self.told if t.article.article_id not in known]
        links = Links(
            tuple(each for links in copied for each in links.duplicates),
            tuple(each for links in copied for each in links.memberships)
            + alone(*others).memberships,
        )
        items, articles = tuple(i for i, _ in self.told), tuple(t for _, t in self.told)
        with self.store.writing() as writer:
            begin(writer, *self.sources.values(), run=run)
            writer.load(run, Batch(tuple(self.polls), items, articles), links)
        self.told, self.polls = [], []
        return self.store


def row(store, sql):
    (found,) = answers(store, sql)
    return found


# ---------------------------------------------------------------- shares and their intervals


@pytest.mark.parametrize("grain", ["week", "month"])
def test_a_first_feed_that_brings_last_weeks_articles_makes_no_share_over_one(store, grain):
    press = Press(store, "alpha")
    press.tells("alpha", range(3, 10), times=2, **TREATY)
    press.tells("alpha", range(3, 10), times=2, **SILENT)
    press.polled("alpha", [9])
    press.prints()
    sql = f"SELECT articles, share, gap FROM topic_trend('peace.treaty', '{grain}')"
    assert answers(store, sql)[0] == (14 if grain == "month" else 6, 0.5, True)
    sql = f"FROM trend_with_intervals('topic', 'peace.treaty', '{grain}')"
    assert all(
        0 < low < share < high < 1 for _, _, _, _, share, low, high, *_ in answers(store, sql)
    )


def test_a_period_without_attention_has_an_interval_from_zero_and_no_nan(store):
    press = Press(store, "alpha", "beta")
    press.tells("alpha", range(21), **SILENT)
    press.tells("beta", [0], **TREATY)
    press.prints()
    found = answers(store, """
        SELECT share, low, high, share_without_one_low, share_without_one_high
        FROM trend_with_intervals('topic', 'peace.treaty', 'week')
    """)  # fmt: skip
    assert found[0][3:] == (0, 1)  # all of it is beta's
    share, low, high, *_ = found[1]
    assert (share, low) == (0, 0)
    assert high == pytest.approx(3.84 / (7 + 3.84), abs=1e-3)


def test_an_interval_never_leaves_what_a_share_can_be(store):
    found = row(store, "SELECT share_low(0, 10), share_high(10, 10), share_low(0, 0)")
    assert found == (0, 1, None)


def test_a_fortnight_that_nobody_saw_is_a_gap_in_every_trend(store):
    press = Press(store, "alpha", "beta")
    for name in ("alpha", "beta"):
        press.tells(name, [*range(7), *range(21, 28)], **TREATY)
        press.polled(name, [*range(7), *range(21, 28)])
        press.polled(name, range(7, 21), PollOutcome.FAILED)
    press.prints()
    for macro in (
        "topic_trend('peace.treaty', 'week')",
        "attention_balanced('topic', 'peace.treaty', 'week')",
        "topic_trend_panel('peace.treaty', 'week', '2026-03-02', '2026-03-29')",
    ):
        found = answers(store, f"SELECT share, gap FROM {macro}")
        assert found[:4] == [(1, False), (None, True), (None, True), (1, False)], macro


def test_a_kind_there_is_not_is_refused_by_name(store):
    press = Press(store, "alpha")
    press.tells("alpha", [0])
    press.prints()
    for asked in (
        "momentum('topics', DATE '2026-03-20')",
        "share_of_voice('x', '2026-01-01', '2027-01-01')",
    ):
        with pytest.raises(duckdb.Error, match="kind is topic, family, actor or naming, not"):
            answers(store, f"FROM {asked}")
    assert row(store, "SELECT id FROM momentum('name', DATE '2026-03-20')") == ("syunik",)


# ---------------------------------------------------------------- families and names count once


def test_a_family_is_asked_for_like_a_topic_and_counts_an_article_once(store):
    press = Press(store, "alpha", "beta")
    both = (TopicTag("peace.treaty", 1.0, ()), TopicTag("peace.talks", 1.0, ()))
    press.tells("alpha", [0, 1], topics=both)
    press.tells("beta", [0, 1], **SILENT)
    press.prints()
    span = "'2026-03-02', '2026-03-08'"
    assert row(
        store, "SELECT articles, origins FROM trend_with_intervals('topic', 'peace', 'week')"
    ) == (2, 1)
    assert row(
        store, "SELECT covering, share FROM attention_balanced('topic', 'peace', 'week')"
    ) == (1, 0.5)
    assert row(store, f"SELECT articles FROM topic_trend_panel('peace', 'week', {span})") == (2,)
    assert row(store, f"SELECT articles, share FROM by_ownership('peace', {span})") == (2, 0.5)
    found = answers(store, f"SELECT id, articles FROM share_of_voice_in_topic('peace', {span})")
    assert found == [("arm", 2), ("aze", 2)]


def test_an_article_that_uses_two_names_of_a_place_counts_once(store):
    press = Press(store, "alpha")
    names = tuple(
        Naming("syunik", name, quoted=False, mentions=1) for name in ("Syunik", "Zangezur")
    )
    press.tells("alpha", range(30), namings=names)
    press.prints()
    found = answers(store, "SELECT share FROM attention_balanced('naming', 'syunik', 'day')")
    assert set(found) == {(1,)}
    found = row(store, "SELECT articles, share, verdict FROM momentum('naming', DATE '2026-03-31')")
    assert found == (7, 1, "steady")


# ---------------------------------------------------------------- what rises


MOMENTUM = """
    SELECT origins, ratio, ratio_without_one_low, verdict
    FROM momentum('topic', DATE '2026-04-05') WHERE id = 'peace.treaty'
"""
WIRES = [f"outlet{n}" for n in range(8)]


def test_one_wire_report_in_eight_outlets_does_not_rise(store):
    press = Press(store, *WIRES)
    for name in WIRES:
        press.tells(name, range(28), **SILENT)
    story = [tagged for name in WIRES for tagged in press.tells(name, [30], **TREATY)]
    press.prints(story)
    assert row(store, MOMENTUM) == (1, None, None, "steady")


def test_what_eight_outlets_begin_to_tell_rises_though_nobody_told_it_before(store):
    press = Press(store, *WIRES)
    for name in WIRES:
        press.tells(name, range(28), **SILENT)
        press.tells(name, [30, 31], **TREATY)
    press.prints()
    assert row(store, MOMENTUM) == (8, None, None, "rising")
    first = answers(store, "FROM momentum('topic', DATE '2026-04-05')")[0]
    assert first[0] == "peace.treaty"


def test_what_rises_only_because_another_outlet_fell_silent_is_steady(store):
    press = Press(store, "alpha", "beta", "gamma", "flood")
    for name in ("alpha", "beta", "gamma"):
        press.tells(name, range(35), times=2, **TREATY)
    press.tells("flood", range(28), times=15, **SILENT)
    press.tells("flood", range(28, 35), **SILENT)
    press.prints()
    _, ratio, without_one, verdict = row(store, MOMENTUM)
    assert ratio == pytest.approx((42 / 49) / (168 / 588))
    assert without_one == pytest.approx(1)
    assert verdict == "steady"


# ---------------------------------------------------------------- silence


DIVERGENCE = "SELECT silent FROM divergence WHERE perspective = 'RU' AND week = '2026-03-02'"


def covered_by_three(store):
    press = Press(store, am="AM", az="AZ", ge="GE", ru="RU", rus="RU")
    for name in ("am", "az", "ge"):
        press.tells(name, range(7), **TREATY)
    return press


def test_a_perspective_whose_feeds_were_down_is_not_silent(store):
    press = covered_by_three(store)
    press.tells("ru", [0], times=25, **SILENT)
    for name in ("ru", "rus"):
        press.polled(name, [0])
        press.polled(name, range(1, 7), PollOutcome.FAILED)
    press.prints()
    assert row(store, DIVERGENCE) == (False,)


def test_the_healthy_outlets_of_a_perspective_are_silent_whatever_ails_another(store):
    press = covered_by_three(store)
    press.tells("ru", range(7), times=4, **SILENT)
    press.polled("ru", range(7))
    press.polled("rus", range(7), PollOutcome.FAILED)
    press.prints()
    assert row(store, DIVERGENCE) == (True,)


def test_a_topics_week_is_taken_apart_by_perspective_and_language_with_its_names(store):
    press = covered_by_three(store)
    press.tells("ru", range(7), **SILENT)
    press.prints()
    found = answers(store, """
        SELECT perspective, language, articles, published, share, first_source_id, names
        FROM divergence_of('peace.treaty', DATE '2026-03-05')
    """)  # fmt: skip
    assert found == [
        *((side, "en", 7, 7, 1, side.lower(), ["Syunik"]) for side in ("AM", "AZ", "GE")),
        ("RU", "en", 0, 7, 0, None, []),
    ]


def test_an_outlets_own_second_address_is_neither_first_nor_copied(store):
    press = Press(store, "alpha", "beta")
    own = press.tells("alpha", [0, 1])
    other = [*press.tells("alpha", [2]), *press.tells("beta", [3])]
    press.prints(own, other)
    found = answers(
        store, "SELECT source_id, first, copied FROM originators('2026-03-01', '2026-03-31')"
    )
    assert found == [("alpha", 1, 0), ("beta", 0, 1)]


# ---------------------------------------------------------------- trends by group, with receipts


def asked(store, **changes):
    question = trends.Question("topic", ("peace.treaty",), **changes)
    publish(store.path)
    with reader.connect(store.path) as connection:
        question = trends.bounded(connection, question)
        one = question.ids[0]
        points = connection.execute(trends.sql(question, one)).fetchall()
        span = str(question.since), str(question.until)
        line = receipts.receipt(
            connection, trends.sql(question, one), trends.evidence(question, one), span
        )
    return points, str(line)


def replayed(store, line):
    publish(store.path)
    with reader.connect(store.path) as connection:
        return receipts.replay(connection, receipts.parse(line))


@pytest.mark.parametrize("by", ["source", "perspective"])
def test_a_group_whose_feed_was_down_has_a_gap_there_and_no_zero(store, by):
    press = Press(store, alpha="AM", beta="AZ", gamma="GE", delta="GE", epsilon="GE")
    for name in ("alpha", "gamma", "delta", "epsilon"):
        press.tells(name, range(4), times=3, **TREATY)
    press.tells("beta", [0, 1, 3], **TREATY)
    press.polled("beta", [0, 1, 3])
    press.polled("beta", [2], PollOutcome.FAILED)
    press.prints()
    points, _ = asked(store, grain="day", by=by)
    of_beta = [point[2:] for point in points if point[1] in ("beta", "AZ")]
    assert [(articles, gap) for articles, _, _, gap in of_beta] == [
        (1, False), (1, False), (None, True), (1, False),
    ]  # fmt: skip
    assert not any(gap for _, group, *_, gap in points if group not in ("beta", "AZ"))


def test_a_family_is_cut_by_group_like_a_topic(store):
    press = Press(store, "alpha")
    both = (TopicTag("peace.treaty", 1.0, ()), TopicTag("peace.talks", 1.0, ()))
    press.tells("alpha", [0], topics=both)
    press.prints()
    question = trends.Question("topic", ("peace",), by="source")
    publish(store.path)
    with reader.connect(store.path) as connection:
        question = trends.bounded(connection, question)
        found = connection.execute(trends.sql(question, "peace")).fetchall()
        named = connection.execute(trends.evidence(question, "peace")).fetchall()
    assert [point[1:3] for point in found] == [("alpha", 1)]
    assert len(named) == 1


def test_a_span_asked_for_counts_whole_periods_in_its_numbers_and_its_evidence(store):
    press = Press(store, "alpha")
    press.tells("alpha", range(14), **TREATY)
    press.prints()
    day = FIRST + timedelta(days=10)
    for by in (None, "source"):
        points, line = asked(store, since=day, until=day, by=by)
        receipt = receipts.parse(line)
        assert [point[2] for point in points] == [7]
        assert (len(receipt.evidence), receipt.published) == (7, 7)
        assert (receipt.since, receipt.until) == ("2026-03-09", "2026-03-15")


def test_a_receipt_stands_when_a_later_week_came_and_says_which_number_fell(store):
    press = Press(store, "alpha")
    press.tells("alpha", range(7), **TREATY)
    press.prints()
    _, line = asked(store)
    press.tells("alpha", [8], **TREATY)
    press.prints(run="run2")
    assert replayed(store, line).stands
    press.told = []
    item = an_item(press.sources["alpha"], "https://alpha.example/late", NOON)
    press.told.append((item, an_article(item, "Late words", **SILENT)))
    press.prints(run="run3")
    again = replayed(store, line)
    assert not again.stands
    assert "2026-03-02: 7, 7, 1, False then, 7, 7, 0.875, False now" in again.changes
