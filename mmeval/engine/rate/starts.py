"""What was asked lately and how much of it was rejected: the throttle's memory."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

__all__ = ["Seen", "Starts"]

TICK_S = 1e-9


@dataclass(frozen=True, slots=True)
class Seen:
    """What was sent over the last seconds, and how much of it was rejected."""

    sent: int
    rejected: int
    seconds: float

    @property
    def share(self) -> float:
        """Of rejections; 0 where nothing was sent."""
        return self.rejected / self.sent if self.sent else 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.sent / self.seconds if self.seconds else 0.0

    @property
    def admitted(self) -> float:
        """Requests per second that were not rejected."""
        return self.rate * (1.0 - self.share)


class Starts:
    """When the last requests started, and which of them were rejected."""

    MOST = 8192
    """Some seconds of what one process can ask."""

    def __init__(self) -> None:
        self._all: deque[float] = deque(maxlen=self.MOST)
        self._rejected: deque[float] = deque(maxlen=self.MOST)

    def add(self, now: float) -> float:
        """One request starts; returns its time, which no other has."""
        now = max(now, self._all[-1] + TICK_S) if self._all else now
        self._all.append(now)
        return now

    def reject(self, started: float) -> None:
        """The request that started then was rejected."""
        self._rejected.append(started)

    def between(self, start: float, end: float) -> Seen:
        """Requests that started in (start, end]."""
        first, last = bisect_right(self._all, start), bisect_right(self._all, end)
        return Seen(last - first, sum(start < at <= end for at in self._rejected), end - start)

    def at_least(self, n: int, start: float, end: float) -> Seen | None:
        """The last n that started in (start, end], None where there are fewer."""
        first = bisect_right(self._all, end) - n
        if first < 0 or self._all[first] <= start:
            return None
        return self.between(self._all[first] - TICK_S / 2, end)
