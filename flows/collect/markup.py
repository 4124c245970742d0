"""Markup to plain text, for titles and summaries: nothing of it is ever rendered."""

import html
import re
from html.parser import HTMLParser

from typing_extensions import override

from flows.extract.text import clean, one_line

_MAX_MARKUP = 200_000
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!?]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLOCKS = frozenset(
    [*("p", "div", "br", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"), "section"]
).union(("article", "blockquote", "pre"))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def title(markup: str, cap: int = 2000) -> str:
    """Give a headline as one line of plain text of at most `cap` characters."""
    return one_line(text(markup[: 4 * cap]))[:cap].strip()


def text(markup: str) -> str:
    """Give the text of a fragment of HTML, its entities resolved, a line per block."""
    markup = _CDATA.sub(r"\1", markup[:_MAX_MARKUP])
    if not _TAG.search(markup):
        return clean(html.unescape(markup) if _ENTITY.search(markup) else markup)
    reader = _Text()
    reader.feed(_SCRIPTS.sub(" ", markup))
    reader.close()
    return clean("".join(reader.pieces))


_SCRIPTS = re.compile(r"<(script|style|template)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
