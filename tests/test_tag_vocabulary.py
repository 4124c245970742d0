from pathlib import Path

import pytest

from flows.errors import ConfigError
from flows.tag.suffixes import LANGUAGES
from flows.tag.vocabulary import PACKAGED, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vocabulary of our own, small and right."""
    (tmp_path / "actors.toml").write_text(
        '[[actor]]\nid = "arm"\nlabel = "Armenia"\nkind = "state"\nnames.en = ["Armenia"]\n'
        '\n[[actor]]\nid = "arm_mfa"\nlabel = "MFA"\nkind = "gov"\nparent = "arm"\n'
        'names.en = ["Armenian MFA"]\n'
    )
    (tmp_path / "people.toml").write_text("")
    (tmp_path / "words.toml").write_text("")
    (tmp_path / "topics.toml").write_text(
        '[[family]]\nid = "war"\nlabel = "War"\n\n[[topic]]\nid = "war.clash"\nlabel = "Clash"\n'
        'definition = "Shots"\nstrong.en = ["shelling"]\n'
    )
    (tmp_path / "places.toml").write_text("")
    (tmp_path / "relevance.toml").write_text("")
    (tmp_path / "calibration.toml").write_text("")
    return tmp_path


def problems_of(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder)
    return str(caught.value)


def test_the_packaged_vocabulary_is_large_enough():
    vocabulary = load()
    assert len(vocabulary.actors) >= 300
    assert len(vocabulary.topics) >= 60
    assert sum(bool(actor.offices) for actor in vocabulary.actors.values()) >= 120


def test_every_topic_says_what_it_is_and_is_not():
    for topic in load().topics.values():
        assert topic.definition
        assert topic.examples
        assert topic.counter_examples
        assert set(topic.strong) == set(LANGUAGES), topic.row.topic_id


def test_every_person_and_party_of_the_region_is_named_in_all_languages():
    for actor in load().actors.values():
        if actor.row.kind == "person" or actor.party:
            assert set(actor.names) == set(LANGUAGES), actor.row.actor_id


def test_rows_and_ids_agree():
    vocabulary = load()
    ids = [row.actor_id for row in vocabulary.actor_rows()]
    assert len(ids) == len(set(ids))
    assert {row.parent_id for row in vocabulary.topic_rows() if row.parent_id} == {
        row.topic_id for row in vocabulary.topic_rows() if not row.parent_id
    }
    assert all(row.latitude and row.longitude for row in vocabulary.place_rows())


def test_the_version_is_a_hash_of_the_meaning(folder):
    before = load(folder).version
    actors = folder / "actors.toml"
    actors.write_text("# a comment\n" + actors.read_text())
    assert load(folder).version == before
    actors.write_text(actors.read_text().replace('["Armenia"]', '["Armenia", "Hayastan"]'))
    assert load(folder).version != before


def test_the_packaged_files_lie_where_an_analyst_looks():
    assert {file.name for file in PACKAGED.glob("*.toml")} == {
        "actors.toml", "people.toml", "words.toml", "topics.toml", "places.toml", "relevance.toml",
        "calibration.toml",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('names.ru = [""]', "is empty"),
        ('names.ru = ["Ар"]', "is too short"),
        ('names.ru = ["Apмени"]', "mixes"),
        ('names.ru = ["Հայաստան"]', "armenian, not cyrillic"),
        ('names.en = ["ab*"]', "letters before its *"),
        ('names.en = ["1991"]', "bare number"),
        ('names.xx = ["Armenia"]', "unknown language 'xx'"),
        ('names.en = "Armenia"', "must be a list"),
        ('colour = "red"', "unknown key"),
        ('parent = "nobody"', "'nobody' is not defined"),
        ('implies = ["nobody"]', "'nobody' is not defined"),
        ('since = "2018"', "must be a date"),
        ('office = [{ title = "king", of = "arm" }]', "'king' is not defined"),
    ],
)
def test_a_dangerous_rule_is_refused_with_file_and_line(folder, line, told):
    actors = folder / "actors.toml"
    actors.write_text(
        actors.read_text() + f'\n[[actor]]\nid = "new"\nlabel = "New"\nkind = "io"\n{line}\n'
    )
    message = problems_of(folder)
    assert told in message
    assert f"actors.toml:{len(actors.read_text().splitlines())}: " in message


def test_doubles_are_refused_and_name_the_other(folder):
    actors = folder / "actors.toml"
    actors.write_text(
        actors.read_text()
        + '\n[[actor]]\nid = "arm"\nlabel = "X"\nkind = "state"\nnames.en = ["Armenian MFA"]\n'
    )
    message = problems_of(folder)
    assert "'arm' is taken by line 1" in message
    assert "'Armenian MFA' (en) is a name of 'arm_mfa' already (line 7)" in message


def test_a_topic_without_family_is_refused(folder):
    topics = folder / "topics.toml"
    topics.write_text(topics.read_text().replace('"war.clash"', '"peace.clash"'))
    assert "no [[family]] 'peace'" in problems_of(folder)


def test_all_mistakes_are_told_at_once(folder):
    (folder / "places.toml").write_text("[[place]]\nid = 1\n")
    (folder / "topics.toml").write_text("[[topic]\n")
    message = problems_of(folder)
    assert "places.toml" in message
    assert "topics.toml:1" in message
