"""The one HTTP client: every request of the collector, and nothing else, passes here.

Built on httpx's transport, below its `AsyncClient`: there are no cookies, no proxies from
the environment, no redirects on its own, no Referer and no decoding to switch off.
"""

import asyncio
import errno
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from ipaddress import IPv4Network, IPv6Network
from typing import cast

import httpcore
import httpx
from typing_extensions import override

from flows.collect import address, coding, urls
from flows.errors import FetchError, Refused, TooLarge, Truncated, Unreachable
from flows.model import FetchPolicy

PRODUCT = "Araxes"

_CONNECT_SECONDS = 10.0
_RESOLVE_SECONDS = 10.0
_RESOLVERS = 64  # threads: a name server that hangs must not hold up other hosts
_POOLS = 1000  # hosts with connections kept open
_MAX_HEADERS = 400
_MAX_HEADER_BYTES = 65_536
_LARGE = 1 << 20
_LARGE_AT_ONCE = 2  # bodies over 1 MiB in memory at once; bounds the whole collector
_REMAINS = 65_536  # of an answer that is not a success, this much is looked at

Networks = Sequence[IPv4Network | IPv6Network]
_PoolKey = tuple[str, Networks, str | None]  # authority, networks, proxy
_NO_NETWORK = frozenset((errno.ENETDOWN, errno.ENETUNREACH))  # our side of the line, not theirs


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one request, its body decoded; `seconds` from dialling to the last byte."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """Give the header's values joined by commas, byte for byte in Latin-1; "" if absent."""
        return ", ".join(value for key, value in self.headers if key == name)

    def validator(self, name: str) -> str | None:
        """Give a header to be echoed exactly, or None when it is absent or absurd."""
        value = self.header(name)
        return value if 0 < len(value) <= 8192 else None


@dataclass(frozen=True, slots=True)
class Request:
    """One request to be made, following nothing.

    `url` is absolute, as `urls.absolute` gives it; `headers` come on top of ours;
    `seconds` is the deadline of the whole exchange, the policy's time-out if not given;
    `prefix` asks for so many bytes of the body and no more, however long it is; with a
    `body` it is a POST of it.
    """

    url: str
    policy: FetchPolicy
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float | None = None
    prefix: int | None = None
    body: bytes | None = None

    @property
    def limit(self) -> float:
        """Deadline of the exchange in seconds."""
        return self.policy.timeout if self.seconds is None else self.seconds


@cache
def user_agent(contact: str) -> str:
    """Give the honest name we go by: product, version, and whom to write to."""
    plain = contact.encode("ascii", "ignore").decode().replace("\n", " ").replace("\r", " ")
    return f"{PRODUCT}/{version('araxes')} (+{plain})"


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once, requires every address to be allowed, dials what was checked."""

    def __init__(self, allowed: Networks, resolvers: ThreadPoolExecutor) -> None:
        self._allowed = allowed
        self._resolvers = resolvers
        self._dialler = httpcore.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Dial `host` at a checked address.

        Raises:
            Refused: one of its addresses is not allowed.
            Unreachable: it has no address.
        """
        addresses = await resolve(host, port, self._resolvers)
        check(addresses, host, self._allowed)
        failure: Exception | None = None
        for candidate in addresses[:3]:
            try:
                return await self._dialler.connect_tcp(
                    candidate, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"no address for {host}")

    @override
    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: the web is not on this machine's sockets."""
        raise Refused(path, "address", "unix socket")

    @override
    async def sleep(self, seconds: float) -> None:
        """Wait between httpcore's own retries (we use none)."""
        await asyncio.sleep(seconds)


