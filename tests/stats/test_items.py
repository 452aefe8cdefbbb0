"""Item analysis against a published example, classical identities and planted faults."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mmeval.stats.items import _feldt, cluster_sums, discrimination, negative_p, reliability, signal
from mmeval.stats.selection import choose, loss


def rasch(models: int, items: int, *, seed: int, spread: float = 1.0) -> np.ndarray:
    """0/1 answers of a two-parameter model, shape (models, items)."""
    draw = np.random.default_rng(seed)
    skill, difficulty = draw.normal(0, spread, models), draw.normal(-0.5, 1.5, items)
    slope = draw.lognormal(0, 0.6, items)
    chance = 1 / (1 + np.exp(-slope * (skill[:, None] - difficulty)))
    return (draw.random(chance.shape) < chance).astype(float)


SCORES = rasch(12, 80, seed=1)


def test_feldt_interval_as_published() -> None:
    # The example of pingouin.cronbach_alpha: 12 people, 11 questions, alpha .7327, interval [.435, .909].
    assert _feldt(0.732661, 12, 11, 0.95) == pytest.approx((0.435, 0.909), abs=5e-4)


def test_alpha_is_hoyts_ratio_of_mean_squares() -> None:
    # Hoyt (1941): 1 - MS(residual) / MS(models) in the two-way analysis of variance.
    rest = SCORES - SCORES.mean(axis=1, keepdims=True) - SCORES.mean(axis=0) + SCORES.mean()
    between = SCORES.shape[1] * SCORES.mean(axis=1).var(ddof=1)
    residual = (rest**2).sum() / (11 * 79)
    found = reliability(SCORES)
    assert found is not None
    assert found.value == pytest.approx(1 - residual / between)
    assert found.low < found.value < found.high < 1


@pytest.mark.parametrize("scores", [SCORES[:2], SCORES[:, :1], np.ones((5, 9)), np.eye(4)])
def test_no_reliability_without_variance(scores: np.ndarray) -> None:
    assert reliability(scores) is None


def test_copies_of_a_question_do_not_make_a_benchmark_reliable() -> None:
    copied = np.repeat(SCORES[:, :10], 8, axis=1)
    clusters = [str(i // 8) for i in range(80)]
    honest, naive = reliability(cluster_sums(copied, clusters)), reliability(copied)
    once = reliability(SCORES[:, :10])
    assert honest is not None
    assert naive is not None
    assert once is not None
    assert honest.value == pytest.approx(once.value)
    assert naive.value > honest.value + 0.05


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    found = discrimination(SCORES)
    for item in range(0, 80, 7):
        own, rest = SCORES[:, item], SCORES.sum(axis=1) - SCORES[:, item]
        if own.std() > 0:
            expected = stats.pearsonr(own, rest, alternative="less")
            assert found[item] == pytest.approx(expected.statistic)
            assert negative_p(found, 12)[item] == pytest.approx(expected.pvalue, abs=1e-9)
    assert np.isnan(discrimination(np.ones((4, 3)))).all()
    assert negative_p(np.array([np.nan]), 12)[0] == 1


def test_a_wrong_key_is_found_and_right_ones_are_not() -> None:
    scores = rasch(24, 200, seed=3, spread=1.5)
    sharp = int(np.nanargmax(discrimination(scores)))
    scores[:, sharp] = 1 - scores[:, sharp]
    suspects = np.flatnonzero(negative_p(discrimination(scores), 24) < 0.01)
    assert sharp in suspects
    assert len(suspects) <= 3


def test_signal_and_noise_are_recovered() -> None:
    draw = np.random.default_rng(5)
    true = np.linspace(-0.1, 0.1, 30)
    flips = [signal(0.5 + true[:, None] + draw.normal(0, 0.4, (30, 400)), range(400)) for _ in range(5)]
    assert np.mean([one.spread for one in flips]) == pytest.approx(true.std(ddof=1), rel=0.1)
    assert np.mean([one.noise for one in flips]) == pytest.approx(0.4 / 20, rel=0.05)
    assert signal(np.ones((3, 4)), range(4)).ratio is None


def test_chosen_items_beat_random_ones_on_models_that_did_not_choose() -> None:
    scores = rasch(30, 400, seed=2)
    found = loss(scores, 80, margin=0.03, alpha=0.05, seed=0)
    assert found is not None
    assert found.random + 0.03 < found.chosen < found.full
    assert found.same > found.chosen, "the models that choose make a subset look too good"
    assert found.low < found.chosen - found.full < found.high
    assert found.drop > 0.03


def test_without_structure_the_choice_gains_nothing() -> None:
    scores = (np.random.default_rng(4).random((12, 300)) < np.linspace(0.4, 0.7, 12)[:, None]).astype(float)
    found = loss(scores, 60, margin=0.03, alpha=0.05, seed=0)
    assert found is not None
    assert found.chosen == pytest.approx(found.random, abs=0.06)
    assert found.same > found.chosen


def test_choice_is_whole_sorted_and_reproducible() -> None:
    places = choose(SCORES, 20, seed=1)
    assert len(set(places)) == 20
    assert list(places) == sorted(places)
    assert list(choose(SCORES, 20, seed=1)) == list(places)
    assert len(choose(SCORES, 80, seed=1)) == 80
    with pytest.raises(ValueError, match="81 of 80"):
        choose(SCORES, 81, seed=1)
    assert loss(SCORES[:5], 20, margin=0.03, alpha=0.05, seed=0) is None
