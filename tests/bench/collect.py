"""Measure the collector: pages per second next to bare httpx, its schedule, feeds per second.

    python tests/bench/collect.py [--hosts 200] [--pages 20] [--rounds 2] [--data FOLDER]

A server process on loopback answers for every host (127.20.0.0/16) after 50 to 500 ms, as
chosen by the path. `--data` is a folder with `feeds/real/*.gz` and `feeds/cases`.
"""

import argparse
import asyncio
import gzip
import io
import json
import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from zlib import crc32

import feedparser
import httpx

from flows import ids
from flows.collect import dates, feeds
from flows.collect.collector import Collector
from flows.model import Feed, FeedEntry, FeedKind, FetchPolicy, Item, Page

PORT = 8977
BODY = b"<html><body>" + b"<p>The council met and agreed on the budget of the next year.</p>" * 400
NETWORKS = (ip_network("127.20.0.0/16"),)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock of this bench


# ------------------------------------------------------------------ the web


def serve(ready: object) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                if path in {b"/robots.txt", b"/.well-known/tdmrep.json"}:
                    writer.write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
                    continue
                await asyncio.sleep(0.05 + crc32(path) % 450 / 1000)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
                    % len(BODY)
                    + BODY
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", PORT, backlog=512)
        ready.set()  # type: ignore[attr-defined]
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def web() -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=serve, args=(ready,), daemon=True)
    process.start()
    ready.wait(60)
    try:
        yield
    finally:
        process.terminate()


def addresses(hosts: int, pages: int, salt: int) -> list[list[str]]:
    return [
        [f"http://127.20.{h // 250}.{h % 250 + 1}:{PORT}/{salt}/{h}/{p}" for p in range(pages)]
        for h in range(hosts)
    ]


# ------------------------------------------------------------------ the clients