async def resolve(host: str, port: int, resolvers: ThreadPoolExecutor) -> tuple[str, ...]:
    """Give every address of a name, in the resolver's order.

    Raises:
        Unreachable: fault `dns`, or `dns-temporary` when the resolver could not say.
    """
    loop = asyncio.get_running_loop()
    question = (host, port, 0, socket.SOCK_STREAM)
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            found = await loop.run_in_executor(resolvers, lambda: socket.getaddrinfo(*question))
    except TimeoutError as error:
        raise Unreachable(host, "dns-temporary", "no answer") from error
    except socket.gaierror as error:
        temporary = error.errno == socket.EAI_AGAIN
        raise Unreachable(host, "dns-temporary" if temporary else "dns", str(error)) from error
    except (UnicodeError, OSError) as error:
        raise Unreachable(host, "dns", str(error)) from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def check(addresses: Iterable[str], host: str, allowed: Networks) -> None:
    """Require every address of a host to be allowed: one bad one may be the next answer.

    Raises:
        Refused: naming the first address that is not.
    """
    for candidate in addresses:
        reason = address.refusal(candidate, allowed)
        if reason:
            raise Refused(host, "address", reason)


class Client:
    """A guarded HTTP client.

    Each host has a pool of its own: what a source may reach stays apart from what others
    may, and httpcore's pool, which looks at all of its connections at every request and
    then again at each of them, never holds many.
    """

    def __init__(self) -> None:
        self._resolvers = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")
        self._pools: OrderedDict[_PoolKey, httpx.AsyncHTTPTransport] = OrderedDict()
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._ssl: ssl.SSLContext | None = None

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def get(self, request: Request) -> Answer:
        """Ask once, following nothing.

        Raises:
            Refused: scheme, port or address; nothing was sent.
            Unreachable, Truncated, TooLarge: the exchange failed; nothing of it may be kept.
        """
        reason = urls.refusal(request.url, request.policy.allow_networks)
        if reason:
            raise Refused(request.url, "address", reason)
        message = _message(request)
        clock = asyncio.get_running_loop().time
        started = clock()
        async with _named_failures(request.url):
            async with asyncio.timeout(request.limit):
                pool = await self._pool(request.url, request.policy)
                response = await pool.handle_async_request(message)
                try:
                    fields = _fields(request.url, response)
                    body = await self._body(request, response, fields)
                finally:
                    await response.aclose()
        return Answer(request.url, response.status_code, fields, body, clock() - started)

    async def _body(
        self, request: Request, response: httpx.Response, fields: tuple[tuple[str, str], ...]
    ) -> bytes:
        if response.status_code not in {200, 203}:
            return await _beginning(response, fields, _REMAINS)
        if request.prefix is not None:
            return await _beginning(response, fields, request.prefix)
        length = _header(fields, "content-length")
        cap = request.policy.max_bytes
        if length.isdigit() and int(length) > cap:
            raise TooLarge(request.url, "too large", f"{length} bytes announced")
        raw = await self._whole(request.url, response, cap)
        try:
            return coding.decode(raw, _header(fields, "content-encoding"), cap)
        except coding.OverCap as error:
            raise TooLarge(request.url, "too large", str(error)) from error
        except coding.Broken as error:
            raise Truncated(request.url, "content coding", str(error)) from error

    async def _whole(self, url: str, response: httpx.Response, cap: int) -> bytes:
        raw = bytearray()
        async with AsyncExitStack() as stack:
            async for chunk in response.aiter_raw():
                if len(raw) <= _LARGE < len(raw) + len(chunk):
                    await stack.enter_async_context(self._large)
                raw += chunk
                if len(raw) > cap:
                    raise TooLarge(url, "too large", f"over {cap} bytes")
        return bytes(raw)

    async def _pool(self, url: str, policy: FetchPolicy) -> httpx.AsyncHTTPTransport:
        if policy.proxy is not None:
            await self._check_behind_proxy(url, policy)
        key = (url.split("/", 3)[2], policy.allow_networks, policy.proxy)
        if key not in self._pools:
            self._pools[key] = self._new_pool(policy)
        self._pools.move_to_end(key)
        if len(self._pools) > _POOLS:
            _, oldest = self._pools.popitem(last=False)
            await oldest.aclose()
        return self._pools[key]

    async def _check_behind_proxy(self, url: str, policy: FetchPolicy) -> None:
        """Check what we can see of a target that the proxy will dial; it may know more names."""
        target = httpx.URL(url)
        try:
            found = await resolve(target.host, target.port or 80, self._resolvers)
        except Unreachable:
            return
        check(found, target.host, policy.allow_networks)

    def _new_pool(self, policy: FetchPolicy) -> httpx.AsyncHTTPTransport:
        if self._ssl is None:
            self._ssl = httpx.create_ssl_context(trust_env=False)
        transport = httpx.AsyncHTTPTransport(
            verify=self._ssl, trust_env=False, http2=True, proxy=policy.proxy
        )
        if policy.proxy is None:
            # httpx has no parameter for httpcore's network backend; this is its only seam
            transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
                ssl_context=self._ssl,
                max_connections=4,
                max_keepalive_connections=2,
                keepalive_expiry=30.0,
                http2=True,
                network_backend=GuardedBackend(policy.allow_networks, self._resolvers),
            )
        return transport


