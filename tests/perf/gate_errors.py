"""How often the gate is wrong: simulated changes through the same rule, e-process and Holm that decide.

    python -m tests.perf.gate_errors            # the tables of docs/gate.md, about fifteen minutes
    python -m tests.perf.gate_errors --runs 200 # a quick look
    python -m tests.perf.gate_errors --only guards
    python -m tests.perf.gate_errors --tests    # why this test: the worst false passes of three tests

Where samples are independent and the gate has one benchmark, all outcomes are enumerated and the rates are exact;
elsewhere they are simulated, and the e-process can fail too.

A simulated sample flips with probability `flips`; its flips are losses and gains such that the mean moves by `delta`.
In clusters of five, three in ten clusters answer all their samples alike.

Guards limit four rates to +1 point each, in every benchmark. Partial scores mostly change a little, and a few samples
lose much, so that the mean drops by exactly the margin; where nothing has changed, gains and losses are alike.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from mmeval.gate.decide import passes_unchanged, rule
from mmeval.gate.guards import adjusted
from mmeval.gate.policy import Policy
from mmeval.gate.verdict import GuardResult
from mmeval.stats.bounded import p_above
from mmeval.stats.intervals import t_quantile, z_quantile
from mmeval.stats.multiplicity import holm
from mmeval.stats.outcomes import Outcomes
from mmeval.stats.paired import CONTINUITY, Difference, Units, difference, effective_tango, mcnemar, tango_z
from mmeval.stats.rises import rate_rise
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


def draw(cell: Cell, delta: float, rng: np.random.Generator, *, alike: float = ALIKE) -> Floats:
    """Differences of one benchmark, clusters contiguous; shape (n,)."""
    units = cell.n // cell.cluster
    up = (cell.flips + delta) / 2
    chance = rng.random((units, cell.cluster))
    chance = np.where(rng.random((units, 1)) < alike, chance[:, :1], chance) if cell.cluster > 1 else chance
    return np.where(chance < up, 1.0, np.where(chance < cell.flips, -1.0, 0.0)).ravel()


def proven(d: Floats, cell: Cell, *, margin: float) -> int | None:
    """Samples after which the e-process proves the regression, or None."""
    process = EProcess(margin, alpha=EARLY, largest=cell.cluster)
    for i, total in enumerate(d.reshape(-1, cell.cluster).sum(axis=1).tolist()):
        process.add(total, cell.cluster)
        if process.rejects:
            return (i + 1) * cell.cluster
    return None


def gate(cell: Cell, delta: float, rng: np.random.Generator, *, stops: bool = True) -> tuple[str, bool]:
    """One gate: the first benchmark has changed by `delta`, the others not at all; without `stops`, none ends early."""
    clusters = None if cell.cluster == 1 else (np.arange(cell.n) // cell.cluster).tolist()
    drawn = [draw(cell, delta if i == 0 else 0.0, rng) for i in range(cell.benchmarks)]
    early = stops and any(proven(d, cell, margin=cell.margin) is not None for d in drawn)
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


def outcomes(cell: Cell, delta: float) -> list[tuple[int, int, float]]:
    """All likely (gains, losses, chance) of independent samples."""
    n, up, down = cell.n, max(0.0, (cell.flips + delta) / 2), (cell.flips - delta) / 2
    most = min(n, int(n * max(up, down) + 8 * math.sqrt(n * max(up, down)) + 10))
    b, c = np.meshgrid(np.arange(most + 1), np.arange(most + 1), indexing="ij")
    rest = np.maximum(n - b - c, 0)
    log = gammaln(n + 1) - gammaln(b + 1) - gammaln(c + 1) - gammaln(rest + 1)
    log = log + xlogy(b, up) + xlogy(c, down) + xlogy(rest, 1 - cell.flips)
    chance = np.where(b + c <= n, np.exp(log), 0.0)
    likely = np.argwhere(chance > 1e-10)
    return [(int(i), int(j), float(chance[i, j])) for i, j in likely]


def exact(cell: Cell, delta: float) -> Rates:
    """The same rates from all outcomes of the trinomial, for independent samples and one benchmark."""
    crit, passed, failed = z_quantile(1 - ALPHA), 0.0, 0.0
    for gains, losses, chance in outcomes(cell, delta):
        if tango_z(gains, losses, cell.n, -cell.margin, continuity=CONTINUITY) > crit:
            passed += chance
        elif gains < losses and mcnemar(gains, losses, alternative="less") <= ALPHA:
            failed += chance
    return Rates(passed=passed, failed=failed, early=0.0)


def t_passes(d: Floats, cell: Cell) -> bool:
    """What the plain cluster-robust t interval would say."""
    sums = d.reshape(-1, cell.cluster).sum(axis=1)
    units = len(sums)
    error = math.sqrt(float(np.square(sums - sums.mean()).sum()) * units / (units - 1)) / cell.n
    return float(d.mean()) - t_quantile(1 - ALPHA, units - 1) * error > -cell.margin


def compare_tests(runs: int, seed: int) -> None:
    """Worst chance to pass a drop of the margin, over a grid, for three tests."""
    sizes, margins, shares = (
        (50, 75, 100, 150, 200, 300, 400, 500, 1000, 2000),
        (0.01, 0.02, 0.03, 0.04, 0.05, 0.1),
        (0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.2, 0.3),
    )
    grid = [Cell(n, flips, margin) for n in sizes for margin in margins for flips in shares if flips >= margin]
    crit, worst = z_quantile(1 - ALPHA), {"tango": (0.0, grid[0]), "tango, corrected": (0.0, grid[0])}
    for cell in grid:
        made = outcomes(cell, -cell.margin)
        for name, continuity in (("tango", 0.0), ("tango, corrected", CONTINUITY)):
            rate = sum(p for b, c, p in made if tango_z(b, c, cell.n, -cell.margin, continuity=continuity) > crit)
            worst[name] = max(worst[name], (rate, cell), key=lambda found: found[0])
    for name, (rate, cell) in worst.items():
        print(f"{name}: at most {rate:.1%} over {len(grid)} cells, at {cell}")
    rng = np.random.default_rng(seed)
    for cell, alike in ((Cell(50, 0.03), 0.0), (Cell(50, 0.05), 0.0), (Cell(50, 0.03, cluster=5), 1.0)):
        drawn = [draw(cell, -cell.margin, rng, alike=alike) for _ in range(runs)]
        clusters = (np.arange(cell.n) // cell.cluster).tolist()
        ours = sum(difference(d, clusters, level=1 - 2 * ALPHA).low > -cell.margin for d in drawn) / runs
        print(
            f"t interval: {sum(t_passes(d, cell) for d in drawn) / runs:.1%}, the gate {ours:.1%}, at {cell}, alike {alike}"
        )


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


SHARES = (0.02, 0.05, 0.1, 0.2, 0.3)


def groups() -> dict[str, list[list[Cell]]]:
    """The grid of the tables, row by row; a margin above the share of flips cannot be reached by a drop."""

    def row(n: int, cluster: int = 1, benchmarks: int = 1, shares: tuple[float, ...] = SHARES) -> list[Cell]:
        return [Cell(n, flips, min(0.03, flips), cluster, benchmarks) for flips in shares]

    return {
        "Independent samples": [row(n) for n in (50, 100, 200, 500, 1000, 2000)],
        "Clusters of five": [row(n, cluster=5, shares=(0.02, 0.1, 0.3)) for n in (200, 500, 1000, 2000)],
        "Several benchmarks": [row(n, benchmarks=many, shares=(0.1,)) for n in (200, 1000) for many in (5, 20)],
    }


def table(rows: list[list[Cell]], *, runs: int, seed: int) -> Iterator[str]:
    """False pass / false fail / pass when nothing changed; a star where unchanged answers would not pass."""
    heads = [f"{cell.flips:.0%} flip{', margin 2' if cell.margin == 0.02 else ''}" for cell in rows[0]]
    yield f"| samples | benchmarks | {' | '.join(heads)} |"
    yield f"|---:|---:|{'---:|' * len(heads)}"
    for row in rows:
        entries = []
        for cell in row:
            bad = rates(cell, -cell.margin, runs=runs, seed=seed)
            same = rates(cell, 0.0, runs=runs, seed=seed + 1)
            able = passes_unchanged([str(i // cell.cluster) for i in range(cell.n)], cell.margin, alpha=ALPHA)
            star = "" if able else "\\*"
            entries.append(f"{100 * bad.passed:.1f} / {100 * same.failed:.1f} / {100 * same.passed:.0f}{star}")
        yield f"| {row[0].n} | {row[0].benchmarks} | {' | '.join(entries)} |"


POLICY = Policy.model_validate({"version": 1, "guards": {"refusal_rate": "+1pp"}, "benchmarks": {"one": {}}})
"""For the shares of alpha that a gate with guards gives to scores and guards."""


@dataclass(frozen=True)
class Guarded:
    """A gate with four guards on each benchmark."""

    n: int
    benchmarks: int
    rate: float
    """Share of replies that each guard counts, in both runs; half of them are the same samples."""
    rise: float = 0.0
    """True rise of every one of these rates."""

    def guards(self, rng: np.random.Generator) -> list[list[GuardResult]]:
        """What the guards of every benchmark measure."""
        moves = (self.rate / 2 + self.rise, self.rate / 2)
        drawn = rng.multinomial(self.n, [*moves, 1 - sum(moves)], size=(self.benchmarks, 4))
        return [[_guard(int(up), int(down), self.n) for up, down, _ in one] for one in drawn]

    def gate(self, rng: np.random.Generator) -> tuple[bool, bool]:
        """Whether the scores, and whether the guards, fail a gate whose scores have not changed (10 % flip)."""
        drawn = [difference(draw(Cell(self.n, 0.1), 0.0, rng), level=1 - 2 * ALPHA) for _ in range(self.benchmarks)]
        adjusted_p = holm([delta.p_worse for delta in drawn]).tolist()
        scores = [rule(x, 0.03, p, alpha=POLICY.score_alpha) for x, p in zip(drawn, adjusted_p, strict=True)]
        found = adjusted(self.guards(rng), alpha=POLICY.guard_alpha)
        return "fail" in scores, any(guard.decision == "fail" for one in found for guard in one)

    def measure(self, runs: int, *, seed: int) -> tuple[float, float, float]:
        """Shares of gates that fail: by scores, by guards, and in all."""
        rng = np.random.default_rng([seed, self.n, self.benchmarks, round(1000 * self.rate), round(1000 * self.rise)])
        made = np.array([self.gate(rng) for _ in range(runs)])
        return float(made[:, 0].mean()), float(made[:, 1].mean()), float(made.any(axis=1).mean())


@cache
def _guard(up: int, down: int, n: int) -> GuardResult:
    p = rate_rise(up, down, n, 0.01)
    return GuardResult(
        rule="rate", decision="pass", unit="share", base=None, candidate=None, limit=0.01, p_value=p,
    )  # fmt: skip


def guarded() -> list[list[Guarded]]:
    """Unchanged models, models at the limit of all guards, and models that are beyond it, row by row."""
    return [
        [Guarded(n, benchmarks, rate, rise) for rate in (0.005, 0.02, 0.1)]
        for rise in (0.0, 0.01, 0.05)
        for benchmarks in (1, 8)
        for n in (200, 1000)
    ]


def guard_table(*, runs: int, seed: int) -> Iterator[str]:
    """Shares of gates that fail by their scores / by their guards / in all."""
    heads = [f"{100 * cell.rate:g} % before" for cell in guarded()[0]]
    yield f"| rise of every rate | benchmarks | samples | {' | '.join(heads)} |"
    yield f"|---:|---:|---:|{'---:|' * len(heads)}"
    for row in guarded():
        entries = [" / ".join(f"{100 * share:.1f}" for share in cell.measure(runs, seed=seed)) for cell in row]
        yield f"| {100 * row[0].rise:g} | {row[0].benchmarks} | {row[0].n} | {' | '.join(entries)} |"


@dataclass(frozen=True)
class Partial:
    """Partial scores: `share` of the samples lose `loss`, the others gain or lose what is left to a drop of the margin."""

    n: int
    share: float
    loss: float
    margin: float = 0.03

    def draw(self, rng: np.random.Generator) -> Floats:
        """Differences whose mean is the margin; shape (n,)."""
        gain = (self.share * self.loss - self.margin) / (1 - self.share)
        return np.where(rng.random(self.n) < self.share, -self.loss, 2 * gain * rng.random(self.n))

    def unchanged(self, rng: np.random.Generator) -> Floats:
        """Differences of two runs of one model: large ones either way."""
        return np.where(rng.random(self.n) < self.share, self.loss, 0.02) * rng.choice([-1, 1], self.n)

    def measure(self, runs: int, *, seed: int) -> tuple[float, float, float]:
        """Shares of a PASS at a drop of the margin, by the gate and by Tango's bound, and of a FAIL if unchanged."""
        rng = np.random.default_rng([seed, self.n, round(1000 * self.share), round(100 * self.loss)])
        drawn = [self.draw(rng) for _ in range(runs)]
        passed = sum(p_above(d, -self.margin, -1, 1) < ALPHA for d in drawn)
        tango = sum(effective_tango(Units.of(d, None), level=1 - 2 * ALPHA).low > -self.margin for d in drawn)
        failed = sum(p_above(-self.unchanged(rng), 0, -1, 1) < ALPHA for _ in range(runs))
        return passed / runs, tango / runs, failed / runs


