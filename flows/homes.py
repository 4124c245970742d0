"""Whose an address is: a configured source's, or that of one named after its host."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flows.model import Source
from warehouse.store import Store


class Homes:
    """Finds the source of an address by the hosts of homepages, then of feeds.

    A host that several sources share (`bbc.com/azeri`, `bbc.com/russian`) is told apart by
    the path of their homepages.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._claims: dict[str, dict[str, str]] = {}  # host, then source, then path
        feeds = []
        for source in sources:
            self._claim(source.homepage, source.source_id)
            feeds += [(feed.url, source.source_id) for feed in source.feeds]
        claimed = set(self._claims)
        for url, source_id in feeds:
            if site(url) not in claimed:
                self._claim(url, source_id)

    def source_id(self, url: str) -> str | None:
        """Give the source of an address, or None when it is nobody's."""
        path = urlsplit(url).path
        for host in _up(site(url)):
            claims = self._claims.get(host)
            if claims is None:
                continue
            if len(claims) == 1:
                return next(iter(claims))
            fitting = [(len(home), one) for one, home in claims.items() if path.startswith(home)]
            return max(fitting)[1] if fitting else None
        return None

    def _claim(self, url: str, source_id: str) -> None:
        self._claims.setdefault(site(url), {}).setdefault(source_id, urlsplit(url).path or "/")


@dataclass(slots=True)
class Register:
    """The sources that the warehouse has rows for, in one run."""

    store: Store
    sources: dict[str, Source] = field(default_factory=dict)

    async def add(self, given: Iterable[tuple[str, str]]) -> None:
        """Give sources that nobody configured a row, before the first document of theirs.

        Args:
            given: ids, each with the address of a document.
        """
        fresh = {
            source_id: guest(source_id, url)
            for source_id, url in given
            if source_id not in self.sources
        }
        if fresh:
            self.sources |= fresh
            await asyncio.to_thread(self._sync)

    def _sync(self) -> None:
        with self.store.writing() as writer:
            writer.sync_sources(tuple(self.sources.values()))


def guest(source_id: str, url: str) -> Source:
    """Give the source of documents that no configured source claims."""
    parts = urlsplit(url)
    return Source(
        source_id=source_id,
        name=parts.hostname or source_id,
        homepage=f"{parts.scheme}://{parts.netloc}/",
        country="ZZ",  # ISO 3166-1 user-assigned: unknown
        ownership="unknown",
        perspective="other",
        languages=(),
        evidence="imported",
        feeds=(),
    )


def guest_id(url: str) -> str:
    """Give the id of the source that is named after an address's host."""
    host = (urlsplit(url).hostname or "").replace(".", "-").replace(":", "-")
    return f"import-{host}"[:64]


def site(url: str) -> str:
    """Give host and port, without the `www.` that makes no difference."""
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _up(host: str) -> Iterator[str]:
    """Give a host and the domains above it."""
    while host:
        yield host
        host = host.partition(".")[2]
