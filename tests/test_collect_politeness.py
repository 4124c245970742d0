"""Turns at a host."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from flows.collect.politeness import Hosts, NotNow
from flows.model import HostState

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def hosts(**known):
    return Hosts(
        {name: HostState(name, hold_until=until) for name, until in known.items()}, lambda: NOW
    )


async def starts(desk, count, min_delay, work=0.0):
    """Give when each of so many turns began, in seconds since the first."""
    clock = asyncio.get_running_loop().time
    began = []

    async def one():
        async with desk.turn("a", min_delay):
            began.append(clock())
            await asyncio.sleep(work)
        desk.note("a", work)

    await asyncio.gather(*(one() for _ in range(count)))
    return [moment - began[0] for moment in began]


def test_turns_begin_a_delay_apart_and_never_overlap():
    assert asyncio.run(starts(hosts(), 4, 0.1))[-1] >= 0.29
    assert asyncio.run(starts(hosts(), 4, 0.0, work=0.1))[-1] >= 0.29


def test_a_slow_host_is_asked_more_slowly():
    slow = asyncio.run(starts(hosts(), 4, 0.1, work=0.2))
    assert slow[-1] >= 2 * 0.4


def test_a_crawl_delay_is_kept_but_not_beyond_half_a_minute():
    desk = hosts()
    desk.pace("a", 0.2)
    assert asyncio.run(starts(desk, 3, 0.0))[-1] >= 0.39
    desk = hosts()
    desk.pace("a", 86_400)
    with pytest.raises(NotNow):
        asyncio.run(starts(desk, 30, 0.0))


def test_holds_are_remembered_the_longer_wins_and_absurd_ones_are_not_believed():
    desk = hosts(
        held=NOW + timedelta(hours=1), over=NOW - timedelta(hours=1), wrong=NOW + timedelta(days=99)
    )
    assert desk.held_until("held") == NOW + timedelta(hours=1)
    assert (desk.held_until("over"), desk.held_until("wrong"), desk.held_until("new")) == (
        None,
    ) * 3
    desk.hold("held", 60)
    assert desk.changed() == ()
    desk.hold("held", 7200)
    assert [state.hold_until for state in desk.changed()] == [NOW + timedelta(hours=2)]


def test_no_turn_is_given_at_a_held_host():
    desk = hosts(a=NOW + timedelta(hours=1))
    with pytest.raises(NotNow) as caught:
        asyncio.run(starts(desk, 1, 0.0))
    assert caught.value.seconds == 3600
