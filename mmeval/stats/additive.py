"""Overall scores of models that were not run on every benchmark.

On the logit scale, the score of model m on benchmark b is ability(m) + ease(b) + interaction(m, b). Cells are weighted
by their precision: the interaction has a variance of its own on each benchmark, and each cell the error of its samples.
A score that is missing is predicted from the model's other scores. The error of the overall score covers the samples of
all cells, the abilities and eases, and the interaction of each missing cell, which nothing can predict.

Sources: a two-way layout with unequal variances by weighted least squares (Searle, Casella and McCulloch 1992,
chapter 4); the common interaction variance by Paule and Mandel (1982); that of single benchmarks shrunk towards it as
in Smyth (2004), with PRIOR degrees of freedom; errors of predictions by the delta method. The mean of a share whose
logit is normal is that of MacKay (1992).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

__all__ = ["Additive", "Scores", "additive"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PRIOR = 8.0
"""Degrees of freedom that the common interaction variance has in that of one benchmark."""
LEAST = 3
"""Degrees of freedom of the residuals with which interactions have a variance that can be known."""
EDGE = 0.5
"""Right answers, and wrong ones, that are added before the logit is taken, so that 0 and 1 have one."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The mean scores of some models on one benchmark."""

    models: NDArray[np.intp]
    """Indices of the models that were run, ascending; shape (k,)."""
    means: Floats
    """Shares, 0 to 1; higher is better; shape (k,)."""
    covariance: Callable[[], Floats]
    """Makes that of the means, through their common samples; shape (k, k). Many of them need much memory."""
    units: float
    """Number of samples, or of clusters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Additive:
    """What the additive model says. B is the number of benchmarks."""

    filled: Floats
    """Shares: measured where there is a score, otherwise predicted; shape (models, B)."""
    parts: Iterator[Floats]
    """Covariances of the models' weighted means over the benchmarks, one for the samples of each benchmark and, last,
    one for what the missing cells add; each of shape (models, models), made when it is asked for."""
    pieces: Pieces
    freedom: float
    """Degrees of freedom of the last part: those of the residuals, by the share of them that is interaction."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the covariances for any weights of the benchmarks are made from, beside those of the scores."""

    weights: Floats
    """Precisions of the logits; 0 where there is no score; shape (models, B)."""
    inverse: Floats
    """Generalised inverse of the normal equations of the benchmarks; shape (B, B)."""
    pulls: Floats
    """Slopes of the predicted shares against their logits, 0 where there is a score; shape (models, B)."""
    slopes: Floats
    """Of the logits against the measured shares, 0 where there is none; shape (models, B)."""
    tau: Floats
    """Variances of the interactions; shape (B,)."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """Weighted least squares of logits on models and benchmarks; the models are eliminated first."""

    weights: Floats
    """Shape (models, B); 0 where there is no score."""
    totals: Floats
    """Of the weights of each model."""
    inverse: Floats
    """Generalised inverse of the normal equations of the benchmarks; shape (B, B)."""
    rest: Floats
    """Residuals, 0 where there is no score; shape (models, B)."""
    lines: Floats
    """Fitted logits of all cells; shape (models, B)."""


def additive(tables: Sequence[Scores], models: int, *, weights: Floats | None = None) -> Additive | None:
    """Predict what is missing, with the covariance of all overall scores.

    Args:
        tables: one for each benchmark.
        models: number of models; each has at least one score.
        weights: of the benchmarks in the overall scores, with sum 1; equal by default. Predictions do without them.

    Returns:
        None if there are fewer than LEAST degrees of freedom to see interactions in, or if the benchmarks fall into
        groups without a common model, so that they cannot be compared.
    """
    seen = np.zeros((models, len(tables)), dtype=bool)
    for b, table in enumerate(tables):
        seen[table.models, b] = True
    freedom = int(seen.sum()) - models - len(tables) + 1
    if freedom < LEAST or not _connected(seen):
        return None
    shares, logits, slopes, noise = _logits(tables, seen)
    tau = _interactions(logits, noise, seen, freedom)
    fit = _least_squares(logits, noise + tau, seen)
    damp = 1 / np.sqrt(1 + np.pi * tau / 8)
    predicted = expit(fit.lines * damp)
    pulls = np.where(seen, 0.0, predicted * (1 - predicted) * damp)
    # Few residuals leave the variance of interactions open; this is its mean given them, not its likeliest value.
    pieces = Pieces(fit.weights, fit.inverse, pulls, slopes, tau * freedom / (freedom - 2))
    even = np.full(len(tables), 1 / len(tables)) if weights is None else weights
    share = float((tau / (tau + noise))[seen].mean())
    return Additive(
        filled=np.where(seen, shares, predicted),
        parts=_covariances(tables, pieces, even),
        pieces=pieces,
        freedom=max(1.0, freedom * share**2),
    )


def _connected(seen: Bools) -> bool:
    """Whether common models link all benchmarks."""
    reached = np.zeros(seen.shape[1], dtype=bool)
    reached[0] = True
    while True:
        more = seen[seen[:, reached].any(axis=1)].any(axis=0) | reached
        if (more == reached).all():
            return bool(reached.all())
        reached = more


def _logits(tables: Sequence[Scores], seen: Bools) -> tuple[Floats, Floats, Floats, Floats]:
    """Shares, logits, their slopes, and the variances of logits through samples; 0 where there is no score.

    An error that all models share, because they answer the same samples, moves the benchmark and is left out.
    """
    shares, logits, slopes, noise = (np.zeros(seen.shape) for _ in range(4))
    for b, table in enumerate(tables):
        k, n = len(table.models), max(table.units, 1.0)
        kept = np.clip((table.means * n + EDGE) / (n + 2 * EDGE), 1e-6, 1 - 1e-6)
        slope = 1 / (kept * (1 - kept))
        covariance = table.covariance()
        own = np.diag(covariance)
        common = max(0.0, float((covariance.sum() - own.sum()) / (k * (k - 1)))) if k > 1 else 0.0
        least = kept * (1 - kept) / (n * n)
        shares[table.models, b], logits[table.models, b] = table.means, np.log(kept / (1 - kept))
        slopes[table.models, b] = slope
        noise[table.models, b] = np.maximum(own - common, least) * slope * slope
    return shares, logits, slopes, noise


def _least_squares(logits: Floats, variances: Floats, seen: Bools) -> _Fit:
    weights = np.where(seen, 1 / np.maximum(variances, 1e-9), 0.0)
    totals = weights.sum(axis=1)
    shares = weights / totals[:, None]
    normal = np.diag(weights.sum(axis=0)) - weights.T @ shares
    inverse = np.linalg.pinv(normal, rcond=1e-10, hermitian=True)
    centred = logits - (shares * logits).sum(axis=1)[:, None]
    eases = inverse @ (weights * centred).sum(axis=0)
    abilities = (shares * (logits - eases)).sum(axis=1)
    lines = abilities[:, None] + eases
    return _Fit(weights, totals, inverse, np.where(seen, logits - lines, 0.0), lines)


def _interactions(logits: Floats, noise: Floats, seen: Bools, freedom: int) -> Floats:
    """The variance of interactions on each benchmark; shape (B,)."""
    low, high = 0.0, 16.0
    for _ in range(30):
        middle = (low + high) / 2
        fit = _least_squares(logits, noise + middle, seen)
        low, high = (middle, high) if float((fit.weights * fit.rest**2).sum()) > freedom else (low, middle)
    fit, counts = _least_squares(logits, noise + high, seen), seen.sum(axis=0)
    lost = counts * freedom / counts.sum()
    own = (np.where(seen, fit.rest**2, 0.0).sum(axis=0) - (noise * seen).sum(axis=0) * lost / counts) / lost
    tau: Floats = (PRIOR * high + lost * np.maximum(own, 0.0)) / (PRIOR + lost)
    return tau


def _covariances(tables: Sequence[Scores], pieces: Pieces, heavy: Floats) -> Iterator[Floats]:
    """Covariances of the weighted means; `heavy` has the weights of the benchmarks.

    A pull is the slope of a predicted share times the benchmark's weight, 0 where there is a score. The mean of model m
    moves with the logit of model k on benchmark b by
    weight(k, b) * ([m = k] * sum of pulls / total + P[m, b] - R[m, k]),
    where P and R carry the change through the eases of the benchmarks to the cells that m lacks.
    """
    pulls, totals = pieces.pulls * heavy, pieces.weights.sum(axis=1)
    sums, shares = pulls.sum(axis=1), pieces.weights / totals[:, None]
    p = (pulls - sums[:, None] * shares) @ pieces.inverse
    r = p @ shares.T
    unpredicted = np.diag(pulls**2 @ pieces.tau)
    for b, table in enumerate(tables):
        own = pieces.weights[table.models, b]
        moved = own * (p[:, b][:, None] - r[:, table.models])
        moved[table.models, np.arange(len(own))] += own * (sums / totals)[table.models]
        unpredicted += pieces.tau[b] * moved @ moved.T
        moved *= pieces.slopes[table.models, b]
        moved[table.models, np.arange(len(own))] += heavy[b]
        yield moved @ table.covariance() @ moved.T
    yield unpredicted
