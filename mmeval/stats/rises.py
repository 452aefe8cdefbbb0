"""Is a quantity above its limit? One-sided p-values for rates, means and quantiles of two runs.

Each is a p-value of "the rise is at most the limit", and small if the rise is shown to exceed it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, bdtri, gammaln, xlog1py, xlogy

from mmeval.stats.paired import Units, sign_flip, tango_z

__all__ = ["mean_rise", "quantile_rise", "rate_rise"]

Floats = NDArray[np.float64]
Counts = NDArray[np.intp]
OUTSIDE = 1e-5
"""Chance that the rate of falls lies outside the range that is searched; it is added to the p-value."""
GRID = 40


def rate_rise(rises: int, falls: int, n: int, limit: float) -> float:
    """P-value of "the rate rose by at most `limit`" for pairs of yes and no, exact for independent pairs.

    This is the largest chance of a result at least as extreme by Tango's statistic, over all rates of falls that the
    data allow (Berger and Boos 1994, Journal of the American Statistical Association 89, 1012-1016).

    Args:
        rises: pairs that became a yes.
        falls: pairs that became a no.
        n: number of all pairs.
        limit: tolerated rise of the rate, in [0, 1).
    """
    if rises - falls <= n * limit:
        return 1.0
    least = _critical(rises, falls, n, limit)
    counts = np.arange(len(least))
    high = min((1 - limit) / 2, _upper(falls, n))
    low = min(high, max(_lower(falls, n), 1e-9))
    chances = [_chance(least, counts, n, rate, limit) for rate in np.geomspace(low, high, GRID)]
    return min(1.0, max(chances) + OUTSIDE)


def _upper(count: int, n: int) -> float:
    return 1.0 if count >= n else float(bdtri(count, n, OUTSIDE / 2))


def _lower(count: int, n: int) -> float:
    return 0.0 if count == 0 else float(bdtri(count - 1, n, 1 - OUTSIDE / 2))


def _critical(rises: int, falls: int, n: int, limit: float) -> Counts:
    """For every number of falls, the fewest rises that are as extreme as those seen; they grow with the falls."""
    seen = tango_z(rises, falls, n, limit) - 1e-9
    high = min((1 - limit) / 2, _upper(falls, n))
    most = min(n, math.ceil(n * high + 8 * math.sqrt(n * high) + 8))
    least, found = 0, []
    for count in range(most + 1):
        while least <= n - count and tango_z(least, count, n, limit) < seen:
            least += 1
        found.append(least)
    return np.asarray(found, dtype=np.intp)


def _chance(least: Counts, falls: Counts, n: int, rate: float, limit: float) -> float:
    log = gammaln(n + 1) - gammaln(falls + 1) - gammaln(n - falls + 1) + xlogy(falls, rate)
    weights = np.exp(log + xlog1py(n - falls, -rate))
    share = min(1.0, (rate + limit) / (1 - rate))
    tail = bdtrc(np.maximum(least - 1, 0), np.maximum(n - falls, least), share)  # P(rises >= least), given the falls
    return float(weights @ np.where(least <= 0, 1.0, np.where(least > n - falls, 0.0, tail)))


def mean_rise(excess: Sequence[float] | Floats, clusters: Sequence[Hashable | None] | None = None) -> float:
    """P-value of "the mean of `excess` is at most 0", by flipping the signs of cluster sums.

    It is exact if the sums are symmetric about their mean, and conservative if large ones are rare rises.

    Args:
        excess: change minus the tolerated change for each pair, of any scale; shape (n,).
        clusters: one per pair; None is a cluster of its own.
    """
    values = np.asarray(excess, dtype=np.float64)
    scale = float(np.abs(values).max(initial=0.0))
    return 1.0 if scale == 0 else sign_flip(-Units.of(values / scale, clusters).sums)


def quantile_rise(old: Sequence[float], new: Sequence[float], limit: float, *, share: float = 0.95) -> float:
    """P-value of "the quantile of `new` is at most 1 + `limit` times that of `old`", for positive values.

    Both quantiles have exact bounds by order statistics; the p-value is twice the smallest error rate at which the
    lower bound of the one is above the upper bound of the other. It needs no distribution and no independence between
    the runs, but at least log(alpha / 2) / log(share) values in each.

    Args:
        old: values before, in any order.
        new: values after.
        limit: tolerated rise, as a share of the old quantile.
        share: which quantile.
    """
    before, after = np.sort(np.asarray(old, dtype=np.float64)), np.sort(np.asarray(new, dtype=np.float64))
    n, m = len(before), len(after)
    above = np.searchsorted(after, (1 + limit) * before, side="right")  # the first new value above each old one
    usable = above < m
    if not bool(usable.any()):
        return 1.0
    # The quantile is above the j-th of n values (from 0) if at most j of them lie below it.
    old_misses = bdtrc(np.arange(n)[usable], n, share)
    new_misses = bdtr(above[usable], m, share)
    return min(1.0, float(2 * np.maximum(old_misses, new_misses).min()))
