"""Rank intervals and tiers from paired tests on shared samples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.board.cell import Cell, Column, Compared
from mmeval.board.headlines import group_means
from mmeval.store import canonical, write_atomic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mmeval.stats.ranking import Partial, Ranking, Table

DRAWS = 1000
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
TABLE_VERSION = 9
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
class Predicted:
    """The overall score of a model that was not run on every benchmark."""

    shares: Mapping[str, float]
    """What is predicted for the benchmarks that it lacks, 0 to 1, by their names; higher is better."""
    half: float
    """Half of the interval of the mean over all benchmarks, as a share."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What ranks for other weights of the benchmarks are made from where models lack some of them.

    Rows follow the models, columns the benchmarks. `weights`, `pulls`, `slopes`, `inverse` and `tau` are those of
    `stats.additive.Pieces`.
    """

    benchmarks: Sequence[str]
    weights: Sequence[Sequence[float]]
    pulls: Sequence[Sequence[float]]
    slopes: Sequence[Sequence[float]]
    inverse: Sequence[Sequence[float]]
    tau: Sequence[float]
    freedom: float
    """Degrees of freedom of what the missing cells add."""


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
    own: str
    """Standard errors of the scores, like `errors`, in units of `own_unit`."""
    unit: float
    """As a share of the metrics' ranges."""
    own_unit: float
    freedom: float
    """Degrees of freedom of the errors."""
    predicted: Mapping[str, Predicted] = field(default_factory=dict)
    """The models that lack benchmarks."""
    weighed: Weighed | None = None
    """Only if there are such models."""


def rank_columns(columns: Sequence[Column], models: Sequence[str], *, cache: Path | None = None) -> Ranks | None:
    """Rank models on the equally weighted mean of the columns; each model must have a cell in one of them.

    What is missing in a cell counts as wrong, as in the headline of the cells. A cell that is missing is predicted from
    the model's other cells. A headline that is not a mean of sample scores, such as F1, is compared by its jackknife
    pseudo-values. Returns None if there are fewer than two models, if a column has fewer than two of them, if they do
    not share their samples, or if missing cells cannot be predicted.
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
    tables = []
    for column in columns:
        cells = [column.cells[name] for name in models if name in column.cells]
        ids = cells[0].vector.ids if cells else ()
        if any(cell.vector.ids != ids for cell in cells) or len(set(cells[0].vector.clusters if cells else ())) < 2:
            return None
        tables.append(_table(column, cells, column.compared(models)))
    made = _ranked(columns, models, tables)
    if made is None:
        return None
    found, predicted, weighed = made
    intervals = {
        name: RankInterval(
            int(found.best[i]), int(found.worst[i]), int(found.tier[i]), round(float(found.p_first[i]), 4)
        )
        for i, name in enumerate(models)
    }
    bits = [format(sum(1 << int(j) for j in found.better[:, i].nonzero()[0]), "x") for i in range(len(models))]
    errors, unit = pack(_upper(found.errors))
    own, own_unit = pack(found.own)
    return Ranks(
        models=list(models),
        intervals=intervals,
        below=bits,
        samples=sum(table.scores.shape[1] for table in tables),
        compared=[column.compared(models) for column in columns],
        errors=errors,
        own=own,
        unit=unit,
        own_unit=own_unit,
        freedom=found.freedom,
        predicted=predicted,
        weighed=weighed,
    )


def _ranked(
    columns: Sequence[Column], models: Sequence[str], tables: Sequence[Table]
) -> tuple[Ranking, dict[str, Predicted], Weighed | None] | None:
    import numpy as np

    from mmeval.stats.ranking import rank, rank_partial

    lacks = {name: [i for i, column in enumerate(columns) if name not in column.cells] for name in models}
    if not any(lacks.values()):
        return rank(tables, draws=DRAWS), {}, None
    present = [np.array([i for i, name in enumerate(models) if name in column.cells]) for column in columns]
    made = rank_partial(tables, present, len(models), draws=DRAWS)
    if made is None:
        return None
    predicted = {
        name: Predicted(
            {columns[i].card.name: round(float(made.filled[row, i]), 12) for i in missing},
            round(float(made.halves[row]), 6),
        )
        for row, (name, missing) in enumerate(lacks.items())
        if missing
    }
    return made.ranking, predicted, _weighed([column.card.name for column in columns], made)


def _weighed(names: Sequence[str], made: Partial) -> Weighed:
    def rows(values: NDArray[np.float64]) -> list[list[float]]:
        return [[float(f"{value:.7g}") for value in row] for row in values.tolist()]

    of = made.pieces
    (tau,) = rows(of.tau[None])
    return Weighed(names, rows(of.weights), rows(of.pulls), rows(of.slopes), rows(of.inverse), tau, made.freedom)


def _upper(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    found: NDArray[np.float64] = matrix[np.triu_indices(len(matrix), 1)]
    return found


def pack(errors: NDArray[np.float64]) -> tuple[str, float]:
    """Numbers that are not negative as text, 12 bits per number, and the unit of these numbers."""
    import numpy as np

    unit = float(errors.max()) / 4095 if errors.size and errors.max() > 0 else 1.0
    whole = np.rint(errors / unit).astype(np.int64)
    digits = np.frombuffer(DIGITS.encode(), dtype=np.uint8)
    return np.stack([digits[whole // 64], digits[whole % 64]], axis=1).tobytes().decode(), unit


def _table(column: Column, cells: Sequence[Cell], compared: Compared) -> Table:
    """One benchmark's scores as shares of the metric's range, turned so that higher is better."""
    import numpy as np

    from mmeval.stats.ranking import Table

    def turned(rows: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return 1 - np.array(rows) if column.card.higher_is_better is False else np.array(rows)

    if compared == "jackknife":
        rows = [np.array(cell.vector.pseudo) if cell.vector.pseudo else group_means(cell.vector) for cell in cells]
        return Table(turned(rows))
    return Table(turned([cell.vector.counted for cell in cells]), cells[0].vector.clusters)


def _key(columns: Sequence[Column], models: Sequence[str]) -> str:
    parts = [
        [
            [c.card.name, c.card.higher_is_better, c.compared(models)],
            [
                [c.cells[name].vector.digest, c.cells[name].vector.pseudo] if name in c.cells else None
                for name in models
            ],
        ]
        for c in columns
    ]
    return hashlib.sha256(canonical([TABLE_VERSION, DRAWS, list(models), parts])).hexdigest()


def _load(raw: dict[str, Any]) -> Ranks:
    intervals = {name: RankInterval(**one) for name, one in raw["intervals"].items()}
    predicted = {name: Predicted(**one) for name, one in raw["predicted"].items()}
    weighed = Weighed(**raw["weighed"]) if raw["weighed"] else None
    return Ranks(**{**raw, "intervals": intervals, "predicted": predicted, "weighed": weighed})
