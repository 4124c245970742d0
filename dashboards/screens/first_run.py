"""What a newcomer sees: no data yet, and the two ways to get some."""

import streamlit as st


def show(*, published: bool) -> None:
    """Say how to fill the warehouse."""
    st.info("No article yet." if published else "No data has been published here yet.")
    st.markdown("**Look around first**, offline, with the built-in fictional newsroom:")
    st.code("araxes demo --keep\naraxes --db warehouse/demo.duckdb dashboard", language="shell")
    st.markdown("**Watch real outlets**: put them into `sources.toml`, then")
    st.code("araxes ingest\naraxes dashboard", language="shell")
    st.caption("This page fills by itself once a run has published: reload it.")