def _message(request: Request) -> httpx.Request:
    ours = (("User-Agent", user_agent(request.policy.contact)), ("Accept-Encoding", coding.ACCEPT))
    raw = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in (*ours, *request.headers)]
    limit = request.limit
    waits = {"connect": min(_CONNECT_SECONDS, limit), "read": limit, "write": limit, "pool": limit}
    try:
        method = "GET" if request.body is None else "POST"
        return httpx.Request(
            method, request.url, headers=raw, content=request.body, extensions={"timeout": waits}
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(request.url, "address", str(error)) from error


def _fields(url: str, response: httpx.Response) -> tuple[tuple[str, str], ...]:
    raw = response.headers.raw
    if len(raw) > _MAX_HEADERS or sum(len(k) + len(v) for k, v in raw) > _MAX_HEADER_BYTES:
        raise TooLarge(url, "headers too large", f"{len(raw)} headers")
    return tuple((k.decode("latin-1").lower(), v.decode("latin-1").strip()) for k, v in raw)


def _header(fields: tuple[tuple[str, str], ...], name: str) -> str:
    return ", ".join(value for key, value in fields if key == name)


async def _beginning(
    response: httpx.Response, fields: tuple[tuple[str, str], ...], size: int
) -> bytes:
    """Read what a body begins with: of an error page, enough to tell what kind it is."""
    raw = bytearray()
    try:
        async for chunk in response.aiter_raw():
            raw += chunk
            if len(raw) >= size:
                break
        return coding.decode(bytes(raw), _header(fields, "content-encoding"), 16 * size)[:size]
    except (httpx.TransportError, coding.Broken, coding.OverCap):
        return b""


@asynccontextmanager
async def _named_failures(url: str) -> AsyncIterator[None]:
    """Turn what httpx and asyncio raise into our errors."""
    try:
        yield
    except FetchError as error:
        error.url = url  # the guard sees hosts only
        raise
    except TimeoutError as error:
        raise Unreachable(url, "timeout", "whole exchange") from error
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise _named(url, error) from error


def _named(url: str, error: Exception) -> FetchError:
    detail = str(error) or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        return Unreachable(url, "timeout", type(error).__name__)
    if isinstance(error, httpx.ConnectError):
        return Unreachable(url, _why_not_connected(_root(error)), detail)
    if isinstance(error, httpx.NetworkError):
        return Truncated(url, "reset", detail)
    if isinstance(error, httpx.RemoteProtocolError) and "complet" in detail:
        return Truncated(url, "cut", detail)
    return Unreachable(url, "protocol", detail)


def _why_not_connected(root: BaseException) -> str:
    if isinstance(root, ssl.SSLError):
        return "tls"
    ours = isinstance(root, OSError) and root.errno in _NO_NETWORK
    return "no-network" if ours else "connect"


def _root(error: BaseException) -> BaseException:
    while error.__cause__ or error.__context__:
        error = cast("BaseException", error.__cause__ or error.__context__)
    return error
