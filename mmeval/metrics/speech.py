"""Error rates of transcripts: all errors over all words, not the mean of the samples' rates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mmeval.metrics.base import Metric
from mmeval.metrics.missing import by_value
from mmeval.metrics.ratios import Cells, Ratio, combine
from mmeval.metrics.slices import labels_of, scored
from mmeval.types import Estimate, Record

__all__ = ["error_rate", "with_own_errors"]


def error_rate(*, name: str = "wer", by: Sequence[str] = (), macro: str | None = None) -> Metric:
    """Errors of all transcripts over the words (or characters) of all targets, with clusters by speaker or recording.

    A reply that failed counts as one without a word. The tag `units` has the length of a target.

    Args:
        name: of the metric.
        by: tags with sub-scores.
        macro: a tag. The headline becomes the unweighted mean of the rates of its values: words and characters do not
            add up.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        rows = [(record, _cell(record, value)) for record, value in scored(records)]
        groups: dict[str, list[tuple[Record, Cells]]] = {name: rows}
        for row in rows:
            for tag in by:
                for label in labels_of(row[0].tags.get(tag, "")):
                    groups.setdefault(f"{name}/{tag}={label}", []).append(row)
        found = {group: _rate(members) for group, members in sorted(groups.items()) if members}
        return {**found, name: _rate(rows, macro)} if rows and macro else found

    about = "Errors over the words (or characters) of all targets" + (f", mean over {macro}." if macro else ".")
    return Metric(
        name=name, aggregate=aggregate, higher_is_better=False, low=0.0, high=1.0, scale=100.0, about=about, version=1,
        extremes=by_value,
    )  # fmt: skip


def with_own_errors(metric: Metric) -> Metric:
    """The metric of a labelled slice, with the error rate `wer` of transcripts of what is labelled right.

    So much a judge finds wrong where nothing is. An answer is a verdict and the errors: `wrong: 2/9`.
    """

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        kept = [replace(record, reply=None) for record, _ in scored(records)]
        told = [(record, record.score) for record in kept if record.score and record.tags.get("label") == "right"]
        own = [
            replace(record, score=replace(score, answer=errors))
            for record, score in told
            if (errors := (score.answer or "").partition(": ")[2])
        ]
        return {**metric.aggregate(kept), **(error_rate().aggregate(own) if own else {})}

    return replace(metric, aggregate=aggregate)


def _cell(record: Record, value: float) -> Mapping[int, tuple[float, float]]:
    answer = record.score.answer if record.score else None
    if answer is None:
        length = float(record.tags.get("units", "1"))
        return {0: (value * length, length)}
    wrong, _, length_ = answer.partition(":")[0].partition("/")
    return {0: (float(wrong), float(length_))}


def _rate(rows: Sequence[tuple[Record, Cells]], macro: str | None = None) -> Estimate:
    """The rate of some records, or the mean of the rates by a tag."""
    labels = sorted({record.tags.get(macro, "") for record, _ in rows}) if macro else [""]
    column = {label: place for place, label in enumerate(labels)}
    cells = [{column[record.tags.get(macro, "") if macro else ""]: cell[0]} for record, cell in rows]
    ratios = [Ratio(place, 1 / len(labels)) for place in range(len(labels))]
    rates = [max(c[at][0] / max(c[at][1], 1.0) for c in cells if at in c) for at in range(len(labels))]
    high = float(max(1, math.ceil(max(rates))))  # no rate exceeds the largest one of a record
    return combine(cells, ratios, clusters=[record.cluster for record, _ in rows], high=high)
