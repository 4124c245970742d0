"""Names of authors, without what is no person's name."""

import re
from collections.abc import Iterable, Iterator

from flows.extract.text import one_line

_SPLIT = re.compile(r"\s*(?:[,;|/\u2022\u060c]|\s(?:and|und|et|ve|və|и|та|և|და|و|&)\s)\s*")
_BY = re.compile(
    r"^(?:by|von|par|yazan|müəllif|muəllif|автор|авторы|текст|հեղինակ|ավտոր|ავტორი|نویسنده)\s*:?\s+",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"^(?:admin\w*|administrator|editor\w*|redaktor|redaksiya|redaktion|rédaction|redacción|"
    r"newsroom|news ?desk|web ?master|web ?desk|staff.*|super ?user|user\d*|root|guest|"
    r"anonymous|unknown|none|null|"
    r"moderator|redaction|haber merkezi|редакци[яи]|редактор|админ\w*|редакція|"
    r"խմբագրություն|ადმინი|რედაქცია|هیئت تحریریه|تحریریه)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"https?:|www\.|@|\d|[<>{}=_]")
_FOLDED = re.compile(r"[\W_]+")
_MOST = 12


def normalise(names: Iterable[str], outlets: Iterable[str]) -> tuple[str, ...]:
    """Give the names of persons, each once, in order.

    Args:
        names: bylines as found; one may hold several names.
        outlets: names of the outlet, which sign for nobody.
    """
    no_person = {_fold(name) for name in outlets}
    found = {name: None for name in _each(names) if _fold(name) not in no_person}
    return tuple(found)[:_MOST]


def _each(names: Iterable[str]) -> Iterator[str]:
    for byline in names:
        for part in _SPLIT.split(_BY.sub("", one_line(byline[:500]))):
            name = _BY.sub("", part.strip(" .-\u2013\u2014\"'«»()"))
            if _is_name(name):
                yield name


def _is_name(name: str) -> bool:
    if not 3 <= len(name) <= 60 or len(name.split()) > 5:
        return False
    return not _JUNK.match(name) and not _NO_NAME.search(name) and name.casefold() != name


def _fold(name: str) -> str:
    return _FOLDED.sub("", name).casefold()
