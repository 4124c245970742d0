"""The newsroom's outlets and stories, read from the files beside this module.

A story is `newsroom/<outlet>/<slug>.md`: TOML between two lines of `+++`, then paragraphs.

    title, author, days_ago, time     always; `time` is UTC
    language, section, path           where they differ from the outlet's first or the usual
    alias_of                          the slug of the story whose page this one names as canonical
    status                            what the server answers, where that is not 200

Dates are relative: a story says how many days before the demo's "now" it appeared, so that
the demo always has a recent past. A new story needs its case in truth.toml.
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "newsroom"
SEEDS = Path(__file__).parent / "seeds"

_FRONT_MATTER = re.compile(r"\A\+\+\+\n(?P<head>.*?)\n\+\+\+\n(?P<body>.*)\Z", re.DOTALL)


class Format(StrEnum):
    """What a feed of the newsroom is written in."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"
    NEWS_SITEMAP = "news-sitemap"


class Behaviour(StrEnum):
    """How a feed of the newsroom answers."""

    OK = "ok"
    MOVED = "moved"
    SLOW = "slow"
    GONE = "gone"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class NewsFeed:
    """One feed of an outlet; `full_text` puts whole articles into it."""

    path: str
    format: Format
    behaviour: Behaviour = Behaviour.OK
    moved_to: str | None = None
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One page of an outlet.

    `alias_of` names the story whose page this one declares as its canonical address;
    `status` is what the server answers for the page.
    """

    slug: str
    title: str
    author: str
    language: str
    days_ago: int
    clock: time
    paragraphs: tuple[str, ...]
    path: str
    section: str
    status: int = 200
    alias_of: str | None = None

    def published(self, now: datetime) -> datetime:
        """Time the story appeared, seen from `now` (aware, UTC)."""
        day = now.astimezone(UTC).date() - timedelta(days=self.days_ago)
        return datetime.combine(day, self.clock, UTC)


@dataclass(frozen=True)
class Outlet:
    """One fictional newsroom, what it publishes, and the words around its articles."""

    outlet_id: str
    name: str
    country: str
    ownership: str
    perspective: str
    languages: tuple[str, ...]
    layout: str
    tagline: str
    disclaimer: str
    labels: tuple[str, ...]
    nav: tuple[str, ...]
    feeds: tuple[NewsFeed, ...]
    stories: tuple[Story, ...] = field(repr=False)
    link_suffix: str = ""
    outage: tuple[int, int] | None = None

    @cached_property
    def by_slug(self) -> dict[str, Story]:
        """Stories by their slug."""
        return {story.slug: story for story in self.stories}

    def is_down(self, days_ago: float) -> bool:
        """Whether the outlet's server was down that many days before the demo's "now"."""
        return self.outage is not None and self.outage[1] <= days_ago <= self.outage[0]


def load(folder: Path = FOLDER) -> tuple[Outlet, ...]:
    """Read outlets.toml and every story of the folder; stories come newest first.

    Raises:
        ValueError: a story without front matter.
        KeyError: a story or an outlet lacks a field.
    """
    table = tomllib.loads((folder / "outlets.toml").read_text(encoding="utf-8"))
    return tuple(_outlet(entry, folder) for entry in table["outlet"])


def _outlet(entry: dict[str, Any], folder: Path) -> Outlet:
    language = entry["languages"][0]
    stories = [_story(path, language) for path in sorted((folder / entry["id"]).glob("*.md"))]
    newest_first = sorted(stories, key=lambda s: (s.days_ago, s.slug))
    return Outlet(
        outlet_id=entry["id"],
        feeds=tuple(_feed(feed) for feed in entry["feed"]),
        stories=tuple(newest_first),
        languages=tuple(entry["languages"]),
        labels=tuple(entry["labels"]),
        nav=tuple(entry["nav"]),
        link_suffix=entry.get("link_suffix", ""),
        outage=tuple(entry["outage"]) if "outage" in entry else None,
        **{key: entry[key] for key in _PLAIN_KEYS},
    )


_PLAIN_KEYS = ("name", "country", "ownership", "perspective", "layout", "tagline", "disclaimer")


def _feed(entry: dict[str, Any]) -> NewsFeed:
    return NewsFeed(
        path=entry["path"],
        format=Format(entry["format"]),
        behaviour=Behaviour(entry.get("behaviour", "ok")),
        moved_to=entry.get("moved_to"),
        full_text=entry.get("full_text", False),
    )


def _story(path: Path, language: str) -> Story:
    parts = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if parts is None:
        raise ValueError(f"{path}: no front matter between two lines of +++")
    head = tomllib.loads(parts["head"])
    return Story(
        slug=path.stem,
        title=head["title"],
        author=head["author"],
        language=head.get("language", language),
        days_ago=head["days_ago"],
        clock=time.fromisoformat(head["time"]),
        paragraphs=tuple(p.strip() for p in parts["body"].split("\n\n") if p.strip()),
        path=head.get("path", f"/news/{path.stem}"),
        section=head.get("section", ""),
        status=head.get("status", 200),
        alias_of=head.get("alias_of"),
    )
