"""Groups single requests into batches, for models that run in this process.

Callers `submit` one item each and wait for its reply. Two threads work side by side:

    submit ─► waiting ─► a batch of similar lengths that includes the oldest item
                              └─► prepare(batch), while the device answers the batch before ─► work(prepared) ─► replies

A batch starts when it is full, or when nothing new has come for `wait_s`. It is full at `size` items, or when their
tokens fill the `Room` that the model's memory has shown. An error reaches only the caller whose item caused it: a batch
that fails is run again in halves. A batch that does not fit in memory makes the later ones smaller.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from mmeval.engine.room import Room

__all__ = ["Batcher", "Memory"]

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R")
V = TypeVar("V")


class Memory(Protocol):
    """The memory of the device that works."""

    def begin(self) -> None:
        """A batch begins."""
        ...

    def seen(self) -> tuple[float, float]:
        """Most bytes that a batch has needed, and bytes that are there for one."""
        ...

    def relieve(self) -> None:
        """Give back what a batch that did not fit has left behind."""
        ...


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    item: T
    length: int
    reply: asyncio.Future[R] = field(repr=False)


@dataclass(slots=True)
class Clock:
    """How long the device has worked, and since when."""

    busy_s: float = 0.0
    first: float | None = None
    last: float = 0.0
    largest: int = 0
    """Items in the largest batch."""

    def worked(self, began: float, ended: float, rows: int) -> None:
        """Count one batch."""
        self.busy_s += ended - began
        self.first, self.last = self.first if self.first is not None else began, ended
        self.largest = max(self.largest, rows)

    @property
    def idle(self) -> float | None:
        """Share of the time between the first batch and the last in which the device did nothing."""
        return None if self.first is None else 1 - self.busy_s / (self.last - self.first)


class Batcher(Generic[T, P, R]):
    """Runs the waiting items in batches.

    Args:
        prepare: makes what `work` needs of a batch; runs in a thread of its own, one batch ahead.
        work: returns one reply per item, in the same order; runs in the worker thread.
        size: maximum number of items in a batch.
        wait_s: how long a batch that is not full waits for the next item.
        length: tokens of an item; a batch takes items of similar length, so that little padding is needed.
        group: only items of the same group share a batch (those with the same generation options).
        too_large: whether an error means that the batch did not fit in memory.
    """

    room: Room
    """The most tokens in a batch."""
    memory: Memory
    """Of the device that works."""

    def __init__(
        self,
        prepare: Callable[[Sequence[T]], P],
        work: Callable[[P], Sequence[R]],
        *,
        size: int,
        wait_s: float,
        length: Callable[[T], int] = lambda _: 1,
        group: Callable[[T], Hashable] = lambda _: None,
        too_large: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        self.clock = Clock()
        self._prepare, self._work, self._size, self._wait_s = prepare, work, size, wait_s
        self._length, self._group, self._too_large = length, group, too_large
        self._waiting: list[_Waiting[T, R]] = []
        self._open: set[asyncio.Future[R]] = set()
        """Of all items that have no reply yet."""
        self._arrived = asyncio.Event()
        self._device = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mmeval-batch")
        self._ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mmeval-prepare")
        self._loop: asyncio.Task[None] | None = None

    async def run(self, call: Callable[[], V]) -> V:
        """Run any call in the worker thread, such as loading the weights."""
        return await asyncio.get_running_loop().run_in_executor(self._device, call)

    async def submit(self, item: T) -> R:
        """The reply to one item; raises the error that `prepare` or `work` raised for this item."""
        loop = asyncio.get_running_loop()
        waiting: _Waiting[T, R] = _Waiting(item, max(1, self._length(item)), loop.create_future())
        self._waiting.append(waiting)
        self._open.add(waiting.reply)
        waiting.reply.add_done_callback(self._open.discard)
        self._arrived.set()
        if self._loop is None:
            self._loop = asyncio.create_task(self._serve())
        return await waiting.reply

    async def close(self) -> None:
        """Finish what the threads do, cancel the items that have no reply, and stop the threads."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        for reply in list(self._open):
            reply.cancel()
        for thread in (self._ahead, self._device):
            await asyncio.get_running_loop().run_in_executor(None, thread.shutdown)

    # The pipeline

    async def _serve(self) -> None:
        """While one batch is on the device, the next is taken and prepared."""
        batch, prepared = await self._next()
        while True:
            following = asyncio.ensure_future(self._next())
            try:
                await self._answer(batch, prepared)
                batch, prepared = await following
            finally:
                following.cancel()

    async def _next(self) -> tuple[list[_Waiting[T, R]], asyncio.Future[P]]:
        while True:
            await self._wait_for_batch()
            batch = self._take()
            if batch:
                return batch, await self._prepared(batch)

    async def _prepared(self, batch: list[_Waiting[T, R]]) -> asyncio.Future[P]:
        """What `prepare` made of a batch, or its error."""
        items = [waiting.item for waiting in batch]
        prepared = asyncio.get_running_loop().run_in_executor(self._ahead, self._prepare, items)
        await asyncio.wait({prepared})
        return prepared

    async def _wait_for_batch(self) -> None:
        """Return when a batch is full, or when nothing new comes."""
        while True:
            self._waiting = [w for w in self._waiting if not w.reply.done()]
            self._arrived.clear()
            if len(self._waiting) >= self._size or sum(w.length for w in self._waiting) >= self.room.tokens:
                return
            try:
                await asyncio.wait_for(self._arrived.wait(), self._wait_s if self._waiting else None)
            except TimeoutError:
                return

    def _take(self) -> list[_Waiting[T, R]]:
        """The oldest item and those of its group that are closest to it in length, as many as there is room for."""
        if not self._waiting:
            return []
        oldest = self._waiting[0]
        group = self._group(oldest.item)
        alike = [w for w in self._waiting if self._group(w.item) == group]
        batch: list[_Waiting[T, R]] = []
        for waiting in sorted(alike, key=lambda w: abs(w.length - oldest.length))[: self._size]:
            if batch and _cost([*batch, waiting]) > self.room.tokens:
                break
            batch.append(waiting)
        taken = set(map(id, batch))
        self._waiting = [w for w in self._waiting if id(w) not in taken]
        return batch

    # Answers

    async def _answer(self, batch: list[_Waiting[T, R]], prepared: asyncio.Future[P]) -> None:
        """Run a batch and deliver its replies; if it fails, run its halves."""
        try:
            replies = await self._on_device(batch, prepared.result())
        except Exception as error:  # noqa: BLE001 - any error belongs to the callers of this batch
            await self._halve(batch, error)
            return
        for waiting, reply in zip(batch, replies, strict=True):
            if not waiting.reply.done():
                waiting.reply.set_result(reply)

    async def _on_device(self, batch: list[_Waiting[T, R]], prepared: P) -> Sequence[R]:
        """The replies to a batch; the memory that it took sets the size of the next ones."""
        replies, seconds = await self.run(lambda: self._timed(prepared, len(batch)))
        need, free = self.memory.seen()
        self.room.fitted(_cost(batch), need=need, free=free, seconds=seconds)
        return replies

    def _timed(self, prepared: P, rows: int) -> tuple[Sequence[R], float]:
        self.memory.begin()
        began = time.perf_counter()
        try:
            return self._work(prepared), time.perf_counter() - began
        except Exception as error:
            traceback.clear_frames(error.__traceback__)  # they hold the tensors of the batch
            self.memory.relieve()
            raise
        finally:
            self.clock.worked(began, time.perf_counter(), rows)

    async def _halve(self, batch: list[_Waiting[T, R]], error: Exception) -> None:
        """Run both halves of a failed batch; a single item gets the error."""
        if self._too_large(error):
            self.room.overflowed(_cost(batch))
        if len(batch) == 1:
            if not batch[0].reply.done():
                batch[0].reply.set_exception(error)
            return
        middle = (len(batch) + 1) // 2
        for part in (batch[:middle], batch[middle:]):
            await self._answer(part, await self._prepared(part))


def _cost(batch: Sequence[_Waiting[T, R]]) -> int:
    """Tokens that a batch takes, padding included."""
    return len(batch) * max(waiting.length for waiting in batch)
