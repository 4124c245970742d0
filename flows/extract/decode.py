"""Bytes of a page to text, by the rules browsers follow."""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 4096  # bytes; HTML asks for 1024, real pages put scripts first
_DETECT_WITHIN = 1 << 16

# The labels of the WHATWG Encoding Standard that occur in the wild, by the Python codec.
# A codec that is not here is never used: UTF-7 turns harmless bytes into markup.
_CODECS = {
    "utf-8": "utf-8", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "windows-1252": "cp1252", "cp1252": "cp1252",
    "windows-1251": "cp1251", "cp1251": "cp1251", "win-1251": "cp1251", "x-cp1251": "cp1251",
    "koi8-r": "koi8-r", "koi8": "koi8-r", "koi8-u": "koi8-u", "ibm866": "cp866", "cp866": "cp866",
    "iso-8859-5": "iso8859-5", "x-mac-cyrillic": "mac-cyrillic", "maccyrillic": "mac-cyrillic",
    "windows-1254": "cp1254", "cp1254": "cp1254", "iso-8859-9": "cp1254", "latin5": "cp1254",
    "windows-1256": "cp1256", "cp1256": "cp1256", "iso-8859-6": "iso8859-6",
    "windows-1250": "cp1250", "cp1250": "cp1250", "iso-8859-2": "iso8859-2", "latin2": "iso8859-2",
    "windows-1253": "cp1253", "iso-8859-7": "iso8859-7", "windows-1255": "cp1255",
    "iso-8859-8": "iso8859-8", "windows-1257": "cp1257", "iso-8859-13": "iso8859-13",
    "iso-8859-4": "iso8859-4", "iso-8859-3": "iso8859-3", "iso-8859-10": "iso8859-10",
    "iso-8859-15": "iso8859-15", "iso-8859-16": "iso8859-16", "macintosh": "mac-roman",
    "windows-874": "cp874", "tis-620": "cp874", "windows-1258": "cp1258",
    "shift_jis": "cp932", "shift-jis": "cp932", "windows-31j": "cp932", "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022-jp", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs",
    "utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip


def decode(body: bytes, content_type: str = "") -> str:
    """Give a page's text; never fails, and never decodes as UTF-7.

    In order: byte order mark; valid UTF-8 (with a foot of bad bytes replaced, when nearly all
    of it is valid); the header's charset; the page's own; detection (WHATWG Encoding, 4.2).

    Args:
        body: the bytes, with any content coding already undone.
        content_type: the value of the Content-Type header, or nothing.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = _declared(body, content_type)
    if declared.startswith("utf-16") and b"\0" in body[:200]:
        return body.decode(declared, "replace")
    text = _as_utf8(body)
    return text if text is not None else _as_legacy(body, declared)


def _declared(body: bytes, content_type: str) -> str:
    header = _HEADER.search(content_type)
    label = header.group(1) if header else ""
    if label.lower() not in _CODECS:
        meta = _META.search(body[:_META_WITHIN])
        label = meta.group(1).decode("ascii", "replace") if meta else ""
    return _CODECS.get(label.lower(), "")


def _as_utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    # a legacy page has one bad sequence per letter; a cut UTF-8 page has a few among thousands
    bad = text.count("\ufffd")
    letters = sum(1 for byte in body if byte >= 0xC2)
    return text if letters > 50 * bad else None


def _as_legacy(body: bytes, declared: str) -> str:
    if declared and declared != "utf-8":
        text = body.decode(declared, "replace")
        if not _looks_wrong(text, declared):
            return text
    detected = _CODECS.get((detect_encoding(body, _DETECT_WITHIN) or "").lower(), "")
    if detected in {"", "utf-8"}:
        detected = "cp1252"
    return body.decode(detected, "replace")


def _looks_wrong(text: str, codec: str) -> bool:
    # "latin1" is what servers say by default: Cyrillic read so is a run of accented capitals
    if text.count("\ufffd") > len(text) // 200:
        return True
    if codec != "cp1252":
        return False
    accented = sum(1 for char in text if "\xc0" <= char <= "\xff")
    latin = sum(1 for char in text if "a" <= char <= "z")
    return accented > 0.5 * latin or _accented_runs(text) > 20


def _accented_runs(text: str) -> int:
    return len(re.findall("[\xc0-\xff]{4,}", text))
