"""What the rejections say about a provider: its limit on the rate, and a share that it rejects at any rate.

The model: of r requests per second the provider admits a share (1 - u) min(1, L / r). L is its limit on the rate, u the
share of requests that it rejects at any rate. Neither is known, but requests at different rates tell them apart: at a
lower rate L rejects a smaller share, u the same. A grid holds the posterior over both; older observations count less.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from mmeval.engine.rate.starts import Seen, Starts

__all__ = ["LEAST_RATE", "LEAST_SHARE", "Belief", "Posterior"]

STEP = 1.03
LIMITS = [0.1 * STEP**i for i in range(int(math.log(1e6) / math.log(STEP)))]
"""Limits on the grid, 0.1 to 100,000 requests per second; the prior is uniform on their logarithms."""
LEAST_SHARE = 0.005
"""The smallest share on the grid: requests arrive less evenly than they are sent, so even below a limit
some are rejected."""
SHARES = {LEAST_SHARE: 0.8, 0.02: 0.06, 0.05: 0.05, 0.1: 0.04, 0.2: 0.03, 0.35: 0.02}
"""Shares rejected at any rate, and the prior probability of each."""
LEAST_RATE = 0.25
"""No rejection lowers the rate below this many requests per second: one rejection of a few requests says little, and a
rejected request waits for its Retry-After in any case."""


class Posterior:
    """The joint posterior over the limit and the share."""

    DOUBT = 0.1
    """`least` returns this quantile of each."""
    ODD = 8.0
    """The most that one observation counts against a hypothesis, in log-likelihood; some observations mislead."""

    def __init__(self) -> None:
        self._log = [[0.0] * len(LIMITS) for _ in SHARES]
        """Log-likelihoods: one row per share, one column per limit."""

    def saw(self, seen: Seen, *, keep: float) -> None:
        """Add an observation; `keep` is the weight that all earlier ones retain, in [0, 1]."""
        if not seen.sent:
            return
        reached, best = bisect_left(LIMITS, seen.rate), _log_likelihood(seen, seen.share)

        def says(rejected: float) -> float:
            return max(-self.ODD, _log_likelihood(seen, rejected) - best)

        for share, row in zip(SHARES, self._log, strict=True):
            now = [says(1.0 - (1.0 - share) * limit / seen.rate) for limit in LIMITS[:reached]]
            now += [says(share)] * (len(LIMITS) - reached)
            row[:] = [keep * before + more for before, more in zip(row, now, strict=True)]

    def least(self) -> tuple[float, float]:
        """A limit in requests per second and a share; each is exceeded with probability 1 - DOUBT."""
        best = max(map(max, self._log))
        rows = zip(SHARES.values(), self._log, strict=True)
        likely = [[prior * math.exp(one - best) for one in row] for prior, row in rows]
        limit = _quantile(LIMITS, map(sum, zip(*likely, strict=True)), self.DOUBT)
        return limit, _quantile(list(SHARES), map(sum, likely), self.DOUBT)


class Belief:
    """Feeds the posterior with recent requests, a few seconds at a time, and keeps what follows from it."""

    SPAN_S, SPAN = 3.0, 24.0
    """One observation covers this many seconds, or this many requests if they take longer."""
    MEMORY_S, MEMORY = 60.0, 500.0
    """An observation keeps 1/e of its weight after this many seconds, or this many requests if they take longer."""

    def __init__(self, starts: Starts) -> None:
        self.safe_rate = LEAST_RATE
        """Requests per second; the limit is higher with a probability of 90 %."""
        self.expected_share = LEAST_SHARE
        """Share of requests that the provider rejects at any rate."""
        self._starts = starts
        self._posterior = Posterior()
        self._since = 0.0
        """Where the next observation begins."""

    @property
    def floor(self) -> float:
        """No cut goes below this rate; else rejections that occur at any rate would cut it again and again."""
        return self.safe_rate if self.expected_share > LEAST_SHARE else LEAST_RATE

    def observe(self, until: float, rate: float, *, part: float = 1.0) -> None:
        """Learn from the requests up to `until`, once they fill this part of a span; later ones may be in flight."""
        if until - self._since < part * max(self.SPAN_S, self.SPAN / rate):
            return
        seen = self._starts.between(self._since, until)
        self._since = until
        memory = max(self.MEMORY_S, self.MEMORY / max(seen.rate, LEAST_RATE))
        self._posterior.saw(seen, keep=math.exp(-seen.seconds / memory))
        self.safe_rate, self.expected_share = self._posterior.least()

    def skip(self, until: float) -> None:
        """Begin the next observation here, not earlier."""
        self._since = max(self._since, until)


def _log_likelihood(seen: Seen, share: float) -> float:
    """Binomial log-likelihood if each request is rejected with probability `share`, up to a constant."""
    admitted = seen.sent - seen.rejected
    no = seen.rejected * math.log(share) if seen.rejected else 0.0
    return no + (admitted * math.log(1.0 - share) if admitted else 0.0)


def _quantile(values: Sequence[float], weights: Iterable[float], p: float) -> float:
    mass = list(accumulate(weights))
    return values[bisect_left(mass, p * mass[-1])]
