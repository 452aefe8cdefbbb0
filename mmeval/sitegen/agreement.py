"""Which models answer alike: the agreement of every two models on right and wrong, beyond what their scores explain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHOWN = 12
"""Models in the table: the best ones."""


def kappa(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cohen's kappa (1960) of every two models on right (a score of one half or more) and wrong.

    Args:
        scores: [models, questions], NaN where there is none; a pair is compared where both have one.

    Returns:
        [models, models] in [-1, 1]; NaN where a pair shares no question or chance explains everything.
    """
    import numpy as np

    known = ~np.isnan(scores)
    right = (np.nan_to_num(scores) >= 0.5) & known
    wrong = ~right & known
    r, w, k = (one.astype(np.float64) for one in (right, wrong, known))
    n = k @ k.T
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (r @ r.T + w @ w.T) / n
        a, b = (r @ k.T) / n, (k @ r.T) / n
        chance = a * b + (1 - a) * (1 - b)
        found: NDArray[np.float64] = np.where(chance < 1, (observed - chance) / (1 - chance), np.nan)
    return found


def agreement_table(titles: Sequence[str], urls: Sequence[str], scores: NDArray[np.float64]) -> dict[str, Any] | None:
    """The table of the best models for `heat_table`, and its mean; None with fewer than three models."""
    import numpy as np

    count = min(SHOWN, len(titles))
    if count < 3:
        return None
    found = kappa(scores[:count])
    pairs = found[np.triu_indices(count, 1)]
    if np.isnan(pairs).all():
        return None
    rows = [
        {
            "title": titles[i],
            "url": urls[i],
            "cells": [None if i == j or np.isnan(found[i, j]) else _cell(float(found[i, j])) for j in range(count)],
        }
        for i in range(count)
    ]
    return {"heads": list(titles[:count]), "rows": rows, "mean": float(np.nanmean(pairs)), "models": count}


def _cell(value: float) -> dict[str, Any]:
    return {"value": f"{value:.2f}".replace("-", "−"), "step": max(0, min(9, int(value * 10)))}
