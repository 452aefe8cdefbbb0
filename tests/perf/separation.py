"""How often a board calls two of several equal models different.

Each model answers right with the chance `p`. Behind each answer there is a normal deviate, of which the models share
the part `alike`: the difficulty of the sample. In clusters, half of a model's own part is the same for all samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from mmeval.stats.ranking import SMALL, Table, rank
from tests.perf.coverage import sizes


@dataclass(frozen=True)
class Equals:
    """One cell of the grid: a board of equal models."""

    models: int
    units: int
    p: float
    alike: float = 0.0
    sizes: str | None = None
    """Of clusters, as in Coverage; None for single samples."""

    def draw(self, rng: np.random.Generator) -> Table:
        """The scores of one board."""
        own, names = rng.normal(size=(self.models, self.units)), None
        if self.sizes is not None:
            names = np.repeat(np.arange(self.units), sizes(self.sizes, self.units, rng).astype(np.int64))
            own = np.sqrt(0.5) * (own[:, names] + rng.normal(size=(self.models, len(names))))
        deviates = np.sqrt(self.alike) * rng.normal(size=own.shape[1]) + np.sqrt(1 - self.alike) * own
        return Table((deviates < ndtri(self.p)).astype(np.float64), None if names is None else names.tolist())

    def measure(self, runs: int, *, seed: int) -> float:
        """Share of boards with a false "better"."""
        rng = np.random.default_rng([seed, self.models, self.units, round(100 * self.p), round(10 * self.alike)])
        draws = 1000 if self.large else 10
        return sum(bool(rank([self.draw(rng)], draws=draws).better.any()) for _ in range(runs)) / runs

    @property
    def large(self) -> bool:
        """Whether the board is decided by a bootstrap; only then do draws matter, and take time."""
        return self.sizes is None and self.units > SMALL


def grid() -> list[Equals]:
    """All cells."""
    units = [(20, None), (50, None), (100, None), (200, None)]
    units += [(15, "fixed"), (15, "lognormal"), (15, "pareto"), (50, "lognormal"), (200, "pareto")]
    large = [Equals(12, 600, 0.5, alike) for alike in (0.0, 0.7)]
    return large + [
        Equals(models, count, p, alike, kind)
        for count, kind in units
        for models in (5, 12)
        for p in (0.5, 0.9)
        for alike in (0.0, 0.7)
    ]
