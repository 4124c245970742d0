"""Stable ids: hashes of content or configuration, never counters."""

from hashlib import sha256


def stable_id(*parts: str) -> str:
    """Give 16 hex digits (64 bits) that depend on the parts and their order only."""
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def article_id(canonical_url: str) -> str:
    """Id of the article behind a canonical URL, as known before fetching it."""
    return stable_id("article", canonical_url)


def feed_id(source_id: str, url: str) -> str:
    """Id of a feed as configured; a feed that moves keeps it."""
    return stable_id("feed", source_id, url)


def item_id(feed: str, canonical_url: str) -> str:
    """Id of one feed's entry: the ledger has one row per feed and canonical link."""
    return stable_id("item", feed, canonical_url)


def content_hash(text: str) -> str:
    """Hash of a stored text, 32 hex digits; equal texts have equal hashes."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