def partials() -> list[Partial]:
    """Rare losses of all, and common ones of half."""
    return [
        Partial(n, share, loss)
        for n in (100, 200, 500)
        for share, loss in ((0.01, 1), (0.02, 1), (0.05, 1), (0.1, 0.5))
    ]


def partial_table(*, runs: int, seed: int) -> Iterator[str]:
    """False passes of partial scores with rare large losses, and false fails."""
    yield "| samples | lose | how much | false pass | with Tango's bound | false fail |"
    yield "|---:|---:|---:|---:|---:|---:|"
    for cell in partials():
        shares = " | ".join(f"{100 * share:.1f}" for share in cell.measure(runs, seed=seed))
        yield f"| {cell.n} | {100 * cell.share:g} % | {cell.loss:g} | {shares} |"


def green_table() -> Iterator[str]:
    """Chance that a gate of one benchmark ends green, if INCONCLUSIVE is red / green too; margin 3, 10 % flip."""
    yield "| samples | no drop | half the margin | the margin | twice the margin |"
    yield "|---:|---:|---:|---:|---:|"
    for n in (200, 500, 1000, 2000):
        found = Outcomes.of(n, 0.03, alpha=ALPHA, fail_alpha=ALPHA)
        chances = [found.chances(0.1, -drop) for drop in (0.0, 0.015, 0.03, 0.06)]
        yield f"| {n} | {' | '.join(f'{100 * passed:.0f} / {100 - 100 * failed:.0f}' for passed, failed in chances)} |"


