"""A share of answers beside the score: how often a model says what a tag names, such as what habit suggests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mmeval.metrics.base import Metric
from mmeval.metrics.ratios import Ratio, combine
from mmeval.metrics.slices import scored
from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record, Score

__all__ = ["answered_f1", "with_answers"]


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


def answered_f1(*, name: str = "f1", none: str = "Not answerable") -> Metric:
    """F1 over questions some of which have no answer: right answers, among answers given and among answers that exist.

    The tag `answerable` is `yes` or `no`; a reply that gives no answer has `none` as its answer. `name/accuracy` is the
    mean score of all questions, `name/pages=...` of those whose answer is on no, one or several pages.
    """

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        cells, clusters, spans = [], [], ("none", "single", "several")
        for record, value in scored(records):
            exists = record.tags.get("answerable") != "no"
            given = record.score is not None and record.score.answer != none
            cell = {0: (2 * value * exists * given, float(exists + given)), 1: (value, 1.0)}
            span = record.tags.get("pages")
            cells.append(cell | ({2 + spans.index(span): (value, 1.0)} if span in spans else {}))
            clusters.append(record.cluster)
        names = (name, f"{name}/accuracy", *(f"{name}/pages={span}" for span in spans))
        known = [(what, at) for at, what in enumerate(names) if any(cell.get(at, (0, 0))[1] for cell in cells)]
        return {what: combine(cells, [Ratio(at, 1.0)], clusters=clusters) for what, at in known}

    return Metric(
        name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=100.0,
        about="Right answers, among those given and among those that exist (harmonic mean).", version=1,
        extremes=lambda record: (Score(value=0.0, answer=""), Score(value=1.0, answer="")),
    )  # fmt: skip
