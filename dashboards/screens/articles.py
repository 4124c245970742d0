"""Articles: search, filters, marked evidence for each tag, similar articles."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from dashboards import catalogue, controls, lists, markup, why
from dashboards.marks import LIST, Listed
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

SEARCHED = """
    WITH scope AS ({scope}), hits AS (SELECT article_id, score FROM search_hits(?)),
    behind AS (
      SELECT s.article_id, c.cluster_id, h.score FROM hits AS h
      JOIN scope AS s USING (article_id) JOIN clusters AS c USING (article_id)
      WHERE s.relevant OR ?
    )
    {list}"""
ALL = """
    WITH scope AS ({scope}),
    behind AS (
      SELECT s.article_id, c.cluster_id, 0 AS score FROM scope AS s
      JOIN clusters AS c USING (article_id) WHERE s.relevant OR ?
    )
    {list}"""
RANKED = LIST.replace("ORDER BY", "ORDER BY b.score DESC,")


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
    sql = SEARCHED if words else ALL
    page = [lists.PAGE_SIZE, lists.PAGE_SIZE * lists.page_number("page-articles")]
    given = [*scope.given(), *([words] if words else []), off_topic, *page]
    return snapshot.rows(Listed, sql.format(scope=scope.sql(), list=RANKED), given)


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
    FROM articles AS a JOIN sources AS o USING (source_id) WHERE a.article_id = ?
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a tag's evidence stands."""

    field: str
    start_char: int
    end_char: int


SPANS = """
    SELECT DISTINCT field, start_char, end_char FROM mentions WHERE article_id = ?
    ORDER BY field, start_char, end_char DESC
"""


def one(snapshot: Snapshot, article_id: str) -> None:
    """Show one article: its words with the evidence marked, its tags, what is like it."""
    if st.button("← All articles"):
        del st.query_params["article"]
        st.rerun()
    found = snapshot.rows(Full, FULL, [article_id])
    if not found:
        st.info("This article is not in the snapshot. It may have been forgotten.")
        return
    lists.html(_page(found[0], snapshot.rows(Span, SPANS, [article_id])))
    st.subheader("Why it is tagged")
    lists.html(why.reasons(snapshot, (article_id,))[article_id])
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
    WITH mine AS (SELECT cluster_id FROM clusters WHERE article_id = ?),
    behind AS (
      SELECT c.article_id, c.cluster_id FROM clusters AS c JOIN mine USING (cluster_id)
      WHERE c.article_id <> ?
      UNION
      SELECT c.article_id, c.cluster_id FROM clusters AS c
      JOIN duplicates AS d ON c.article_id IN (d.article_id, d.of_article_id)
      WHERE ? IN (d.article_id, d.of_article_id) AND c.article_id <> ?
      UNION
      SELECT c.article_id, c.cluster_id FROM stories AS s
      JOIN stories AS t USING (story_id) JOIN clusters AS c ON c.article_id = t.article_id
      WHERE s.article_id = ? AND t.article_id <> ?
    )"""


def similar(snapshot: Snapshot, article_id: str) -> None:
    """List the copies of an article and those in its story."""
    found = snapshot.rows(Listed, LIKE + LIST, [*[article_id] * 6, 20, 0])
    if found:
        lists.articles(snapshot, found)
    else:
        st.caption("None: nothing repeats it, and it repeats nothing.")
