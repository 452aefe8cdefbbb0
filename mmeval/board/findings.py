"""Finds notable samples from the answers of all models: the hardest, and those whose target may be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mmeval.board.cell import Cell, Column

MOST = 12
"""Findings that are listed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One notable sample."""

    number: int
    """From 1, in the order of ids."""
    id: str
    share: float
    """Hardest: how much is right. Suspicious: share of the strong models that gave the answer."""
    models: int
    answer: str = ""


def aligned(column: Column, models: Sequence[str]) -> list[Cell]:
    """The cells of these models on the sample set that most of them share."""
    cells = [column.cells[name] for name in models if name in column.cells]
    if not cells:
        return []
    ids = Counter(cell.vector.ids for cell in cells).most_common(1)[0][0]
    return [cell for cell in cells if cell.vector.ids == ids]


def hardest(column: Column, models: Sequence[str]) -> list[Finding]:
    """Samples of which least is right, among those that at least three models answered."""
    import numpy as np

    cells = aligned(column, models)
    if len(cells) < 3:
        return []
    table = np.array([cell.vector.right for cell in cells])
    answered = (~np.isnan(table)).sum(axis=0)
    means = np.where(answered > 0, np.nansum(table, axis=0) / np.maximum(answered, 1), 1.0)
    order = [int(i) for i in np.argsort(means, kind="stable") if answered[i] >= 3 and means[i] < 0.5][:MOST]
    ids = cells[0].vector.ids
    return [Finding(i + 1, ids[i], float(means[i]), int(answered[i])) for i in order]


def suspicious(column: Column, models: Sequence[str]) -> list[Finding]:
    """Samples on which at least two thirds of the strong models agree on one answer that is wrong.

    The strong models are the best third by headline, but at least three. Their agreement against the target suggests
    that the target is wrong.
    """
    cells = aligned(column, models)
    better = -1.0 if column.card.higher_is_better is False else 1.0
    strong = sorted(cells, key=lambda cell: (-better * cell.headline.value, cell.spec.model))[: max(3, len(cells) // 3)]
    if len(strong) < 3:
        return []
    found = [one for i in range(len(strong[0].vector.ids)) if (one := _against(strong, i)) is not None]
    return sorted(found, key=lambda one: (-one.share, one.number))[:MOST]


def _against(strong: Sequence[Cell], i: int) -> Finding | None:
    answers = [cell.vector.answers[i].strip().casefold() for cell in strong]
    answer, count = Counter(a for a in answers if a).most_common(1)[0] if any(answers) else ("", 0)
    if count < 3 or count < len(strong) * 2 / 3:
        return None
    if any(cell.vector.right[i] != 0 for cell, given in zip(strong, answers, strict=True) if given == answer):
        return None
    shown = next(cell.vector.answers[i] for cell, given in zip(strong, answers, strict=True) if given == answer)
    return Finding(i + 1, strong[0].vector.ids[i], count / len(strong), len(strong), shown)
