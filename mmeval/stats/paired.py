"""Two runs on the same samples: tests and intervals of the mean difference.

A difference is the candidate's score minus the base's, both in [0, 1]. A gain is a positive difference, a loss a
negative one. Section and formula numbers are those of the cited papers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, ndtr

from mmeval.stats.intervals import t_quantile, z_quantile
from mmeval.stats.robust import degrees
from mmeval.types import Estimate

__all__ = [
    "Difference",
    "Units",
    "bonett_price",
    "difference",
    "effective_tango",
    "mcnemar",
    "sign_flip",
    "tango",
    "tango_z",
]

Alternative = Literal["two-sided", "less", "greater"]
EXACT = 15
"""Up to this number of clusters, all sign patterns are counted; above it, they are drawn."""
LARGE = 2000
"""Above this number of clusters, the sum of random signs is normal to all digits shown."""
CONTINUITY = 0.25
"""In flips. At the boundary, Tango's test rejects up to 6.0 % without it and at most 4.9 % with it (tests/stats)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The mean difference of paired scores, with its interval and test."""

    value: float
    low: float
    """Lower end of the two-sided interval, which is also the one-sided bound at (1 + level) / 2."""
    high: float
    n: int
    units: int
    """Number of clusters, or n without clusters."""
    gains: int
    losses: int
    method: str
    level: float
    p_worse: float
    """One-sided p-value of "no drop", by exact McNemar or by sign flips of cluster sums."""
    variance: float
    """Variance per pair with clusters taken into account: n times the squared standard error."""


def mcnemar(gains: int, losses: int, *, alternative: Alternative = "two-sided", mid: bool = False) -> float:
    """P-value of McNemar's exact conditional test, or of its mid-p variant (Fagerland, Lydersen, Laake 2013).

    `less` tests whether there are fewer gains than losses.
    """
    n, k = gains + losses, min(gains, losses) if alternative == "two-sided" else gains
    if alternative == "greater":
        k = losses
    if n == 0:
        return 1.0
    point = float(bdtr(k, n, 0.5) - (bdtr(k - 1, n, 0.5) if k else 0.0))
    tail = float(bdtr(k, n, 0.5)) - (point / 2 if mid else 0.0)
    if alternative != "two-sided":
        return tail
    if gains == losses:
        return 1.0 - point / 2 if mid else 1.0
    return min(1.0, 2 * tail)


def bonett_price(gains: int, losses: int, n: int, *, level: float = 0.95) -> Estimate:
    """Adjusted Wald interval of the difference of paired proportions (Bonett and Price 2012)."""
    p1, p2 = (gains + 1) / (n + 2), (losses + 1) / (n + 2)
    half = z_quantile((1 + level) / 2) * math.sqrt((p1 + p2 - (p1 - p2) ** 2) / (n + 2))
    low, high = max(-1.0, p1 - p2 - half), min(1.0, p1 - p2 + half)
    return Estimate(value=(gains - losses) / n, low=low, high=high, n=n, method="bonett-price", level=level)


