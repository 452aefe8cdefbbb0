"""Intervals against published examples and independent implementations."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import proportion_confint

from mmeval.stats.clusters import ClusterSums
from mmeval.stats.intervals import MeanFold, bootstrap, mean, wilson
from tests.perf.coverage import Coverage

RNG = np.random.default_rng(20)


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (score without continuity correction).
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_published(successes: int, n: int, low: float, high: float) -> None:
    estimate = wilson(successes, n)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=5e-5)
    assert estimate.value == successes / n


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (3, 7), (50, 100), (999, 1000)])
def test_wilson_oracle(k: int, n: int, level: float) -> None:
    estimate = wilson(k, n, level=level)
    expected = proportion_confint(k, n, alpha=1 - level, method="wilson")
    assert (estimate.low, estimate.high) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 5), (6, 5), (math.nan, 5)])
def test_wilson_refuses(k: float, n: float) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(k, n)


def cr2(values: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Interval of the intercept by CR2 and Bell-McCaffrey, with matrices: Imbens and Kolesár (2016), section 3."""
    n = len(values)
    hat, rest = np.full((n, n), 1 / n), values - values.mean()
    moved, bent = [], []
    for name in np.unique(groups):
        own = groups == name
        size, sides = np.linalg.eigh(np.eye(own.sum()) - hat[np.ix_(own, own)])
        adjusted = sides @ np.diag(size**-0.5) @ sides.T @ np.ones(own.sum()) / n
        moved.append(adjusted @ rest[own])
        bent.append((np.eye(n) - hat)[:, own] @ adjusted)
    inner = np.array(bent) @ np.array(bent).T
    half = student.ppf(0.975, np.trace(inner) ** 2 / np.sum(inner**2)) * np.linalg.norm(moved)
    return values.mean() - half, values.mean() + half


@pytest.mark.parametrize("n", [40, 300])
def test_mean_oracle(n: int) -> None:
    values = RNG.uniform(2, 8, n)
    estimate = mean(values.tolist())
    expected = OLS(values, np.ones(n)).fit().conf_int()[0]
    assert (estimate.low, estimate.high) == pytest.approx(tuple(expected), abs=1e-9)
    assert estimate.method == "t"


