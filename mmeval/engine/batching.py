"""Groups single requests into batches, for models that run in this process.

Callers `submit` one item each and wait for its reply. Two threads work side by side:

    submit ─► waiting ─► a batch of similar lengths that includes the oldest item
                              └─► prepare(batch), while the device answers the one before ─► work(prepared) ─► replies

A batch starts when it is full, or when nothing new has come for `wait_s`. It is full at `size` items, or when their
tokens fill the `Room` that the model's memory has shown. Where the model allows it, replies that are done make room for
a smaller batch that joins the others on the device. An error reaches only the caller whose item caused it: a batch that
fails is run again in halves. A batch that does not fit in memory makes the later ones smaller.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar, cast

from mmeval.engine.room import Room

__all__ = ["Batcher", "Memory"]

JOINING = 4
"""The part of a full batch that is prepared to join one on the device: it fits in as soon as so many are done."""
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


@dataclass(frozen=True, slots=True)
class _Ready(Generic[T, P, R]):
    """A batch, and what `prepare` made of it, or its error."""

    batch: Sequence[_Waiting[T, R]]
    made: P | None
    error: Exception | None = None


@dataclass(slots=True)
class _Shift(Generic[T, R]):
    """What is on the device: a batch, and those that have joined it."""

    group: Hashable
    joinable: bool
    open: dict[int, _Waiting[T, R]] = field(default_factory=dict)
    """Items that have no reply yet, by their place."""
    count: int = 0
    """Items so far."""
    rows: int = 0
    """Most items at once."""
    cost: int = 0
    """Most tokens at once."""
    since: float = 0.0
    """When the latest of them came."""

    def add(self, batch: Sequence[_Waiting[T, R]]) -> None:
        """A batch comes on the device."""
        self.open |= dict(enumerate(batch, self.count))
        self.count += len(batch)
        self.rows, self.cost = max(self.rows, len(self.open)), max(self.cost, _cost(self.open.values()))
        self.since = time.perf_counter()


@dataclass(slots=True)
class Clock:
    """How long the device has worked, and since when."""

    busy_s: float = 0.0
    first: float | None = None
    last: float = 0.0
    largest: int = 0
    """Items in the largest batch."""

    def begins(self) -> None:
        """The device begins to work."""
        self.last = time.perf_counter()
        self.first = self.last if self.first is None else self.first

    def works(self, rows: int) -> None:
        """It has worked until now, on so many items at once."""
        now = time.perf_counter()
        self.busy_s, self.last, self.largest = self.busy_s + now - self.last, now, max(self.largest, rows)

    @property
    def idle(self) -> float | None:
        """Share of the time between the first batch and the last in which the device did nothing."""
        return None if self.first is None else 1 - self.busy_s / (self.last - self.first)


class Batcher(Generic[T, P, R]):
    """Runs the waiting items in batches.

    Args:
        prepare: makes what `work` needs of a batch; runs in a thread of its own, one batch ahead.
        work: gets that, and a function that returns what else is to be done now, or None; yields the place of an item
            and its reply. Places count on from batch to batch. Runs in the worker thread.
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
    joins: bool = False
    """Whether `work` asks for more, so that a batch can join another one."""

    def __init__(
        self,
        prepare: Callable[[Sequence[T]], P],
        work: Callable[[P, Callable[[], P | None]], Iterator[tuple[int, R]]],
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
        self._arrived, self._there, self._taken = asyncio.Event(), asyncio.Event(), asyncio.Event()
        """Something waits; something is ready; what was ready is on the device."""
        self._ready: _Ready[T, P, R] | None = None
        self._shift: _Shift[T, R] | None = None
        self._device = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mmeval-batch")
        self._ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mmeval-prepare")
        self._tasks: list[asyncio.Task[None]] = []

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
        if not self._tasks:
            self._tasks = [asyncio.create_task(task) for task in (self._fill(), self._serve())]
        return await waiting.reply

    async def close(self) -> None:
        """Finish what the threads do, cancel the items that have no reply, and stop the threads."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ready = None
        for reply in list(self._open):
            reply.cancel()
        for thread in (self._ahead, self._device):
            await asyncio.get_running_loop().run_in_executor(None, thread.shutdown)

    # The pipeline: a batch waits, prepared, for the device or for those on it to make room

    async def _fill(self) -> None:
        while True:
            batch = await self._next()
            self._ready = await self._prepared(batch)
            self._taken.clear()
            self._there.set()
            await self._taken.wait()

    async def _serve(self) -> None:
        while True:
            await self._there.wait()
            ready, self._ready = self._ready, None
            self._note_taken()
            if ready is not None:
                await self._answer(ready, joinable=self.joins)

    def _note_taken(self) -> None:
        self._there.clear()
        self._taken.set()

    async def _next(self) -> list[_Waiting[T, R]]:
        while True:
            await self._wait_for_batch()
            batch = self._take()
            if batch:
                return batch

    async def _prepared(self, batch: Sequence[_Waiting[T, R]]) -> _Ready[T, P, R]:
        items = [waiting.item for waiting in batch]
        try:
            return _Ready(batch, await asyncio.get_running_loop().run_in_executor(self._ahead, self._prepare, items))
        except Exception as error:  # noqa: BLE001 - it is raised where the batch is answered
            return _Ready(batch, None, error)

    async def _wait_for_batch(self) -> None:
        """Return when a batch is full, or when nothing new comes."""
        while True:
            self._waiting = [w for w in self._waiting if not w.reply.done()]
            self._arrived.clear()
            if self._waiting:
                rows, tokens = self._full(self._group(self._waiting[0].item))
                if len(self._waiting) >= rows or sum(w.length for w in self._waiting) >= tokens:
                    return
            try:
                await asyncio.wait_for(self._arrived.wait(), self._wait_s if self._waiting else None)
            except TimeoutError:
                return

    def _full(self, group: Hashable) -> tuple[int, int]:
        """Items and tokens in the next batch: less if it is to join others."""
        part = JOINING if self._shift and self._shift.joinable and self._shift.group == group else 1
        return max(1, self._size // part), max(1, self.room.tokens // part)

    def _take(self) -> list[_Waiting[T, R]]:
        """The oldest item and those of its group that are closest to it in length, as many as there is room for."""
        if not self._waiting:
            return []
        oldest = self._waiting[0]
        group = self._group(oldest.item)
        rows, tokens = self._full(group)
        alike = [w for w in self._waiting if self._group(w.item) == group]
        batch: list[_Waiting[T, R]] = []
        for waiting in sorted(alike, key=lambda w: abs(w.length - oldest.length))[:rows]:
            if batch and _cost([*batch, waiting]) > tokens:
                break
            batch.append(waiting)
        taken = set(map(id, batch))
        self._waiting = [w for w in self._waiting if id(w) not in taken]
        return batch

    # Answers

    async def _answer(self, ready: _Ready[T, P, R], *, joinable: bool) -> None:
        """Run a batch and deliver its replies; if it fails, run the halves of what has none yet."""
        shift: _Shift[T, R] = _Shift(self._group(ready.batch[0].item), joinable)
        shift.add(ready.batch)
        self._shift = shift
        loop = asyncio.get_running_loop()
        try:
            if ready.error is not None:
                raise ready.error
            await self.run(lambda: self._on_device(shift, cast("P", ready.made), loop))
        except Exception as error:  # noqa: BLE001 - any error belongs to the callers of this batch
            await self._halve(list(shift.open.values()), shift.cost, error)
        finally:
            self._shift = None

    def _on_device(self, shift: _Shift[T, R], made: P, loop: asyncio.AbstractEventLoop) -> None:
        """In the worker thread: the replies to a shift, each as soon as it is there."""
        self.memory.begin()
        self.clock.begins()
        try:
            for place, reply in self._work(made, lambda: self._more(shift, loop)):
                self.clock.works(shift.rows)
                loop.call_soon_threadsafe(_deliver, shift.open.pop(place), reply)
            self._learn(shift)
        except Exception as error:
            traceback.clear_frames(error.__traceback__)  # they hold the tensors of the batch
            self.memory.relieve()
            raise
        finally:
            self.clock.works(shift.rows)

    def _more(self, shift: _Shift[T, R], loop: asyncio.AbstractEventLoop) -> P | None:
        """In the worker thread: the batch that is ready, if there is room for it beside those that go on."""
        self._learn(shift)
        ready = self._ready
        if ready is None or ready.error is not None or not shift.joinable:
            return None
        all_rows = [*shift.open.values(), *ready.batch]
        fits = len(all_rows) <= self._size and _cost(all_rows) <= self.room.tokens
        if not fits or self._group(ready.batch[0].item) != shift.group:
            return None
        self._ready = None
        loop.call_soon_threadsafe(self._note_taken)
        shift.add(ready.batch)
        return ready.made

    def _learn(self, shift: _Shift[T, R]) -> None:
        """The memory that a shift takes sets the size of the next batches."""
        need, free = self.memory.seen()
        self.room.fitted(shift.cost, need=need, free=free, seconds=time.perf_counter() - shift.since)

    async def _halve(self, batch: Sequence[_Waiting[T, R]], cost: int, error: Exception) -> None:
        """Run both halves of a failed batch; a single item gets the error."""
        if self._too_large(error):
            self.room.overflowed(cost)
        if len(batch) < 2:
            for waiting in batch:
                if not waiting.reply.done():
                    waiting.reply.set_exception(error)
            return
        middle = (len(batch) + 1) // 2
        for part in (batch[:middle], batch[middle:]):
            await self._answer(await self._prepared(part), joinable=False)


def _deliver(waiting: _Waiting[T, R], reply: R) -> None:
    if not waiting.reply.done():
        waiting.reply.set_result(reply)


def _cost(batch: Iterable[_Waiting[T, R]]) -> int:
    """Tokens that a batch takes, padding included."""
    lengths = [waiting.length for waiting in batch]
    return len(lengths) * max(lengths, default=0)
