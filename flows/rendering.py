"""Templates as HTML, Markdown and plain text, in which no value is ever more than text.

Each form escapes every value a template puts in; only what is marked `Markup` passes.
"""

import re
from functools import cache
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from dashboards import markup

UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+"
)
# what begins anything in CommonMark or GFM inside a line
MARKS = re.compile(r"([\\`*_\[\]<>&#|~$!{}^@])")


@cache
def environment(package: str, form: str) -> jinja2.Environment:
    """Give the templates of a package.

    Args:
        package: its name; templates are in its folder `templates`.
        form: html, md or txt: how values are escaped.
    """
    found = jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=form == "html",  # noqa: S701 - other forms have escapes of their own
        finalize={"html": None, "md": markdown, "txt": line}[form],
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"worded": worded, "linked": linked, "address": address, "receipt": receipt}
    return found


def line(value: object) -> object:
    """Give text as one line without anything invisible that could steer who shows it."""
    if isinstance(value, Markup):
        return value
    return UNSEEN.sub(" ", value).strip() if isinstance(value, str) else value


def markdown(value: object) -> object:
    """Give text that Markdown shows as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return MARKS.sub(r"\\\1", str(line(value)))


def worded(value: str, language: str = "") -> Markup:
    """Give a text in its own script and direction, as safe HTML."""
    return Markup(markup.worded(value, language))  # noqa: S704 - escaped by markup


def linked(inner: Markup, url: str) -> Markup:
    """Give a link around safe HTML; an address that is not http(s) gets none."""
    assert isinstance(inner, Markup)
    return Markup(markup.linked(url, inner))  # noqa: S704 - escaped by markup


def address(url: str) -> Markup:
    """Give an http(s) address as Markdown and mail may carry it, or nothing."""
    try:
        safe = urlsplit(url).scheme in markup.SAFE_SCHEMES
    except ValueError:
        safe = False
    # characters that would end the link, or the line
    return Markup(re.sub(r"[\s<>\\()\[\]\"'`|]", _percent, url) if safe else "")  # noqa: S704


def receipt(value: str) -> Markup:
    """Give a receipt as it must be copied; it has no character that means anything."""
    if not re.fullmatch(r"[A-Za-z0-9:_-]+", value):
        raise ValueError(f"not a receipt: {value[:40]}")
    return Markup(value)  # noqa: S704 - checked


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
