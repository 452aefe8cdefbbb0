"""Reads the samples of a benchmark in a thread, a few batches ahead of the requests."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

from mmeval.errors import DataError, MMEvalError
from mmeval.types import Sample, Text

__all__ = ["Prefetcher"]

AHEAD = 4
"""Most batches that wait."""
SIZE = 32
"""Most samples in a batch. The first batches are smaller, so that the first request leaves at once."""
BYTES = 8_000_000
"""Media bytes after which a batch is handed over even if it is not full."""


class Prefetcher:
    """Samples one by one or in batches; the event loop never waits for a disk or the network."""

    def __init__(self, make: Callable[[], Iterator[Sample]]) -> None:
        self._make = make
        self._batches: deque[list[Sample] | MMEvalError | None] = deque()
        self._room = threading.Semaphore(AHEAD)
        self._ready = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._thread = threading.Thread(target=self._read, name="mmeval-prefetcher", daemon=True)

    def begin(self) -> None:
        """Start to read, before the first batch is asked for."""
        if self._thread.ident is None:
            self._thread.start()

    def _read(self) -> None:
        try:
            size = 1
            batch: list[Sample] = []
            weight = 0
            for sample in self._make():
                batch.append(sample)
                weight += sum(len(part.data or b"") for part in sample.prompt if not isinstance(part, Text))
                if len(batch) >= size or weight >= BYTES:
                    if not self._hand(batch):
                        return
                    batch, weight, size = [], 0, min(SIZE, 2 * size)
            if batch:
                self._hand(batch)
            self._hand(None)
        except MMEvalError as error:
            self._hand(error)
        except Exception as error:  # noqa: BLE001 - the boundary of a benchmark's file: its rows and its to_sample
            self._hand(DataError(f"{type(error).__name__}: {error}"))

    def _hand(self, batch: list[Sample] | MMEvalError | None) -> bool:
        self._room.acquire()
        if self._closed:
            return False
        self._batches.append(batch)
        self._loop.call_soon_threadsafe(self._ready.set)
        return True

    async def __aiter__(self) -> AsyncIterator[Sample]:
        async for batch in self.batches():
            for sample in batch:
                yield sample

    async def batches(self) -> AsyncIterator[list[Sample]]:
        """The samples, up to SIZE at a time; raises whatever reading them raised."""
        self.begin()
        while True:
            while not self._batches:
                self._ready.clear()
                await self._ready.wait()
            batch = self._batches.popleft()
            self._room.release()
            if batch is None:
                return
            if isinstance(batch, MMEvalError):
                raise batch
            yield batch

    def close(self) -> None:
        """Let the thread end and drop what it has read.

        Waits a moment for it: one that has only just started would create its file after the caller has tidied up.
        """
        self._closed = True
        self._room.release()
        if self._thread.ident is not None:
            self._thread.join(timeout=1.0)
