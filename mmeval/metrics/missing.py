"""What a headline could be if everything that is missing had been measured.

A record without a score is missing: the request failed, the model cannot take the input, or the benchmark leaves its
status out. Its score is replaced by each of the two ends between which it must lie. A metric that rises (or falls)
with every score then lies between the two results, whatever the missing scores are: the bounds of Manski (1989, Journal
of Human Resources 24, 343-360), which assume nothing about what is missing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mmeval.metrics.base import Metric
from mmeval.types import Estimate, Record, Score

__all__ = ["UNDEFINED", "End", "bounds", "by_value", "ends", "filled"]

UNDEFINED: Final = (KeyError, ValueError, TypeError, ArithmeticError)
"""What a metric may raise when it cannot be computed."""
RULE: Final = "missing"
TOLERANCE: Final = 1e-9
WRONG, RIGHT = (Score(value=value, answer=None, rule=RULE) for value in (0.0, 1.0))


def by_value(record: Record) -> tuple[Score, Score]:
    """Scores 0 and 1: the ends of a metric that reads nothing but the values of scores."""
    del record
    return WRONG, RIGHT


@dataclass(frozen=True, slots=True)
class End:
    """One end of what the numbers of a run could be."""

    headline: Estimate
    numbers: Mapping[str, Estimate]
    """All that the metric computes."""
    side: int
    """Which of its extremes each missing score has: 0 or 1; see `filled`."""


def ends(metric: Metric, records: Iterable[Record]) -> tuple[End, End] | None:
    """All that is missing counted as wrong, and as right; None if the headline cannot be bounded.

    Args:
        metric: the metric.
        records: those with a score, and those without; iterated several times.
    """
    sign = 1 if metric.higher_is_better else -1
    try:
        if metric.extremes is None and _reads_answers(metric, records):
            return None
        sides = [_end(metric, records, side) for side in (0, 1)]
    except UNDEFINED:
        return None
    wrong, right = sorted(sides, key=lambda one: sign * one.headline.value)
    return wrong, right


def bounds(metric: Metric, records: Iterable[Record]) -> tuple[Estimate, Estimate] | None:
    """The headline at both `ends`."""
    found = ends(metric, records)
    return (found[0].headline, found[1].headline) if found else None


def _end(metric: Metric, records: Iterable[Record], side: int) -> End:
    numbers = metric.aggregate(filled(metric, records, side))
    return End(numbers[metric.name], numbers, side)


def filled(metric: Metric, records: Iterable[Record], side: int) -> Iterator[Record]:
    """The records, each missing score replaced by its extreme on this side."""
    extremes = metric.extremes or by_value
    for record in records:
        yield record if record.score is not None else replace(record, score=extremes(record)[side])


def _reads_answers(metric: Metric, records: Iterable[Record]) -> bool:
    """Whether the headline of the measured records changes when their answers are taken away."""
    measured = (record for record in records if record.score is not None)
    bared = functools.lru_cache(maxsize=1024)(_bared)
    bare = (replace(r, score=bared(r.score)) for r in records if r.score is not None)
    try:
        return abs(metric.headline(measured) - metric.headline(bare)) > TOLERANCE
    except UNDEFINED:
        return True


def _bared(score: Score) -> Score:
    return replace(score, answer=None)
