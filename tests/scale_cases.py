"""Two hundred pages, and what a warehouse made of them: the same, whatever machines did it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import saved_site
from test_ingest_run import page

from warehouse import reader

PAGES = 200
SITES = 4
# what no two runs share: their names, how long a request took, where in the archive a page is,
# which number the index of words gave it
BY_RUN = frozenset(("run_id", "milliseconds", "warc_ref", "counts", "document"))
NOT_ROWS = frozenset(("applied_batches", "schema_views", "schema_migrations"))


def sites() -> list[dict[str, bytes]]:
    """Give pages by path for each site; every fifth page is on all of them."""
    each = PAGES // SITES
    return [
        {f"/page/{n}": page(_number(site, n, each)) for n in range(each)} for site in range(SITES)
    ]


def _number(site: int, n: int, each: int) -> int:
    return n if n % 5 == 0 else site * each + n


@contextmanager
def served(delay: float = 0) -> Iterator[dict[str, str]]:
    """Serve the sites on hosts of their own, and give their addresses by source id."""
    with ExitStack() as stack:
        yield {
            f"site-{number}": stack.enter_context(
                saved_site.serving(pages, f"127.0.0.{number + 1}", delay=delay)
            )
            for number, pages in enumerate(sites())
        }


def contents(db: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """Give the rows of every table of the snapshot, in order, without what is a run's own."""
    with reader.connect(db) as connection:
        names = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' ORDER BY ALL"
        ).fetchall()
        found = {}
        for (name,) in names:
            if name not in NOT_ROWS:
                rows = connection.execute(f'FROM "{name}"')
                kept = [at for at, column in enumerate(rows.description) if column[0] not in BY_RUN]
                found[name] = sorted(
                    (tuple(row[at] for at in kept) for row in rows.fetchall()), key=repr
                )
        return found
