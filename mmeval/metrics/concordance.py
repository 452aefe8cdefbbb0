"""How often what is right is placed above what is wrong, by a rule whose values mean nothing alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mmeval.metrics.base import Metric
from mmeval.metrics.ratios import Ratio, combine
from mmeval.metrics.slices import Slices, scored
from mmeval.stats.intervals import mean
from mmeval.types import Estimate, Record

__all__ = ["concordance"]

LABEL, RIGHT = "label", "right"
DIGITS = 12
"""To which values are compared: 1 - (1 - value) is not quite the value."""


class Item(NamedTuple):
    """A labelled item and the value that a rule gives it."""

    right: bool
    value: float
    clear: bool
    """Whether there was a value; else it is the worst."""
    cluster: str | None
    tags: Mapping[str, str]
    epoch: int


def concordance(*, name: str = "auc", pair: str | None = None, by: Sequence[str] = ("category",)) -> Metric:
    """Share of pairs of a right and a wrong item of which the right one has the higher value; equal values count half.

    Over all pairs it is the area under the ROC curve (Hanley and McNeil 1982, Radiology 143, 29-36), with the variance
    of DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44, 837-845). `name/right` and `name/wrong` are the mean
    values.

    Args:
        name: of the metric.
        pair: tag that names the pairs to be compared; None: every right item with every wrong one.
        by: tags with sub-scores.

    The tag `label` of a record says `right` or something else. Its score is the value on what is right, and 1 minus
    the value on what is wrong. If it has no answer there was no value; it then counts in the headline alone.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        items = list(_items(records))
        out = _in_pairs(items, name, pair, by) if pair else _over_all(items, name, by)
        for label, right in (("right", True), ("wrong", False)):
            if values := [one.value for one in items if one.right == right and one.clear]:
                out[f"{name}/{label}"] = mean(values)
        return out if name in out else {}

    about = "Share of pairs of a right and a wrong item of which the right one has the higher value; equal ones half."
    return Metric(name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=100.0, about=about)


def _items(records: Iterable[Record]) -> Iterator[Item]:
    for record, score in scored(records):
        right = record.tags.get(LABEL) == RIGHT
        value, clear = round(score if right else 1 - score, DIGITS), bool(record.score and record.score.answer)
        yield Item(right, value, clear, record.cluster, record.tags, record.epoch)


def _over_all(items: Sequence[Item], name: str, by: Sequence[str]) -> dict[str, Estimate]:
    parts = {(tag, one.tags[tag]) for one in items for tag in by if tag in one.tags}
    groups = {name: items, **{f"{name}/{t}={v}": [x for x in items if x.tags.get(t) == v] for t, v in sorted(parts)}}
    found = {label: _area(some) for label, some in groups.items()}
    return {label: area for label, area in found.items() if area is not None}


def _area(items: Sequence[Item]) -> Estimate | None:
    """The area under the ROC curve; None without items of both labels."""
    right, wrong = (sorted(one.value for one in items if one.right == side) for side in (True, False))
    if not right or not wrong:
        return None
    placed = [_below(wrong, one.value) if one.right else 1 - _below(right, one.value) for one in items]
    half = sum(place for place, one in zip(placed, items, strict=True) if one.right) / len(right) / 2
    # The sum of two means, each of which is half the area: its variance is the sum of theirs.
    cells = [{int(one.right): (place - half, 1.0)} for place, one in zip(placed, items, strict=True)]
    return combine(cells, [Ratio(0, 1.0), Ratio(1, 1.0)], clusters=[one.cluster for one in items])


def _below(values: Sequence[float], value: float) -> float:
    """The share of sorted values that are lower; equal ones count half."""
    return (bisect_left(values, value) + bisect_right(values, value)) / 2 / len(values)


def _in_pairs(items: Sequence[Item], name: str, pair: str, by: Sequence[str]) -> dict[str, Estimate]:
    sides: dict[tuple[str, int], dict[bool, Item]] = {}
    for one in items:
        sides.setdefault((one.tags[pair], one.epoch), {})[one.right] = one
    slices = Slices(name, by)
    for (label, _), both in sides.items():
        if len(both) == 2:  # else one of the two has no value
            slices.add(_below([both[False].value], both[True].value), label, both[True].tags)
    return slices.estimates()
