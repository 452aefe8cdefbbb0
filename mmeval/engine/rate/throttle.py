"""How many requests may be in flight, and how fast they may start: one throttle per endpoint and key.

The window starts small and doubles per clean round, as TCP's slow start does, while it is really used. Most
limits are in requests per second, which no window can hold. So when more is rejected (429, 503, overload) and
asking more no longer brings more answers, it turns to a pace: the rate that was admitted just before. Each
rejection then cuts the pace by the share that was rejected, once per episode: requests that were under way at the
time of a cut say nothing new. Between cuts it grows with every answer, slowly at first and faster the longer
nothing is rejected, so that a rejection stays one in some hundred requests; the window follows the pace (Little's law).

Some rejections are not about our rate: a busy provider turns away one request in ten whoever asks. They show in
that the answers per second grow with the window all the same; later, in that a lower pace does not make them fewer
(`belief`). That share is then expected, only more than it counts, and no cut goes below the pace that is believed safe.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from mmeval.engine.rate.belief import LEAST_SHARE, Belief
from mmeval.engine.rate.starts import Seen, Starts
from mmeval.types import Limits

__all__ = ["Outcome", "Throttle", "Throttles"]

LOG = logging.getLogger("mmeval.throttle")
TINY_S = 1e-6
Outcome = Literal["ok", "rejected", "failed"]


@dataclass(frozen=True, slots=True)
class Round:
    """One turn of the window in slow start: as many answers as it is wide."""

    limit: int
    began: float
    rate: float = 0.0
    """Answers per second; 0 = not over yet."""


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
    ENOUGH = 50
    """Requests that show where a limit is; after fewer, the pace soon goes back near to where it was."""
    SOME, MANY = 12, 32
    """Where most of the last requests are rejected (so many, as many as the window holds), everybody waits as long as
    the server asks."""
    FEW = 8
    """Twice so many admitted requests are assumed beside what is seen before a cut: few say little about a share."""
    SCALING = 0.7
    """A window twice as wide has to bring so much of twice the answers, or a limit has been met."""
    LOOK_S, LOOK = 3.0, 24.0
    """What was asked is learnt from after so many seconds, or so many requests where they take longer; ..."""
    SHORT = 1 / 3
    """... after this part of it where most of it was rejected."""
    STEADY = 0.8
    """A cut below this share starts a new look: what was asked at two paces fits neither."""
    MEMORY_S, MEMORY = 60.0, 500.0
    """How long a look counts: so many seconds, or so many requests where they take longer."""

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
        self._clean = self._done = 0
        self._used = 0
        self._starts = Starts()
        self._begin = float("inf")
        self._latency = self._tokens = 0.0
        """Of one request, on average of the last ones."""
        self._goal = 0.0
        self._grown_at = 0.0
        self._last_cut = self._paused = float("-inf")
        self._answers = 0
        """To requests that started after the last cut."""
        self._round: Round | None = None
        self._past = Round(0, 0.0)
        self._belief = Belief()
        self._looked = 0.0
        self._safe, self._expected = self.LEAST, LEAST_SHARE
        """By what is believed: requests per second, and a share of rejections that is not about our rate."""

    async def acquire(self) -> float:
        """Wait for a place and for the pace, first come first served; returns the time of start."""
        if self._gate.locked() or self.in_flight >= self.limit or self.pace is not None or self._next:
            async with self._gate:
                await self._wait()
        now = self._starts.add(self._clock())
        self.in_flight += 1
        if self.in_flight > self._used:
            self._used = self.in_flight
            self.peak = max(self.peak, self.in_flight)
        self._begin = min(self._begin, now)
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
        self._done += outcome != "rejected"
        if outcome == "ok":
            self._latency += (now - started - self._latency) * (0.05 if self._latency else 1.0)
            if started >= self._last_cut:
                self._answers += 1
                self._grow(now)
        elif outcome == "rejected":
            self._starts.reject(started)
            if started >= self._last_cut + self.EPISODE_S:
                self._reject(now, started, retry_after_s)
        if limits is not None:
            self._heed(now, limits)
        self._look(started)

    # Growth

    def _grow(self, now: float) -> None:
        if self.pace is not None:
            self._quicken(now)
            return
        self._clean += 1
        if self._clean >= self.limit:
            self._end_round(now)

    def _end_round(self, now: float) -> None:
        this = self._round or Round(self.limit, self._begin)
        this = replace(this, rate=self._done / max(TINY_S, now - this.began))
        seen, scales = self._starts.between(this.began, now), self._scales(this)
        if seen.rejected and not scales:
            before = self._starts.between(self._begin - TINY_S, this.began)
            if self._exceeds(seen, max(LEAST_SHARE, before.rejected / (before.sent + self.FEW))):
                self._cut(now, seen, None)
                return
        elif self._used >= 0.8 * self.limit:
            self.limit = min(self.CEILING, 2 * self.limit)
        self._past, self._round = this, Round(self.limit, now)
        self._clean = self._done = 0
        self._used = self.in_flight

    def _scales(self, this: Round) -> bool:
        """Whether the answers per second grew as the window did since the round before."""
        if not self._past.rate:
            return True
        enough = self.SCALING * (1.0 - 1.0 / math.sqrt(this.limit))  # a small window's rate is known badly
        return this.rate / self._past.rate >= enough * this.limit / self._past.limit

    def _quicken(self, now: float) -> None:
        pace, seconds = self.pace or 0.0, min(1.0, now - self._grown_at)
        self._grown_at = now
        goal = max(self._goal, self._least())
        if pace < self.KEEP * goal:
            pace = min(goal, pace * (1.0 + self.APPROACH * seconds))
        elif self._used >= 0.5 * pace * self._latency:
            clean = now - self._last_cut
            by_answers = self.PER_ANSWER * 2.0 ** min(50.0, self._answers / self.QUICKENS + clean / 30.0)
            by_time = self.PER_SECOND * 2.0 ** min(50.0, clean / self.QUICKENS_S) * seconds
            pace *= 1.0 + min(by_answers, by_time, self.APPROACH * seconds)
        self._go(pace)

    def _look(self, started: float, *, part: float = 1.0) -> None:
        """Learn from what was asked since the last look; what started after `started` may still be under way."""
        if self.pace is None or started - self._looked < part * max(self.LOOK_S, self.LOOK / self.pace):
            return
        seen = self._starts.between(self._looked, started)
        self._looked = started
        memory = max(self.MEMORY_S, self.MEMORY / max(seen.rate, self.LEAST))
        self._belief.saw(seen, keep=math.exp(-seen.seconds / memory))
        self._safe, self._expected = self._belief.least()

    def _least(self) -> float:
        """No cut goes below: where rejections by chance are expected, they would else wear the pace away."""
        return self._safe if self._expected > LEAST_SHARE else self.LEAST

    def _go(self, pace: float) -> None:
        self.pace = pace
        self.limit = min(self.CEILING, int(2.0 * pace * (self._latency or 1.0)) + 4)

    # Rejection

    def _reject(self, now: float, started: float, retry_after_s: float | None) -> None:
        seen = self._lately(started)
        last = self._starts.at_least(max(self.SOME, min(self.MANY, self.limit)), self._since(), started)
        if last is not None and last.share > 0.5:
            self._look(started, part=self.SHORT)
            if retry_after_s:
                self._pause(now + retry_after_s)
            self._cut(now, seen, retry_after_s, most=self.KEEP * seen.admitted * min(1.0, seen.seconds))
        elif self.pace is not None and started >= self._paused and self._is_more(seen):
            self._cut(now, seen, retry_after_s)

    def _since(self) -> float:
        """From when on requests say something about the present pace."""
        return max(self._last_cut, self._paused)

    def _lately(self, end: float) -> Seen:
        """Requests that started since the last cut and at most some seconds before `end`."""
        # Few requests per second need a longer look back.
        back = min(30.0, max(1.0, 50.0 / self.pace)) if self.pace is not None else 1.0
        return self._starts.between(min(end - TINY_S, max(end - back, self._since())), end)

    def _is_more(self, seen: Seen) -> bool:
        """Whether more were rejected than is expected anyway."""
        # On the way to a pace that is only guessed, the first rejection counts.
        guessed = (self.pace or 0.0) < self._goal and self._expected == LEAST_SHARE
        return self._exceeds(seen, 0.0 if guessed else self._expected)

    @staticmethod
    def _exceeds(seen: Seen, share: float) -> bool:
        """Whether that share cannot explain what was seen, by two standard deviations (binomial)."""
        return seen.rejected > share * seen.sent + 2.0 * math.sqrt(share * (1.0 - share) * seen.sent)

    def _pause(self, until: float) -> None:
        """Nothing starts before; the pause does not count as time in which little was asked."""
        self._next = self._paused = self._looked = max(self._next, until)

    def _cut(self, now: float, seen: Seen, retry_after_s: float | None, *, most: float = math.inf) -> None:
        """Ask less; `most` is what a second admitted, where nearly all that came after it was rejected."""
        self.cuts += 1
        if self.pace is None:
            # More may be allowed than was just admitted, since it was sent in bursts; some is too much now.
            pace = max(1.0, seen.admitted * self.KEEP)
            self._goal = pace * max(2.0, min(8.0, 2.0 / max(now - self._begin, 0.01)))
            self._pause(now + (retry_after_s if retry_after_s is not None else 0.5))
        else:
            # Few requests say little about the share: each cut is as if twice FEW more had been admitted.
            kept = self.pace * self.KEEP * (1.0 - seen.rejected / (seen.sent + 2 * self.FEW))
            # The pace grew meanwhile: slowly, and the limit lies between the average and the last; fast, and below.
            grown = min(1.0, seen.rate / self.pace)
            pace = kept * (0.5 + 0.5 * grown if grown > 0.9 else max(self.DEEPEST, grown))
            pace = max(self.LEAST, min(max(self._least(), pace), most))
            self._goal = min(max(pace, kept), most) if seen.sent < self.ENOUGH else pace
        if pace < self.STEADY * (self.pace or math.inf):
            self._looked = max(self._looked, now)
        self._grown_at = self._last_cut = now
        self._answers = self._clean = 0
        self._go(pace)
        self._note("less is asked", seen)

    def _note(self, event: str, seen: Seen) -> None:
        LOG.info(event, extra={"pace": self.pace, "limit": self.limit, "sent": seen.sent, "rejected": seen.rejected})

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
