"""From votes to a table of ratings: overall and by category, as they are and with style taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mmeval.arena.style import COUNTS, contrasts
from mmeval.arena.vote import OUTCOMES, Vote
from mmeval.errors import DataError
from mmeval.stats.bradley_terry import SCALE, Battles, Ratings, fit_ratings
from mmeval.stats.ranking import rank_ranges, tiers

__all__ = ["ArenaRow", "ArenaTable", "battles_of", "fit_table", "tables_of"]

FEW = 100
"""Below so many votes a category is not rated by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArenaRow:
    """One model's rating. Points are on the scale of Elo: 400 more are odds of ten to one."""

    model: str
    rating: float
    low: float
    high: float
    """95 % interval."""
    best: int
    worst: int
    """Range of ranks: models that are shown to be better, and worse, at a joint level of 95 %."""
    tier: int
    votes: int
    group: int
    """Models of different groups never met, directly or through others: their ratings do not compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArenaTable:
    """Ratings from one selection of votes, best first."""

    category: str
    """Empty: all votes."""
    styled: bool
    """Whether the effects of style and side are taken out."""
    rows: Sequence[ArenaRow]
    votes: int
    voters: int
    effects: Mapping[str, float]
    """Points per standard deviation of a style count, and of being shown first."""
    wins: Sequence[Sequence[float | None]]
    """wins[i][j]: share of the votes between rows i and j that i won, ties as half; None: they never met."""


def fit_table(
    votes: Sequence[Vote], *, category: str = "", styled: bool = False, outcomes: Sequence[float] | None = None
) -> ArenaTable:
    """Rate the models of some votes.

    Args:
        votes: each counts once.
        category: rate by the votes of this category alone.
        styled: take out the effects of style and side.
        outcomes: what each vote counts for its `model_a`, instead of OUTCOMES; for all votes, not for a category.

    Raises:
        DataError: there are fewer than two voters or no votes at all.
    """
    chosen = [vote for vote in votes if not category or category in vote.category]
    names = sorted({name for vote in chosen for name in (vote.model_a, vote.model_b)})
    voters = len({vote.voter for vote in chosen})
    if voters < 2:
        raise DataError(
            f"{len(chosen)} votes of {voters} voters: ratings need at least two voters, "
            "because one person's votes say nothing about how people differ"
        )
    battles = battles_of(chosen, names, styled=styled)
    found = fit_ratings(battles if outcomes is None else replace(battles, outcome=np.array(outcomes)), len(names))
    met = _meetings(battles, len(names))
    return ArenaTable(
        category=category,
        styled=styled,
        rows=_rows(names, found, met),
        votes=len(chosen),
        voters=voters,
        effects={name: float(SCALE * effect) for name, effect in zip(("first", *COUNTS), found.effects, strict=False)},
        wins=_shares(battles, met, np.argsort(-found.strengths, kind="stable")),
    )


def tables_of(votes: Sequence[Vote]) -> list[ArenaTable]:
    """The table of all votes, then of each category with enough votes; each also without style, where it is known."""
    counted = Counter(name for vote in votes for name in vote.category)
    chosen = ["", *sorted(name for name, count in counted.items() if count >= FEW)]
    known = any(vote.style_a or vote.style_b for vote in votes)
    return [
        fit_table(votes, category=name, styled=styled)
        for name in chosen
        for styled in ((False, True) if known else (False,))
    ]


def battles_of(votes: Sequence[Vote], names: Sequence[str], *, styled: bool) -> Battles:
    """Votes as arrays, with models numbered as in `names`; with the style and the side as covariates if `styled`."""
    models = {name: index for index, name in enumerate(names)}
    voters = {voter: index for index, voter in enumerate(dict.fromkeys(vote.voter for vote in votes))}
    covariates = np.zeros((len(votes), 0))
    if styled:
        looks = contrasts([vote.style_a for vote in votes], [vote.style_b for vote in votes])
        covariates = np.column_stack([np.ones(len(votes)), looks])  # the constant is what being shown first is worth
    return Battles(
        first=np.array([models[vote.model_a] for vote in votes]),
        second=np.array([models[vote.model_b] for vote in votes]),
        outcome=np.array([OUTCOMES[vote.winner] for vote in votes]),
        voters=np.array([voters[vote.voter] for vote in votes]),
        covariates=covariates,
    )


def _meetings(battles: Battles, models: int) -> NDArray[np.float64]:
    """Number of votes between two models, a symmetric matrix."""
    counts = np.bincount(battles.first * models + battles.second, minlength=models * models).reshape(models, models)
    met: NDArray[np.float64] = (counts + counts.T).astype(np.float64)
    return met


def _rows(names: Sequence[str], found: Ratings, met: NDArray[np.float64]) -> list[ArenaRow]:
    from scipy.sparse.csgraph import connected_components

    groups = connected_components(met, directed=False)[1]
    better = found.better() & (groups[:, None] == groups[None, :])
    best, worst = rank_ranges(better)
    tier = tiers(found.strengths, better)
    points, margins = found.points, found.margins()
    return [
        ArenaRow(
            model=names[i],
            rating=float(points[i]),
            low=float(points[i] - margins[i]),
            high=float(points[i] + margins[i]),
            best=int(best[i]),
            worst=int(worst[i]),
            tier=int(tier[i]),
            votes=int(met[i].sum()),
            group=int(groups[i]),
        )
        for i in np.argsort(-found.strengths, kind="stable")
    ]


def _shares(battles: Battles, met: NDArray[np.float64], order: NDArray[np.intp]) -> list[list[float | None]]:
    size = len(met)
    won = np.bincount(battles.first * size + battles.second, battles.outcome, size * size)
    lost = np.bincount(battles.second * size + battles.first, 1 - battles.outcome, size * size)
    shares = (won + lost).reshape(size, size)
    return [[float(shares[i, j] / met[i, j]) if met[i, j] else None for j in order] for i in order]
