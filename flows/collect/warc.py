"""The archive of what was fetched: WARC/1.1, a gzip member per record, files of bounded size.

Other tools read it as it is; `warc_ref` is `file:offset`, so one record is found at once.
"""

import gzip
import io
from datetime import datetime
from pathlib import Path
from threading import Lock

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.collect.http import PRODUCT, Answer
from flows.collect.warc_records import Archived, length_at, record_at
from flows.errors import UsageError

_MAX_FILE = 500_000_000  # bytes, after which the next file begins
_VERSION = "WARC/1.1"
_GZIP_LEVEL = 4  # warcio's own is 9: three times the CPU for six percent of the size
_UNDONE = frozenset(("content-encoding", "content-length", "transfer-encoding"))


class Archive:
    """Writes WARC files into a folder; one process at a time writes there.

    Args:
        folder: made when the first record is written.
        max_file: bytes after which a new file begins.
    """

    def __init__(self, folder: Path, max_file: int = _MAX_FILE) -> None:
        self._folder = folder
        self._max_file = max_file
        self._file: Path | None = None
        self._lock = Lock()

    def write(self, answer: Answer, now: datetime) -> str:
        """Append an answer and give its `warc_ref`; content codings are already undone."""
        record = _record(answer, now)
        with self._lock:
            path = self._current(now)
            with path.open("ab") as stream:  # appended whole: a crash cuts the last record only
                offset = stream.tell()
                stream.write(record)
        return f"{path.name}:{offset}"

    def _current(self, now: datetime) -> Path:
        path = self._file
        if path is None or (path.exists() and path.stat().st_size > self._max_file):
            self._folder.mkdir(parents=True, exist_ok=True)
            stem = f"araxes-{now:%Y%m%d%H%M%S}"
            taken = len(list(self._folder.glob(f"{stem}-*.warc.gz")))
            path = self._folder / f"{stem}-{taken:03}.warc.gz"
            path.write_bytes(_info(path.name, now))
            self._file = path
        return path


def replay(folder: Path, warc_ref: str) -> Archived | None:
    """Give the document behind a `warc_ref`, or None when it is no longer there."""
    path, offset = _place(folder, warc_ref)
    found = None if path is None else record_at(path, offset)
    return found if isinstance(found, Archived) else None


def erase(folder: Path, warc_ref: str) -> bool:
    """Overwrite the record behind a `warc_ref` in place, and say whether there was one.

    What takes its place is a record that says so, padded to the same length, so that all
    other references stay right. A file that others wrote is only linked here: it is let be.
    """
    path, offset = _place(folder, warc_ref)
    length = 0 if path is None or path.is_symlink() else length_at(path, offset)
    if path is None or not length:
        return False
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(_erased(length))
    return True


def expire(folder: Path, before: datetime) -> tuple[Path, ...]:
    """Remove the files of ours that were begun before a time, and give them."""
    oldest = f"araxes-{before:%Y%m%d%H%M%S}"
    old = sorted(file for file in folder.glob("araxes-*.warc.gz") if file.name < oldest)
    gone = tuple(file for file in old if not file.is_symlink())
    for file in gone:
        file.unlink()
    return gone


def adopt(folder: Path, path: Path) -> None:
    """Link an archive of others into the folder, so that its documents are found by `warc_ref`.

    Raises:
        UsageError: another file of this name is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / path.name
    if not link.exists():
        link.unlink(missing_ok=True)  # it led to a file that is gone
        link.symlink_to(path.resolve())
    elif not link.samefile(path):
        raise UsageError(f"{folder} has another {path.name} already: rename {path}")


def _place(folder: Path, warc_ref: str) -> tuple[Path | None, int]:
    name, _, offset = warc_ref.rpartition(":")
    path = folder / Path(name).name  # a name from the database never leads out of the folder
    return (path, int(offset)) if path.is_file() and offset.isdigit() else (None, 0)


def _erased(length: int) -> bytes:
    """Give a gzip member of exactly `length` bytes that holds a record without content."""
    record = (
        b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:araxes:erased>\r\n"
        b"WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    )
    member = gzip.compress(record, mtime=0)
    comment = b"-" * (length - len(member) - 1) + b"\x00"
    return member[:3] + b"\x10" + member[4:10] + comment + member[10:]  # FCOMMENT, RFC 1952


def _record(answer: Answer, now: datetime) -> bytes:
    fields = [(k, v) for k, v in answer.headers if k not in _UNDONE]
    fields.append(("content-length", str(len(answer.body))))
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version=_VERSION)
    record = writer.create_warc_record(
        answer.url,
        "response",
        payload=io.BytesIO(answer.body),
        length=len(answer.body),
        http_headers=StatusAndHeaders(f"{answer.status} OK", fields, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"},
    )
    writer.write_record(record)
    return gzip.compress(buffer.getvalue(), _GZIP_LEVEL, mtime=0)


def _info(name: str, now: datetime) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version=_VERSION)
    about = {"software": PRODUCT, "format": "WARC File Format 1.1"}
    record = writer.create_warcinfo_record(name, about)
    record.rec_headers.replace_header("WARC-Date", f"{now:%Y-%m-%dT%H:%M:%S.%fZ}")
    writer.write_record(record)
    return buffer.getvalue()
