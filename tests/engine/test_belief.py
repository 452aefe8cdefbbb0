"""What is believed of limits and of rejections by chance, from what was seen."""

from __future__ import annotations

import pytest

from mmeval.engine.rate.belief import LEAST_SHARE, Belief
from mmeval.engine.rate.starts import Seen


def of(*looks: tuple[int, float], keep: float = 1.0) -> tuple[float, float]:
    """The limit and the share that are believed at least, after looks of ten seconds: requests, share rejected."""
    belief = Belief()
    for sent, share in looks:
        belief.saw(Seen(sent, round(share * sent), 10.0), keep=keep)
    return belief.least()


@pytest.mark.parametrize(
    ("looks", "limit", "share"),
    [
        pytest.param([(1000, 0.0)], (100, 200), LEAST_SHARE, id="all is admitted: more may be allowed"),
        pytest.param([(1200, 1 / 6), (2000, 0.5)], (98, 102), LEAST_SHARE, id="as much is admitted as when less was asked"),
        pytest.param([(500, 0.1), (2000, 0.1)], (190, 400), 0.1, id="as large a share as when less was asked"),
        pytest.param([(500, 0.1), (1000, 0.1), (2000, 0.55)], (95, 105), 0.1, id="both"),
        pytest.param([(0, 0.0)], (0, 1), LEAST_SHARE, id="nothing was asked"),
        pytest.param([(1000, 0.0)] * 5 + [(1000, 1.0)], (95, 200), LEAST_SHARE, id="one odd look"),
    ],
)  # fmt: skip
def test_limit_and_share_are_told_apart(looks, limit, share):
    least, rejected = of(*looks)
    assert limit[0] <= least <= limit[1]
    assert rejected == share


def test_what_was_seen_long_ago_counts_less():
    before, after = [(1200, 1 / 6)] * 3, [(600, 1 / 6)] * 6
    assert of(*before, *after, keep=0.5)[0] == pytest.approx(50, rel=0.05)
    assert of(*before)[0] == pytest.approx(100, rel=0.05)
