"""tdmrep.json, the TDM Reservation Protocol: what a host reserves as a whole."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from flows.collect import tdm
from flows.model import HostState

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def rules(*pairs):
    return tdm.read(json.dumps([{"location": a, "tdm-reservation": b} for a, b in pairs]))


@pytest.mark.parametrize(
    ("pairs", "path", "reserved"),
    [
        ([("/", 1)], "/news/1", True),
        ([("/", 0)], "/news/1", False),
        ([("/news/", 1)], "/news/1", True),
        ([("/news/", 1)], "/about", False),
        ([("/*.pdf$", 1)], "/a/b.pdf", True),
        ([("/*.pdf$", 1)], "/a/b.pdf?x=1", False),
        ([("/free/", 0), ("/", 1)], "/free/1", False),
        ([("/free/", 0), ("/", 1)], "/news/1", True),
        ([("news/", 1)], "/news/1", True),
        ([("/ծ", 1)], "/%D5%AE/1", True),
    ],
)
def test_the_first_rule_whose_location_matches_decides(pairs, path, reserved):
    assert rules(*pairs).reserve(f"https://e.am{path}") is reserved


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"{}", b"[1, null]", b'[{"location": "/"}]', b"[" * 60_000,
        b'[{"location": "/", "tdm-reservation": "1; Disallow"}]',
        b'[{"location": "/a\\nDisallow: /", "tdm-reservation": 2}]',
        json.dumps([{"location": "/" + "*a" * 5000, "tdm-reservation": 1}]).encode(), b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_is_no_such_file_reserves_nothing_and_is_not_kept(body):
    assert tdm.text_of(200, body) is None
    assert not tdm.read(body.decode("utf-8", "replace")).reserve("https://e.am/a")


def test_an_error_page_reserves_nothing():
    assert tdm.text_of(404, b'[{"location": "/", "tdm-reservation": 1}]') is None


def test_an_answer_holds_for_a_week():
    def state(age):
        return HostState("e.am", tdm_checked_at=NOW - age)

    assert tdm.cached(state(timedelta(days=6)), NOW) is not None
    assert tdm.cached(state(timedelta(days=8)), NOW) is None
    assert tdm.cached(state(-timedelta(hours=1)), NOW) is None  # a clock that was set back
    assert tdm.cached(HostState("e.am"), NOW) is None
