"""Lists of articles and tables: text from outside is escaped, in its own script and direction."""

from collections.abc import Sequence

import streamlit as st

from dashboards import markup, why
from dashboards.behind import Listed
from dashboards.snapshot import Snapshot

PAGE_SIZE = 20


def html(body: str) -> None:
    """Show HTML whose every outside text went through `markup`."""
    st.html(body)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table whose cells are safe HTML."""
    top = "".join(f"<th scope='col'>{markup.plain(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    html(f"<table class='plain'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>")


def heading(total: int, of: str = "") -> None:
    """Say how many articles a list has, and of what; `of` is safe HTML."""
    noun = "article" if total == 1 else "articles"
    html(f"<h4>{of}{total} {noun}</h4>")


def page_number(key: str) -> int:
    """Give which part of a list is wanted, from 0."""
    return int(st.session_state.get(key, 1)) - 1


def pager(key: str, total: int) -> None:
    """Show which part of a list is on the page, if it has several."""
    last = -(-total // PAGE_SIZE)
    if last > 1:
        st.number_input(f"Page, of {last}", 1, last, key=key, width=160)


def articles(snapshot: Snapshot, found: Sequence[Listed]) -> None:
    """Show articles: title in its own script, source, time, and why each is tagged."""
    if not found:
        st.info("No article here. Widen the dates or remove a filter.")
        return
    reasons = why.reasons(snapshot, {article.article_id: article.published_at for article in found})
    entries = "".join(_entry(article, reasons[article.article_id]) for article in found)
    html(f"<ol class='articles'>{entries}</ol>")


def _entry(article: Listed, reason: str) -> str:
    copies = f" · {article.copies} more in its cluster" if article.copies else ""
    when = article.published_at.strftime("%Y-%m-%d %H:%M UTC")
    title = markup.linked(article.url, markup.worded(article.title, article.language))
    own = f"<a href='articles?article={markup.plain(article.article_id)}' target='_self'>open</a>"
    return (
        f"<li><div>{title}</div><small>{markup.worded(article.source)} · {when} · "
        f"{markup.plain(article.language)}{copies} · {own}</small>"
        f"<details><summary>Why is this tagged?</summary>{reason}</details></li>"
    )
