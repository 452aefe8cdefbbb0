"""The type of metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from mmeval.types import Estimate, Record, Score

__all__ = ["Aggregate", "Extremes", "Headline", "Metric"]

Aggregate: TypeAlias = Callable[[Iterable[Record]], Mapping[str, Estimate]]
Headline: TypeAlias = Callable[[Iterable[Record]], float]
Extremes: TypeAlias = Callable[[Record], tuple[Score, Score]]
"""The two scores, one at each end, between which a missing score of this record must lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Computes the numbers of a run from its records."""

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
    value: Headline | None = None
    """The headline without its interval, for a metric that computes many other numbers with it. None: from `aggregate`.
    A jackknife asks for it 40 times for each run."""

    def headline(self, records: Iterable[Record]) -> float:
        """The value of the metric that the run is known by; raises one of `missing.UNDEFINED` if it has none."""
        return self.aggregate(records)[self.name].value if self.value is None else self.value(records)
