"""The archive of what was fetched: WARC/1.1, a gzip member per record, files of bounded size.

Other tools read it as it is; `warc_ref` is `file:offset`, so one record is found at once.
"""

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.collect import coding
from flows.collect.http import PRODUCT, Answer

_MAX_FILE = 500_000_000  # bytes, after which the next file begins
_MAX_BODY = 10_000_000
_BLOCK = 65_536
_VERSION = "WARC/1.1"
_UNDONE = frozenset(("content-encoding", "content-length", "transfer-encoding"))


@dataclass(frozen=True, slots=True)
class Archived:
    """One document of an archive: ours, wget's or Common Crawl's."""

    url: str
    fetched_at: datetime
    status: int
    content_type: str
    body: bytes
    warc_ref: str


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


def read(path: Path) -> Iterator[Archived]:
    """Give the documents of a WARC or ARC file; one that is cut at the end gives what it has.

    Raises:
        ArchiveLoadFailed: the file is no archive.
    """
    with path.open("rb") as stream:
        records = ArchiveIterator(stream, arc2warc=True)
        seen = False
        try:
            for record in records:
                seen = True
                found = _archived(record, "")
                if found is not None:  # asking where a record begins reads it to its end
                    yield replace(found, warc_ref=f"{path.name}:{records.get_record_offset()}")
        except ArchiveLoadFailed:
            if not seen:
                raise


def replay(folder: Path, warc_ref: str) -> Archived | None:
    """Give the document behind a `warc_ref`, or None when it is no longer there."""
    path, offset = _place(folder, warc_ref)
    if path is None:
        return None
    with path.open("rb") as stream:
        stream.seek(offset)
        try:
            record = next(iter(ArchiveIterator(stream)), None)
            return None if record is None else _archived(record, warc_ref)
        except ArchiveLoadFailed:
            return None


def erase(folder: Path, warc_ref: str) -> bool:
    """Overwrite the record behind a `warc_ref` in place, and say whether there was one.

    What takes its place is a record that says so, padded to the same length, so that all
    other references stay right.
    """
    path, offset = _place(folder, warc_ref)
    if path is None:
        return False
    with path.open("r+b") as stream:
        stream.seek(offset)
        try:
            records = ArchiveIterator(stream)
            if next(records, None) is None:
                return False
            length = records.get_record_length()
        except ArchiveLoadFailed:
            return False
        stream.seek(offset)
        stream.write(_erased(length))
    return True


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


def _archived(record: Any, warc_ref: str) -> Archived | None:
    headers = record.rec_headers
    if record.rec_type != "response" or record.http_headers is None:
        return None
    try:
        moment = datetime.fromisoformat(headers.get_header("WARC-Date") or "")
        status = int(record.http_headers.get_statuscode() or 0)
    except ValueError:
        return None
    return Archived(
        url=headers.get_header("WARC-Target-URI") or "",
        fetched_at=moment.astimezone(UTC),
        status=status,
        content_type=record.http_headers.get_header("Content-Type") or "",
        body=_payload(record),
        warc_ref=warc_ref,
    )


def _payload(record: Any) -> bytes:
    """Give the body, its content codings undone under the cap; what is broken or huge is empty."""
    raw = record.raw_stream.read(_MAX_BODY + 1)
    if record.http_headers.get_header("Transfer-Encoding", "").lower() == "chunked":
        raw = ChunkedDataReader(io.BytesIO(raw), block_size=_BLOCK).read(_MAX_BODY + 1)
    try:
        return coding.decode(raw, record.http_headers.get_header("Content-Encoding", ""), _MAX_BODY)
    except ValueError:
        return b""


def _record(answer: Answer, now: datetime) -> bytes:
    fields = [(k, v) for k, v in answer.headers if k not in _UNDONE]
    fields.append(("content-length", str(len(answer.body))))
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version=_VERSION)
    record = writer.create_warc_record(
        answer.url,
        "response",
        payload=io.BytesIO(answer.body),
        length=len(answer.body),
        http_headers=StatusAndHeaders(f"{answer.status} OK", fields, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"},
    )
    writer.write_record(record)
    return buffer.getvalue()


def _info(name: str, now: datetime) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version=_VERSION)
    about = {"software": PRODUCT, "format": "WARC File Format 1.1"}
    record = writer.create_warcinfo_record(name, about)
    record.rec_headers.replace_header("WARC-Date", f"{now:%Y-%m-%dT%H:%M:%S.%fZ}")
    writer.write_record(record)
    return buffer.getvalue()
