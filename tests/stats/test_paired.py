"""Paired tests against published examples, statsmodels and scipy, and by enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm, permutation_test
from statsmodels.stats.contingency_tables import mcnemar as sm_mcnemar

from mmeval.stats.paired import bonett_price, difference, mcnemar, sign_flip, tango, tango_z
from tests.perf import gate_errors

RNG = np.random.default_rng(5)
COUNTS = [(0, 0), (1, 0), (0, 3), (5, 5), (8, 2), (12, 30), (40, 39)]


@pytest.mark.parametrize(("gains", "losses"), COUNTS)
def test_mcnemar_oracle(gains: int, losses: int) -> None:
    table = [[50, losses], [gains, 50]]
    assert mcnemar(gains, losses) == pytest.approx(sm_mcnemar(table, exact=True).pvalue)
    if gains + losses:
        assert mcnemar(gains, losses, alternative="less") == pytest.approx(
            binomtest(gains, gains + losses, alternative="less").pvalue
        )
        assert mcnemar(gains, losses, alternative="greater") == pytest.approx(
            binomtest(gains, gains + losses, alternative="greater").pvalue
        )


# Cavo et al. (2012): 161 patients, complete response before and after therapy, 6 and 16 discordant; the example of
# Fagerland, Lydersen, Laake (2017), Statistical Analysis of Contingency Tables, chapter 8, as their R package
# `contingencytables` prints it.
def test_published_example() -> None:
    assert mcnemar(6, 16) == pytest.approx(0.052479, abs=5e-7)
    assert mcnemar(6, 16, mid=True) == pytest.approx(0.034690, abs=5e-7)
    by_score, adjusted = tango(6, 16, 161), bonett_price(6, 16, 161)
    assert (by_score.value, by_score.low, by_score.high) == pytest.approx((-0.0621, -0.1240, -0.0054), abs=5e-5)
    assert (adjusted.value, adjusted.low, adjusted.high) == pytest.approx((-0.0621, -0.1195, -0.0032), abs=5e-5)


@pytest.mark.parametrize(("gains", "losses"), COUNTS[1:])
def test_tango_at_zero_is_mcnemar_score(gains: int, losses: int) -> None:
    assert tango_z(gains, losses, 100, 0.0) == pytest.approx((gains - losses) / math.sqrt(gains + losses))


@pytest.mark.parametrize("delta", [-0.2, -0.03, 0.05])
@pytest.mark.parametrize(("gains", "losses"), COUNTS)
def test_tango_restricted_likelihood(gains: int, losses: int, delta: float) -> None:
    """The variance under the null is that of the maximum of the trinomial likelihood, found here on a grid."""
    n = 100
    q21 = np.linspace(max(0, -delta), (1 - delta) / 2, 2_000_001)[1:-1]
    q12 = q21 + delta
    with np.errstate(divide="ignore", invalid="ignore"):
        log = losses * np.log(q21) + (n - gains - losses) * np.log(1 - q12 - q21)
        log = log + np.where(gains > 0, gains * np.log(q12), 0.0)
    best = int(np.nanargmax(np.where(q12 > 0, log, -np.inf)))
    variance = n * (q12[best] + q21[best] - delta**2)
    expected = (gains - losses - n * delta) / math.sqrt(variance)
    assert tango_z(gains, losses, n, delta) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
@pytest.mark.parametrize(("gains", "losses"), COUNTS)
def test_tango_interval_inverts_the_test(gains: int, losses: int, level: float) -> None:
    estimate = tango(gains, losses, 100, level=level)
    crit = norm.ppf((1 + level) / 2)
    for edge in (estimate.low, estimate.high):
        assert abs(tango_z(gains, losses, 100, edge)) == pytest.approx(crit, abs=1e-4)
    assert estimate.low < estimate.value < estimate.high


@pytest.mark.parametrize("n", [50, 100, 200, 300, 500])
@pytest.mark.parametrize(("margin", "flips"), [(0.02, 0.02), (0.03, 0.03), (0.03, 0.1), (0.03, 0.3), (0.1, 0.1)])
def test_false_pass_is_below_five_percent(n: int, margin: float, flips: float) -> None:
    assert gate_errors.exact(gate_errors.Cell(n, flips, margin), -margin).passed <= 0.05


def test_without_the_correction_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_errors, "CONTINUITY", 0.0)
    assert gate_errors.exact(gate_errors.Cell(300, 0.02, 0.02), -0.02).passed > 0.06


def test_difference_unclustered_binary() -> None:
    d = [1.0] * 12 + [-1.0] * 20 + [0.0] * 268
    found = difference(d, level=0.9)
    assert (found.n, found.units, found.gains, found.losses, found.method) == (300, 300, 12, 20, "tango")
    assert found.p_worse == pytest.approx(binomtest(12, 32, alternative="less").pvalue)
    assert found.variance == pytest.approx(np.var(d, ddof=1), rel=1e-9)
    plain = tango(12, 20, 300, level=0.9)
    assert plain.low - 0.002 < found.low < plain.low
    assert plain.high < found.high < plain.high + 0.002


def test_difference_clusters_that_flip_whole() -> None:
    """Ten samples that always flip together say what one sample says."""
    single = [1.0] * 5 + [-1.0] * 9 + [0.0] * 86
    repeated = np.repeat(single, 10)
    one = difference(single)
    ten = difference(repeated, np.repeat(np.arange(100), 10).tolist())
    assert (ten.low, ten.high) == pytest.approx((one.low, one.high), abs=0.006)
    assert ten.p_worse == pytest.approx(one.p_worse)
    assert difference(repeated).low > ten.low + 0.02


def test_difference_partial_scores_approach_the_t_interval() -> None:
    d = RNG.normal(0, 0.2, 4000).clip(-1, 1)
    found = difference(d, level=0.9)
    se = d.std(ddof=1) / math.sqrt(len(d))
    assert (found.low, found.high) == pytest.approx((d.mean() - 1.645 * se, d.mean() + 1.645 * se), abs=4e-4)


def test_nothing_changed_proves_little() -> None:
    """The rule of three: 40 equal pairs do not exclude a drop of 3 points, 200 do."""
    assert difference([0.0] * 40).low < -0.03 < difference([0.0] * 200).low
    assert difference([0.0] * 200, [i // 10 for i in range(200)]).low < -0.03


@pytest.mark.parametrize("d", [[], [1.5], [math.nan], [-math.inf]])
def test_difference_refuses(d: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no pairs|outside"):
        difference(d)


def test_difference_refuses_other_lengths() -> None:
    with pytest.raises(ValueError, match="1 clusters for 2 pairs"):
        difference([0.0, 1.0], ["a"])


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.3, 1.0]), min_size=1, max_size=60), st.integers(1, 7))
def test_difference_is_mirrored(d: list[float], size: int) -> None:
    clusters = [i // size for i in range(len(d))]
    found, mirror = difference(d, clusters), difference([-x for x in d], clusters)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (found.low, found.value) == pytest.approx((-mirror.high, -mirror.value), abs=1e-6)


@pytest.mark.parametrize("n", [3, 9, 12])
def test_sign_flip_oracle(n: int) -> None:
    sums = RNG.normal(-0.2, 0.3, n)
    expected = permutation_test(
        (sums,), np.sum, permutation_type="samples", alternative="less", n_resamples=np.inf, vectorized=False
    ).pvalue
    assert sign_flip(sums) == pytest.approx(expected)


@pytest.mark.parametrize("n", [5, 14])
def test_sign_flip_whole_numbers_is_enumeration(n: int) -> None:
    sums = RNG.integers(-3, 3, n).astype(float)
    sums[0] = 2.0
    signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    expected = np.mean(signs @ np.abs(sums) <= sums.sum())
    assert sign_flip(sums) == pytest.approx(expected)


def test_sign_flip_drawn_and_limit_agree() -> None:
    sums = RNG.normal(-0.02, 0.3, 1500)
    drawn = sign_flip(sums, seed=1)
    normal = norm.cdf(sums.sum() / np.sqrt(sums @ sums))
    assert drawn == pytest.approx(normal, abs=0.02)
    assert drawn == sign_flip(sums, seed=1)
    many = np.tile(sums, 2)
    assert sign_flip(many) == pytest.approx(norm.cdf(many.sum() / np.sqrt(many @ many)))


def test_sign_flip_of_nothing() -> None:
    assert sign_flip(np.zeros(4)) == 1.0