def early_table(*, runs: int, seed: int) -> Iterator[str]:
    """Median samples until a drop is proven."""
    yield "| drop | 5 % flip besides | 10 % flip besides | none |"
    yield "|---:|---:|---:|---:|"
    for drop in (0.06, 0.1, 0.2, 0.4):
        medians = [early_median(drop, noise=noise, runs=min(runs, 1000), seed=seed) for noise in (0.05, 0.1, 0.0)]
        yield f"| {100 * drop:g} points | {' | '.join(f'{m:.0f}' for m in medians)} |"


def tables(runs: int, seed: int) -> dict[str, Iterator[str]]:
    """Every table by its title, line by line."""
    made = {title: table(group, runs=runs, seed=seed) for title, group in groups().items()}
    return {
        **made,
        "Guards": guard_table(runs=runs, seed=seed),
        "Partial scores": partial_table(runs=min(runs, 1000), seed=seed),
        "Green": green_table(),
        "Early": early_table(runs=runs, seed=seed),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--only", default="", help="only the tables whose title has this word")
    given = parser.parse_args()
    if given.tests:
        compare_tests(given.runs, given.seed)
        return
    for title, lines in tables(given.runs, given.seed).items():
        if given.only.lower() in title.lower():
            print(f"\n{title}\n")
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main()
