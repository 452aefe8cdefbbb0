"""One-sided tests of "the rise is at most the limit": their size at the limit, their power above it, and oracles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from mmeval.stats.rises import mean_rise, quantile_rise, rate_rise

RUNS = 1500


def most(alpha: float) -> float:
    """A true rate of alpha exceeds this once in 200 tests."""
    return alpha + 2.6 * math.sqrt(alpha * (1 - alpha) / RUNS)


@pytest.mark.parametrize(("n", "limit", "falls"), [(200, 0.01, 0.0), (300, 0.01, 0.03), (100, 0.0, 0.05)])
def test_rates_at_the_limit(n: int, limit: float, falls: float) -> None:
    drawn = np.random.default_rng(1).multinomial(n, [falls + limit, falls, 1 - 2 * falls - limit], size=RUNS)
    pairs, times = np.unique(drawn[:, :2], axis=0, return_counts=True)
    found = np.repeat([rate_rise(int(up), int(down), n, limit) for up, down in pairs], times)
    for alpha in (0.05, 0.01):
        assert np.mean(found <= alpha) <= most(alpha)


@pytest.mark.parametrize(("rises", "falls", "n", "limit", "shown"), [
    (4, 0, 400, 0.01, False), (5, 1, 400, 0.01, False), (24, 0, 400, 0.01, True), (40, 12, 400, 0.01, True),
    (0, 0, 400, 0.0, False), (0, 9, 400, 0.01, False), (400, 0, 400, 0.5, True),
])  # fmt: skip
def test_rates(rises: int, falls: int, n: int, limit: float, shown: bool) -> None:
    assert (rate_rise(rises, falls, n, limit) <= 0.01) == shown


def test_rates_are_near_their_oracles() -> None:
    """Without falls the rises are binomial, and without a limit the test is one of equal rates, as McNemar's is."""
    alone = binomtest(24, 400, 0.01, alternative="greater").pvalue
    assert alone <= rate_rise(24, 0, 400, 0.01) <= alone + 5e-4
    assert rate_rise(30, 12, 400, 0.0) == pytest.approx(binom.sf(29, 42, 0.5), rel=0.5)


@pytest.mark.parametrize(("factor", "shown"), [(1.0, False), (1.2, False), (2.0, True)])
def test_quantiles(factor: float, shown: bool) -> None:
    rng = np.random.default_rng(2)
    old, new = rng.lognormal(0, 0.5, (40, 400)), factor * rng.lognormal(0, 0.5, (40, 400))
    found = [quantile_rise(a, b, 0.2) <= 0.01 for a, b in zip(old.tolist(), new.tolist(), strict=True)]
    assert np.mean(found) >= 0.8 if shown else not any(found)


def test_few_values_show_nothing() -> None:
    assert quantile_rise([1.0] * 50, [9.0] * 50, 0.2) > 0.05
    assert quantile_rise([1.0] * 200, [9.0] * 200, 0.2) < 0.001


@pytest.mark.slow
@pytest.mark.parametrize(("rise", "cluster"), [(0.0, 1), (0.0, 5), (0.3, 1)])
def test_means(rise: float, cluster: int) -> None:
    """Costs whose logarithms are normal, with a true rise at the limit or above it."""
    rng = np.random.default_rng(3)
    names = [i // cluster for i in range(60)]
    base = rng.lognormal(0, 0.6, (100, 60))
    own = np.repeat(rng.lognormal(0, 0.3, (100, 60 // cluster)), cluster, axis=1)
    found = [mean_rise(row, names) for row in (1 + rise) * 1.2 * base * own / math.exp(0.045) - 1.2 * base]
    share = float(np.mean([p <= 0.05 for p in found]))
    assert share <= 0.11 if rise == 0 else share >= 0.8
