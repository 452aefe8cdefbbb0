"""The rate at which requests may start: how it grows with the answers, and how rejections cut it.

A cut lowers the rate by the share that was rejected. Between cuts the rate grows with every answer, slowly at first and
faster the longer there is no cut. At a steady limit, about one request in several hundred is rejected. While the rate
is below its *goal*, it grows quickly: the goal is a rate that is probably allowed, a guess from little evidence.
"""

from __future__ import annotations

import math

from mmeval.engine.rate.belief import LEAST_RATE
from mmeval.engine.rate.starts import Seen

__all__ = ["AllowedRate"]

KEEP = 0.98
"""The share of the admitted rate that is kept, so that requests stay a little below the limit."""


class AllowedRate:
    """Requests per second that may start; times are in seconds of the caller's clock."""

    APPROACH = 0.5
    """Share by which a rate below its goal grows per second; any other grows at most as fast."""
    PER_ANSWER, ANSWERS, ANSWERS_S = 1e-4, 100, 30.0
    """Share by which the rate grows with an answer right after a cut. It doubles with every ANSWERS answers, and with
    every ANSWERS_S seconds, until the next cut."""
    PER_SECOND, DOUBLES_S = 0.01, 5.0
    """The most growth per second right after a cut, as a share; it doubles every DOUBLES_S until the next cut."""
    DEEPEST = 0.7
    """The lowest factor by which a cut corrects for growth since the rejected requests were sent."""
    FEW = 16
    """A cut assumes this many admitted requests beside those seen, since a few requests say little about a share."""
    ENOUGH = 50
    """After a cut that rests on fewer requests than this, the rate may return quickly to near where it was."""

    def __init__(self, now: float, value: float, *, goal: float) -> None:
        self.value = value
        self.cut_at = now
        self._goal = goal
        self._grown_at = now
        self._answers = 0
        """Answers to requests that started after the last cut."""

    @classmethod
    def after_ramp(cls, now: float, seen: Seen, *, first: float) -> AllowedRate:
        """The rate that was just admitted; `first` is when slow start began.

        The goal is two to eight times as high, more after a shorter slow start: a limit rejects bursts, and slow start
        sends in bursts, so a steady rate may well be higher.
        """
        value = max(1.0, seen.admitted * KEEP)
        return cls(now, value, goal=value * max(2.0, min(8.0, 2.0 / max(now - first, 0.01))))

    @property
    def guessed(self) -> bool:
        """Whether the rate is still below its goal."""
        return self.value < self._goal

    def grow(self, now: float, *, floor: float, in_use: bool) -> None:
        """Grow after an answer, towards a goal of at least `floor`; above the goal only if the rate is `in_use`."""
        seconds = min(1.0, now - self._grown_at)
        self._grown_at = now
        self._answers += 1
        goal = max(self._goal, floor)
        if self.value < KEEP * goal:
            self.value = min(goal, self.value * (1.0 + self.APPROACH * seconds))
        elif in_use:
            self.value *= 1.0 + self._growth(now - self.cut_at, seconds)

    def _growth(self, clean: float, seconds: float) -> float:
        """Growth as a share: `seconds` after the last growth, `clean` seconds after the last cut."""
        by_answers: float = self.PER_ANSWER * 2.0 ** min(50.0, self._answers / self.ANSWERS + clean / self.ANSWERS_S)
        by_time: float = self.PER_SECOND * 2.0 ** min(50.0, clean / self.DOUBLES_S) * seconds
        return min(by_answers, by_time, self.APPROACH * seconds)

    def cut(self, now: float, seen: Seen, *, floor: float, most: float = math.inf) -> None:
        """Cut by the share of `seen` that was rejected: not below `floor`, and to `most` at most."""
        kept = self.value * KEEP * (1.0 - seen.rejected / (seen.sent + self.FEW))
        value = max(LEAST_RATE, min(max(floor, kept * self._outgrown(seen)), most))
        self._goal = min(max(value, kept), most) if seen.sent < self.ENOUGH else value
        self.value = value
        self.cut_at = self._grown_at = now
        self._answers = 0

    def _outgrown(self, seen: Seen) -> float:
        """A factor for the growth since `seen` was sent, when the rate was lower than it is now.

        After slow growth, the limit lies between the average rate of that time and the present one; after fast
        growth, at or below the average.
        """
        grown = min(1.0, seen.rate / self.value)
        return 0.5 + 0.5 * grown if grown > 0.9 else max(self.DEEPEST, grown)
