"""Drafts of sources: TOML for `sources.toml` that its author only has to finish."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, count
from urllib.parse import urlsplit

from flows import config_values as values
from flows.model import FeedKind


@dataclass(frozen=True, slots=True)
class DraftFeed:
    """A feed that was found; `remark` becomes a comment beside it."""

    url: str
    kind: FeedKind = FeedKind.FEED
    remark: str = ""
    link_selector: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An outlet as far as a machine can tell: no country, owner, perspective or evidence."""

    source_id: str
    name: str
    homepage: str
    languages: tuple[str, ...]
    feeds: tuple[DraftFeed, ...]
    expect_per_day: tuple[int, int] | None = None
    allow_networks: tuple[str, ...] = ()


def toml(draft: Draft) -> str:
    """Give a draft as TOML; what only its author can know is empty.

    An empty value is one that `araxes sources check` refuses, naming what is allowed there.
    """
    lines = [
        "[[source]]",
        f"id = {_quoted(draft.source_id)}",
        f"name = {_quoted(draft.name)}",
        f"homepage = {_quoted(draft.homepage)}",
        'country = ""',
        'ownership = ""',
        'perspective = ""',
        f"languages = [{', '.join(map(_quoted, draft.languages))}]",
        'evidence = ""',
    ]
    if draft.expect_per_day:
        lines.append(f"expect_per_day = {list(draft.expect_per_day)}")
    if draft.allow_networks:
        lines.append(f"allow_networks = [{', '.join(map(_quoted, draft.allow_networks))}]")
    for feed in draft.feeds:
        lines += _feed_lines(feed)
    return "\n".join(lines) + "\n"


def unused_id(homepage: str, taken: AbstractSet[str]) -> str:
    """Give an id for a site that is not taken yet: its host, with hyphens."""
    stem = re.sub(r"[^a-z0-9]+", "-", site(homepage)).strip("-")[:60] or "site"
    numbered = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(name for name in numbered if name not in taken)


def site(url: str) -> str:
    """Give the host that people take for the site."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def one_line(text: str, longest: int = 300) -> str:
    """Give a text as a comment or a name may carry it: one line, nothing invisible."""
    return " ".join(values.UNSEEN.sub(" ", text).split())[:longest]


def _feed_lines(feed: DraftFeed) -> list[str]:
    lines = ["[[source.feed]]"]
    if feed.remark:
        lines.append(f"# {one_line(feed.remark)}")
    lines.append(f"url = {_quoted(feed.url)}")
    if feed.kind is not FeedKind.FEED:
        lines.append(f"kind = {_quoted(feed.kind)}")
    if feed.link_selector:
        lines.append(f"link_selector = {_quoted(feed.link_selector)}")
    return lines


def _quoted(text: str) -> str:
    """Give a TOML basic string."""
    clean = one_line(text, longest=2048)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'
