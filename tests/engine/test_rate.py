"""The parts of the throttle: memory, slow start, allowed rate, quota headers, schedule, and the decisions about them."""

from __future__ import annotations

import pytest

from mmeval.engine.rate.allowed import AllowedRate
from mmeval.engine.rate.belief import LEAST_RATE
from mmeval.engine.rate.control import Control
from mmeval.engine.rate.headers import Refill, refills
from mmeval.engine.rate.ramp import CEILING, START, Ramp
from mmeval.engine.rate.schedule import Schedule
from mmeval.engine.rate.starts import Seen, Starts
from mmeval.types import Limits


@pytest.mark.parametrize(
    ("sent", "rejected", "share", "exceeds"),
    [(100, 0, 0.0, False), (100, 1, 0.0, True), (100, 16, 0.1, False), (100, 17, 0.1, True), (0, 0, 0.1, False)],
)
def test_two_standard_deviations_are_too_many(sent, rejected, share, exceeds):
    assert Seen(sent, rejected, 1.0).exceeds(share) == exceeds


def test_starts_are_unique_and_counted_by_time():
    starts = Starts()
    times = [starts.add(now) for now in (1.0, 1.0, 2.0, 3.0)]
    assert len(set(times)) == 4
    assert starts.first == 1.0
    starts.reject(times[2])
    assert starts.between(1.0, 3.0) == Seen(3, 1, 2.0)
    assert starts.last(2, 0.0, 3.0).sent == 2
    assert starts.last(2, 2.0, 3.0) is None
    assert starts.last(5, 0.0, 3.0) is None


def ramp_rounds(rounds: list[tuple[float, float, float]]) -> tuple[int, Seen | None]:
    """The limit after rounds of one second each, and what was sent in the one that met a limit.

    Of each round: share of the window that was in flight, share of its answers that came within it, share rejected.
    """
    starts = Starts()
    ramp, now, met = Ramp(starts), 0.0, None
    for used, answered, rejected in rounds:
        limit, sent = ramp.limit, 2 * ramp.limit
        for i in range(sent):
            started = starts.add(now + i / sent)
            if i < rejected * sent:
                starts.reject(started)
        for _ in range(limit):
            assert not ramp.round_is_over
            ramp.ended(answered=True)
        assert ramp.round_is_over
        now += 1.0 / answered
        met = ramp.end_round(now, round(used * limit))
    return ramp.limit, met


@pytest.mark.parametrize(
    ("rounds", "limit", "meets"),
    [
        pytest.param([(1, 1, 0)], 2 * START, False, id="doubles"),
        pytest.param([(1, 1, 0)] * 3, 8 * START, False, id="doubles each round"),
        pytest.param([(1, 1, 0)] * 12, CEILING, False, id="up to the ceiling"),
        pytest.param([(0.7, 1, 0)], START, False, id="not while unused"),
        pytest.param([(1, 1, 0), (1, 0.5, 0)], 4 * START, False, id="slower answers alone are no limit"),
        pytest.param([(1, 1, 0), (1, 1, 0.3)], 4 * START, False, id="rejections alone are no limit"),
        pytest.param([(1, 1, 0), (1, 0.5, 0.3)], 2 * START, True, id="both are"),
        pytest.param([(1, 1, 0.3), (1, 0.5, 0.3)], 2 * START, False, id="unless as many were rejected before"),
        pytest.param([(1, 1, 0.9)], 2 * START, False, id="the first round has nothing to compare with"),
    ],
)
def test_slow_start_doubles_until_a_limit_is_met(rounds, limit, meets):
    found, met = ramp_rounds(rounds)
    assert found == limit
    assert (met is not None) == meets


def test_failures_do_not_end_a_round():
    ramp = Ramp(Starts())
    for _ in range(3 * START):
        ramp.ended(answered=False)
    assert not ramp.round_is_over


@pytest.mark.parametrize(
    ("seconds", "goal"),
    [pytest.param(0.1, 8, id="short"), pytest.param(0.5, 4, id="longer"), pytest.param(5.0, 2, id="long")],
)
def test_slow_start_leaves_the_admitted_rate_and_a_goal_above_it(seconds, goal):
    rate = AllowedRate.after_ramp(seconds, Seen(100, 50, 1.0), first=0.0)
    assert rate.value == pytest.approx(0.98 * 50)
    assert rate.guessed
    for i in range(1, 2000):
        rate.grow(seconds + i / 100, floor=LEAST_RATE, in_use=False)
    assert rate.value == pytest.approx(goal * 0.98 * 50, rel=0.03)


@pytest.mark.parametrize(
    ("value", "seen", "floor", "most", "after"),
    [
        pytest.param(100, Seen(984, 0, 9.84), LEAST_RATE, None, 98, id="a cut always takes 2 %"),
        pytest.param(100, Seen(984, 100, 9.84), LEAST_RATE, None, 98 * 0.9, id="and the share that was rejected"),
        pytest.param(100, Seen(1, 1, 0.01), LEAST_RATE, None, 98 * 16 / 17, id="a single request says little"),
        pytest.param(100, Seen(184, 100, 2.3), LEAST_RATE, None, 98 * 0.5 * 0.8, id="the rate grew fast meanwhile"),
        pytest.param(100, Seen(184, 100, 18.4), LEAST_RATE, None, 98 * 0.5 * 0.7, id="but no more than 30 % for that"),
        pytest.param(100, Seen(984, 500, 9.84), 95.0, None, 95, id="not below the floor"),
        pytest.param(100, Seen(984, 500, 9.84), 95.0, 20.0, 20, id="unless so much more was rejected"),
        pytest.param(0.3, Seen(50, 50, 100.0), LEAST_RATE, None, LEAST_RATE, id="never below the least rate"),
    ],
)  # fmt: skip
def test_cuts(value, seen, floor, most, after):
    rate = AllowedRate(0.0, value, goal=value)
    rate.cut(1.0, seen, floor=floor, **({} if most is None else {"most": most}))
    assert rate.value == pytest.approx(after)
    assert rate.cut_at == 1.0


