"""Power, multiplicity, agreement and the e-process."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa as sm_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import normal_power

from mmeval.stats.agreement import cohen_kappa
from mmeval.stats.multiplicity import benjamini_hochberg, holm
from mmeval.stats.outcomes import Outcomes, pairs_to_pass
from mmeval.stats.power import detectable, needed
from mmeval.stats.sequential import EProcess

P_VALUES = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 1.0], [1e-9, 0.049, 0.05, 0.9, 0.9, 0.01]]


@pytest.mark.parametrize("p", P_VALUES)
def test_multiplicity_oracle(p: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gc.collect", lambda: 0)  # statsmodels calls it, and a worker holds a million objects
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_benjamini_hochberg_published() -> None:
    """Benjamini and Hochberg (1995), section 3.2: of 15 p-values, Holm-like rules reject 3 and theirs 4."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert (holm(p) <= 0.05).sum() == 3
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4


# The table of MDE in docs/gate.md: one-sided 5 %, power 80 %, in points.
@pytest.mark.parametrize(
    ("n", "row"),
    [(100, (5.6, 7.9, 11.1, 13.6)), (500, (2.5, 3.5, 5.0, 6.1)), (2000, (1.2, 1.8, 2.5, 3.0))],
)
def test_detectable(n: int, row: tuple[float, ...]) -> None:
    found = [100 * detectable(flips, n) for flips in (0.05, 0.1, 0.2, 0.3)]
    assert found == pytest.approx(row, abs=0.06)


@pytest.mark.parametrize("delta", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("variance", [0.02, 0.25])
def test_needed_oracle(variance: float, delta: float) -> None:
    expected = normal_power(delta / math.sqrt(variance), needed(variance, delta), 0.05, alternative="larger")
    assert expected == pytest.approx(0.8, abs=0.03) or needed(variance, delta) < 20
    assert detectable(variance, needed(variance, delta)) <= delta * (1 + 1e-9)


def test_needed_published() -> None:
    """Miller (2024), section 5: omega^2 = 1/9, two-sided 5 % and 80 % power, 3 points: 969 questions."""
    assert needed(1 / 9, 0.03, alpha=0.025) == 969


@pytest.mark.parametrize(("n", "chance"), [(100, 0.21), (500, 0.65), (1000, 0.90)])
def test_outcomes_without_a_change(n: int, chance: float) -> None:
    found = Outcomes.of(n, 0.03, alpha=0.05, fail_alpha=0.05)
    passed, failed = found.chances(0.1, 0.0)
    assert (passed, failed <= 0.05) == (pytest.approx(chance, abs=0.01), True)
    assert found.chances(0.1, -0.03)[0] <= 0.05
    assert found.chances(0.0, 0.0) == (pytest.approx(float(n >= 104)), 0.0)


def test_kappa_published() -> None:
    """Cohen (1960) as in Fleiss, Levin, Paik (2003), table 18.1: two raters, three categories, kappa = .676."""
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    pairs = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)]
    found = cohen_kappa([str(a) for a, _ in pairs], [str(b) for _, b in pairs], draws=200)
    assert found.value == pytest.approx(0.676, abs=5e-4)
    assert found.low < found.value < found.high


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_oracle(weights: str) -> None:
    rng = np.random.default_rng(2)
    first = rng.integers(0, 4, 80)
    second = np.where(rng.random(80) < 0.6, first, rng.integers(0, 4, 80))
    table = np.zeros((4, 4))
    np.add.at(table, (first, second), 1)
    kind = {"none": None, "linear": "linear", "quadratic": "quadratic"}[weights]
    found = cohen_kappa([*map(str, first)], [*map(str, second)], weights=weights, draws=20)  # type: ignore[arg-type]
    assert found.value == pytest.approx(sm_kappa(table, wt=kind).kappa)


@pytest.mark.parametrize(
    ("first", "second", "positions"), [([], [], None), (["a"], ["a", "b"], None), (["a"], ["x"], {"a": 0.0, "b": 1.0})]
)
def test_kappa_refuses(first: list[str], second: list[str], positions: dict[str, float] | None) -> None:
    with pytest.raises(ValueError, match=r"compared|not one of"):
        cohen_kappa(first, second, positions=positions)


def stream(flips: float, delta: float, n: int, rng: np.random.Generator) -> np.ndarray:
    u = rng.random(n)
    up = (flips + delta) / 2
    return np.where(u < up, 1.0, np.where(u < flips, -1.0, 0.0))


def stops(flips: float, delta: float, *, runs: int, n: int, margin: float = 0.03) -> list[float]:
    rng = np.random.default_rng(11)
    found = []
    for _ in range(runs):
        process = EProcess(margin, alpha=0.01)
        at = math.inf
        for value in stream(flips, delta, n, rng):
            process.add(value)
            if process.rejects:
                at = process.units
                break
        found.append(at)
    return found


@pytest.mark.parametrize(("flips", "delta"), [(0.1, 0.0), (0.1, -0.03), (0.03, -0.03), (0.3, -0.03)])
def test_no_false_alarm(flips: float, delta: float) -> None:
    """Alpha is .01; 300 streams of 400 looks each may raise at most 8 (p < .01 of more)."""
    assert sum(at < math.inf for at in stops(flips, delta, runs=300, n=400)) <= 8


def test_clusters_weigh_by_their_samples() -> None:
    process = EProcess(0.03, alpha=0.01, largest=4)
    for _ in range(60):
        process.add(-4.0, 4)
        process.add(0.0, 1)
    assert process.rejects
    assert process.units == 120


@pytest.mark.parametrize(
    ("margin", "alpha", "largest"), [(-0.1, 0.01, 1), (1.0, 0.01, 1), (0.1, 0.0, 1), (0.1, 1.0, 1), (0.1, 0.1, 0)]
)
def test_eprocess_refuses(margin: float, alpha: float, largest: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        EProcess(margin, alpha=alpha, largest=largest)


@pytest.mark.parametrize(("difference", "size"), [(1.5, 1), (math.nan, 1), (0.0, 3)])
def test_eprocess_refuses_values(difference: float, size: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        EProcess(0.03, alpha=0.01, largest=2).add(difference, size)


@pytest.mark.parametrize(("flips", "clustered"), [(0.05, False), (0.1, False), (0.05, True)])
def test_as_many_pairs_as_needed_pass_with_the_promised_chance(flips: float, clustered: bool) -> None:
    """The normal approximation alone promises 80 % where a gate of rare flips passes with 57 %."""
    how = {"alpha": 0.05, "fail_alpha": 0.04, "clustered": clustered}
    n = pairs_to_pass(flips, 0.08, **how)
    chances = [Outcomes.of(size, 0.08, **how).chances(flips, 0.0)[0] for size in (n, round(0.85 * n))]
    assert chances[0] >= 0.8 > chances[1]