def tango_z(gains: float, losses: float, n: float, delta: float, *, continuity: float = 0.0) -> float:
    """Score statistic of Tango (1998) for a true difference of `delta`; large if the difference is above it.

    Counts may be fractions, for an effective number of samples. `continuity` is subtracted from the distance between
    observed and expected difference, in flips.
    """
    a = 2 * n
    b = -(gains + losses) + (2 * n - gains + losses) * delta
    c = -losses * delta * (1 - delta)
    q = (math.sqrt(max(b * b - 4 * a * c, 0.0)) - b) / (2 * a)
    variance = n * (2 * q + delta * (1 - delta))
    distance = gains - losses - n * delta
    distance = math.copysign(max(abs(distance) - continuity, 0.0), distance)
    if variance <= 1e-12 * n:
        return 0.0 if distance == 0 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def tango(
    gains: float, losses: float, n: float, *, level: float = 0.95, continuity: float = 0.0, df: float | None = None
) -> Estimate:
    """Interval of the difference of paired proportions: all values that Tango's test does not reject.

    Args:
        gains: number of pairs that became correct.
        losses: number of pairs that became wrong.
        n: number of all pairs.
        level: two-sided coverage.
        continuity: correction in flips (see `tango_z`).
        df: degrees of freedom of Student's t, if the variance comes from few clusters; normal by default.
    """
    crit = z_quantile((1 + level) / 2) if df is None else t_quantile((1 + level) / 2, df)
    value = (gains - losses) / n

    def reject(delta: float) -> bool:
        return abs(tango_z(gains, losses, n, delta, continuity=continuity)) > crit

    low, high = _edge(reject, value, -1.0), _edge(reject, value, 1.0)
    return Estimate(value=value, low=low, high=high, n=round(n), method="tango", level=level)


def _edge(reject: Callable[[float], bool], inside: float, outside: float) -> float:
    """Find the last delta that is not rejected by bisection, to 1e-9."""
    if not reject(outside):
        return outside
    while abs(outside - inside) > 1e-9:
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if reject(middle) else (middle, outside)
    return inside


@dataclass(frozen=True, slots=True)
class Units:
    """Differences summed over clusters. Without clusters, each pair is a unit.

    `sums` and `sizes` have shape (units,); `values` has shape (n,).
    """

    values: NDArray[np.float64]
    sums: NDArray[np.float64]
    sizes: NDArray[np.float64]

    @classmethod
    def of(
        cls, differences: Sequence[float] | NDArray[np.float64], clusters: Sequence[Hashable | None] | None
    ) -> Units:
        """Sum by cluster. Raises ValueError for no differences, one outside [-1, 1], or lengths that differ."""
        values = np.asarray(differences, dtype=np.float64)
        if not len(values):
            raise ValueError("no pairs to compare")
        if not bool(np.all(np.abs(values) <= 1)):
            raise ValueError("a difference of scores is outside [-1, 1]")
        if clusters is None:
            return cls(values, values, np.ones_like(values))
        if len(clusters) != len(values):
            raise ValueError(f"{len(clusters)} clusters for {len(values)} pairs")
        codes: dict[Hashable, int] = {}
        index = [codes.setdefault(("", i) if c is None else c, len(codes)) for i, c in enumerate(clusters)]
        sizes: NDArray[np.float64] = np.bincount(index).astype(np.float64)
        sums: NDArray[np.float64] = np.bincount(index, weights=values).astype(np.float64)
        return cls(values, sums, sizes)

    @property
    def alone(self) -> bool:
        """Whether each pair is a cluster of its own."""
        return len(self.sums) == len(self.values)

    def variance(self) -> float:
        """Variance of the mean by CR2 (see stats.robust); 0 for one unit."""
        if len(self.sums) < 2:
            return 0.0
        shares = self.sizes / len(self.values)
        rest = (self.sums - self.sizes * self.values.mean()) / len(self.values)
        return float(np.sum(rest * rest / (1 - shares)))

    def freedom(self) -> float:
        """Degrees of freedom of that variance; 1 for one unit."""
        shares = self.sizes / len(self.values)
        if len(shares) < 2:
            return 1.0
        pulls = shares * shares / (1 - shares)
        return degrees(float(shares @ shares), float(pulls.sum()), float(pulls @ pulls))

    def weight(self) -> float:
        """Number of pairs that count as one independent flip: above 1 with clusters, below 1 with partial scores.

        This is the variance of the sum divided by the sum of absolute differences. One more cluster (or pair) is
        counted as lost completely, because few changes say little about how clusters change.
        """
        if self.alone and bool(np.all(np.abs(self.values) % 1 == 0)):
            return 1.0
        worst = float(self.sizes @ self.sizes) / len(self.values)
        spread = self.variance() * len(self.values) ** 2
        return (spread + worst * worst) / (float(np.abs(self.values).sum()) + worst)


