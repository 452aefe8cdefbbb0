"""Ranks, tiers and letters on data whose order is known."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.stats import ttest_rel

from mmeval.stats.paired import Units
from mmeval.stats.ranking import Table, letters, rank, rank_ranges, tiers
from tests.perf.separation import Equals

RNG = np.random.default_rng(8)


def answers(rates: list[float], n: int, seed: int = 0) -> np.ndarray:
    """Right or wrong, with a difficulty that the models share."""
    hard = np.random.default_rng(seed).uniform(0, 1, n)
    return (hard[None, :] < np.array(rates)[:, None]).astype(float)


def noisy(rates: list[float], n: int, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).random((len(rates), n)) < np.array(rates)[:, None]).astype(float)


def test_errors_are_those_of_the_paired_t_test() -> None:
    scores = noisy([0.5, 0.6, 0.7], 200, 1)
    ranking = rank([Table(scores)], draws=50)
    for a, b in [(0, 1), (0, 2), (1, 2)]:
        t = (ranking.scores[a] - ranking.scores[b]) / ranking.errors[a, b]
        assert t == pytest.approx(ttest_rel(scores[a], scores[b]).statistic)


@pytest.mark.parametrize("method", ["max-t", "holm"])
def test_order_that_is_plain(method: str) -> None:
    ranking = rank([Table(noisy([0.9, 0.3, 0.6, 0.61], 800, 2))], method=method)  # type: ignore[arg-type]
    assert ranking.best.tolist() == [1, 4, 2, 2]
    assert ranking.worst.tolist() == [1, 4, 3, 3]
    assert ranking.tier.tolist() == [1, 3, 2, 2]
    assert ranking.p_first.tolist() == [1, 0, 0, 0]
    assert letters(ranking.scores, ranking.better) == ["a", "c", "b", "b"]


def test_clusters_blur_ranks() -> None:
    scores = np.repeat(noisy([0.5, 0.75], 40, 3), 20, axis=1)
    clusters = [i // 20 for i in range(800)]
    assert rank([Table(scores)]).worst.tolist() == [2, 1]
    blurred = rank([Table(scores, clusters)])
    assert blurred.errors[0, 1] == pytest.approx(rank([Table(scores)]).errors[0, 1] * np.sqrt(20), rel=0.03)


def test_equal_models_share_everything() -> None:
    scores = np.tile(noisy([0.5], 100, 4), (3, 1))
    ranking = rank([Table(scores)])
    assert ranking.best.tolist() == [1, 1, 1]
    assert ranking.p_first == pytest.approx([1 / 3] * 3)
    assert ranking.expected_rank == pytest.approx([2, 2, 2])


@pytest.mark.parametrize(("n", "sure"), [(3, False), (60, True)])
def test_a_gap_without_variance_is_judged_by_its_samples(n: int, sure: bool) -> None:
    scores = np.array([np.ones(n), np.zeros(n), noisy([0.5], n, 1)[0]])
    assert bool(rank([Table(scores)], method="holm").better[0, 1]) is sure


@pytest.mark.parametrize(
    "board",
    [
        Equals(12, 20, 0.5),
        Equals(8, 50, 0.5),
        Equals(12, 15, 0.5, sizes="fixed"),
        Equals(5, 15, 0.5, sizes="lognormal"),
        Equals(8, 200, 0.6, 0.7),
    ],
)
def test_false_statements_are_rare(board: Equals) -> None:
    """Equal models are separated on at most 6 % of boards. A bootstrap did so on 10 to 40 % of the small ones."""
    runs = 200
    assert board.measure(runs, seed=1) <= 0.06 + 2 * np.sqrt(0.06 * 0.94 / runs)


@pytest.mark.parametrize(("n", "method"), [(100, "holm"), (600, "max-t")])
def test_small_boards_use_students_t(n: int, method: str) -> None:
    ranking = rank([Table(noisy([0.5, 0.55, 0.6], n, 1))], draws=50)
    assert (ranking.method, ranking.freedom) == (method, pytest.approx(n - 1))


def test_uneven_clusters_have_the_errors_of_the_paired_difference() -> None:
    clusters = [min(i // 3, 9) for i in range(120)]
    scores = noisy([0.5, 0.6], 120, 9)
    ranking, units = rank([Table(scores, clusters)], draws=50), Units.of(scores[1] - scores[0], clusters)
    assert ranking.errors[0, 1] == pytest.approx(np.sqrt(units.variance()))
    assert ranking.freedom == pytest.approx(units.freedom())
    assert ranking.freedom < 2, "one cluster has most samples"


def test_composite_weights_benchmarks() -> None:
    easy, hard = noisy([0.9, 0.8], 300, 5), noisy([0.2, 0.5], 300, 6)
    ranking = rank([Table(easy), Table(hard)], weights=[1, 3])
    assert ranking.scores == pytest.approx(easy.mean(axis=1) / 4 + hard.mean(axis=1) * 3 / 4)
    alone = [rank([Table(t)]).errors[0, 1] for t in (easy, hard)]
    assert ranking.errors[0, 1] == pytest.approx(np.hypot(alone[0] / 4, alone[1] * 3 / 4))


def test_same_seed_same_ranking() -> None:
    table = Table(noisy([0.5, 0.55, 0.6], 600, 7))
    assert rank([table], seed=3).critical == rank([table], seed=3).critical != rank([table], seed=4).critical


def test_ranges_and_tiers() -> None:
    better = np.array([[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=bool)
    best, worst = rank_ranges(better)
    assert (best.tolist(), worst.tolist()) == ([1, 1, 2, 3], [2, 3, 4, 4])
    assert tiers(np.array([4.0, 3.0, 2.0, 1.0]), better).tolist() == [1, 1, 2, 2]
    assert letters(np.array([4.0, 3.0, 2.0, 1.0]), better) == ["a", "ab", "bc", "c"]


def test_letters_say_exactly_who_differs() -> None:
    scores = RNG.normal(size=14)
    better = (scores[:, None] - scores[None, :]) > RNG.uniform(0.3, 1.5, (14, 14))
    better &= ~better.T
    names = letters(scores, better)
    for a in range(14):
        for b in range(14):
            shared = {*_split(names[a])} & {*_split(names[b])}
            assert bool(shared) == (a == b or not (better[a, b] or better[b, a]))


def _split(text: str) -> list[str]:
    import re

    return re.findall(r"[a-z]\d*", text)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ([], "no table"),
        ([Table(np.ones((2, 3))), Table(np.ones((3, 3)))], "different models"),
        ([Table(np.array([[1.0, np.nan], [0, 1]]))], "full table"),
        ([Table(np.ones((2, 3)), ["a", "b"])], "2 clusters for 3"),
        ([Table(np.ones((2, 3)), ["a", "a", "a"])], "two clusters"),
    ],
)
def test_refuses(tables: list[Table], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rank(tables)


def test_300_models_take_seconds() -> None:
    start = time.perf_counter()
    rank([Table(answers(list(np.linspace(0.2, 0.9, 300)), 1000) * noisy([0.9] * 300, 1000, 1))], draws=500)
    assert time.perf_counter() - start < 60, "0.3 s on a free core"
