import pytest
from tag_cases import tag, topics


@pytest.mark.parametrize(
    ("language", "title", "text", "wanted"),
    [
        ("en", "Text of the peace treaty agreed", "Armenia and Azerbaijan agreed.", "peace.treaty"),
        ("ru", "Миротворцы покинули Карабах", "Азербайджан и Россия.", "mission.peacekeeping"),
        ("az", "Ordumuzun mövqeləri atəşə tutulub", "Ermənistan inkar edib.", "war.clash"),
        ("tr", "Zengezur Koridoru açılıyor", "Ermenistan karşı çıkıyor.", "corridor.zangezur"),
        ("hy", "Սահմանազատման հանձնաժողովը հանդիպեց", "Հայաստան, Ադրբեջան։", "peace.border"),
        ("ka", "სანქციები ქართველი მინისტრების წინააღმდეგ", "საქართველო.", "econ.sanctions"),
        ("fa", "رزمایش در مرز ارس", "ایران و جمهوری آذربایجان.", "military.exercise"),
    ],
)
def test_a_headline_word_gives_the_topic(language, title, text, wanted):
    assert wanted in topics(text, language, title)


def test_evidence_is_the_words_that_stand_in_the_text():
    said = tag("Landmine kills two; the minefield maps of Yerevan were inaccurate, Baku says.")
    mines = next(one for one in said.topics if one.topic_id == "human.mines")
    assert set(mines.evidence) == {"Landmine", "minefield"}
    assert 0 <= mines.score <= 1


def test_a_word_cancelled_near_by_is_no_evidence():
    assert "corridor.zangezur" not in topics(
        "The Zangezur Copper mine in Armenia held an election."
    )
    assert "war.ceasefire" not in topics("Baku reported a ceasefire violation by Armenia.")


def test_one_word_in_a_long_text_is_not_its_topic():
    filler = "Armenia and Azerbaijan spoke about many things. " * 200
    assert "human.mines" not in topics(filler + "A landmine was found.")


def test_topics_are_given_to_relevant_articles_only():
    said = tag("Ukraine and Russia discussed a ceasefire and prisoners of war in Istanbul.")
    assert not said.relevant
    assert said.topics == ()
