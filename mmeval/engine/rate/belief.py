"""What is believed of a provider's limit, from how much of what was asked it turned away.

The model: of r requests per second it admits a share (1 - u) min(1, L / r), where L is a limit on the rate, and u a
share that is turned away whoever asks. Both are unknown; asking less tells them apart. The posterior over both is kept
on a grid, and what was seen long ago counts less.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from mmeval.engine.rate.starts import Seen

__all__ = ["LEAST_SHARE", "Belief"]

STEP = 1.03
LIMITS = [0.1 * STEP**i for i in range(int(math.log(1e6) / math.log(STEP)))]
"""Requests per second, 0.1 to 100,000; before anything is seen, all are as likely, on a scale of logarithms."""
LEAST_SHARE = 0.005
"""Even below a limit some are turned away, since requests do not arrive as evenly as they are sent."""
SHARES = {LEAST_SHARE: 0.8, 0.02: 0.06, 0.05: 0.05, 0.1: 0.04, 0.2: 0.03, 0.35: 0.02}
"""Turned away whoever asks, and how likely each is before anything is seen."""


class Belief:
    """A posterior over the limit and the share."""

    DOUBT = 0.1
    ODD = 8.0
    """No look speaks more than this, in log-likelihood, against an explanation: a few are misleading."""

    def __init__(self) -> None:
        self._seen = [[0.0] * len(LIMITS) for _ in SHARES]
        """Log-likelihoods, of each share a row."""

    def saw(self, seen: Seen, *, keep: float) -> None:
        """Learn from some seconds; what was seen before still counts by the factor `keep`."""
        if not seen.sent:
            return
        reached, best = bisect_left(LIMITS, seen.rate), _likelihood(seen, seen.share)

        def says(rejected: float) -> float:
            return max(-self.ODD, _likelihood(seen, rejected) - best)

        for share, row in zip(SHARES, self._seen, strict=True):
            now = [says(1.0 - (1.0 - share) * limit / seen.rate) for limit in LIMITS[:reached]]
            now += [says(share)] * (len(LIMITS) - reached)
            row[:] = [keep * before + more for before, more in zip(row, now, strict=True)]

    def least(self) -> tuple[float, float]:
        """Requests per second and a share: limit and share are below them with a probability of DOUBT each."""
        best = max(map(max, self._seen))
        rows = zip(SHARES.values(), self._seen, strict=True)
        likely = [[prior * math.exp(one - best) for one in row] for prior, row in rows]
        limit = _quantile(LIMITS, map(sum, zip(*likely, strict=True)), self.DOUBT)
        return limit, _quantile(list(SHARES), map(sum, likely), self.DOUBT)


def _likelihood(seen: Seen, share: float) -> float:
    """The logarithm of how likely this was where that share is rejected (binomial, without its constant)."""
    admitted = seen.sent - seen.rejected
    no = seen.rejected * math.log(share) if seen.rejected else 0.0
    return no + (admitted * math.log(1.0 - share) if admitted else 0.0)


def _quantile(values: Sequence[float], weights: Iterable[float], p: float) -> float:
    mass = list(accumulate(weights))
    return values[bisect_left(mass, p * mass[-1])]
