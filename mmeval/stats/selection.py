"""A smaller set of items that still shows when a model gets worse, and how much power it costs.

Items are chosen for the ratio of signal to noise in the differences between models. The same runs that choose the
items would make them look too good, so their power is measured on models that had no part in the choice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmeval.stats.intervals import z_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

__all__ = ["LEAST", "Loss", "choose", "loss"]

LEAST = 6
"""Models without which items cannot be chosen on some and tested on others."""
DRAWN = 0.25
"""Share of a subset that is drawn at random: what no model has failed yet may be what breaks next."""
HALVES = 10
SPLITS = 40
"""Random splits of the models into those that choose and those that test."""


def choose(scores: Floats, size: int, *, seed: int) -> Places:
    """Places of `size` items, ascending.

    Three quarters maximise (sum of s)^2 / sum of v over the chosen items, where s and v are the mean and the mean
    square of an item's differences over all pairs of models, better minus worse; the rest is drawn at random. Few
    models say little about one item, so s is pulled towards what items of equal v have (`_shrunk`). The maximum is
    found by Dinkelbach's iteration (1967, Management Science 13, 492-498): the best items for a fixed price of noise
    are those with the largest s - price * v.

    Args:
        scores: in [0, 1], shape (models, items).
        size: number of items, at most all.
        seed: of the random part.

    Raises:
        ValueError: the size is not between 1 and the number of items.
    """
    import numpy as np

    items = scores.shape[1]
    if not 1 <= size <= items:
        raise ValueError(f"{size} of {items} items")
    generator = np.random.default_rng(seed)
    mean, square = _shrunk(scores, generator)
    best = _best(mean, square, size - round(size * DRAWN))
    rest = np.setdiff1d(np.arange(items), best)
    drawn = generator.choice(rest, size - len(best), replace=False)
    return np.sort(np.concatenate([best, drawn]))


def _differences(scores: Floats) -> tuple[Floats, Floats]:
    """Mean and mean square of each item's differences over pairs of models, better minus worse."""
    import numpy as np

    order = scores[np.argsort(-scores.mean(axis=1), kind="stable")]
    models = len(order)
    # The model at place i is the better one in models - 1 - i pairs and the worse one in i.
    weight = models - 1 - 2 * np.arange(models)
    pairs = models * (models - 1) / 2
    total, squares = order.sum(axis=0), (order**2).sum(axis=0)
    return weight @ order / pairs, (models * squares - total**2) / pairs


