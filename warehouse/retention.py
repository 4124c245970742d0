"""How much of what lies beside a core is kept; the environment says so.

    ARAXES_KEEP_SNAPSHOTS=10   read snapshots; 3 by default
    ARAXES_KEEP_PAGES=365      days of archived pages; for ever by default

Articles stay when their pages go: they can be tagged and compared again, but not read again.
"""

import os
from datetime import timedelta

from flows.errors import UsageError

SNAPSHOTS = 3  # a reader that resolved the link just before a switch still finds its file


def snapshots() -> int:
    """Give how many read snapshots are kept.

    Raises:
        UsageError: the setting is no whole number, or below 2.
    """
    return _setting("ARAXES_KEEP_SNAPSHOTS", 2) or SNAPSHOTS


def pages() -> timedelta | None:
    """Give how long archived pages are kept, None for ever.

    Raises:
        UsageError: the setting is no whole number, or below 1.
    """
    days = _setting("ARAXES_KEEP_PAGES", 1)
    return timedelta(days=days) if days else None


def _setting(name: str, least: int) -> int | None:
    given = os.environ.get(name, "")
    if given and (not given.isdecimal() or int(given) < least):
        raise UsageError(f"{name}={given}: wants a whole number from {least} on")
    return int(given) if given else None
