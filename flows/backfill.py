"""The backfill flows: a source's older articles, and archives, into the warehouse.

    araxes backfill …                               in this process, without a Prefect server
    prefect deployment run backfill/backfill        on a server and a worker (prefect.yaml)
    prefect deployment run backfill-archives/warc   the same, from WARC files

Every step is that of `flows.older` and `flows.archived`; here it becomes a Prefect flow
whose parameters the server shows as a form.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.logging import get_run_logger
from pydantic import Field

from flows import archived, older
from flows.collect.backfill import Period
from flows.ingest import as_task, now
from flows.older import Outlook, Request
from flows.progress import Silent
from flows.runs import Setup
from flows.settings import Settings
from flows.setup import setup


@flow(name="backfill", flow_run_name="backfill-{source}", persist_result=False)
async def backfill(  # noqa: PLR0913 - the parameters of a flow are the fields of its form
    source: str,
    first: date,
    last: date,
    limit: Annotated[int, Field(ge=0)] | None = None,
    *,
    undated: bool = False,
    db: str | None = None,
    sources: str | None = None,
) -> dict[str, object]:
    """Load a source's articles of some days, found through its sitemaps.

    Args:
        source: id of the source.
        first: the first day.
        last: the last day, included.
        limit: pages to fetch at most; run it again for the rest.
        undated: take articles that no sitemap dates, too.
        db: the warehouse file; what ARAXES_DB says, or the default, if None.
        sources: the source list; what ARAXES_SOURCES says, or the default, if None.
    """
    request = Request(source, Period(first, last), limit, undated)
    filled = await older.backfill(_setup(db, sources), request, Silent(), _log, as_task)
    return filled.document()


@flow(name="backfill-archives", flow_run_name="backfill-archives", persist_result=False)
async def archives(
    files: list[Path], db: str | None = None, sources: str | None = None
) -> dict[str, object]:
    """Load the article pages of WARC files: ours, wget's, Common Crawl's.

    Args:
        files: paths on the worker's machine.
        db: the warehouse file; what ARAXES_DB says, or the default, if None.
        sources: the source list; what ARAXES_SOURCES says, or the default, if None.
    """
    unpacked = await archived.unpack(_setup(db, sources), files, Silent())
    for record in unpacked.malformed:
        get_run_logger().warning("%s:%s: %s", record.file, record.offset, record.error)
    return unpacked.document()


def _setup(db: str | None, sources: str | None) -> Setup:
    settings = Settings.from_environment()
    return setup(Path(db or settings.db), Path(sources or settings.sources), now)


def _log(outlook: Outlook) -> None:
    get_run_logger().info(
        "%s articles found, %s to fetch, about %.0f s",
        outlook.found,
        outlook.to_fetch,
        outlook.seconds,
    )
