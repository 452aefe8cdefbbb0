"""How much of a score may not be due to seeing: blind runs, and samples that a model can have met in training."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmeval.board.cards import BenchmarkCard, ModelCard
from mmeval.board.cell import Cell, Column, is_mean
from mmeval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["AfterCutoff", "BlindGain", "Gap", "after_cutoff", "blind_gains", "published"]

BLIND = "baseline/blind:"
RANDOM = "baseline/random"
ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/(\d\d)(0[1-9]|1[0-2])\.\d{4,5}")


@dataclass(frozen=True, slots=True)
class Gap:
    """How much better a headline is than another, in the range of the metric; no interval if it cannot be computed."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindGain:
    """One model with and without images."""

    model: str
    sighted: float
    blind: float
    gain: Gap
    """How much better the model is with the image."""
    leak: Gap | None
    """How much better it is without the image than random answers: those of the `baseline/random` run if there is one,
    else the chance level that the benchmark states. None if neither is known."""


def blind_gains(column: Column) -> list[BlindGain]:
    """One entry for each model of the column with a blind run, from `baseline/blind:MODEL` or `--ablate blind`."""
    found = []
    for name, blind in _blind(column).items():
        if name in column.cells:
            cell = column.cells[name]
            found.append(
                BlindGain(
                    model=name,
                    sighted=cell.headline.value,
                    blind=blind.headline.value,
                    gain=paired(cell, blind, column),
                    leak=_leak(blind, column),
                )
            )
    return found


def _blind(column: Column) -> dict[str, Cell]:
    ablated = {
        one.cell.spec.model: one.cell
        for one in column.excluded
        if (one.reason, one.value, one.cell.spec.version) == ("variant", "blind", column.spec.version)
        and one.cell.whole
    }
    wrapped = {name.removeprefix(BLIND): cell for name, cell in column.cells.items() if name.startswith(BLIND)}
    return ablated | wrapped


def _leak(blind: Cell, column: Column) -> Gap | None:
    random = column.cells.get(RANDOM)
    if random is not None:
        return paired(blind, random, column)
    chance, head = column.card.chance, blind.headline
    return None if chance is None else _better(Gap(head.value - chance, head.low - chance, head.high - chance), column)


def _better(gap: Gap, column: Column) -> Gap:
    """A difference whose positive side is the better one."""
    if column.card.higher_is_better is not False:
        return gap
    return Gap(-gap.value, *(None if end is None else -end for end in (gap.high, gap.low)))


def paired(first: Cell, second: Cell, column: Column) -> Gap:
    """By how much the first headline is better, with its 95 % interval over the samples that both have.

    If the headline is the mean of the sample scores, the interval is that of `stats.paired.difference`. If it is
    another metric, it is a t interval of the differences of the jackknife's pseudo-values. There is none where neither
    is possible.
    """
    value = first.headline.value - second.headline.value
    bounds = _mean_bounds(first, second, column) or _jackknife_bounds(first, second)
    if bounds is None:
        return _better(Gap(value), column)
    low, high = (end * (column.card.high - column.card.low) for end in bounds)
    return _better(Gap(value, min(low, value), max(high, value)), column)


def _mean_bounds(first: Cell, second: Cell, column: Column) -> tuple[float, float] | None:
    import numpy as np

    from mmeval.stats.paired import difference

    cells = (first, second)
    if any(cell.vector.pseudo or not is_mean(column.card, cell.measured, cell.vector) for cell in cells):
        return None
    where = {key: place for place, key in enumerate(second.vector.ids)}
    both = [(place, where[key]) for place, key in enumerate(first.vector.ids) if key in where]
    if not both:
        return None
    mine, theirs = (np.array(places) for places in zip(*both, strict=True))
    change = first.vector.counted[mine] - second.vector.counted[theirs]
    found = difference(change, [first.vector.clusters[place] for place in mine], level=0.95)
    return found.low, found.high


