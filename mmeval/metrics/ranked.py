"""How often the right option is the best of many, and how often it is among the five best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mmeval.metrics.aggregates import accuracy
from mmeval.metrics.base import Metric
from mmeval.metrics.slices import scored
from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record

__all__ = ["in_top_five"]


def in_top_five(*, name: str = "accuracy") -> Metric:
    """The accuracy with `name/top5`, the share of samples whose correct option is among the five best.

    Reads the rule that the scorer `ranked` wrote. A sample without a rule is in the top five when it is right.
    """
    base = accuracy(name=name)

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        fold, kept = MeanFold(), []
        for record, value in scored(records):
            assert record.score is not None
            kept.append(replace(record, reply=None))
            fold.add(float(value == 1 or record.score.rule == "top 5"), record.cluster)
        top = {f"{name}/top5": fold.estimate()} if kept else {}
        return {**base.aggregate(kept), **top}

    return replace(base, aggregate=aggregate, about="Mean over samples; top5: share in the five best.", version=1)
