"""A smaller set of samples for a gate, chosen from the runs at hand, and the file that names it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mmeval.board import Column
from mmeval.board.quality import item_scores
from mmeval.compare import Side, only
from mmeval.documents import read_json
from mmeval.errors import NotComparableError, UsageError
from mmeval.gate.policy import Bench
from mmeval.stats.items import members
from mmeval.stats.selection import LEAST, Loss, choose, loss

__all__ = ["Subset", "as_document", "check_ids", "make_subset", "selected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """The samples that were chosen, and what the choice costs."""

    benchmark: str
    version: str
    margin: float
    alpha: float
    units: int
    """Samples, or clusters where the policy compares clusters."""
    of: int
    ids: tuple[str, ...]
    loss: Loss


def make_subset(column: Column, models: Sequence[str], size: int, bench: Bench, *, alpha: float, seed: int) -> Subset:
    """Choose samples from the runs of these models; the power is that of models that had no part in the choice.

    Raises:
        UsageError: the size is not below the number of samples, there are too few models, or none differ by the margin.
    """
    import numpy as np

    name = column.card.name
    found = item_scores(column, models)
    if found is None or len(found.cells) < LEAST:
        have = 0 if found is None else len(found.cells)
        raise UsageError(f"{name}: {have} models have comparable runs; choosing samples takes {LEAST}")
    groups = members(range(len(found.places)) if bench.unit == "sample" else found.clusters)
    scores = np.stack([found.scores[:, group].min(axis=1) for group in groups], axis=1)
    if not 1 < size < len(groups):
        raise UsageError(f"-n {size}: expected a number between 2 and {len(groups) - 1}")
    cost = loss(scores, size, margin=bench.margin, alpha=alpha, seed=seed)
    if cost is None:
        raise UsageError(f"{name}: no two models differ by the margin of {100 * bench.margin:g} points")
    ids = found.ids
    places = sorted(i for unit in choose(scores, size, seed=seed) for i in groups[unit])
    return Subset(
        benchmark=name,
        version=column.spec.version,
        margin=bench.margin,
        alpha=alpha,
        units=size,
        of=len(groups),
        ids=tuple(ids[i] for i in places),
        loss=cost,
    )


def as_document(subset: Subset) -> dict[str, Any]:
    """The content of the file that `ids` in gate.yaml names."""
    return {"schema_version": 1, **asdict(subset), "ids": list(subset.ids)}


def selected(side: Side, bench: Bench) -> Side:
    """The side reduced to the samples of the policy's `ids` file; the whole side without one.

    Raises:
        UsageError: the file cannot be read, or is of another benchmark or version.
    """
    return side if bench.ids is None else only(side, wanted(bench.ids, side.run.info.spec.benchmark))


def check_ids(base: Side, bench: Bench) -> None:
    """Raise NotComparableError if the baseline lacks a sample of the `ids` file; it would be left out silently."""
    if bench.ids is None:
        return
    absent = sorted(wanted(bench.ids, base.run.info.spec.benchmark) - base.items.keys())
    if absent:
        raise NotComparableError(
            f"{bench.ids}: the baseline lacks {len(absent)} of its samples, such as {absent[0]!r}; choose them again "
            "with `mmeval gate subset`"
        )


@lru_cache(maxsize=64)
def wanted(file: Path, benchmark: str) -> frozenset[str]:
    """The ids in a file of `mmeval gate subset`; raises UsageError naming the file."""
    data = read_json(file, UsageError)
    ids = data.get("ids") if isinstance(data, dict) else None
    if not isinstance(ids, list) or not ids or not all(isinstance(key, str) for key in ids):
        raise UsageError(f"{file}: expected a file of `mmeval gate subset`, with a list of sample ids under `ids`")
    if data.get("benchmark") != benchmark:
        raise UsageError(f"{file}: it names samples of {data.get('benchmark')!r}, not of {benchmark!r}")
    return frozenset(ids)