def _shrunk(scores: Floats, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """The differences, with each mean pulled towards the line through all items of its mean square.

    The pull is one minus the reliability of the distances from that line: their correlation between two halves of the
    models, stepped up to all models (Spearman-Brown), averaged over HALVES random halves.
    """
    import numpy as np

    mean, square = _differences(scores)
    line, away = _line(mean, square)
    agreed = []
    for _ in range(HALVES):
        order = generator.permutation(len(scores))
        parts = [_line(*_differences(scores[part]))[1] for part in np.array_split(order, 2) if len(part) > 1]
        if len(parts) == 2 and all(part.std() > 0 for part in parts):
            agreed.append(float(np.corrcoef(parts[0], parts[1])[0, 1]))
    half = max(0.0, float(np.mean(agreed))) if agreed else 0.0
    return line + 2 * half / (1 + half) * away, square


def _line(mean: Floats, square: Floats) -> tuple[Floats, Floats]:
    """The line through the origin of mean on mean square, and the distances from it."""
    weight = float(square @ square)
    line = square * (float(mean @ square) / weight if weight > 0 else 0.0)
    return line, mean - line


def _best(mean: Floats, square: Floats, size: int) -> Places:
    import numpy as np

    price = 0.0
    chosen = np.empty(0, dtype=np.intp)
    for _ in range(50):
        found = np.sort(np.argsort(price * square - mean, kind="stable")[:size])
        if np.array_equal(found, chosen):
            break
        chosen = found
        signal, noise = float(mean[chosen].sum()), float(square[chosen].sum())
        price = max(0.0, signal / (2 * noise)) if noise > 0 else 0.0
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The chance to find a drop of the margin, averaged over models that had no part in choosing the items."""

    full: float
    """With all items."""
    chosen: float
    random: float
    """With as many items drawn at random."""
    low: float
    """Lower end of the 95 % interval of `chosen - full`, over models, by the jackknife."""
    high: float
    drop: float
    """What a drop of the margin on all items is on the chosen ones, on average."""
    same: float
    """`chosen` if it is measured on the very models that chose: the bias that the held-out models avoid."""
    models: int
    pairs: int
    """Pairs of held-out models whose difference is at least the margin."""


def loss(scores: Floats, size: int, *, margin: float, alpha: float, seed: int) -> Loss | None:
    """The power of a subset of this size against that of all items.

    A drop of the margin is made from two held-out models: of the better one, a share of the answers is replaced by
    those of the worse one, so that the expected score falls by the margin on all items. The power of the one-sided
    paired test is its normal approximation, as in `power.detectable`.

    Returns:
        None with fewer than LEAST models, or if no two models differ by the margin.
    """
    import numpy as np

    if len(scores) < LEAST:
        return None
    rows = [row for split in range(SPLITS) for row in _tested(scores, size, margin, alpha, (seed, split))]
    if not rows:
        return None
    table = np.array([row[2:] for row in rows])
    full, chosen, random, drop = (float(x) for x in table.mean(axis=0))
    low, high = _jackknife(rows, len(scores))
    everything = choose(scores, size, seed=seed)
    own = [_power(scores[a], scores[b], everything, margin, alpha)[0] for a, b in _pairs(scores, margin)]
    return Loss(
        full=full,
        chosen=chosen,
        random=random,
        low=low,
        high=high,
        drop=drop,
        same=float(np.mean(own)),
        models=len(scores),
        pairs=len({row[:2] for row in rows}),
    )


Row = tuple[int, int, float, float, float, float]
"""Better model, worse model, power with all, chosen and random items, drop on the chosen items."""


def _tested(scores: Floats, size: int, margin: float, alpha: float, seed: tuple[int, int]) -> Iterator[Row]:
    import numpy as np

    generator = np.random.default_rng(seed)
    order = generator.permutation(len(scores))
    held = np.sort(order[: max(2, len(scores) // 3)])
    train = np.setdiff1d(order, held)
    chosen = choose(scores[train], size, seed=seed[1])
    drawn = generator.choice(scores.shape[1], size, replace=False)
    whole = np.arange(scores.shape[1])
    for a, b in _pairs(scores[held], margin):
        better, worse = scores[held[a]], scores[held[b]]
        powers = [_power(better, worse, places, margin, alpha) for places in (whole, chosen, drawn)]
        yield int(held[a]), int(held[b]), powers[0][0], powers[1][0], powers[2][0], powers[1][1]


def _pairs(scores: Floats, margin: float) -> Iterator[tuple[int, int]]:
    means = scores.mean(axis=1)
    for a in range(len(means)):
        for b in range(len(means)):
            if means[a] - means[b] >= margin:
                yield a, b


def _power(better: Floats, worse: Floats, places: Places, margin: float, alpha: float) -> tuple[float, float]:
    """Power on these items, and the expected drop on them."""
    from scipy.special import ndtr

    gap = better - worse
    share = margin / float(gap.mean())
    here = gap[places]
    drop = share * float(here.mean())
    variance = share * float((here**2).mean()) - drop**2
    if variance <= 0:
        return float(drop > 0), drop
    return float(ndtr(drop / math.sqrt(variance / len(places)) - z_quantile(1 - alpha))), drop


def _jackknife(rows: list[Row], models: int) -> tuple[float, float]:
    """95 % interval of the mean of chosen - full: the pairs of one model after the other are left out."""
    import numpy as np

    from mmeval.stats.intervals import t_quantile

    table = np.array([(row[0], row[1], row[3] - row[2]) for row in rows])
    whole = float(table[:, 2].mean())
    kept = [table[(table[:, 0] != k) & (table[:, 1] != k), 2] for k in range(models)]
    without = np.array([part.mean() for part in kept if len(part)])
    count = len(without)
    if count < 2:
        return -1.0, 1.0
    half = t_quantile(0.975, count - 1) * math.sqrt(
        (count - 1) / count * float(((without - without.mean()) ** 2).sum())
    )
    return whole - half, whole + half
