"""What people choose with; every choice is in the address, so that a view can be shared."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeVar

import streamlit as st

from dashboards import catalogue
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

T = TypeVar("T")
URL: Final = "query-params"
OWNERSHIPS = (
    "state", "public", "foreign-public", "party", "commercial", "independent", "diaspora",
    "think-tank", "igo", "government", "military", "unknown",
)  # fmt: skip
PERSPECTIVES = ("AM", "AZ", "GE", "RU", "TR", "IR", "west", "regional", "other")


def filters(snapshot: Snapshot, record: catalogue.Record, days: int = 90) -> Scope:
    """Show the filters that all pages share, in the side bar.

    Args:
        snapshot: what there is to choose from.
        record: the days on record.
        days: how many of the last ones are chosen unless told otherwise.
    """
    outlets = catalogue.outlets(snapshot)
    names = {key: f"{outlet.name} ({key})" for key, outlet in outlets.items()}
    earliest = max(record.first, record.last - timedelta(days=days - 1))
    first, last = record.first, record.last
    with st.sidebar:
        st.subheader("Filters")
        since = st.date_input("From", earliest, first, last, key="since", bind=URL)
        until = st.date_input("To", last, first, last, key="until", bind=URL)
        countries = sorted({outlet.country for outlet in outlets.values()})
        return Scope(
            since=min(since, until),
            until=max(since, until),
            sources=_many("Sources", list(names), "source", names.__getitem__),
            languages=_many("Languages", catalogue.languages(snapshot), "language"),
            ownerships=_many("Ownership", OWNERSHIPS, "ownership"),
            perspectives=_many("Perspective", PERSPECTIVES, "perspective"),
            countries=_many("Country of the newsroom", countries, "country"),
        )


def _many(
    label: str, options: Sequence[str], key: str, shown: Callable[[str], str] = str
) -> tuple[str, ...]:
    return tuple(st.multiselect(label, options, key=key, bind=URL, format_func=shown))


def switch(label: str, options: Mapping[str, T], key: str, *, at: int = 0, hint: str = "") -> T:
    """Show a few options side by side, that at `at` chosen; gives what the choice means."""
    names = list(options)
    chosen = st.segmented_control(
        label, names, default=names[at], required=True, key=key, bind=URL, help=hint or None
    )
    return options[chosen]


def choose(label: str, options: Mapping[str, T], key: str) -> T:
    """Show many options as a list, the first one chosen; gives what the choice means."""
    return options[st.selectbox(label, list(options), key=key, bind=URL)]


def choose_id(label: str, labels: Mapping[str, str], default: str | None, key: str) -> str:
    """Show ids by their labels; gives the chosen id."""
    ids = list(labels)
    index = ids.index(default) if default is not None and default in labels else 0
    return st.selectbox(label, ids, index, labels.__getitem__, key=key, bind=URL)


def choose_ids(
    label: str, labels: Mapping[str, str], default: Sequence[str], key: str
) -> tuple[str, ...]:
    """Show ids by their labels; gives up to eight chosen ids."""
    known = [key for key in default if key in labels]
    return tuple(
        st.multiselect(
            label, list(labels), known, labels.__getitem__, max_selections=8, key=key, bind=URL
        )
    )


def counting() -> tuple[bool, bool]:
    """Show how numbers are read; gives whether copies count once, and whether as a share."""
    left, right = st.columns(2)
    with left:
        hint = "Share: of everything the same sources published in that time."
        share = switch("Measure", {"Share": True, "Count": False}, "measure", hint=hint)
    with right:
        hint = "Independent counts a story that many outlets reprint once."
        options = {"All articles": False, "Independent": True}
        independent = switch("Copies", options, "copies", hint=hint)
    return independent, share
