"""Charts and their numbers as files, made offline."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

# What a spreadsheet takes for a formula, the full-width forms included.
FORMULA_STARTS = frozenset("=+-@|%＝＋－＠")


@dataclass(frozen=True, slots=True)
class Note:
    """What must stand beside a number: where it is from, of what, how sure."""

    title: str
    snapshot: str
    vocabulary: str
    denominator: str
    interval: str
    filters: str
    sql: str

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
    for line in (*note.lines(), f"sql: {' '.join(note.sql.split())}"):
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


def as_png(chart: alt.TopLevelMixin, note: Note) -> bytes:
    """Give a chart with its note as a PNG, at twice the size of the screen."""
    import vl_convert  # heavy, and needed on a click only

    return bytes(vl_convert.vegalite_to_png(_titled(chart, note), scale=2, allowed_base_urls=[]))


def as_svg(chart: alt.TopLevelMixin, note: Note) -> bytes:
    """Give a chart with its note as an SVG."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_titled(chart, note), allowed_base_urls=[])).encode()


def _titled(chart: Any, note: Note) -> dict[str, Any]:
    title = alt.TitleParams(
        note.title,
        subtitle=list(note.lines()[1:]),
        anchor="start",
        fontSize=15,
        subtitleFontSize=10,
    )
    return dict(chart.properties(title=title, width=760).configure(background="#ffffff").to_dict())
