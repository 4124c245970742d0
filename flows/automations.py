"""Automations of a Prefect server, as code: whom it tells when an alert or a failure comes.

    python -m flows.automations                              they show in the UI, and tell nobody
    python -m flows.automations --notify slack-webhook/desk  they tell that notification block

Run again after a change: each automation is known by its name and brought up to date.
"""

import argparse
import asyncio
import sys
from datetime import timedelta
from uuid import UUID

from prefect.automations import (
    AutomationCore,
    DoNothing,
    EventTrigger,
    Posture,
    ResourceSpecification,
    SendNotification,
)
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from flows.alerts.rules import FEED_STATES, Measure
from flows.errors import UsageError

ALERT_BODY = """\
{{ event.payload.headline }}
{% for article in event.payload.articles[:5] %}
- {{ article.title }} ({{ article.source }}) {{ article.url }}
{% endfor %}
araxes cite {{ event.payload.receipt }}
"""
RUN_BODY = "{{ event.resource.name }}: {{ event.event }}. `araxes status` says more."
SILENT_BODY = "No ingest has completed for three hours. `araxes status` says more."
OURS: dict[str, str | list[str]] = {
    "prefect.resource.id": "prefect.tag.araxes",
    "prefect.resource.role": "tag",
}
INGEST: dict[str, str | list[str]] = {
    "prefect.resource.name": "ingest",
    "prefect.resource.role": "flow",
}


def automations(block: UUID | None) -> tuple[AutomationCore, ...]:
    """Give the automations.

    Args:
        block: id of the notification block that is told; None tells nobody.
    """
    attention = {f"araxes.{measure}" for measure in Measure}
    feeds = {f"araxes.feed.{state}" for state in (*FEED_STATES, "outage")}
    failures = {"prefect.flow-run.Failed", "prefect.flow-run.Crashed"}
    return (
        AutomationCore(
            name="araxes: attention rises",
            description="A rule on a topic, an actor or a name was met.",
            trigger=EventTrigger(expect=attention, posture=Posture.Reactive, threshold=1),
            actions=[_action(block, ALERT_BODY)],
        ),
        AutomationCore(
            name="araxes: a feed is not well",
            description="A feed is silent, failing, gone or gapped.",
            trigger=EventTrigger(expect=feeds, posture=Posture.Reactive, threshold=1),
            actions=[_action(block, ALERT_BODY)],
        ),
        AutomationCore(
            name="araxes: a run failed",
            description="A flow run tagged araxes failed or crashed.",
            trigger=EventTrigger(
                expect=failures,
                match_related=ResourceSpecification(OURS),
                posture=Posture.Reactive,
                threshold=1,
            ),
            actions=[_action(block, RUN_BODY)],
        ),
        AutomationCore(
            name="araxes: no ingest for three hours",
            description="What should run by itself does not.",
            trigger=EventTrigger(
                expect={"prefect.flow-run.Completed"},
                match_related=ResourceSpecification(INGEST),
                posture=Posture.Proactive,
                threshold=1,
                within=timedelta(hours=3),
            ),
            actions=[_action(block, SILENT_BODY)],
        ),
    )


def _action(block: UUID | None, body: str) -> DoNothing | SendNotification:
    if block is None:
        return DoNothing()
    return SendNotification(block_document_id=block, subject="Araxes", body=body)


async def apply(notify: str | None = None) -> dict[str, UUID]:
    """Bring the server's automations up to date, and give their ids by name.

    Args:
        notify: the notification block to tell, as `type/name`; None tells nobody.

    Raises:
        UsageError: there is no such block.
    """
    async with get_client() as client:
        wanted = automations(await _block(notify) if notify else None)
        there = {one.name: one.id for one in await client.read_automations()}
        for one in wanted:
            if one.name in there:
                await client.update_automation(there[one.name], one)
            else:
                there[one.name] = await client.create_automation(one)
    return {one.name: there[one.name] for one in wanted}


async def _block(slug: str) -> UUID:
    kind, _, name = slug.partition("/")
    async with get_client() as client:
        try:
            found = await client.read_block_document_by_name(name, kind)
        except ObjectNotFound:
            missing = UsageError(f"the server has no block {slug!r}")
            missing.remedy = "prefect block ls"
            raise missing from None
    return found.id


def main() -> None:
    """Apply the automations to the configured server."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.automations",
        description="Bring a Prefect server's automations up to date.",
        epilog="Example: python -m flows.automations --notify slack-webhook/desk",
    )
    parser.add_argument("--notify", metavar="TYPE/NAME", help="a notification block to tell")
    for name, one in asyncio.run(apply(parser.parse_args().notify)).items():
        sys.stdout.write(f"{name}: {one}\n")


if __name__ == "__main__":
    main()
