"""The watch flow: alerts told, the digest written, events and artifacts for whoever looks.

    araxes alerts run --prefect         alerts only, on the configured server
    python -m flows.watch               alerts and the day's digest, the same way
    prefect deployment run watch/watch  on a server and a worker (prefect.yaml)

Every step is `flows.alerts`' or `flows.digest`'s; here it becomes a Prefect task, an event, an
artifact.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.events import Event, get_events_client
from prefect.events.schemas.events import Resource
from prefect.logging import get_run_logger

from flows.alerts import rounds
from flows.alerts.messages import Message
from flows.alerts.post import NotTold
from flows.alerts.rounds import Report, Round
from flows.alerts.rules import path_beside
from flows.digest.brief import Brief, brief
from flows.digest.pages import FORMS, as_markdown
from flows.rendering import markdown
from flows.settings import Settings
from warehouse import reader
from warehouse.rows import local_day

SHOWN = 512 * 1024  # bytes of Markdown that an artifact carries


def now() -> datetime:
    """Give the time, aware and in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the flow modules own the clock


@flow(name="watch", flow_run_name="watch", log_prints=False, persist_result=False)
async def watch(
    db: str | None = None,
    rules: str | None = None,
    period: Literal["day", "week"] | None = "day",
    until: date | None = None,
    out: str | None = None,
) -> dict[str, object]:
    """Tell what the rules find, and write the digest.

    Args:
        db: the warehouse file; what ARAXES_DB says, or the default, if None.
        rules: the rules file; what ARAXES_ALERTS says, or alerts.toml beside the sources, if None.
        period: what the digest is of; None writes none.
        until: its last day; yesterday in the region if None, the last that is whole.
        out: the folder it is written to; `digests` beside the warehouse if None.
    """
    settings = Settings.from_environment()
    core = Path(db or settings.db)
    beside = path_beside(settings.sources)
    report = await told(Round(core, Path(rules) if rules else beside, now, emit))
    await _show_alerts(report)
    document = report.document()
    if period:
        folder = Path(out) if out else core.with_name("digests")
        last = until or local_day(now()) - timedelta(days=1)
        document["digest"] = [str(path) for path in await written(core, period, last, folder)]
    get_run_logger().info(
        "%d fired, %d told, %d not told", len(report.fired), len(report.told), len(report.failed)
    )
    return document


@task(name="alerts", cache_policy=NO_CACHE, persist_result=False)
async def told(asked: Round) -> Report:
    """Run one round of alerts; what could not be told waits for the next, without a retry here."""
    return await rounds.carry_out(asked)


@task(name="digest", cache_policy=NO_CACHE, persist_result=False)
async def written(core: Path, period: str, until: date, folder: Path) -> tuple[Path, ...]:
    """Write the digest as Markdown and HTML, and show it as an artifact."""
    found, paths = await asyncio.to_thread(_write, core, period, until, folder)
    await acreate_markdown_artifact(
        key=f"digest-{period}",
        markdown=_without_receipts(found),
        description=f"{found.title}: what bursts, what moved, what could not be seen.",
    )
    return paths


def _write(core: Path, period: str, until: date, folder: Path) -> tuple[Brief, tuple[Path, ...]]:
    with reader.connect(core) as connection:
        found = brief(connection, period, until)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for form, render in FORMS.items():
        path = folder / f"{found.until}-{period}.{form}"
        part = path.with_name(path.name + ".part")
        part.write_text(render(found), encoding="utf-8")
        paths.append(part.replace(path))
    return found, tuple(paths)


def _without_receipts(found: Brief) -> str:
    """Give the digest as an artifact shows it; receipts are in the files."""
    text = as_markdown(found).partition("\n## Receipts")[0]
    return text.encode()[:SHOWN].decode(errors="ignore")


async def _show_alerts(report: Report) -> None:
    lines = [f"- {markdown(message.headline)}" for message in report.fired]
    failed = [f"- {one.channel}: {markdown(one.error or '')}" for one in report.failed]
    parts = ["# Alerts", *(lines or ["Nothing new: 0 rules fired."])]
    if failed:
        parts += ["", "## Not told yet; the next run tries again", *failed]
    await acreate_markdown_artifact(
        key="alerts",
        markdown="\n".join(parts),
        description="What is bursting, what is silent, and whom it could not be told.",
    )


def event_of(message: Message) -> Event:
    """Give an alert as an event; its id depends on the alert only, so that one is one."""
    alert = message.alert
    name = f"feed.{alert.state}" if alert.state else alert.measure
    return Event(
        event=f"araxes.{name}",
        resource=Resource(
            {
                "prefect.resource.id": f"araxes.{alert.kind}.{alert.id}",
                "prefect.resource.name": message.label,
                "araxes.rule": alert.rule_id,
                "araxes.day": str(alert.day),
            }
        ),
        payload=message.document(),
        id=uuid5(NAMESPACE_URL, f"araxes:alert:{alert.alert_id}"),
    )


async def emit(message: Message) -> None:
    """Emit an alert as an event, and wait until the server has confirmed it.

    `prefect.events.emit_event` hands events to a thread and never says whether they arrived.

    Raises:
        NotTold: the server did not confirm it.
    """
    try:
        async with get_events_client(reconnection_attempts=2, checkpoint_every=1) as client:
            await client.emit(event_of(message))
    except Exception as error:  # whatever Prefect's client and its web socket raise
        raise NotTold(f"event: {type(error).__name__}: {error}") from error


if __name__ == "__main__":
    asyncio.run(watch())
