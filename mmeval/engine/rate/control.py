"""Decides, as requests end, how many may be in flight and how fast they may start.

The window starts small and doubles (`ramp`). But most limits are in requests per second, and a window cannot hold a
rate. So once a limit shows, the rate that was just admitted becomes the allowed rate (`allowed`), and the window
follows from it by Little's law. Rejections cut the rate once per episode: requests that were in flight during a cut say
nothing about the new rate.

Some rejections do not depend on the rate: a busy provider may reject one request in ten, however few are sent. A lower
rate does not make these fewer, which is how they are recognized (`belief`). That share is then expected. Only a larger
one leads to a cut, and no cut goes below the rate that is believed to be safe.
"""

from __future__ import annotations

import logging
import math
from typing import Literal

from mmeval.engine.rate.allowed import KEEP, AllowedRate
from mmeval.engine.rate.belief import LEAST_SHARE, Belief
from mmeval.engine.rate.headers import refills
from mmeval.engine.rate.ramp import CEILING, Ramp
from mmeval.engine.rate.rejections import mostly_rejected, recent
from mmeval.engine.rate.schedule import Schedule
from mmeval.engine.rate.starts import Seen, Starts
from mmeval.types import Limits

__all__ = ["Control", "Outcome"]

LOG = logging.getLogger("mmeval.throttle")
Outcome = Literal["ok", "rejected", "failed"]


class Average:
    """An exponential moving average; `weight` is that of each new value."""

    def __init__(self, weight: float) -> None:
        self.value = 0.0
        self._weight = weight

    def add(self, value: float) -> None:
        """Add one value; the first one becomes the average."""
        self.value += (value - self.value) * (self._weight if self.value else 1.0)


