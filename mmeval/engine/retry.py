"""When to ask again, how long to wait for an answer, and when to give up on the whole run."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from mmeval.errors import AdapterError, FatalError, RetryableError

__all__ = ["AdaptiveTimeout", "Breaker", "Patience", "Policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Full-jitter exponential backoff (Brooker, AWS Architecture Blog, 2015); seconds."""

    attempts: int = 8
    base_s: float = 0.5
    cap_s: float = 60.0
    deadline_s: float = 3600.0

    def wait(
        self, error: AdapterError, attempt: int, elapsed_s: float, draw: random.Random, *, told: int = 0
    ) -> float | None:
        """Seconds to wait before the next request, or None where asking again cannot help.

        Args:
            error: what the last request ended with.
            attempt: requests made so far for this sample, from 1.
            elapsed_s: since the first of them.
            draw: source of the jitter.
            told: how many requests before the last were told how long to wait; the backoff does not grow with them.
        """
        if not isinstance(error, RetryableError) or attempt >= self.attempts:
            return None
        if error.retry_after_s is not None:
            # What the server asked for, and a little apart, so that not all come back at one moment.
            wait = error.retry_after_s + draw.uniform(0.0, 0.1 * error.retry_after_s + 0.05)
        else:
            wait = draw.uniform(0.0, min(self.cap_s, self.base_s * 2.0 ** (attempt - told - 1)))
        return wait if elapsed_s + wait < self.deadline_s else None


class Patience:
    """How long to wait for one answer: what the slowest answers took, times a margin, up to a limit.

    A request that hangs is given up long before the fixed limit, and a sample that is slow for a
    reason gets twice the time after each timeout.
    """

    FLOOR_S = 1.0
    FEW, MANY = 5.0, 3.0
    """Times the slowest answer, after ENOUGH answers and after many: the slowest of many is seldom exceeded by much."""
    ENOUGH = 32

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._answers = 0
        self._slowest = 0.0

    def saw(self, latency_s: float) -> None:
        """Learn from one answer; what took longer than is ever allowed came while the machine slept."""
        if latency_s > self.limit_s:
            return
        self._answers += 1
        self._slowest = max(self._slowest, latency_s)

    def timeout(self, before: int) -> float:
        """Seconds for one request to a sample that has timed out so often before."""
        if self._answers < self.ENOUGH:
            return self.limit_s
        # As likely to cut an answer short after n answers as after ENOUGH, for times with a Pareto tail of shape 2.
        margin = max(self.MANY, self.FEW * math.sqrt(self.ENOUGH / self._answers))
        return min(self.limit_s, max(self.FLOOR_S, margin * self._slowest) * 2.0**before)


class AdaptiveTimeout:
    """Lets an `asyncio.timeout` expire once a request takes longer than is allowed *now*.

    What is allowed is asked again every CHECK_S, since patience learns from other answers meanwhile. Time in which
    the process stood still (a laptop asleep, a stopped job) does not count: what arrived meanwhile is read first.
    """

    CHECK_S = 1.0
    STOOD_STILL_S = 1.0

    def __init__(self, timeout: asyncio.Timeout, allowed: Callable[[], float]) -> None:
        self._timeout, self._allowed = timeout, allowed
        self._loop = asyncio.get_running_loop()
        self._begin = self._loop.time()
        self._arm()

    def _arm(self) -> None:
        self._looked = self._loop.time()
        self._due = min(self._looked + self.CHECK_S, self._begin + self._allowed())
        self._timer = self._loop.call_at(self._due, self._check)

    def _check(self) -> None:
        now = self._loop.time()
        if now - self._due > self.STOOD_STILL_S:
            self._begin += now - self._looked
        if now >= self._begin + self._allowed():
            self._timeout.reschedule(now)
        else:
            self._arm()

    def cancel(self) -> None:
        """The request has ended."""
        self._timer.cancel()


class Breaker:
    """Opens when nothing succeeds: at once when keys or names are wrong, in seconds when a server is gone.

    After a first success it is patient, since an outage in the middle of a long run may pass.
    """

    HOPELESS = 3
    """Failures that no retry can help (auth, not found, ...) before the first success."""
    FATAL = 8
    RETRYABLE = 16
    SECONDS = 5.0
    OUTAGE_S = 120.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._succeeded = False
        self._since: float | None = None
        self._fatal = self._hopeless = self._retryable = 0
        self.reason: str | None = None

    def success(self) -> None:
        """One answer came."""
        self._succeeded = True
        self._since = None
        self._fatal = self._hopeless = self._retryable = 0

    def failure(self, error: AdapterError) -> None:
        """One request failed; sets `reason` once the run is without hope."""
        if error.kind in ("rate_limit", "unsupported", "too_large"):
            return
        now = self._clock()
        self._since = now if self._since is None else self._since
        if isinstance(error, FatalError):
            self._fatal += 1
            self._hopeless += error.kind in ("auth", "permission", "not_found")
        else:
            self._retryable += 1
        if self._open(now - self._since):
            self.reason = f"every request fails: {error}"

    def _open(self, seconds: float) -> bool:
        if self._succeeded:
            return seconds >= self.OUTAGE_S and self._retryable + self._fatal >= self.RETRYABLE
        if self._hopeless >= self.HOPELESS or self._fatal >= self.FATAL:
            return True
        return self._retryable >= self.RETRYABLE and seconds >= self.SECONDS
