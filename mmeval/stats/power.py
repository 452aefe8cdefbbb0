"""Power of paired comparisons: detectable effects, required samples."""

from __future__ import annotations

import math

from mmeval.stats.intervals import z_quantile

__all__ = ["detectable", "needed"]


def detectable(variance: float, n: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest true drop that a one-sided test of n pairs finds with the given power (Miller 2024, section 5).

    `variance` is the variance of one difference. For 0/1 scores it is about the share of samples that flip.
    """
    return (z_quantile(1 - alpha) + z_quantile(power)) * math.sqrt(variance / n)


def needed(variance: float, delta: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Number of pairs needed to tell `delta` from 0 with the given power; the inverse of `detectable`, rounded up."""
    ratio = (z_quantile(1 - alpha) + z_quantile(power)) / delta
    return max(1, math.ceil(ratio * ratio * variance - 1e-9))
