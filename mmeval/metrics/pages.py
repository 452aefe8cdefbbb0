"""Parts of a page, each a mean over the pages that have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mmeval.metrics.base import Metric
from mmeval.metrics.missing import by_value
from mmeval.metrics.ratios import Cells, Ratio, combine
from mmeval.metrics.slices import labels_of, scored
from mmeval.types import Estimate, Record

__all__ = ["page_parts"]

Row = tuple[Cells, str | None]


def page_parts(*, name: str, mean: Sequence[str], beside: Sequence[str] = (), by: Sequence[str] = ()) -> Metric:
    """The mean of several parts of pages, each a mean over the pages that have it.

    A score's answer has the parts, as in `text 0.912000, order 1.000000`. A reply without one has its value in each
    part that the tag `parts` names. `name/PART` is one part alone.

    Args:
        name: of the metric.
        mean: parts that the headline is the mean of.
        beside: other parts.
        by: tags with sub-scores.
    """
    names = [*mean, *beside]

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        rows: list[Row] = []
        groups: dict[str, list[Row]] = {}
        for record, value in scored(records):
            rows.append((_cells(record, value, names), record.cluster))
            for tag in by:
                for label in labels_of(record.tags.get(tag, "")):
                    groups.setdefault(f"{name}/{tag}={label}", []).append(rows[-1])
        parts = {f"{name}/{part}": _mean(rows, [at]) for at, part in enumerate(names)}
        means = {group: _mean(members, range(len(mean))) for group, members in [(name, rows), *sorted(groups.items())]}
        return {key: one for key, one in (means | parts).items() if one is not None}

    return Metric(
        name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=100.0, version=1,
        about=f"Mean of {', '.join(mean)}, each over the pages that have it.",
        extremes=by_value,
    )  # fmt: skip


def _mean(rows: Sequence[Row], parts: Iterable[int]) -> Estimate | None:
    """The mean of the parts that a page has; None if no page has one."""
    there = [at for at in parts if any(at in cells for cells, _ in rows)]
    ratios = [Ratio(at, 1 / len(there)) for at in there]
    return combine([cells for cells, _ in rows], ratios, clusters=[cluster for _, cluster in rows]) if there else None


def _cells(record: Record, value: float, names: Sequence[str]) -> Cells:
    answer = record.score.answer if record.score else None
    if answer is None:
        return {names.index(part): (value, 1.0) for part in record.tags["parts"].split(",")}
    said = (one.rpartition(" ") for one in answer.split(", "))
    return {names.index(part): (float(number), 1.0) for part, _, number in said}