class Control:
    """Sets `limit`, the number of slots, and `schedule`, the times at which requests may start."""

    EPISODE_S = 1.0
    """Rejections of requests that started less than this after a cut are ignored: it has not taken effect yet."""
    SHORT = 1 / 3
    """If most requests were rejected, the belief learns early, from this part of its usual span."""
    STEADY = 0.8
    """If a cut keeps less than this share of the rate, the belief starts a new span: a span should see one rate."""
    IN_USE = 0.5
    """The rate grows only while at least this share of the requests that it allows is really in flight."""
    ROOM, SPARE = 2.0, 4
    """The window has this many times the slots that the rate needs, and spare ones, so that it never slows requests."""
    PAUSE_S = 0.5
    """How long nothing starts at the end of slow start, unless the provider asks for another wait."""

    def __init__(self) -> None:
        self.cuts = 0
        self.schedule = Schedule()
        self._starts = Starts()
        self._ramp = Ramp(self._starts)
        self._belief = Belief(self._starts)
        self._allowed: AllowedRate | None = None
        """None during slow start."""
        self._used = 0
        """The most that was in flight at once since the last round of slow start began."""
        self._latency_s, self._tokens = Average(0.05), Average(0.1)
        """Averages over the last requests."""
        self.limit = self._ramp.limit

    @property
    def rate(self) -> float | None:
        """Requests per second that may start; None during slow start, when only the slots limit them."""
        return self._allowed.value if self._allowed is not None else None

    def start(self, now: float, in_flight: int) -> float:
        """Record the start of a request, now one of `in_flight`; returns its start time, made unique."""
        self._used = max(self._used, in_flight)
        return self._starts.add(now)

    def end(
        self,
        now: float,
        started: float,
        outcome: Outcome,
        *,
        in_flight: int,
        retry_after_s: float | None = None,
        limits: Limits | None = None,
        tokens: int = 0,
    ) -> None:
        """Learn from the end of a request, while `in_flight` others go on; arguments as of `Throttle.release`."""
        if tokens:
            self._tokens.add(tokens)
        if outcome == "rejected":
            self._starts.reject(started)
            self._rejected(now, started, retry_after_s)
        else:
            self._ramp.ended(answered=outcome == "ok")
        if outcome == "ok":
            self._latency_s.add(now - started)
            self._grow(now, started, in_flight)
        if limits is not None:
            self._heed(now, limits, in_flight)
        if self._allowed is not None:
            self._belief.observe(started, self._allowed.value)

    # Growth

    def _grow(self, now: float, started: float, in_flight: int) -> None:
        if self._allowed is None:
            self._double(now, in_flight)
        elif started >= self._allowed.cut_at:
            in_use = self._used >= self.IN_USE * self._allowed.value * self._latency_s.value
            self._allowed.grow(now, floor=self._belief.floor, in_use=in_use)
            self._follow(self._allowed)

    def _double(self, now: float, in_flight: int) -> None:
        if not self._ramp.round_is_over:
            return
        met = self._ramp.end_round(now, self._used)
        if met is not None:
            self._end_ramp(now, met, None)
        else:
            self.limit, self._used = self._ramp.limit, in_flight

    def _follow(self, allowed: AllowedRate) -> None:
        """Derive the window and the spacing of starts from the allowed rate."""
        self.limit = min(CEILING, int(self.ROOM * allowed.value * (self._latency_s.value or 1.0)) + self.SPARE)
        self.schedule.interval_s = 1.0 / allowed.value

    # Rejection

    def _rejected(self, now: float, started: float, retry_after_s: float | None) -> None:
        allowed = self._allowed
        if allowed is not None and started < allowed.cut_at + self.EPISODE_S:
            return
        since = max(allowed.cut_at, self.schedule.paused) if allowed is not None else -math.inf
        seen = recent(self._starts, started, since=since, rate=self.rate)
        mostly = mostly_rejected(self._starts, started, since=since, limit=self.limit)
        if allowed is None:
            if mostly:
                self._end_ramp(now, seen, retry_after_s)
        elif mostly:
            self._belief.observe(started, allowed.value, part=self.SHORT)
            if retry_after_s:
                self._pause(now + retry_after_s)
            self._cut(now, seen, allowed, most=KEEP * seen.admitted * min(1.0, seen.seconds))
        elif started >= self.schedule.paused and self._is_unexpected(seen, allowed):
            self._cut(now, seen, allowed)

    def _is_unexpected(self, seen: Seen, allowed: AllowedRate) -> bool:
        """Whether more were rejected than expected. On the way to a guessed goal, every rejection is unexpected."""
        guessed = allowed.guessed and self._belief.expected_share == LEAST_SHARE
        return seen.exceeds(0.0 if guessed else self._belief.expected_share)

    def _end_ramp(self, now: float, seen: Seen, retry_after_s: float | None) -> None:
        self._allowed = AllowedRate.after_ramp(now, seen, first=self._starts.first)
        self._pause(now + (retry_after_s if retry_after_s is not None else self.PAUSE_S))
        self._was_cut(seen, self._allowed)

    def _cut(self, now: float, seen: Seen, allowed: AllowedRate, *, most: float = math.inf) -> None:
        before = allowed.value
        allowed.cut(now, seen, floor=self._belief.floor, most=most)
        if allowed.value < self.STEADY * before:
            self._belief.skip(now)
        self._was_cut(seen, allowed)

    def _was_cut(self, seen: Seen, allowed: AllowedRate) -> None:
        self.cuts += 1
        self._follow(allowed)
        about = {"rate": allowed.value, "limit": self.limit, "sent": seen.sent, "rejected": seen.rejected}
        LOG.info("rate cut", extra=about)

    def _pause(self, until: float) -> None:
        self.schedule.pause(until)
        self._belief.skip(self.schedule.paused)

    # Headers

    def _heed(self, now: float, limits: Limits, in_flight: int) -> None:
        """Lower the rate to what a short quota refills."""
        for refill in refills(limits, in_flight=in_flight, tokens=self._tokens.value):
            if refill.wait_s:
                self.schedule.hold(now + refill.wait_s)
            if self.rate is None or self.rate > refill.rate:
                self._allowed = AllowedRate(now, refill.rate, goal=refill.rate)
                self._follow(self._allowed)
