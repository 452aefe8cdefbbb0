"""A `map` over worker processes for the two heavy parts of a build: reading scores and writing the pages of runs."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
FEW = 40
"""Up to this many jobs are done in this process: that takes less time than starting others."""


@contextmanager
def workers(jobs: int) -> Iterator[Callable[[Callable[[T], R], Sequence[T]], Iterator[R]]]:
    """Gives a `map` whose results come in order: over processes where there are many jobs, else the plain one."""
    count = min(os.cpu_count() or 1, 8)
    if jobs <= FEW or count < 2:
        yield lambda call, items: map(call, items)
        return
    # spawn, not fork: numpy's threads do not survive a fork
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield lambda call, items: pool.map(call, items, chunksize=8)
