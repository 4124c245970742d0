import pytest

from flows.extract.decode import decode

RUSSIAN = "Переговоры о мире продолжаются в столице, сообщил представитель правительства. " * 20


@pytest.mark.parametrize("codec", ["utf-8", "cp1251", "koi8-r"])
def test_the_header_names_the_charset(codec):
    assert decode(RUSSIAN.encode(codec), f"text/html; charset={codec}") == RUSSIAN


def test_the_page_names_the_charset():
    page = f'<html><head><meta charset="windows-1251"></head>{RUSSIAN}'
    assert decode(page.encode("cp1251"), "text/html") == page


def test_valid_utf8_wins_over_a_wrong_declaration():
    assert decode(RUSSIAN.encode(), "text/html; charset=windows-1251") == RUSSIAN


def test_cyrillic_served_as_latin1_is_found_out():
    assert decode(RUSSIAN.encode("cp1251"), "text/html; charset=iso-8859-1") == RUSSIAN


def test_undeclared_latin1_is_read():
    text = "<p>El alcalde inauguró el puente en Córdoba. Añadió que está bien.</p>" * 5
    assert decode(text.encode("latin-1")) == text


def test_a_cut_character_does_not_turn_a_page_into_another_charset():
    assert decode(RUSSIAN.encode() + b"\xd0", "text/html") == RUSSIAN + "\ufffd"


def test_a_byte_order_mark_decides():
    assert decode(b"\xef\xbb\xbfabc") == "abc"
    assert decode("\ufeffԵրևան".encode("utf-16-le")) == "Երևան"


@pytest.mark.parametrize("where", ["header", "page"])
def test_utf7_is_never_used(where):
    body = b'<meta charset="utf-7">+ADw-script+AD4-' if where == "page" else b"+ADw-script+AD4-"
    kind = "text/html; charset=utf-7" if where == "header" else "text/html"
    assert "<script" not in decode(body, kind)


def test_an_unknown_charset_is_no_failure():
    assert decode(b"plain words", "text/html; charset=x-klingon") == "plain words"
