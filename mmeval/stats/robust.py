"""Errors of a mean over clusters of uneven size: CR2, with the degrees of freedom of Bell and McCaffrey.

The squared deviations of the clusters understate the error if a few clusters hold most of the samples, because each
cluster pulls the mean towards itself. CR2 (Bell and McCaffrey 2002, Survey Methodology 28, 169-181) divides the square
of a cluster by 1 - its share of the samples, which makes the variance unbiased if samples are independent. The variance
is then as uncertain as one from `degrees` free deviations (Satterthwaite); with equal clusters, that is their number
minus 1.
"""

from __future__ import annotations

import math

__all__ = ["FEW", "UNEVEN", "Robust", "degrees"]

FEW = 30
"""Below this number of effective clusters, an interval rests on few clusters."""
UNEVEN = 3
"""So it does if there are this many times as many clusters as effective ones: a few of them hold most samples."""


def degrees(squares: float, pulls: float, pull_squares: float) -> float:
    """Degrees of freedom of the CR2 variance of a mean, at least 1.

    Args:
        squares: sum over clusters of p², where p is the share of the samples that are in the cluster.
        pulls: sum of p² / (1 - p).
        pull_squares: sum of its square.
    """
    return max(1.0, 1 / (squares + max(0.0, pulls * pulls - pull_squares)))


class Robust:
    """Sums over clusters that give the interval of a mean."""

    __slots__ = ("_pull_squares", "_pulls", "_squares", "clusters", "variance")

    def __init__(self) -> None:
        self.clusters = 0
        self.variance = 0.0
        """Of the mean; 0 for one cluster."""
        self._squares = self._pulls = self._pull_squares = 0.0

    def add(self, share: float, square: float, times: int = 1) -> None:
        """Add clusters of equal size.

        Args:
            share: of the samples, or of whatever the mean is divided by; in all clusters together 1.
            square: sum over these clusters of the square of `share * (mean of the cluster - mean of all)`.
            times: number of clusters.
        """
        self.clusters += times
        self._squares += times * share * share
        if share < 1 - 1e-12:
            pull = share * share / (1 - share)
            self.variance += square / (1 - share)
            self._pulls += times * pull
            self._pull_squares += times * pull * pull

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the variance."""
        return degrees(self._squares, self._pulls, self._pull_squares)

    @property
    def few(self) -> bool:
        """Whether so few clusters decide that the interval may not hold: see FEW and UNEVEN."""
        effective = round(self.freedom + 1, 6)
        return effective < FEW or effective * UNEVEN < self.clusters

    def effective(self, value: float, spread: float, crit: float) -> float:
        """Number of independent 0/1 values whose mean is as uncertain as this one, for values in [0, 1].

        The variance counts as if one more cluster had been seen, whose samples are all alike: a few clusters without a
        wrong answer say little about how wrong answers crowd. Close to 0 and 1, partial scores count as if they were
        0 or 1, because rare large losses have not been seen.

        Args:
            value: the mean.
            spread: variance of one sample.
            crit: critical value of the interval.
        """
        crowd, worst = self._squares, value * (1 - value)
        spread = min(spread, worst) if spread > 1e-12 * worst else worst
        share = (self.variance + crowd * crowd) / (spread + crowd)
        half = crit * math.sqrt(share * spread)
        near = value - half <= 0 or value + half >= 1
        return 1 / share if near else worst / (share * spread)