def _jackknife_bounds(first: Cell, second: Cell) -> tuple[float, float] | None:
    from mmeval.stats.intervals import t_quantile

    pairs = list(zip(first.vector.pseudo, second.vector.pseudo, strict=False))
    if len(pairs) < 3 or len(first.vector.pseudo) != len(second.vector.pseudo):
        return None
    gaps = [a - b for a, b in pairs]
    middle, count = sum(gaps) / len(gaps), len(gaps)
    error = math.sqrt(sum((gap - middle) ** 2 for gap in gaps) / (count - 1) / count)
    half = t_quantile(0.975, count - 1) * error
    return middle - half, middle + half


def published(card: BenchmarkCard) -> datetime.date | None:
    """When the questions of a benchmark became public: what its definition says, else the month of its arXiv paper.

    The month of a paper counts from its first day, so that a benchmark is called newer than a model only if it is.
    """
    if card.released is not None:
        return card.released
    found = ARXIV.search(card.paper or "")
    return datetime.date(2000 + int(found[1]), int(found[2]), 1) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterCutoff:
    """One model on the samples that became public after its training data end, and on the others.

    Scores are means of the sample scores, in [0, 1].
    """

    model: str
    cutoff: datetime.date
    after: Estimate | None
    before: Estimate | None
    """None if there is no such sample."""
    difference: Estimate | None
    """After minus before; None unless there are both."""


def after_cutoff(
    column: Column, models: Mapping[str, ModelCard], tags: Mapping[str, Mapping[str, str]]
) -> list[AfterCutoff]:
    """One entry for each model whose card has a cutoff, if dates of the samples are known.

    Args:
        column: of the benchmark.
        models: cards by name.
        tags: by sample id. The date of a sample is in its tag `released`, else that of the benchmark counts.
    """
    whole = published(column.card)
    found = []
    for name, cell in column.cells.items():
        cutoff = models[name].cutoff
        if cutoff is None:
            continue
        dates = [_date(tags.get(key, {}).get("released")) or whole for key in cell.vector.ids]
        entry = _sides(name, cutoff, cell, dates)
        if entry.after is not None or entry.before is not None:
            found.append(entry)
    return found


def _date(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _sides(name: str, cutoff: datetime.date, cell: Cell, dates: Sequence[datetime.date | None]) -> AfterCutoff:
    import numpy as np

    from mmeval.stats.intervals import mean

    values = cell.vector.values
    known = ~np.isnan(values) & np.array([date is not None for date in dates])
    later = np.array([date is not None and date > cutoff for date in dates])
    sides = []
    for chosen in (known & later, known & ~later):
        places = np.flatnonzero(chosen)
        sides.append(mean(values[places], [cell.vector.clusters[i] for i in places]) if len(places) else None)
    after, before = sides
    gap = _between(values, known, later, cell.vector.clusters) if after and before else None
    return AfterCutoff(model=name, cutoff=cutoff, after=after, before=before, difference=gap)


def _between(
    values: NDArray[np.float64], known: NDArray[np.bool_], later: NDArray[np.bool_], clusters: Sequence[str]
) -> Estimate | None:
    """Difference of two means over different samples, with the cluster-robust error of both together.

    The error is that of the regression on a dummy: each sample's influence is its distance from its own mean, divided
    by the number of samples on its side, with a minus before the cutoff; influences are summed by cluster.
    """
    import numpy as np

    from mmeval.stats.intervals import t_quantile
    from mmeval.stats.items import members

    weight, gap = np.zeros(len(values)), 0.0
    for side, sign in ((known & later, 1), (known & ~later, -1)):
        middle = float(values[side].mean())
        weight[side] = sign * (values[side] - middle) / side.sum()
        gap += sign * middle
    places = np.flatnonzero(known)
    sums = [float(weight[places[group]].sum()) for group in members(clusters[int(i)] for i in places)]
    count = len(sums)
    if count < 3:
        return None
    error = math.sqrt(sum(one * one for one in sums) * count / (count - 1))
    half = t_quantile(0.975, count - 2) * error
    return Estimate(value=gap, low=max(-1.0, gap - half), high=min(1.0, gap + half), n=len(places), method="cluster t")
