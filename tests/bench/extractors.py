"""One extractor in a process of its own, for tests/bench/extract.py: a page a line in, words out.

    python tests/bench/extractors.py NAME

Reads `{"url", "body" (base64), "markup"}` a line and writes `{"text", "title", "dates", "cpu",
"megabytes"}`: seconds of CPU for the page, and the most memory the process has had so far. Each
library is imported only where it is measured, so that it can live in an environment of its own.
"""

import base64
import json
import logging
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Given:
    """A page: its bytes, and the same decoded for those that take text."""

    url: str
    body: bytes
    markup: str


@dataclass(frozen=True, slots=True)
class Output:
    """What an extractor made of a page; no `dates` where it gives none."""

    text: str = ""
    title: str = ""
    dates: tuple[str, ...] = ()


@cache
def _reading() -> Any:
    from flows import model
    from flows.extract.page import read

    source = model.Source(
        "bench", "", "https://example.org/", "XX", "unknown", "other", ("en",), "", ()
    )
    return model, read, source


def araxes(page: Given) -> Output:
    """The stage as the pipeline runs it, with a feed that says nothing but the link."""
    model, read, source = _reading()
    entry = model.FeedEntry(page.url, None, "")
    item = model.Item("i", "f", "bench", "a", entry, NOW)
    found = read(model.Page("a", page.url, page.body, "text/html", NOW), item, source)
    if not isinstance(found, model.Article):
        return Output()
    # a day by the newsroom's clock, which the corpora do not name: UTC or four hours east of it
    days = {(found.published_at + timedelta(hours=hours)).date() for hours in (0, 4)}
    known = found.published_from != "fetch"
    return Output(found.text, found.title, tuple(str(day) for day in days) if known else ())


def trafilatura(page: Given) -> Output:
    """Trafilatura with its defaults and metadata."""
    import trafilatura

    found = trafilatura.bare_extraction(page.markup, url=page.url, with_metadata=True)
    if found is None:
        return Output()
    return Output(found.text or "", found.title or "", (found.date,) if found.date else ())


def trafilatura_text(page: Given) -> Output:
    """Trafilatura with its defaults, text only."""
    import trafilatura

    return Output(trafilatura.extract(page.markup) or "")


def resiliparse(page: Given) -> Output:
    """Resiliparse, main content."""
    from resiliparse.extract.html2text import extract_plain_text

    return Output(str(extract_plain_text(page.markup, main_content=True) or ""))


def readability(page: Given) -> Output:
    """Readability-lxml, its summary as text."""
    from lxml.html import fromstring
    from readability import Document

    document = Document(page.markup.replace("\0", ""))
    return Output(fromstring(document.summary()).text_content(), document.title())


def newspaper4k(page: Given) -> Output:
    """newspaper4k with its defaults."""
    import newspaper

    found = newspaper.article(page.url, input_html=page.markup, language="en")
    return Output(found.text, found.title, _day(found.publish_date))


def news_please(page: Given) -> Output:
    """news-please with its defaults: a choice among several extractors."""
    from newsplease import NewsPlease

    found = NewsPlease.from_html(page.markup, url=page.url, fetch_images=False)
    return Output(found.maintext or "", found.title or "", _day(found.date_publish))


def _day(when: datetime | None) -> tuple[str, ...]:
    return (when.date().isoformat(),) if when else ()


EXTRACTORS: dict[str, Callable[[Given], Output]] = {
    "araxes": araxes,
    "trafilatura": trafilatura,
    "trafilatura, text only": trafilatura_text,
    "resiliparse": resiliparse,
    "readability-lxml": readability,
    "newspaper4k": newspaper4k,
    "news-please": news_please,
}


def answer(extract: Callable[[Given], Output], line: str) -> dict[str, object]:
    """Give what an extractor makes of a line, and what it cost."""
    asked = json.loads(line)
    page = Given(asked["url"], base64.b64decode(asked["body"]), asked["markup"])
    begun, error = time.process_time(), ""
    try:
        out = extract(page)
    except Exception as failed:  # noqa: BLE001 - a peer that fails a page scores nothing on it
        out, error = Output(), repr(failed)[:80]
    cpu = time.process_time() - begun
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**asdict(out), "cpu": cpu, "megabytes": megabytes, "error": error}


def main() -> None:
    """Answer until there is nothing more to answer."""
    logging.disable(logging.CRITICAL)
    extract, out = EXTRACTORS[sys.argv[1]], sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not break the answers
    for number, line in enumerate(sys.stdin):
        found = answer(extract, line)
        if not number and "NotFoundError" in str(found["error"]):
            sys.exit(str(found["error"]))
        print(json.dumps(found), file=out, flush=True)


if __name__ == "__main__":
    main()
