from datetime import UTC, datetime, timedelta

import pytest

from flows.extract import dates, published
from flows.extract.dates import Habits
from flows.extract.markup import parse
from flows.extract.structured import meta

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
    return published.Said(stated, (), (), (), url)


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


def said_of(markup):
    tree = parse(markup)
    none = ("", "")
    return tree, published.said(tree, none, meta(tree), "https://a.example/1")


def test_a_comments_date_and_the_readers_clock_are_not_the_articles():
    tree, _ = said_of(
        "<html><body><p class='date'>Bu gün: 05.10.2026</p><h1>Xəbər</h1><p>Söz.</p>"
        "<div class='comments'><span class='date'>06.10.2026</span></div></body></html>"
    )
    assert published.beside_headline(tree, BAKU, NOW) == ""


def test_of_two_stated_times_the_one_also_shown_is_believed():
    _, said = said_of(
        "<html><head><meta property='article:published_time' content='2026-10-05T17:10:00-07:00'>"
        "<meta name='publish_date' content='2026-10-05T17:10:00Z'></head>"
        "<body><h1>News</h1><time datetime='2026-10-05T10:10:00-07:00'>5.10</time></body>"
    )
    found = published.decide(said, None, BAKU, NOW)
    assert found.at == datetime(2026, 10, 5, 17, 10, tzinfo=UTC)


@pytest.mark.parametrize(("shown", "day"), [("20 May 2026", "20 May 2026"), ("1 March 2026", "")])
def test_a_page_that_shows_its_last_change_is_dated_by_it(shown, day):
    tree, said = said_of(
        "<html><head><meta property='article:published_time' content='2026-03-01T09:00:00Z'>"
        "<meta property='article:modified_time' content='2026-05-20T09:00:00Z'></head>"
        f"<body><h1>News</h1><p class='date'>{shown}</p><p>Words.</p></body></html>"
    )
    assert published.rewritten(said, tree, BAKU, NOW) == day
