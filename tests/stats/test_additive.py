"""Overall scores with benchmarks missing: against known values, and by hiding cells."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.special import expit, logit

from mmeval.stats.additive import Scores, additive
from mmeval.stats.ranking import Table, rank, rank_partial
from tests.perf.hidden_cells import Hidden


def exact(logits: np.ndarray, seen: np.ndarray) -> list[Scores]:
    """Scores without noise."""
    columns = [column.nonzero()[0] for column in seen.T]
    return [
        Scores(rows, expit(logits[rows, b]), partial(np.zeros, (len(rows), len(rows))), 1e9)
        for b, rows in enumerate(columns)
    ]


def test_without_noise_and_interaction_the_hidden_cell_is_found() -> None:
    logits = np.array([0.5, -0.3, 1.1])[:, None] + np.array([0.0, 1.0, -0.5, 0.2])
    seen = np.ones((3, 4), dtype=bool)
    seen[0, 1] = seen[2, 3] = False
    found = additive(exact(logits, seen), 3)
    assert found is not None
    assert logit(found.filled) == pytest.approx(logits, abs=1e-5)


def test_a_complete_table_is_left_as_it_is() -> None:
    scores = (np.random.default_rng(1).random((4, 3, 80)) < 0.6).astype(float)
    tables = [Table(scores[:, b]) for b in range(3)]
    made, plain = rank_partial(tables, [np.arange(4)] * 3, 4), rank(tables)
    assert made is not None
    assert made.ranking.scores == pytest.approx(plain.scores)
    assert made.ranking.errors == pytest.approx(plain.errors)
    assert (made.ranking.better == plain.better).all()


def test_a_missing_benchmark_widens_the_interval() -> None:
    scores = (np.random.default_rng(2).random((6, 5, 100)) < np.linspace(0.3, 0.8, 6)[:, None, None]).astype(float)
    tables = [Table(scores[:, b] if b else scores[1:, b]) for b in range(5)]
    made = rank_partial(tables, [np.arange(1, 6), *[np.arange(6)] * 4], 6)
    assert made is not None
    assert made.halves[0] > 1.02 * made.halves[1:].max()


@pytest.mark.parametrize(
    "seen",
    [
        [[1, 0], [1, 1]],  # no residual is left
        [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]],  # no common model
    ],
    ids=["no-residual", "two-islands"],
)
def test_what_cannot_be_predicted_is_not(seen: list[list[int]]) -> None:
    which = np.array(seen, dtype=bool)
    assert additive(exact(np.zeros(which.shape), which), len(which)) is None


@pytest.mark.parametrize(
    "cell",
    [Hidden(6, 9, 0.4, 0.3, 0.25, False), Hidden(12, 8, 0.8, 0.3, 0.5, False), Hidden(12, 8, 0.1, 0.0, 0.5, True)],
    ids=["few-models", "strong-interactions", "chosen-benchmarks"],
)
def test_hidden_cells_are_covered(cell: Hidden) -> None:
    found = cell.measure(60)
    assert found.covered >= 0.93
    assert found.false <= 0.1
    assert found.half < 15
