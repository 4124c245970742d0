"""What an answer to a page request is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.collect import pages
from flows.collect.http import Answer
from flows.errors import BadStatus, FetchError, Refused, Throttled, TooLarge, Truncated, Unreachable
from flows.model import FeedEntry, FetchPolicy, Item, ItemState, Missed, Page

POLICY = FetchPolicy("mailto:x@e.am")
REFUSING = replace(POLICY, reserved="refuse")
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
ENTRY = FeedEntry("https://e.am/a/1", None, "Title")
ITEM = Item("i1", "f1", "s1", "a1", ENTRY, NOW)
HTML = ("content-type", "text/html; charset=utf-8")
WORDS = "The council met and agreed on a budget for the next year. " * 30


def answer(body, *headers, url="https://e.am/a/1", status=200):
    return Answer(
        url, status, headers or (HTML,), body.encode() if isinstance(body, str) else body, 0.1
    )


def with_content(html):
    return replace(ITEM, entry=replace(ENTRY, content_html=html))


def test_a_page_is_a_page():
    page = pages.judged(ITEM, answer("<p>x</p>"), POLICY, NOW)
    assert isinstance(page, Page)
    assert (page.article_id, page.body, page.from_feed) == ("a1", b"<p>x</p>", False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"%PDF-1.7", "text/html"), (b"\xff\xd8\xff\xe0", "text/html"), (b"PK\x03\x04", "text/html"),
     (b"{}", "application/json"), (b"x", "image/webp"), (b"x", "application/octet-stream")],
)  # fmt: skip
def test_what_is_no_text_is_named_and_not_tried_again(body, kind):
    missed = pages.judged(ITEM, answer(body, ("content-type", kind)), POLICY, NOW)
    assert isinstance(missed, Missed)
    assert missed.state is ItemState.EXTRACT_FAILED
    assert missed.reason.startswith("unsupported type")


def test_a_redirect_to_the_front_page_is_no_article():
    missed = pages.judged(ITEM, answer("<p>x</p>", url="https://e.am/"), POLICY, NOW)
    assert isinstance(missed, Missed)
    assert missed.state is ItemState.FETCH_FAILED


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        ("<meta name='robots' content='noai, noimageai'>x", (HTML,), "opt-out: noai"),
        ("<META CONTENT=noai NAME=ROBOTS>x", (HTML,), "opt-out: noai"),
        ("x", (HTML, ("x-robots-tag", "noindex, noai")), "opt-out: noai"),
        ("x", (HTML, ("x-robots-tag", "araxes: noai")), "opt-out: noai"),
        ("x", (HTML, ("tdm-reservation", "1")), "opt-out: tdm-reservation"),
        ('<meta name="tdm-reservation" content="1">x', (HTML,), "opt-out: tdm-reservation"),
        ("x", (HTML, ("x-robots-tag", "otherbot: noai")), None),
        (
            '<meta name="robots" content="noindex, nofollow, max-image-preview:large">x',
            (HTML,),
            None,
        ),
        ("x", (HTML, ("tdm-reservation", "0")), None),
        ('<meta name="description" content="noai">x', (HTML,), None),
    ],
)
def test_opt_outs_are_followed_where_they_bind(body, headers, reason):
    got = pages.judged(ITEM, answer(body, *headers), REFUSING, NOW)
    assert (got.reason if isinstance(got, Missed) else None) == reason


def test_a_page_that_reserves_text_mining_is_read_once_marked_and_not_archived():
    page = answer("x", HTML, ("tdm-reservation", "1"))
    read = pages.judged(ITEM, page, POLICY, NOW)
    assert isinstance(read, Page)
    assert read.reserved
    assert not pages.robots_of(page).archive


def test_noarchive_keeps_a_page_out_of_the_archive_but_not_unread():
    page = answer('<meta name="robots" content="noarchive">x')
    assert isinstance(pages.judged(ITEM, page, POLICY, NOW), Page)
    assert not pages.robots_of(page).archive
    assert pages.robots_of(answer("x")).archive


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (BadStatus("u", 410), ItemState.FETCH_FAILED),
        (BadStatus("u", 403), ItemState.FETCH_FAILED),
        (TooLarge("u", "too large"), ItemState.FETCH_FAILED),
        (Refused("u", "robots"), ItemState.REFUSED),
        (BadStatus("u", 500), ItemState.PENDING),
        (BadStatus("u", 404), ItemState.PENDING),
        (Unreachable("u", "timeout"), ItemState.PENDING),
        (Truncated("u", "cut"), ItemState.PENDING),
        (Throttled("u", 429, 100.0), ItemState.PENDING),
    ],
)
def test_what_may_heal_is_tried_again_and_the_rest_is_not(error, state):
    missed = pages.missed(ITEM, error, NOW)
    assert missed.state is state
    assert (missed.retry_at is not None) is (state is ItemState.PENDING)


def test_the_third_attempt_is_the_last():
    error = Unreachable("u", "timeout")
    waits = [pages.missed(replace(ITEM, attempts=n), error, NOW) for n in range(3)]
    assert [missed.state for missed in waits] == [ItemState.PENDING] * 2 + [ItemState.FETCH_FAILED]
    assert waits[0].retry_at < waits[1].retry_at


def test_an_entry_waits_a_week_for_its_host_whatever_the_attempts():
    error = FetchError("u", pages.ROBOTS_UNREACHABLE)
    assert pages.missed(replace(ITEM, attempts=9), error, NOW).state is ItemState.PENDING
    assert pages.missed(ITEM, error, NOW + timedelta(days=8)).state is ItemState.FETCH_FAILED


def test_a_throttled_page_waits_as_long_as_it_was_asked_to():
    missed = pages.missed(ITEM, Throttled("u", 503, 7200.0), NOW)
    assert missed.retry_at == NOW + timedelta(hours=2)


def test_a_full_text_in_the_feed_needs_no_fetch():
    page = pages.from_feed(with_content(f"<p>{WORDS}</p>"), NOW)
    assert page is not None
    assert page.from_feed
    assert "agreed on a budget" in page.body.decode()


@pytest.mark.parametrize(
    "end",
    [
        "[…]",
        "...",
        "Read more",
        "Читать далее",
        "Ətraflı",
        "Devamı »",
        "Կարդալ ավելին",
        "ادامه مطلب",
    ],
)
def test_a_teaser_is_no_full_text_however_long(end):
    assert pages.from_feed(with_content(f"<p>{WORDS} {end}</p>"), NOW) is None
    footer = "<p>The post <a href='x'>Title</a> appeared first on E.</p>"
    assert pages.from_feed(with_content(f"<p>{WORDS} {end}</p>{footer}"), NOW) is None


def test_a_short_content_is_no_full_text():
    assert pages.from_feed(with_content("<p>One sentence only.</p>"), NOW) is None


@pytest.mark.parametrize(
    ("body", "headers", "name"),
    [
        ("x", (HTML, ("cf-mitigated", "challenge")), "cloudflare"),
        ("<script>window._cf_chl_opt={}</script>", (HTML,), "cloudflare"),
        ("<script src='https://geo.captcha-delivery.com/x'></script>", (HTML,), "datadome"),
        ("x", (HTML, ("x-amzn-waf-action", "challenge")), "aws-waf"),
        ("<p>An article about captchas and Cloudflare</p>", (HTML,), None),
        (f"<script>window._pxAppId='x'</script><p>{WORDS}</p>", (HTML,), None),
        ("<script>window._cf_chl_opt={}</script>" + "x" * 70_000, (HTML,), None),
    ],
)
def test_a_bot_challenge_is_known_by_its_marks(body, headers, name):
    assert pages.challenge(answer(body, *headers, status=403)) == name


def test_a_missing_page_behind_a_wall_is_missing_and_no_challenge():
    page = answer("<script src='/_Incapsula_Resource?x'></script>Not found", HTML, status=404)
    assert pages.challenge(page) is None
