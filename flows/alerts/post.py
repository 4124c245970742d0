"""Telling alerts: a letter by SMTP, a document to a webhook, whatever else a caller can do."""

import asyncio
import os
import smtplib
import ssl
from collections.abc import Awaitable, Callable, Sequence
from email.message import EmailMessage
from typing import TypeVar

from flows.alerts import messages
from flows.alerts.messages import Message
from flows.alerts.rules import Channel, Mail, Rulebook, Webhook
from flows.collect import hooks
from flows.collect.http import Request
from flows.errors import AraxesError, FetchError
from flows.model import FetchPolicy

T = TypeVar("T")
Emit = Callable[[Message], Awaitable[None]]
"""Emits an alert as an event; raises AraxesError when nobody confirmed it."""

CONTACT = "alerts"  # stands in the User-Agent where newsrooms see whom to write to


class NotTold(AraxesError):
    """An alert could not be told; the next run tries again."""


class Office:
    """Tells messages on the channels there are.

    Args:
        book: says how mail and webhooks are delivered.
        emit: emits events; None where there is no Prefect server.
    """

    def __init__(self, book: Rulebook, emit: Emit | None = None) -> None:
        self._book = book
        self._emit = emit

    def waits(self, channel: str) -> bool:
        """Say whether a channel cannot be used in this run: events without a server."""
        return channel == Channel.EVENT and self._emit is None

    async def tell(self, channel: str, told: Sequence[Message]) -> None:
        """Tell messages on a channel; all of them arrive, or none counts as told.

        Raises:
            NotTold: why.
        """
        if channel == Channel.MAIL:
            await asyncio.to_thread(send, _required(self._book.mail, channel), told)
        elif channel == Channel.WEBHOOK:
            hook = _required(self._book.webhook, channel)
            for message in told:
                await post(hook, message)
        elif self._emit:
            for message in told:
                await self._emit(message)


def _required(way: T | None, channel: str) -> T:
    if way is None:
        raise NotTold(f"the rules file has no [delivery.{channel}] any more")
    return way


def send(server: Mail, told: Sequence[Message]) -> None:
    """Send one letter with all messages.

    Raises:
        NotTold: the server could not be reached, or refused all who were to get it.
    """
    letter = messages.mail(told, server)
    try:
        refused = _hand_over(server, letter)
    except (OSError, smtplib.SMTPException) as error:
        raise NotTold(f"{server.host}:{server.port}: {type(error).__name__}: {error}") from error
    if refused:
        # the others have it: sending again would tell them twice
        raise RefusedBySome(f"delivered, but not to {', '.join(sorted(refused))}")


class RefusedBySome(NotTold):
    """A letter went out, but not to all; it is not sent again."""


def _hand_over(server: Mail, letter: EmailMessage) -> dict[str, tuple[int, bytes]]:
    trust = ssl.create_default_context()
    if server.tls == "tls":
        session: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.timeout, context=trust
        )
    else:
        session = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    with session:
        if server.tls == "starttls":
            session.starttls(context=trust)
        if server.user and server.password_env:
            session.login(server.user, secret(server.password_env))
        return session.send_message(letter)


async def post(hook: Webhook, message: Message) -> None:
    """Post one message.

    Raises:
        NotTold: the address did not take it, or may not be asked.
    """
    policy = FetchPolicy(CONTACT, timeout=hook.timeout, allow_networks=hook.allow_networks)
    headers = (
        ("Content-Type", "application/json"),
        # what took it once can tell when it comes again
        ("Idempotency-Key", message.alert.alert_id),
        *((name, secret(variable)) for name, variable in hook.headers),
    )
    try:
        await hooks.post(Request(hook.url, policy, headers, body=messages.posted(message)))
    except FetchError as error:
        raise NotTold(str(error)) from error


def secret(variable: str) -> str:
    """Give what an environment variable holds.

    Raises:
        NotTold: it is not set, or cannot stand in a header; the value is never shown.
    """
    value = os.environ.get(variable, "")
    if not value:
        raise NotTold(f"the environment variable {variable} is not set")
    if not value.isprintable() or not value.isascii():
        raise NotTold(f"the environment variable {variable} holds more than one line of ASCII")
    return value
