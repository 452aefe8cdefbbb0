"""Slow start: the window doubles from round to round until the provider shows a limit.

This is TCP's slow start (RFC 5681, 3.1). A round is as many answers as the window has slots. The window doubles after a
round in which it was really used. A round meets a limit if more requests were rejected than before *and* the answers
per second did not grow with the window: a provider that rejects one request in ten at any rate still answers twice
as much when it is asked twice as much, one at its limit does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmeval.engine.rate.belief import LEAST_SHARE
from mmeval.engine.rate.starts import Seen, Starts

__all__ = ["CEILING", "Ramp"]

START = 8
"""Slots in the first round."""
CEILING = 512
"""The window never has more slots than this, in slow start or later."""
TINY_S = 1e-6


@dataclass(frozen=True, slots=True)
class Round:
    """A finished round: its window and how many requests ended per second without a rejection."""

    limit: int
    rate: float


class Ramp:
    """Counts rounds and doubles `limit`, the window in slots."""

    USED = 0.8
    """The window doubles only if this share of it was in flight at once."""
    SCALING = 0.7
    """A window twice as wide has to bring at least this share of twice the answers per second."""
    FEW = 8
    """Admitted requests assumed beside those before the round, since few say little about a share."""

    def __init__(self, starts: Starts) -> None:
        self.limit = START
        self._starts = starts
        self._began: float | None = None
        """When this round began; None = with the first request."""
        self._answers = self._ended = 0
        """In this round: answers, and requests that ended without a rejection."""
        self._past: Round | None = None

    def ended(self, *, answered: bool) -> None:
        """Count a request that was not rejected."""
        self._ended += 1
        self._answers += answered

    @property
    def round_is_over(self) -> bool:
        """Whether as many answers came as the window has slots."""
        return self._answers >= self.limit

    def end_round(self, now: float, used: int) -> Seen | None:
        """Begin the next round; `used` is the most that was in flight. Returns what was sent if a limit was met."""
        began = self._starts.first if self._began is None else self._began
        this = Round(self.limit, self._ended / max(TINY_S, now - began))
        seen, scales = self._starts.between(began, now), self._scales(this)
        if seen.rejected and not scales:
            if seen.exceeds(self._share_before(began)):
                return seen
        elif used >= self.USED * self.limit:
            self.limit = min(CEILING, 2 * self.limit)
        self._past, self._began = this, now
        self._answers = self._ended = 0
        return None

    def _scales(self, this: Round) -> bool:
        """Whether the answers per second grew with the window since the round before."""
        if self._past is None or not self._past.rate:
            return True
        enough = self.SCALING * (1.0 - 1.0 / math.sqrt(this.limit))  # the rate of a small window is imprecise
        return this.rate / self._past.rate >= enough * this.limit / self._past.limit

    def _share_before(self, began: float) -> float:
        """Share of rejections before this round."""
        before = self._starts.between(-math.inf, began)
        return max(LEAST_SHARE, before.rejected / (before.sent + self.FEW))
