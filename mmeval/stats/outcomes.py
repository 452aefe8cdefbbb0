"""How often a paired comparison passes or fails, from all outcomes of pairs of 0/1 scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, gammaln, xlog1py, xlogy

from mmeval.stats.intervals import t_quantile, z_quantile
from mmeval.stats.paired import CONTINUITY, mcnemar, tango_z
from mmeval.stats.power import needed

__all__ = ["Outcomes", "pairs_to_pass"]

Counts = NDArray[np.intp]
NEVER = -1
EXACT = 4000
"""Largest number of pairs whose outcomes are enumerated to find how many are needed."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """For every number of losses among `n` pairs, the gains with which the comparison passes or fails."""

    n: int
    passes: Counts
    """Fewest gains that pass, by number of losses."""
    fails: Counts
    """Most gains that fail, by number of losses; -1 = none."""

    @classmethod
    def of(cls, n: int, margin: float, *, alpha: float, fail_alpha: float, clustered: bool = False) -> Outcomes:
        """Enumerate them.

        Args:
            n: number of independent pairs.
            margin: tolerated drop.
            alpha: error rate of the one-sided lower bound.
            fail_alpha: significance level of McNemar's exact test.
            clustered: whether pairs stand for clusters, so that the bound uses Student's t.
        """
        crit = t_quantile(1 - alpha, max(1, n - 1)) if clustered else z_quantile(1 - alpha)
        passes, fails = [], []
        least, most = 0, NEVER
        for losses in range(n + 1):
            while least <= n - losses and tango_z(least, losses, n, -margin, continuity=CONTINUITY) <= crit:
                least += 1
            while most + 1 < losses and mcnemar(most + 1, losses, alternative="less") <= fail_alpha:
                most += 1
            passes.append(least)
            fails.append(min(most, least - 1))
        return cls(n, np.asarray(passes, dtype=np.intp), np.asarray(fails, dtype=np.intp))

    def chances(self, flips: float, delta: float) -> tuple[float, float]:
        """Chances to pass and to fail, if a share `flips` of the pairs changes and the mean moves by `delta`."""
        up, down = max(0.0, (flips + delta) / 2), (flips - delta) / 2
        losses = np.arange(self.n + 1)
        log = gammaln(self.n + 1) - gammaln(losses + 1) - gammaln(self.n - losses + 1)
        weights = np.exp(log + xlogy(losses, down) + xlog1py(self.n - losses, -down))
        share = min(1.0, up / (1 - down)) if down < 1 else 0.0
        rest = self.n - losses
        return (
            float(weights @ (1 - _at_most(self.passes - 1, rest, share))),
            float(weights @ _at_most(self.fails, rest, share)),
        )


def pairs_to_pass(
    flips: float, margin: float, *, alpha: float, fail_alpha: float, clustered: bool = False, power: float = 0.8
) -> int:
    """Fewest independent pairs, to about 1 %, that pass with chance `power` if nothing has changed.

    Above EXACT pairs it is the figure of the normal approximation, which is close there.
    """
    n = needed(flips, margin, alpha=alpha, power=power)
    while n <= EXACT:
        found = Outcomes.of(n, margin, alpha=alpha, fail_alpha=fail_alpha, clustered=clustered)
        if found.chances(flips, 0.0)[0] >= power:
            break
        n += max(1, n // 100)
    return n


def _at_most(count: Counts, n: Counts, share: float) -> NDArray[np.float64]:
    """P(X <= count) for X binomial."""
    inside: NDArray[np.float64] = bdtr(np.clip(count, 0, n), n, share)
    return np.where(count < 0, 0.0, inside)
