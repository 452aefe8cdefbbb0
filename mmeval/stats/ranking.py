"""Ranks with their uncertainty: pairwise differences, rank ranges, tiers and letters (Mogstad et al. 2024)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr, stdtrit

from mmeval.stats.additive import Pieces, Scores, additive
from mmeval.stats.multiplicity import holm
from mmeval.stats.robust import degrees

__all__ = ["SMALL", "Partial", "Ranking", "Table", "letters", "rank", "rank_partial", "rank_ranges", "tiers"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Method = Literal["max-t", "holm"]
SMALL = 500
"""Degrees of freedom below which a bootstrap separates equal models too often."""


@dataclass(frozen=True, slots=True)
class Table:
    """The scores of all models on the samples of one benchmark."""

    scores: Floats
    """Shape (models, samples). Higher is better; no value is missing."""
    clusters: Sequence[Hashable | None] | None = None
    """One per sample; None is a cluster of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """A ranking with its uncertainty. Arrays follow the order of the models in the tables."""

    scores: Floats
    """Weighted mean over benchmarks of the mean over samples; shape (models,)."""
    own: Floats
    """Standard errors of the scores; shape (models,)."""
    errors: Floats
    """Standard errors of pairwise differences by CR2 (see stats.robust); shape (models, models)."""
    freedom: float
    """Degrees of freedom of a typical error."""
    better: Bools
    """better[a, b]: a is better than b. The level holds for all pairs together; shape (models, models)."""
    best: NDArray[np.intp]
    """1 + the number of models that are better."""
    worst: NDArray[np.intp]
    """The number of models minus the number of those that it beats."""
    tier: NDArray[np.intp]
    """From 1. A tier has all models that cannot be told from its leader."""
    p_first: Floats
    """Share of bootstrap draws in which the model is first; ties are split."""
    expected_rank: Floats
    """Mean rank over bootstrap draws."""
    critical: float
    """Critical value of |difference| / error; NaN for Holm."""
    method: Method


@dataclass(frozen=True, slots=True)
class _Sums:
    """Scores summed over clusters, shape (models, clusters), and the cluster sizes."""

    totals: Floats
    sizes: Floats

    @property
    def means(self) -> Floats:
        total: Floats = self.totals.sum(axis=1) / self.sizes.sum()
        return total

    @property
    def shares(self) -> Floats:
        shares: Floats = self.sizes / self.sizes.sum()
        return shares

    def covariance(self) -> Floats:
        """Covariance of the means, shape (models, models)."""
        rest = self.totals / self.sizes.sum() - np.outer(self.means, self.shares)
        full: Floats = (rest / (1 - self.shares)) @ rest.T
        return full

    @property
    def freedom(self) -> float:
        shares = self.shares
        pulls = shares * shares / (1 - shares)
        return degrees(float(shares @ shares), float(pulls.sum()), float(pulls @ pulls))

    def drawn(self, generator: np.random.Generator, draws: int) -> Floats:
        """Means under resampled clusters, shape (models, draws)."""
        units = len(self.sizes)
        weights = np.empty((draws, units))
        for row in weights:
            row[:] = np.bincount(generator.integers(units, size=units), minlength=units)
        means: Floats = (self.totals @ weights.T) / (self.sizes @ weights.T)
        return means


