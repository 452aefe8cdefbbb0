"""A `map` over worker processes for the two heavy parts of a build: reading scores and writing the pages of runs."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
FEW = 40
"""Up to this many jobs are done in this process: that takes less time than starting others."""


def collect_rarely() -> tuple[int, int, int]:
    """Look for garbage in cycles less often; returns the thresholds as they were.

    A build makes millions of objects that stay, and looking through them again and again takes a tenth of its time.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    return before


class Workers:
    """The worker processes of one build; they start when there are many jobs for them, and end with the context."""

    def __init__(self) -> None:
        self.count = min(os.cpu_count() or 1, 8)
        self._pool: ProcessPoolExecutor | None = None

    def map(self, call: Callable[[T], R], items: Sequence[T], *, jobs: int, chunk: int = 8) -> Iterator[R]:
        """The results in order. Other processes are at work at once, this one only when a result is taken.

        Args:
            call: picklable.
            items: its arguments, picklable.
            jobs: number of jobs in all items.
            chunk: items that a process gets at a time.
        """
        if jobs <= FEW or self.count < 2:
            return map(call, items)
        if self._pool is None:
            # spawn, not fork: numpy's threads do not survive a fork
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=collect_rarely)
        return self._pool.map(call, items, chunksize=chunk)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *failed: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
