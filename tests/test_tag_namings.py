from tag_cases import tag

from flows.model import Naming


def once(place: str, variant: str, *, quoted: bool) -> Naming:
    return Naming(place, variant, quoted, mentions=1)


def test_each_name_of_a_place_is_a_row_of_its_own():
    said = tag("Artsakh's capital Stepanakert, which Baku calls Khankendi, lies in Karabakh.")
    assert said.namings == (
        once("karabakh", "Artsakh", quoted=False),
        once("karabakh", "Karabakh", quoted=False),
        once("stepanakert", "Khankendi", quoted=False),
        once("stepanakert", "Stepanakert", quoted=False),
    )


def test_the_same_variant_has_one_name_in_every_language():
    for language, text in [
        ("ru", "в Степанакерте"),
        ("hy", "Ստեփանակերտում"),
        ("ka", "სტეფანაკერტში"),
        ("fa", "استپاناکرت"),
    ]:
        (naming,) = tag(text, language).namings
        assert naming.variant == "Stepanakert"


def test_a_name_inside_quotation_marks_is_not_the_sources_own():
    said = tag("The ministry wrote: “Artsakh will live”. Karabakh is quiet.")
    assert once("karabakh", "Artsakh", quoted=True) in said.namings
    assert once("karabakh", "Karabakh", quoted=False) in said.namings


def test_quotation_marks_of_every_language_count():
    for language, text in [
        ("ru", "«Арцах» назван"), ("tr", "'Zengezur Koridoru' denildi"), ("ka", "„არცახი“ თქვა"),
        ("az", '"Zəngəzur dəhlizi" deyilir'), ("fa", "«کریدور زنگزور» گفت"),
    ]:  # fmt: skip
        assert [one.quoted for one in tag(text, language).namings] == [True]


def test_a_quotation_left_open_quotes_nothing():
    said = tag("He said “ and then. " + "Words follow. " * 120 + "Artsakh")
    assert [one.quoted for one in said.namings] == [False]


def test_the_longest_name_counts_once():
    assert [one.variant for one in tag("Nagorno-Karabakh").namings] == ["Nagorno-Karabakh"]
    assert [one.variant for one in tag("The Zangezur corridor").namings] == ["Zangezur corridor"]


def test_a_document_named_after_a_place_is_not_the_place():
    assert tag("The Shusha Declaration").namings == ()
