"""What stands behind `araxes corpus add|list|match`: files to seed documents, and back to hits."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flows.dedup import corpus
from flows.dedup.corpus import SeedMatch
from flows.dedup.fingerprint import fingerprint
from flows.errors import UsageError
from flows.extract.decode import decode
from flows.extract.language import identify
from flows.extract.text import clean, one_line
from flows.model import SeedDocument

_HTML = frozenset({".html", ".htm", ".xhtml"})
_TITLE_WORDS = 25  # a longer first line is the text's first sentence, which must not be kept


def add(paths: Sequence[Path], folder: Path, added_at: datetime) -> tuple[SeedDocument, ...]:
    """Fingerprint text, HTML or Markdown files into a corpus folder; no text is kept.

    A document already there stays as it is, with the time it was first added.

    Args:
        paths: The files.
        folder: The corpus folder, made when it is not there.
        added_at: The time of this call, UTC.

    Raises:
        UsageError: a file cannot be read, or holds no words; nothing is written then.
    """
    known = {seed.seed_id: seed for seed in corpus.load(folder)}
    documents = [_document(path, added_at) for path in paths]
    for document in documents:
        if document.seed_id not in known:
            corpus.write(folder, document)
    return tuple(known.get(document.seed_id, document) for document in documents)


def match(path: Path, folder: Path) -> tuple[SeedMatch, ...]:
    """Say which seeds a file repeats, wholly or in a passage, the most repeated first.

    Raises:
        UsageError: the file cannot be read, or holds no words.
    """
    title, text = _read(path)
    return corpus.match(fingerprint(title, text, ""), corpus.load(folder))


def _document(path: Path, added_at: datetime) -> SeedDocument:
    title, text = _read(path)
    return corpus.read(title, text, identify(text).code, added_at)


def _read(path: Path) -> tuple[str, str]:
    """Give title and text of a file; the text holds the title, as the file does."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise UsageError(message) from error
    text = clean(_words_of_page(raw) if path.suffix.lower() in _HTML else decode(raw))
    if not text.strip():
        message = f"{path}: no words found"
        raise UsageError(message)
    return _title(text) or path.stem, text


def _words_of_page(raw: bytes) -> str:
    import trafilatura  # slow to import, and few corpora hold pages

    page = decode(raw)
    return str(trafilatura.extract(page) or "")


def _title(text: str) -> str:
    first = one_line(text.split("\n", 1)[0].lstrip("# "))
    looks_like_one = len(first.split()) <= _TITLE_WORDS and not first.endswith((".", "։", "…"))
    return first if looks_like_one else ""
