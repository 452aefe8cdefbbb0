"""Cells whose runs lack scores: what the headline is when these count as wrong, or as right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import Cell, Unranked, is_mean
from mmeval.board.vectors import Vector
from mmeval.store import COVERAGE, Number, Run, mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDING = 1e-9


def cell_of(run: Run, vector: Vector, card: BenchmarkCard, *, current: bool = True) -> Cell:
    """The cell of one run."""
    measured = run.info.metrics[run.info.primary_metric]
    ends = bounds(vector, measured, card)
    wrong, right = ends or (measured, measured)
    why = unranked(vector, bounded=ends is not None)
    return Cell(
        run=run, vector=vector, headline=wrong, measured=measured, right=right, unranked=why, current=current,
        trust=mark(run),
    )  # fmt: skip


def bounds(vector: Vector, measured: Number, card: BenchmarkCard) -> tuple[Number, Number] | None:
    """The headline with all that is missing counted as wrong, and as right; None if it cannot be bounded."""
    if not vector.missing:
        return measured, measured
    if vector.bounds is not None:
        return vector.bounds
    if not is_mean(card, measured, vector):
        return None
    ends = (mean_of(vector.filled(score), vector, card) for score in (vector.wrong, 1 - vector.wrong))
    return next(ends), next(ends)


def unranked(vector: Vector, *, bounded: bool) -> Unranked:
    """Why a cell with these scores has no rank, as far as they tell."""
    if vector.gaps.size and vector.gaps.mean() > 1 - COVERAGE + ROUNDING:
        return "coverage"
    return "" if bounded else "unbounded"


def mean_of(values: NDArray[np.float64], vector: Vector, card: BenchmarkCard) -> Number:
    """The headline that is the mean of these values, one for each sample; NaN is left out."""
    import numpy as np

    from mmeval.stats.intervals import mean

    known = ~np.isnan(values)
    clusters = [cluster for cluster, keep in zip(vector.clusters, known, strict=True) if keep]
    found = Number.of(mean(map(float, values[known]), clusters))
    value, low, high = (card.low + share * (card.high - card.low) for share in (found.value, found.low, found.high))
    return found.model_copy(update={"value": value, "low": low, "high": high})


def stretched(cell: Cell, ids: Sequence[str], clusters: Sequence[str], card: BenchmarkCard) -> Cell:
    """The cell with the samples of its column that its run does not have, as missing ones."""
    import numpy as np

    old = cell.vector
    place = {key: i for i, key in enumerate(ids)}
    at = np.array([place[key] for key in old.ids], dtype=np.intp)
    values, gaps = np.full(len(ids), np.nan), np.ones(len(ids))
    values[at], gaps[at] = old.values, old.gaps
    outcomes, answers = ["f"] * len(ids), [""] * len(ids)
    for to, outcome, answer in zip(at, old.outcomes, old.answers, strict=True):
        outcomes[to], answers[to] = outcome, answer
    vector = replace(
        old, ids=tuple(ids), clusters=tuple(clusters), values=values, gaps=gaps, outcomes="".join(outcomes),
        answers=tuple(answers), missing=old.missing + cell.epochs * (len(ids) - len(old.ids)), pseudo=(), bounds=None,
        counted_metrics={}, digest=f"{old.digest}/{len(ids)}",
    )  # fmt: skip
    return replace(cell_of(cell.run, vector, card, current=cell.current), parts=(cell,))
