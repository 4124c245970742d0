"""`araxes explain`: every decision on one article, as a page one would show a colleague."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from flows.commands.options import pass_settings
from flows.commands.output import emit, show_table
from flows.commands.running import now
from flows.errors import UsageError, WarehouseError
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.model import Language, Mention, TaggedArticle, Tags

PASSAGES = 5  # shown of each copy; `--json` has all
SHOWN = 40  # words of a passage
COLOURS = ("bold cyan", "bold yellow", "bold green", "bold magenta", "bold blue", "bold red")


@click.command(epilog="Example: araxes explain article.txt")
@click.argument("target", metavar="URL|ARTICLE_ID|FILE|-", required=False)
@click.option("--jsonl", is_flag=True, help="In bulk: JSON Lines in, JSON Lines out, in order.")
@pass_settings
def explain(settings: Settings, target: str | None, *, jsonl: bool) -> None:
    """Show every decision on an article: dates, language, copies, tags, with evidence."""
    if jsonl:
        in_bulk(target or "-")
    elif target is None:
        raise UsageError("name an article: a URL, an id, a file, or - for standard input")
    elif target == "-" or Path(target).is_file():
        explain_text(
            settings, sys.stdin.buffer.read() if target == "-" else Path(target).read_bytes()
        )
    else:
        explain_stored(settings, target)


def in_bulk(target: str) -> None:
    """Write the decisions on each line of JSON Lines, in order, as they are made."""
    from flows.explaining import explain_all

    async def stream(lines: Iterable[str]) -> None:
        async for answer in explain_all(lines, now()):
            sys.stdout.write(answer + "\n")

    with click.open_file(target, encoding="utf-8", errors="replace") as lines:
        asyncio.run(stream(lines))


def explain_text(settings: Settings, raw: bytes) -> None:
    """Explain a text or page that is not stored: language, tags, and what it repeats."""
    from flows.explaining import decisions

    tagged = as_article(raw)
    article, tags = tagged.article, tagged.tags
    copies = repeated(settings, tagged)
    code, when = article.language.code, article.published_at
    losers = lost(article.title, article.text, code, when)
    if settings.json:
        decided = decisions(article.language, tags)
        emit({"title": article.title, **decided, "lost": losers, "duplicates": copies})
        return
    console = Console()
    console.print(Text(article.title, style="bold"))
    show_decisions(console, article.language, tags)
    show_lost(losers)
    show_copies(copies)
    show_marked(console, article.text, [m for m in tags.mentions if m.field == "text"])


def as_article(raw: bytes) -> "TaggedArticle":
    """Give a text, or an HTML page, as an article that was never published."""
    from flows import ids
    from flows.extract.decode import decode
    from flows.extract.language import identify
    from flows.extract.text import clean, count_words
    from flows.model import Article
    from flows.reading import tag_article

    title, text = map(clean, words_of(decode(raw)))
    return tag_article(
        Article(
            article_id=ids.article_id("explained"),
            source_id="",
            feed_id=None,
            url="",
            canonical_url="",
            title=title,
            text=text,
            authors=(),
            published_at=now(),
            published_from="fetch",
            modified_at=None,
            fetched_at=now(),
            language=identify(f"{title}\n{text}"),
            language_declared=None,
            word_count=count_words(text),
            content_hash=ids.content_hash(text),
            extractor="explain",
        )
    )


def lost(title: str, text: str, language: str, when: datetime) -> list[dict[str, Any]]:
    """Give the readings that the present vocabulary does not take, and what they lacked."""
    from flows.reading import tagger

    return [asdict(mention) for mention in tagger().lost(title, text, language, when)]


def lost_of(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the readings of a stored article that were not taken."""
    return lost(facts["title"], facts["text"], facts["language"], facts["published_at"])


def show_lost(readings: Sequence[dict[str, Any]]) -> None:
    """Show what could have been an actor, and why it was not taken."""
    rows = dict.fromkeys((r["surface"], r["actor_id"], r["rule"]) for r in readings)
    if rows:
        show_table("Alternatives that lost", ("words", "could be", "but"), rows)


