"""Addresses of the web: one form for each document, and which may be asked for at all."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from string import ascii_letters, digits
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna
from w3lib.url import canonicalize_url

MAX_LENGTH = 2048
_MAX_INPUT = 16_384  # beyond it nothing is parsed: regular expressions and IDNA are not free

# parameters that say how a reader came, never what they read
_TRACKING = re.compile(
    r"utm_\w*|[a-z]{0,3}clid|msclkid|li_fat_id|igsh(?:id)?|mibextid|gclsrc|[gw]braid|gad_\w+"
    r"|srsltid|epik|fb_(?:action_\w+|source|ref|comment_id)|_branch_match_id"
    r"|mc_[ce]id|_hs(?:enc|mi)|hsctatracking|hss_channel|mkt_tok|(?:oly|vero)_\w*id|wickedid"
    r"|_?openstat|ns_(?:campaign|mchannel|source|linkname|fee)|at_(?:campaign|medium)\w*"
    r"|(?:pk|mtm|piwik|matomo)_(?:campaign|kwd|keyword|source|medium|content|cid|group|placement)"
    r"|itm_(?:source|medium|campaign|content|term)|s_cid|ncid|cmpid|_g[al]|__twitter_impression"
    r"|guccounter|guce_\w+|xtor|wt[._]mc(?:_id)?|soc_(?:src|trk)|ref_(?:src|url)|sr_share|wprov"
    r"|amp_(?:js_v|gsa)|usqp|outputtype|phpsessid|jsessionid",
    re.IGNORECASE,
)
# the same article in another dress; dropped only with these values
_DRESS = {"amp", "print", "printable", "printview"}
_DRESS_VALUES = {"", "1", "true", "yes", "y"}
_AMP_SUFFIX = re.compile(r"(?<=[^/])/amp/?$", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(ascii_letters + digits + "-._~")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DEFAULT_PORT = {"http": 80, "https": 443}
# services that speak other protocols: the Fetch standard's bad ports, and databases
_CLOSED_PORTS = frozenset((
    1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061,
    5432, 5672, 5900, 5984, 6000, 6379, 6380, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
    7001, 9042, 9092, 9200, 9300, 10080, 10250, 11211, 15672, 27017, 27018, 50070,
))  # fmt: skip


def canonical(url: str, base: str | None = None) -> str:
    """Give the one form under which a document is known; articles that differ stay apart.

    RFC 3986 normal form with sorted parameters; tracking parameters, fragments, AMP and
    print dress are left out; a path is never lower-cased.

    Raises:
        ValueError: no http or https document can be behind `url`.
    """
    parts = urlsplit(absolute(url, base))
    path = _SESSION.sub("", parts.path)
    if path.rstrip("/").count("/") > 1:
        path = _AMP_SUFFIX.sub("/", path)
    pairs = [_PERCENT.sub(_normal, pair) for pair in parts.query.split("&")]
    query = "&".join(sorted(pair for pair in pairs if pair and not _is_noise(pair)))
    # w3lib would turn ?12345 into ?12345=, which some servers do not know
    whole = canonicalize_url(parts._replace(path=path, query="").geturl())
    result = f"{whole}?{query}" if query else whole
    if len(result) > MAX_LENGTH:
        raise ValueError(f"link of {len(result)} characters")
    return result


@lru_cache(maxsize=4096)
def absolute(url: str, base: str | None = None) -> str:
    """Give `url` absolute, in ASCII, without fragment, ready to be asked for.

    Raises:
        ValueError: not http or https, no host, credentials, control characters, or absurd.
    """
    if len(url) > _MAX_INPUT:
        raise ValueError(f"link of {len(url)} characters")
    text = url.strip("\x00\t\n\r\x0c\x1f ").replace("&amp;", "&")  # escaped twice
    if _CONTROL.search(text.replace(" ", "")):
        raise ValueError("control character in link")
    if "\\" in text.split("?")[0].split("#")[0]:
        raise ValueError("backslash in link")  # parsers disagree on the host: refuse
    if base is not None and not _SCHEME.match(text):
        text = urljoin(base, text)
    parts = urlsplit(text)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT:
        raise ValueError(f"scheme {scheme[:20]!r}")
    query = quote(parts.query, safe="%/:?@!$&'()*+,;=-._~[]|")
    path = quote(parts.path or "/", safe="%/:@!$&'()*+,;=-._~")
    return SplitResult(scheme, _netloc(parts, scheme), path, query, "").geturl()


def refusal(url: str, networks: Sequence[object] = ()) -> str | None:
    """Say why an absolute URL may not be asked for, whatever its host resolves to, or None.

    Args:
        url: the address.
        networks: private networks of the source; with any, local names may be used too.
    """
    try:
        parts = urlsplit(absolute(url))
    except ValueError as error:
        return str(error)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith((".localhost", ".internal", ".local"))
    if local and not networks:
        return f"{host} is a local name"
    if len(url) > MAX_LENGTH:
        return f"link of {len(url)} characters"
    port = parts.port or _DEFAULT_PORT[parts.scheme]
    if port in _CLOSED_PORTS or (port < 1024 and port not in _DEFAULT_PORT.values()):
        return f"port {port} is not for web pages"
    return None


def authority(url: str) -> str:
    """Give host, or host:port for another than the default port: what politeness counts by."""
    return urlsplit(url).netloc.lower()


def _normal(found: re.Match[str]) -> str:
    """Give one percent-encoding in normal form: capital digits, none for unreserved characters."""
    if found[0] == "%20":
        return "+"
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def _is_noise(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if _TRACKING.fullmatch(name):
        return True
    return name.lower() in _DRESS and value.lower() in _DRESS_VALUES


def _netloc(parts: SplitResult, scheme: str) -> str:
    if parts.username is not None or "@" in parts.netloc:
        raise ValueError("credentials in link")
    host = _host(parts.hostname or "")
    port = parts.port  # raises ValueError when out of range
    if port == 0:
        raise ValueError("port 0")
    return host if port is None or port == _DEFAULT_PORT[scheme] else f"{host}:{port}"


def _host(host: str) -> str:
    if ":" in host:
        return f"[{_v6(host)}]"
    if not host.isascii():
        host = _to_ascii(host)
    host = host.lower().removesuffix(".")
    if not host or len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError(f"host {host[:80]!r}")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # decimal, octal, hexadecimal and short forms are how private addresses are disguised
        return str(_v4(host))
    return host


def _to_ascii(host: str) -> str:
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".")
    if plain.isascii():
        return plain
    try:
        return idna.encode(plain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"host {host[:80]!r}") from error


def _v4(host: str) -> IPv4Address:
    try:
        return IPv4Address(host)
    except AddressValueError as error:
        raise ValueError(f"host {host[:80]!r}") from error


def _v6(host: str) -> IPv6Address:
    try:
        address = IPv6Address(host)
    except AddressValueError as error:
        raise ValueError(f"host {host[:80]!r}") from error
    if address.scope_id:
        raise ValueError(f"host {host[:80]!r}")
    return address
