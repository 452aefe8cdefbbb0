"""The type of metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from mmeval.types import Estimate, Record

__all__ = ["Aggregate", "Metric"]

Aggregate: TypeAlias = Callable[[Iterable[Record]], Mapping[str, Estimate]]


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
