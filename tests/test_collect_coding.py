"""Content codings are undone under a cap, and a cut stream is never taken for a whole one."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.collect import coding


def raw_deflate(body):
    squeezer = zlib.compressobj(wbits=-15)
    return squeezer.compress(body) + squeezer.flush()


MAKERS = {
    "gzip": [gzip.compress],
    "x-gzip": [gzip.compress],
    "deflate": [zlib.compress, raw_deflate],
    "br": [lambda body: brotli.compress(body, quality=4)],
    "zstd": [zstandard.compress],
}
PAIRS = [(name, maker) for name, makers in MAKERS.items() for maker in makers]
TEXT = b"<rss>" + bytes(range(32, 127)) * 40 + b"</rss>"


@pytest.mark.parametrize(("name", "maker"), PAIRS)
@settings(deadline=None)
@given(body=st.binary(max_size=3000))
def test_every_coding_gives_back_what_went_in(name, maker, body):
    if name.endswith("gzip") and not body:
        return
    assert coding.decode(maker(body), name, 10_000) == body


@pytest.mark.parametrize(("name", "maker"), PAIRS)
def test_a_cut_body_is_broken_wherever_it_is_cut(name, maker):
    packed = maker(TEXT)
    for end in range(12, len(packed)):
        with pytest.raises(coding.Broken):
            coding.decode(packed[:end], name, 1_000_000)


@pytest.mark.parametrize(("name", "maker"), PAIRS)
def test_a_bomb_goes_no_further_than_the_cap(name, maker):
    with pytest.raises(coding.OverCap):
        coding.decode(maker(b"A" * 20_000_000), name, 100_000)


@pytest.mark.parametrize("maker", [gzip.compress, zstandard.compress])
def test_all_members_of_a_body_are_read(maker):
    name = "gzip" if maker is gzip.compress else "zstd"
    assert coding.decode(maker(b"one ") + maker(b"two"), name, 100) == b"one two"


def test_two_stacked_codings_are_undone_in_order_and_more_are_refused():
    assert coding.decode(gzip.compress(brotli.compress(TEXT)), "br, gzip", 100_000) == TEXT
    with pytest.raises(coding.Broken):
        coding.decode(TEXT, "gzip, gzip, gzip", 100_000)


def test_a_stacked_bomb_goes_no_further_than_the_cap():
    bomb = gzip.compress(gzip.compress(b"A" * 20_000_000))
    with pytest.raises(coding.OverCap):
        coding.decode(bomb, "gzip, gzip", 1_000_000)


def test_unknown_codings_are_broken_and_a_text_that_claims_gzip_is_a_text():
    with pytest.raises(coding.Broken):
        coding.decode(b"x", "lzma", 100)
    assert coding.decode(TEXT, "gzip", 100_000) == TEXT
    assert coding.decode(TEXT, "identity", 100_000) == TEXT
