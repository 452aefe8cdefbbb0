"""The step of a dial at which a model falls to half: a number that does not saturate.

The shares by step are made monotone by isotonic regression (Ayer et al. 1955: pooled adjacent violators), and the step
is read off by linear interpolation. The interval comes from a parametric bootstrap of the shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Halfway", "falling", "halfway"]

Floats = NDArray[np.float64]


class Halfway(NamedTuple):
    """A step with its interval. An end is infinite where the dial does not reach so far."""

    value: float
    low: float
    high: float


def halfway(
    shares: Sequence[float], counts: Sequence[int], *, half: float = 0.5, level: float = 0.95, draws: int = 2000,
    seed: int = 0,
) -> Halfway:  # fmt: skip
    """Where the share falls to `half`.

    Args:
        shares: of the solved items by step, from step 1; shape (steps,).
        counts: items by step, 1 or more.
        half: the share that is looked for.
        level: of the two-sided interval.
        draws: of the bootstrap: binomial with one success and one failure added, so that 0 and 1 do not look certain.
        seed: of the draws.

    Returns:
        A step between 1 and `steps`; -inf if even step 1 is below `half`, inf if no step is.
    """
    seen, n = np.asarray(shares, float), np.asarray(counts)
    smoothed = (seen * n + 1) / (n + 2)
    drawn = np.random.default_rng(seed).binomial(n, smoothed, (draws, len(n))) / n
    tail = (1 - level) / 2
    found = sorted(_crossing(row, half) for row in falling(drawn, n))
    low, high = found[int(tail * draws)], found[min(draws - 1, int((1 - tail) * draws))]
    value = _crossing(falling(seen, n), half)
    return Halfway(value, min(low, value), max(high, value))


def falling(shares: Floats, weights: NDArray[np.int64]) -> Floats:
    """The closest non-increasing shares; shape (..., steps).

    At each step: the least, over the steps before it, of the greatest mean from there to a step after it (Barlow et
    al. 1972, the min-max formula). Pooling adjacent violators gives the same, one row at a time.
    """
    steps = len(weights)
    totals, sizes = np.cumsum(shares * weights, axis=-1), np.cumsum(weights)
    best = np.full_like(totals, np.inf)
    for first in range(steps):
        before, fewer = (totals[..., first - 1, None], sizes[first - 1]) if first else (0.0, 0)
        means = (totals[..., first:] - before) / (sizes[first:] - fewer)
        greatest = np.maximum.accumulate(means[..., ::-1], axis=-1)[..., ::-1]
        best[..., first:] = np.minimum(best[..., first:], greatest)
    return best


def _crossing(shares: Floats, half: float) -> float:
    """The step, from 1, at which falling shares reach `half`."""
    below = np.flatnonzero(shares < half)
    if not len(below):
        return float("inf")
    if below[0] == 0:
        return float("-inf")
    before, after = shares[below[0] - 1], shares[below[0]]
    return float(below[0] + (before - half) / (before - after))
