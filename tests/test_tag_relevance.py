import pytest
from tag_cases import tag


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Azerbaijan and Armenia exchanged fire at the border, both defence ministries said.",
        ),
        ("en", "Protesters rallied in Tbilisi against Georgian Dream's foreign agent bill."),
        ("ru", "В Абхазии прошёл митинг против соглашения с Россией."),
        ("hy", "Հայաստանը և Ադրբեջանը բանակցություններ են վարում խաղաղության պայմանագրի շուրջ։"),
        ("ka", "თბილისში საპროტესტო აქცია გაიმართა, მთავრობა რეპრესიებს აგრძელებს."),
    ],
)
def test_security_and_contested_politics_of_the_region_are_relevant(language, text):
    assert tag(text, language).relevant


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Ukraine downed fifty Russian drones overnight; the Kremlin rejects a truce."),
        ("en", "Georgia Republicans lost the runoff in Atlanta and Savannah."),
        (
            "en",
            "Armenian chefs opened a restaurant; the recipe for lavash is on the festival menu.",
        ),
        ("az", "Bakıda futbol matçı: klub oyunu uduzdu, məşqçi oyunçulardan narazıdır."),
        ("tr", "Gürcü futbolcu takıma katıldı, maçta iki gol attı."),
        ("fa", "باران و برف در آذربایجان شرقی؛ هواشناسی هشدار داد."),
        ("en", ""),
    ],
)
def test_other_news_is_not(language, text):
    assert not tag(text, language).relevant


def test_relevance_says_why():
    said = tag("Armenia and Azerbaijan initialled the peace treaty.")
    assert said.reason.startswith("aze, arm") or said.reason.startswith("arm, aze")
    assert "peace.treaty" in said.reason
    assert 0.5 <= said.relevance <= 1


def test_a_topic_of_the_region_makes_an_article_relevant_whoever_it_names():
    text = "Iran opposes any change of borders and rejects the Zangezur corridor."
    said = tag(text, title="Tehran warns of the Zangezur corridor")
    assert said.relevant
    assert said.reason.startswith("nobody of the region, yet corridor.zangezur")
