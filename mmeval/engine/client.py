"""A client asks one model: its adapter, behind the cache, the throttle, retries, timeouts and the budget."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from mmeval import media
from mmeval.definitions import Adapter, Jobs, NeedsSamples, Options, StatesForm
from mmeval.engine.budget import Budget, Price
from mmeval.engine.cache import Cache, Identity
from mmeval.engine.rate.throttle import Throttle
from mmeval.engine.retry import AdaptiveTimeout, Breaker, Patience, Policy
from mmeval.errors import AdapterError, FatalError, FormError, MediaError, RetryableError
from mmeval.types import Audio, Form, Reply, Request, Seen

__all__ = ["Answer", "Client", "GaveUpError", "Stop", "StoppedError"]

T = TypeVar("T")

LOG = logging.getLogger("mmeval.engine")
REJECTED = frozenset({"rate_limit", "overloaded"})
EMPTY_ATTEMPTS = 3
"""Attempts after which an empty reply is accepted: some servers send one under load."""
NOT_THE_JOB = frozenset({"auth", "permission", "quota", "redirect", "error"})
"""Failures that say nothing about a job: it may well have made what was paid for, and the next command looks again."""
LOOK_FIRST_S, LOOK_LONGEST_S = 1.0, 15.0
"""Seconds between two looks at a job; they grow from the first to the longest."""


class StoppedError(Exception):
    """The run stops before this sample has an answer; the next run asks it."""


class GaveUpError(Exception):
    """All attempts failed; `error` is the last failure."""

    def __init__(self, error: AdapterError, attempts: int) -> None:
        super().__init__(str(error))
        self.error, self.attempts = error, attempts


@dataclass(slots=True)
class Stop:
    """Tells all parts of one run to ask nothing new, and why. The first reason stays."""

    reason: str | None = None
    budget: bool = False
    """The budget is spent."""
    failed: bool = False
    """The run cannot succeed."""
    event: asyncio.Event = field(default_factory=asyncio.Event)
    hard: asyncio.Event = field(default_factory=asyncio.Event)
    """Requests in flight are not waited for either."""

    def now(self, reason: str, *, hard: bool = False, budget: bool = False, failed: bool = False) -> None:
        """Stop."""
        if self.reason is None:
            self.reason, self.budget, self.failed = reason, budget, failed
        self.event.set()
        if hard:
            self.hard.set()

    async def sleep(self, seconds: float) -> None:
        """Sleep; raises StoppedError as soon as the run stops."""
        try:
            async with asyncio.timeout(seconds):
                await self.event.wait()
        except TimeoutError:
            return
        raise StoppedError

    async def unless(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the work; cancels it and raises StoppedError as soon as the run stops."""
        task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(self.event.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise StoppedError
            return task.result()
        finally:
            task.cancel()
            stopped.cancel()


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and what it took to get it."""

    reply: Reply
    attempts: int
    cost: float | None


@dataclass(slots=True, kw_only=True)
class Client:
    """Asks one model on behalf of one run; all samples of the run share it."""

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
    clips: set[str] = field(default_factory=set)
    """What was made of films and sounds for this run, by the keys of the decoder."""
    _jobs: Jobs | None = field(init=False)
    """The adapter, if jobs can answer its requests."""
    _draw: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - jitter, no secret

    def __post_init__(self) -> None:
        self._jobs = self.adapter if isinstance(self.adapter, Jobs) else None

    def key(self, request: Request, epoch: int) -> bytes:
        """The key of the reply in the cache; empty where replies must not be cached."""
        return self.identity.key(request, epoch) if self.adapter.capabilities.cacheable else b""

    def cached(self, key: bytes) -> Answer | None:
        """The reply to an earlier request, or None."""
        return self.all_cached([key])[key]

    def all_cached(self, keys: Iterable[bytes]) -> dict[bytes, Answer | None]:
        """`cached` for many keys with one look into the file."""
        wanted = list(keys)
        found = self.cache.get([key for key in wanted if key])
        return {key: self._again(found[key]) if key in found else None for key in wanted}

    def _again(self, reply: Reply) -> Answer:
        return Answer(reply, 0, self.price.cost(reply.usage))

    async def shown(self, request: Request) -> tuple[Request, tuple[Seen, ...]]:
        """The request as it is sent, with its films and sounds as their policies say, and what was made of them.

        Raises:
            MediaError: a film, a sound or its subtitles cannot be used.
            GaveUpError: it has more frames than the model takes.
        """
        if not media.moving(request.prompt) or isinstance(self.adapter, NeedsSamples):
            return request, ()  # a reference looks at nothing
        capabilities = self.adapter.capabilities
        jobs = media.wanted(request.prompt, capabilities)
        waiting = [asyncio.wrap_future(media.decoder().want(job)) for job in jobs]
        made = await asyncio.gather(*map(asyncio.shield, waiting))
        shown = await asyncio.to_thread(media.shown, request.prompt, capabilities, made)
        self.clips.update(shown.keys)
        try:
            media.admit(shown.prompt, capabilities)
        except FatalError as error:
            raise GaveUpError(error, 0) from None
        return replace(request, prompt=shown.prompt), shown.seen

    async def ask(self, request: Request, key: bytes, *, slot: float | None = None) -> Answer:
        """Ask until there is an answer, or until asking again cannot help.

        Args:
            request: what is asked.
            key: of the reply in the cache, see `key`.
            slot: a slot of the throttle that was already acquired for the first attempt.

        Raises:
            GaveUpError: the request cannot succeed, or its attempts or its deadline are used up.
            StoppedError: the run stops before there is an answer.
        """
        begin, attempt, timeouts, told = time.monotonic(), 0, 0, 0
        while True:
            attempt += 1
            slot = await self._slot() if slot is None else slot
            outcome = await self._attempt(request, key, slot, attempt, timeouts, begin)
            slot = None
            if isinstance(outcome, Reply):
                return await self._accepted(request, key, outcome, attempt)
            wait = self.policy.wait(outcome, attempt, time.monotonic() - begin, self._draw, told=told)
            self._note(outcome, attempt, wait)
            if self.breaker.reason:
                self.stop.now(self.breaker.reason, hard=True, failed=True)
            if wait is None or not await self._waited(wait):
                raise GaveUpError(outcome, attempt)
            self.retries += 1
            timeouts += outcome.kind == "timeout"
            told += outcome.retry_after_s is not None

    async def _waited(self, seconds: float) -> bool:
        """Wait for the next attempt; False if there is none, because every request fails.

        Raises:
            StoppedError: the run stops for another reason; the sample may well succeed later.
        """
        try:
            await self.stop.sleep(seconds)
        except StoppedError:
            if self.breaker.reason is None:
                raise
            return False
        return True

    def _note(self, error: AdapterError, attempt: int, wait: float | None) -> None:
        event = "given up" if wait is None else "asked again"
        LOG.info(
            event, extra={"model": self.name, "kind": error.kind, "attempt": attempt, "wait_s": wait, "why": str(error)}
        )

    async def _slot(self) -> float:
        if self.stop.event.is_set():
            raise StoppedError
        slot = await self.throttle.acquire()
        if self.stop.event.is_set():
            self.throttle.release(slot, "failed")
            raise StoppedError
        return slot

    async def _attempt(
        self, request: Request, key: bytes, slot: float, attempt: int, timeouts: int, begin: float
    ) -> Reply | AdapterError:
        self.requests += 1
        try:
            reply = await self._once(request, key, timeouts, begin)
        except AdapterError as error:
            kind = "rejected" if error.kind in REJECTED else "failed"
            self.throttle.release(slot, kind, retry_after_s=error.retry_after_s)  # type: ignore[arg-type]
            self.breaker.failure(error)
            return error
        except BaseException:
            self.throttle.release(slot, "failed")
            raise
        spent = (reply.usage.input or 0) + (reply.usage.output or 0)
        self.throttle.release(slot, "ok", limits=reply.limits, tokens=spent)
        if reply.finish == "stop" and reply.empty and attempt < min(EMPTY_ATTEMPTS, self.policy.attempts):
            self.budget.charge(reply.usage, self.price.cost(reply.usage))
            return RetryableError("the reply is empty", kind="empty")
        return reply

    async def _once(self, request: Request, key: bytes, timeouts: int, begin: float) -> Reply:
        start = time.monotonic()
        fitted = not media.fits(request.prompt, self.adapter.capabilities)
        if fitted:
            prompt = await asyncio.to_thread(media.fit, request.prompt, self.adapter.capabilities)
            request = replace(request, prompt=prompt)
        left = max(0.001, begin + self.policy.deadline_s - start)
        try:
            async with asyncio.timeout(None) as timeout:
                # What a job starts is paid for: the adapter's own time limit is the only one.
                queued = self.adapter.capabilities.queue is not None or self._by_job(request) is not None
                watch = AdaptiveTimeout(
                    timeout, lambda: math.inf if queued else min(self.patience.timeout(timeouts), left)
                )
                try:
                    reply = await self._reply(request, key)
                finally:
                    watch.cancel()
        except TimeoutError:
            raise RetryableError(f"no answer within {time.monotonic() - start:.3g} s", kind="timeout") from None
        except (AdapterError, MediaError, StoppedError):
            raise
        except Exception as error:  # the boundary of a request: whatever an SDK raises is this sample's failure
            raise FatalError(f"{type(error).__name__}: {error}", kind="adapter") from error
        self.patience.saw(time.monotonic() - start)
        self.breaker.success()  # the provider works, whatever it has made
        reply = await self._inspected(reply, request, key) if reply.media else reply.trimmed(request)
        return replace(reply, sent=media.sizes(request.prompt)) if fitted else reply

    def _by_job(self, request: Request) -> Jobs | None:
        """The adapter, if a job answers this request."""
        return self._jobs if self._jobs is not None and self._jobs.takes_long(request) else None

    async def _reply(self, request: Request, key: bytes) -> Reply:
        adapter = self._by_job(request)
        if adapter is None:
            return await self.adapter.ask(request, self.options)
        job = await self.cache.job(key)
        if job is None:
            started = await adapter.start(request, self.options)
            if isinstance(started, Reply):
                return started
            job = started
            await self.cache.keep_job(key, job)
        try:
            return await self._watched(adapter, job, request)
        except FatalError as error:
            if error.kind not in NOT_THE_JOB:
                await self.cache.keep_job(key, None)
            raise

    async def _watched(self, adapter: Jobs, job: str, request: Request) -> Reply:
        """Look at a job until it ends; raises StoppedError when the run stops, and the next run goes on looking."""
        begin, pause = time.monotonic(), LOOK_FIRST_S
        while (reply := await adapter.look(job, request, self.options)) is None:
            if time.monotonic() - begin > self.policy.deadline_s:
                told = f"job {job[:80]} still runs after {self.policy.deadline_s:g} s; the same command looks again"
                raise RetryableError(told, kind="timeout")
            await self.stop.sleep(pause)
            pause = min(LOOK_LONGEST_S, 1.5 * pause)
        return reply

    async def _inspected(self, reply: Reply, request: Request, key: bytes) -> Reply:
        """The reply with its media checked, which were paid for whatever they are.

        Raises:
            RetryableError: (`malformed`) one cannot be used.
            FatalError: (`form`) one has another size or length than was asked for.
        """
        asked = self.adapter.form(request, self.options) if isinstance(self.adapter, StatesForm) else Form()
        try:
            made = [await asyncio.to_thread(media.inspect, one, asked) for one in reply.media]
        except MediaError as error:
            why, form = f"the reply cannot be used: {error}", isinstance(error, FormError)
            job = await self.cache.job(key) if self._by_job(request) is not None else None
            if form or job is None:  # else the job is looked at again, and not paid for again
                self.budget.charge(reply.usage, self.price.cost(reply.usage))
            if not form:
                raise RetryableError(why, kind="malformed") from None
            if job is not None:
                await self.cache.keep_job(key, None)
            raise FatalError(why, kind="form") from None
        return await asyncio.to_thread(self._timed, replace(reply, media=tuple(made)))

    def _timed(self, reply: Reply) -> Reply:
        """With the seconds of sound, where they are paid for and the provider does not count them."""
        if self.price.second is None or reply.usage.seconds is not None:
            return reply
        sounds = [media.seconds_of(one) for one in reply.media if isinstance(one, Audio)]
        return replace(reply, usage=replace(reply.usage, seconds=sum(sounds))) if sounds else reply

    async def _accepted(self, request: Request, key: bytes, reply: Reply, attempts: int) -> Answer:
        cost = self.price.cost(reply.usage)
        self.budget.charge(reply.usage, cost)
        if key:
            self.cache.put(key, self.name, reply)
        if self._by_job(request) is not None and await self.cache.job(key) is not None:
            await self.cache.flush()  # the reply is on disk before its job is forgotten
            await self.cache.keep_job(key, None)
        return Answer(reply, attempts, cost)

    def describe(self) -> dict[str, Any]:
        """What `run.json` says about the throttle."""
        throttle = self.throttle
        return {
            "limit": throttle.limit,
            "peak": throttle.peak,
            "pinned": throttle.pinned,
            "rate": throttle.rate,
            "cuts": throttle.cuts,
            "rejected": throttle.rejected,
        }
