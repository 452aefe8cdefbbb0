"""Intervals against published examples and independent implementations."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from mmeval.stats.clusters import ClusterSums
from mmeval.stats.intervals import MeanFold, bootstrap, mean, wilson

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


def ols(values: np.ndarray, groups: np.ndarray | None) -> tuple[float, float]:
    """Interval of the intercept: plain, or cluster-robust with G/(G-1) and t(G-1)."""
    model = sm.OLS(values, np.ones(len(values)))
    if groups is None:
        return tuple(model.fit().conf_int()[0])
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups, "df_correction": True}, use_t=True)
    # statsmodels adds (n-1)/(n-k), which is 1 for an intercept alone
    return tuple(fit.conf_int()[0])


@pytest.mark.parametrize("clusters", [None, 8, 40])
@pytest.mark.parametrize("n", [40, 300])
def test_mean_oracle(n: int, clusters: int | None) -> None:
    groups = None if clusters is None else np.arange(n) * 7 % clusters
    values = RNG.uniform(0.2, 0.8, n) if groups is None else RNG.uniform(0.3, 0.7, clusters)[groups]
    values = values + RNG.normal(0, 0.02, n)
    estimate = mean(values.tolist(), None if groups is None else groups.tolist())
    assert (estimate.low, estimate.high) == pytest.approx(ols(values, groups), abs=1e-9)
    assert estimate.method == ("t" if clusters is None else "cluster t")


@pytest.mark.parametrize(
    ("values", "clusters", "method"),
    [
        ([1, 0, 1], None, "wilson"),
        ([1.0], None, "wilson"),
        ([0.5, 0.5, 0.5], None, "wilson, effective n"),
        ([1, 1, 1, 1], ["a", "a", "b", "b"], "wilson, effective n"),
        ([1, 1, 1, 0], ["a", "a", "b", "b"], "wilson, effective n"),
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


@pytest.mark.parametrize("icc", [0.0, 0.5])
def test_coverage(icc: float) -> None:
    """600 samples of 40 clusters of 5; the 95 % interval holds the truth 93 to 97 % of the time."""
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(40), 5).tolist()
    hits = 0
    for _ in range(600):
        p = rng.beta(7 * (1 - icc) / icc, 3 * (1 - icc) / icc, 40) if icc else np.full(40, 0.7)
        estimate = mean(rng.binomial(1, np.repeat(p, 5)).tolist(), clusters)
        hits += estimate.low <= 0.7 <= estimate.high
    assert 0.93 <= hits / 600 <= 0.97


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
    expected = math.fsum((sum(found) - len(found) * 0.4) ** 2 for found in by_hand.values())
    assert sums.squares(0.4) == pytest.approx(expected, rel=1e-12)
    assert (fold.estimate().low, fold.estimate().high) == pytest.approx((plain.low, plain.high), rel=1e-12)