def difference(
    differences: Sequence[float] | NDArray[np.float64],
    clusters: Sequence[Hashable | None] | None = None,
    *,
    level: float = 0.9,
    seed: int = 0,
) -> Difference:
    """Compare two runs from their paired differences.

    The interval is Tango's at the effective number of pairs, with a continuity correction of a quarter of a flip. If
    the true drop equals the margin, its lower end is above -margin in at most 5 % of cases; with a t interval, it is in
    up to 70 % (with few flips; see the table in docs/design/gate.md).

    Args:
        differences: candidate minus base for each pair, in [-1, 1], averaged over epochs; shape (n,).
        clusters: one per pair; None is a cluster of its own.
        level: two-sided; 0.9 gives two one-sided bounds at 95 %.
        seed: of random sign flips.

    Raises:
        ValueError: there are no pairs, or a difference is not in [-1, 1].
    """
    units = Units.of(differences, clusters)
    found = effective_tango(units, level=level)
    return Difference(
        value=float(units.values.mean()),
        low=found.low,
        high=found.high,
        n=len(units.values),
        units=len(units.sums),
        gains=int((units.values > 0).sum()),
        losses=int((units.values < 0).sum()),
        method=found.method,
        level=level,
        p_worse=sign_flip(units.sums, seed=seed),
        variance=units.variance() * len(units.values),
    )


def effective_tango(units: Units, *, level: float) -> Estimate:
    """Tango's interval at the effective number of pairs, the one that `difference` gives."""
    n, weight = len(units.values), units.weight()
    up, down = float(units.values.clip(0).sum()), float(-units.values.clip(None, 0).sum())
    df = None if weight == 1 else units.freedom()
    found = tango(up / weight, down / weight, n / weight, level=level, continuity=CONTINUITY, df=df)
    return found if weight == 1 else replace(found, method="tango, effective n")


def sign_flip(sums: NDArray[np.float64], *, seed: int = 0, draws: int = 10_000) -> float:
    """One-sided p-value of "the sums are symmetric about 0" against "they are below 0", by flipping their signs.

    It is exact if all sums have the same size (McNemar's test), if all are whole numbers, or if there are at most 15.
    Above 2,000 unequal sums it is the normal limit. Otherwise sign patterns are drawn; the observed pattern is counted,
    so that the p-value is never 0.

    Args:
        sums: sum of the differences of each cluster, shape (units,).
        seed: of the draws.
        draws: number of patterns.
    """
    sizes = np.abs(sums[sums != 0])
    total, n = float(sums.sum()), len(sizes)
    if n == 0:
        return 1.0
    if bool(np.all(sizes == sizes[0])):
        return mcnemar(int((sums > 0).sum()), int((sums < 0).sum()), alternative="less")
    if n > LARGE:
        return float(ndtr(total / math.sqrt(float(sizes @ sizes))))
    if bool(np.all(sizes % 1 == 0)):
        return _flip_counts(sizes.astype(np.intp), round(total))
    if n <= EXACT:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float(np.mean(signs @ sizes <= total + 1e-9))
    drawn = np.random.default_rng(seed).integers(0, 2, size=(draws, n), dtype=np.int8) * 2.0 - 1
    return (1 + int(np.sum(drawn @ sizes <= total + 1e-9))) / (draws + 1)


def _flip_counts(sizes: NDArray[np.intp], total: int) -> float:
    """P(sum of sizes with random signs <= total), by convolution."""
    chance = np.ones(1)
    for size in sizes:
        longer = np.zeros(len(chance) + 2 * size)
        longer[: len(chance)] += chance / 2
        longer[2 * size :] += chance / 2
        chance = longer
    return min(1.0, float(chance[: (total + int(sizes.sum())) + 1].sum()))
