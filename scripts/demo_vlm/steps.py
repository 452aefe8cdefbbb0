"""What both stages share: the learning rate's course and the order of the pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np


def schedule(step: int, steps: int, *, warm: int, floor: float) -> float:
    """Linear warm-up, then half a cosine down to `floor`."""
    cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / warm) * (cosine * (1 - floor) + floor)


def order(n: int, batch: int, seed: int) -> Iterator[np.ndarray]:
    """Indices for ever, each picture once an epoch."""
    generator = np.random.default_rng(seed)
    while True:
        shuffled = generator.permutation(n)
        yield from (shuffled[i : i + batch] for i in range(0, n - batch + 1, batch))
