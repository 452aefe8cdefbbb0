"""A share of answers beside the score: how often a model says what a tag names, such as what habit suggests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mmeval.metrics.base import Metric
from mmeval.metrics.slices import scored
from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record

__all__ = ["with_answers"]


def with_answers(metric: Metric, tag: str, name: str) -> Metric:
    """The metric with `name/NAME`, the share of scored replies whose answer is the text of a tag, in any case.

    A sample without the tag does not count.
    """

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        kept = [replace(record, reply=None) for record, _ in scored(records)]
        fold = MeanFold()
        for record in kept:
            if tag in record.tags:
                assert record.score is not None
                said = (record.score.answer or "").strip().casefold()
                fold.add(float(said == record.tags[tag].strip().casefold()), record.cluster)
        share = {f"{metric.name}/{name}": fold.estimate()} if len(fold) else {}
        return {**metric.aggregate(kept), **share}

    return replace(metric, aggregate=aggregate)
