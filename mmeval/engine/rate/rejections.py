"""Which of the recent requests tell whether the rate has to be cut."""

from __future__ import annotations

from mmeval.engine.rate.starts import Seen, Starts

__all__ = ["mostly_rejected", "recent"]

SOME, MANY = 12, 32
"""`mostly_rejected` looks at as many requests as the window has slots, but at no fewer and no more than these."""
BACK_S, BACK, BACK_MOST_S = 1.0, 50.0, 30.0
"""`recent` looks back one second, or as long as 50 requests take if that is longer, but at most 30 seconds."""
TINY_S = 1e-6
"""`recent` covers at least this much time."""


def mostly_rejected(starts: Starts, end: float, *, since: float, limit: int) -> bool:
    """Whether most of the last requests that started in (since, end] were rejected; False after too few requests."""
    last = starts.last(max(SOME, min(MANY, limit)), since, end)
    return last is not None and last.share > 0.5


def recent(starts: Starts, end: float, *, since: float, rate: float | None) -> Seen:
    """The requests that started shortly before `end`, or then, and after `since`; `rate` is the allowed rate."""
    back = BACK_S if rate is None else min(BACK_MOST_S, max(BACK_S, BACK / rate))
    return starts.between(min(end - TINY_S, max(end - back, since)), end)
