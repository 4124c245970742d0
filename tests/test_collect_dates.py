"""Dates of feeds: the region's languages, its zones, and never an invented one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.collect import dates

NOW = datetime(2026, 11, 1, tzinfo=UTC)
YEREVAN = timezone(timedelta(hours=4))
AT_1030 = datetime(2026, 10, 5, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 05 Oct 2026 14:30:00 +0400", "Mon, 5 Oct 2026 14:30 +0400", "2026-10-05T10:30:00Z",
        "Mon, 05 Oct 2026 14:30:00 AZT", "Mon, 05 Oct 2026 13:30:00 MSK", "2026-10-05 14:30",
        "Mon, 05 Oct 2026 06:30:00 EDT", "Monday, 05-Oct-26 10:30:00 GMT", "05.10.2026 14:30",
        "Пн, 05 окт 2026 13:30:00 +0300", "5 октября 2026 г., 14:30", "5 Oktyabr 2026, 14:30",
        "05 Ekim 2026 14:30", "5 հոկտեմբերի 2026 14:30", "5 ოქტომბერი, 2026 14:30",
        "۱۳ مهر ۱۴۰۵ ۱۴:۳۰", "1405/07/13 14:30", "۵ اکتبر ۲۰۲۶ ۱۴:۳۰", "Oct 5, 2026 2:30 PM",
        "20261005T103000Z", "1791196200", "1791196200000", "2026-10-05T14:30:00.123456789+04:00",
        "Mon Oct  5 14:30:00 2026", "lun, 5 oct. 2026 12:30:00 +0200",
        "5 Ekim 2026 Pazartesi 14:30", "14:30, 5 октября 2026", "14:30 05.10.2026",
        "понедельник, 5 октября 2026 - 14:30", "Bazar ertəsi, 5 oktyabr 2026 14:30",
        "دوشنبه، ۱۳ مهر ۱۴۰۵ - ۱۴:۳۰", "Mon Oct 05 14:30:00 +0400 2026",
        "Mon, 05 Oct 2026 14:30:00 GMT+0400 (AZT)", "Mon,05 Oct 2026 14:30:00 +0400",
        "2026-10-05T14:30:00+04:00[Asia/Baku]", "Mon, 05 Oct 2026 14.30",
    ],
)  # fmt: skip
def test_one_moment_is_read_in_every_form_feeds_write_it(text):
    assert dates.parse(text, NOW, YEREVAN) == AT_1030


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "Mon, 31 Feb 2026 10:00:00 GMT", "Mon, 05 Oct 2026 25:61:61 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT", "Tue, 01 Jan 2999 00:00:00 GMT", "12345", "13.13.2026",
        "Mon, 01 Jan 0001 00:00:00 +0000", "99999999999999999", "2026", "05/2026", "Page 3 of 12",
    ],
)  # fmt: skip
def test_what_is_no_plausible_date_is_none(text):
    assert dates.parse(text, NOW, YEREVAN) is None


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1 հունվարի 2026", 1), ("1 հունիսի 2026", 6), ("1 հուլիսի 2026", 7), ("1 марта 2026", 3),
        ("1 мая 2026", 5), ("1 Haziran 2026", 6), ("1 Temmuz 2026", 7), ("1 iyun 2026", 6),
        ("1 iyul 2026", 7), ("1 avqust 2026", 8), ("1 Şubat 2026", 2), ("1 მარტი 2026", 3),
        ("1 მაისი 2026", 5), ("1 ივნისი 2026", 6), ("1 ივლისი 2026", 7), ("1 Mayıs 2026", 5),
        ("1 августа 2026", 8), ("1 Ağustos 2026", 8), ("1 սեպտեմբերի 2026", 9),
    ],
)  # fmt: skip
def test_months_that_begin_alike_are_told_apart(text, month):
    found = dates.parse(text, NOW)
    assert found is not None
    assert found.month == month


def test_solar_hijri_years_begin_in_spring():
    assert dates.parse("1 فروردین 1405", NOW) == datetime(2026, 3, 21, tzinfo=UTC)
    assert dates.parse("30 اسفند 1403", NOW) == datetime(2025, 3, 20, tzinfo=UTC)


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_gives_a_date_in_range_or_none(text):
    found = dates.parse(text, NOW)
    assert found is None or dates.EARLIEST <= found <= NOW + timedelta(days=2)
