"""The fictional newsroom on loopback: every outlet a server of its own, over real HTTP.

    content ─► site.answer(path) ─► handler (ETag, 304, gzip) ─► socket

Each outlet has its own loopback address (127.0.1.1, 127.0.1.2, …) so that politeness per host
is politeness per outlet. Where the system has 127.0.0.1 only (macOS), each has its own port.
"""

import gzip
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from errno import EADDRINUSE
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer

from typing_extensions import override

from flows.demo.content import FOLDER, Behaviour, Format, NewsFeed, Outlet, load
from flows.demo.render import address
from flows.demo.site import Answer, Site

_BEGINNING = timedelta(days=56)  # before the first story, so that all of the past is covered


class _Server(ThreadingHTTPServer):
    """One outlet's server; `site` is replaced whole when the newsroom's clock moves."""

    daemon_threads = True
    block_on_close = False
    # else: two demos at once would fight for a port the first has just left
    allow_reuse_address = True
    site: Site

    @override
    def server_bind(self) -> None:
        # not HTTPServer's own: it asks the DNS for our name, which takes seconds offline
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    @property
    def base(self) -> str:
        return f"http://{self.server_name}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "AraxesNewsroom/1"
    sys_version = ""
    timeout = 10
    # headers and body leave as one packet; else each answer waits 40 ms for an acknowledgement
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer one request, honouring conditions and gzip."""
        self._send(self.server.site.answer(self.path), with_body=True)

    def do_HEAD(self) -> None:
        """Answer with headers only."""
        self._send(self.server.site.answer(self.path), with_body=False)

    def _send(self, answer: Answer, *, with_body: bool) -> None:
        time.sleep(answer.delay)
        headers = _headers(answer)
        tag, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if answer.status == 200 and _is_fresh(tag, since, headers):
            self.send_response(304)
            self._finish(headers, b"")
            return
        body = answer.body
        if len(body) > 500 and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        headers |= {"Content-Type": answer.media_type, "Content-Length": str(len(body))}
        self.send_response(answer.status)
        self._finish(headers, body if with_body else b"")

    def _finish(self, headers: Mapping[str, str], body: bytes) -> None:
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the terminal belongs to the demo."""


def _headers(answer: Answer) -> dict[str, str]:
    headers = {}
    if answer.status == 200:
        headers["ETag"] = f'"{sha256(answer.body).hexdigest()[:16]}"'
    if answer.modified is not None:
        headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
    if answer.location is not None:
        headers["Location"] = answer.location
    if answer.status == 503:
        headers["Retry-After"] = "1"
    return headers


def _is_fresh(tag: str | None, since: str | None, ours: Mapping[str, str]) -> bool:
    """RFC 9110 §13.2.2: the entity tag decides; the date only where no tag was sent."""
    if tag:
        return ours.get("ETag") in {part.strip() for part in tag.split(",")}
    modified = ours.get("Last-Modified")
    if not since or not modified:
        return False
    return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)


@dataclass(frozen=True)
class Newsroom:
    """The running newsroom: where its outlets are, and the source list that watches them."""

    outlets: tuple[Outlet, ...]
    base_urls: Mapping[str, str]
    sources_toml: str
    now: datetime
    _servers: tuple[_Server, ...] = field(repr=False)

    def url(self, key: str) -> str:
        """Address of a story's page; `key` is `outlet/slug` as in truth.toml."""
        outlet_id, slug = key.split("/", 1)
        outlet = next(o for o in self.outlets if o.outlet_id == outlet_id)
        return address(self.base_urls[outlet_id], outlet.by_slug[slug])

    def feed_url(self, key: str) -> str:
        """Address of a feed as configured; `key` is `outlet/path`, as in truth.toml."""
        outlet_id, path = key.split("/", 1)
        return f"{self.base_urls[outlet_id]}/{path}"

    @property
    def moments(self) -> tuple[datetime, ...]:
        """Times to ingest at so that the past shows, an outage included; oldest first."""
        spans = [outlet.outage for outlet in self.outlets if outlet.outage]
        agos = {_BEGINNING, *(timedelta(days=sum(span) / 2) for span in spans)}
        return (*(self.now - ago for ago in sorted(agos, reverse=True)), self.now)

    def travel(self, at: datetime) -> None:
        """Set the newsroom's clock: later stories vanish, an outlet in its outage answers 503."""
        for server in self._servers:
            server.site = replace(server.site, at=at)


@contextmanager
def serve(now: datetime, port: int = 0, folder: Path = FOLDER) -> Iterator[Newsroom]:
    """Run the newsroom on loopback until the block ends.

    Args:
        now: the demo's "now" (aware, UTC); stories lie in the weeks before it.
        port: TCP port of every outlet; 0 takes a free one.
        folder: where outlets.toml and the stories are.

    Raises:
        OSError: the port is taken.
    """
    outlets = load(folder)
    with ExitStack() as stack:
        servers = _listen(len(outlets), port, stack)
        for outlet, server in zip(outlets, servers, strict=True):
            server.site = Site(outlet, server.base, now, now)
            _run(server, stack)
        bases = {o.outlet_id: s.base for o, s in zip(outlets, servers, strict=True)}
        yield Newsroom(outlets, bases, _sources_toml(outlets, bases), now, servers)


def _listen(count: int, port: int, stack: ExitStack) -> tuple[_Server, ...]:
    servers: list[_Server] = []
    for index in range(count):
        same = servers[0].server_port if servers else port
        server = _bind(index, same, spare=port + index if port else 0)
        stack.callback(server.server_close)
        servers.append(server)
    return tuple(servers)


def _bind(index: int, port: int, spare: int) -> _Server:
    try:
        return _Server((f"127.0.1.{index + 1}", port), _Handler)
    except OSError as error:
        if error.errno == EADDRINUSE and spare:
            raise
        # this system has no such loopback address, or the free port of the first is taken here
        return _Server(("127.0.0.1", spare), _Handler)


def _run(server: _Server, stack: ExitStack) -> None:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)


_DEFAULTS = """# The fictional newsroom of `araxes demo`: every outlet and every event is invented.
[defaults]
contact = "mailto:demo@newsroom.example"
min_interval = "10m"
max_interval = "24h"
min_delay = "0s"
"""


def _sources_toml(outlets: tuple[Outlet, ...], bases: Mapping[str, str]) -> str:
    return "\n".join([_DEFAULTS, *(_source(o, bases[o.outlet_id]) for o in outlets)])


def _source(outlet: Outlet, base: str) -> str:
    languages = ", ".join(f'"{code}"' for code in outlet.languages)
    head = f"""[[source]]
id = "{outlet.outlet_id}"
name = "{outlet.name}"
homepage = "{base}/"
country = "{outlet.country}"
ownership = "{outlet.ownership}"
perspective = "{outlet.perspective}"
languages = [{languages}]
evidence = "{base}/about"
"""
    return head + "".join(_source_feed(feed, base) for feed in outlet.feeds)


def _source_feed(feed: NewsFeed, base: str) -> str:
    kind = "news-sitemap" if feed.format is Format.NEWS_SITEMAP else "feed"
    note = "" if feed.behaviour is Behaviour.OK else f"  # {feed.behaviour} on purpose"
    return f"""[[source.feed]]
url = "{base}{feed.path}"{note}
kind = "{kind}"
allow_networks = ["127.0.0.0/8"]
"""
