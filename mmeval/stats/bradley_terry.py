"""Ratings from pairwise votes: Bradley-Terry with ties as half a win, and errors that are robust to repeated voters.

Bradley and Terry (1952) for the model; the covariance is the sandwich estimate of Huber and White, with the scores
summed within voters (Liang and Zeger 1986).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmeval.stats.multiplicity import holm

__all__ = ["SCALE", "Battles", "Ratings", "fit_ratings"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCALE = 400 / math.log(10)
"""Points per unit of log odds: 400 points are odds of ten to one."""
CENTRE = 1000.0
"""Mean rating."""
STEPS = 100
"""Most Newton steps; about eight are needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Battles:
    """Votes on pairs of models. All arrays have one row per vote."""

    first: Ints
    """Index of one model, shape (votes,)."""
    second: Ints
    """Index of the other, shape (votes,)."""
    outcome: Floats
    """1: the first model won, 0: the second one won, 0.5: neither; shape (votes,)."""
    voters: Ints
    """Index of the voter, from 0; shape (votes,). Votes of one voter are not independent."""
    covariates: Floats
    """Differences between the replies, first minus second; shape (votes, covariates)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Fitted ratings. Arrays follow the indices of the models."""

    strengths: Floats
    """Log odds against the average model, shape (models,); their mean is 0."""
    effects: Floats
    """Log odds per unit of each covariate, shape (covariates,)."""
    covariance: Floats
    """Of strengths and effects, shape (models + covariates, models + covariates)."""
    freedom: int
    """Degrees of freedom: the number of voters - 1."""

    @property
    def points(self) -> Floats:
        """Ratings on the scale of Elo, with mean 1000; shape (models,)."""
        return CENTRE + SCALE * self.strengths

    def margins(self, level: float = 0.95) -> Floats:
        """Half widths of the intervals around `points`, shape (models,)."""
        from scipy.special import stdtrit

        errors = np.sqrt(np.diag(self.covariance)[: len(self.strengths)])
        margins: Floats = SCALE * errors * stdtrit(self.freedom, (1 + level) / 2)
        return margins

    def better(self, level: float = 0.95) -> NDArray[np.bool_]:
        """better[i, j]: model i is better than j, by t tests of all pairs with Holm's correction; (models, models)."""
        from scipy.special import stdtr

        size = len(self.strengths)
        variance = np.diag(self.covariance)[:size]
        errors = np.sqrt(variance[:, None] + variance[None, :] - 2 * self.covariance[:size, :size])
        upper = np.triu_indices(size, 1)
        gaps = (self.strengths[:, None] - self.strengths[None, :])[upper]
        rejected = holm(2 * stdtr(self.freedom, -np.abs(gaps) / errors[upper])) <= 1 - level
        better = np.zeros((size, size), dtype=np.bool_)
        better[upper] = rejected & (gaps > 0)
        better.T[upper] = rejected & (gaps < 0)
        return better


def fit_ratings(battles: Battles, models: int, *, ridge: float = 0.1) -> Ratings:
    """Fit log odds of a win = strength[first] - strength[second] + covariates @ effects.

    Args:
        battles: the votes; a model against itself is not allowed.
        models: number of models; one without votes gets the mean rating and a wide interval.
        ridge: precision of the normal prior of strengths and effects, in squared log odds. It keeps the rating of a
            model finite that won or lost every vote, and its share is in the covariance.

    Raises:
        ValueError: there are fewer than two voters, or a model meets itself.
    """
    voters = int(battles.voters.max()) + 1 if len(battles.voters) else 0
    if voters < 2:
        raise ValueError("ratings need votes of at least two voters")
    if (battles.first == battles.second).any():
        raise ValueError("a model meets itself")
    found = np.zeros(models + battles.covariates.shape[1])
    for _ in range(STEPS):
        expected = _expected(battles, found, models)
        gradient = _gradient(battles, battles.outcome - expected, models) - ridge * found
        information = _information(battles, expected * (1 - expected), models) + ridge * np.eye(len(found))
        step = np.linalg.solve(information, gradient)
        found += step
        if np.abs(step).max() < 1e-9:
            break
    residuals = battles.outcome - _expected(battles, found, models)
    middle = _scatter(battles, residuals, models, voters) * voters / (voters - 1) + ridge * np.eye(len(found))
    inverse = _centred(models, len(found)) @ np.linalg.inv(information)
    return Ratings(
        strengths=found[:models],
        effects=found[models:],
        covariance=inverse @ middle @ inverse.T,
        freedom=voters - 1,
    )


def _centred(models: int, size: int) -> Floats:
    """The matrix that subtracts the mean strength: votes say nothing about it, so its variance is the prior's."""
    matrix = np.eye(size)
    matrix[:models, :models] -= 1 / models
    return matrix


def _expected(battles: Battles, found: Floats, models: int) -> Floats:
    """Chance that the first model wins, shape (votes,)."""
    from scipy.special import expit

    odds = found[battles.first] - found[battles.second] + battles.covariates @ found[models:]
    chance: Floats = expit(odds)
    return chance


def _gradient(battles: Battles, residuals: Floats, models: int) -> Floats:
    """Derivative of the log likelihood, shape (models + covariates,)."""
    wins = np.bincount(battles.first, residuals, models) - np.bincount(battles.second, residuals, models)
    return np.concatenate([wins, battles.covariates.T @ residuals])


def _information(battles: Battles, weights: Floats, models: int) -> Floats:
    """Minus the second derivative of the log likelihood, a square matrix over models and covariates."""
    pairs = np.bincount(battles.first * models + battles.second, weights, models * models).reshape(models, models)
    pairs = pairs + pairs.T
    mixed = np.empty((models, battles.covariates.shape[1]))
    for k, column in enumerate(battles.covariates.T):
        weighted = weights * column
        mixed[:, k] = np.bincount(battles.first, weighted, models) - np.bincount(battles.second, weighted, models)
    effects = battles.covariates.T @ (battles.covariates * weights[:, None])
    return np.block([[np.diag(pairs.sum(axis=1)) - pairs, mixed], [mixed.T, effects]])


def _scatter(battles: Battles, residuals: Floats, models: int, voters: int) -> Floats:
    """Sum over voters of the outer product of their summed scores."""
    from scipy.sparse import csr_array, hstack

    rows = np.concatenate([battles.voters, battles.voters])
    columns = np.concatenate([battles.first, battles.second])
    wins = csr_array((np.concatenate([residuals, -residuals]), (rows, columns)), shape=(voters, models))
    styles = [np.bincount(battles.voters, residuals * column, voters).reshape(-1, 1) for column in battles.covariates.T]
    scores = hstack([wins, *map(csr_array, styles)]).tocsr()
    scatter: Floats = (scores.T @ scores).toarray()
    return scatter
