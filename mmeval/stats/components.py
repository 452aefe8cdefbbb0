"""How much of the variance of scores is due to the prompt, and how much to the sample."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmeval.stats.jackknife import deal
from mmeval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Components", "components", "deviations"]


@dataclass(frozen=True, slots=True)
class Components:
    """Variance components of one model's scores, samples x prompts."""

    between: float
    """Of the true mean under a prompt, between prompts: (MS prompts - MS rest) / samples. Below 0 by chance."""
    within: float
    """Of single scores under one prompt: MS rest + (MS samples - MS rest) / prompts."""


def components(scores: Floats) -> Components:
    """The two-way random-effects analysis of variance without repeats (Searle, Casella and McCulloch 1992, chapter 4).

    Args:
        scores: shape (samples, prompts), at least two of each.
    """
    n, k = scores.shape
    by_sample, by_prompt, mean = scores.mean(axis=1), scores.mean(axis=0), scores.mean()
    of_prompts = n * float(((by_prompt - mean) ** 2).sum()) / (k - 1)
    of_samples = k * float(((by_sample - mean) ** 2).sum()) / (n - 1)
    rest = scores - by_sample[:, None] - by_prompt + mean
    of_rest = float((rest**2).sum()) / ((n - 1) * (k - 1))
    return Components((of_prompts - of_rest) / n, of_rest + (of_samples - of_rest) / k)


def deviations(
    scores: Floats, clusters: Sequence[Hashable | None], *, level: float = 0.95
) -> tuple[Estimate, Estimate] | None:
    """Standard deviations between prompts and within a prompt: the roots of `Components`, or 0 where they are below 0.

    The intervals are those of the delete-a-group jackknife of the variances: they are about these prompts with other
    samples of this kind, not about other prompts.

    Returns:
        None with fewer than two prompts, or samples of fewer than three clusters.
    """
    import numpy as np

    names = [f"\0{i}" if cluster is None else str(cluster) for i, cluster in enumerate(clusters)]
    if scores.shape[1] < 2 or len(set(names)) < 3:
        return None
    groups = np.array(deal(names))
    whole = components(scores)
    without = [components(scores[groups != group]) for group in range(int(groups.max()) + 1)]
    between = _root(whole.between, [one.between for one in without], len(scores), level)
    return between, _root(whole.within, [one.within for one in without], len(scores), level)


def _root(variance: float, without: Sequence[float], n: int, level: float) -> Estimate:
    from mmeval.stats.intervals import t_quantile

    count, middle = len(without), sum(without) / len(without)
    error = math.sqrt((count - 1) / count * sum((one - middle) ** 2 for one in without))
    half = t_quantile((1 + level) / 2, count - 1) * error
    value, low, high = (math.sqrt(max(0.0, end)) for end in (variance, variance - half, variance + half))
    return Estimate(value=value, low=low, high=high, n=n, method="prompts x samples, jackknife", level=level)
