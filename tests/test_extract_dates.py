from datetime import UTC, datetime, timedelta

import pytest

from flows.extract import dates, published
from flows.extract.dates import Habits

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BAKU = Habits.of("AZ", ("az", "ru"))
DAY = "2026-10-05T12:00:00+00:00"


def at(raw, habits=BAKU):
    found = dates.parse(raw, habits, NOW)
    return found.at.isoformat() if found else None


@pytest.mark.parametrize(
    ("raw", "when"),
    [
        ("2026-10-05T10:00:00Z", "2026-10-05T10:00:00+00:00"),
        ("2026-10-05 10:00", "2026-10-05T06:00:00+00:00"),
        ("Mon, 05 Oct 2026 10:00:00 AZT", "2026-10-05T06:00:00+00:00"),
        ("05 Oct 2026 10:00 MSK", "2026-10-05T07:00:00+00:00"),
        ("05.10.2026 14:30", "2026-10-05T10:30:00+00:00"),
        ("5 oktyabr 2026, 14:30", "2026-10-05T10:30:00+00:00"),
        ("1791194400", "2026-10-05T10:00:00+00:00"),
        ("05.10.2026", DAY),
        ("05/10/2026", DAY),
        ("5 октября 2026", DAY),
        ("5 жовтня 2026", DAY),
        ("5 Ekim 2026 Pazartesi", DAY),
        ("5 հոկտեմբերի, 2026", DAY),
        ("5 ოქტომბერი 2026", DAY),
        ("۱۳ مهر ۱۴۰۵", DAY),
        ("October 5, 2026", DAY),
    ],
)
def test_forms_of_the_region_are_understood(raw, when):
    assert at(raw) == when


def test_only_american_english_puts_the_month_first():
    assert at("10/05/2026", Habits.of("US", ("en",))) == DAY
    assert at("10/05/2026", Habits.of("GE", ("ka", "en")))[:10] == "2026-05-10"


@pytest.mark.parametrize(
    "raw", ["", "soon", "0001-01-01", "1970-01-01", "2031-05-05", "31.02.2026"]
)
def test_what_cannot_be_is_refused(raw):
    assert at(raw) is None


def test_a_day_in_the_url_is_found_and_a_number_is_not_a_day():
    assert dates.in_url("https://a.example/2026/10/05/peace", NOW).at.isoformat() == DAY
    assert dates.in_url("https://a.example/news/615163.html", NOW) is None
    assert dates.in_url("https://a.example/n/202610051044893040", NOW) is None


def said(*stated, url="https://a.example/x"):
    return published.Said(stated, (), (), url)


FEED = datetime(2026, 10, 5, 8, tzinfo=UTC)


def test_the_feed_is_believed_unless_the_page_is_clearly_earlier():
    agreeing = published.decide(said("2026-10-05T07:00:00Z"), FEED, BAKU, NOW)
    assert (agreeing.at, agreeing.said_by) == (FEED, "feed")
    republished = published.decide(said("2026-09-01T07:00:00Z"), FEED, BAKU, NOW)
    assert republished.said_by == "page"


def test_page_then_url_then_fetch_answer_without_a_feed():
    assert published.decide(said("2026-10-05"), None, BAKU, NOW).said_by == "page"
    url = said(url="https://a.example/2026/10/05/x")
    assert published.decide(url, None, BAKU, NOW).said_by == "url"
    assert published.decide(said(), None, BAKU, NOW) == published.Published(NOW, "fetch")


def test_a_url_that_names_an_earlier_day_wins_over_a_later_stamp():
    moved = said("2026-11-01T00:00:00Z", url="https://a.example/2026/10/05/x")
    assert published.decide(moved, None, BAKU, NOW).at.isoformat() == DAY


def test_an_implausible_feed_date_is_passed_over():
    ahead = NOW + timedelta(days=30)
    assert published.decide(said("2026-10-05"), ahead, BAKU, NOW).said_by == "page"


def test_nothing_is_published_after_it_was_fetched():
    assert published.decide(said(), NOW + timedelta(hours=4), BAKU, NOW).at == NOW
