"""Lower bound of a mean whose values have limits, for few values and rare large losses.

A t interval trusts the variance that it has seen. If one sample in fifty loses everything, most samples of thirty have
not seen that, and the bound lies above the truth. Gaffke's bound (2005, "Three test statistics for a nonparametric
one-sided hypothesis on the mean of a nonnegative variable", Mathematical Methods of Statistics 14, 451-467; also
Learned-Miller and Thomas 2020, arXiv 1905.06208) adds one observation at the lower limit and takes a quantile of the
mean under random weights, uniform over all weights that sum to 1. For 0/1 values that is the bound of Clopper and
Pearson. That the bound holds for all distributions is a conjecture; no counterexample is known, and
`python -m tests.perf.audit` looks for one.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

__all__ = ["lower_bound", "p_above"]

Floats = NDArray[np.float64]
STEP = 0.05
"""Of the integral over log t. Halving it changes no result by 1e-9."""
BLOCK = 2_000_000
"""The most numbers in one block of memory."""


def lower_bound(
    differences: Sequence[float] | Floats,
    low: float,
    high: float,
    alpha: float,
    clusters: Sequence[Hashable | None] | None = None,
) -> float:
    """The one-sided lower bound of the mean at level 1 - alpha.

    Args:
        differences: shape (n,), in [low, high].
        low: the smallest possible value.
        high: the largest possible value.
        alpha: the accepted chance that the bound is above the true mean, in (0, 0.5).
        clusters: one per value; None is a cluster of its own. A cluster larger than those seen is not allowed for.

    Raises:
        ValueError: there are no values, one is out of range, or the lengths differ.
    """
    sums, sizes, counts = _units(differences, low, high, clusters)
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha {alpha} is not in (0, 0.5)")
    total = float(counts @ sizes)
    above = float(counts @ sums) / total
    step = max(math.sqrt(float(counts @ np.square(sums - above * sizes))) / total, 1e-12)
    below = above
    while _weighted_below(sums, sizes, counts, below) > alpha:
        if below == low:
            return low
        above, below = below, max(below - step, low)
    return float(brentq(lambda mean: _weighted_below(sums, sizes, counts, mean) - alpha, below, above, xtol=1e-9))


def p_above(
    differences: Sequence[float] | Floats,
    null: float,
    low: float,
    high: float,
    clusters: Sequence[Hashable | None] | None = None,
) -> float:
    """P-value of "the mean is at most `null`": it is below alpha where `lower_bound` is above `null`."""
    sums, sizes, counts = _units(differences, low, high, clusters)
    return _weighted_below(sums, sizes, counts, null)


def _units(
    differences: Sequence[float] | Floats, low: float, high: float, clusters: Sequence[Hashable | None] | None
) -> tuple[Floats, Floats, Floats]:
    """Distinct clusters as (sum, size, how often), with one more cluster of the largest size at the lower limit."""
    values = np.asarray(differences, dtype=np.float64)
    if not len(values) or not bool(np.all((values >= low) & (values <= high))):
        raise ValueError(f"no values, or one outside [{low:g}, {high:g}]")
    sums: Floats = values
    sizes: Floats = np.ones_like(values)
    if clusters is not None:
        if len(clusters) != len(values):
            raise ValueError(f"{len(clusters)} clusters for {len(values)} values")
        codes: dict[Hashable, int] = {}
        index = [codes.setdefault(("", i) if c is None else c, len(codes)) for i, c in enumerate(clusters)]
        sums = np.bincount(index, weights=values).astype(np.float64)
        sizes = np.bincount(index).astype(np.float64)
    largest = float(sizes.max())
    pairs = np.stack([np.append(sums, low * largest), np.append(sizes, largest)])
    distinct, counts = np.unique(pairs, axis=1, return_counts=True)
    return distinct[0], distinct[1], counts.astype(np.float64)


def _weighted_below(sums: Floats, sizes: Floats, counts: Floats, mean: float) -> float:
    """P(weighted mean <= mean) under uniform weights, which are exponential variables divided by their sum.

    So this is P(sum of E_i * (sum_i - mean * size_i) <= 0), by inversion of the characteristic function (Gil-Pelaez
    1951) with the trapezoidal rule over log t.
    """
    gaps = sums - mean * sizes
    counts, gaps = counts[gaps != 0], gaps[gaps != 0]
    if not len(gaps) or gaps.min() > 0 or gaps.max() < 0:
        return 0.0 if len(gaps) and gaps.min() > 0 else 1.0
    gaps = gaps / math.sqrt(float(counts @ np.square(gaps)))
    last = 1.0
    while 0.5 * float(counts @ np.log1p(np.square(last * gaps))) < 25:
        last *= 2
    grid = np.exp(np.arange(math.log(1e-11), math.log(last) + STEP, STEP))
    area = 0.0
    for t in np.array_split(grid, max(1, len(grid) * len(gaps) // BLOCK)):
        turned = np.outer(t, gaps)
        area += float(np.sum(np.sin(np.arctan(turned) @ counts) * np.exp(-0.5 * (np.log1p(turned * turned) @ counts))))
    return min(1.0, max(0.0, 0.5 - area * STEP / math.pi))
