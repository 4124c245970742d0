"""Imported by the fork server alone: what every worker needs, loaded once and shared.

Workers are forked from a process that has all this in memory, so a worker that was
killed is replaced in milliseconds, and the pages of memory are shared.
"""

import gc
from datetime import UTC, datetime

import flows.cli
import flows.collect.feeds  # noqa: F401 - loaded for the workers
from flows.model import FeedEntry, Item, Page, Source
from flows.reading import read_page, tagger

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PAGE = b"""<html lang="en"><head><title>A first page</title></head><body><article>
<p>This page is read once before any worker starts, so that no article waits for an import.</p>
<p>It names Armenia, Azerbaijan and Georgia.</p></article></body></html>"""

read_page(
    Page("warm", "https://warm.example/", PAGE, "text/html", LONG_AGO),
    Item("warm", "warm", "warm", "warm", FeedEntry("https://warm.example/", None, ""), LONG_AGO),
    Source("warm", "Warm", "https://warm.example/", "GE", "unknown", "other", (), "", ()),
)
tagger().make_ready()
# the collector of garbage would write into every object, and so copy every shared page
gc.collect()
gc.freeze()
