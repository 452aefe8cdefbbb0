"""How sounds are made, in whole numbers: a recording has the same bytes on every machine.

Samples are between -PEAK and PEAK, RATE of them per second. A phase counts 2**-32 of a turn.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from mmeval.animate import RATE
from mmeval.fresh.style import normal

if TYPE_CHECKING:
    import numpy as np

    Whole: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

__all__ = ["PEAK", "VOICES", "Whole", "edged"]

PEAK = 32_767
TURN_BITS, TABLE_BITS = 32, 12
HIGHEST = 7_000
"""Hertz; overtones above it are left out."""
EDGE = 160
"""Samples (10 ms) in which a sound gets loud and falls silent, so that it does not click."""
WOBBLE = RATE // 5
"""Samples in which a siren goes up and down once."""


@functools.cache
def _sine() -> Whole:
    import numpy as np

    size = 1 << TABLE_BITS
    return np.array([round(PEAK * math.sin(2 * math.pi * place / size)) for place in range(size)], dtype=np.int64)


def _wave(phase: Whole) -> Whole:
    found: Whole = _sine()[(phase >> (TURN_BITS - TABLE_BITS)) & ((1 << TABLE_BITS) - 1)]
    return found


def _phase(first: int, last: int, count: int) -> Whole:
    """Of a tone that goes evenly from one pitch to another, in hertz."""
    import numpy as np

    at = np.arange(count)
    return _running(1000 * (first * (count - at) + last * at) // count)


def _running(millihertz: Whole) -> Whole:
    import numpy as np

    steps = (millihertz << TURN_BITS) // (1000 * RATE)
    found: Whole = np.cumsum(steps) - steps
    return found


def _fading(count: int, half: int) -> Whole:
    """From 1024 down: halved every `half` samples, on a straight line in between."""
    import numpy as np

    at = np.arange(count, dtype=np.int64)
    found: Whole = (1024 * (2 * half - at % half) // (2 * half)) >> np.minimum(at // half, 20)
    return found


def edged(sound: Whole) -> Whole:
    """A sound that does not click at its ends."""
    import numpy as np

    at = np.arange(len(sound))
    return sound * np.minimum(EDGE, np.minimum(at, len(sound) - 1 - at)) // EDGE


def _beep(first: int, last: int, count: int, seed: int) -> Whole:
    """A pure tone."""
    return _wave(_phase(first, last, count)) // 2


def _buzz(first: int, last: int, count: int, seed: int) -> Whole:
    """A tone with many overtones."""
    import numpy as np

    phase = _phase(first, last, count)
    overtones = range(1, max(2, min(16, HIGHEST // max(first, last))))
    found: Whole = np.sum([_wave(phase * k) // k for k in overtones], axis=0) * 3 // 8
    return found


def _bell(first: int, last: int, count: int, seed: int) -> Whole:
    """Three tones that are no overtones of each other and fade; the higher, the sooner."""
    import numpy as np

    parts = ((100, RATE // 10, 5), (276, RATE // 16, 3), (540, RATE // 28, 2))
    made = [
        _wave(_phase(first * ratio // 100, last * ratio // 100, count)) * _fading(count, half) * share // 10_240
        for ratio, half, share in parts
    ]
    found: Whole = np.sum(made, axis=0) * 5 // 4
    return found


def _drum(first: int, last: int, count: int, seed: int) -> Whole:
    """A low tone that falls and fades soon, after a stroke."""
    low = _wave(_phase(first, last * 6 // 10, count)) * _fading(count, RATE // 18)
    stroke = normal(count, seed) * 20 * _fading(count, RATE // 200)
    return (low + stroke) // 1024


def _hiss(first: int, last: int, count: int, seed: int) -> Whole:
    """Noise without its low part."""
    import numpy as np

    return np.diff(normal(count + 1, seed)) * 32


def _siren(first: int, last: int, count: int, seed: int) -> Whole:
    """A tone whose pitch goes up to the double and down again, five times a second."""
    import numpy as np

    at = np.arange(count) % WOBBLE
    up = np.minimum(at, WOBBLE - at)
    return _wave(_running(1000 * first + 2000 * first * up // WOBBLE)) // 2


VOICES: Mapping[str, Callable[[int, int, int, int], Whole]] = {
    "beep": _beep,
    "bell": _bell,
    "buzz": _buzz,
    "drum": _drum,
    "hiss": _hiss,
    "siren": _siren,
    "low beep": _beep,
    "high beep": _beep,
}
"""By kind of sound: its samples, from the pitch at its start and at its end in hertz, their number, and a seed."""
