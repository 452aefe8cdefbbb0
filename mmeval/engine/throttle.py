"""How many requests may be in flight, and how fast they may start: one throttle per endpoint and key.

The window starts small and doubles per clean round, as TCP's slow start does, while it is really used. Most
limits are in requests per second, which no window can hold, so the first rejection (429, 503, overload) turns
to a pace: the rate that was admitted just before. Each rejection cuts the pace by the share that was rejected,
once per episode: requests that were under way at the time of a cut say nothing new. Between cuts it grows with
every answer, slowly at first and faster the longer nothing is rejected, so that a rejection stays one in some
hundred requests; the window follows the pace (Little's law). Rejections that do not become fewer when we
ask less are not about our rate: then cuts rest for a while.
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

TINY_S = 1e-6
Outcome = Literal["ok", "rejected", "failed"]


class Starts:
    """When the last requests started, and which of them were rejected."""

    MOST = 2048

    def __init__(self) -> None:
        self._all: deque[float] = deque(maxlen=self.MOST)
        self._rejected: deque[float] = deque(maxlen=self.MOST)

    def add(self, now: float) -> None:
        """One request starts."""
        self._all.append(now)

    def reject(self, started: float) -> None:
        """The request that started then was rejected."""
        self._rejected.append(started)

    def between(self, start: float, end: float) -> tuple[int, int]:
        """Requests that started in (start, end], and how many of them were rejected."""
        sent = sum(start < at <= end for at in self._all)
        return sent, sum(start < at <= end for at in self._rejected)


@dataclass(slots=True)
class Row:
    """A row of cuts: where it began, to see whether cutting helps."""

    limit: int
    pace: float | None
    peak: float
    """Requests per second after the first cut."""
    hits: int = 0
    """Cuts one after the other with a notable share of rejections before them."""


class Throttle:
    """Admits requests; `pinned` fixes the window and switches all adaptation off."""

    START = 8
    CEILING = 512
    KEEP = 0.98
    """Of the admitted rate, at each cut."""
    DEEPEST = 0.7
    """No cut goes below this share at once."""
    PER_ANSWER = 1e-4
    """Growth of the pace with the first answer after a cut; doubles with every QUICKENS answers."""
    QUICKENS = 100
    PER_SECOND = 0.01
    """No faster than this right after a cut; doubles every QUICKENS_S."""
    QUICKENS_S = 5.0
    APPROACH = 0.5
    """Growth per second at most, while below the pace that is known to be near."""
    LEAST = 0.25
    """No cut goes below so many requests per second: a chance rejection of one of few says little, and whoever
    is rejected waits as the server asks anyway."""
    EPISODE_S = 1.0
    """A cut needs so long to show; limits are counted by the second at least."""
    CALM_S = 10.0
    """After so long without a cut a new row begins."""
    LITTLE = 0.04
    HITS = 4
    MUCH = 0.35
    """Where more than this share is rejected, asking less is right whatever the reason."""
    TRUCE_S = 30.0
    """How long cuts rest after they were found not to help."""
    RUN = 4
    """So many rejections in a row, and everybody waits as long as the server asks."""

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
        self._slow_start = True
        self._clean = 0
        self._used = 0
        self._starts = Starts()
        self._begin = float("inf")
        self._latency = self._tokens = 0.0
        """Of one request, on average of the last ones."""
        self._goal = 0.0
        self._grown_at = 0.0
        self._last_cut = float("-inf")
        self._answers = 0
        """To requests that started after the last cut."""
        self._in_a_row = 0
        self._row: Row | None = None
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
        self._begin = min(self._begin, now)
        self._starts.add(now)
        return now

    async def _wait(self) -> None:
        while self.in_flight >= self.limit:
            self._freed = asyncio.get_running_loop().create_future()
            await self._freed
        while self._next - (now := self._clock()) > TINY_S:
            await self._sleep(self._next - now)
        if self.pace is None:
            self._next = 0.0
        else:
            # A start that was late is made up for by one interval at most: bursts are what limits reject.
            self._next = max(self._next, now - 1.0 / self.pace) + 1.0 / self.pace

    def release(
        self,
        started: float,
        outcome: Outcome,
        *,
        retry_after_s: float | None = None,
        limits: Limits | None = None,
        tokens: int = 0,
    ) -> None:
        """Give the place back and say how the request went; `tokens` is what it cost, 0 = unknown."""
        if tokens:
            self._tokens += (tokens - self._tokens) * (0.1 if self._tokens else 1.0)
        self.in_flight -= 1
        self.rejected += outcome == "rejected"
        if not self.pinned:
            self._learn(started, outcome, retry_after_s, limits)
        if self._freed is not None and self.in_flight < self.limit:
            if not self._freed.done():
                self._freed.set_result(None)
            self._freed = None

    def _learn(self, started: float, outcome: Outcome, retry_after_s: float | None, limits: Limits | None) -> None:
        now = self._clock()
        if outcome == "ok":
            self._in_a_row = 0
            self._latency += (now - started - self._latency) * (0.05 if self._latency else 1.0)
            if started >= self._last_cut:
                self._answers += 1
                self._grow(now)
        elif outcome == "rejected":
            self._in_a_row += 1
            if retry_after_s and self._in_a_row >= self.RUN:
                self._next = max(self._next, now + retry_after_s)
            self._starts.reject(started)
            if started >= self._last_cut + self.EPISODE_S and now >= self._truce:
                self._reject(now, started, retry_after_s)
        if limits is not None:
            self._heed(now, limits)

    # Growth

    def _grow(self, now: float) -> None:
        if self.pace is not None:
            self._quicken(now)
            return
        self._clean += 1
        if self._clean < self.limit:
            return
        if self._used >= 0.8 * self.limit:
            self.limit = min(self.CEILING, self.limit + (self.limit if self._slow_start else max(1, self.limit // 10)))
        self._clean = 0
        self._used = self.in_flight

    def _quicken(self, now: float) -> None:
        pace, seconds = self.pace or 0.0, min(1.0, now - self._grown_at)
        self._grown_at = now
        if pace < self.KEEP * self._goal:
            pace = min(self._goal, pace * (1.0 + self.APPROACH * seconds))
        elif self._used >= 0.5 * pace * self._latency:
            clean = now - self._last_cut
            by_answers = self.PER_ANSWER * 2.0 ** min(50.0, self._answers / self.QUICKENS + clean / 30.0)
            by_time = self.PER_SECOND * 2.0 ** min(50.0, clean / self.QUICKENS_S) * seconds
            pace *= 1.0 + min(by_answers, by_time, self.APPROACH * seconds)
        self._go(pace)

    def _go(self, pace: float) -> None:
        self.pace = pace
        self.limit = min(self.CEILING, int(2.0 * pace * self._latency) + 4)

    # Rejection

    def _reject(self, now: float, started: float, retry_after_s: float | None) -> None:
        # Few requests per second need a longer look back.
        seconds = min(10.0, max(1.0, 50.0 / self.pace)) if self.pace is not None else 1.0
        sent, rejected = self._starts.between(max(started - seconds, self._last_cut), started)
        seconds = min(seconds, started - self._last_cut)
        share = rejected / sent if sent else 0.0
        row = self._row
        if row is not None and self._futile(row, share):
            self.limit, self.pace, self._row, self._truce = row.limit, row.pace, None, now + self.TRUCE_S
            return
        self._cut(now, (sent - rejected) / seconds, started - self._begin, retry_after_s)

    def _futile(self, row: Row, share: float) -> bool:
        """Whether we ask much less than when the row began, and cut after cut as many are rejected."""
        row.hits = row.hits + 1 if self.LITTLE <= share <= self.MUCH else 0
        return row.hits >= self.HITS and self.pace is not None and self.pace < 0.8 * row.peak

    def _cut(self, now: float, admitted: float, age: float, retry_after_s: float | None) -> None:
        self.cuts += 1
        before = (self.limit, self.pace)
        if self.pace is None:
            # More may be allowed than was just admitted, since it was sent in bursts; some is too much now.
            pace = max(1.0, admitted * self.KEEP)
            self._goal = pace * max(2.0, min(8.0, 2.0 / max(age, 0.01)))
            self._next = now + (retry_after_s if retry_after_s is not None else 0.5)
        else:
            pace = max(self.LEAST, self.pace * min(1.0, max(self.DEEPEST, admitted / self.pace)) * self.KEEP)
            self._goal = pace
        if self._row is None or now - self._last_cut > self.CALM_S:
            self._row = Row(*before, peak=pace)
        self._grown_at = self._last_cut = now
        self._slow_start = False
        self._answers = self._clean = 0
        self._go(pace)

    # Headers

    def _heed(self, now: float, limits: Limits) -> None:
        """Where little is left of a quota, start requests only as fast as it refills."""
        self._refill(now, limits.requests, limits.requests_left, limits.requests_reset_s, each=1.0)
        if self._tokens:
            self._refill(now, limits.tokens, limits.tokens_left, limits.tokens_reset_s, each=self._tokens)

    def _refill(self, now: float, total: int | None, left: int | None, reset_s: float | None, *, each: float) -> None:
        if left is None or total is None or not reset_s or left >= max(0.05 * total, each * self.in_flight):
            return
        pace = max((total - left) / reset_s / each, 0.1)
        if left < each:
            self._next = max(self._next, now + min(reset_s, 1.0 / pace))
        if self.pace is None or self.pace > pace:
            self._goal, self._answers = pace, 0
            self._grown_at = self._last_cut = now
            self._go(pace)


class Throttles:
    """The throttles of one command: judge and model share one when endpoint and key are the same."""

    def __init__(self, *, pinned: int | None = None) -> None:
        self._pinned = pinned
        self._by_key: dict[tuple[str, str | None], Throttle] = {}

    def of(self, endpoint: str, key_name: str | None) -> Throttle:
        """The one throttle of this endpoint and key."""
        return self._by_key.setdefault((endpoint, key_name), Throttle(pinned=self._pinned))
