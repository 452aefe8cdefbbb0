"""Jackknife pseudo-values of headlines that are not means, so that paired tests can compare the number shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import TOLERANCE
from mmeval.board.vectors import Vector
from mmeval.metrics.missing import UNDEFINED
from mmeval.stats.jackknife import deal, pseudo_values
from mmeval.types import Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROBES = 3
"""Groups on which a headline must equal the mean score as well, before it is treated as a mean."""


def pseudo(vector: Vector, card: BenchmarkCard, records: Sequence[Record]) -> tuple[float, ...]:
    """Pseudo-values of the headline as a share of its range.

    Empty if the headline is the mean of the scores, or if it is undefined without one of the groups.
    """
    if card.definition is None or not records:
        return ()
    groups = dict(zip(vector.ids, deal(vector.clusters), strict=True))
    dealt = [groups[record.id] for record in records]
    parts = [[r for r, group in zip(records, dealt, strict=True) if group == k] for k in range(PROBES)]
    if all(_is_mean(part, card) for part in (records, *parts) if part):
        return ()
    try:
        without = [
            _headline([r for r, group in zip(records, dealt, strict=True) if group != k], card)
            for k in range(max(groups.values()) + 1)
        ]
        return tuple(pseudo_values(_headline(records, card), without))
    except UNDEFINED:
        return ()


def _headline(records: Sequence[Record], card: BenchmarkCard) -> float:
    assert card.definition is not None
    return card.share(card.definition.metric.headline(records))


def _is_mean(records: Sequence[Record], card: BenchmarkCard) -> bool:
    scores = [record.score.value for record in records if record.score is not None]
    try:
        return abs(_headline(records, card) - sum(scores) / len(scores)) <= TOLERANCE
    except UNDEFINED:
        return False


def group_means(vector: Vector) -> NDArray[np.float64]:
    """[groups]: pseudo-values of the mean score, for a run whose headline happens to equal that mean."""
    import numpy as np

    group = np.array(deal(vector.clusters))
    totals, sizes = np.bincount(group, vector.counted), np.bincount(group).astype(np.float64)
    without = (totals.sum() - totals) / np.maximum(1.0, sizes.sum() - sizes)
    return np.array(pseudo_values(float(totals.sum() / max(1.0, sizes.sum())), list(without)))
