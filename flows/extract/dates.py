"""Dates of pages: forms, time zones and day-month order of the region."""

from datetime import UTC, datetime, timedelta

from dateutil import parser as dateutil_parser


def parse(raw: str, now: datetime) -> datetime | None:
    """Give the time a date text means, in UTC, or nothing if it cannot be one."""
    try:
        found = dateutil_parser.parse(raw[:100])
    except (ValueError, OverflowError):
        return None
    when = found if found.tzinfo else found.replace(tzinfo=UTC)
    when = when.astimezone(UTC)
    return when if datetime(1995, 1, 1, tzinfo=UTC) <= when <= now + timedelta(days=2) else None
