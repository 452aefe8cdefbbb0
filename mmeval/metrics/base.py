"""What a metric is: from the records of a run to its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from mmeval.types import Estimate, Record

__all__ = ["Aggregate", "Metric"]

Aggregate: TypeAlias = Callable[[Iterable[Record]], Mapping[str, Estimate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """How records become the numbers of a run; the headline is `aggregate(...)[name]`."""

    name: str
    aggregate: Aggregate
    higher_is_better: bool
    low: float
    high: float
    scale: float
    """What the board multiplies the headline by: 100 shows 0.5 as 50.0."""
    about: str
    """One sentence for the card: what is averaged over what."""
    version: int = 1
    """Raise it when the same records may give another number."""
