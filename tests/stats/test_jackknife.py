"""Pseudo-values against a hand-computed case, and against the mean, whose pseudo-values are the means of the groups."""

from __future__ import annotations

import numpy as np
import pytest

from mmeval.stats.jackknife import GROUPS, deal, pseudo_values
from mmeval.stats.ranking import Table, rank


def test_by_hand() -> None:
    """F1 of (hits, answered, gold) by group: (2, 3, 2), (0, 1, 1), (1, 1, 2), all together 2 * 3 / (5 + 5)."""
    groups = [(2, 3, 2), (0, 1, 1), (1, 1, 2)]

    def f1(rows: list[tuple[int, int, int]]) -> float:
        hits, answered, gold = (sum(column) for column in zip(*rows, strict=True))
        return 2 * hits / (answered + gold)

    without = [f1([g for j, g in enumerate(groups) if j != i]) for i in range(3)]
    assert without == [2 * 1 / 5, 2 * 3 / 8, 2 * 2 / 7]
    # 3 * 0.6 - 2 * (0.4, 0.75, 4/7) = (1.0, 0.3, 0.657143), mean 0.652381: moved by -0.052381 to 0.6
    assert pseudo_values(f1(groups), without) == pytest.approx([0.947619, 0.247619, 0.604762], abs=1e-6)


@pytest.mark.parametrize("size", [1, 5])
def test_of_a_mean_they_are_the_group_means(size: int) -> None:
    values = np.random.default_rng(3).random((GROUPS, size))
    without = [np.delete(values, g, axis=0).mean() for g in range(GROUPS)]
    assert pseudo_values(values.mean(), without) == pytest.approx(list(values.mean(axis=1)))


def test_their_mean_is_the_number_that_is_shown() -> None:
    assert sum(pseudo_values(0.7, [0.1, 0.9, 0.4])) / 3 == pytest.approx(0.7)
    with pytest.raises(ValueError, match="two groups"):
        pseudo_values(0.7, [0.5])


def test_dealing() -> None:
    names = [f"image-{i // 3}" for i in range(300)]
    groups = dict(zip(names, deal(names), strict=True))
    assert sorted(set(groups.values())) == list(range(GROUPS))
    sizes = [list(groups.values()).count(g) for g in range(GROUPS)]
    assert max(sizes) - min(sizes) == 1, "clusters are dealt evenly"
    assert dict(zip(names[::-1], deal(names[::-1]), strict=True)) == groups, "whatever their order"
    assert len(set(deal(["a", "b", "a", "c"]))) == 3, "fewer clusters than groups: each alone"


def test_many_samples_beside_few_pseudo_values_bring_back_the_freedom() -> None:
    draw = np.random.default_rng(6)
    few, many = Table(draw.normal(0, 1, (6, 12))), Table(draw.normal(0, 9, (6, 500)))
    alone, both = rank([few], draws=50), rank([few, many], draws=50)
    assert alone.freedom == pytest.approx(11)
    assert alone.freedom < both.freedom < 499
    assert rank([many], draws=50).freedom == pytest.approx(499)


def test_false_alarms_stay_rare_among_equal_models() -> None:
    """20 equal models with 40 pseudo-values each: all pairs together are wrong in at most about one of twenty tables."""
    draw = np.random.default_rng(7)
    wrong = sum(rank([Table(draw.normal(0, 1, (20, 40)))], draws=200).better.any() for _ in range(100))
    assert wrong <= 12
