"""A round of alerts: real mail server, real webhook, a real warehouse; told once, never lost."""

import asyncio
import email
import json
import socket
from contextlib import contextmanager
from datetime import date, timedelta
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import duckdb
import pytest
from aiosmtpd.controller import Controller
from alert_cases import BURST, FIRST, LAST, RISE, TREATY, copied, down, made, more, rules

from flows.alerts import findings, rounds
from flows.alerts.post import NotTold
from flows.alerts.rounds import Round
from flows.alerts.rules import Kind, Measure, Rule
from flows.errors import Locked, WarehouseError
from flows.tag import vocabulary
from warehouse import alerts as kept
from warehouse import locks, reader, receipts
from warehouse.publish import publish
from warehouse.signals import FeedReading, Reading
from warehouse.store import Store

LATE = FIRST + timedelta(days=70)
HOSTILE = (
    "Talks\r\nBcc: thief@example.org\r\n\r\nbody",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe treaty",
    "مذاکرات صلح",
)


@pytest.fixture(scope="module")
def rising(tmp_path_factory):
    return made(tmp_path_factory.mktemp("rising") / "araxes.duckdb", until=RISE)


@pytest.fixture
def risen(rising, tmp_path):
    """Give a warehouse whose last day is the first of the treaty's rise."""
    return copied(rising, tmp_path / "warehouse")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Give the whole record, with hostile titles on its last day."""
    return made(tmp_path_factory.mktemp("whole") / "araxes.duckdb", titles=HOSTILE)


class Inbox:
    """What a mail server took; it refuses whoever is in `refuses`."""

    def __init__(self):
        self.letters = []
        self.refuses = set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@contextmanager
def mail_server(port):
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def web_hook(statuses=()):
    """Serve an address that answers with the given statuses, then 204; give what came."""
    came, left = [], list(statuses)

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((dict(self.headers), json.loads(body)))
            self.send_response(left.pop(0) if left else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", came
    finally:
        server.shutdown()
        server.server_close()


def mail_rules(folder, port, **changes):
    keys = {
        "host": '"127.0.0.1"', "port": port, "tls": '"none"', "from": '"desk@example.org"',
        "to": '["one@example.org", "two@example.org"]', **changes,
    }  # fmt: skip
    table = "\n".join(f"{key} = {value}" for key, value in keys.items())
    return rules(folder, BURST + f'deliver = ["mail"]\n[delivery.mail]\n{table}\n')


def hook_rules(folder, url, more=""):
    head = BURST + 'deliver = ["webhook"]\n[delivery.webhook]\n'
    return rules(folder, head + f'url = "{url}"\nallow_networks = ["127.0.0.0/8"]\n{more}')


def round_of(store, path, emit=None):
    return asyncio.run(rounds.carry_out(Round(store.path, path, lambda: LATE, emit)))


def read(letter):
    return email.message_from_bytes(letter, policy=default)


# ---------------------------------------------------------------- what fires


def test_a_rise_is_told_once_with_its_articles_and_a_receipt_that_stands(risen, tmp_path):
    path = rules(tmp_path, BURST)
    first = round_of(risen, path)
    (message,) = first.fired
    assert message.headline.startswith("Peace treaty")
    assert (message.alert.day, message.alert.origins) == (RISE, 4)
    assert len(message.articles) == 8
    assert all(article.day == RISE for article in message.articles)
    with reader.connect(risen.path) as connection:
        replayed = receipts.replay(connection, receipts.parse(message.alert.receipt))
        assert replayed.stands
        assert len(replayed.receipt.evidence) == message.alert.articles == 24
    assert round_of(risen, path).fired == ()


@pytest.mark.slow
def test_the_cool_down_holds_back_the_next_days_and_then_ends(risen, tmp_path):
    path = rules(tmp_path, BURST + 'cool_down = "2d"\n')
    fired = [round_of(risen, path).fired]
    for n in range(1, 4):
        more(risen, RISE + timedelta(days=n), stories=12)
        fired.append(round_of(risen, path).fired)
    days = [[message.alert.day for message in one] for one in fired]
    assert days == [[RISE], [], [], [RISE + timedelta(days=3)]]


def test_what_one_outlet_alone_tells_is_no_alert(risen, tmp_path):
    # well above any expectation, but of one origin
    day = RISE + timedelta(days=5)
    more(risen, day, stories=0, sources=("alpha", "beta", "gamma"))
    more(risen, day, stories=12, sources=("delta",))
    held = round_of(risen, rules(tmp_path, BURST + 'cool_down = "0d"\n'))
    assert [message.alert.day for message in held.fired] == [RISE]
    one = BURST.replace('"treaty"', '"alone"') + 'origins = 1\ncool_down = "0d"\n'
    told = round_of(risen, rules(tmp_path, one))
    assert [message.alert.day for message in told.fired] == [RISE, day]


def test_a_count_and_a_share_look_through_their_window(risen, tmp_path):
    text = """
        [[rule]]
        id = "count"
        kind = "topic"
        watch = "peace"
        count = 30
        window = "7d"
        [[rule]]
        id = "share"
        kind = "topic"
        watch = "peace.treaty"
        share = 0.5
        window = "1d"
        [[rule]]
        id = "higher"
        kind = "topic"
        watch = "peace.treaty"
        share = 0.51
    """
    fired = round_of(risen, rules(tmp_path, text)).fired
    told = {message.alert.rule_id: message for message in fired}
    assert set(told) == {"count", "share"}
    assert told["count"].alert.value == 24 + 6  # six quiet days of one story, then the rise
    assert told["share"].alert.value == 24 / 48
    assert "50.0% of all articles" in told["share"].headline


def test_a_dry_run_stores_nothing_and_tells_nobody(risen, tmp_path, port):
    with mail_server(port) as inbox:
        asked = Round(risen.path, mail_rules(tmp_path, port), lambda: LATE)
        assert len(rounds.preview(asked).fired) == 1
        assert len(rounds.preview(asked).fired) == 1
    assert inbox.letters == []
    with risen.writing() as writer:
        assert writer.alerts() == ()


def test_an_empty_warehouse_has_nothing_to_tell(tmp_path):
    store = Store(tmp_path / "empty.duckdb")
    with store.writing() as writer:
        writer.sync_vocabulary(vocabulary.load())
    publish(store.path)
    assert round_of(store, rules(tmp_path, BURST)).fired == ()


# ---------------------------------------------------------------- feeds


FEEDS = '[[rule]]\nid = "feeds"\nkind = "feed"\nwatch = "*"\n'


def test_a_feed_that_fails_for_a_week_is_told_with_its_last_articles(finished, tmp_path):
    store = copied(finished, tmp_path / "warehouse")
    down(store, "beta", days=9)
    path = rules(tmp_path, FEEDS)
    (message,) = round_of(store, path).fired
    assert message.alert.state == "failing"
    assert message.headline.startswith("Beta: its feed could not be read in the last 7 days")
    assert "9 days since the last success" in message.headline
    assert {article.source for article in message.articles} == {"Beta"}
    with reader.connect(store.path) as connection:
        assert receipts.replay(connection, receipts.parse(message.alert.receipt)).stands
    assert round_of(store, path).fired == ()


def test_most_feeds_failing_at_once_is_one_outage_and_not_many_alerts():
    rule = Rule("feeds", Kind.FEED, "*", states=("failing", "silent"))
    day = date(2026, 4, 1)
    failing = [FeedReading(day, f"f{n}", f"s{n}", "failing", day) for n in range(120)]
    silent = [FeedReading(day, "quiet", "s", "silent", day)]
    found = findings.unwell(rule, [*failing, *silent], polled=200)
    assert [(one.state, one.reading.id) for one in found] == [("outage", "*"), ("silent", "quiet")]
    assert len(findings.unwell(rule, failing[:90], polled=200)) == 90


# ---------------------------------------------------------------- mail


def test_a_letter_goes_to_all_plain_and_html_with_links(risen, tmp_path, port):
    with mail_server(port) as inbox:
        report = round_of(risen, mail_rules(tmp_path, port))
    assert report.failed == ()
    ((to, content),) = inbox.letters
    letter = read(content)
    assert to == ["one@example.org", "two@example.org"]
    assert letter["Subject"].startswith("Peace treaty")
    assert letter["Auto-Submitted"] == "auto-generated"
    plain = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    message = report.fired[0]
    for article in message.articles:
        assert article.article_id in plain
        assert f'href="{article.url}"' in html
    assert message.alert.receipt in plain.replace("\n", "")
    assert 'rel="noopener noreferrer"' in html


def test_hostile_titles_stay_text_and_make_no_headers(finished, tmp_path, port):
    store = copied(finished, tmp_path / "warehouse")
    text = BURST.replace("burst = 4.5", "count = 1").replace('"treaty"', '"any"')
    path = mail_rules(tmp_path, port)
    path.write_text(path.read_text().replace(BURST, text + 'origins = 1\ncool_down = "0d"\n'))
    with mail_server(port) as inbox:
        report = round_of(store, path)
    assert any(HOSTILE[1] == one.title for told in report.fired for one in told.articles)
    letter = read(inbox.letters[0][1])
    assert letter["Bcc"] is None
    assert not letter.defects
    html = letter.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<img" not in html
    assert 'dir="rtl"' in html or "مذاکرات صلح" in html
    plain = letter.get_body(("plain",)).get_content()
    assert "\nBcc:" not in plain
    assert "\u202e" not in plain


def test_a_failed_letter_is_sent_by_the_next_round_and_then_never_again(risen, tmp_path, port):
    path = mail_rules(tmp_path, port)
    first = round_of(risen, path)
    assert [one.error is not None for one in first.failed] == [True]
    assert "refused" in first.failed[0].error
    with mail_server(port) as inbox:
        second = round_of(risen, path)
        third = round_of(risen, path)
    assert (len(second.fired), len(second.told), len(second.failed)) == (0, 1, 0)
    assert third.told == ()
    assert len(inbox.letters) == 1


def test_a_letter_that_comes_again_has_the_same_id(risen, tmp_path, port):
    asked = Round(risen.path, mail_rules(tmp_path, port), lambda: LATE)
    ids = []
    for _ in range(2):
        with mail_server(port) as inbox:
            asyncio.run(rounds.carry_out(asked))
        ids.append(read(inbox.letters[0][1])["Message-ID"])
        with risen.writing() as writer:  # as if a kill had come between sending and noting
            writer._connection.execute("UPDATE alert_deliveries SET state = 'pending'")
    assert ids[0] == ids[1]


def test_one_refused_address_does_not_tell_the_others_twice(risen, tmp_path, port):
    path = mail_rules(tmp_path, port)
    with mail_server(port) as inbox:
        inbox.refuses = {"two@example.org"}
        report = round_of(risen, path)
        again = round_of(risen, path)
    assert report.failed == ()
    assert "two@example.org" in report.told[0].error
    assert (len(inbox.letters), again.told) == (1, ())


def test_no_password_is_sent_to_a_server_without_tls(risen, tmp_path, port, monkeypatch):
    monkeypatch.setenv("ARAXES_SMTP_PASSWORD", "secret")
    changes = {"tls": '"starttls"', "user": '"u"', "password_env": '"ARAXES_SMTP_PASSWORD"'}
    with mail_server(port) as inbox:
        report = round_of(risen, mail_rules(tmp_path, port, **changes))
    assert "STARTTLS" in report.failed[0].error
    assert inbox.letters == []
    assert "secret" not in str(report)


# ---------------------------------------------------------------- webhook


def test_a_hook_gets_the_alert_as_json_with_its_secret(risen, tmp_path, monkeypatch):
    monkeypatch.setenv("ARAXES_HOOK_TOKEN", "Bearer abc")
    with web_hook() as (url, came):
        headers = 'headers = { Authorization = "ARAXES_HOOK_TOKEN" }\n'
        report = round_of(risen, hook_rules(tmp_path, url, headers))
    ((headers, body),) = came
    assert headers["Authorization"] == "Bearer abc"
    assert headers["Idempotency-Key"] == body["alert_id"] == report.fired[0].alert.alert_id
    assert body["id"] == TREATY
    assert body["articles"][0]["url"].startswith("https://")
    assert receipts.parse(body["receipt"]).rows == 1


def test_a_hook_that_answers_with_an_error_is_asked_again_later(risen, tmp_path):
    with web_hook([500, 302]) as (url, came):
        path = hook_rules(tmp_path, url)
        errors = [round_of(risen, path).failed[0].error for _ in range(2)]
        last = round_of(risen, path)
        assert round_of(risen, path).told == ()
    assert ["500" in errors[0], "302" in errors[1]] == [True, True]
    assert (len(came), last.failed, last.told[0].attempts) == (3, (), 3)


@pytest.mark.parametrize("value", ["", "two\r\nlines"])
def test_a_secret_that_cannot_be_sent_is_named_and_not_shown(risen, tmp_path, monkeypatch, value):
    monkeypatch.setenv("ARAXES_HOOK_TOKEN", value)
    with web_hook() as (url, came):
        more = 'headers = { Authorization = "ARAXES_HOOK_TOKEN" }\n'
        (failed,) = round_of(risen, hook_rules(tmp_path, url, more)).failed
    assert "ARAXES_HOOK_TOKEN" in failed.error
    assert "lines" not in failed.error or "two" not in failed.error
    assert came == []


# ---------------------------------------------------------------- events


def test_events_wait_for_a_server_and_are_told_when_there_is_one(risen, tmp_path):
    path = rules(tmp_path, BURST + 'deliver = ["event"]\n')
    assert len(round_of(risen, path).waiting) == 1
    told, broken = [], [True]

    async def emit(message):
        if broken.pop() if broken else False:
            raise NotTold("event: no answer")
        told.append(message.alert.alert_id)

    assert len(round_of(risen, path, emit).failed) == 1
    assert round_of(risen, path, emit).failed == ()
    assert round_of(risen, path, emit).told == ()
    assert len(told) == 1


def test_two_rounds_at_once_are_one(risen, tmp_path):
    held = locks.held(risen.paths.alerts_lock, "a test")
    with held, pytest.raises(Locked):
        round_of(risen, rules(tmp_path, BURST))


def test_alerts_survive_a_rebuild_of_the_core_from_its_batches(risen, tmp_path, port):
    round_of(risen, mail_rules(tmp_path, port))
    with risen.writing() as writer:
        before = writer.alerts(), writer.deliveries()
    risen.path.unlink()
    risen.rebuild()
    with risen.writing() as writer:
        assert (writer.alerts(), writer.deliveries()) == before


# ---------------------------------------------------------------- the pure part


def reading(day, value=5.0, origins=2):
    return Reading(day, TREATY, value, 9, 9, 1.0, origins)


def test_late_articles_of_an_earlier_day_are_no_news():
    rule = Rule("r", Kind.TOPIC, TREATY, Measure.BURST, 4.5)
    day = date(2026, 4, 10)
    found = findings.reached(rule, [reading(day - timedelta(days=2)), reading(day)])
    told = [(("r", TREATY, None), day)]
    assert findings.fresh(found, told) == ()
    assert [one.reading.day for one in findings.fresh(found, ())] == [day - timedelta(days=2)]


def test_the_threshold_and_the_origins_are_reached_or_not():
    rule = Rule("r", Kind.TOPIC, TREATY, Measure.BURST, 4.5, origins=3)
    readings = [reading(LAST, 4.5, 3), reading(LAST, 4.49, 3), reading(LAST, 9.0, 2)]
    assert [one.reading.value for one in findings.reached(rule, readings)] == [4.5]


def test_a_snapshot_from_before_there_were_alerts_says_what_to_do(risen):
    with reader.connect(risen.path) as connection:
        kept.require(connection)
    with duckdb.connect() as older, pytest.raises(WarehouseError) as caught:
        kept.require(older)
    assert caught.value.remedy == "araxes publish"
