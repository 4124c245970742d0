"""One event in several languages is one story; two events are two."""

import random
from datetime import timedelta

import pytest
from dedup_cases import DAWN

from flows.dedup import stories
from flows.dedup.sound import skeleton

FIRE = {
    "en": "A warehouse burned in Kutaisi on Sunday. Governor Zviad Lomtadze said 34 trucks were "
    "lost and 1,250 tonnes of grain. The firm Samtredia of Malkhaz Dolidze was insured.",
    "ru": "В воскресенье в Кутаиси сгорел склад. Губернатор Звиад Ломтадзе сказал, что потеряны 34 "
    "машины и 1250 тонн зерна. Фирма Самтредия, которой владеет Малхаз Долидзе, застрахована.",
    "ka": "კვირას ქუთაისში საწყობი დაიწვა. გუბერნატორმა ზვიად ლომთაძემ თქვა, რომ დაიკარგა 34 "
    "მანქანა და 1250 ტონა მარცვალი. ფირმა სამტრედია, მალხაზ დოლიძის, დაზღვეული იყო.",
    "tr": "Pazar günü Kutaisi şehrinde depo yandı. Vali Zviad Lomtadze 34 kamyonun ve 1.250 ton "
    "tahılın yandığını söyledi. Malkhaz Dolidze yönetimindeki Samtredia şirketi sigortalıydı.",
}
MATCH = {
    "en": "The team of Baku won in Ganja on Sunday, coach Rashad Mirzayev said after 73 minutes of "
    "play. Striker Elnur Guliyev scored for Karvan before 4,800 people at the Yashar stadium.",
    "ru": "Команда из Баку победила в Гяндже в воскресенье, сказал тренер Рашад Мирзаев после 73 "
    "минут игры. Форвард Эльнур Гулиев забил Карвану при 4800 зрителях на стадионе Яшар.",
}  # fmt: skip


def told(texts, apart=timedelta(hours=1)):
    return [
        stories.marks(f"{key}-{language}", text, language, DAWN + place * apart)
        for key, by_language in texts.items()
        for place, (language, text) in enumerate(by_language.items())
    ]


def groups(articles):
    found = {}
    for each in stories.tell(articles):
        found.setdefault(each.story_id, set()).add(each.article_id)
    return found


@pytest.mark.parametrize(
    "spelled",
    [
        ("Kavanaugh", "Кавано", "კავანო"),
        ("Pashinyan", "Пашинян", "Փաշինյան", "ფაშინიანი", "پاشینیان", "Paşinyan"),
        ("Baku", "Баку", "ბაქო", "باکو", "Բաքու", "Bakı"),
    ],
)
def test_a_name_sounds_alike_in_every_alphabet(spelled):
    assert len({skeleton(word, 3)[:2] for word in spelled}) == 1


def test_an_event_told_in_several_languages_is_one_story():
    assert groups(told({"fire": FIRE, "match": MATCH})) == {
        "fire-en": {"fire-en", "fire-ru", "fire-ka", "fire-tr"},
        "match-en": {"match-en", "match-ru"},
    }


def test_reports_of_other_days_are_other_stories():
    assert groups(told({"fire": FIRE}, apart=timedelta(days=3))) == {}


def test_an_article_alone_is_in_no_story():
    assert groups(told({"fire": {"en": FIRE["en"]}, "match": {"ru": MATCH["ru"]}})) == {}


def test_stories_do_not_depend_on_the_order_of_articles():
    articles = told({"fire": FIRE, "match": MATCH})
    assert stories.tell(random.Random(3).sample(articles, len(articles))) == stories.tell(articles)


def test_scores_are_between_the_threshold_and_one():
    scores = [each.score for each in stories.tell(told({"fire": FIRE, "match": MATCH}))]
    assert all(stories.LIKE <= score <= 1 for score in scores)
