"""Agreement of two raters beyond chance."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from mmeval.stats.intervals import bootstrap
from mmeval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["cohen_kappa"]

Weights = Literal["none", "linear", "quadratic"]


def cohen_kappa(
    first: Sequence[str],
    second: Sequence[str],
    *,
    positions: Mapping[str, float] | None = None,
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
        positions: position of each category on a scale, for weights; by default 0, 1, 2, ... in sorted order.
        weights: how the cost of a disagreement grows with its distance.
        clusters: one per item; resampled as a whole.
        seed: of the bootstrap.
        draws: of the bootstrap.
        level: two-sided coverage.

    Raises:
        ValueError: there are no ratings, the lists differ in length, or a rating has no position.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} and {len(second)} ratings cannot be compared")
    rated = {*first, *second}
    scale = dict(positions) if positions is not None else {name: float(at) for at, name in enumerate(sorted(rated))}
    if rated - set(scale):
        raise ValueError(f"rating {min(rated - set(scale))!r} is not one of {list(scale)}")
    codes = {name: float(code) for code, name in enumerate(scale)}
    pairs = [(codes[a], codes[b]) for a, b in zip(first, second, strict=True)]
    cost = _costs(list(scale.values()), weights)
    return bootstrap(pairs, lambda rows: _kappa(rows, cost), clusters=clusters, seed=seed, draws=draws, level=level)


def _costs(positions: Sequence[float], weights: Weights) -> NDArray[np.float64]:
    import numpy as np

    distance = np.abs(np.subtract.outer(positions, positions)).astype(np.float64)
    if weights == "none":
        return 1.0 - np.eye(len(positions))
    return distance if weights == "linear" else distance**2


def _kappa(rows: NDArray[np.float64], cost: NDArray[np.float64]) -> float:
    """1 - observed / expected cost; 1 if both raters use the same single category."""
    import numpy as np

    k = len(cost)
    codes = rows.astype(np.intp)
    table = np.bincount(codes[:, 0] * k + codes[:, 1], minlength=k * k).reshape(k, k) / len(codes)
    expected = float((np.outer(table.sum(axis=1), table.sum(axis=0)) * cost).sum())
    return 1.0 if expected == 0 else 1.0 - float((table * cost).sum()) / expected
