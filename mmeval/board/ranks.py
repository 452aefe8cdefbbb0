"""Rank intervals and tiers from paired tests on shared samples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.board.cell import Cell, Column, Compared
from mmeval.board.headlines import group_means
from mmeval.store import canonical, write_atomic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mmeval.stats.ranking import Table

DRAWS = 1000
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
TABLE_VERSION = 7
"""Raise it when the same scores would give another ranking or its file changes: cached rankings are then recomputed."""


@dataclass(frozen=True, slots=True)
class RankInterval:
    """The ranks that the tests leave possible for a model: from `best` to `worst`.

    `best` is one more than the number of models that are significantly better; `worst` also counts the tied ones.
    """

    best: int
    worst: int
    tier: int
    p_first: float


@dataclass(frozen=True, slots=True)
class Ranks:
    """Rank intervals of all models that were compared, and which pairs differ."""

    models: Sequence[str]
    intervals: Mapping[str, RankInterval]
    below: Sequence[str]
    """For each model, in order, a hexadecimal number: bit i is set if model i is significantly better."""
    samples: int
    """Number of samples that all models were compared on, over all benchmarks."""
    compared: Sequence[Compared]
    """The quantity that the tests compare, for each column."""
    errors: str
    """Standard errors of the pairwise differences for i < j, row by row: two DIGITS each, in units of `unit`."""
    unit: float
    """As a share of the metrics' ranges."""
    df: int = 0
    """Degrees of freedom of the errors if they are few; otherwise 0, for the normal distribution."""


def rank_columns(columns: Sequence[Column], models: Sequence[str], *, cache: Path | None = None) -> Ranks | None:
    """Rank models on the equally weighted mean of the columns; each model must have a cell in all of them.

    What is missing counts as wrong, as in the headline of the cells. A headline that is not a mean of sample scores,
    such as F1, is compared by its jackknife pseudo-values. Returns None if there are fewer than two models, or if they
    do not share their samples.
    """
    if len(models) < 2 or not columns:
        return None
    key = _key(columns, models)
    file = cache / "ranks" / f"{key}.json" if cache else None
    if file is not None and file.is_file():
        return _load(json.loads(file.read_text(encoding="utf-8")))
    made = _rank(columns, models)
    if made is not None and file is not None:
        write_atomic(file, json.dumps(asdict(made), sort_keys=True))
    return made


def _rank(columns: Sequence[Column], models: Sequence[str]) -> Ranks | None:
    from mmeval.stats.ranking import SMALL, rank

    compared = {column.card.name: column.compared(models) for column in columns}
    tables = []
    for column in columns:
        cells = [column.cells[name] for name in models]
        ids = cells[0].vector.ids
        if any(cell.vector.ids != ids for cell in cells) or len(set(cells[0].vector.clusters)) < 2:
            return None
        tables.append(_table(column, cells, compared[column.card.name]))
    found = rank(tables, draws=DRAWS)
    intervals = {
        name: RankInterval(
            int(found.best[i]), int(found.worst[i]), int(found.tier[i]), round(float(found.p_first[i]), 4)
        )
        for i, name in enumerate(models)
    }
    bits = [format(sum(1 << int(j) for j in found.better[:, i].nonzero()[0]), "x") for i in range(len(models))]
    errors, unit = pack(found.errors)
    df = int(found.freedom) if found.freedom < SMALL else 0
    samples = sum(len(column.cells[models[0]].vector.ids) for column in columns)
    return Ranks(list(models), intervals, bits, samples, list(compared.values()), errors, unit, df)


def pack(errors: NDArray[np.float64]) -> tuple[str, float]:
    """The upper triangle of a matrix as text, 12 bits per number, and the unit of these numbers."""
    import numpy as np

    upper = errors[np.triu_indices(len(errors), 1)]
    unit = float(upper.max()) / 4095 if upper.size and upper.max() > 0 else 1.0
    whole = np.rint(upper / unit).astype(np.int64)
    digits = np.frombuffer(DIGITS.encode(), dtype=np.uint8)
    return np.stack([digits[whole // 64], digits[whole % 64]], axis=1).tobytes().decode(), unit


def _table(column: Column, cells: Sequence[Cell], compared: Compared) -> Table:
    """One benchmark's scores as shares of the metric's range, signed so that higher is better."""
    import numpy as np

    from mmeval.stats.ranking import Table

    sign = -1.0 if column.card.higher_is_better is False else 1.0
    if compared == "jackknife":
        rows = [np.array(cell.vector.pseudo) if cell.vector.pseudo else group_means(cell.vector) for cell in cells]
        return Table(sign * np.array(rows))
    return Table(sign * np.array([cell.vector.counted for cell in cells]), cells[0].vector.clusters)


def _key(columns: Sequence[Column], models: Sequence[str]) -> str:
    parts = [
        [
            [c.card.higher_is_better, c.compared(models)],
            [[c.cells[name].vector.digest, c.cells[name].vector.pseudo] for name in models],
        ]
        for c in columns
    ]
    return hashlib.sha256(canonical([TABLE_VERSION, DRAWS, list(models), parts])).hexdigest()


def _load(raw: dict[str, Any]) -> Ranks:
    intervals = {name: RankInterval(**one) for name, one in raw["intervals"].items()}
    return Ranks(**{**raw, "intervals": intervals})
