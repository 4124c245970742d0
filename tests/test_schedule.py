"""A month of the real scheduler over made-up servers: polite to all, late to none."""

import pytest
from simulated_web import SimulatedWeb

DAY = 86400.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def month():
    web = SimulatedWeb(100, days=30)
    web.run_for(20 * DAY)
    web.loop.jump(3 * DAY)
    web.back = web.loop.time()
    web.run_for(7 * DAY)
    yield web
    web.loop.close()


def test_a_feed_that_gave_validators_is_never_asked_for_without_them(month):
    assert month.observed.polls["not_modified"] > 1000
    assert month.observed.unconditional_refetches == 0


def test_no_host_is_asked_while_it_wants_to_be_left_alone(month):
    assert any(served.told_to_wait_until for served in month.served.values())
    assert month.observed.retry_after_breaches == 0


def test_no_host_gets_two_requests_within_the_delay(month):
    assert month.observed.too_close == 0


def test_three_days_off_are_followed_by_one_poll_of_each_feed_not_by_a_burst(month):
    for host, starts in month.observed.starts.items():
        feeds = sum(f"//{host}/" in url for url in month.served)
        first_hour = [at for at in starts if month.back <= at < month.back + 1500]
        assert len(first_hour) <= feeds + 1, host  # each feed once, and robots.txt


def test_every_feed_goes_on_being_polled(month):
    end = month.loop.time()
    last = {host: starts[-1] for host, starts in month.observed.starts.items()}
    assert min(last.values()) > end - 2.1 * DAY


def test_news_is_seen_within_the_hour_at_the_median(month):
    fresh = sorted(month.observed.staleness)
    assert fresh[len(fresh) // 2] < 3600
