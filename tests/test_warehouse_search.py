"""Search: words in any inflection and spelling, in seven languages, ranked."""

import pytest
from warehouse_cases import a_source, alone, an_article, an_item, answers, begin

from flows.model import Batch


@pytest.fixture
def source():
    return a_source()


def load_texts(store, source, texts):
    items = [an_item(source, f"https://alpha.example/{n}") for n in range(len(texts))]
    articles = [an_article(item, text) for item, text in zip(items, texts, strict=True)]
    with store.writing() as writer:
        begin(writer, source)
        writer.load("run1", Batch(items=tuple(items), articles=tuple(articles)), alone(*articles))
    return [article.article.article_id for article in articles]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("corridors", "The corridor is open."),
        ("Ermenistan", "Bu gün Ermənistanın baş naziri danışdı."),
        ("ermənistanla", "ERMƏNİSTANDA seçki keçirilir."),
        ("Россия", "Об этом сообщили в России."),
        ("мирного договора", "Мирный договор подписан."),
        ("Հայաստան", "Լուրեր Հայաստանից։"),
        ("Երևան", "Երեւանում անձրեւ է։"),
        ("საქართველო", "არჩევნები საქართველოში"),
        ("ايران", "خبرهای ایران"),
        ("Türkiye", "TURKIYE'nin açıklaması"),
        ("un", "The UN said so."),
    ],
)
def test_a_word_is_found_in_any_inflection_and_spelling(store, source, words, text):
    ids = load_texts(store, source, [text, "Something else entirely."])
    assert answers(store, f"SELECT article_id FROM search('{words}')") == [(ids[0],)]


def test_short_words_do_not_match_longer_ones(store, source):
    load_texts(store, source, ["The unity of the union."])
    assert answers(store, "FROM search('un')") == []


def test_all_words_must_occur_and_the_denser_text_comes_first(store, source):
    ids = load_texts(
        store,
        source,
        [
            "Peace treaty.",
            "Peace without anything signed.",
            "A very long text about weather and harvests in which peace and a treaty are named.",
        ],
    )
    assert answers(store, "SELECT article_id FROM search('treaty peace')") == [(ids[0],), (ids[2],)]


def test_a_changed_article_is_found_by_its_new_words_only(store, source):
    load_texts(store, source, ["Old wording about tariffs."])
    load_texts(store, source, ["New wording about customs."])
    assert answers(store, "FROM search('tariffs')") == []
    assert len(answers(store, "FROM search('customs')")) == 1
