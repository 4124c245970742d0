"""Rules replayed on planted rises: what was told, what held, how late, what was missed."""

import json
from datetime import timedelta

import pytest
from alert_cases import BURST, CORRIDOR, DAYS, FIRST, FLASH, LAST, RISE, TREATY, down, made, rules

from flows.alerts import backtest, watching
from flows.alerts.rules import Kind, Measure, Rule
from flows.alerts.watching import Span
from flows.cli import main
from warehouse import reader

WHOLE = Span(FIRST.date() + timedelta(days=28), LAST)
TREATY_RULE = Rule("treaty", Kind.TOPIC, TREATY, Measure.BURST, 4.5)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = made(tmp_path_factory.mktemp("history") / "araxes.duckdb")
    down(store, "gamma", days=12)
    return store


def replayed(store, rule, span=WHOLE):
    with reader.connect(store.path) as connection:
        return backtest.replay(connection, rule, span)


def test_a_rise_that_lasts_is_met_on_its_first_day_and_confirmed(store):
    result = replayed(store, TREATY_RULE)
    first = result.firings[0]
    assert (first.day, first.confirmed, first.lag_days) == (RISE, True, 0)
    assert (result.episodes, result.missed, result.median_lag_days) == (1, (), 0)


def test_a_flash_fires_and_is_not_confirmed(store):
    rule = Rule("corridor", Kind.TOPIC, CORRIDOR, Measure.BURST, 4.5)
    result = replayed(store, rule)
    assert [(one.day, one.confirmed) for one in result.firings] == [(FLASH, False)]
    assert (result.precision, result.episodes) == (0.0, 0)


def test_a_rule_that_is_too_high_misses_the_rise_and_one_that_waits_is_late(store):
    high = replayed(store, Rule("high", Kind.TOPIC, TREATY, Measure.COUNT, 25.0, window=1))
    assert high.firings == ()
    assert high.missed == ((TREATY, RISE),)
    assert high.precision is None
    # three days of 24 stories: the third day of the rise
    late = replayed(store, Rule("late", Kind.TOPIC, TREATY, Measure.COUNT, 70.0, window=3))
    assert (late.firings[0].day, late.median_lag_days) == (RISE + timedelta(days=2), 2)


def test_a_good_rule_is_more_often_right_than_any_day_would_be(store):
    result = replayed(store, TREATY_RULE)
    assert result.precision == 1.0
    # of the 25 days that can be judged, the days just before the rise and during it
    assert result.base_rate == 14 / 25


def test_a_firing_whose_following_days_are_not_on_record_is_not_judged(tmp_path):
    young = made(tmp_path / "araxes.duckdb", until=RISE + timedelta(days=2))
    result = replayed(young, TREATY_RULE, Span(WHOLE.since, RISE + timedelta(days=2)))
    assert [one.confirmed for one in result.firings] == [None]
    assert result.precision is None


def test_every_topic_at_once_sees_what_single_rules_see(store):
    whole = replayed(store, Rule("all", Kind.TOPIC, "*", Measure.BURST, 4.5))
    single = replayed(store, TREATY_RULE)
    assert [one for one in whole.firings if one.id == TREATY] == list(single.firings)
    assert {one.id for one in whole.firings} == {TREATY, CORRIDOR}


def test_the_past_of_feeds_is_replayed_day_by_day(store):
    rule = Rule("feeds", Kind.FEED, "*", states=("failing", "silent"), cool_down=30)
    span = Span(FIRST.date(), FIRST.date() + timedelta(days=DAYS + 11))
    found = replayed(store, rule, span).firings
    failing = [one for one in found if one.state == "failing"]
    # seven days of failures after the last day, and it stays so
    assert [(one.day, one.confirmed) for one in failing] == [
        (FIRST.date() + timedelta(days=DAYS + 6), True)
    ]


def test_nothing_of_the_days_after_decides_what_fires(store, tmp_path):
    """The rule says on a day what it would have said had the record ended there."""
    young = made(tmp_path / "araxes.duckdb", until=RISE)
    with reader.connect(young.path) as connection:
        then = watching.of_rule(connection, TREATY_RULE, Span(RISE, RISE))
    with reader.connect(store.path) as connection:
        now = watching.of_rule(connection, TREATY_RULE, Span(RISE, RISE))
    assert then == now
    assert len(then) == 1


@pytest.mark.parametrize(("expected", "limit"), [(0.0, 2), (1.0, 4), (10.0, 16), (100.0, 117)])
def test_chance_stays_under_the_limit(expected, limit):
    assert round(backtest.limit(expected)) == limit


# ---------------------------------------------------------------- the commands


def araxes(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code, capsys.readouterr()


def test_the_backtest_prints_one_document_or_a_table(store, tmp_path, capsys):
    path = rules(tmp_path, BURST + "active = false\n")
    asked = ("--db", str(store.path), "alerts", "backtest", "--rules", str(path))
    code, out = araxes(capsys, *asked, "--json")
    (told,) = json.loads(out.out)["rules"]
    assert (code, told["rule_id"], told["firings"][0]["day"]) == (0, "treaty", str(RISE))
    code, out = araxes(capsys, *asked)
    assert "confirmed" in out.out
    code, out = araxes(capsys, *asked, "--rule", "nope")
    assert (code, "there are: treaty" in out.err) == (2, True)
    code, out = araxes(capsys, *asked, "--from", "2027-01-01")
    assert (code, "the record is" in out.err) == (2, True)


def test_the_list_shows_rules_and_what_they_did(store, tmp_path, capsys):
    path = rules(tmp_path, BURST + "active = false\n")
    asked = ("--db", str(store.path), "alerts", "list", "--rules", str(path), "--json")
    code, out = araxes(capsys, *asked)
    (line,) = json.loads(out.out)["rules"]
    assert (code, line["rule"], line["active"], line["fired"]) == (0, "treaty", False, 0)


def test_a_wrong_rules_file_is_a_configuration_error(store, tmp_path, capsys):
    path = rules(tmp_path, BURST.replace("4.5", "0.5"))
    code, out = araxes(
        capsys, "--db", str(store.path), "alerts", "run", "--dry-run", "--rules", str(path)
    )
    assert (code, out.out) == (2, "")
    assert "alerts.toml:6: rule[treaty].burst: 0.5 is not allowed here; 2 to 100" in out.err


def test_a_missing_rules_file_is_named(store, tmp_path, capsys):
    missing = tmp_path / "none.toml"
    asked = ("alerts", "list", "--rules", str(missing))
    code, out = araxes(capsys, "--db", str(store.path), *asked)
    assert code == 2
    assert "none.toml: (file): cannot be read: No such file" in out.err
