"""Human labels that correct a judged mean: against the papers' formulas written out, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from mmeval.stats.ppi import prediction_powered, rogan_gladen


@pytest.fixture(scope="module")
def drawn():
    draw = np.random.default_rng(5)
    truth = draw.random(400) < 0.6
    judged = np.where(truth, draw.random(400) < 0.9, draw.random(400) < 0.3)
    return truth.astype(float), judged.astype(float)


def test_the_weight_makes_the_variance_smallest(drawn):
    """The oracle minimises the variance of the estimator numerically instead of using the closed form."""
    (truth, judged), n = drawn, 80
    y, f, rest = truth[:n], judged[:n], judged[n:]

    def variance(weight: float) -> float:
        noise = (np.var(y, ddof=1) - 2 * weight * np.cov(y, f)[0, 1] + weight**2 * np.var(f, ddof=1)) / n
        return noise + weight**2 * np.var(f, ddof=1) / len(rest)

    best = minimize_scalar(variance, bounds=(0, 1), method="bounded").x
    found = prediction_powered(y, f, rest)
    assert found.value == pytest.approx(y.mean() + best * (rest.mean() - f.mean()), abs=1e-5)
    human = prediction_powered(y, f, [])
    assert found.high - found.low < human.high - human.low


@pytest.mark.parametrize("rest", [[], [1.0] * 50])
def test_a_judge_that_says_nothing_leaves_the_human_mean(rest):
    found = prediction_powered([0.0, 1.0] * 10, [1.0] * 20, rest)
    assert (found.value, found.method) == (0.5, "ppi++")


def test_a_slice_without_errors_is_no_proof_of_a_perfect_judge():
    """Twelve labels agree; a judge that is wrong in 15 % of cases does that in one of seven slices."""
    found = prediction_powered([1.0, 0.0] * 6, [1.0, 0.0] * 6, [1.0, 0.0] * 500)
    assert found.low < 0.5 - 0.15
    assert found.high > 0.5 + 0.15


def test_copies_of_a_sample_in_one_cluster_add_nothing(drawn):
    truth, judged = drawn
    plain = prediction_powered(truth[:100], judged[:100], judged[100:])
    double = [np.repeat(part, 2) for part in (truth[:100], judged[:100], judged[100:])]
    clusters = [i // 2 for i in range(800)]
    found = prediction_powered(*double, clusters=clusters)
    assert found.value == pytest.approx(plain.value, abs=2e-3)
    assert found.high - found.low == pytest.approx(plain.high - plain.low, rel=0.05)
    assert found.high - found.low > 1.2 * (lambda e: e.high - e.low)(prediction_powered(*double))


def test_rogan_gladen_undoes_known_error_rates():
    """60 % right, sensitivity 0.9, specificity 0.8: the judge accepts 0.6 * 0.9 + 0.4 * 0.2 = 62 %."""
    found = rogan_gladen(0.62, 10**6, hits=90_000, right=100_000, rejections=80_000, wrong=100_000)
    assert found.value == pytest.approx(0.6)
    assert found.low < 0.6 < found.high
    assert found.high - found.low < 0.01


@pytest.mark.parametrize(("hits", "rejections"), [(5, 5), (0, 9), (9, 0)])
def test_a_judge_no_better_than_chance_cannot_be_undone(hits, rejections):
    assert rogan_gladen(0.5, 100, hits=hits, right=10, rejections=rejections, wrong=10) is None


def test_too_few_labels_are_refused():
    with pytest.raises(ValueError, match="at least 10 pairs"):
        prediction_powered([1.0] * 9, [1.0] * 9, [1.0])


@pytest.mark.parametrize(("labels", "mean", "rates"), [(30, 0.9, (0.95, 0.9)), (60, 0.5, (0.9, 0.8))])
def test_intervals_hold_the_truth(labels, mean, rates):
    draw, runs, rest = np.random.default_rng(2), 800, 300
    held = [0, 0]
    for _ in range(runs):
        y = draw.random(labels + rest) < mean
        f = np.where(y, draw.random(len(y)) < rates[0], draw.random(len(y)) >= rates[1])
        one = prediction_powered(y[:labels].astype(float), f[:labels].astype(float), f[labels:].astype(float))
        held[0] += one.low <= mean <= one.high
        human, judged = y[:labels], f[:labels]
        two = rogan_gladen(float(f[labels:].mean()), rest, hits=int((human & judged).sum()), right=int(human.sum()),
                           rejections=int((~human & ~judged).sum()), wrong=int((~human).sum()))  # fmt: skip
        held[1] += two is None or two.low <= mean <= two.high
    assert held[0] / runs > 0.935
    assert held[1] / runs > 0.935
