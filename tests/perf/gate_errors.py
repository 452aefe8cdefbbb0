"""How often the gate is wrong: simulated changes through the same rule, e-process and Holm that decide.

    python -m tests.perf.gate_errors            # the tables of docs/gate.md, about fifteen minutes
    python -m tests.perf.gate_errors --runs 200 # a quick look

Where samples are independent and the gate has one benchmark, all outcomes are enumerated and the rates are exact;
elsewhere they are simulated, and the e-process can fail too.

A simulated sample flips with probability `flips`; its flips are losses and gains such that the mean moves by `delta`.
In clusters of five, three in ten clusters answer all their samples alike.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from mmeval.gate.decide import passes_unchanged, rule
from mmeval.stats.intervals import z_quantile
from mmeval.stats.multiplicity import holm
from mmeval.stats.paired import CONTINUITY, Difference, difference, mcnemar, tango_z
from mmeval.stats.sequential import EProcess

ALPHA, EARLY = 0.05, 0.01
ALIKE = 0.3
"""Share of clusters whose samples all change together."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """One situation."""

    n: int
    flips: float
    margin: float = 0.03
    cluster: int = 1
    benchmarks: int = 1


@dataclass(frozen=True)
class Rates:
    """Shares of simulated gates."""

    passed: float
    failed: float
    early: float


def draw(cell: Cell, delta: float, rng: np.random.Generator) -> Floats:
    """Differences of one benchmark, clusters contiguous; shape (n,)."""
    units = cell.n // cell.cluster
    up = (cell.flips + delta) / 2
    chance = rng.random((units, cell.cluster))
    chance = np.where(rng.random((units, 1)) < ALIKE, chance[:, :1], chance) if cell.cluster > 1 else chance
    return np.where(chance < up, 1.0, np.where(chance < cell.flips, -1.0, 0.0)).ravel()


def proven(d: Floats, cell: Cell, *, margin: float) -> int | None:
    """Samples after which the e-process proves the regression, or None."""
    process = EProcess(margin, alpha=EARLY, largest=cell.cluster)
    for i, total in enumerate(d.reshape(-1, cell.cluster).sum(axis=1).tolist()):
        process.add(total, cell.cluster)
        if process.rejects:
            return (i + 1) * cell.cluster
    return None


def gate(cell: Cell, delta: float, rng: np.random.Generator) -> tuple[str, bool]:
    """One gate: the first benchmark has changed by `delta`, the others not at all."""
    clusters = None if cell.cluster == 1 else (np.arange(cell.n) // cell.cluster).tolist()
    drawn = [draw(cell, delta if i == 0 else 0.0, rng) for i in range(cell.benchmarks)]
    early = any(proven(d, cell, margin=cell.margin) is not None for d in drawn)
    found: list[Difference] = [difference(d, clusters, level=1 - 2 * ALPHA) for d in drawn]
    adjusted = holm([delta.p_worse for delta in found]).tolist()
    decisions = [rule(x, cell.margin, p, alpha=ALPHA) for x, p in zip(found, adjusted, strict=True)]
    if early or "fail" in decisions:
        return "fail", early
    return ("pass" if set(decisions) == {"pass"} else "inconclusive"), early


def simulate(cell: Cell, delta: float, *, runs: int, seed: int) -> Rates:
    """Shares of PASS, FAIL (early ones too) and early FAIL over `runs` gates."""
    rng = np.random.default_rng([seed, cell.n, round(1000 * cell.flips), cell.cluster, cell.benchmarks])
    made = [gate(cell, delta, rng) for _ in range(runs)]
    return Rates(
        passed=sum(decision == "pass" for decision, _ in made) / runs,
        failed=sum(decision == "fail" for decision, _ in made) / runs,
        early=sum(early for _, early in made) / runs,
    )


def exact(cell: Cell, delta: float) -> Rates:
    """The same rates from all outcomes of the trinomial, for independent samples and one benchmark."""
    n, up, down = cell.n, max(0.0, (cell.flips + delta) / 2), (cell.flips - delta) / 2
    most = min(n, int(n * max(up, down) + 8 * math.sqrt(n * max(up, down)) + 10))
    b, c = np.meshgrid(np.arange(most + 1), np.arange(most + 1), indexing="ij")
    rest = np.maximum(n - b - c, 0)
    log = gammaln(n + 1) - gammaln(b + 1) - gammaln(c + 1) - gammaln(rest + 1)
    log = log + xlogy(b, up) + xlogy(c, down) + xlogy(rest, 1 - cell.flips)
    chance = np.where(b + c <= n, np.exp(log), 0.0)
    crit = z_quantile(1 - ALPHA)
    passed = failed = 0.0
    for gains, losses in np.argwhere(chance > 1e-10).tolist():
        if tango_z(gains, losses, n, -cell.margin, continuity=CONTINUITY) > crit:
            passed += chance[gains, losses]
        elif gains < losses and mcnemar(gains, losses, alternative="less") <= ALPHA:
            failed += chance[gains, losses]
    return Rates(passed=passed, failed=failed, early=0.0)


def rates(cell: Cell, delta: float, *, runs: int, seed: int) -> Rates:
    """Exact where that is possible."""
    if cell.cluster == cell.benchmarks == 1:
        return exact(cell, delta)
    return simulate(cell, delta, runs=runs, seed=seed)


def early_median(drop: float, *, noise: float, runs: int, seed: int, margin: float = 0.03) -> float:
    """Median samples to an early FAIL, where `noise` of the samples flip beside the drop, half each way."""
    rng = np.random.default_rng([seed, round(1000 * drop)])
    cell = Cell(n=2000, flips=noise + drop, margin=margin)
    found = [proven(draw(cell, -drop, rng), cell, margin=margin) for _ in range(runs)]
    return float(np.median([np.inf if at is None else at for at in found]))


def cells() -> list[Cell]:
    """The grid of the table; a margin above the share of flips cannot be reached by a drop."""
    alone = [
        Cell(n, flips, min(0.03, flips))
        for n in (50, 100, 200, 500, 1000, 2000)
        for flips in (0.02, 0.05, 0.1, 0.2, 0.3)
    ]
    grouped = [
        Cell(n, flips, min(0.03, flips), cluster=5) for n in (200, 500, 1000, 2000) for flips in (0.02, 0.1, 0.3)
    ]
    several = [Cell(n, 0.1, 0.03, 1, many) for n in (200, 1000) for many in (5, 20)]
    return [*alone, *grouped, *several]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(
        "| samples | clusters of | flips | margin | benchmarks | passes a drop of the margin | fails no change | passes no change | unchanged can pass |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---|")
    for cell in cells():
        bad = rates(cell, -cell.margin, runs=given.runs, seed=given.seed)
        same = rates(cell, 0.0, runs=given.runs, seed=given.seed + 1)
        able = passes_unchanged([str(i // cell.cluster) for i in range(cell.n)], cell.margin, alpha=ALPHA)
        print(
            f"| {cell.n} | {cell.cluster} | {cell.flips:.0%} | {100 * cell.margin:g} | {cell.benchmarks} "
            f"| {bad.passed:.1%} | {same.failed:.1%} | {same.passed:.1%} | {'yes' if able else 'no'} |",
            flush=True,
        )
    print("\n| drop | 5 % flip besides | 10 % flip besides | none |\n|---:|---:|---:|---:|")
    for drop in (0.06, 0.1, 0.2, 0.4):
        medians = [
            early_median(drop, noise=noise, runs=min(given.runs, 1000), seed=given.seed) for noise in (0.05, 0.1, 0.0)
        ]
        print(f"| {100 * drop:g} points | {' | '.join(f'{m:.0f}' for m in medians)} |", flush=True)


if __name__ == "__main__":
    main()
