"""What servers say about time, read as they mean it and never as an attack."""

from datetime import UTC, datetime

import pytest

from flows.collect import freshness

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("90", 90), (" 90 ", 90), ("0", 0), ("-1", None), ("1.5", None), ("1e3", None),
        ("+5", None), ("1_0", None), ("٩٠", None), ("later", None), ("", None), (None, None),
        ("9" * 11, freshness.MAX_HOLD), ("9" * 5000, freshness.MAX_HOLD),
        ("Mon, 05 Oct 2026 12:01:30 GMT", 90), ("Monday, 05-Oct-26 12:01:30 GMT", 90),
        ("Mon Oct  5 12:01:30 2026", 90), ("Mon, 05 Oct 2026 11:00:00 GMT", 0),
        ("Mon, 05 Oct 2099 12:00:00 GMT", freshness.MAX_HOLD),
    ],
)  # fmt: skip
def test_retry_after_is_whole_seconds_or_a_date_clamped_to_31_days(value, seconds):
    assert freshness.retry_after(value, NOW) == seconds


def test_a_retry_after_date_counts_from_the_servers_own_clock():
    server = "Mon, 05 Oct 2026 10:00:00 GMT"
    assert freshness.retry_after("Mon, 05 Oct 2026 10:02:00 GMT", NOW, server) == 120


@pytest.mark.parametrize(
    ("cache", "expires", "date", "age", "seconds"),
    [
        ("max-age=600", "", "", "", 600), ("public, MAX-AGE=60", "", "", "", 60),
        ("max-age=600", "", "", "500", 100), ("no-cache, max-age=9", "", "", "", 0),
        ("no-store", "", "", "", 0), ("max-age=-1", "", "", "", 0), ("s-maxage=9", "", "", "", 0),
        ("", "0", "", "", 0), ("", "", "", "", 0),
        ("", "Mon, 05 Oct 2026 13:00:00 GMT", "Mon, 05 Oct 2026 12:00:00 GMT", "", 3600),
        ("max-age=60", "Mon, 05 Oct 2027 13:00:00 GMT", "", "", 60),
        ("max-age=" + "9" * 30, "", "", "", freshness.MAX_HOLD),
    ],
)  # fmt: skip
def test_freshness_follows_cache_control_then_expires(cache, expires, date, age, seconds):
    assert freshness.fresh_for(cache, expires, date, age, NOW) == seconds
