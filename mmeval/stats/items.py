"""How well the samples of a benchmark tell models apart: reliability, discrimination, signal and noise.

All functions take scores of shape (models, items) in [0, 1] without missing values. A model is what classical test
theory calls a person.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmeval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Signal", "cluster_sums", "discrimination", "members", "negative_p", "reliability", "signal"]


def members(clusters: Iterable[Hashable]) -> list[list[int]]:
    """The places of each cluster's items, in order of appearance."""
    found: dict[Hashable, list[int]] = {}
    for place, cluster in enumerate(clusters):
        found.setdefault(cluster, []).append(place)
    return list(found.values())


def cluster_sums(scores: Floats, clusters: Sequence[Hashable]) -> Floats:
    """Sums of the items of each cluster, shape (models, clusters).

    Questions about one image depend on each other. As items of their own they would make a test look more reliable
    than it is (Sireci, Thissen and Wainer 1991, Journal of Educational Measurement 28, 237-247).
    """
    import numpy as np

    return np.stack([scores[:, group].sum(axis=1) for group in members(clusters)], axis=1)


def reliability(scores: Floats, *, level: float = 0.95) -> Estimate | None:
    """Cronbach's alpha, which is KR-20 for 0/1 scores, with the interval of Feldt (1965, Psychometrika 30, 357-370).

    It is the share of the variance between the models' scores that is not due to the choice of items. The interval is
    exact for normal scores, with models drawn from a population of models.

    Returns:
        None with fewer than three models or two items, or if all models have the same score.
    """
    models, items = scores.shape
    if models < 3 or items < 2:
        return None
    total = float(scores.sum(axis=1).var(ddof=1))
    if total <= 1e-12:
        return None
    value = items / (items - 1) * (1 - float(scores.var(axis=0, ddof=1).sum()) / total)
    low, high = _feldt(value, models, items, level)
    return Estimate(value=value, low=low, high=high, n=models, method="alpha, Feldt interval", level=level)


def _feldt(alpha: float, models: int, items: int, level: float) -> tuple[float, float]:
    from scipy.special import fdtri

    first, second = models - 1, (models - 1) * (items - 1)
    low, high = (1 - (1 - alpha) * float(fdtri(first, second, p)) for p in ((1 + level) / 2, (1 - level) / 2))
    return low, high


def discrimination(scores: Floats) -> Floats:
    """Correlation of each item with the sum of all others, over models (corrected item-total correlation).

    For 0/1 scores this is the point-biserial correlation without the item itself. NaN where an item, or the rest of
    the test, is the same for all models. Shape (items,).
    """
    import numpy as np

    centred = scores - scores.mean(axis=0)
    total = centred.sum(axis=1)
    own = (centred**2).sum(axis=0)
    with_total = centred.T @ total
    rest = total @ total - 2 * with_total + own
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (with_total - own) / np.sqrt(own * rest)
    found[(own <= 1e-12) | (rest <= 1e-12)] = np.nan
    return found


def negative_p(correlation: Floats, models: int) -> Floats:
    """One-sided p-value of "not below 0" for correlations over `models` models, by Student's t; 1 for NaN."""
    import numpy as np
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore"):
        t = correlation * math.sqrt(max(models - 2, 0)) / np.sqrt(np.maximum(1 - correlation**2, 1e-15))
        found: Floats = np.where(np.isnan(t), 1.0, stdtr(max(models - 2, 1), t))
    return found


@dataclass(frozen=True, slots=True)
class Signal:
    """How far models lie apart, and how far chance alone moves a model; both are standard deviations of a score."""

    spread: float
    """Between the true scores of models: the variance of the scores without the part that is noise."""
    noise: float
    """Of one model's score, compared with other models on the same items, over the choice of clusters of items."""

    @property
    def ratio(self) -> float | None:
        """Spread by noise; None without noise."""
        return self.spread / self.noise if self.noise > 0 else None


def signal(scores: Floats, clusters: Sequence[Hashable]) -> Signal:
    """Variance components of models x items: mean squares of the two-way table, with items summed by cluster.

    With r the residuals after row and column means, noise^2 = sum over models and clusters of (sum of r)^2, divided by
    (models - 1) * items^2 and multiplied by G/(G-1) for G clusters.
    """
    models, items = scores.shape
    means = scores.mean(axis=1)
    rest = scores - means[:, None] - scores.mean(axis=0) + means.mean()
    sums = cluster_sums(rest, clusters)
    count = sums.shape[1]
    if models < 2 or count < 2:
        return Signal(0.0, 0.0)
    noise = float((sums**2).sum()) / (models - 1) / items**2 * count / (count - 1)
    return Signal(math.sqrt(max(0.0, float(means.var(ddof=1)) - noise)), math.sqrt(noise))
