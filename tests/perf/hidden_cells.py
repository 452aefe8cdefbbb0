"""How often the interval of an overall score holds the truth when some benchmarks of a model are hidden.

python -m tests.perf.hidden_cells [RUNS]

Models answer questions right with a logit of slope(benchmark) * ability(model) + ease(benchmark) +
interaction(model, benchmark) + ease(question). Three quarters of the models lack a share of the benchmarks: either any,
or those that flatter them least: the strong models lack easy ones, the weak ones hard ones. The truth is the mean over
all benchmarks of what a model would score on endless questions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from mmeval.stats.ranking import Table, rank_partial

Floats = NDArray[np.float64]
POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
"""Quadrature over the ease of questions, which is standard normal."""


class Measured(NamedTuple):
    """What became of the models with hidden benchmarks, over all runs."""

    covered: float
    """Share of their intervals that hold the truth."""
    half: float
    """Mean half of an interval, in points."""
    false: float
    """Share of boards on which a model is said to be better than one that is truly better."""


@dataclass(frozen=True)
class Hidden:
    """One cell of the grid."""

    models: int
    benchmarks: int
    interaction: float
    slope: float
    hidden: float
    chosen: bool
    """Whether the hidden benchmarks are those of the other kind."""
    samples: int = 100

    def seen(self, abilities: Floats, eases: Floats, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Which model was run on which benchmark; shape (models, benchmarks)."""
        seen = np.ones((self.models, self.benchmarks), dtype=bool)
        few = max(1, round(self.hidden * self.benchmarks))
        for model in rng.permutation(self.models)[: self.models * 3 // 4]:
            side = np.sign(abilities[model]) * eases + rng.normal(0, 0.3, self.benchmarks)
            seen[model, np.argsort(-side)[:few] if self.chosen else rng.permutation(self.benchmarks)[:few]] = False
        return seen

    def board(self, rng: np.random.Generator) -> tuple[list[Table], NDArray[np.bool_], Floats]:
        """Scores, which cells are seen, and the true overall scores."""
        abilities, eases = rng.normal(0, 1, self.models), rng.normal(0.5, 1, self.benchmarks)
        slopes = np.exp(rng.normal(0, self.slope, self.benchmarks))
        shape = (self.models, self.benchmarks)
        logits = abilities[:, None] * slopes + eases + rng.normal(0, self.interaction, shape)
        seen = self.seen(abilities, eases, rng)
        tables = []
        for b in range(self.benchmarks):
            right = expit(logits[:, b, None] + rng.normal(0, 1, self.samples))
            tables.append(Table((rng.random(right.shape) < right).astype(float)[seen[:, b]]))
        truth = expit(logits[..., None] + POINTS) @ (WEIGHTS / WEIGHTS.sum())
        return tables, seen, truth.mean(axis=1)

    def measure(self, runs: int, *, seed: int = 0) -> Measured:
        """Draw boards, and look at the models that lack benchmarks."""
        rng = np.random.default_rng(seed)
        covered, halves, false = [], [], []
        for _ in range(runs):
            tables, seen, truth = self.board(rng)
            made = rank_partial(tables, [column.nonzero()[0] for column in seen.T], self.models, draws=2)
            assert made is not None
            lacks = ~seen.all(axis=1)
            off = np.abs(made.ranking.scores - truth)
            covered.append((off <= made.halves)[lacks].mean())
            halves.append(made.halves[lacks].mean())
            false.append(bool((made.ranking.better & (truth[:, None] < truth[None, :])).any()))
        return Measured(float(np.mean(covered)), 100 * float(np.mean(halves)), float(np.mean(false)))


def grid() -> Iterator[Hidden]:
    """All cells."""
    for (models, width), *rest in product(
        [(4, 5), (6, 9), (12, 8), (30, 20)], [0.1, 0.4, 0.8], [0.0, 0.3], [0.25, 0.5], [False, True]
    ):
        yield Hidden(models, width, *rest)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print("models x benchmarks | interaction | worst coverage | mean coverage | mean half | worst false better")
    found: dict[tuple[int, int, float], list[Measured]] = {}
    for cell in grid():
        key = (cell.models, cell.benchmarks, cell.interaction)
        found.setdefault(key, []).append(cell.measure(runs))
    for (models, width, interaction), cells in found.items():
        worst, mean = min(one.covered for one in cells), np.mean([one.covered for one in cells])
        half, false = np.mean([one.half for one in cells]), max(one.false for one in cells)
        print(f"{models} x {width} | {interaction} | {worst:.1%} | {mean:.1%} | {half:.1f} | {false:.1%}")


if __name__ == "__main__":
    main()
