"""Several runs of one model with equal settings as one cell: their scores are averaged, none is chosen."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import Cell, is_mean, run_time
from mmeval.board.headlines import group_means
from mmeval.board.missing import mean_of, unranked
from mmeval.board.vectors import Vector, worst_outcome
from mmeval.store import Number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def pool(cells: Sequence[Cell], card: BenchmarkCard) -> Cell:
    """One cell for runs on the same samples; a run counts as often as it has epochs.

    The headline is the mean over runs. Its interval is over samples: of the means of the samples, or of the mean
    pseudo-values if the headline is not a mean. Other numbers have the mean interval of the runs, which is too wide
    rather than too narrow.
    """
    if len(cells) == 1:
        return cells[0]
    cells = sorted(cells, key=lambda cell: (run_time(cell.run) or "~", cell.run.path.name))
    weights = [float(cell.epochs) for cell in cells]
    vector = _vector(cells, weights)
    measured, right, plain = (
        _mean([getattr(cell, name) for cell in cells], weights) for name in ("measured", "right", "headline")
    )
    means = all(is_mean(card, cell.measured, cell.vector) for cell in cells)
    bounded = all(cell.unranked != "unbounded" for cell in cells)
    headline = _over_samples(vector, plain, card, mean=means) if bounded else plain
    return replace(
        cells[0],
        vector=vector,
        headline=headline,
        measured=measured if vector.missing else headline,
        right=right,
        unranked=unranked(vector, bounded=bounded),
        parts=tuple(run for cell in cells for run in cell.runs),
    )


def _over_samples(vector: Vector, plain: Number, card: BenchmarkCard, *, mean: bool) -> Number:
    """The mean headline with an interval over samples, where there is one to be had."""
    import numpy as np

    if mean and vector.ids:
        return mean_of(vector.counted, vector, card)
    if not vector.pseudo:
        return plain
    from mmeval.stats.intervals import t_quantile

    shares = np.array(vector.pseudo)
    half = t_quantile(0.975, len(shares) - 1) * float(shares.std(ddof=1)) / len(shares) ** 0.5
    half *= card.high - card.low
    low, high = max(card.low, plain.value - half), min(card.high, plain.value + half)
    return plain.model_copy(update={"low": low, "high": high, "method": "jackknife t"})


def _mean(numbers: Sequence[Number], weights: Sequence[float]) -> Number:
    total = sum(weights)

    def of(name: str) -> float:
        return sum(w * float(getattr(one, name)) for one, w in zip(numbers, weights, strict=True)) / total

    found = {name: of(name) for name in ("value", "low", "high")}
    return numbers[0].model_copy(update={**found, "method": f"{numbers[0].method}, mean of runs"})


def _vector(cells: Sequence[Cell], weights: Sequence[float]) -> Vector:
    import numpy as np

    vectors = [cell.vector for cell in cells]
    first, share = vectors[0], np.array(weights) / sum(weights)
    measured = np.array([w * (1 - one.gaps) for w, one in zip(share, vectors, strict=True)])
    sums = (measured * np.nan_to_num(np.array([one.values for one in vectors]))).sum(axis=0)
    known = measured.sum(axis=0)
    counts = sum((Counter(one.counts) for one in vectors), Counter[str]())
    times = [one.latency for one in vectors if one.latency is not None]
    return replace(
        first,
        values=np.where(known > 0, sums / np.where(known > 0, known, 1.0), np.nan),
        gaps=np.clip(1 - known, 0.0, 1.0),
        outcomes="".join(map(worst_outcome, zip(*(one.outcomes for one in vectors), strict=True))),
        answers=tuple(map(sys.intern, first.answers)),
        counts=dict(counts),
        rows=sum(one.rows for one in vectors),
        missing=sum(one.missing for one in vectors),
        digest="+".join(one.digest for one in vectors),
        mean=float(np.dot(share, [one.mean for one in vectors])),
        pseudo=_pseudo(vectors, share),
        bounds=None,
        latency=sum(times) / len(times) if times else None,
    )


def _pseudo(vectors: Sequence[Vector], share: NDArray[np.float64]) -> tuple[float, ...]:
    """Mean pseudo-values; empty if no run has any. A run whose headline equals its mean has those of the mean."""
    import numpy as np

    if not any(one.pseudo for one in vectors):
        return ()
    rows = [np.array(one.pseudo) if one.pseudo else group_means(one) for one in vectors]
    return tuple(map(float, share @ np.array(rows)))
