"""Records of a WARC file, whoever wrote it: us, wget, Common Crawl; damage is named and skipped.

warcio reads on behind a gzip member that is broken and refuses status lines it does not
know; so members are framed here, and every byte is either read or told of.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from warcio.bufferedreaders import ChunkedDataReader

from flows.collect import coding

_MAX_BODY = 10_000_000
_MAX_RECORD = 32_000_000  # bytes of one record held in memory; what is longer is passed over
_MAX_HEAD = 100_000
_BLOCK = 65_536
_LOOK = 1 << 20
_GZIP = b"\x1f\x8b\x08"
_START = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Archived:
    """One answer of a server, as an archive keeps it; header names are in lower case."""

    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    warc_ref: str

    @property
    def content_type(self) -> str:
        """The Content-Type header, "" if there is none."""
        return next((value for name, value in self.headers if name == "content-type"), "")

    @property
    def offset(self) -> int:
        """Where the record begins in its file; 0 if it cannot be found again by it."""
        return int(self.warc_ref.rpartition(":")[2] or 0)


@dataclass(frozen=True, slots=True)
class Passed:
    """A record that is no answer of a server: a request, metadata, a revisit."""

    kind: str
    offset: int


@dataclass(frozen=True, slots=True)
class MalformedRecord:
    """Bytes of an archive that are no record, or a record that cannot be read."""

    file: str
    offset: int
    error: str


@dataclass(frozen=True, slots=True)
class _Framed:
    """The bytes of one record, or why there are none at this offset."""

    offset: int
    raw: bytes = b""
    error: str = ""


Record = Archived | Passed | MalformedRecord


def read(path: Path) -> Iterator[Record]:
    """Give every record of a WARC file (ISO 28500), in order; memory holds one at a time.

    Records may be plain, a gzip member each, or together in one gzip stream; a record of the
    last has no `warc_ref`, since it cannot be found again by its offset.
    """
    with path.open("rb") as stream:
        head = stream.read(3)
        stream.seek(0)
        if head != _GZIP:
            yield from (_record(path.name, framed) for framed in _plain(stream))
        elif _is_one_stream(stream):
            yield from _unpacked(path.name, stream)
        else:
            yield from (_record(path.name, framed) for framed in _members(stream))


def _unpacked(file: str, stream: BinaryIO) -> Iterator[Record]:
    with gzip.GzipFile(fileobj=stream) as plain:
        try:
            for framed in _plain(cast("BinaryIO", plain)):
                yield _record(file, framed, found=False)
        except (OSError, EOFError, zlib.error) as error:
            yield MalformedRecord(file, stream.tell(), f"broken gzip: {error}")


def answers(path: Path) -> Iterator[Archived]:
    """Give the answers of servers in a WARC file, and nothing else of it."""
    return (record for record in read(path) if isinstance(record, Archived))


def record_at(path: Path, offset: int) -> Record | None:
    """Give the record that begins at an offset, or None when none does."""
    with path.open("rb") as stream:
        stream.seek(offset)
        gzipped = stream.read(3) == _GZIP
        stream.seek(offset)
        framed = next(_members(stream) if gzipped else _plain(stream), None)
        return None if framed is None or framed.offset != offset else _record(path.name, framed)


def length_at(path: Path, offset: int) -> int:
    """Give the bytes that the record at an offset takes in its file, 0 when there is none."""
    with path.open("rb") as stream:
        stream.seek(offset)
        if stream.read(3) != _GZIP:
            return 0
        return _member(stream, offset)[1]


# ---------------------------------------------------------------- frames


def _members(stream: BinaryIO) -> Iterator[_Framed]:
    """Give the gzip members of a file, from where it stands; damage costs what it touched."""
    offset = stream.tell()
    while True:
        raw, length, error = _member(stream, offset)
        if not length and not error:
            return
        yield _Framed(offset, raw, error)
        offset = offset + length if length else _next_member(stream, offset + 1)


def _member(stream: BinaryIO, offset: int) -> tuple[bytes, int, str]:
    """Give the content of a gzip member, its length in the file (0 if unknown), what is wrong."""
    stream.seek(offset)
    unpack = zlib.decompressobj(31)
    out = bytearray()
    taken = 0
    try:
        while not unpack.eof:
            block = stream.read(_BLOCK)
            if not block:
                return b"", 0, "the file ends within a record" if taken else ""
            taken += len(block)
            out += unpack.decompress(block, _MAX_RECORD + 1 - len(out))
            if len(out) > _MAX_RECORD:
                return b"", 0, f"record of over {_MAX_RECORD} bytes"
    except zlib.error as error:
        return b"", 0, f"broken gzip: {error}"
    return bytes(out), taken - len(unpack.unused_data), ""


def _next_member(stream: BinaryIO, offset: int) -> int:
    """Give where the next gzip member with a WARC record begins, or the end of the file."""
    stream.seek(offset)
    before = b""
    while block := stream.read(_BLOCK):
        window = before + block
        base = stream.tell() - len(window)
        for found in re.finditer(re.escape(_GZIP), window):
            if _begins_record(stream, base + found.start()):
                return base + found.start()
        stream.seek(base + len(window))
        before = window[-2:]
    return stream.tell()


def _begins_record(stream: BinaryIO, offset: int) -> bool:
    stream.seek(offset)
    try:
        return zlib.decompressobj(31).decompress(stream.read(1024), 5) == b"WARC/"
    except zlib.error:
        return False


def _is_one_stream(stream: BinaryIO) -> bool:
    """Say whether the first gzip member goes on behind its first record; the file is rewound."""
    try:
        begun = zlib.decompressobj(31).decompress(stream.read(_LOOK), _LOOK)
    except zlib.error:
        begun = b""
    stream.seek(0)
    frames = _plain(io.BytesIO(begun))
    return next(frames, None) is not None and next(frames, None) is not None


def _plain(stream: BinaryIO) -> Iterator[_Framed]:
    """Give the records of a file that is not compressed, from where it stands."""
    lost_at: int | None = None
    while True:
        offset = stream.tell()
        line = stream.readline(_MAX_HEAD)
        if not line:
            break
        if not _START.fullmatch(line):
            if lost_at is None and line.strip():
                lost_at = offset
            continue
        if lost_at is not None:
            yield _Framed(lost_at, error="no record begins here")
            lost_at = None
        yield _rest_of_record(stream, offset, line)
    if lost_at is not None:
        yield _Framed(lost_at, error="no record begins here")


def _rest_of_record(stream: BinaryIO, offset: int, line: bytes) -> _Framed:
    head = bytearray(line)
    while line.strip():
        line = stream.readline(_MAX_HEAD)
        head += line
        if not line or len(head) > _MAX_HEAD:
            return _Framed(offset, error="the headers do not end")
    length = _fields(bytes(head)).get("content-length", "")
    if not length.isdigit():
        return _Framed(offset, error=f"Content-Length {length[:20]!r}")
    if int(length) > _MAX_RECORD:
        stream.seek(int(length), io.SEEK_CUR)
        return _Framed(offset, error=f"record of over {_MAX_RECORD} bytes")
    block = stream.read(int(length))
    if len(block) < int(length):
        return _Framed(offset, error="the file ends within a record")
    return _Framed(offset, bytes(head) + block)


# ---------------------------------------------------------------- records


def _record(file: str, framed: _Framed, *, found: bool = True) -> Record:
    """Read a record; `found` says that it can be found again by its offset."""
    head, block = _split(framed.raw)
    error = framed.error or ("" if _START.match(head) else "no WARC record")
    if error:
        return MalformedRecord(file, framed.offset, error)
    fields = _fields(head)
    if _is_passed(fields):
        return Passed(fields.get("warc-type", "unknown")[:30], framed.offset)
    try:
        return _archived(fields, block, f"{file}:{framed.offset}" if found else "")
    except ValueError as problem:
        return MalformedRecord(file, framed.offset, str(problem)[:200])


def _is_passed(fields: Mapping[str, str]) -> bool:
    web = fields.get("warc-target-uri", "").strip("<>").lower().startswith(("http:", "https:"))
    return fields.get("warc-type", "").lower() != "response" or not web


def _archived(fields: Mapping[str, str], block: bytes, warc_ref: str) -> Archived:
    length = fields.get("content-length", "")
    if length.isdigit():
        if len(block) < int(length):
            raise ValueError(f"{len(block)} bytes of {length}")
        block = block[: int(length)]
    head, body = _split(block)
    status = _STATUS.match(head)
    if status is None:
        raise ValueError("no HTTP answer in it")
    headers = tuple(_pairs(head.decode("latin-1")))
    return Archived(
        url=fields["warc-target-uri"].strip("<>"),  # wget writes them
        fetched_at=datetime.fromisoformat(fields.get("warc-date", "")).astimezone(UTC),
        status=int(status[1]),
        headers=headers,
        body=_payload(body, dict(headers)),
        warc_ref=warc_ref,
    )


def _payload(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Give the body with its codings undone.

    Common Crawl keeps the headers of codings that it has undone itself: markup is no coding.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = ChunkedDataReader(io.BytesIO(body), block_size=_BLOCK).read(_MAX_BODY + 1)
    named = headers.get("content-encoding", "")
    return coding.decode(body, "" if body.lstrip()[:1] == b"<" else named, _MAX_BODY)


def _split(raw: bytes) -> tuple[bytes, bytes]:
    end = _END_OF_HEAD.search(raw)
    return (raw[: end.end()], raw[end.end() :]) if end else (raw, b"")


def _fields(head: bytes) -> dict[str, str]:
    """Give header fields by name; of a repeated one the first counts."""
    fields: dict[str, str] = {}
    for name, value in _pairs(head.decode("utf-8", "replace")):
        fields.setdefault(name, value)
    return fields


def _pairs(head: str) -> Iterator[tuple[str, str]]:
    """Give names and values of headers as far as lines look like them; folded lines are joined."""
    for line in re.sub(r"\r?\n[ \t]+", " ", head).split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon and name.strip():
            yield name.strip().lower(), value.strip()
