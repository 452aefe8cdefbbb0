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
    found = sorted(_crossing(falling(row, n), half) for row in drawn)
    low, high = found[int(tail * draws)], found[min(draws - 1, int((1 - tail) * draws))]
    value = _crossing(falling(seen, n), half)
    return Halfway(value, min(low, value), max(high, value))


def falling(shares: Floats, weights: NDArray[np.int64]) -> Floats:
    """The closest non-increasing shares, by pooled adjacent violators; shape (steps,)."""
    blocks: list[tuple[float, float, int]] = []
    for share, weight in zip(shares, weights, strict=True):
        blocks.append((float(share), float(weight), 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (one, a, i), (other, b, j) = blocks.pop(-2), blocks.pop()
            blocks.append(((one * a + other * b) / (a + b), a + b, i + j))
    return np.repeat([share for share, _, _ in blocks], [size for _, _, size in blocks])


def _crossing(shares: Floats, half: float) -> float:
    """The step, from 1, at which falling shares reach `half`."""
    below = np.flatnonzero(shares < half)
    if not len(below):
        return float("inf")
    if below[0] == 0:
        return float("-inf")
    before, after = shares[below[0] - 1], shares[below[0]]
    return float(below[0] + (before - half) / (before - after))