def rank(
    tables: Sequence[Table],
    *,
    weights: Sequence[float] | None = None,
    level: float = 0.95,
    method: Method | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> Ranking:
    """Rank models on one or several benchmarks, with simultaneous statements about all pairs.

    `max-t` takes the critical value from the largest |t| over all pairs in a joint bootstrap of clusters, which
    accounts for the dependence between models. `holm` adjusts pairwise t tests. A bootstrap does not reflect how
    uncertain the errors of a few samples are, and separates equal models on small boards; Holm does so on at most 6 %
    of them (`python -m tests.perf.audit`).

    Args:
        tables: one per benchmark, with the same models in the same order.
        weights: of the benchmarks, scaled to sum 1; equal by default.
        level: at which all pairwise statements hold together.
        method: by default `max-t` if the errors have at least SMALL degrees of freedom, otherwise `holm`.
        draws: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        ValueError: there is no table, a score is missing, or a benchmark has fewer than two clusters.
    """
    sums = [_summed(table) for table in tables]
    if not sums or len({len(s.totals) for s in sums}) != 1:
        raise ValueError("no table, or tables of different models")
    share = np.full(len(sums), 1 / len(sums)) if weights is None else np.asarray(weights) / np.sum(weights)
    means: Floats = np.sum([w * s.means for w, s in zip(share, sums, strict=True)], axis=0)
    parts = [w * w * s.covariance() for w, s in zip(share, sums, strict=True)]
    freedom = _freedom([_mean_pair_variance(part) for part in parts], [s.freedom for s in sums])
    generator = np.random.default_rng(seed)
    drawn: Floats = np.sum([w * s.drawn(generator, draws) for w, s in zip(share, sums, strict=True)], axis=0)
    return _ranking(means, np.sum(parts, axis=0), freedom, drawn, level, method)


@dataclass(frozen=True, slots=True)
class Partial:
    """A ranking of models of which some lack benchmarks."""

    ranking: Ranking
    filled: Floats
    """Shares: the means, or what is predicted where a model lacks the benchmark; shape (models, benchmarks)."""
    halves: Floats
    """Half of the interval of each overall score; shape (models,)."""
    pieces: Pieces
    freedom: float
    """Degrees of freedom of what the missing cells add."""


def rank_partial(
    tables: Sequence[Table],
    present: Sequence[NDArray[np.intp]],
    models: int,
    *,
    weights: Sequence[float] | None = None,
    level: float = 0.95,
    method: Method | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> Partial | None:
    """Rank models that were not run on every benchmark; see `stats.additive` for what they lack.

    Draws are normal with the covariance of the overall scores, in which the samples of a benchmark are common to all
    models. The rest is as in `rank`. All benchmarks serve to predict, also those without weight.

    Args:
        tables: one per benchmark, of shares from 0 to 1.
        present: for each table the models of its rows, as indices below `models`, ascending.
        models: number of models.
        weights: of the benchmarks, scaled to sum 1; equal by default.
        level: at which all pairwise statements hold together, and of the intervals.
        method: as in `rank`.
        draws: of the normal distribution.
        seed: of the draws.

    Returns:
        None if the missing scores cannot be predicted.

    Raises:
        ValueError: as in `rank`.
    """
    sums = [_summed(table) for table in tables]
    scores = [Scores(rows, s.means, s.covariance, s.freedom + 1) for rows, s in zip(present, sums, strict=True)]
    share = np.full(len(sums), 1 / len(sums)) if weights is None else np.asarray(weights) / np.sum(weights)
    found = additive(scores, models, weights=share)
    if found is None:
        return None
    means: Floats = found.filled @ share
    covariance, own, spread = np.zeros((models, models)), [], []
    for part in found.parts:
        covariance += part
        own.append(np.diag(part))
        spread.append(_mean_pair_variance(part))
    freedoms = [*(s.freedom for s in sums), found.freedom]
    generator = np.random.default_rng(seed)
    drawn = means[:, None] + _root(covariance) @ generator.standard_normal((models, draws))
    variance = np.diag(covariance)
    few = (np.array(own) ** 2 / np.array(freedoms)[:, None]).sum(axis=0)
    df = np.divide(variance**2, few, out=np.full(models, np.inf), where=few > 0)
    halves = -stdtrit(np.minimum(df, 1e9), (1 - level) / 2) * np.sqrt(variance)
    ranking = _ranking(means, covariance, _freedom(spread, freedoms), drawn, level, method)
    return Partial(ranking, found.filled, halves, found.pieces, found.freedom)


def _root(covariance: Floats) -> Floats:
    """A matrix whose product with its transpose is the covariance."""
    values, vectors = np.linalg.eigh(covariance)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _ranking(
    means: Floats, covariance: Floats, freedom: float, drawn: Floats, level: float, method: Method | None
) -> Ranking:
    method = method or ("max-t" if freedom >= SMALL else "holm")
    errors = _pair_errors(means, covariance, freedom + 1)
    if method == "max-t":
        critical = _students(_max_t(means, drawn, errors, level), freedom)
        better = _statistic(means, errors) > critical
    else:
        critical, better = float("nan"), _holm(means, errors, freedom, level)
    best, worst = rank_ranges(better)
    first, expected = _positions(drawn)
    return Ranking(
        scores=means,
        own=np.sqrt(np.maximum(np.diag(covariance), 0.0)),
        errors=errors,
        freedom=freedom,
        better=better,
        best=best,
        worst=worst,
        tier=tiers(means, better),
        p_first=first,
        expected_rank=expected,
        critical=critical,
        method=method,
    )


def _summed(table: Table) -> _Sums:
    scores = np.asarray(table.scores, dtype=np.float64)
    if scores.ndim != 2 or not np.all(np.isfinite(scores)):
        raise ValueError("scores must be a full table of models by samples")
    names = table.clusters if table.clusters is not None else [None] * scores.shape[1]
    if len(names) != scores.shape[1]:
        raise ValueError(f"{len(names)} clusters for {scores.shape[1]} samples")
    codes: dict[Hashable, int] = {}
    index = np.array([codes.setdefault(("", i) if c is None else c, len(codes)) for i, c in enumerate(names)])
    if len(codes) < 2:
        raise ValueError("a ranking needs at least two clusters")
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(len(codes)))
    return _Sums(np.add.reduceat(scores[:, order], starts, axis=1), np.bincount(index).astype(np.float64))


def _gaps(means: Floats) -> Floats:
    gaps = means[:, None] - means[None, :]
    return np.where(np.abs(gaps) < 1e-12, 0.0, gaps)


def _pair_errors(means: Floats, covariance: Floats, units: float) -> Floats:
    """Standard errors of the gaps. If a gap is equal in all clusters, gap / sqrt(units) instead of 0."""
    own = np.diag(covariance)
    both = own[:, None] + own[None, :]
    squared = both - 2 * covariance
    # If two models differ by a constant, rounding leaves about 1e-17.
    return np.sqrt(np.where(squared > 1e-12 * both, squared, _gaps(means) ** 2 / units))


def _statistic(means: Floats, errors: Floats) -> Floats:
    """The statistic of row minus column; 0 if two models are equal."""
    return np.divide(_gaps(means), errors, out=np.zeros_like(errors), where=errors > 0)


def _max_t(means: Floats, drawn: Floats, errors: Floats, level: float) -> float:
    """Quantile of the largest |t| over pairs. Draws are processed one by one, to need memory for one matrix only."""
    inverse = np.divide(1.0, errors, out=np.zeros_like(errors), where=errors > 0)
    moves = (drawn - means[:, None]).T
    largest = [float(np.max((move[:, None] - move[None, :]) * inverse)) for move in moves]
    return float(np.quantile(largest, level))


def _freedom(spread: Sequence[float], freedoms: Sequence[float]) -> float:
    """Degrees of freedom of a typical error of a pair, given those of its parts (Welch and Satterthwaite).

    `spread` has the mean variance of a pair in each part.
    """
    few = sum(v * v / df for v, df in zip(spread, freedoms, strict=True))
    return float(sum(spread) ** 2 / few) if few else min(freedoms)


def _mean_pair_variance(covariance: Floats) -> float:
    """Variance of the difference of two models, over all pairs including a model with itself."""
    return float(2 * (np.trace(covariance) / len(covariance) - covariance.mean()))


def _students(critical: float, df: float) -> float:
    """The quantile of Student's t with the tail probability that `critical` has in the normal distribution."""
    return -float(stdtrit(df, ndtr(-critical)))


def _holm(means: Floats, errors: Floats, df: float, level: float) -> Bools:
    upper = np.triu_indices(len(means), 1)
    t = _statistic(means, errors)
    sure = holm(2 * stdtr(df, -np.abs(t[upper]))) <= 1 - level
    better: Bools = np.zeros_like(errors, dtype=bool)
    better[upper] = sure & (t[upper] > 0)
    better.T[upper] = sure & (t[upper] < 0)
    return better


def rank_ranges(better: Bools) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Best and worst rank of each model; better[a, b] means that a is better than b."""
    return 1 + better.sum(axis=0), len(better) - better.sum(axis=1)


def _positions(drawn: Floats) -> tuple[Floats, Floats]:
    """P(first) and mean rank over draws of shape (models, draws); ties are split."""
    top = drawn >= drawn.max(axis=0) - 1e-12
    first: Floats = (top / top.sum(axis=0)).mean(axis=1)
    rounded = np.round(drawn, 12)
    ascending = np.sort(rounded, axis=0)
    expected = np.zeros(len(drawn))
    for place in range(drawn.shape[1]):
        above = len(drawn) - np.searchsorted(ascending[:, place], rounded[:, place], side="right")
        not_below = len(drawn) - np.searchsorted(ascending[:, place], rounded[:, place], side="left")
        expected += (above + not_below + 1) / 2
    return first, expected / drawn.shape[1]


def tiers(scores: Floats, better: Bools) -> NDArray[np.intp]:
    """Go down the scores: a model that the leader of the tier beats leads the next tier."""
    tier = np.zeros(len(scores), dtype=np.intp)
    leader, number = -1, 0
    for model in np.argsort(-scores, kind="stable"):
        if leader < 0 or better[leader, model]:
            leader, number = model, number + 1
        tier[model] = number
    return tier


def letters(scores: Floats, better: Bools) -> list[str]:
    """Compact letter display: models that share a letter cannot be told apart. Letters begin at the best score.

    Uses the insert-and-absorb algorithm (Piepho 2004). It is meant for the models of one table; 300 take seconds.
    """
    order = np.argsort(-scores, kind="stable")
    differ = (better | better.T)[np.ix_(order, order)]
    columns = np.ones((1, len(scores)), dtype=bool)
    for a, b in np.argwhere(np.triu(differ)):
        both = columns[:, a] & columns[:, b]
        if both.any():
            without_a, without_b = columns[both].copy(), columns[both].copy()
            without_a[:, a], without_b[:, b] = False, False
            columns = _absorb(columns[~both], np.concatenate([without_a, without_b]))
    columns = columns[np.lexsort(columns.T[::-1])[::-1]]
    names = ["" for _ in scores]
    for number, column in enumerate(columns):
        for place in np.flatnonzero(column):
            names[order[place]] += _letter(number)
    return names


def _absorb(kept: Bools, fresh: Bools) -> Bools:
    """Add the new columns that are not contained in another one."""
    fresh = np.unique(fresh, axis=0)
    sizes = np.concatenate([kept, fresh]).astype(np.float32)
    shared = fresh.astype(np.float32) @ sizes.T
    inside = shared == fresh.sum(axis=1)[:, None]
    inside[np.arange(len(fresh)), len(kept) + np.arange(len(fresh))] = False
    return np.concatenate([kept, fresh[~inside.any(axis=1)]])


def _letter(number: int) -> str:
    """The letters a to z, then a1 to z1, and so on."""
    turn, place = divmod(number, 26)
    return "abcdefghijklmnopqrstuvwxyz"[place] + (str(turn) if turn else "")
