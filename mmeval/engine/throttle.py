"""How many requests may be in flight, and how fast they may start: one throttle per endpoint and key.

The window starts small and doubles per clean round, as TCP's slow start does. A rejection (429, 503,
overload) cuts it, once per episode: requests that were under way at the time of a cut say nothing new. It
grows again by a tenth per clean round, and only while it is really used. Rate limits are in requests per
second, which no window can hold alone, so the first rejection also sets a pace: the rate at which answers
came, approached again as TCP CUBIC does, fast when far below the last rejection and slowly near it
(RFC 9438). Rejections that do not become fewer when we ask less are not ours: cuts stop for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from mmeval.types import Limits

__all__ = ["Outcome", "Throttle", "Throttles"]

Outcome = Literal["ok", "rejected", "failed"]


class Rate:
    """Events per second over a sliding window of small buckets; O(1) memory."""

    BUCKET_S = 0.1
    BUCKETS = 20

    def __init__(self) -> None:
        self._buckets: deque[tuple[int, int]] = deque(maxlen=self.BUCKETS)

    def add(self, now: float) -> None:
        """Count one event."""
        key = int(now / self.BUCKET_S)
        if self._buckets and self._buckets[-1][0] == key:
            self._buckets[-1] = (key, self._buckets[-1][1] + 1)
        else:
            self._buckets.append((key, 1))

    def over(self, now: float, seconds: float) -> float:
        """Mean events per second in the last `seconds`."""
        first = int((now - seconds) / self.BUCKET_S)
        return sum(count for key, count in self._buckets if key > first) / seconds


@dataclass(slots=True)
class Level:
    """Where the controller stood when a row of cuts began."""

    limit: int
    pace: float | None
    rejected: float
    """Fraction of requests rejected around that time."""


class Throttle:
    """Admits requests; `pinned` fixes the window and switches all adaptation off."""

    START = 8
    CEILING = 256
    CUT = 0.9
    PACE_CUT = 0.97
    TRUCE_S = 30.0
    """How long cuts rest after they were found not to help."""

    def __init__(
        self,
        *,
        pinned: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self.pinned = pinned is not None
        self.limit = pinned or self.START
        self.in_flight = 0
        self.peak = 0
        self.rejected = 0
        self.cuts = 0
        self.pace: float | None = None
        """Requests per second, once a rejection or a header has set it."""
        self._clock, self._sleep = clock, sleep
        self._gate = asyncio.Lock()
        self._freed: asyncio.Future[None] | None = None
        self._next = 0.0
        self._last_cut = float("-inf")
        self._slow_start = True
        self._clean = 0
        self._used = 0
        self._goal = 0.0
        self._paced_at = 0.0
        self._answers, self._sends = Rate(), Rate()
        self._recent: deque[bool] = deque(maxlen=100)
        self._level: Level | None = None
        self._truce = float("-inf")

    async def acquire(self) -> float:
        """Wait for a place and for the pace, first come first served; returns the time of start."""
        if self._gate.locked() or self.in_flight >= self.limit or self.pace is not None or self._next:
            async with self._gate:
                await self._wait()
        now = self._clock()
        self.in_flight += 1
        if self.in_flight > self._used:
            self._used = self.in_flight
            self.peak = max(self.peak, self.in_flight)
        self._sends.add(now)
        return now

    async def _wait(self) -> None:
        while self.in_flight >= self.limit:
            self._freed = asyncio.get_running_loop().create_future()
            await self._freed
        while (now := self._clock()) < self._next:
            await self._sleep(self._next - now)
        if self.pace is None:
            self._next = 0.0
        else:
            # A late start is made up for by at most one interval, so that sleeps that overrun cost no rate.
            self._next = max(self._next, now - 1.0 / self.pace) + 1.0 / self.pace

    def release(
        self, started: float, outcome: Outcome, *, retry_after_s: float | None = None, limits: Limits | None = None
    ) -> None:
        """Give the place back and say how the request went."""
        self.in_flight -= 1
        if not self.pinned:
            self._learn(started, outcome, retry_after_s, limits)
        self.rejected += outcome == "rejected"
        if self._freed is not None and self.in_flight < self.limit:
            if not self._freed.done():
                self._freed.set_result(None)
            self._freed = None

    def _learn(self, started: float, outcome: Outcome, retry_after_s: float | None, limits: Limits | None) -> None:
        now = self._clock()
        if outcome == "rejected":
            self._recent.append(True)
            self._reject(now, started, retry_after_s)
        elif outcome == "ok":
            self._recent.append(False)
            self._answers.add(now)
            self._succeed(now, started)
        if limits is not None:
            self._heed(now, limits)

    # Growth

    def _succeed(self, now: float, started: float) -> None:
        if started < self._last_cut:
            return
        self._clean += 1
        if self.pace is not None:
            self._quicken(now)
        if self._clean < self.limit:
            return
        if self._used >= 0.8 * self.limit:
            step = self.limit if self._slow_start else max(1, self.limit // 10)
            self.limit = min(self.CEILING, self.limit + step)
        self._clean = 0
        self._used = self.in_flight
        if len(self._recent) == self._recent.maxlen and not any(self._recent):
            self._level = None

    def _quicken(self, now: float) -> None:
        """Close half the gap to the last rejected pace per second; beyond it feel the way up."""
        pace, seconds = self.pace or 0.0, now - self._paced_at
        if seconds < 0.1:
            return
        self._paced_at = now
        if pace < 0.99 * self._goal:
            self.pace = pace + (self._goal - pace) * (1.0 - 0.5**seconds)
        else:
            self.pace = pace * (1.0 + min(0.1, 0.002 * (1.0 + now - self._last_cut)) * seconds)

    # Rejection

    def _reject(self, now: float, started: float, retry_after_s: float | None) -> None:
        fraction = sum(self._recent) / len(self._recent)
        if retry_after_s and len(self._recent) >= 8 and self._mostly_rejected():
            self._next = max(self._next, now + retry_after_s)
        if started < self._last_cut or now < self._truce:
            return
        self._clean = 0
        if self._futile(fraction):
            self._end_cuts(now)
            return
        self._level = self._level or Level(self.limit, self.pace, fraction)
        self._cut(now)

    def _mostly_rejected(self) -> bool:
        last = list(self._recent)[-8:]
        return sum(last) >= 6

    def _futile(self, fraction: float) -> bool:
        """Whether the window was halved and as many are rejected as before."""
        level = self._level
        return level is not None and self.limit <= level.limit // 2 and fraction >= 0.6 * level.rejected

    def _end_cuts(self, now: float) -> None:
        level = self._level
        if level is not None:
            self.limit, self.pace = level.limit, level.pace
        self._level = None
        self._truce = now + self.TRUCE_S

    def _cut(self, now: float) -> None:
        self.cuts += 1
        sent = self._sends.over(now, 1.0)
        answered = self._answers.over(now, 1.0)
        if self.pace is None:
            self.pace = max(answered, 1.0)
            self._goal = min(sent, 1.5 * self.pace)
        else:
            self._goal = self.pace
            self.pace *= self.PACE_CUT
        self._paced_at = self._last_cut = now
        self._slow_start = False
        self.limit = max(1, int(min(self.limit, self.in_flight + 1) * self.CUT))

    # Headers

    def _heed(self, now: float, limits: Limits) -> None:
        """Where little is left of a quota, start requests only as fast as it refills."""
        left, total, reset = limits.requests_left, limits.requests, limits.requests_reset_s
        if left is None or total is None or not reset:
            return
        if left <= 0:
            self._next = max(self._next, now + min(reset, reset / max(total, 1)))
        if left < max(0.05 * total, self.in_flight):
            refill = (total - left) / reset
            if self.pace is None or self.pace > refill:
                self.pace = self._goal = max(refill, 0.1)
                self._paced_at = now


class Throttles:
    """The throttles of one command: judge and model share one when endpoint and key are the same."""

    def __init__(self, *, pinned: int | None = None) -> None:
        self._pinned = pinned
        self._by_key: dict[tuple[str, str | None], Throttle] = {}

    def of(self, endpoint: str, key_name: str | None) -> Throttle:
        """The one throttle of this endpoint and key."""
        return self._by_key.setdefault((endpoint, key_name), Throttle(pinned=self._pinned))
