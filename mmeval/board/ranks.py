"""Rank ranges and tiers from paired tests over shared samples; references are shown but never ranked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.board.collect import Cell, Column, Compared
from mmeval.board.headlines import group_means
from mmeval.store import canonical, write_atomic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mmeval.stats.ranking import Table

DRAWS = 1000
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
TABLE_VERSION = 3
"""Raise it when the same scores would give another ranking: stored rankings are then made anew."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a model stands: it cannot be told, at the level, from any rank between best and worst."""

    best: int
    worst: int
    tier: int
    p_first: float


@dataclass(frozen=True, slots=True)
class Ranks:
    """Standings of all models that were compared, and which pairs differ."""

    models: Sequence[str]
    standing: Mapping[str, Standing]
    below: Sequence[str]
    """For each model, in order, one hexadecimal number: bit i is set where model i is better than it."""
    samples: int
    """Samples that all of them were compared on, over all benchmarks."""
    compared: Sequence[Compared]
    """What the tests are about, for each column."""
    errors: str
    """Standard errors of the pairwise differences for i < j, row by row: two DIGITS each, in units of `unit`."""
    unit: float
    """As a share of the metrics' ranges."""
    df: int = 0
    """Degrees of freedom of the errors where some are from pseudo-values, else 0: as many as there are clusters."""


def rank_columns(columns: Sequence[Column], models: Sequence[str], *, cache: Path | None = None) -> Ranks | None:
    """Rank the models on the equally weighted mean of the columns, on which all of them must stand.

    A sample that a model failed on counts as that model's mean, so that its mean is the one that is shown; runs with
    more than their error budget of failures are not on the board at all. A headline that is no mean of sample scores
    (F1, questions right in every rotation) is compared by its jackknife pseudo-values. None where there is nothing to
    compare.
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
    from mmeval.stats.ranking import rank

    compared = {column.card.name: column.compared(models) for column in columns}
    tables = []
    for column in columns:
        cells = [column.cells[name] for name in models]
        ids = cells[0].vector.ids
        if any(cell.vector.ids != ids for cell in cells) or len(set(cells[0].vector.clusters)) < 2:
            return None
        tables.append(_table(column, cells, compared[column.card.name]))
    found = rank(tables, draws=DRAWS)
    standing = {
        name: Standing(int(found.best[i]), int(found.worst[i]), int(found.tier[i]), round(float(found.p_first[i]), 4))
        for i, name in enumerate(models)
    }
    bits = [format(sum(1 << int(j) for j in found.better[:, i].nonzero()[0]), "x") for i in range(len(models))]
    errors, unit = pack(found.errors)
    df = min((table.scores.shape[1] - 1 for table in tables if table.pseudo), default=0)
    samples = sum(len(column.cells[models[0]].vector.ids) for column in columns)
    return Ranks(list(models), standing, bits, samples, list(compared.values()), errors, unit, df)


def pack(errors: NDArray[np.float64]) -> tuple[str, float]:
    """The upper triangle in 12 bits a number, relative to the largest."""
    import numpy as np

    upper = errors[np.triu_indices(len(errors), 1)]
    unit = float(upper.max()) / 4095 if upper.size and upper.max() > 0 else 1.0
    whole = np.rint(upper / unit).astype(np.int64)
    digits = np.frombuffer(DIGITS.encode(), dtype=np.uint8)
    return np.stack([digits[whole // 64], digits[whole % 64]], axis=1).tobytes().decode(), unit


def _table(column: Column, cells: Sequence[Cell], compared: Compared) -> Table:
    """One benchmark's scores as shares of the metric's range, higher is better."""
    import numpy as np

    from mmeval.stats.ranking import Table

    sign = -1.0 if column.card.higher_is_better is False else 1.0
    if compared == "jackknife":
        rows = [np.array(cell.vector.pseudo) if cell.vector.pseudo else group_means(cell.vector) for cell in cells]
        return Table(sign * np.array(rows), pseudo=True)
    return Table(sign * np.array([_filled(cell.vector.values) for cell in cells]), cells[0].vector.clusters)


def _filled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """[samples] without gaps."""
    import numpy as np

    known = values[~np.isnan(values)]
    return np.where(np.isnan(values), known.mean() if known.size else 0.0, values)


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
    standing = {name: Standing(**one) for name, one in raw["standing"].items()}
    return Ranks(**{**raw, "standing": standing})
