"""A loopback web site with a feed, made of saved pages: for tests and benchmarks."""

import gzip
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

FEED_TYPE = "application/rss+xml; charset=utf-8"


def saved_pages(folder: Path) -> dict[str, bytes]:
    """Give the pages of a folder with a `truth.jsonl`, by path on the site."""
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    files = [folder / json.loads(line)["file"] for line in lines]
    return {f"/page/{number}": _read(file) for number, file in enumerate(files)}


def _read(file: Path) -> bytes:
    body = file.read_bytes()
    return gzip.decompress(body) if file.suffix == ".gz" else body


def rss(base: str, paths: list[str]) -> bytes:
    """Give an RSS feed of some paths, with nothing in it but links."""
    items = "".join(f"<item><link>{base}{path}</link></item>" for path in paths)
    channel = f"<channel><title>Saved</title><link>{base}</link>{items}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


@contextmanager
def serving(
    pages: Mapping[str, bytes],
    host: str = "127.0.0.1",
    content_type: str = "text/html",
    delay: float = 0,
) -> Iterator[str]:
    """Serve pages, and at `/feed…` a feed of those under `/page/`; give the base address.

    Each answer takes `delay` seconds. Pages are looked up as they are asked for, so a test may
    change them, and may put a feed of its own among them.
    """

    class Site(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            is_feed = path.startswith("/feed")
            time.sleep(delay)
            body = pages.get(path, feed if is_feed else None)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", FEED_TYPE if is_feed else content_type)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Site)
    base = f"http://{host}:{server.server_port}"
    feed = rss(base, [path for path in pages if path.startswith("/page/")])
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield base
    finally:
        server.shutdown()
        server.server_close()


def sources_toml(bases: Mapping[str, str]) -> str:
    """Give a source list of one feed for each id, allowed on loopback, without delays."""
    head = '[defaults]\ncontact = "mailto:tests@araxes.example"\nmin_delay = "0s"\n'
    return head + "".join(
        f"""
[[source]]
id = "{name}"
name = "{name}"
homepage = "{base}/"
country = "AM"
ownership = "independent"
perspective = "regional"
languages = ["en", "ru", "hy", "az", "ka", "tr", "fa"]
evidence = "{base}/about"
[[source.feed]]
url = "{base}/feed-{name}"
kind = "feed"
allow_networks = ["127.0.0.0/8"]
"""
        for name, base in bases.items()
    )
