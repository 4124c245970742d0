"""Search: words with their endings and in any spelling, in seven languages, ranked."""

import pytest
from warehouse_cases import NOON, a_source, alone, an_article, an_item, answers, begin

from flows.model import Batch
from warehouse import reader
from warehouse.loading import search
from warehouse.publish import publish
from warehouse.store import Store


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


TEXTS = {
    "corridors": "The corridor is open.",
    "Özbekistan": "Bu gün Özbəkistanın baş naziri danışdı.",
    "ermənistanla": "ERMƏNİSTANDA seçki keçirilir.",
    "Россия": "Об этом сообщили в России.",
    "мирного договора": "Мирный договор подписан.",
    "Հայաստան": "Լուրեր Հայաստանից։",
    "Ֆրանսիա": "Լուրեր Ֆրանսիայից։",
    "Երևան": "Երեւանում անձրեւ է։",
    "საქართველო": "არჩევნები საქართველოში",
    "ايران": "خبرهای ایران",
    "Türkiye": "TURKIYE'nin açıklaması",
    "un": "The UN said so.",
}
LONGER = "The unity of the union."


@pytest.fixture(scope="module", params=[search.SEAL, 1], ids=["recent", "sealed"])
def library(tmp_path_factory, request):
    """Give a snapshot of all texts together, their words as a few are kept and as many are."""
    store = Store(tmp_path_factory.mktemp("library") / "araxes.duckdb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "SEAL", request.param)
        load_texts(store, a_source(), [*TEXTS.values(), LONGER])
        publish(store.path)
    with reader.connect(store.path) as connection:
        yield connection


def texts_with(library, words):
    found = "SELECT text FROM articles WHERE article_id IN (SELECT article_id FROM search(?))"
    return [text for (text,) in library.execute(found, [words]).fetchall()]


@pytest.mark.parametrize("words", TEXTS)
def test_a_word_is_found_with_its_endings_and_in_any_spelling(library, words):
    assert texts_with(library, words) == [TEXTS[words]]


def test_short_words_do_not_match_longer_ones(library):
    assert texts_with(library, "union") == [LONGER]
    assert LONGER not in texts_with(library, "un")


SENTENCES = (
    "The treaty was signed by the army.",
    "Two treaties were studied.",
    "A study of police work.",
    "New policies for the market.",
    "Marks of an arm.",
    "Spies went home.",
    "Bakü'de toplantı oldu.",
    "Bakünün havası soğuk.",
    "Armenia’s border is open.",
    "O'Brien spoke.",
    "Կամուրջ կառուցվեց։",
    "Կամրջի վրա կանգնեցին։",
    "Պայմանագիրը ստորագրվեց։",
    "Պայմանագրերի տեքստը։",
    "Երկիր մոլորակ։",
    "Երկրների միջեւ։",
    "Խորհուրդ տվեց։",
    "Խորհրդում ասացին։",
    "Այդ մասին խոսեցին։",
    "Գրքի մաս։",
    "Նավը լողաց։",
    "Նավերով եկան։",
    "ხიდი ააშენეს.",
    "ხიდზე დგანან.",
    "დერეფანი გაიხსნა.",
    "დერეფნის შესახებ.",
    "ქვეყანა დიდია.",
    "ქვეყნებში წავიდნენ.",
    "სახელი დაარქვეს.",
    "სახლის კარი.",
    "თქვა, რომ წავა.",
    "რომში ჩავიდა.",
    "რომელიც მოვიდა.",
    "پیمان صلح",
    "این پیمان‌ها تازه‌اند",
    "مرز بسته است",
    "از مرزها گذشتند",
    "مرزبان آمد",
    "No war.",
    "Wars and new borders.",
    "News of yesterday.",
    "Мир наступит.",
    "К миру через границу.",
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("shelf") / "araxes.duckdb")
    load_texts(store, a_source(), SENTENCES)
    publish(store.path)
    with reader.connect(store.path) as connection:
        yield connection


def begun(shelf, words):
    return sorted(texts_with(shelf, words))


def begun_so(beginnings):
    return sorted(text for text in SENTENCES if text.startswith(beginnings))


def same(*asked, beginnings):
    return [(words, beginnings) for words in asked]


@pytest.mark.parametrize(
    ("words", "beginnings"),
    [
        *same("treaty", "treaties", "Treaty's", beginnings=("The treaty", "Two treaties")),
        *same("study", "studies", "studied", beginnings=("A study", "Two treaties")),
        ("war", ("No war", "Wars")),
        *same("мир", "мира", "миром", beginnings=("Мир", "К миру")),
        *same("spy", "spies", beginnings=("Spies",)),
        *same("կամուրջ", "կամրջի", "կամուրջները", beginnings=("Կամուրջ", "Կամրջի")),
        *same("պայմանագիր", "պայմանագրից", beginnings=("Պայմանագիրը", "Պայմանագրերի")),
        *same("երկիր", "երկրի", "երկրներում", beginnings=("Երկիր", "Երկրների")),
        *same("խորհուրդը", "խորհրդի", beginnings=("Խորհուրդ", "Խորհրդում")),
        *same("նավ", "նավերը", "նավում", beginnings=("Նավը", "Նավերով")),
        *same("ხიდი", "ხიდიდან", "ხიდების", beginnings=("ხიდი", "ხიდზე")),
        *same("დერეფანი", "დერეფნის", "დერეფანში", beginnings=("დერეფანი", "დერეფნის")),
        *same("ქვეყანა", "ქვეყნის", "ქვეყანაში", beginnings=("ქვეყანა", "ქვეყნებში")),
        *same("مرز", "مرزها", "مرزهای", beginnings=("مرز بسته", "از مرزها")),
    ],
)
def test_a_word_is_found_as_its_stem_turns_and_though_it_is_short(shelf, words, beginnings):
    assert begun(shelf, words) == begun_so(beginnings)


@pytest.mark.parametrize(
    ("words", "beginnings"),
    [
        *same("army", "armies", beginnings=("The treaty",)),
        ("arm", ("Marks",)),
        *same("policy", "policies", "market", beginnings=("New policies",)),
        ("police", ("A study",)),
        ("news", ("News",)),
        ("marks", ("Marks",)),
        ("մաս", ("Գրքի",)),  # a part, not about
        ("სახელი", ("სახელი",)),  # a name
        ("სახლი", ("სახლის",)),  # a house
        ("რომი", ("რომში",)),  # Rome, not "that" or "which"
        ("مرزبان", ("مرزبان",)),
    ],
)
def test_a_word_that_only_looks_alike_is_not_found(shelf, words, beginnings):
    assert begun(shelf, words) == begun_so(beginnings)


@pytest.mark.parametrize(
    ("words", "beginnings"),
    [
        *same("Bakü", "Bakü'de", "Bakü’nün", "Baküʼye", beginnings=("Bakü'de", "Bakünün")),
        *same("Armenia's", "‘Armenia’", "'Armenia' border", beginnings=("Armenia’s",)),
        *same("O'Brien", "O'Brien's", beginnings=("O'Brien",)),
        ("O'Neill", ()),
        *same("پیمان", "پیمان‌ها", "پیمان‌های", beginnings=("پیمان", "این")),
        ("پیمان‌های، صلح", ("پیمان",)),
        ("تازه‌ترین", ("این",)),
        ("می‌مرز", ()),
    ],
)
def test_what_an_apostrophe_or_joiner_adds_to_a_word_is_not_asked_for(shelf, words, beginnings):
    assert begun(shelf, words) == begun_so(beginnings)


def test_all_hits_can_be_joined_and_filtered(store, source):
    ids = load_texts(store, source, [f"Peace treaty number {n}." for n in range(201)])
    publish(store.path)
    assert answers(store, "SELECT count(*) FROM search('treaties')") == [(200,)]
    counted = """
        SELECT day, count(*) FROM search_hits('treaties') JOIN articles USING (article_id)
        WHERE language = 'en' GROUP BY day"""
    assert [count for _, count in answers(store, counted)] == [len(ids)]


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


def test_words_are_found_before_and_after_many_are_sealed(store, source, monkeypatch):
    texts = [f"Peace treaty number {n}." for n in range(3)]
    told = []
    for seal in (search.SEAL, 9, 1):  # kept as they come, sealed together, sealed at once
        monkeypatch.setattr(search, "SEAL", seal)
        texts.append(f"Peace treaty number {len(texts)}.")
        load_texts(store, source, texts)
        publish(store.path)
        told.append(answers(store, "SELECT count(*), count(DISTINCT score) FROM search('treaty')"))
        assert answers(store, "SELECT text FROM search('3') JOIN articles USING (article_id)") == [
            ("Peace treaty number 3.",)
        ]
    assert told == [[(4, 1)], [(5, 1)], [(6, 1)]]
    assert answers(store, "SELECT count(*) FROM postings_recent") == [(0,)]


def test_what_is_forgotten_leaves_the_sealed_words_of_others(store, source, monkeypatch):
    monkeypatch.setattr(search, "SEAL", 1)
    ids = load_texts(store, source, ["Peace treaty signed.", "Treaty of tariffs."])
    publish(store.path)
    with store.writing() as writer:
        writer.forget(frozenset(ids[:1]), NOON, "asked")
    publish(store.path)
    assert answers(store, "SELECT article_id FROM search('treaty')") == [(ids[1],)]
    kept = "SELECT word FROM search_words JOIN postings_sealed USING (term) WHERE document = 2"
    words = [word for (word,) in answers(store, f"{kept} ORDER BY word")]
    assert words == ["a", "of", "tariffs", "title", "treaty"]
    assert answers(store, "SELECT word FROM search_words WHERE word IN ('peace', 'signed')") == []


def test_a_changed_article_is_found_by_its_new_words_only(store, source):
    load_texts(store, source, ["Old wording about tariffs."])
    load_texts(store, source, ["New wording about customs."])
    assert answers(store, "FROM search('tariffs')") == []
    assert len(answers(store, "FROM search('customs')")) == 1
