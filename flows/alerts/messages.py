"""An alert in words: one sentence with its numbers, the articles behind it, a receipt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from flows.alerts.findings import OUTAGE
from flows.alerts.rules import ANY, Mail
from flows.rendering import environment, line
from flows.wording import counted, percent
from warehouse.alerts import Alert
from warehouse.signals import Cited

WHAT_FEEDS_DO = {
    "silent": "brings nothing, though its outlet usually publishes",
    "failing": "could not be read in the last 7 days",
    "gone": "is gone: its server says so for good",
    "gapped": "moved on faster than it was polled: entries of {day} may be lost",
}


SINCE = {"silent": "its last article", "failing": "the last success", "gone": "the last success"}


@dataclass(frozen=True, slots=True)
class Message:
    """An alert with what it is about by name, and the articles it cites."""

    alert: Alert
    label: str
    articles: tuple[Cited, ...]

    @property
    def headline(self) -> str:
        """What happened, with its numbers, in one line."""
        return str(line(_headline(self.alert, self.label)))

    def document(self) -> dict[str, object]:
        """Give it as JSON tells it."""
        alert = asdict(self.alert) | {"fired_at": self.alert.fired_at.isoformat()}
        told = {key: value for key, value in alert.items() if key != "cited"}
        return told | {
            "day": str(self.alert.day),
            "label": self.label,
            "headline": self.headline,
            "articles": [asdict(one) | {"day": str(one.day)} for one in self.articles],
        }


def _headline(alert: Alert, label: str) -> str:
    if alert.state == OUTAGE:
        return (
            f"{alert.value:.0f} of {alert.expected or 0:.0f} feeds could not be read in the last "
            "7 days: rather this machine's network than the newsrooms"
        )
    if alert.state:
        did = WHAT_FEEDS_DO.get(alert.state, alert.state).format(day=alert.day)
        return f"{label}: its feed {did}{_since(alert)}"
    return f"{label}: {_measured(alert)}, begun by {counted(alert.origins, 'outlet')}"


def _since(alert: Alert) -> str:
    # 0 where it never was, as of a feed that no poll has read yet
    if alert.state not in SINCE or not alert.value:
        return ""
    return f"; {counted(int(alert.value), 'day')} since {SINCE[alert.state]}"


def _measured(alert: Alert) -> str:
    stories = counted(alert.independent, "independent story", "independent stories")
    span = f"on {alert.day}" if alert.days == 1 else f"in {alert.days} days to {alert.day}"
    if alert.measure == "burst":
        return f"burst, {stories} {span}, {alert.expected or 0:.1f} expected"
    if alert.measure == "share":
        return f"{percent(alert.value)} of all articles {span}, {stories}"
    return f"{stories} {span}"


def mail(messages: Sequence[Message], server: Mail) -> EmailMessage:
    """Give one letter for some alerts, plain and HTML.

    Its Message-ID depends on the alerts only: a letter that has to be sent again replaces the
    first in most programs.
    """
    letter = EmailMessage(policy=SMTP)
    first = messages[0].headline
    letter["Subject"] = first if len(messages) == 1 else f"{len(messages)} alerts; {first}"
    letter["From"] = server.sender
    letter["To"] = ", ".join(server.to)
    name = sha256(" ".join(one.alert.alert_id for one in messages).encode()).hexdigest()[:32]
    letter["Message-ID"] = f"<{name}@{server.sender.rpartition('@')[2]}>"
    letter["Date"] = max(one.alert.fired_at for one in messages)
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers
    letter.set_content(text(messages))
    letter.add_alternative(html(messages), subtype="html")
    return letter


def text(messages: Sequence[Message]) -> str:
    """Give alerts as plain text."""
    template = environment("flows.alerts", "txt").get_template("alerts.txt.j2")
    return template.render(messages=messages)


def html(messages: Sequence[Message]) -> str:
    """Give alerts as an HTML page that loads nothing."""
    template = environment("flows.alerts", "html").get_template("alerts.html.j2")
    return template.render(messages=messages)


def posted(message: Message) -> bytes:
    """Give an alert as a webhook gets it."""
    return json.dumps(message.document(), ensure_ascii=False, default=str).encode()


def labelled(alert: Alert, labels: Mapping[str, str]) -> str:
    """Give what an alert is about by name."""
    return "all feeds" if alert.id == ANY else labels.get(alert.id, alert.id)
