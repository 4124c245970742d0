"""Articles: search, filters, marked evidence for each tag, similar articles."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from dashboards import catalogue, controls, lists, markup, why
from dashboards.behind import Listed, Page, listed
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

WITH_WORDS = "(SELECT * FROM articles JOIN search_hits($words) USING (article_id))"


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page: one article when the address names it, else the search."""
    wanted = st.query_params.get("article")
    if wanted:
        one(snapshot, wanted)
        return
    scope = controls.filters(snapshot, record, 30)
    words = st.text_input("Words in title or text", key="words", bind=controls.URL)
    off_topic = st.toggle("Off-topic articles too", key="off_topic", bind=controls.URL)
    found = search(snapshot, scope, words.strip(), off_topic=off_topic)
    total = found[0].total if found else 0
    lists.heading(total)
    lists.articles(snapshot, found)
    lists.pager("page-articles", total)


def search(snapshot: Snapshot, scope: Scope, words: str, *, off_topic: bool) -> tuple[Listed, ...]:
    """Give a page of the articles of a scope in which words occur, best first."""
    table = WITH_WORDS if words else "(SELECT *, 0 AS score FROM articles)"
    sql = f"""
        SELECT a.article_id, a.published_at, a.score
        {scope.rows_of(table)} AND (a.relevant OR $off_topic)"""
    given = {**scope.given(), "words": words, "off_topic": off_topic}
    return listed(snapshot, sql, given, Page(lists.page_number("page-articles"), lists.PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Full:
    """One article with all that was decided on it."""

    title: str
    text: str
    url: str
    language: str
    source: str
    ownership: str
    perspective: str
    evidence: str
    published_at: datetime
    published_from: str
    authors: list[str]
    extractor: str
    quality: str
    novelty: float | None


FULL = """
    SELECT a.title, a.text, a.url, a.language, o.name AS source, o.ownership, o.perspective,
      o.evidence, a.published_at, a.published_from, a.authors, a.extractor, a.quality, a.novelty
    FROM articles AS a JOIN sources AS o USING (source_id) WHERE a.article_id = $article
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a tag's evidence stands."""

    field: str
    start_char: int
    end_char: int


SPANS = """
    SELECT DISTINCT field, start_char, end_char FROM mentions WHERE article_id = $article
    ORDER BY field, start_char, end_char DESC
"""


def one(snapshot: Snapshot, article_id: str) -> None:
    """Show one article: its words with the evidence marked, its tags, what is like it."""
    if st.button("← All articles"):
        del st.query_params["article"]
        st.rerun()
    found = snapshot.rows(Full, FULL, article=article_id)
    if not found:
        st.info("This article is not in the snapshot. It may have been forgotten.")
        return
    lists.html(_page(found[0], snapshot.rows(Span, SPANS, article=article_id)))
    st.subheader("Why it is tagged")
    lists.html(why.reasons(snapshot, {article_id: found[0].published_at})[article_id])
    st.subheader("Similar articles")
    similar(snapshot, article_id)


def _page(full: Full, spans: tuple[Span, ...]) -> str:
    title = markup.marked(full.title, _of(spans, "title"), full.language)
    text = markup.marked(full.text, _of(spans, "text"), full.language).replace("\n", "<br>")
    owned = markup.linked(full.evidence, markup.plain(full.ownership))
    facts = (
        markup.worded(full.source), owned, markup.plain(full.perspective),
        f"{full.published_at:%Y-%m-%d %H:%M} UTC (from the {markup.plain(full.published_from)})",
        markup.plain(full.language), ", ".join(markup.worded(author) for author in full.authors),
        f"read by {markup.plain(full.extractor)}, quality {markup.plain(full.quality)}",
        "" if full.novelty is None else f"{full.novelty:.0%} of its sentences are new",
    )  # fmt: skip
    return (
        f"<h3>{markup.linked(full.url, title)}</h3><p><small>"
        f"{' · '.join(fact for fact in facts if fact)}</small></p>"
        f"<div class='text'>{text}</div>"
    )


def _of(spans: tuple[Span, ...], field: str) -> tuple[tuple[int, int], ...]:
    return tuple((span.start_char, span.end_char) for span in spans if span.field == field)


LIKE = """
    WITH near AS (
      SELECT c.article_id FROM clusters AS c
      WHERE c.cluster_id IN (SELECT cluster_id FROM clusters WHERE article_id = $article)
      UNION SELECT of_article_id FROM duplicates WHERE article_id = $article
      UNION SELECT article_id FROM duplicates WHERE of_article_id = $article
      UNION SELECT article_id FROM stories
      WHERE story_id IN (SELECT story_id FROM stories WHERE article_id = $article)
    )
    SELECT article_id, published_at, 0 AS score FROM near JOIN articles USING (article_id)
    WHERE article_id <> $article"""


def similar(snapshot: Snapshot, article_id: str) -> None:
    """List the copies of an article and those in its story."""
    found = listed(snapshot, LIKE, {"article": article_id}, Page())
    if found:
        lists.articles(snapshot, found)
    else:
        st.caption("None: nothing repeats it, and it repeats nothing.")