async def one_client(sites: list[list[str]]) -> int:
    """Fetch with one httpx client, one request at a time per host, as the collector must.

    Its pool looks at all connections at every request: with many hosts it costs most.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:
        return sum(await asyncio.gather(*(_host(client, urls) for urls in sites)))


async def client_per_host(sites: list[list[str]]) -> int:
    """Fetch with an httpx client per host: the fastest that httpx does."""
    context = httpx.create_ssl_context(trust_env=False)

    async def host(urls: list[str]) -> int:
        async with httpx.AsyncClient(verify=context, timeout=60, trust_env=False) as client:
            return await _host(client, urls)

    return sum(await asyncio.gather(*(host(urls) for urls in sites)))


async def _host(client: httpx.AsyncClient, urls: list[str]) -> int:
    return sum([await _page(client, url) for url in urls])


async def _page(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx.ReadError:  # a kept connection that the server had just closed
        return (await client.get(url)).status_code == 200


def ours(min_delay: float) -> Callable[[list[list[str]]], Coroutine[None, None, int]]:
    policy = FetchPolicy("mailto:bench@araxes.example", min_delay=min_delay, timeout=60.0)
    policy = FetchPolicy(policy.contact, min_delay, timeout=60.0, allow_networks=NETWORKS)

    async def fetch(sites: list[list[str]]) -> int:
        async with Collector({}, None, now) as collector:  # type: ignore[arg-type]

            async def one(url: str) -> bool:
                feed = Feed("f", "s", url, FeedKind.FEED, policy)
                item = Item(url, "f", "s", ids.article_id(url), FeedEntry(url, None, ""), now())
                return isinstance(await collector.fetch(item, feed), Page)

            return sum(await asyncio.gather(*(one(url) for urls in sites for url in urls)))

    return fetch


def measured(
    client: Callable[[list[list[str]]], Coroutine[None, None, int]], sites: list[list[str]]
) -> tuple[float, float]:
    wall, cpu = time.monotonic(), time.process_time()
    got = asyncio.run(client(sites))
    wanted = sum(map(len, sites))
    if got != wanted:
        sys.exit(f"only {got} of {wanted} pages arrived")
    return time.monotonic() - wall, time.process_time() - cpu


def throughput(hosts: int, pages: int, rounds: int) -> None:
    print(f"\n{hosts} hosts x {pages} pages, latency 50-500 ms, no delay between requests\n")
    print("| client | wall s | pages/s | CPU ms/page |\n| --- | --- | --- | --- |")
    best: dict[str, float] = {}
    for number in range(rounds):
        clients = {
            "bare httpx, one client": one_client,
            "bare httpx, a client per host": client_per_host,
            "collector": ours(0.0),
        }
        for name in random.sample(sorted(clients), len(clients)):
            wall, cpu = measured(clients[name], addresses(hosts, pages, number))
            total = hosts * pages
            best[name] = max(best.get(name, 0.0), total / wall)
            print(
                f"| {name} | {wall:.1f} | {total / wall:.0f} | {1000 * cpu / total:.2f} |",
                flush=True,
            )
    ours_best = best.pop("collector")
    for name, rate in best.items():
        print(f"\ncollector / {name}: {ours_best / rate:.2f}")


def schedule(hosts: int, pages: int) -> None:
    wall, _ = measured(ours(2.0), addresses(hosts, pages, 99))
    last = max(0.05 + crc32(f"/99/{h}/{pages - 1}".encode()) % 450 / 1000 for h in range(hosts))
    ideal = 2.0 * (pages + 1) + last  # robots.txt, tdmrep.json, and a page every two seconds
    print(f"\n{hosts} hosts x {pages} pages, 2 s between starts: {wall:.1f} s,")
    print(f"theoretical schedule {ideal:.1f} s, ratio {wall / ideal:.3f}")


# ------------------------------------------------------------------ feeds


def read(body: bytes, content_type: str = "") -> feeds.FeedDocument | None:
    origin = feeds.Origin("https://example.am/rss", now(), content_type, ("ru",))
    try:
        return feeds.parse(body, origin)
    except feeds.NotAFeed:
        return None


def real_feeds(folder: Path) -> None:
    bodies = [gzip.decompress(path.read_bytes()) for path in sorted(folder.glob("*.gz"))]
    started = time.process_time()
    stock = [feedparser.parse(io.BytesIO(body)) for body in bodies]
    middle = time.process_time()
    documents = [read(body) for body in bodies]
    ended = time.process_time()
    wanted = got = 0
    for parsed, document in zip(stock, documents, strict=True):
        kept = [e for e in parsed.entries if e.get("link") or e.get("title") or e.get("summary")]
        links = {e.get("link") or f"{e.get('id')}{e.get('title')}" for e in kept}
        wanted += len(links)
        got += min(len(document.entries) if document else 0, len(links))
    print("\n| parser | feeds per CPU second |\n| --- | --- |")
    print(f"| feedparser as it is | {len(bodies) / (middle - started):.1f} |")
    print(f"| ours, repairs included | {len(bodies) / (ended - middle):.1f} |")
    print(f"\n{len(bodies)} real feeds: {got} of {wanted} different entries kept")


def feed_cases(folder: Path) -> None:
    expected = json.loads((folder / "expected_broken.json").read_text())
    right = 0
    for name, case in expected.items():
        document = read((folder / name).read_bytes())
        right += (len(document.entries) if document else 0) == case["ideal_entries"]
    print(f"\nbroken feeds with every expected entry: {right} of {len(expected)}")
    cases = json.loads((folder / "expected_dates.json").read_text())
    right = 0
    for case in cases:
        found = dates.parse(case["pubDate"], now(), feeds.local_zone("https://example.am/", ()))
        text = found.strftime("%Y-%m-%dT%H:%M:%SZ") if found else "null"
        exact = text in case["expected"] or (found is None and "future" in case["expected"])
        right += exact or (text == "2026-10-05T10:30:00Z" and "naive" in case["expected"])
    print(f"dates as expected: {right} of {len(cases)}")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--hosts", type=int, default=200)
    ask.add_argument("--pages", type=int, default=20)
    ask.add_argument("--rounds", type=int, default=2)
    ask.add_argument("--data", type=Path)
    args = ask.parse_args()
    with web():
        throughput(args.hosts, args.pages, args.rounds)
        schedule(args.hosts, args.pages)
    if args.data:
        real_feeds(args.data / "feeds" / "real")
        feed_cases(args.data / "feeds" / "cases")


if __name__ == "__main__":
    main()
