import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from flows.extract.text import clean, count_words, one_line


def test_invisible_and_control_characters_go_and_words_stay():
    assert clean("Pres\u200bi\u200cd\u200dent vi\u2060sits\ufeff") == "President visits"
    assert clean("Minister\u202e gnp.exe\u202c speaks") == "Minister gnp.exe speaks"
    assert clean("\x1b]0;pwn\x07title a\x00b \ud800c \uffffd") == "]0;pwntitle ab c d"


def test_persian_non_joiner_and_emoji_joiner_survive():
    assert clean("می\u200cشود") == "می\u200cشود"
    assert clean("می\u200c\u200cشود") == "می\u200cشود"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clean(family) == family


def test_georgian_capitals_and_both_armenian_orthographies_are_left_as_written():
    for text in ("ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "Հայաստանի Հանրապետութեան վարչապետը", "և եւ", "Гарабағ мәсәләси ҹ"):
        assert clean(text) == unicodedata.normalize("NFC", text)


def test_line_ends_become_one_kind_and_paragraphs_stay_apart():
    assert clean("one \r\n two\u2028three\n\n\n\nfour\x85five") == "one\ntwo\nthree\n\nfour\nfive"
    assert one_line(" a\n b\tc ") == "a b c"


def test_stacked_marks_are_cut():
    assert len(clean("Z" + "\u0336" * 50)) == 5


@given(st.text())
def test_cleaning_twice_changes_nothing_and_gives_valid_nfc(text):
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in once if char != "\n")


def test_words_are_counted_as_a_reader_counts_them():
    assert count_words("Azerbaijan's well-known border, 2026.") == 4
    assert count_words("این می\u200cشود") == 2
    assert count_words("停戦合意") == 4
    assert count_words("— … !") == 0
