"""Content codings undone under a cap on bytes, with a check that the stream really ended.

httpx decodes each network chunk whole (1 GiB from 904 bytes of brotli) and takes a cut
stream for a complete one; so bodies are read raw and decoded here.
"""

import io
import zlib
from collections.abc import Callable

import brotli
import zstandard

_STEP = 65_536
_MAX_STACKED = 2
_GZIP_MAGIC = b"\x1f\x8b"


class Broken(ValueError):
    """The coded body cannot be decoded, or ends early."""


class OverCap(ValueError):
    """The decoded body is larger than allowed."""


ACCEPT = "gzip, deflate, br, zstd"


def decode(body: bytes, codings: str, cap: int) -> bytes:
    """Give `body` with its content codings undone; never more than `cap` bytes in memory.

    Args:
        body: bytes as they came over the wire.
        codings: the Content-Encoding header.
        cap: the most bytes that may come out, of every stage.

    Raises:
        Broken: unknown coding, damaged or cut stream.
        OverCap: more than `cap` bytes.
    """
    names = [name.strip().lower() for name in codings.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if len(names) > _MAX_STACKED:
        raise Broken(f"{len(names)} stacked codings")
    for name in reversed(names):
        if name not in _DECODERS:
            raise Broken(f"unknown coding {name[:20]!r}")
        body = _DECODERS[name](body, cap)
    if len(body) > cap:
        raise OverCap(f"over {cap} bytes")
    return body


def gunzip_if_magic(body: bytes, cap: int) -> bytes:
    """Give a body that is a gzip file unpacked (sitemap.xml.gz), any other as it is."""
    return _gzip(body, cap) if body.startswith(_GZIP_MAGIC) else body


def _gzip(body: bytes, cap: int) -> bytes:
    if not body.startswith(_GZIP_MAGIC):
        return body  # servers that only claim to have compressed; a text is a text
    out = bytearray()
    while body.startswith(_GZIP_MAGIC):  # RFC 1952: a file is a series of members
        body = _inflate(body, 31, cap - len(out), out)
    return bytes(out)


def _deflate(body: bytes, cap: int) -> bytes:
    out = bytearray()
    zlib_header = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    _inflate(body, 15 if zlib_header else -15, cap, out)
    return bytes(out)


def _inflate(body: bytes, wbits: int, cap: int, out: bytearray) -> bytes:
    inflater = zlib.decompressobj(wbits)
    try:
        piece = inflater.decompress(body, cap + 1)
    except zlib.error as error:
        raise Broken(str(error)) from error
    if len(piece) > cap:
        raise OverCap(f"over {cap} bytes")
    if not inflater.eof:
        raise Broken("compressed stream ends early")
    out += piece
    return inflater.unused_data


def _brotli(body: bytes, cap: int) -> bytes:
    decompressor = brotli.Decompressor()
    out = bytearray()
    feed = body
    try:
        while not decompressor.is_finished():
            piece = decompressor.process(feed, output_buffer_limit=_STEP)
            feed = b""
            out += piece
            if len(out) > cap:
                raise OverCap(f"over {cap} bytes")
            if not piece and not decompressor.is_finished():
                raise Broken("compressed stream ends early")
    except brotli.error as error:
        raise Broken(str(error)) from error
    return bytes(out)


def _zstd(body: bytes, cap: int) -> bytes:
    # RFC 8878 asks decoders for windows up to 8 MiB; more is refused, memory stays bounded
    decompressor = zstandard.ZstdDecompressor(max_window_size=8 << 20)
    try:
        _measure_zstd(decompressor, body, cap)
        out = bytearray()
        while body:
            frame = decompressor.decompressobj()
            out += frame.decompress(body)
            if not frame.eof:
                raise Broken("compressed stream ends early")
            body = frame.unused_data
    except zstandard.ZstdError as error:
        raise Broken(str(error)) from error
    return bytes(out)


def _measure_zstd(decompressor: zstandard.ZstdDecompressor, body: bytes, cap: int) -> None:
    """Read through once in small steps, so that decoding whole is known to be safe."""
    total = 0
    with decompressor.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        while piece := reader.read(_STEP):
            total += len(piece)
            if total > cap:
                raise OverCap(f"over {cap} bytes")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
