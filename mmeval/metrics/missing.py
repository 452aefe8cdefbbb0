"""What a headline could be if everything that is missing had been measured.

A record without a score is missing: the request failed, the model cannot take the input, or the benchmark leaves its
status out. Its score is replaced by each of the two ends between which it must lie. A metric that rises (or falls)
with every score then lies between the two results, whatever the missing scores are: the bounds of Manski (1989, Journal
of Human Resources 24, 343-360), which assume nothing about what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from mmeval.metrics.base import Metric
from mmeval.types import Estimate, Record, Score

__all__ = ["UNDEFINED", "bounds", "by_value", "worst"]

UNDEFINED: Final = (KeyError, ValueError, TypeError, ArithmeticError)
"""What a metric may raise when it cannot be computed."""
RULE: Final = "missing"
TOLERANCE: Final = 1e-9
WRONG, RIGHT = (Score(value=value, answer=None, rule=RULE) for value in (0.0, 1.0))


def by_value(record: Record) -> tuple[Score, Score]:
    """Scores 0 and 1: the ends of a metric that reads nothing but the values of scores."""
    del record
    return WRONG, RIGHT


def bounds(metric: Metric, records: Iterable[Record]) -> tuple[Estimate, Estimate] | None:
    """The headline with all that is missing counted as wrong, and as right; None if it cannot be bounded.

    Args:
        metric: the metric.
        records: those with a score, and those without; iterated several times.
    """
    try:
        if metric.extremes is None and _reads_answers(metric, records):
            return None
        ends = [_headline(metric, _filled(metric, records, end)) for end in (0, 1)]
    except UNDEFINED:
        return None
    low, high = sorted(ends, key=lambda one: one.value)
    return (low, high) if metric.higher_is_better else (high, low)


def worst(metric: Metric, records: Iterable[Record]) -> list[Record]:
    """The records with all that is missing counted as wrong. The metric must have `bounds`."""
    ends = [list(_filled(metric, records, end)) for end in (0, 1)]
    sign = 1 if metric.higher_is_better else -1
    return min(ends, key=lambda one: sign * _headline(metric, one).value)


def _filled(metric: Metric, records: Iterable[Record], end: int) -> Iterator[Record]:
    extremes = metric.extremes or by_value
    for record in records:
        yield record if record.score is not None else replace(record, score=extremes(record)[end])


def _headline(metric: Metric, records: Iterable[Record]) -> Estimate:
    return metric.aggregate(records)[metric.name]


def _reads_answers(metric: Metric, records: Iterable[Record]) -> bool:
    """Whether the headline of the measured records changes when their answers are taken away."""
    measured = (record for record in records if record.score is not None)
    bare = (replace(r, score=replace(r.score, answer=None)) for r in records if r.score is not None)
    try:
        return abs(_headline(metric, measured).value - _headline(metric, bare).value) > TOLERANCE
    except UNDEFINED:
        return True
