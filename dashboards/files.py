"""Charts and their numbers as files, made offline; each carries the receipt of its numbers."""

import csv
import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts import Spec

# What a spreadsheet takes for a formula, the full-width forms included.
FORMULA_STARTS = frozenset("=+-@|%＝＋－＠")
PNG_HEADER = 33  # the signature and the first chunk, after which others may come
KEYWORD = b"Source"  # of a PNG's text, one of those that PNG (third edition, 11.3.3) names
TITLE = {"anchor": "start", "fontSize": 15, "subtitleFontSize": 10}


@dataclass(frozen=True, slots=True)
class Note:
    """What must stand beside a number: where it is from, of what, how sure.

    `receipt` is a line that `araxes cite` replays, from the file as well as by itself.
    """

    title: str
    snapshot: str
    vocabulary: str
    denominator: str
    interval: str
    filters: str
    receipt: str

    def lines(self) -> tuple[str, ...]:
        """Give the note as lines of text."""
        return (
            self.title,
            f"source: Araxes snapshot {self.snapshot}, vocabulary {self.vocabulary}",
            f"filters: {self.filters}",
            f"denominator: {self.denominator}",
            f"interval: {self.interval}",
        )


def as_csv(header: Sequence[str], rows: Sequence[Sequence[object]], note: Note) -> bytes:
    """Give a table as CSV (RFC 4180), its note in comment lines before it.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    for line in (*note.lines(), f"receipt: {note.receipt}"):
        out.write(f"# {' '.join(line.split())}\r\n")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # the mark by which Excel knows UTF-8


def harmless(cell: object) -> object:
    """Give a cell that no spreadsheet runs."""
    if not isinstance(cell, str):
        return cell
    bare = cell.lstrip()
    risky = bare[:1] in FORMULA_STARTS or cell[:1] in "\t\r\n"
    return f"'{cell}" if bare and risky else cell


def as_png(chart: Spec, note: Note) -> bytes:
    """Give a chart with its note as a PNG, at twice the size of the screen."""
    import vl_convert  # heavy, and needed on a click only

    drawn = bytes(vl_convert.vegalite_to_png(_titled(chart, note), scale=2, allowed_base_urls=[]))
    return drawn[:PNG_HEADER] + _text_chunk(note.receipt) + drawn[PNG_HEADER:]


def _text_chunk(text: str) -> bytes:
    """Give text as PNG keeps it: length, type, keyword and words, checksum."""
    # the line ends, so that nobody takes the checksum after it for more of it
    body = b"tEXt" + KEYWORD + b"\0" + text.encode("latin-1") + b"\n"
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def as_svg(chart: Spec, note: Note) -> bytes:
    """Give a chart with its note as an SVG."""
    import vl_convert

    drawn = str(vl_convert.vegalite_to_svg(_titled(chart, note), allowed_base_urls=[]))
    start = drawn.index(">", drawn.index("<svg")) + 1
    return f"{drawn[:start]}<metadata>{note.receipt}</metadata>{drawn[start:]}".encode()


def _titled(chart: Spec, note: Note) -> Spec:
    said = [*note.lines()[1:], "receipt: inside this file; `araxes cite FILE` replays it"]
    title = {"text": note.title, "subtitle": said, **TITLE}
    return {**chart, "title": title, "width": 760, "config": {"background": "#ffffff"}}
