"""Text from outside as HTML that shows it and never runs it."""

import html
from datetime import datetime
from urllib.parse import urlsplit

SAFE_SCHEMES = ("http", "https")
RIGHT_TO_LEFT = frozenset({"fa", "ar", "he", "ur", "ckb", "ps"})


def plain(value: object) -> str:
    """Give any value as HTML text, safe between tags and inside quoted attributes."""
    return html.escape(str(value), quote=True)


def worded(value: str, language: str = "") -> str:
    """Give a text in its own script and direction, isolated from what stands around it."""
    return f"{_isolate(language)}{plain(value)}</bdi>"


def moment(when: datetime) -> str:
    """Give a time in UTC, to the minute, that no line breaks."""
    return f"<time>{when:%Y-%m-%d %H:%M} UTC</time>"


def _isolate(language: str) -> str:
    # a Persian title may begin with a Latin name, by which `auto` would take it for Latin
    direction = "rtl" if language in RIGHT_TO_LEFT else "auto"
    tongue = f' lang="{plain(language)}"' if language and language != "und" else ""
    return f'<bdi dir="{direction}"{tongue}>'


def linked(url: str, inner: str) -> str:
    """Give a link around safe HTML; an address that is not http(s) gets none."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return inner
    if scheme not in SAFE_SCHEMES:
        return inner
    return f'<a href="{plain(url)}" target="_blank" rel="noopener noreferrer">{inner}</a>'


def marked(text: str, spans: tuple[tuple[int, int], ...], language: str = "") -> str:
    """Give a text with the spans (code points, sorted, not overlapping) marked."""
    parts, at = [], 0
    for start, end in spans:
        if start >= at:
            parts.append(f"{plain(text[at:start])}<mark>{plain(text[start:end])}</mark>")
            at = end
    return f"{_isolate(language)}{''.join(parts)}{plain(text[at:])}</bdi>"
