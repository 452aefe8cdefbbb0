"""The type of metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from mmeval.types import Estimate, Record, Score

__all__ = ["Aggregate", "Extremes", "Metric"]

Aggregate: TypeAlias = Callable[[Iterable[Record]], Mapping[str, Estimate]]
Extremes: TypeAlias = Callable[[Record], tuple[Score, Score]]
"""The two scores, one at each end, between which a missing score of this record must lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Computes the numbers of a run from its records. The headline is `aggregate(records)[name]`."""

    name: str
    aggregate: Aggregate
    higher_is_better: bool
    low: float
    high: float
    scale: float
    """Factor for display on the board: 100 shows 0.5 as 50.0."""
    about: str
    """One sentence for the benchmark's page: what is averaged over what."""
    version: int = 1
    """Raise it when a change can give the same records another number."""
    extremes: Extremes | None = None
    """What a missing score could be at its ends, for a metric that reads answers. None: 0 and 1, and a metric that
    then turns out to read answers cannot be bounded; see `metrics.missing`."""
