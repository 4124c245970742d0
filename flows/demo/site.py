"""What an outlet's server answers to a path; no sockets here."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import unquote, urlsplit

from flows.demo import feeds, render
from flows.demo.content import Behaviour, NewsFeed, Outlet, Story

_HTML = "text/html; charset=utf-8"
_ROBOTS = "User-agent: *\nDisallow: /members/\nAllow: /\n"
_SLOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, before compression and conditional requests."""

    status: int
    media_type: str
    body: bytes
    modified: datetime | None = None
    location: str | None = None
    delay: float = 0.0


@dataclass(frozen=True)
class Site:
    """An outlet at an address: stories are dated from `now`, the server's clock shows `at`."""

    outlet: Outlet
    base: str
    now: datetime
    at: datetime

    @cached_property
    def visible(self) -> tuple[Story, ...]:
        """Stories that have appeared by the server's clock, newest first."""
        return tuple(s for s in self.outlet.stories if s.published(self.now) <= self.at)

    def answer(self, target: str) -> Answer:
        """Response to a request target: a feed, a page, robots.txt or the front page."""
        path = unquote(urlsplit(target).path)
        if self.outlet.is_down((self.now - self.at) / timedelta(days=1)):
            return Answer(503, _HTML, b"<h1>503 Service Unavailable</h1>")
        if feed := self._feed(path):
            return self._feed_answer(feed)
        if story := self._story(path):
            return self._page_answer(story)
        return self._standing_page(path)

    def _feed(self, path: str) -> NewsFeed | None:
        for feed in self.outlet.feeds:
            if path == feed.path:
                return feed
            if path == feed.moved_to:
                return replace(feed, path=path, behaviour=Behaviour.OK)
        return None

    def _feed_answer(self, feed: NewsFeed) -> Answer:
        match feed.behaviour:
            case Behaviour.GONE:
                return Answer(410, _HTML, b"<h1>410 Gone</h1>")
            case Behaviour.MOVED:
                location = self.base + (feed.moved_to or "/")
                return Answer(301, _HTML, b"<h1>301 Moved</h1>", location=location)
            case Behaviour.BROKEN:
                return self._front_page()
            case Behaviour.SLOW:
                return replace(self._feed_document(feed), delay=_SLOW_SECONDS)
            case Behaviour.OK:
                return self._feed_document(feed)

    def _feed_document(self, feed: NewsFeed) -> Answer:
        edition = feeds.Edition(self.outlet, feed, self.visible, self.base, self.now)
        media_type, body = feeds.document(edition)
        times = [story.published(self.now) for story in self.visible]
        return Answer(200, media_type, body, modified=max(times, default=self.now))

    def _story(self, path: str) -> Story | None:
        return next((story for story in self.visible if story.path == path), None)

    def _page_answer(self, story: Story) -> Answer:
        if story.status != 200:
            return Answer(story.status, _HTML, f"<h1>{story.status}</h1>".encode())
        body = render.page(self.outlet, story, self.base, self.now).encode()
        return Answer(200, _HTML, body, modified=story.published(self.now))

    def _standing_page(self, path: str) -> Answer:
        if path == "/robots.txt":
            return Answer(200, "text/plain; charset=utf-8", _ROBOTS.encode())
        if path in {"/", "/about"}:
            return self._front_page()
        return Answer(404, _HTML, b"<h1>404 Not Found</h1>")

    def _front_page(self) -> Answer:
        return Answer(200, _HTML, render.index(self.outlet, self.visible, self.base).encode())
