"""Admits requests: a slot for each one in flight, first come first served; one throttle per endpoint and key."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from mmeval.engine.rate.control import Control, Outcome
from mmeval.engine.rate.ramp import CEILING
from mmeval.types import Limits

__all__ = ["Outcome", "Throttle", "Throttles"]

TINY_S = 1e-6
"""A shorter wait is not worth a sleep."""
RESERVED = 32
"""Files that are open beside connections: standard streams, event loop, journal, cache, data, an image, a log."""


class Throttle:
    """Admits requests within a window and a rate that adapt; `pinned` fixes the window and allows any rate."""

    def __init__(
        self,
        *,
        pinned: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self.pinned = pinned is not None
        self.most = CEILING if pinned is None else pinned
        self.ceiling = self.most
        """The window never has more slots than this: `most`, or fewer where the process may open few files."""
        self.in_flight = 0
        self.peak = 0
        """The most that was in flight at once."""
        self.rejected = 0
        self._control = Control()
        if pinned:
            self._control.limit = pinned
        self._clock, self._sleep = clock, sleep
        self._queue = asyncio.Lock()
        self._freed: asyncio.Future[None] | None = None
        """What the head of the queue waits for while no slot is free."""

    @property
    def limit(self) -> int:
        """Slots: how many requests may be in flight."""
        return min(self.ceiling, self._control.limit)

    @property
    def rate(self) -> float | None:
        """Requests per second that may start, once a rejection or a header has set it."""
        return self._control.rate

    @property
    def cuts(self) -> int:
        """How often rejections have cut the rate."""
        return self._control.cuts

    async def acquire(self) -> float:
        """Wait for a free slot and for the rate, first come first served; returns the start time, for `release`."""
        if self._queue.locked() or self.in_flight >= self.limit or not self._control.schedule.free:
            async with self._queue:
                await self._wait()
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        return self._control.start(self._clock(), self.in_flight)

    async def _wait(self) -> None:
        while self.in_flight >= self.limit:
            self._freed = asyncio.get_running_loop().create_future()
            await self._freed
        schedule = self._control.schedule
        while schedule.next - (now := self._clock()) > TINY_S:
            await self._sleep(schedule.next - now)
        schedule.start(now)

    def release(
        self,
        started: float,
        outcome: Outcome,
        *,
        retry_after_s: float | None = None,
        limits: Limits | None = None,
        tokens: int = 0,
    ) -> None:
        """Free the slot and learn from how the request went.

        Args:
            started: what `acquire` returned.
            outcome: `rejected` if the provider had no room for it; `failed` for all other failures.
            retry_after_s: the wait that the provider asked for, None = it named none.
            limits: its rate-limit headers.
            tokens: cost of the request, 0 = unknown.
        """
        self.in_flight -= 1
        self.rejected += outcome == "rejected"
        if not self.pinned:
            self._control.end(
                self._clock(), started, outcome,
                in_flight=self.in_flight, retry_after_s=retry_after_s, limits=limits, tokens=tokens,
            )  # fmt: skip
        if self._freed is not None and self.in_flight < self.limit:
            if not self._freed.done():
                self._freed.set_result(None)
            self._freed = None


class Throttles:
    """The throttles of one command: judge and model share one if endpoint and key are the same.

    Every request in flight takes a connection, and every connection takes one of the files that the process may open.
    All throttles together leave RESERVED of these for other files.
    """

    def __init__(self, *, pinned: int | None = None) -> None:
        self._pinned = pinned
        self._by_key: dict[tuple[str, str | None], Throttle] = {}
        self._files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]

    @property
    def _room(self) -> int:
        """Most requests in flight at all endpoints together."""
        return sys.maxsize if self._files == resource.RLIM_INFINITY else max(1, self._files - RESERVED)

    @property
    def warning(self) -> str | None:
        """What a user should know about the limit of open files; None if it slows nothing down."""
        if self._room >= (self._pinned or CEILING):
            return None
        return f"only {self._room} requests may be in flight, because `ulimit -n` is {self._files}; raise it"

    def of(self, endpoint: str, key_name: str | None, *, queue: int | None = None) -> Throttle:
        """The throttle of this endpoint and key; `queue`: how many requests its adapter takes at once."""
        found = self._by_key.setdefault((endpoint, key_name), Throttle(pinned=self._pinned or queue))
        for throttle in self._by_key.values():
            throttle.ceiling = min(throttle.most, max(1, self._room // len(self._by_key)))
        return found
