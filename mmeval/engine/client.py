"""One model as the runner asks it: an adapter behind its cache, throttle, retries, timeouts and budget."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mmeval import media
from mmeval.definitions import Adapter, Options
from mmeval.engine.budget import Budget, Price
from mmeval.engine.cache import Cache, Identity
from mmeval.engine.rate.throttle import Throttle
from mmeval.engine.retry import AdaptiveTimeout, Breaker, Patience, Policy
from mmeval.errors import AdapterError, FatalError, MediaError, RetryableError
from mmeval.types import Prompt, Reply

__all__ = ["Answer", "Client", "GaveUpError", "Stop", "StoppedError"]

LOG = logging.getLogger("mmeval.engine")
REJECTED = frozenset({"rate_limit", "overloaded"})
EMPTY_ATTEMPTS = 3
"""A reply without any text is asked for again: some servers send one under load."""


class StoppedError(Exception):
    """The run is stopping and this sample was not answered; it stays open for the next run."""


class GaveUpError(Exception):
    """No reply after all attempts; `error` is the last one."""

    def __init__(self, error: AdapterError, attempts: int) -> None:
        super().__init__(str(error))
        self.error, self.attempts = error, attempts


@dataclass(slots=True)
class Stop:
    """Tells all parts of one run that nothing new may be asked, and why; the first reason stays."""

    reason: str | None = None
    budget: bool = False
    """The budget is spent."""
    failed: bool = False
    """The run cannot succeed."""
    event: asyncio.Event = field(default_factory=asyncio.Event)
    hard: asyncio.Event = field(default_factory=asyncio.Event)
    """Not even what is under way is waited for."""

    def now(self, reason: str, *, hard: bool = False, budget: bool = False, failed: bool = False) -> None:
        """Stop."""
        if self.reason is None:
            self.reason, self.budget, self.failed = reason, budget, failed
        self.event.set()
        if hard:
            self.hard.set()

    async def sleep(self, seconds: float) -> None:
        """Sleep, unless the run stops meanwhile; raises StoppedError then."""
        try:
            async with asyncio.timeout(seconds):
                await self.event.wait()
        except TimeoutError:
            return
        raise StoppedError


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and what it took to get it."""

    reply: Reply
    attempts: int
    cost: float | None


