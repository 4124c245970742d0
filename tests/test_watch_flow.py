"""The watch flow on a real Prefect server: events arrive, automations fire, artifacts say why."""

import asyncio
import time

import pytest
from alert_cases import BURST, RISE, made, rules
from test_alerts_rounds import web_hook

from warehouse import reader
from warehouse.alerts import alerts, deliveries

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("swept"),
]

EVENT_RULE = BURST + 'deliver = ["event"]\n'


@pytest.fixture(scope="module")
def prefect_server():
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=900):
        yield


@pytest.fixture(scope="module")
def risen(tmp_path_factory):
    return made(tmp_path_factory.mktemp("risen") / "araxes.duckdb", until=RISE)


async def posted(path, **body):
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        answer = await client._client.post(path, json=body)
        return answer.json()


def events(name):
    wanted = {"event": {"name": [name]}}
    return asyncio.run(posted("/events/filter", filter=wanted))["events"]


def waited(look, seconds=240):
    """Give what `look` finds, as soon as it finds anything."""
    for _ in range(seconds * 4):
        if found := look():
            return found
        time.sleep(0.25)
    return look()


def test_a_burst_becomes_an_event_an_artifact_and_an_automation_that_tells(
    risen, tmp_path, prefect_server
):
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    from flows import automations
    from flows.watch import watch

    with web_hook() as (url, came):
        block = CustomWebhookNotificationBlock(
            name="desk", url=url, method="POST", json_data={"body": "{{body}}"}
        )
        block.save("desk")
        first = asyncio.run(automations.apply("custom-webhook/desk"))
        assert asyncio.run(automations.apply("custom-webhook/desk")) == first
        path = rules(tmp_path, EVENT_RULE)
        places = {"db": str(risen.path), "rules": str(path), "out": str(tmp_path / "out")}
        document = asyncio.run(watch(**places, period="week", until=RISE))
        (event,) = waited(lambda: events("araxes.burst"))
        assert waited(lambda: came), "the automation told nobody"
        again = asyncio.run(watch(**places, period=None))
    assert (len(document["fired"]), document["failed"], again["fired"]) == (1, 0, [])
    assert event["resource"]["prefect.resource.id"] == "araxes.topic.peace.treaty"
    assert event["payload"]["headline"] == document["fired"][0]["headline"]
    assert document["fired"][0]["headline"] in str(came[0][1])
    assert len(events("araxes.burst")) == 1
    with reader.connect(risen.path) as connection:
        (alert,) = alerts(connection)
        (delivery,) = deliveries(connection)
    assert (alert.day, delivery.state) == (RISE, "delivered")
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        f"{RISE}-week.html",
        f"{RISE}-week.md",
    }
    artifacts_say_what_bursts()


def artifacts_say_what_bursts():
    found = asyncio.run(posted("/artifacts/latest/filter"))
    told = {one["key"]: one["data"] for one in found}
    assert "Nothing new: 0 rules fired." in told["alerts"]
    assert "24 independent stories" in told["digest-week"]
    assert "Receipts" not in told["digest-week"]


def test_an_unknown_block_is_named(prefect_server):
    from flows import automations
    from flows.errors import UsageError

    with pytest.raises(UsageError, match="slack-webhook/nobody"):
        asyncio.run(automations.apply("slack-webhook/nobody"))
