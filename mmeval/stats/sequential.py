"""Deciding while samples arrive, without paying for the looks."""

from __future__ import annotations

import math

__all__ = ["EProcess"]

FRACTIONS = (0.2, 0.5, 0.8)
"""Of the largest bet that cannot ruin; chosen by simulation (docs/gate.md), fixed before any data."""


class EProcess:
    """Evidence against "the mean difference is at least -margin", valid at every look (Ville 1939).

    It is the wealth of a gambler who bets that differences are low: a product of 1 - bet * (difference + margin).
    While the null holds, a wealth does not grow in expectation, so it ever reaches 1/alpha with a chance of at most
    alpha. The mean of several such wealths is one too: a bold bet finds a broken model within dozens of samples, a
    careful one a moderate drop (Waudby-Smith and Ramdas 2024, section 4).

    Samples have to arrive in an order that does not depend on their scores. A cluster is one step.

    Args:
        margin: the drop that is allowed, in [0, 1).
        alpha: chance of a false alarm over all looks together.
        largest: size of the largest cluster.
    """

    __slots__ = ("_bets", "_logs", "alpha", "largest", "margin", "units")

    def __init__(self, margin: float, *, alpha: float, largest: int = 1) -> None:
        if not (0 <= margin < 1 and 0 < alpha < 1 and largest >= 1):
            raise ValueError(f"margin {margin}, alpha {alpha} or cluster size {largest} is out of range")
        self.margin, self.alpha, self.largest = margin, alpha, largest
        self.units = 0
        self._bets = [fraction / (1 + margin) for fraction in FRACTIONS]
        self._logs = [0.0] * len(self._bets)

    def add(self, difference: float, size: int = 1) -> None:
        """Take in the sum of the differences of one cluster of `size` samples."""
        if not abs(difference) <= size <= self.largest:
            raise ValueError(f"a difference of {difference} over {size} samples, of {self.largest} at most")
        outcome = (difference + size * self.margin) / self.largest
        self._logs = [log + math.log1p(-bet * outcome) for log, bet in zip(self._logs, self._bets, strict=True)]
        self.units += 1

    @property
    def log_wealth(self) -> float:
        """Natural logarithm of the evidence; 0 at the start."""
        top = max(self._logs)
        return top + math.log(sum(math.exp(log - top) for log in self._logs) / len(self._logs))

    @property
    def rejects(self) -> bool:
        """Whether the drop is proven to exceed the margin."""
        return self.log_wealth >= -math.log(self.alpha)
