"""Sequential testing: a decision that may be taken after any sample."""

from __future__ import annotations

import math

__all__ = ["EProcess"]

FRACTIONS = (0.2, 0.5, 0.8)
"""Bets as shares of the largest possible bet, chosen by simulation (docs/gate.md)."""


class EProcess:
    """Evidence against "the mean difference is at least -margin" that is valid at any time (Ville 1939).

    It is the wealth of a gambler who bets on low differences: the product of 1 - bet * (difference + margin). Under the
    null hypothesis the expected wealth does not grow, so that it reaches 1/alpha with a probability of at most alpha.
    The mean of several wealths has the same property: a large bet finds a broken model within dozens of samples, a
    small bet finds a moderate drop (Waudby-Smith and Ramdas 2024, section 4).

    The order of the samples must not depend on their scores. A cluster is one step.

    Args:
        margin: the allowed drop, in [0, 1).
        alpha: probability of a false alarm at any time.
        largest: maximum size of a cluster.
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
        """Add the sum of the differences of one cluster of `size` samples."""
        if not abs(difference) <= size <= self.largest:
            raise ValueError(
                f"difference {difference} over {size} samples is out of range (at most {self.largest} a cluster)"
            )
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
        """Whether the drop is shown to exceed the margin."""
        return self.log_wealth >= -math.log(self.alpha)
