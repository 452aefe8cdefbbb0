"""How often a 95 % interval of a share of correct answers holds the truth, over clusters of uneven size.

Each cluster has a chance of a correct answer, drawn from a beta distribution with the wanted correlation between two
answers of one cluster (`icc`). Where large clusters are harder, the log-odds of that chance fall by SLOPE for each unit
of log size, around a level at which the share of correct answers over all clusters is still `p`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from mmeval.stats.intervals import over_clusters
from mmeval.stats.robust import Robust

Floats = NDArray[np.float64]
SLOPE = 0.5
LARGEST = 1000
"""Of a Pareto cluster: a mean over sizes without a limit would be decided by clusters that no sample has."""


class Measured(NamedTuple):
    """What the intervals of one cell were like."""

    covered: float
    """Share of samples whose interval holds the truth."""
    width: float
    """Mean width, as a share."""
    few: float
    """Share of samples that are marked as having few effective clusters."""


@dataclass(frozen=True)
class Coverage:
    """One cell of the grid."""

    sizes: str
    clusters: int
    p: float
    icc: float
    harder: bool = False

    def draw(self, rng: np.random.Generator, runs: int) -> tuple[Floats, Floats]:
        """Sizes and numbers of correct answers, shape (runs, clusters)."""
        size = sizes(self.sizes, (runs, self.clusters), rng)
        chance = expit(level(self.sizes, self.p) - SLOPE * np.log(size)) if self.harder else np.full_like(size, self.p)
        if self.icc:
            spread = (1 - self.icc) / self.icc
            chance = np.clip(rng.beta(np.maximum(chance * spread, 1e-6), np.maximum((1 - chance) * spread, 1e-6)), 0, 1)
        return size, rng.binomial(size.astype(np.int64), chance).astype(np.float64)

    def measure(self, runs: int, *, seed: int) -> Measured:
        """Draw samples, and look at their intervals."""
        rng = np.random.default_rng([seed, self.clusters, round(1000 * self.p), round(10 * self.icc), self.harder])
        found = [interval(size, right) for size, right in zip(*self.draw(rng, runs), strict=True)]
        return Measured(
            covered=float(np.mean([low <= self.p <= high for low, high, _ in found])),
            width=float(np.mean([high - low for low, high, _ in found])),
            few=float(np.mean([few for _, _, few in found])),
        )


def interval(size: Floats, right: Floats) -> tuple[float, float, bool]:
    """The interval of one sample, as `intervals.mean` computes it, and whether it has few effective clusters."""
    n = float(size.sum())
    value = float(right.sum()) / n
    found = Robust()
    for share, moved in zip((size / n).tolist(), ((right - size * value) / n).tolist(), strict=True):
        found.add(share, moved * moved)
    estimate = over_clusters(found, value, n=round(n), spread=value * (1 - value))
    return estimate.low, estimate.high, estimate.few_clusters


def sizes(kind: str, shape: tuple[int, ...] | int, rng: np.random.Generator) -> Floats:
    """Cluster sizes: five each; lognormal around e; or Pareto with the exponent 1.1."""
    if kind == "fixed":
        return np.full(shape, 5.0)
    if kind == "lognormal":
        return np.ceil(np.exp(rng.normal(1, 1, shape)))
    return np.minimum(np.floor((1 - rng.random(shape)) ** (-1 / 1.1)), LARGEST)


@cache
def level(kind: str, p: float) -> float:
    """The log-odds at size 1 with which a share `p` of all answers is correct where large clusters are harder."""
    many = sizes(kind, 400_000, np.random.default_rng(0))
    log = np.log(many)
    return float(brentq(lambda at: float(many @ expit(at - SLOPE * log)) / float(many.sum()) - p, -15, 15))


def grid() -> list[Coverage]:
    """All cells."""
    variants = [("fixed", False), ("lognormal", False), ("pareto", False), ("lognormal", True), ("pareto", True)]
    return [
        Coverage(kind, clusters, p, icc, harder)
        for kind, harder in variants
        for clusters in (15, 50, 200)
        for p in (0.03, 0.5, 0.9, 0.97)
        for icc in (0.1, 0.3, 0.6)
    ]
