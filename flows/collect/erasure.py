"""What was forgotten, taken out of the archive: pages, and feed documents that carried them.

A record cannot be cut, so a feed document with a forgotten entry goes whole: its other
entries are in the warehouse, and their pages in records of their own.
"""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from flows.collect import warc, warc_records
from flows.collect.warc_records import Archived

_LINK = re.compile(rb"https?://[^\s<>\"'\]]+")
_FEED = ("xml", "json", "rss", "atom")

Forgotten = Callable[[str], bool]


def erase(folder: Path, forgotten: Forgotten) -> int:
    """Erase every record of or about what was forgotten; give how many.

    Args:
        folder: the archive.
        forgotten: says it of an address, whatever way it is written.
    """
    return sum(
        warc.erase(folder, warc_ref)
        for path in sorted(folder.glob("*.warc.gz"))
        if not path.is_symlink()  # an archive of others: nothing of it is kept here
        for warc_ref in list(_records(path, forgotten))
    )


def _records(path: Path, forgotten: Forgotten) -> Iterator[str]:
    for record in warc_records.answers(path):
        if any(forgotten(address) for address in _addresses(record)):
            yield record.warc_ref


def _addresses(record: Archived) -> Iterator[str]:
    yield record.url
    if any(sign in record.content_type for sign in _FEED):
        for link in _LINK.findall(record.body):
            yield html.unescape(link.decode("utf-8", "replace"))
