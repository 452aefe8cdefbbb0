"""Axes with numbers, and the accuracy with which a careful reader meets a value by eye.

An axis has labelled major ticks and small minor ticks, 9 pixels or more apart. A reader can tell in which half of a
minor step a bar ends, so one reading is right within half a step; where the steps are wide, 22 pixels or more, within a
quarter. A sum or difference of n readings is right within n times as much.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Scale", "said", "scale", "tidy", "values"]

COARSE = ((2, 1), (4, 2), (10, 5), (20, 10), (40, 20), (100, 50), (200, 100), (400, 200), (1000, 500))
FINE = ((1, 0.2), (2, 0.5), (5, 1), (10, 2), (20, 5), (50, 10), (100, 20), (200, 50), (500, 100), (1000, 200))
"""Major and minor steps of axes: two minor steps to a major one, or four to five."""
GRAIN = 5
"""Values are multiples of a minor step divided by this."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers of an axis."""

    start: float
    major: float
    minor: float
    count: int
    """Major steps."""
    exact: bool = False
    """Whether the values are written as numbers; there is no axis then."""

    @property
    def top(self) -> float:
        """Where the axis ends; it has a label."""
        return tidy(self.start + self.count * self.major)

    @property
    def majors(self) -> list[float]:
        """The labelled ticks."""
        return [tidy(self.start + place * self.major) for place in range(self.count + 1)]

    @property
    def minors(self) -> list[float]:
        """The small ticks, without the labelled ones."""
        steps = round((self.top - self.start) / self.minor)
        every = [tidy(self.start + place * self.minor) for place in range(steps + 1)]
        return [value for value in every if value not in self.majors]

    def within(self, readings: int = 1) -> float:
        """The tolerance of a sum or difference of this many readings."""
        if self.exact:
            return 0.0
        return tidy(readings * self.minor / (4 if self.major == 2 * self.minor else 2))

    def accepted(self, readings: int = 1) -> str:
        """The tolerance in words. Its number would tell how far the axis reaches, and so the size of the answer."""
        return f"A difference of up to {_times(self.within(readings) / self.minor)} is accepted."

    def facts(self) -> dict[str, Any]:
        """The numbers for the facts of an item."""
        return {"start": self.start, "top": self.top, "major": self.major, "minor": self.minor}

    def told(self, name: str) -> str:
        """The axis in words."""
        return (
            f"{name} runs from {said(self.start)} to {said(self.top)}, with a number every {said(self.major)} and a "
            f"tick every {said(self.minor)}."
        )


def _times(steps: float) -> str:
    """A number of minor steps in words."""
    parts = {0.25: "a quarter of", 0.5: "half", 0.75: "three quarters of", 1: ""}
    said = parts.get(steps, f"{steps:g} times")
    return f"{said} the distance between two neighbouring ticks".strip()


def scale(rng: random.Random, *, fine: bool, cut: bool = False) -> Scale:
    """Draw an axis; a cut one does not start at 0."""
    major, minor = rng.choice(FINE if fine else COARSE)
    count = rng.randint(4, 6)
    return Scale(tidy(major * rng.randint(2, 5)) if cut else 0, major, minor, count)


def values(rng: random.Random, on: Scale, count: int, *, apart: float = 0.0, low: float = 0.06) -> list[float]:
    """Values on an axis, in random order, at least `apart` minor steps from each other.

    `low` is the part of the axis at its start that stays empty, so that every bar can be seen.
    """
    grain = on.minor / GRAIN
    steps = round((on.top - on.start) / grain)
    first, room = max(2, round(low * steps)), round(apart * GRAIN)
    spare = steps - 2 - first - room * (count - 1)
    assert spare >= count, "the axis has no room for so many values"
    places = sorted(rng.choices(range(spare + 1), k=count))
    found = [tidy(on.start + (first + room * rank + place) * grain) for rank, place in enumerate(places)]
    rng.shuffle(found)
    return found


def tidy(value: float) -> float:
    """A number without the dust of binary fractions; a whole one as int."""
    short = round(value, 4)
    return int(short) if short == int(short) else short


def said(value: float) -> str:
    """A number as people write it."""
    return f"{tidy(value)}"


def close(found: Sequence[float], line: float, by: float) -> bool:
    """Whether a value lies so near to a line that the eye cannot tell the side."""
    return any(abs(value - line) < by for value in found)
