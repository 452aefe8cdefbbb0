"""The gate is seldom wrong: a small part of the simulation whose whole table is in docs/gate.md."""

from __future__ import annotations

import math

import pytest

from tests.perf.gate_errors import Cell, Guarded, Partial, early_median, simulate

RUNS = 200
MOST = 0.05 + 2.6 * math.sqrt(0.05 * 0.95 / RUNS)
"""A true rate of 5 % exceeds this once in 200 tests."""
CELLS = [Cell(200, 0.05), Cell(500, 0.1), Cell(1000, 0.3), Cell(500, 0.1, cluster=5), Cell(300, 0.1, benchmarks=5)]


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_false_decisions(cell: Cell) -> None:
    assert simulate(cell, -cell.margin, runs=RUNS, seed=1).passed <= MOST
    assert simulate(cell, 0.0, runs=RUNS, seed=2).failed <= MOST


@pytest.mark.parametrize("cell", [Guarded(200, 2, 0.02), Guarded(300, 1, 0.02, 0.01)], ids=str)
def test_guards_seldom_fail_a_gate_that_they_should_not(cell: Guarded) -> None:
    """Neither if nothing has changed, nor if every rate rose to its limit."""
    _, guards, gate = cell.measure(RUNS, seed=1)
    assert gate <= MOST
    assert guards <= 0.01 + 2.6 * math.sqrt(0.01 * 0.99 / RUNS)


def test_guards_see_a_rise() -> None:
    assert Guarded(300, 1, 0.02, 0.05).measure(50, seed=1)[1] >= 0.8


@pytest.mark.slow
def test_rare_large_losses_do_not_pass() -> None:
    """A bound that trusts the variance seen passes one in ten of these."""
    passed, tango, failed = Partial(200, 0.02, 1).measure(RUNS, seed=1)
    assert max(passed, failed) <= MOST
    assert passed < tango


def test_true_decisions() -> None:
    """A gate that never decides would pass the test above."""
    assert simulate(Cell(1000, 0.05), 0.0, runs=50, seed=3).passed >= 0.9
    assert simulate(Cell(1000, 0.12), -0.06, runs=50, seed=4).failed >= 0.9


@pytest.mark.parametrize(("drop", "most"), [(0.1, 256), (0.2, 83), (0.4, 36)])
def test_early_fail_medians(drop: float, most: int) -> None:
    assert early_median(drop, noise=0.05, runs=200, seed=1) <= most
