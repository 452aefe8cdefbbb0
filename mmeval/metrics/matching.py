"""Pictures and captions that have to be matched both ways: text, image and group score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mmeval.metrics.base import Metric
from mmeval.metrics.groups import Share, every, grouped
from mmeval.metrics.slices import scored
from mmeval.types import Estimate, Record, Score

__all__ = ["matching"]

WAYS = ("text", "image")
EXAMPLE = ("example",)


def matching(by: Sequence[str] = ()) -> Metric:
    """The group score of Winoground (Thrush et al., 2022), its text score and its image score.

    Reads what the scorer `matched` wrote: which of the two directions are right.

    Args:
        by: tags with sub-scores of the group score.
    """
    ways = {f"{way}_score": Share(value=every(way=way), by=EXAMPLE) for way in WAYS}
    counts = grouped(
        name="group_score", headline="group", parts={"group": Share(value=every(), by=EXAMPLE), **ways}, by=by,
        about="Share of the examples in which each picture prefers its caption, and each caption its picture.",
    )  # fmt: skip

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        return counts.aggregate(_directions(records))

    return replace(counts, aggregate=aggregate, extremes=_extremes)


def _directions(records: Iterable[Record]) -> Iterator[Record]:
    """Two records for each example: is this direction right?"""
    for record, _ in scored(records):
        assert record.score is not None
        right = (record.score.answer or "").split("+")
        for way in WAYS:
            tags = {**record.tags, "example": record.id, "way": way}
            yield replace(record, tags=tags, score=replace(record.score, value=float(way in right)))


def _extremes(record: Record) -> tuple[Score, Score]:
    del record
    return Score(value=0.0, answer=""), Score(value=1.0, answer="+".join(WAYS))