def words_of(document: str) -> tuple[str, str]:
    """Give title and text of a page, or of a text whose first line is its title."""
    if "<html" in document[:2000].lower():
        import trafilatura

        found: Any = trafilatura.bare_extraction(document)
        return (found.title or "", found.text or "") if found else ("", "")
    first, _, rest = document.strip().partition("\n")
    return (first.strip(), rest.strip()) if rest.strip() else ("", first.strip())


def repeated(settings: Settings, tagged: "TaggedArticle") -> list[dict[str, Any]]:
    """Give what a text repeats: seed documents, and stored articles where there are any."""
    from flows.dedup import corpus
    from flows.dedup.link import link
    from flows.model import Known
    from flows.setup import SEED_CORPUS
    from warehouse import candidates, reader

    try:
        with reader.reading(settings.db) as connection:
            known = candidates.find(connection, [tagged])
    except WarehouseError:
        known = Known(seeds=corpus.load(SEED_CORPUS))
    titles = {seed.seed_id: seed.title for seed in known.seeds}
    titles |= {article.article_id: article.title for article in known.articles}
    texts = {article.article_id: article.text for article in known.articles}
    ours = tagged.article.article_id
    found = []
    for pair in link([tagged], known).duplicates:
        theirs = pair.of_article_id if pair.article_id == ours else pair.article_id
        named = titles.get(theirs or pair.of_seed_id or "")
        passages = shared(tagged.article.text, texts.get(theirs or "", ""))
        found.append({**asdict(pair), "title": named, "passages": passages})
    return found


def shared(left: str, right: str) -> list[dict[str, Any]]:
    """Give the passages that two texts share; the texts of seeds are not kept."""
    from flows.dedup.passages import side_by_side

    return [asdict(passage) for passage in side_by_side(left, right)]


def explain_stored(settings: Settings, target: str) -> None:
    """Explain a stored article, as it was decided when it was loaded."""
    from flows import stored
    from flows.explaining import decisions

    found = stored.read(settings.db, stored.find(settings.db, target))
    facts = found["article"]
    if facts is None:
        show_unread(settings, found)
        return
    language, tags = stored.language_of(facts), stored.tags_of(settings.db, facts)
    if settings.json:
        emit({**found, **decisions(language, tags), "lost": lost_of(facts)})
        return
    console = Console()
    show_facts(console, facts)
    show_decisions(console, language, tags)
    show_lost(lost_of(facts))
    show_copies(found["duplicates"])
    show_cluster(found["cluster"])
    show_ledger(found["ledger"])
    show_marked(console, facts["text"], [m for m in tags.mentions if m.field == "text"])


def show_unread(settings: Settings, found: dict[str, Any]) -> None:
    """Show an entry that has no article: what became of it, and why."""
    if settings.json:
        emit(found)
    else:
        click.echo("This entry has no article.")
        show_ledger(found["ledger"])


def show_facts(console: Console, facts: dict[str, Any]) -> None:
    """Show who published what, when, and where the date was read."""
    console.print(Text(facts["title"], style="bold"))
    lines = {
        "source": f"{facts['source_name'] or ''} ({facts['source_id']})",
        "url": facts["url"],
        "published": f"{facts['published_at']:%Y-%m-%d %H:%M} UTC, from {facts['published_from']}",
        "extracted by": f"{facts['extractor']}, quality {facts['quality']}",
        "authors": ", ".join(facts["authors"]),
        "new sentences": "" if facts["novelty"] is None else f"{facts['novelty']:.0%}",
    }
    for name, line in lines.items():
        if line:
            console.print(Text(f"{name:>14}  ", style="dim") + Text(line))


