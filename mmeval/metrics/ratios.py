"""Weighted sums of ratios of totals, with cluster-robust intervals by linearisation.

F1, precision, shares of groups, macro means and sums of subtask scores all have the form
`sum_k w_k * (sum_i a_ik / sum_i b_ik)`. Their interval is that of the mean of `theta + psi_i`, where
`psi_i = n * sum_k w_k (a_ik - R_k b_ik) / sum_i b_ik` (Taylor linearisation; Särndal, Swensson and Wretman 1992,
section 5.5). No resampling is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from mmeval.stats.intervals import mean, wilson
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
    factors = [(r.column, r.weight * len(rows) / bottoms[r.column]) for r in ratios if bottoms[r.column]]
    psi = [_influence(row, factors, shares) for row in rows]
    if max(map(abs, psi), default=0.0) <= 1e-12 * high:  # all correct or all wrong: there is no variance to estimate
        units = len(rows) if clusters is None else _units(clusters)
        flat = wilson(min(1.0, max(0.0, value / high)) * units, units)
        return replace(
            flat, value=value, n=len(rows), low=min(value, flat.low * high), high=max(value, flat.high * high)
        )
    found = mean([value + part for part in psi], clusters)
    low, top = max(0.0, found.low), min(high, found.high)
    return replace(found, value=value, low=min(low, value), high=max(top, value), method=f"linearised {found.method}")


def _influence(row: Cells, factors: Sequence[tuple[int, float]], shares: Mapping[int, float]) -> float:
    total = 0.0
    for column, factor in factors:
        if column in row:
            top, bottom = row[column]
            total += factor * (top - shares[column] * bottom)
    return total


def _units(clusters: Sequence[str | None]) -> int:
    named = {cluster for cluster in clusters if cluster is not None}
    return len(named) + sum(cluster is None for cluster in clusters)
