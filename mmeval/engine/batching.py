"""Groups single requests into batches, for models that run in this process.

Callers `submit` one item each and wait for its reply. One worker thread runs the items in batches:

    submit ─► waiting ─► a batch of similar lengths that includes the oldest item ─► work(batch) ─► replies

A batch starts when `size` items wait, or when the oldest has waited for `wait_s`. An error reaches only the
caller whose item caused it: a batch that fails is run again item by item. A batch that does not fit in memory is
split in half, and later batches are at most that large.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Batcher"]

T = TypeVar("T")
R = TypeVar("R")
V = TypeVar("V")


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    item: T
    since: float
    """When it was submitted; event loop time in seconds."""
    reply: asyncio.Future[R] = field(repr=False)


class Batcher(Generic[T, R]):
    """Runs the waiting items in batches, in one worker thread.

    Args:
        work: returns one reply per item, in the same order; runs in the worker thread.
        size: maximum number of items in a batch.
        wait_s: how long the oldest item waits for others to fill its batch.
        length: length of an item; a batch takes items of similar length, so that little padding is needed.
        group: only items of the same group share a batch (those with the same generation options).
        too_large: whether an error means that the batch did not fit in memory.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], Sequence[R]],
        *,
        size: int,
        wait_s: float,
        length: Callable[[T], int] = lambda _: 0,
        group: Callable[[T], Hashable] = lambda _: None,
        too_large: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        self.size = size
        self._work, self._wait_s = work, wait_s
        self._length, self._group, self._too_large = length, group, too_large
        self._waiting: list[_Waiting[T, R]] = []
        self._arrived = asyncio.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mmeval-batch")
        self._loop: asyncio.Task[None] | None = None

    async def run(self, call: Callable[[], V]) -> V:
        """Run any call in the worker thread, such as loading the weights."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def submit(self, item: T) -> R:
        """The reply to one item; raises the error that `work` raised for this item."""
        loop = asyncio.get_running_loop()
        waiting: _Waiting[T, R] = _Waiting(item, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        if self._loop is None:
            self._loop = asyncio.create_task(self._serve())
        return await waiting.reply

    async def close(self) -> None:
        """Finish the running batch, cancel the items that still wait, and stop the thread."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        for waiting in self._waiting:
            waiting.reply.cancel()
        self._waiting.clear()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)

    async def _serve(self) -> None:
        while True:
            await self._wait_for_batch()
            batch = self._take()
            if batch:
                await self._answer(batch)

    async def _wait_for_batch(self) -> None:
        """Return when a batch is full or its oldest item has waited long enough."""
        loop = asyncio.get_running_loop()
        while True:
            self._waiting = [w for w in self._waiting if not w.reply.done()]
            self._arrived.clear()
            left = self._waiting[0].since + self._wait_s - loop.time() if self._waiting else None
            if self._waiting and (len(self._waiting) >= self.size or (left is not None and left <= 0)):
                return
            try:
                await asyncio.wait_for(self._arrived.wait(), left)
            except TimeoutError:
                return

    def _take(self) -> list[_Waiting[T, R]]:
        """The oldest item and those of its group that are closest to it in length."""
        if not self._waiting:
            return []
        oldest = self._waiting[0]
        group = self._group(oldest.item)
        alike = sorted(
            (w for w in self._waiting if self._group(w.item) == group), key=lambda w: (self._length(w.item), w.since)
        )
        at = next(i for i, w in enumerate(alike) if w is oldest)
        start = max(0, min(at - self.size // 2, len(alike) - self.size))
        batch = alike[start : start + self.size]
        taken = set(map(id, batch))
        self._waiting = [w for w in self._waiting if id(w) not in taken]
        return batch

    async def _answer(self, batch: list[_Waiting[T, R]]) -> None:
        """Run a batch and deliver its replies; if it fails, run its parts."""
        batch = [w for w in batch if not w.reply.done()]
        if not batch:
            return
        try:
            replies = await self._in_thread([w.item for w in batch])
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.reply.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - any error belongs to the callers of this batch
            await self._run_parts(batch, error)
            return
        for waiting, reply in zip(batch, replies, strict=True):
            if not waiting.reply.done():
                waiting.reply.set_result(reply)

    async def _in_thread(self, items: Sequence[T]) -> Sequence[R]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, items)

    async def _run_parts(self, batch: list[_Waiting[T, R]], error: Exception) -> None:
        """Run a failed batch in halves if it was too large, otherwise item by item."""
        if len(batch) == 1:
            if not batch[0].reply.done():
                batch[0].reply.set_exception(error)
            return
        step = 1
        if self._too_large(error):
            step = (len(batch) + 1) // 2
            self.size = max(1, min(self.size, step))
        for start in range(0, len(batch), step):
            await self._answer(batch[start : start + step])
