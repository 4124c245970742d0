"""Which entries of a poll say that an article we have was edited since; pure decisions.

A later date of change, another title, or another full text in the feed. Each edit is worth one
fetch, so what an entry says is remembered with the decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.model import Item, KnownEntry

# Some feeds date all their entries with the moment they are asked. Where most of at least so many
# known entries changed their date and nothing else, it is such a stamp.
_STAMPED = 4


def edited(items: Sequence[Item], known: Mapping[str, KnownEntry]) -> tuple[Item, ...]:
    """Give the entries of one poll whose articles are to be fetched again.

    Args:
        items: the entries of a poll.
        known: of those whose article is stored, what they said before, by item id.
    """
    pairs = [(item, known[item.item_id]) for item in items if item.item_id in known]
    dated = {item.item_id for item, before in pairs if _is_dated_later(item, before)}
    if len(pairs) >= _STAMPED and 2 * len(dated) > len(pairs):
        dated = set()
    return tuple(
        _again(item, before)
        for item, before in pairs
        if item.item_id in dated or _says_other(item, before)
    )


def _is_dated_later(item: Item, before: KnownEntry) -> bool:
    changed = item.entry.modified_at
    return changed is not None and changed > (before.modified_at or before.seen_at)


def _says_other(item: Item, before: KnownEntry) -> bool:
    entry = item.entry
    other_text = entry.content_hash != before.content_hash
    return bool(entry.title and entry.title != before.title) or bool(
        entry.content_hash and before.content_hash and other_text
    )


def _again(item: Item, before: KnownEntry) -> Item:
    """Give the entry to fetch: an edit does not change when its article came out."""
    changed = item.entry.modified_at if _is_dated_later(item, before) else item.seen_at
    entry = replace(
        item.entry,
        title=item.entry.title or before.title,
        published_at=before.published_at,
        modified_at=changed,
        content_hash=item.entry.content_hash or before.content_hash,
    )
    return replace(item, entry=entry, again=True)
