"""An article is marked by what any language would tell of it; the nearest tell one story."""

from datetime import timedelta

import pytest
from dedup_cases import DAWN
from story_cases import FIRE, MATCH, NO_TAGS

from flows.dedup import stories
from flows.dedup.sound import skeleton
from flows.dedup.stories import Telling
from flows.model import ActorTag, Mention, Tags


def marks(text, tags=NO_TAGS, at=DAWN):
    return stories.marks("", text, tags, at)


def like(one, other):
    ours, theirs = (dict(zip(each.features, each.weights, strict=True)) for each in (one, other))
    return sum(weight * theirs.get(feature, 0) for feature, weight in ours.items()) / 1e8


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


@pytest.mark.parametrize("language", ["ru", "ka", "tr"])
def test_one_event_is_alike_in_all_languages_and_two_are_not(language):
    assert like(marks(FIRE["en"]), marks(FIRE[language])) > stories.LIKE
    assert like(marks(MATCH["en"]), marks(FIRE[language])) < stories.LIKE / 2


def test_marks_are_a_vector_of_unit_length():
    found = marks(FIRE["en"])
    assert sum(weight**2 for weight in found.weights) == pytest.approx(stories.UNIT**2, rel=1e-3)
    assert list(found.features) == sorted(set(found.features))


def test_a_text_that_says_nothing_has_no_marks():
    assert marks("").features == ()


def test_an_actor_counts_by_its_id_and_not_by_its_spelling():
    text = "Yesterday the Ministry of Georgia said so."
    found = Mention("geo_mfa", "Ministry of Georgia", "text", 14, 33, "name")
    tags = Tags(1.0, True, "test", (found,), (ActorTag("geo_mfa", 1, 0.9, True),))  # noqa: FBT003
    same = Tags(1.0, True, "test", (), (ActorTag("geo_mfa", 1, 0.9, True),))  # noqa: FBT003
    assert marks(text, tags) == marks("Nothing here has a name.", same)


def test_the_year_of_publication_tells_nothing():
    assert marks(f"The {DAWN.year} plan.") == marks("The plan.") != marks("The 1915 plan.")


def test_how_rare_names_are_is_counted_and_never_below_nothing():
    rarity = stories.trained()
    assert 0 < min(rarity.cased.values()) < max(rarity.cased.values()) <= rarity.default
    assert rarity.of("#73000", cased=True) == rarity.default


# ---------------------------------------------------------------- who tells a story


def telling(article_id, language, hours=0, cluster=None):
    return Telling(article_id, language, DAWN + timedelta(hours=hours), cluster or article_id)


def test_only_the_nearest_of_each_language_tell_one_story():
    articles = [telling("a", "en"), telling("b", "ru"), telling("c", "ru")]
    (one, other) = stories.tell(articles, {("a", "b"): 0.6, ("a", "c"): 0.5})
    assert {one.article_id, other.article_id} == {"a", "b"}


def test_a_story_is_named_after_its_earliest_article_and_scored_by_the_nearest():
    articles = [telling("a", "en", 5), telling("b", "ru", 3), telling("c", "ka", 4)]
    found = stories.tell(articles, {("a", "b"): 0.6, ("a", "c"): 0.5, ("b", "c"): 0.3})
    assert {each.article_id: (each.story_id, each.score) for each in found} == {
        "a": ("b", 0.6),
        "b": ("b", 0.6),
        "c": ("b", 0.5),
    }


def test_copies_follow_into_the_story():
    articles = [telling("a", "en"), telling("b", "ru"), telling("c", "ru", 1, "b")]
    found = stories.tell(articles, {("a", "b"): 0.6})
    assert {each.article_id: each.score for each in found} == {"a": 0.6, "b": 0.6, "c": 0.6}


def test_copies_alone_are_no_story():
    assert stories.tell([telling("b", "ru"), telling("c", "ru", 1, "b")], {}) == ()
