"""Pictures and captions that have to be matched both ways: text, image and group score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mmeval.metrics.base import Metric
from mmeval.metrics.slices import Slices, scored
from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record

__all__ = ["matching"]

NAME = "group_score"
WAYS = ("text", "image")


def matching(by: Sequence[str] = ()) -> Metric:
    """The group score of Winoground (Thrush et al., 2022), its text score and its image score.

    Reads what the scorer `matched` wrote: which of the two directions are right.

    Args:
        by: tags with sub-scores of the group score.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        slices, ways = Slices(NAME, by), {way: MeanFold() for way in WAYS}
        for record, value in scored(records):
            slices.add(value, record.cluster, record.tags)
            assert record.score is not None
            right = (record.score.answer or "").split("+")
            for way, fold in ways.items():
                fold.add(float(way in right), record.cluster)
        found = slices.estimates()
        return {**found, **{f"{NAME}/{way}_score": fold.estimate() for way, fold in ways.items()}} if found else {}

    about = "Share of the examples in which each picture prefers its caption, and each caption its picture."
    return Metric(
        name=NAME, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=100.0, about=about, version=1
    )
