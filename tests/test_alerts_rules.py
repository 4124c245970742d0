"""Rules files: what is wrong is named with its line, and what would be right."""

import re
from pathlib import Path

import pytest
from alert_cases import BURST, rules

from flows.alerts.rules import Channel, Kind, Measure, load, path_beside
from flows.errors import ConfigError
from flows.settings import Settings
from flows.tag import vocabulary

KNOWN = {
    Kind.TOPIC: frozenset({"peace", "peace.treaty", "corridor.zangezur"}),
    Kind.ACTOR: frozenset({"arm", "aze"}),
    Kind.NAME: frozenset({"stepanakert"}),
    Kind.FEED: frozenset({"alpha", "oc-media"}),
}
MAIL = (
    '[delivery.mail]\nhost = "mail.example.org"\nfrom = "a@example.org"\nto = ["b@example.org"]\n'
)


def problems(folder, text):
    with pytest.raises(ConfigError) as caught:
        load(rules(folder, text), KNOWN)
    return [(one.line, one.key, one.message) for one in caught.value.problems]


def test_a_rule_has_what_it_says_and_sensible_habits(tmp_path):
    (rule,) = load(rules(tmp_path, BURST), KNOWN).rules
    assert (rule.kind, rule.watch) == (Kind.TOPIC, "peace.treaty")
    assert (rule.measure, rule.threshold) == (Measure.BURST, 4.5)
    assert (rule.origins, rule.cool_down, rule.deliver, rule.active) == (2, 3, (), True)


def test_defaults_hold_where_a_rule_is_silent(tmp_path):
    head = '[defaults]\norigins = 3\ncool_down = "9d"\ndeliver = ["mail"]\n'
    book = load(rules(tmp_path, head + BURST + "origins = 5\n" + MAIL), KNOWN)
    assert (book.rules[0].origins, book.rules[0].cool_down) == (5, 9)
    assert book.rules[0].deliver == (Channel.MAIL,)
    assert book.mail is not None
    assert (book.mail.port, book.mail.tls) == (587, "starttls")


def test_all_mistakes_are_told_at_once_each_with_its_line(tmp_path):
    found = problems(
        tmp_path,
        '[[rule]]\nid = "a"\nkind = "topc"\nwatch = "peace.treaty"\nburst = 4.5\n'
        '[[rule]]\nid = "a"\nkind = "topic"\nwatch = "peace.treat"\nshare = 1.5\nwindwo = "7d"\n',
    )
    assert [(line, key) for line, key, _ in found] == [
        (3, "rule[a].kind"),
        (7, "rule[a].id"),
        (9, "rule[a].watch"),
        (10, "rule[a].share"),
        (11, "rule[a].windwo"),
    ]
    assert "topic, actor, name, feed" in found[0][2]
    assert "did you mean peace.treaty" in found[2][2]
    assert "did you mean window" in found[4][2]


@pytest.mark.parametrize(
    ("change", "key", "told"),
    [
        ("count = 3\n", "rule[treaty]", "exactly one of: burst, share, count"),
        ('window = "7d"\n', "rule[treaty].window", "a burst is of one day"),
        ('states = ["silent"]\n', "rule[treaty].states", 'only for kind = "feed"'),
        ('deliver = ["mail"]\n', "rule[treaty].deliver", "needs a table [delivery.mail]"),
        ('deliver = ["pigeon"]\n', "rule[treaty].deliver", "event, mail, webhook"),
        ("origins = 0\n", "rule[treaty].origins", "from 1 to 50"),
        ('cool_down = "3h"\n', "rule[treaty].cool_down", '"0d" to "365d"'),
        ("active = 1\n", "rule[treaty].active", "true or false"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed(tmp_path, change, key, told):
    ((line, where, message),) = problems(tmp_path, BURST + change)
    assert (where, told in message) == (key, True), message
    assert line


def test_a_family_of_topics_has_no_burst(tmp_path):
    ((_, where, message),) = problems(tmp_path, BURST.replace("peace.treaty", "peace"))
    assert where == "rule[treaty].watch"
    assert "family" in message


def test_a_feed_rule_has_states_and_no_threshold(tmp_path):
    text = '[[rule]]\nid = "f"\nkind = "feed"\nwatch = "oc-media"\n'
    (rule,) = load(rules(tmp_path, text), KNOWN).rules
    assert rule.states == ("silent", "failing", "gone", "gapped")
    ((_, where, _),) = problems(tmp_path, text + "burst = 4.5\n")
    assert where == "rule[f].burst"


def test_a_password_is_named_never_written(tmp_path):
    text = BURST + MAIL + 'user = "u"\npassword_env = "hunter2 is my password"\n'
    ((_, where, message),) = problems(tmp_path, text)
    assert where == "delivery.mail.password_env"
    assert "hunter2" not in message


def test_a_password_does_not_travel_without_tls(tmp_path):
    text = BURST + MAIL + 'user = "u"\npassword_env = "PASSWORD"\ntls = "none"\n'
    ((_, where, message),) = problems(tmp_path, text)
    assert (where, message) == ("delivery.mail.tls", "a password needs tls or starttls")


@pytest.mark.parametrize("where", ["a@b\\nBcc: x@y", "a b@c", "a@b, c@d", "@b"])
def test_an_address_is_one_address(tmp_path, where):
    text = BURST + MAIL.replace("b@example.org", where)
    assert [key for _, key, _ in problems(tmp_path, text)] == ["delivery.mail.to"]


def test_a_hook_inside_the_own_network_must_be_allowed(tmp_path):
    hook = '[delivery.webhook]\nurl = "http://127.0.0.1:9/"\n'
    ((_, where, message),) = problems(tmp_path, BURST + hook)
    assert where == "delivery.webhook.url"
    assert "allow_networks" in message
    book = load(rules(tmp_path, BURST + hook + 'allow_networks = ["127.0.0.0/8"]\n'), KNOWN)
    assert book.webhook is not None


def test_the_example_in_the_repository_is_right_for_the_vocabulary(tmp_path):
    topics = frozenset(row.topic_id for row in vocabulary.load().topic_rows())
    example = Path(__file__).parents[1] / "alerts.toml"
    book = load(example, KNOWN | {Kind.TOPIC: topics})
    assert [rule.rule_id for rule in book.rules] == ["any-burst", "feeds"]
    # and so are the parts that wait behind a comment
    spoken = re.sub(r"(?m)^# (?=\[|\w+ = )", "", example.read_text(encoding="utf-8"))
    everything = load(rules(tmp_path, spoken), KNOWN | {Kind.TOPIC: topics})
    assert len(everything.rules) == 4
    assert everything.mail is not None
    assert everything.webhook is not None


def test_the_rules_stand_beside_the_source_list(monkeypatch):
    monkeypatch.delenv("ARAXES_ALERTS", raising=False)
    assert path_beside(Settings.from_environment().sources).name == "alerts.toml"
    monkeypatch.setenv("ARAXES_ALERTS", "/etc/araxes/rules.toml")
    assert str(path_beside(Settings.from_environment().sources)) == "/etc/araxes/rules.toml"