@pytest.mark.parametrize(("sent", "returns"), [(10, True), (100, False)])
def test_the_rate_returns_quickly_after_a_cut_for_few_requests(sent, returns):
    rate = AllowedRate(0.0, 100.0, goal=100.0)
    rate.cut(1.0, Seen(sent, sent // 10, sent / 70), floor=LEAST_RATE)
    assert rate.guessed == returns


def growth(seconds: float, per_second: int, *, in_use: bool = True) -> float:
    """How much larger the rate is after clean seconds with so many answers each."""
    rate = AllowedRate(0.0, 100.0, goal=1.0)
    for i in range(1, round(seconds * per_second) + 1):
        rate.grow(i / per_second, floor=LEAST_RATE, in_use=in_use)
    return rate.value / 100.0


@pytest.mark.parametrize(
    ("seconds", "per_second", "low", "high"),
    [
        pytest.param(1, 100, 1.01, 1.02, id="slowly at first"),
        pytest.param(10, 100, 1.1, 1.6, id="faster later"),
        pytest.param(1, 1000, 1.009, 1.02, id="many answers change nothing about the first second"),
        pytest.param(60, 1000, 1.5**20, 1.5**60, id="at most by half each second"),
    ],
)
def test_growth_between_cuts(seconds, per_second, low, high):
    assert low <= growth(seconds, per_second) <= high


def test_a_rate_that_is_not_used_does_not_grow():
    assert growth(10, 100, in_use=False) == 1.0


FULL = Limits(requests=100, requests_left=50, requests_reset_s=10.0)


@pytest.mark.parametrize(
    ("limits", "in_flight", "tokens", "found"),
    [
        pytest.param(FULL, 4, 0.0, [], id="plenty is left"),
        pytest.param(FULL, 60, 0.0, [Refill(5.0, 0.0)], id="less than is in flight"),
        pytest.param(Limits(requests=100, requests_left=4, requests_reset_s=12.0), 2, 0.0, [Refill(8.0, 0.0)], id="less than 5 %"),
        pytest.param(Limits(requests=100, requests_left=0, requests_reset_s=10.0), 2, 0.0, [Refill(10.0, 0.1)], id="nothing"),
        pytest.param(Limits(requests=1, requests_left=0, requests_reset_s=60.0), 2, 0.0, [Refill(0.1, 10.0)], id="the least rate"),
        pytest.param(Limits(requests=100, requests_left=0), 2, 0.0, [], id="no reset"),
        pytest.param(Limits(requests_left=0, requests_reset_s=10.0), 2, 0.0, [], id="no total"),
        pytest.param(Limits(tokens=1000, tokens_left=0, tokens_reset_s=10.0), 2, 0.0, [], id="cost of a request unknown"),
        pytest.param(Limits(tokens=1000, tokens_left=0, tokens_reset_s=10.0), 2, 50.0, [Refill(2.0, 0.5)], id="tokens"),
    ],
)  # fmt: skip
def test_a_short_quota_allows_what_it_refills(limits, in_flight, tokens, found):
    assert refills(limits, in_flight=in_flight, tokens=tokens) == found


def test_starts_are_spaced_and_a_late_one_moves_the_next_by_one_interval():
    schedule = Schedule()
    schedule.start(10.0)
    assert schedule.free
    schedule.interval_s = 1.0
    nexts = []
    for now in (10.0, 11.0, 15.0):
        schedule.start(now)
        nexts.append(schedule.next)
    assert nexts == [10.0, 11.0, 15.0]
    schedule.pause(20.0)
    schedule.hold(18.0)
    assert (schedule.next, schedule.paused) == (20.0, 20.0)


def control_after(*events: tuple[float, float, str], **given) -> Control:
    """Requests that start, end later, and have an outcome; in order of their ends."""
    control = Control()
    times = {start: control.start(start, 1) for start in sorted(start for start, _, _ in events)}
    for start, end, outcome in events:
        control.end(end, times[start], outcome, in_flight=0, **given)
    return control


def burst(n: int, start: float, end: float, outcome: str) -> list[tuple[float, float, str]]:
    return [(start + i * 1e-3, end, outcome) for i in range(n)]


@pytest.mark.parametrize(
    ("events", "cuts"),
    [
        pytest.param(burst(40, 0, 1, "rejected"), 1, id="one cut per episode"),
        pytest.param(burst(40, 0, 1, "rejected") + burst(40, 1.5, 2.6, "rejected"), 1, id="still the same episode"),
        pytest.param(burst(40, 0, 1, "rejected") + burst(40, 4, 5, "rejected"), 2, id="two episodes"),
        pytest.param(burst(11, 0, 1, "rejected"), 0, id="slow start goes on after few"),
        pytest.param(burst(40, 0, 1, "failed"), 0, id="failures do not count"),
    ],
)
def test_cuts_by_episode(events, cuts):
    assert control_after(*events).cuts == cuts


@pytest.mark.parametrize(("retry_after_s", "starts"), [(None, 1.5), (7.0, 8.0)])
def test_the_end_of_slow_start_pauses_as_the_provider_asks(retry_after_s, starts):
    control = control_after(*burst(40, 0, 1, "rejected"), retry_after_s=retry_after_s)
    assert control.schedule.next == pytest.approx(starts)
