"""Weighted sums of ratios of totals, with cluster-robust intervals by linearisation.

F1, precision, shares of groups, macro means and sums of subtask scores all have the form
`sum_k w_k * (sum_i a_ik / sum_i b_ik)`. To first order, unit i moves it by `sum_k w_k (a_ik - R_k b_ik) / sum_i b_ik`
(Taylor linearisation; Särndal, Swensson and Wretman 1992, section 5.5). No resampling is needed. The share of a unit
is its part of the denominators.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from mmeval.stats.intervals import over_clusters
from mmeval.stats.robust import Robust
from mmeval.types import Estimate

Cells = Mapping[int, tuple[float, float]]
"""(Numerator, denominator) of one unit by column."""


class Ratio(NamedTuple):
    """One term of the sum: the column of its totals, and its weight."""

    column: int
    weight: float


def combine(
    rows: Sequence[Cells],
    ratios: Sequence[Ratio],
    *,
    clusters: Sequence[str | None] | None = None,
    high: float = 1.0,
) -> Estimate:
    """Estimate a weighted sum of ratios, in [0, high].

    Args:
        rows: one per unit; a missing column is (0, 0).
        ratios: terms; a term whose denominators are all 0 counts as 0.
        clusters: one per unit; None is a cluster of its own.
        high: the largest possible value.
    """
    tops = {ratio.column: 0.0 for ratio in ratios}
    bottoms = dict(tops)
    for row in rows:
        for column in tops:
            top, bottom = row.get(column, (0.0, 0.0))
            tops[column] += top
            bottoms[column] += bottom
    shares = {c: tops[c] / bottoms[c] if bottoms[c] else 0.0 for c in tops}
    value = min(high, sum(ratio.weight * shares[ratio.column] for ratio in ratios))
    weight = sum(ratio.weight for ratio in ratios if bottoms[ratio.column])
    if not weight:  # no term is defined: nothing was measured
        return Estimate(value=value, low=0.0, high=high, n=len(rows), method="undefined")
    factors = [(r.column, r.weight / bottoms[r.column]) for r in ratios if bottoms[r.column]]
    found, spread = Robust(), 0.0
    for share, moved, squares in _by_cluster(rows, factors, shares, clusters):
        found.add(share / weight, (moved / high) ** 2)
        spread += len(rows) * squares / high**2
    scaled = over_clusters(found, value / high, n=len(rows), spread=spread)
    low, top = min(value, high * scaled.low), max(value, high * scaled.high)
    return replace(scaled, value=value, low=low, high=top, method=f"linearised {scaled.method}")


def _by_cluster(
    rows: Sequence[Cells],
    factors: Sequence[tuple[int, float]],
    shares: Mapping[int, float],
    clusters: Sequence[str | None] | None,
) -> Iterable[tuple[float, float, float]]:
    """For each cluster: its part of the denominators, how far it moves the value, and the sum of its rows' squares."""
    sums: dict[Hashable, tuple[float, float, float]] = {}
    for place, row in enumerate(rows):
        cluster: Hashable = place if clusters is None or clusters[place] is None else clusters[place]
        part = sum(factor * row[column][1] for column, factor in factors if column in row)
        moved = _influence(row, factors, shares)
        before = sums.get(cluster, (0.0, 0.0, 0.0))
        sums[cluster] = (before[0] + part, before[1] + moved, before[2] + moved * moved)
    return sums.values()


def _influence(row: Cells, factors: Sequence[tuple[int, float]], shares: Mapping[int, float]) -> float:
    total = 0.0
    for column, factor in factors:
        if column in row:
            top, bottom = row[column]
            total += factor * (top - shares[column] * bottom)
    return total
