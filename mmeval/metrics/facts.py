"""Means over all facts of a kind, of rules that score the facts of a sample one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mmeval.metrics.base import Metric
from mmeval.metrics.ratios import Ratio, combine
from mmeval.metrics.slices import scored
from mmeval.types import Estimate, Record

__all__ = ["with_facts"]

FACT = re.compile(r"([a-z_]+) (\d+(?:\.\d+)?)/(\d+)")
Facts = Mapping[str, tuple[float, float]]
"""By kind, the sum of the scores of the facts, and their number."""


def with_facts(metric: Metric, tag: str) -> Metric:
    """The metric with `name/KIND` for each kind of fact: the mean over all such facts of all samples.

    A score's answer tells sums and numbers, as in `count 1.204000/2, object 0.991000/1`. A reply without one has 0 for
    each kind that the tag lists, once for each fact. Without any such answer the metric stays as it is.
    """

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        kept = [replace(record, reply=None) for record, _ in scored(records)]
        rows = [_facts(record, tag) for record in kept] if any(map(_told, kept)) else []
        kinds = sorted({kind for row in rows for kind in row})
        cells = [{kinds.index(kind): pair for kind, pair in row.items()} for row in rows]
        clusters = [record.cluster for record in kept]
        means = {
            f"{metric.name}/{kind}": combine(cells, [Ratio(at, 1.0)], clusters=clusters)
            for at, kind in enumerate(kinds)
        }
        return {**metric.aggregate(kept), **means}

    return replace(metric, aggregate=aggregate)


def _told(record: Record) -> list[tuple[str, str, str]]:
    return FACT.findall((record.score.answer if record.score else None) or "")


def _facts(record: Record, tag: str) -> Facts:
    told = {kind: (float(total), float(count)) for kind, total, count in _told(record)}
    missing = Counter(record.tags[tag].split(",")) if not told and tag in record.tags else {}
    return told or {kind: (0.0, float(count)) for kind, count in missing.items()}
