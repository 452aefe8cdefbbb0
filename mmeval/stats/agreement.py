"""Agreement of two raters beyond chance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mmeval.stats.intervals import bootstrap
from mmeval.types import Estimate

__all__ = ["cohen_kappa"]

Weights = Literal["none", "linear", "quadratic"]


def cohen_kappa(
    first: Sequence[str],
    second: Sequence[str],
    *,
    categories: Sequence[str] | None = None,
    weights: Weights = "none",
    clusters: Sequence[Hashable | None] | None = None,
    seed: int = 0,
    draws: int = 2000,
    level: float = 0.95,
) -> Estimate:
    """Cohen's kappa (1960; weighted: 1968) with a bootstrap interval over items or clusters.

    Args:
        first: ratings of one rater.
        second: ratings of the other, in the same order.
        categories: their order, for weights; the sorted ratings unless given.
        weights: how much a disagreement counts by its distance in `categories`.
        clusters: of the items; resampled whole.
        seed: of the bootstrap.
        draws: of the bootstrap.
        level: two-sided coverage.

    Raises ValueError when there is nothing to compare, lengths differ, or a rating is in no category.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} and {len(second)} ratings cannot be compared")
    names = list(categories) if categories is not None else sorted({*first, *second})
    codes = {name: code for code, name in enumerate(names)}
    unknown = {*first, *second} - set(codes)
    if unknown:
        raise ValueError(f"rating {min(unknown)!r} is none of {names}")
    pairs = np.array([[codes[a], codes[b]] for a, b in zip(first, second, strict=True)])
    cost = _costs(len(names), weights)
    return bootstrap(pairs, lambda rows: _kappa(rows, cost), clusters=clusters, seed=seed, draws=draws, level=level)


def _costs(k: int, weights: Weights) -> NDArray[np.float64]:
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(np.float64)
    if weights == "none":
        return (distance > 0).astype(np.float64)
    return distance if weights == "linear" else distance**2


def _kappa(rows: NDArray[np.float64], cost: NDArray[np.float64]) -> float:
    """1 - observed / expected cost; 1 where both raters use one and the same category alone."""
    k = len(cost)
    codes = rows.astype(np.intp)
    table = np.bincount(codes[:, 0] * k + codes[:, 1], minlength=k * k).reshape(k, k) / len(codes)
    expected = float((np.outer(table.sum(axis=1), table.sum(axis=0)) * cost).sum())
    return 1.0 if expected == 0 else 1.0 - float((table * cost).sum()) / expected
