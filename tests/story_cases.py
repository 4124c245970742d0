"""Made-up events in the region's languages for the tests of stories."""

from dataclasses import replace
from datetime import timedelta

from warehouse_cases import NOON, a_source, alone, an_article, an_item, begin

from flows.dedup import stories
from flows.model import Batch, Language, StoryMarks, Tags

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
SOURCE = a_source()
NO_TAGS = Tags(1.0, relevant=True, reason="test")


def report(key, language, *, hours=0.0, text="", marks=None):
    """An article by its key, with the marks of its text or given ones."""
    at = NOON + timedelta(hours=hours)
    made = an_article(an_item(SOURCE, f"https://alpha.example/{key}", at), text or key)
    return replace(
        made,
        article=replace(made.article, language=Language(language, 1.0, "test")),
        story=marks or stories.marks("", text, NO_TAGS, at),
    )


def told(texts, hours=1.0):
    """Each event in its languages, an hour after one another."""
    return {
        f"{event}-{language}": report(
            f"{event}-{language}", language, hours=place * hours, text=text
        )
        for event, by_language in texts.items()
        for place, (language, text) in enumerate(by_language.items())
    }


def id_of(tagged):
    return tagged.article.article_id


def load(store, *articles, links=None, run="run1"):
    """Load articles as one batch of a run."""
    with store.writing() as writer:
        begin(writer, SOURCE, run=run)
        return writer.load(run, Batch(articles=articles), links or alone(*articles))


def stored(store):
    """Give the stories as stored: article id to story id and score."""
    with store.writing() as writer:
        while writer.catch_up():
            pass
        rows = writer._connection.execute("FROM stories").fetchall()
    return {article_id: (story_id, score) for article_id, story_id, score in rows}


def groups(store, articles):
    """Give the stories as sets of the articles' keys."""
    keys = {id_of(tagged): key for key, tagged in articles.items()}
    found = {}
    for article_id, (story_id, _) in stored(store).items():
        found.setdefault(story_id, set()).add(keys[article_id])
    return {frozenset(group) for group in found.values()}


def vector(**features):
    """Marks by hand: features with their shares of the vector."""
    length = sum(value * value for value in features.values()) ** 0.5
    rows = sorted(
        (int.from_bytes(name.encode()), round(stories.UNIT * value / length))
        for name, value in features.items()
    )
    return StoryMarks(tuple(row[0] for row in rows), tuple(row[1] for row in rows))
