import pytest
from lxml.html import HtmlElement

from flows.extract import markup
from flows.extract.markup import Unsafe, parse, protect


def test_elements_of_every_kind_are_what_trafilatura_takes():
    tree = parse("<html><body><form><input><select></select></form><p>One</p></body></html>")
    assert tree is not None
    assert {type(element) for element in tree.iter()} == {HtmlElement}


def test_a_declared_encoding_does_not_undo_the_decoding():
    declared = '<?xml version="1.0" encoding="windows-1251"?>'
    tree = parse(f"{declared}<html><body><p>Ərəb</p><p>söz</p></body></html>")
    assert tree is not None
    assert tree.text_content() == "Ərəbsöz"


@pytest.mark.parametrize("bare", ["", "no markup at all", "{}"])
def test_what_is_no_html_gives_no_tree(bare):
    assert parse(bare) is None


def test_a_tag_of_countless_attributes_loses_them():
    tag = "<p " + " ".join(f"a{number}=1" for number in range(2000)) + ">"
    assert protect(f"<html>{tag}Words</p></html>") == "<html><p>Words</p></html>"


def test_joiners_written_as_entities_are_kept_too():
    for written in ("\u200c", "&zwnj;", "&#8204;", "&#x200C;"):
        assert markup.restore(protect(f"می{written}رود")) == "می\u200cرود"
    assert markup.restore(protect("a&zwj;b")) == "a\u200db"


def test_endless_nesting_is_refused_and_shallow_repetition_is_not():
    protect("<div></div>" * 10_000)
    with pytest.raises(Unsafe, match="nested"):
        protect("<div>" * 1000)
