"""How good a benchmark is at telling models apart, from the answers of all models to its samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mmeval.board.cards import reference
from mmeval.board.cell import Cell, Column
from mmeval.board.collect import all_runs, collect
from mmeval.board.findings import aligned
from mmeval.catalog import Catalog
from mmeval.errors import RunFailedError, UsageError
from mmeval.stats.items import cluster_sums, discrimination, negative_p, reliability, signal
from mmeval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FEWEST", "FOR_KEYS", "ItemScores", "Quality", "SuspectKey", "column_of", "item_scores", "quality"]

FEWEST = 5
"""Models without which nothing is said."""
FOR_KEYS = 8
"""Models without which no key is called suspect: with fewer, no correlation is far enough from 0."""
ALPHA = 0.01
"""P-value below which an item's negative discrimination makes its key suspect."""
MOST = 12
"""Suspect keys that are listed."""


@dataclass(frozen=True, slots=True)
class ItemScores:
    """The samples that all models of a benchmark were measured on."""

    cells: tuple[Cell, ...]
    """One per model, without references."""
    scores: NDArray[np.float64]
    """[models, items], in [0, 1]."""
    places: tuple[int, ...]
    """[items], the place of each in the vectors of the cells."""
    clusters: tuple[str, ...]
    """[items]"""

    @property
    def ids(self) -> list[str]:
        """The ids of the items, shape [items]."""
        return [self.cells[0].vector.ids[place] for place in self.places]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectKey:
    """A sample that weak models get right and strong ones wrong."""

    number: int
    """From 1, in the order of ids."""
    id: str
    discrimination: float
    strong: float
    """Mean score of the better half of the models."""
    weak: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the item analysis of one benchmark says."""

    models: int
    items: int
    """Samples that all these models were measured on."""
    left_out: int
    """Samples without a score of some model."""
    reliability: Estimate | None
    spread: float
    """Standard deviation of the models' true scores, in [0, 1]."""
    noise: float
    """Standard deviation of one model's score that is due to the choice of samples."""
    discrimination: float | None
    """Median over the samples on which models differ."""
    low: float
    """Share of those samples with a discrimination below 0.1."""
    all_right: float
    """Share of samples that every model gets right."""
    all_wrong: float
    suspects: tuple[SuspectKey, ...] | None
    """At most MOST, lowest discrimination first; None with fewer than FOR_KEYS models."""
    suspected: int
    expected: float
    """How many samples would be suspect by chance alone, if no key were wrong."""


def column_of(results: Path, benchmark: str, catalog: Catalog) -> tuple[Column, list[str]]:
    """The column of one benchmark with its models, without references.

    Raises:
        UsageError: there is no run of this benchmark.
        RunFailedError: none of its runs can be used.
    """
    runs, _ = all_runs(results)
    own = [run for run in runs if run.info.spec.benchmark == benchmark]
    if not own:
        raise UsageError(f"no run of {benchmark} in {results}; `mmeval list runs` lists all runs")
    board = collect(results, catalog=catalog, found=(own, []))
    if not board.columns:
        raise RunFailedError(f"{benchmark}: no run can be used: {board.problems[0].reason}")
    (column,) = board.columns
    return column, sorted(name for name in column.cells if reference(name) is None)


def item_scores(column: Column, models: Sequence[str]) -> ItemScores | None:
    """The table of how much is right for these models; None without two models on the same samples.

    Samples that a model lacks are left out. With many models each sample may lack one: where that would leave out more
    than half of the samples, models that lack any are left out instead.
    """
    import numpy as np

    cells = aligned(column, models)
    if len(cells) < 2:
        return None
    table = np.array([cell.vector.right for cell in cells])
    lacks = np.isnan(table)
    if lacks.any(axis=0).mean() > 0.5:
        whole = np.flatnonzero(~lacks.any(axis=1))
        cells, table, lacks = [cells[i] for i in whole], table[whole], lacks[whole]
    if len(cells) < 2:
        return None
    places = np.flatnonzero(~lacks.any(axis=0))
    clusters = cells[0].vector.clusters
    return ItemScores(
        tuple(cells), table[:, places], tuple(int(place) for place in places), tuple(clusters[i] for i in places)
    )


def quality(column: Column, models: Sequence[str]) -> Quality | None:
    """The item analysis over these models; None with fewer than FEWEST of them, or fewer than two samples."""
    import numpy as np

    found = item_scores(column, models)
    if found is None or len(found.cells) < FEWEST or len(found.places) < 2:
        return None
    scores = found.scores
    each, parts = discrimination(scores), signal(scores, found.clusters)
    known = each[~np.isnan(each)]
    suspects = _suspects(found, each) if len(found.cells) >= FOR_KEYS else None
    return Quality(
        models=len(found.cells),
        items=len(found.places),
        left_out=len(found.cells[0].vector.ids) - len(found.places),
        reliability=reliability(cluster_sums(scores, found.clusters)),
        spread=parts.spread,
        noise=parts.noise,
        discrimination=float(np.median(known)) if len(known) else None,
        low=float((known < 0.1).mean()) if len(known) else 0.0,
        all_right=float((scores >= 1).all(axis=0).mean()),
        all_wrong=float((scores <= 0).all(axis=0).mean()),
        suspects=None if suspects is None else tuple(suspects[:MOST]),
        suspected=len(suspects or ()),
        expected=ALPHA * len(known),
    )


def _suspects(found: ItemScores, each: NDArray[np.float64]) -> list[SuspectKey]:
    import numpy as np

    count = len(found.cells)
    order = np.argsort(-found.scores.mean(axis=1), kind="stable")
    strong, weak = order[: count // 2], order[count - count // 2 :]
    p = negative_p(each, count)
    places = [int(i) for i in np.argsort(np.nan_to_num(each), kind="stable") if p[i] < ALPHA]
    ids = found.ids
    return [
        SuspectKey(
            number=found.places[i] + 1,
            id=ids[i],
            discrimination=float(each[i]),
            strong=float(found.scores[strong, i].mean()),
            weak=float(found.scores[weak, i].mean()),
        )
        for i in places
    ]
