"""A memory of recent requests: when each started, and which were rejected."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

__all__ = ["Seen", "Starts"]

TICK_S = 1e-9
"""Two requests start at least this far apart, so that a start time identifies its request."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How many requests were sent in some span of time, and how many of them were rejected."""

    sent: int
    rejected: int
    seconds: float

    @property
    def share(self) -> float:
        """Share of rejected requests; 0 if nothing was sent."""
        return self.rejected / self.sent if self.sent else 0.0

    @property
    def rate(self) -> float:
        """Requests sent per second."""
        return self.sent / self.seconds if self.seconds else 0.0

    @property
    def admitted(self) -> float:
        """Requests per second that were not rejected."""
        return self.rate * (1.0 - self.share)

    def exceeds(self, share: float) -> bool:
        """Whether more were rejected than `share` explains: by over two standard deviations of a binomial count."""
        return self.rejected > share * self.sent + 2.0 * math.sqrt(share * (1.0 - share) * self.sent)


class Starts:
    """Start times of the last requests, and of those that were rejected; in seconds of the caller's clock."""

    MOST = 8192
    """Requests remembered: at least three seconds at the highest rate that one process reaches."""

    def __init__(self) -> None:
        self.first = math.inf
        """When the very first request started."""
        self._all: deque[float] = deque(maxlen=self.MOST)
        self._rejected: deque[float] = deque(maxlen=self.MOST)

    def add(self, now: float) -> float:
        """Record the start of a request; returns its start time, made unique."""
        now = max(now, self._all[-1] + TICK_S) if self._all else now
        self.first = min(self.first, now)
        self._all.append(now)
        return now

    def reject(self, started: float) -> None:
        """Record that the request with this start time was rejected."""
        self._rejected.append(started)

    def between(self, start: float, end: float) -> Seen:
        """Requests that started in (start, end]."""
        first, last = bisect_right(self._all, start), bisect_right(self._all, end)
        return Seen(last - first, sum(start < at <= end for at in self._rejected), end - start)

    def last(self, n: int, start: float, end: float) -> Seen | None:
        """The last n requests that started in (start, end], or None if there were fewer."""
        first = bisect_right(self._all, end) - n
        if first < 0 or self._all[first] <= start:
            return None
        return self.between(self._all[first] - TICK_S / 2, end)
