"""A judged mean, corrected by human labels on a random part of the samples.

Two corrections. `prediction_powered` needs no model of the judge's errors; `rogan_gladen` is for two labels and uses
the judge's sensitivity and specificity. Both assume that the labelled samples were drawn at random.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from mmeval.stats.intervals import t_quantile, z_quantile
from mmeval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FEWEST", "prediction_powered", "rogan_gladen"]

FEWEST = 10
"""Labels below which no correction is given: the variance of the judge's errors is not known from fewer."""


def prediction_powered(
    human: Sequence[float],
    judged: Sequence[float],
    rest: Sequence[float],
    *,
    clusters: Sequence[Hashable | None] | None = None,
    level: float = 0.95,
) -> Estimate:
    """The mean that people would give, by PPI++ (Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453).

    With Y the human labels, f the judge's on the same n samples and F the judge's on the N others, the estimate is
    `mean(Y) + w (mean(F) - mean(f))`, where `w = cov(Y, f) / ((1 + n / N) var(f))`, between 0 and 1, makes its variance
    smallest (their example 6.1). The variance is that of its linearisation, summed over clusters. Two errors of the
    judge, one in each direction, are added to those that were seen (as by Bonett and Price 2012 for paired
    proportions), because a small slice may well contain none. The interval uses Student's t with one degree of freedom
    fewer than there are labelled clusters.

    Args:
        human: labels of people in [0, 1], shape (n,), n >= 10.
        judged: the judge's values for the same samples in [0, 1], shape (n,).
        rest: the judge's values for the samples without a label, shape (N,); may be empty.
        clusters: one per sample, the labelled ones first, shape (n + N,); None is a cluster of its own.
        level: two-sided.

    Raises:
        ValueError: fewer than 10 labels, or lengths that differ.
    """
    import numpy as np

    n, others = len(human), len(rest)
    if n < FEWEST or len(judged) != n or (clusters is not None and len(clusters) != n + others):
        raise ValueError(f"{n} human and {len(judged)} judged labels; at least {FEWEST} pairs are needed")
    y, f, unlabelled = (np.asarray(values, dtype=np.float64) for values in (human, judged, rest))
    weight = _weight(y, f, others)
    residual = y - weight * f
    value = float(residual.mean()) + (weight * float(unlabelled.mean()) if others else 0.0)
    other = weight * (unlabelled - unlabelled.mean()) / others if others else unlabelled
    influence = np.concatenate([(residual - residual.mean()) / n, other])
    units = _units(clusters, n + others)
    variance = _clustered(influence, units) + 2 / (n + 2) ** 2
    half = t_quantile((1 + level) / 2, max(len(set(units[:n].tolist())) - 1, 1)) * math.sqrt(variance)
    return _clipped(value, value - half, value + half, n + others, "ppi++", level)


def _weight(y: NDArray[np.float64], f: NDArray[np.float64], others: int) -> float:
    spread = float(f.var(ddof=1))
    if spread == 0 or not others:
        return 0.0
    shared = float(((y - y.mean()) * (f - f.mean())).sum()) / (len(y) - 1)
    return min(1.0, max(0.0, shared / ((1 + len(y) / others) * spread)))


def _units(clusters: Sequence[Hashable | None] | None, n: int) -> NDArray[np.intp]:
    """Number of the cluster of each sample."""
    import numpy as np

    if clusters is None:
        return np.arange(n)
    codes: dict[Hashable, int] = {}
    return np.array([codes.setdefault(("", i) if c is None else c, len(codes)) for i, c in enumerate(clusters)])


def _clustered(influence: NDArray[np.float64], units: NDArray[np.intp]) -> float:
    import numpy as np

    sums = np.bincount(units, weights=influence)
    return float(sums @ sums) * len(sums) / max(len(sums) - 1, 1)


def rogan_gladen(
    share: float, n: int, *, hits: int, right: int, rejections: int, wrong: int, level: float = 0.95
) -> Estimate | None:
    """The share of correct replies from the share that a judge accepts (Rogan and Gladen 1978).

    `(share + specificity - 1) / (sensitivity + specificity - 1)`, with the interval of Lang and Reiczigel (2014), which
    adds pseudo-counts to all three proportions and shifts the centre.

    Args:
        share: of the n samples without a label that the judge accepts.
        n: number of these samples.
        hits: accepted by the judge among the `right` ones that people call correct.
        right: number of labelled samples that people call correct.
        rejections: rejected by the judge among the `wrong` ones.
        wrong: number of labelled samples that people call wrong.
        level: two-sided.

    Returns:
        None without labels of both kinds, or if the judge is no better than chance.
    """
    if not (n and right and wrong) or hits / right + rejections / wrong <= 1:
        return None
    z2 = z_quantile((1 + level) / 2) ** 2
    p, total = (n * share + z2 / 2) / (n + z2), n + z2
    se, sp = (hits + 1) / (right + 2), (rejections + 1) / (wrong + 2)
    youden = se + sp - 1
    centre = min(1.0, max(0.0, (p + sp - 1) / youden))
    v_se, v_sp = se * (1 - se) / (right + 2), sp * (1 - sp) / (wrong + 2)
    shift = 2 * z2 * (centre * v_se - (1 - centre) * v_sp)
    spread = p * (1 - p) / total + centre**2 * v_se + (1 - centre) ** 2 * v_sp
    half = math.sqrt(z2 * spread) / youden
    value = (share + rejections / wrong - 1) / (hits / right + rejections / wrong - 1)
    return _clipped(value, centre + shift - half, centre + shift + half, n + right + wrong, "rogan-gladen", level)


def _clipped(value: float, low: float, high: float, n: int, method: str, level: float) -> Estimate:
    value = min(1.0, max(0.0, value))
    return Estimate(
        value=value,
        low=min(value, max(0.0, low)),
        high=max(value, min(1.0, high)),
        n=n,
        method=method,
        level=level,
    )
