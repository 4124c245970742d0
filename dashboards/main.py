"""The script Streamlit runs at each interaction: the menu, then the chosen page."""

from collections.abc import Callable

import duckdb
import streamlit as st

from dashboards import catalogue, lists, snapshot
from dashboards.screens import (
    actors,
    articles,
    attention,
    divergence,
    first_run,
    health,
    names,
    places,
    reprints,
    seeds,
    today,
)

STYLE = """
<style>
[data-testid=stMainBlockContainer] { padding-top: 3rem; }
ol.articles { padding-left: 1.5rem; }
ol.articles li { margin-bottom: .6rem; }
ol.articles td, ol.articles th { padding: .1rem .6rem; text-align: start; vertical-align: top; }
table.plain { font-variant-numeric: tabular-nums; }
table.plain td, table.plain th { padding: .25rem 1rem .25rem 0; text-align: start; }
table.plain td { vertical-align: top; }
time { white-space: nowrap; }
bdi { unicode-bidi: isolate; }
</style>
"""
Show = Callable[[snapshot.Snapshot, catalogue.Record], None]
PAGES: tuple[tuple[str, str, Show], ...] = (
    ("Today", "today", today.show),
    ("Attention", "attention", attention.show),
    ("Divergence", "divergence", divergence.show),
    ("Actors", "actors", actors.show),
    ("Names", "names", names.show),
    ("Reprints", "reprints", reprints.show),
    ("Map", "map", places.show),
    ("Seeds", "seeds", seeds.show),
    ("Articles", "articles", articles.show),
    ("Health", "health", health.show),
)


def page(title: str, show: Show) -> Callable[[], None]:
    """Give a page that says what to do where there is nothing to show yet."""

    def run() -> None:
        current = snapshot.current()
        record = catalogue.record(current) if current else None
        st.title(title)
        if current is None or record is None:
            first_run.show(published=current is not None)
            return
        try:
            show(current, record)
        except duckdb.CatalogException:
            st.error("This snapshot was written by another version. Run `araxes publish`.")
        except duckdb.OutOfMemoryException:
            st.error(f"This takes more than {snapshot.MEMORY} to count. Choose fewer days.")

    return run


def main() -> None:
    """Show the menu and run the chosen page."""
    st.set_page_config("Araxes", layout="wide")  # an icon by name would come from a CDN
    lists.html(STYLE)
    pages = [
        st.Page(page(title, show), title=title, url_path=path, default=path == "today")
        for title, path, show in PAGES
    ]
    st.navigation(pages).run()


main()
