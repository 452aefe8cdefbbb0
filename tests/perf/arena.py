"""How often arena ratings are wrong, and how long they take.

python -m tests.perf.arena
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from mmeval.stats.bradley_terry import SCALE, Battles, fit_ratings

RUNS = 400
SHAPES = ((4, 100, 5, 0.0), (4, 400, 10, 0.5), (8, 800, 20, 0.5), (8, 4000, 200, 0.5), (20, 10_000, 500, 0.5))
"""Models, votes, voters, and how much voters' tastes differ (standard deviation in log odds)."""


def draw(rng: np.random.Generator, strengths: np.ndarray, votes: int, voters: int, taste: float) -> Battles:
    """Votes of voters with a taste of their own; 15 % are ties."""
    models = len(strengths)
    first = rng.integers(0, models, votes)
    second = (first + rng.integers(1, models, votes)) % models
    voter = rng.integers(0, voters, votes)
    liking = strengths + rng.normal(0, taste, (voters, models)) if taste else np.tile(strengths, (voters, 1))
    chance = 1 / (1 + np.exp(liking[voter, second] - liking[voter, first]))
    outcome = np.where(rng.random(votes) < 0.15, 0.5, rng.random(votes) < chance)
    return Battles(first=first, second=second, outcome=outcome, voters=voter, covariates=np.zeros((votes, 0)))


def shares(models: int, votes: int, voters: int, taste: float) -> Sequence[str]:
    """Of boards with a false separation, of intervals that cover, of boards that find a gap of 50 points."""
    rng = np.random.default_rng(1)
    equal = [fit_ratings(draw(rng, np.zeros(models), votes, voters, taste), models) for _ in range(RUNS)]
    gap = np.zeros(models)
    gap[0] = 50 / SCALE
    apart = [fit_ratings(draw(rng, gap, votes, voters, taste), models) for _ in range(RUNS)]
    wrong = np.mean([fit.better().any() for fit in equal])
    covered = np.mean([np.abs(fit.points - 1000) <= fit.margins() for fit in equal])
    found = np.mean([fit.better()[0].any() for fit in apart])
    width = np.mean([fit.margins().mean() for fit in equal])
    shape = (f"{models}", f"{votes:,}", f"{voters}", f"{taste:g}")
    return (*shape, f"{100 * wrong:.1f} %", f"{100 * covered:.1f} %", f"± {width:.0f}", f"{100 * found:.0f} %")


def main() -> None:
    """Print the table of errors and the time of a large fit."""
    heads = ("models", "votes", "voters", "taste", "false separation", "coverage", "half width", "50 points found")
    for row in (heads, ("---",) * len(heads), *(shares(*shape) for shape in SHAPES)):
        print("|", " | ".join(row), "|")
    rng = np.random.default_rng(2)
    battles = draw(rng, rng.normal(0, 0.5, 100), 1_000_000, 20_000, 0.0)
    start = time.perf_counter()
    fit_ratings(battles, 100)
    print(f"1,000,000 votes x 100 models: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