def show_decisions(console: Console, language: "Language", tags: "Tags") -> None:
    """Show language, relevance, actors, topics and names of places, each with its reason."""
    verdict = "relevant" if tags.relevant else "not relevant"
    console.print(
        Text(f"{'language':>14}  ", style="dim")
        + Text(f"{language.code} ({language.confidence:.2f}, decided by {language.decided_by})")
    )
    console.print(
        Text(f"{'relevance':>14}  ", style="dim")
        + Text(f"{verdict}, {tags.relevance:.2f}: {tags.reason}")
    )
    rules = evidence(tags.mentions)
    actors = [
        (
            a.actor_id,
            "principal" if a.principal else "",
            f"{a.salience:.2f}",
            a.mentions,
            rules.get(a.actor_id),
        )
        for a in sorted(tags.actors, key=lambda actor: -actor.salience)
    ]
    if actors:
        show_table("Actors", ("actor", "", "salience", "mentions", "as (rule)"), actors)
    topics = [(t.topic_id, f"{t.score:.2f}", ", ".join(t.evidence)) for t in tags.topics]
    if topics:
        show_table("Topics", ("topic", "score", "evidence"), topics)
    names = [
        (n.place_id, n.variant, "in quotation" if n.quoted else "own voice", n.mentions)
        for n in tags.namings
    ]
    if names:
        show_table("Contested names", ("place", "called", "by", "times"), names)


def evidence(mentions: Sequence["Mention"]) -> defaultdict[str, str]:
    """Give the surface forms and rules behind each actor."""
    found: dict[str, dict[str, None]] = {}
    for mention in mentions:
        found.setdefault(mention.actor_id, {})[f"{mention.surface} ({mention.rule})"] = None
    return defaultdict(str, {actor: ", ".join(list(forms)[:5]) for actor, forms in found.items()})


def show_copies(copies: Sequence[dict[str, Any]]) -> None:
    """Show what an article repeats, and why we say so."""
    rows = [
        (c["kind"], c["title"], f"{c['similarity']:.2f}", f"{c['containment']:.2f}", c["method"])
        for c in copies
    ]
    if rows:
        show_table("Repeats", ("kind", "of", "similarity", "containment", "why"), rows)
    show_passages(copies)


def show_passages(copies: Sequence[dict[str, Any]]) -> None:
    """Show the words that texts share, the longest first, in columns that fit the screen.

    What several copies share to the letter is shown once.
    """
    titles: dict[tuple[tuple[int, str, str], ...], dict[str, None]] = {}
    for copy in copies:
        longest = sorted(copy["passages"], key=lambda each: -each["words"])
        shared = tuple((each["words"], each["left"], each["right"]) for each in longest)
        titles.setdefault(shared, {})[copy["title"]] = None
    for shared, of in titles.items():
        rows = [
            (words, _beginning(left), _beginning(right)) for words, left, right in shared[:PASSAGES]
        ]
        part = f" ({PASSAGES} of {len(shared)} passages)" if len(shared) > PASSAGES else ""
        if rows:
            show_table(f"Shared with {'; '.join(of)}{part}", ("words", "here", "there"), rows)


def _beginning(passage: str) -> str:
    """Give a long passage by its first and last words, so that no text turns around another.

    U+2068 and U+2069 isolate it: Persian beside English keeps each its own direction.
    """
    words = passage.split()
    if len(words) > SHOWN:
        words = [*words[: SHOWN - 10], "[...]", *words[-10:]]
    return f"\u2068{' '.join(words)}\u2069"


def show_cluster(members: Sequence[dict[str, Any]]) -> None:
    """Show who published the same text, in order."""
    rows = [(m["source_id"], m["url"], _when(m)) for m in members]
    if len(rows) > 1:
        show_table("The same text", ("source", "url", "when"), rows)


def _when(member: dict[str, Any]) -> str:
    return "first" if member["canonical"] else f"+{member['lag_seconds'] / 60:.0f} min"


def show_ledger(rows: Sequence[dict[str, Any]]) -> None:
    """Show the feed entries behind an article."""
    cells = [(row["url"], row["state"], row["reason"], row["attempts"]) for row in rows]
    show_table("Ledger", ("entry", "state", "reason", "attempts"), cells)


def show_marked(console: Console, text: str, mentions: Sequence["Mention"]) -> None:
    """Show the text with its mentions marked, a colour for each actor."""
    actors = list(dict.fromkeys(mention.actor_id for mention in mentions))
    marked = Text(text)
    for mention in mentions:
        colour = COLOURS[actors.index(mention.actor_id) % len(COLOURS)]
        marked.stylize(colour, mention.start_char, mention.end_char)
    console.print(marked)