@pytest.mark.parametrize("clusters", [3, 8, 40])
@pytest.mark.parametrize("uneven", [False, True])
def test_cluster_mean_oracle(clusters: int, uneven: bool) -> None:
    groups = np.arange(120) % clusters if not uneven else np.sort(RNG.integers(0, clusters, 120) ** 2 // clusters)
    values = RNG.normal(3, 1, clusters)[groups] + RNG.normal(0, 1, 120)
    estimate = mean(values.tolist(), groups.tolist())
    assert (estimate.low, estimate.high) == pytest.approx(cr2(values, groups), abs=1e-9)
    assert estimate.method == "CR2 t"


@pytest.mark.parametrize(
    ("values", "clusters", "method"),
    [
        ([1, 0, 1], None, "wilson"),
        ([1.0], None, "wilson"),
        ([0.5, 0.5, 0.5], None, "wilson t, effective n"),
        ([1, 1, 1, 1], ["a", "a", "b", "b"], "wilson t, effective n"),
        ([1, 1, 1, 0], ["a", "a", "b", "b"], "wilson t, effective n"),
        ([1, 1, 1, 0], ["a", "b", "c", "d"], "wilson"),
        ([3.0, 4.0, 8.0], None, "t"),
    ],
)
def test_mean_method(values: list[float], clusters: list[str] | None, method: str) -> None:
    estimate = mean(values, clusters)
    assert estimate.method == method
    assert estimate.low < estimate.value or estimate.value == 0
    assert estimate.value < estimate.high or estimate.value == 1


def test_clusters_widen() -> None:
    values = [float(i // 50 % 2) for i in range(500)]
    alone, together = mean(values), mean(values, [i // 50 for i in range(500)])
    assert together.high - together.low > 4 * (alone.high - alone.low)


def test_value_without_cluster_is_its_own() -> None:
    values = [0.1, 0.4, 0.5, 0.9, 0.3]
    mixed = mean(values, ["a", None, "a", None, "b"])
    named = mean(values, ["a", "x", "a", "y", "b"])
    assert (mixed.low, mixed.high) == pytest.approx((named.low, named.high))


@pytest.mark.parametrize("values", [[], [0.5, math.nan], [math.inf]])
def test_mean_refuses(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no values|cannot average"):
        mean(values)


def test_lengths_differ() -> None:
    with pytest.raises(ValueError, match="zip"):
        mean([1, 2], ["a"])


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["a", "b", "c", None])), min_size=1, max_size=40))
def test_interval_holds_its_value_and_stays_in_range(rows: list[tuple[float, str | None]]) -> None:
    fold = MeanFold()
    for value, cluster in rows:
        fold.add(value, cluster)
    estimate = fold.estimate()
    assert len(fold) == estimate.n == len(rows)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize(
    ("sizes", "clusters", "p", "icc", "harder"),
    [
        ("fixed", 40, 0.7, 0.0, False),
        ("fixed", 50, 0.97, 0.6, False),
        ("lognormal", 50, 0.9, 0.3, True),
        ("lognormal", 200, 0.97, 0.6, True),
        ("pareto", 15, 0.5, 0.6, False),
        ("pareto", 200, 0.97, 0.6, False),
    ],
)
def test_coverage(sizes: str, clusters: int, p: float, icc: float, harder: bool) -> None:
    """The 95 % interval holds the truth in 93 % of samples. With t(G-1), it did in as little as 67 % of the last cell."""
    cell = Coverage(sizes, clusters, p, icc, harder)
    assert cell.measure(400, seed=2).covered >= 0.93 - 2 * math.sqrt(0.93 * 0.07 / 400)


@pytest.mark.parametrize(
    ("sizes", "few"),
    [([5] * 40, False), ([5] * 20, True), ([3] * 59 + [4], False), ([400] + [5] * 80, True), ([1] * 15, False)],
)
def test_few_effective_clusters_are_told(sizes: list[int], few: bool) -> None:
    rows = [(float(i % 3 > 0), str(name)) for name, size in enumerate(sizes) for i in range(size)]
    assert mean([value for value, _ in rows], [name for _, name in rows]).few_clusters is few


@pytest.mark.slow
def test_bootstrap_of_a_mean_is_the_t_interval() -> None:
    values = RNG.uniform(0, 1, 400)
    drawn = bootstrap(values, np.mean, seed=1, draws=4000)
    direct = mean(values.tolist())
    assert (drawn.low, drawn.high) == pytest.approx((direct.low, direct.high), abs=0.004)
    assert drawn == bootstrap(values, np.mean, seed=1, draws=4000)


def test_bootstrap_respects_clusters() -> None:
    clusters = [i // 10 for i in range(300)]
    values = np.repeat(RNG.uniform(0, 1, 30), 10)
    drawn = bootstrap(values, np.mean, clusters=clusters, seed=1, draws=4000)
    direct = mean(values.tolist(), clusters)
    assert (drawn.low, drawn.high) == pytest.approx((direct.low, direct.high), abs=0.02)


def test_bootstrap_of_rows() -> None:
    counts = np.array([[3, 1], [2, 2], [5, 0], [1, 4]] * 10, dtype=float)
    estimate = bootstrap(counts, lambda c: float(c[:, 0].sum() / c.sum()), seed=4, draws=300)
    assert estimate.value == pytest.approx(11 / 18)
    assert estimate.low < estimate.value < estimate.high


def test_bootstrap_that_cannot_vary_is_wilson() -> None:
    estimate = bootstrap([1.0] * 20, np.mean, seed=0, draws=50)
    assert (estimate.low, estimate.high) == pytest.approx((wilson(20, 20).low, 1.0))


@pytest.mark.parametrize(("values", "clusters"), [([], None), ([1.0, 2.0], ["a"])])
def test_bootstrap_refuses(values: list[float], clusters: list[str] | None) -> None:
    with pytest.raises(ValueError, match=r"no values|clusters for"):
        bootstrap(values, np.mean, clusters=clusters, seed=0)


@pytest.mark.parametrize("most", [1, 3, 10_000])
def test_sums_by_cluster_are_the_same_in_memory_and_on_disk(most, monkeypatch):
    draw = random.Random(3)
    rows = [(draw.random(), f"image {draw.randrange(40)}") for _ in range(500)]
    plain = mean([value for value, _ in rows], [cluster for _, cluster in rows])
    monkeypatch.setattr(ClusterSums, "MOST", most)
    sums, fold = ClusterSums(), MeanFold()
    for value, cluster in rows:
        sums.add(cluster, value)
        fold.add(value, cluster)
    by_hand = {name: [value for value, cluster in rows if cluster == name] for name in {name for _, name in rows}}
    assert len(sums) == len(by_hand)
    expected = sorted((len(found), math.fsum(found)) for found in by_hand.values())
    assert np.array(sorted(sums)) == pytest.approx(np.array(expected), rel=1e-12)
    assert (fold.estimate().low, fold.estimate().high) == pytest.approx((plain.low, plain.high), rel=1e-12)
