"""What is believed about limits and random rejections, from what was seen."""

from __future__ import annotations

import pytest

from mmeval.engine.rate.belief import LEAST_RATE, LEAST_SHARE, Belief, Posterior
from mmeval.engine.rate.starts import Seen, Starts


def least(*spans: tuple[int, float], keep: float = 1.0) -> tuple[float, float]:
    """The least limit and share, after spans of ten seconds: requests, share rejected."""
    posterior = Posterior()
    for sent, share in spans:
        posterior.saw(Seen(sent, round(share * sent), 10.0), keep=keep)
    return posterior.least()


@pytest.mark.parametrize(
    ("spans", "limit", "share"),
    [
        pytest.param([(1000, 0.0)], (100, 200), LEAST_SHARE, id="all admitted: the limit may be higher"),
        pytest.param(
            [(1200, 1 / 6), (2000, 0.5)], (98, 102), LEAST_SHARE, id="as many admitted at a lower rate: a limit"
        ),
        pytest.param([(500, 0.1), (2000, 0.1)], (190, 400), 0.1, id="as large a share at a lower rate: random"),
        pytest.param([(500, 0.1), (1000, 0.1), (2000, 0.55)], (95, 105), 0.1, id="both"),
        pytest.param([(0, 0.0)], (0, 1), LEAST_SHARE, id="nothing sent"),
        pytest.param([(1000, 0.0)] * 5 + [(1000, 1.0)], (95, 200), LEAST_SHARE, id="one odd span"),
    ],
)
def test_limit_and_share_are_told_apart(spans, limit, share):
    rate, rejected = least(*spans)
    assert limit[0] <= rate <= limit[1]
    assert rejected == share


def test_older_observations_count_less():
    before, after = [(1200, 1 / 6)] * 3, [(600, 1 / 6)] * 6
    assert least(*before, *after, keep=0.5)[0] == pytest.approx(50, rel=0.05)
    assert least(*before)[0] == pytest.approx(100, rel=0.05)


def believed(rate: int, rejects, seconds: int = 30) -> tuple[Belief, Starts]:
    """A belief after some seconds at this rate; `rejects` says which requests are rejected, by number."""
    starts = Starts()
    belief = Belief(starts)
    for i in range(rate * seconds):
        started = starts.add(i / rate)
        if rejects(i):
            starts.reject(started)
        belief.observe(started, rate)
    return belief, starts


@pytest.mark.parametrize(
    ("rejects", "safe", "share", "has_floor"),
    [
        pytest.param(lambda i: False, (100, 200), LEAST_SHARE, False, id="none: only the rate is known to be safe"),
        pytest.param(lambda i: i % 10 == 0, (90, 200), 0.1, True, id="one in ten"),
    ],
)
def test_a_floor_exists_only_where_rejections_are_expected(rejects, safe, share, has_floor):
    belief, _ = believed(100, rejects)
    assert safe[0] <= belief.safe_rate <= safe[1]
    assert belief.expected_share == share
    assert belief.floor == (belief.safe_rate if has_floor else LEAST_RATE)


@pytest.mark.parametrize(
    ("until", "part", "learns"),
    [(2.9, 1.0, False), (3.1, 1.0, True), (0.9, 1 / 3, False), (1.1, 1 / 3, True)],
)
def test_an_observation_covers_three_seconds_or_a_part_of_them(until, part, learns):
    starts = Starts()
    for i in range(400):
        starts.add(i / 100)
    belief = Belief(starts)
    belief.observe(until, 100.0, part=part)
    assert (belief.safe_rate > LEAST_RATE) == learns
    skipped = Belief(starts)
    skipped.skip(1.0)
    skipped.observe(until, 100.0, part=part)
    assert skipped.safe_rate == LEAST_RATE
