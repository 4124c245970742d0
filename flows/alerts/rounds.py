"""One round of alerts: look, write down, tell, write down what came of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.alerts import findings, messages, rules, watching
from flows.alerts.messages import Message
from flows.alerts.post import Emit, NotTold, Office, RefusedBySome
from flows.alerts.rules import Channel, Kind, Rule, Rulebook
from warehouse import alerts as kept
from warehouse import locks, reader, signals
from warehouse.alerts import Alert, Delivery, DeliveryState
from warehouse.publish import publish
from warehouse.store import Store

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Round:
    """What a round works with: the warehouse, the rules file, the clock, who emits events."""

    db: Path
    rules: Path
    now: Callable[[], datetime]
    emit: Emit | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a round did.

    Args:
        fired: what is new.
        told: deliveries that were tried, as they stand now.
        waiting: events that wait for a run on a Prefect server.
    """

    fired: tuple[Message, ...]
    told: tuple[Delivery, ...] = ()
    waiting: tuple[Delivery, ...] = ()

    @property
    def failed(self) -> tuple[Delivery, ...]:
        """Deliveries that the next round tries again."""
        return tuple(one for one in self.told if one.state is DeliveryState.PENDING)

    def document(self) -> dict[str, object]:
        """Give the report as `--json` prints it."""
        return {
            "fired": [message.document() for message in self.fired],
            "deliveries": [asdict(one) for one in (*self.told, *self.waiting)],
            "delivered": len(self.told) - len(self.failed),
            "failed": len(self.failed),
            "waiting": len(self.waiting),
        }


def preview(asked: Round) -> Report:
    """Give what a round would fire; nothing is stored and nobody is told."""
    with reader.connect(asked.db) as connection:
        kept.require(connection)
        book = rules.load(asked.rules, watching.known(connection))
        fresh = _fresh(connection, book.rules, kept.alerts(connection), asked.now())
        return Report(_messages(connection, fresh))


async def carry_out(asked: Round) -> Report:
    """Find what is new, write it down, and tell it and whatever still waits to be told.

    Raises:
        Locked: another round is under way.
        ConfigError: the rules file is wrong; nothing was done.
    """
    store = Store(asked.db)
    with (
        locks.held(store.paths.alerts_lock, "araxes alerts"),
        reader.connect(asked.db) as connection,
    ):
        kept.require(connection)
        book = rules.load(asked.rules, watching.known(connection))
        with store.writing("alerts") as writer:
            before, deliveries = writer.alerts(), writer.deliveries()
        fresh = _fresh(connection, book.rules, before, asked.now())
        owed = _owed(book, fresh)
        if fresh:
            # before anybody is told: a kill from here on repeats at worst, and loses nothing
            with store.writing("alerts") as writer:
                writer.record_alerts(fresh, owed)
        pending = [one for one in (*deliveries, *owed) if one.state is DeliveryState.PENDING]
        owing = {one.alert_id for one in pending}
        alerts = [one for one in (*before, *fresh) if one.alert_id in owing]
        by_id = {one.alert.alert_id: one for one in _messages(connection, alerts)}
        report = await _tell(asked, book, pending, by_id)
        if fresh or report.told:
            publish(asked.db)
        return replace(report, fired=_messages(connection, fresh))


def _fresh(
    connection: "duckdb.DuckDBPyConnection",
    known: Iterable[Rule],
    before: Iterable[Alert],
    now: datetime,
) -> tuple[Alert, ...]:
    span = watching.recent(connection)
    if span is None:
        return ()
    told = [((one.rule_id, one.id, one.state), one.day) for one in before]
    fresh = findings.fresh(watching.found(connection, known, span), told)
    return tuple(watching.alert(connection, finding, now) for finding in fresh)


def _owed(book: Rulebook, fresh: Iterable[Alert]) -> tuple[Delivery, ...]:
    channels = {rule.rule_id: rule.deliver for rule in book.rules}
    return tuple(
        Delivery(alert.alert_id, channel.value)
        for alert in fresh
        for channel in channels[alert.rule_id]
    )


def _messages(
    connection: "duckdb.DuckDBPyConnection", alerts: Iterable[Alert]
) -> tuple[Message, ...]:
    labels = {kind.value: signals.labels(connection, kind.value) for kind in Kind}
    return tuple(
        Message(
            alert,
            messages.labelled(alert, labels[alert.kind]),
            signals.articles(connection, alert.cited),
        )
        for alert in alerts
    )


async def _tell(
    asked: Round, book: Rulebook, pending: Sequence[Delivery], by_id: dict[str, Message]
) -> Report:
    office = Office(book, asked.emit)
    told: list[Delivery] = []
    for group in _groups(pending, office):
        outcome = await _told(office, group, by_id, asked.now())
        # at once, so that a kill repeats no more than this group
        with Store(asked.db).writing("alerts") as writer:
            writer.record_alerts((), outcome)
        told += outcome
    waiting = tuple(one for one in pending if office.waits(one.channel))
    return Report((), tuple(told), waiting)


def _groups(pending: Iterable[Delivery], office: Office) -> list[list[Delivery]]:
    """Give what is told together: all mail in one letter, all else one by one."""
    usable = [one for one in pending if not office.waits(one.channel)]
    letter = [one for one in usable if one.channel == Channel.MAIL]
    others = [[one] for one in usable if one.channel != Channel.MAIL]
    return [letter, *others] if letter else others


async def _told(
    office: Office, group: Sequence[Delivery], by_id: dict[str, Message], now: datetime
) -> list[Delivery]:
    state, error = DeliveryState.DELIVERED, None
    try:
        await office.tell(group[0].channel, [by_id[one.alert_id] for one in group])
    except RefusedBySome as some:
        error = str(some)
    except NotTold as failure:
        state, error = DeliveryState.PENDING, str(failure)
    return [
        replace(one, state=state, attempts=one.attempts + 1, attempted_at=now, error=error)
        for one in group
    ]
