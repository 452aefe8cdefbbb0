"""When to retry a request, how long to wait for an answer, and when to give up on the whole run."""

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
        """Seconds to wait before the next attempt, or None if a retry cannot help.

        Args:
            error: the failure of the last attempt.
            attempt: attempts made so far for this sample, counted from 1.
            elapsed_s: seconds since the first attempt.
            draw: source of the jitter.
            told: how many earlier attempts failed with a Retry-After; the backoff does not grow with them.
        """
        if not isinstance(error, RetryableError) or attempt >= self.attempts:
            return None
        if error.retry_after_s is not None:
            # Some jitter on top of Retry-After, so that the retries do not all arrive at the same moment.
            wait = error.retry_after_s + draw.uniform(0.0, 0.1 * error.retry_after_s + 0.05)
        else:
            wait = draw.uniform(0.0, min(self.cap_s, self.base_s * 2.0 ** (attempt - told - 1)))
        return wait if elapsed_s + wait < self.deadline_s else None


class Patience:
    """The timeout of a request: a multiple of the slowest answer so far, up to a fixed limit.

    A request that hangs is abandoned long before the limit. A sample that times out because it is really slow
    gets twice the time on each retry.
    """

    FLOOR_S = 1.0
    """No timeout is shorter than this."""
    ENOUGH = 32
    """Until this many answers have come, the timeout is the fixed limit."""
    FEW, MANY = 5.0, 3.0
    """The multiple after ENOUGH answers, and after many: the slowest of many answers is seldom exceeded by much."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._answers = 0
        self._slowest = 0.0

    def saw(self, latency_s: float) -> None:
        """Learn from one answer. One that took longer than the limit arrived while the machine slept; it is ignored."""
        if latency_s > self.limit_s:
            return
        self._answers += 1
        self._slowest = max(self._slowest, latency_s)

    def timeout(self, before: int) -> float:
        """Timeout in seconds for a sample that has timed out `before` times."""
        if self._answers < self.ENOUGH:
            return self.limit_s
        # If latencies have a Pareto tail of shape 2, this margin cuts an answer short with the same probability
        # after any number of answers.
        margin = max(self.MANY, self.FEW * math.sqrt(self.ENOUGH / self._answers))
        return min(self.limit_s, max(self.FLOOR_S, margin * self._slowest) * 2.0**before)


class AdaptiveTimeout:
    """Expires an `asyncio.timeout` once a request has taken longer than the time allowed at that moment.

    `allowed` is called again every CHECK_S, since other answers may change the timeout while this request is in
    flight. Time during which the process was suspended (a sleeping laptop, a stopped job) does not count: an answer
    that arrived during that time is still read.
    """

    CHECK_S = 1.0
    STOOD_STILL_S = 1.0
    """A check that comes this late shows that the process was suspended."""

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
        """Stop the checks; the request has ended."""
        self._timer.cancel()


HOPELESS = frozenset({"auth", "permission", "not_found", "redirect", "unreachable"})
"""Kinds of failures that the next sample will have, too."""


class Breaker:
    """Opens when every request fails: at once if a key, a name or an address is wrong, else after some seconds.

    After the first success it waits much longer, since an outage in the middle of a long run may pass. A server that
    mmeval started itself and that has ended opens it at any time.
    """

    HOPELESS = 3
    """Failures of authentication or permission, unknown names, refused connections and redirects that open it before
    the first success."""
    FATAL = 8
    """Failures of any kind that no retry can fix that open it before the first success."""
    RETRYABLE, SECONDS = 16, 5.0
    """Failures that a retry might fix, over at least this many seconds, that open it before the first success."""
    OUTAGE_S = 120.0
    """After the first success, at least RETRYABLE failures over this many seconds without any success open it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._succeeded = False
        self._since: float | None = None
        self._fatal = self._hopeless = self._retryable = 0
        self.reason: str | None = None
        """Why it is open; it ends with the message of the last failure."""

    def success(self) -> None:
        """Record an answer."""
        self._succeeded = True
        self._since = None
        self._fatal = self._hopeless = self._retryable = 0

    def failure(self, error: AdapterError) -> None:
        """Record a failed request; sets `reason` if the breaker opens."""
        if error.kind in ("rate_limit", "unsupported", "too_large"):
            return
        if error.kind == "gone":
            self.reason = str(error)
            return
        now = self._clock()
        self._since = now if self._since is None else self._since
        self._hopeless += error.kind in HOPELESS
        if isinstance(error, FatalError):
            self._fatal += 1
        else:
            self._retryable += 1
        if self._open(now - self._since):
            since = f"the last {now - self._since:.0f} s" if self._succeeded else "this run"
            self.reason = f"no request succeeded in {since}: {error}"

    def _open(self, seconds: float) -> bool:
        if self._succeeded:
            return seconds >= self.OUTAGE_S and self._retryable + self._fatal >= self.RETRYABLE
        if self._hopeless >= self.HOPELESS or self._fatal >= self.FATAL:
            return True
        return self._retryable >= self.RETRYABLE and seconds >= self.SECONDS
