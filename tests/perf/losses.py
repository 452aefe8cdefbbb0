"""How often the lower bound of a mean difference of partial scores lies above the truth, where large losses are rare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmeval.stats.bounded import p_above
from mmeval.stats.intervals import t_quantile

Floats = NDArray[np.float64]
ALPHA = 0.05


@dataclass(frozen=True)
class Losses:
    """One cell of the grid: a share of samples loses, the others gain nothing or a little."""

    n: int
    share: float
    loss: float
    gain: float
    cluster: int = 1
    """Samples of one cluster lose together."""

    @property
    def truth(self) -> float:
        return (1 - self.share) * self.gain / 2 - self.share * self.loss

    def draw(self, rng: np.random.Generator, runs: int) -> Floats:
        """Differences, clusters contiguous; shape (runs, n)."""
        lost = np.repeat(rng.random((runs, self.n // self.cluster)) < self.share, self.cluster, axis=1)
        return np.where(lost, -self.loss, rng.choice([0.0, self.gain], lost.shape))

    def measure(self, runs: int, *, seed: int) -> tuple[float, float]:
        """Shares of samples whose bound is above the truth: of `bounded.lower_bound`, and of the t interval."""
        rng = np.random.default_rng([seed, self.n, round(1000 * self.share), round(100 * self.gain), self.cluster])
        drawn = self.draw(rng, runs)
        names = None if self.cluster == 1 else (np.arange(self.n) // self.cluster).tolist()
        missed = np.mean([p_above(row, self.truth, -1, 1, names) < ALPHA for row in drawn])
        means = drawn.reshape(runs, -1, self.cluster).mean(axis=2)
        units = means.shape[1]
        half = t_quantile(1 - ALPHA, units - 1) * means.std(axis=1, ddof=1) / np.sqrt(units)
        return float(missed), float(np.mean(means.mean(axis=1) - half > self.truth + 1e-12))


def grid() -> list[Losses]:
    """All cells."""
    return [
        Losses(n, share, loss, gain, cluster)
        for cluster in (1, 5)
        for n in (20, 50, 100, 200, 500, 1000)
        for share in (0.01, 0.05, 0.2)
        for loss in (0.5, 1.0)
        for gain in (0.0, 0.1)
    ]
