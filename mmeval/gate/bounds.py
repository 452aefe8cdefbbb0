"""The difference that a gate decides on: bounds that hold, also for partial scores and for what was not measured."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmeval.compare import Comparison
from mmeval.stats.bounded import lower_bound, p_above
from mmeval.stats.paired import Difference, difference

__all__ = ["bound", "bounded", "extremes"]

MANY = 2000


def bound(
    changes: Sequence[float], clusters: Sequence[Hashable | None] | None, *, alpha: float, seed: int = 0
) -> Difference:
    """The mean change, whose low and high end are one-sided bounds at 1 - alpha.

    Where every change is 0, 1 or -1, they are Tango's. A change of a partial score may hide rare large losses, which
    no variance shows; its bounds and its p-value are Gaffke's, which need no variance.

    Args:
        changes: candidate minus base, in [-1, 1]; shape (n,).
        clusters: one per change; None is a cluster of its own.
        alpha: error rate of each bound, below 0.5.
        seed: of random sign flips.

    Raises:
        ValueError: there are no changes, or one is out of range.
    """
    found = difference(changes, clusters, level=1 - 2 * alpha, seed=seed)
    values = np.asarray(changes, dtype=np.float64)
    if bool(np.all(values % 1 == 0)):
        return found
    down, up = _coarse(values), _coarse(-values)
    return replace(
        found,
        low=lower_bound(down, -1, 1, alpha, clusters),
        high=-lower_bound(up, -1, 1, alpha, clusters),
        p_worse=p_above(up, 0, -1, 1, clusters),
        method="gaffke",
    )


def _coarse(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values, rounded down to tenths of a point if very many are different: their bound takes long."""
    return values if len(np.unique(values)) <= MANY else np.floor(values * 1000) / 1000


def bounded(found: Comparison, *, alpha: float, seed: int = 0) -> Comparison:
    """The comparison with the difference that a gate decides on."""
    if not found.pairs:
        return found
    changes, clusters = [pair.change for pair in found.pairs], [pair.cluster for pair in found.pairs]
    return replace(found, difference=bound(changes, clusters, alpha=alpha, seed=seed))


def extremes(found: Comparison, *, alpha: float) -> tuple[Difference, Difference]:
    """The difference if everything unmeasured were the worst, and the best, for the candidate."""
    worst, best, clusters = found.extremes()
    return bound(worst, clusters, alpha=alpha), bound(best, clusters, alpha=alpha)