@dataclass(slots=True, kw_only=True)
class Client:
    """Asks one model; shared by all samples of a run."""

    adapter: Adapter
    name: str
    options: Options
    identity: Identity
    throttle: Throttle
    cache: Cache
    budget: Budget
    price: Price
    policy: Policy
    patience: Patience
    stop: Stop
    breaker: Breaker = field(default_factory=Breaker)
    requests: int = 0
    retries: int = 0
    _draw: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - jitter, no secret

    def key(self, prompt: Prompt, epoch: int) -> bytes:
        """The key of the reply in the cache; empty where replies must not be kept."""
        return self.identity.key(prompt, epoch) if self.adapter.capabilities.cacheable else b""

    def cached(self, key: bytes) -> Answer | None:
        """The reply that was kept from an earlier request, or None."""
        return self.kept([key])[key]

    def kept(self, keys: Iterable[bytes]) -> dict[bytes, Answer | None]:
        """`cached` for many keys with one look into the file."""
        wanted = list(keys)
        found = self.cache.get([key for key in wanted if key])
        return {key: self._again(found[key]) if key in found else None for key in wanted}

    def _again(self, reply: Reply) -> Answer:
        return Answer(reply, 0, self.price.cost(reply.usage))

    async def ask(self, prompt: Prompt, key: bytes, *, place: float | None = None) -> Answer:
        """Ask until there is an answer or no hope for one.

        Args:
            prompt: the parts of the question.
            key: of the reply in the cache, see `key`.
            place: a place of the throttle that was already acquired for the first request.

        Raises:
            GaveUpError: the request cannot succeed, or its attempts or its deadline are used up.
            StoppedError: the run stops before there is an answer.
        """
        begin, attempt, timeouts, told = time.monotonic(), 0, 0, 0
        while True:
            attempt += 1
            place = await self._place() if place is None else place
            outcome = await self._request(prompt, place, attempt, timeouts, begin)
            place = None
            if isinstance(outcome, Reply):
                return self._accept(key, outcome, attempt)
            wait = self.policy.wait(outcome, attempt, time.monotonic() - begin, self._draw, told=told)
            self._note(outcome, attempt, wait)
            if self.breaker.reason:
                self.stop.now(self.breaker.reason, hard=True, failed=True)
            if wait is None:
                raise GaveUpError(outcome, attempt)
            self.retries += 1
            timeouts += outcome.kind == "timeout"
            told += outcome.retry_after_s is not None
            await self.stop.sleep(wait)

    def _note(self, error: AdapterError, attempt: int, wait: float | None) -> None:
        event = "given up" if wait is None else "asked again"
        LOG.info(
            event, extra={"model": self.name, "kind": error.kind, "attempt": attempt, "wait_s": wait, "why": str(error)}
        )

    async def _place(self) -> float:
        if self.stop.event.is_set():
            raise StoppedError
        place = await self.throttle.acquire()
        if self.stop.event.is_set():
            self.throttle.release(place, "failed")
            raise StoppedError
        return place

    async def _request(
        self, prompt: Prompt, place: float, attempt: int, timeouts: int, begin: float
    ) -> Reply | AdapterError:
        self.requests += 1
        try:
            reply = await self._once(prompt, timeouts, begin)
        except AdapterError as error:
            kind = "rejected" if error.kind in REJECTED else "failed"
            self.throttle.release(place, kind, retry_after_s=error.retry_after_s)  # type: ignore[arg-type]
            self.breaker.failure(error)
            return error
        except BaseException:
            self.throttle.release(place, "failed")
            raise
        spent = (reply.usage.input or 0) + (reply.usage.output or 0)
        self.throttle.release(place, "ok", limits=reply.limits, tokens=spent)
        self.breaker.success()
        if reply.finish == "stop" and not reply.text.strip() and attempt < min(EMPTY_ATTEMPTS, self.policy.attempts):
            self.budget.charge(reply.usage, self.price.cost(reply.usage))
            return RetryableError("the reply is empty", kind="empty")
        return reply

    async def _once(self, prompt: Prompt, timeouts: int, begin: float) -> Reply:
        start = time.monotonic()
        if not media.fits(prompt, self.adapter.capabilities):
            prompt = await asyncio.to_thread(media.fit, prompt, self.adapter.capabilities)
        left = max(0.001, begin + self.policy.deadline_s - start)
        try:
            async with asyncio.timeout(None) as timeout:
                watch = AdaptiveTimeout(timeout, lambda: min(self.patience.timeout(timeouts), left))
                try:
                    reply = await self.adapter.ask(prompt, self.options)
                finally:
                    watch.cancel()
        except TimeoutError:
            raise RetryableError(f"no answer within {time.monotonic() - start:.3g} s", kind="timeout") from None
        except (AdapterError, MediaError):
            raise
        except Exception as error:  # the boundary of a request: whatever an SDK raises is this sample's failure
            raise FatalError(f"{type(error).__name__}: {error}", kind="adapter") from error
        self.patience.saw(time.monotonic() - start)
        return reply

    def _accept(self, key: bytes, reply: Reply, attempts: int) -> Answer:
        cost = self.price.cost(reply.usage)
        self.budget.charge(reply.usage, cost)
        if key:
            self.cache.put(key, self.name, reply)
        return Answer(reply, attempts, cost)

    def describe(self) -> dict[str, Any]:
        """What `run.json` says about the throttle."""
        throttle = self.throttle
        return {
            "limit": throttle.limit,
            "peak": throttle.peak,
            "pinned": throttle.pinned,
            "pace": throttle.pace,
            "cuts": throttle.cuts,
            "rejected": throttle.rejected,
        }
