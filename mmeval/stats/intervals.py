"""Intervals for one run: proportions, means with or without clusters, and any statistic by bootstrap.

Levels are two-sided. numpy and scipy are imported on first use, to keep the import of this module cheap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, TypeAlias

from mmeval.stats.clusters import ClusterSums
from mmeval.stats.robust import Robust
from mmeval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Statistic: TypeAlias = Callable[[NDArray[np.float64]], float]

__all__ = ["MeanFold", "bootstrap", "mean", "over_clusters", "t_quantile", "wilson", "z_quantile"]


LARGE_DF = 300


def z_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution."""
    return NormalDist().inv_cdf(probability)


def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t with `df` > 0 degrees of freedom."""
    if df >= LARGE_DF:
        return _t_expansion(z_quantile(probability), df)
    from scipy.special import stdtrit

    return float(stdtrit(df, probability))


def _t_expansion(z: float, df: float) -> float:
    """Abramowitz and Stegun 26.7.5, to the fourth order: nine digits from LARGE_DF on, without scipy."""
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / df**order for order, term in enumerate(terms, 1))


def wilson(successes: float, n: float, *, level: float = 0.95) -> Estimate:
    """Wilson score interval of a proportion (Wilson 1927); `successes` may be a sum of values in [0, 1].

    Raises:
        ValueError: unless 0 <= successes <= n and n > 0.
    """
    if not (n > 0 and 0 <= successes <= n):
        raise ValueError(f"{successes} successes of {n} is not a proportion")
    low, high = _score_bounds(successes / n, n, z_quantile((1 + level) / 2))
    return Estimate(value=successes / n, low=low, high=high, n=round(n), method="wilson", level=level)


def _score_bounds(p: float, n: float, z: float) -> tuple[float, float]:
    denominator = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / denominator
    half = z / denominator * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At p = 0 and p = 1 the bound is exactly p; the formula has a rounding error.
    low = 0.0 if p == 0 else max(0.0, centre - half)
    high = 1.0 if p == 1 else min(1.0, centre + half)
    return low, high


def over_clusters(
    found: Robust, value: float, *, n: int, spread: float, bounded: bool = True, level: float = 0.95
) -> Estimate:
    """The interval of a mean over clusters.

    For values in [0, 1] it is Wilson's at the effective number of samples, with the quantile of Student's t (as in
    Korn and Graubard 1998, Survey Methodology 24, 193-201); otherwise it is a t interval.

    Args:
        found: the error of the mean.
        value: the mean.
        n: number of samples.
        spread: variance of one sample.
        bounded: whether the values are in [0, 1].
        level: two-sided coverage.
    """
    crit, clustered = t_quantile((1 + level) / 2, found.freedom), found.clusters < n
    if bounded:
        low, high = _score_bounds(value, found.effective(value, spread, crit), crit)
        method = "wilson t, effective n"
    else:
        half, method = crit * math.sqrt(found.variance), "CR2 t" if clustered else "t"
        low, high = value - half, value + half
    low, high = min(low, value), max(high, value)  # rounding, if the value is almost 0 or 1
    few = clustered and found.few
    return Estimate(value=value, low=low, high=high, n=n, method=method, level=level, few_clusters=few)


class MeanFold:
    """A running mean with its interval, in bounded memory (see ClusterSums).

    For 0/1 values without clusters, the interval is Wilson's; otherwise see `over_clusters`. A value without a cluster
    is a cluster of its own.
    """

    __slots__ = (
        "_alone", "_alone_mean", "_alone_square", "_binary", "_clusters", "_high", "_low", "_mean", "_n", "_square",
        "_total",
    )  # fmt: skip

    def __init__(self) -> None:
        self._n = self._alone = 0
        self._mean = self._square = 0.0
        self._alone_mean = self._alone_square = 0.0
        self._total = 0.0
        self._binary = True
        self._low = math.inf
        self._high = -math.inf
        self._clusters = ClusterSums()

    def add(self, value: float, cluster: Hashable | None = None) -> None:
        """Add one value. Raises ValueError if it is not finite."""
        if not math.isfinite(value):
            raise ValueError(f"cannot average {value}")
        self._n += 1
        self._total += value
        self._binary = self._binary and value in (0, 1)
        self._low, self._high = min(self._low, value), max(self._high, value)
        change = value - self._mean
        self._mean += change / self._n
        self._square += change * (value - self._mean)
        if cluster is not None:
            self._clusters.add(cluster, value)
            return
        self._alone += 1
        change = value - self._alone_mean
        self._alone_mean += change / self._alone
        self._alone_square += change * (value - self._alone_mean)

    def __len__(self) -> int:
        return self._n

    def estimate(self, *, level: float = 0.95) -> Estimate:
        """The mean so far, with its interval. Raises ValueError if no value was added."""
        if not self._n:
            raise ValueError("no values to average")
        if self._binary and self._alone + len(self._clusters) == self._n:
            return wilson(self._total, self._n, level=level)
        value = min(max(self._total / self._n, self._low), self._high)
        spread = self._square / max(1, self._n - 1) if not self._binary else value * (1 - value)
        bounded = self._low >= 0 and self._high <= 1
        return over_clusters(self._robust(value), value, n=self._n, spread=spread, bounded=bounded, level=level)

    def _robust(self, mean: float) -> Robust:
        found, n = Robust(), self._n
        if self._alone:
            square = self._alone_square + self._alone * (self._alone_mean - mean) ** 2
            found.add(1 / n, square / n**2, self._alone)
        for count, total in self._clusters:
            found.add(count / n, ((total - count * mean) / n) ** 2)
        return found


def mean(
    values: Iterable[float], clusters: Iterable[Hashable | None] | None = None, *, level: float = 0.95
) -> Estimate:
    """Mean with its interval (see MeanFold); `clusters` has one entry per value.

    Raises:
        ValueError: there are no values, one is not finite, or the lengths differ.
    """
    fold = MeanFold()
    if clusters is None:
        for value in values:
            fold.add(value)
    else:
        for value, cluster in zip(values, clusters, strict=True):
            fold.add(value, cluster)
    return fold.estimate(level=level)


def bootstrap(
    values: Sequence[float] | Sequence[Sequence[float]] | NDArray[Any],
    statistic: Statistic,
    *,
    clusters: Sequence[Hashable | None] | None = None,
    seed: int,
    draws: int = 2000,
    level: float = 0.95,
) -> Estimate:
    """Percentile bootstrap of a statistic; clusters are resampled as a whole.

    Args:
        values: shape (n,), or (n, k) if the statistic needs k numbers per sample.
        statistic: function of an array like `values`, with rows drawn with replacement.
        clusters: one per row; None is a cluster of its own.
        seed: of the random generator; the same input and seed give the same interval.
        draws: number of resamples.
        level: two-sided coverage.
    """
    import numpy as np

    data = np.asarray(values, dtype=np.float64)
    if not len(data):
        raise ValueError("no values to resample")
    groups = _groups(clusters, len(data))
    generator = np.random.default_rng(seed)
    value = float(statistic(data))
    results = np.empty(draws)
    for draw in range(draws):
        picked = generator.integers(len(groups), size=len(groups))
        results[draw] = statistic(data[np.concatenate([groups[i] for i in picked])])
    low, high = (float(q) for q in np.quantile(results, [(1 - level) / 2, (1 + level) / 2]))
    method = "bootstrap" if clusters is None else "cluster bootstrap"
    if value in (0.0, 1.0) and low == high == value:  # all draws are equal: a width of 0 would be misleading
        low, high = _score_bounds(value, len(groups), z_quantile((1 + level) / 2))
        method = "wilson"
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=len(data), method=method, level=level)


def _groups(clusters: Sequence[Hashable | None] | None, n: int) -> list[NDArray[np.intp]]:
    import numpy as np

    if clusters is None:
        return [np.array([i]) for i in range(n)]
    if len(clusters) != n:
        raise ValueError(f"{len(clusters)} clusters for {n} values")
    members: dict[Hashable, list[int]] = {}
    for i, cluster in enumerate(clusters):
        members.setdefault(("", i) if cluster is None else cluster, []).append(i)
    return [np.array(rows) for rows in members.values()]
