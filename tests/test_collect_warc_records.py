"""Archives that others wrote: every record is read, passed over by name, or named as damage."""

import gzip
import shutil
import subprocess
import zlib
from datetime import UTC, datetime

import brotli
import pytest
import saved_site

from flows.collect import warc, warc_records
from flows.collect.warc_records import Archived, MalformedRecord, Passed

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PAGE = b"<html><p>" + b"word " * 300 + b"</p></html>"


def record(kind="response", block=b"", url="https://e.am/1", **fields):
    fields = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": "2026-03-04T05:06:07Z",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def http(body=PAGE, *headers, status="HTTP/1.1 200 OK"):
    lines = [status, "Content-Type: text/html", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def response(number, body=PAGE, *headers):
    return record(block=http(body, *headers), url=f"https://e.am/{number}")


def read(path):
    return list(warc_records.read(path))


def outline(path):
    """Give what is in a file: addresses, kinds of records passed over, offsets of damage."""
    named = []
    for found in read(path):
        match found:
            case Archived():
                named.append(found.url.rpartition("/")[2])
            case Passed():
                named.append(found.kind)
            case MalformedRecord():
                named.append(found.offset)
    return named


RECORDS = [
    record("warcinfo", b"software: x\r\n", url=None),
    record("request", b"GET /1 HTTP/1.1\r\n\r\n"),
    response(1),
    record("metadata", b"fetchTimeMs: 1\r\n"),
    record("revisit", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    record("resource", b"<html>", url="metadata://gnu.org/wget/log"),
    response(2),
]
KINDS = ["warcinfo", "request", "1", "metadata", "revisit", "resource", "2"]
STORED = {
    "plain": b"".join(RECORDS),
    "a member each": b"".join(map(gzip.compress, RECORDS)),
    "one stream": gzip.compress(b"".join(RECORDS)),
}


@pytest.mark.parametrize("form", STORED)
def test_records_are_read_however_the_file_is_stored(tmp_path, form):
    path = tmp_path / "x.warc"
    path.write_bytes(STORED[form])
    assert outline(path) == KINDS
    [first, _] = [found for found in read(path) if isinstance(found, Archived)]
    assert (first.url, first.fetched_at, first.status) == ("https://e.am/1", WHEN, 200)
    assert (first.content_type, first.body) == ("text/html", PAGE)


@pytest.mark.parametrize("form", ["plain", "a member each"])
def test_a_record_is_found_again_by_its_reference(tmp_path, form):
    (tmp_path / "x.warc").write_bytes(STORED[form])
    for found in read(tmp_path / "x.warc"):
        if isinstance(found, Archived):
            assert warc.replay(tmp_path, found.warc_ref) == found


def chunked(body):
    pieces = [body[start : start + 100] for start in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


BODIES = {
    "chunked": (chunked(PAGE), "Transfer-Encoding: chunked"),
    "gzip": (gzip.compress(PAGE), "Content-Encoding: gzip"),
    "brotli": (brotli.compress(PAGE), "Content-Encoding: br"),
    "deflate": (zlib.compress(PAGE), "content-encoding: deflate"),
    "gzip in chunks": (
        chunked(gzip.compress(PAGE)),
        "Transfer-Encoding: chunked",
        "Content-Encoding: gzip",
    ),
    "said to be gzip, and undone": (PAGE, "Content-Encoding: gzip"),
    "said to be chunked, and undone": (PAGE, "Transfer-Encoding: chunked"),
}


@pytest.mark.parametrize("form", BODIES)
def test_codings_of_a_body_are_undone_also_where_the_archive_did_it_already(tmp_path, form):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(response(1, *BODIES[form])))
    [found] = read(path)
    assert found.body == PAGE


HEADS = [
    "HTTP/2 200",
    "HTTP/1.1 200",
    "http/1.0 200 Sure",
    "HTTP/1.1 200 OK\r\nno colon here\r\n: no name\r\nX-Folded: a\r\n  b",
    "HTTP/1.1 200 OK\r\nX-Odd: caf\xe9 \xff",
    "HTTP/1.1 200 OK\nX-Unix: lines",
]


@pytest.mark.parametrize("status", HEADS)
def test_a_head_that_is_not_quite_http_is_read_all_the_same(tmp_path, status):
    path = tmp_path / "x.warc"
    path.write_bytes(record(block=http(status=status)))
    [found] = read(path)
    assert (found.status, found.body, found.content_type) == (200, PAGE, "text/html")


BROKEN = {
    "no HTTP": record(block=b"hello"),
    "no date": record(block=http(), WARC_Date="yesterday"),
    "cut gzip body": record(
        block=http(gzip.compress(PAGE)[:-20], "Content-Encoding: gzip"),
    ),
    "unknown coding": record(block=http(b"\x00\x01", "Content-Encoding: lzma")),
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_record_that_cannot_be_read_is_named_and_the_others_are_read(tmp_path, what, pack):
    path = tmp_path / "x.warc"
    before, after = pack(response(1)), pack(response(2))
    path.write_bytes(before + pack(BROKEN[what]) + after)
    assert outline(path) == ["1", len(before), "2"]
    damage = next(found for found in read(path) if isinstance(found, MalformedRecord))
    assert damage.file == "x.warc"
    assert damage.error


DAMAGE = {
    "flipped bytes": lambda packed: (
        packed[:40] + bytes(b ^ 0xFF for b in packed[40:60]) + packed[60:]
    ),
    "cut": lambda packed: packed[: len(packed) // 2],
    "noise": lambda _: b"\x1f\x8b\x08" + b"noise " * 40,
    "zeros": lambda packed: bytes(len(packed)),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_between_gzip_members_costs_only_what_it_touched(tmp_path, how):
    path = tmp_path / "x.warc.gz"
    before, after = gzip.compress(response(1)), gzip.compress(response(3))
    path.write_bytes(before + DAMAGE[how](gzip.compress(response(2))) + after)
    assert outline(path) == ["1", len(before), "3"]


@pytest.mark.parametrize("length", ["12", "nonsense", None])
def test_a_wrong_length_costs_its_record_only(tmp_path, length):
    path = tmp_path / "x.warc"
    before = response(1)
    wrong = record(block=http(), url="https://e.am/2", Content_Length=length)
    path.write_bytes(before + wrong + response(3))
    found = outline(path)
    assert (found[0], found[-1]) == ("1", "3")
    assert any(isinstance(offset, int) for offset in found)


@pytest.mark.parametrize("form", STORED)
def test_a_file_that_is_cut_gives_what_it_has_and_names_the_end(tmp_path, form):
    path = tmp_path / "x.warc"
    path.write_bytes(STORED[form][:-20])
    found = outline(path)
    assert found[: len(KINDS) - 1] == KINDS[:-1]
    assert isinstance(found[-1], int)


@pytest.mark.parametrize("body", [b"", b"hello", b"PK\x03\x04" + bytes(100), b"\x1f\x8b\x08xx"])
def test_what_is_no_archive_is_damage_from_its_beginning(tmp_path, body):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(body)
    assert outline(path) == ([0] if body else [])


def test_an_archive_of_others_is_linked_and_never_written_to(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "x.warc.gz").write_bytes(gzip.compress(response(1)))
    folder = tmp_path / "warc"
    warc.adopt(folder, theirs / "x.warc.gz")
    warc.adopt(folder, theirs / "x.warc.gz")
    assert warc.replay(folder, "x.warc.gz:0").url == "https://e.am/1"
    assert not warc.erase(folder, "x.warc.gz:0")


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("flags", [[], ["--no-warc-compression"], ["--compression=gzip"]])
def test_what_wget_archives_is_read(tmp_path, flags):
    with saved_site.serving({"/page/1": PAGE, "/page/2": PAGE + b"<p>two</p>"}) as base:
        addresses = [f"{base}/page/1", f"{base}/page/2", f"{base}/none"]
        command = ["wget", "-q", "--warc-file=x", *flags, *addresses]
        subprocess.run(command, cwd=tmp_path, check=False)
    [path] = [*tmp_path.glob("x.warc"), *tmp_path.glob("x.warc.gz")]
    found = {one.url: one for one in read(path) if isinstance(one, Archived)}
    assert [(url, one.status) for url, one in found.items()] == [
        (addresses[0], 200),
        (addresses[1], 200),
        (addresses[2], 404),
    ]
    assert found[addresses[0]].body == PAGE
    assert not any(isinstance(one, MalformedRecord) for one in read(path))
