"""The lower bound of a bounded mean: against exact bounds and a simulation of random weights, and how often it misses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from mmeval.stats.bounded import lower_bound, p_above

RNG = np.random.default_rng(5)


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 5 (Clopper and Pearson).
@pytest.mark.parametrize(("k", "n", "low"), [(81, 263, 0.2527), (15, 148, 0.0578), (0, 20, 0.0), (1, 29, 0.0009)])
def test_right_or_wrong_is_clopper_pearson(k: int, n: int, low: float) -> None:
    assert lower_bound([1.0] * k + [0.0] * (n - k), 0, 1, 0.025) == pytest.approx(low, abs=5e-5)


@pytest.mark.parametrize("alpha", [0.05, 0.001])
@pytest.mark.parametrize(("k", "n"), [(1, 1), (1, 2), (3, 10), (97, 100), (999, 1000), (500, 1000)])
def test_any_limits_are_the_beta_quantile(k: int, n: int, alpha: float) -> None:
    found = lower_bound([3.0] * k + [-1.0] * (n - k), -1, 3, alpha)
    assert found == pytest.approx(4 * beta.ppf(alpha, k, n - k + 1) - 1, abs=4e-6)


@pytest.mark.parametrize(("n", "groups"), [(3, None), (20, None), (200, None), (60, 12)])
def test_partial_values_are_the_quantile_of_random_weights(n: int, groups: int | None) -> None:
    values = RNG.uniform(-0.2, 0.3, n)
    index = np.arange(n) if groups is None else np.sort(RNG.integers(0, groups, n))
    sums, sizes = np.bincount(index, weights=values), np.bincount(index)
    sums, sizes = sums[sizes > 0], sizes[sizes > 0]
    weights = RNG.exponential(size=(40_000, len(sums) + 1))
    drawn = (weights @ np.append(sums, -sizes.max())) / (weights @ np.append(sizes, sizes.max()))
    found = lower_bound(values, -1, 1, 0.05, None if groups is None else index.tolist())
    assert found == pytest.approx(np.quantile(drawn, 0.05), abs=0.006)
    assert (drawn <= found).mean() == pytest.approx(0.05, abs=0.004)


def test_nothing_known_is_the_limit() -> None:
    assert lower_bound([0.0] * 5, 0, 1, 0.05) == 0
    assert lower_bound([-1.0], -1, 1, 0.05) == -1


def test_p_and_bound_agree() -> None:
    values = RNG.choice([0.0, 0.1, -0.7], 80, p=[0.5, 0.45, 0.05])
    assert p_above(values, lower_bound(values, -1, 1, 0.02), -1, 1) == pytest.approx(0.02, abs=1e-6)
    assert p_above(values, -0.9, -1, 1) < 1e-6 < p_above(values, 0.0, -1, 1)


@pytest.mark.parametrize("share", [0.01, 0.03, 0.1])
@pytest.mark.parametrize("n", [20, 100])
def test_rare_large_losses_do_not_lift_it_above_the_truth(n: int, share: float) -> None:
    """A t bound misses in up to 90 % of these samples, because it has not seen a loss."""
    rng = np.random.default_rng(n)
    truth = 0.05 * (1 - share) - 0.9 * share
    drawn = np.where(rng.random((400, n)) < share, -0.9, rng.choice([0.0, 0.1], (400, n)))
    assert np.mean([p_above(row, truth, -1, 1) < 0.05 for row in drawn]) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize(
    ("values", "alpha", "clusters", "message"),
    [
        ([], 0.05, None, "no values"),
        ([2.0], 0.05, None, "outside"),
        ([float("nan")], 0.05, None, "outside"),
        ([0.5], 0.5, None, "alpha"),
        ([0.5, 0.5], 0.05, ["a"], "1 clusters for 2"),
    ],
)
def test_refuses(values: list[float], alpha: float, clusters: list[str] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lower_bound(values, -1, 1, alpha, clusters)
