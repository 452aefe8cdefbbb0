"""Data files for the scripts of the pages, loaded when they are needed.

They are classic scripts, because a page that is opened from disk may not fetch.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mmeval.board import Board, Cell, Column, ModelCard
from mmeval.board.ranks import Ranks
from mmeval.board.seasons import commitment
from mmeval.board.views import Line, View, percent
from mmeval.formatting import guarded
from mmeval.sitegen.links import benchmark_url, model_url, run_dir
from mmeval.sitegen.site import File, Site
from mmeval.sitegen.text import clean, short
from mmeval.sitegen.writer import digest
from mmeval.store import slug

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def data_file(name: str, value: Any) -> File:
    """One data file: it passes a value to `mmeval.put`.

    It is ASCII only, so that nothing in the value can end a line or a string of the script.
    """
    return File(f"data/{name}.js", data_text(name, value))


def data_text(name: str, value: Any) -> str:
    """The text of a data file."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True)
    return f"mmeval.put({json.dumps(name)},{text});\n"


def pair_files(site: Site) -> dict[str, File]:
    """The file of pairwise errors of each benchmark.

    Its name contains a digest of its content, so that the boards of several months share equal files.
    """
    files = {}
    for name, ranks in site.ranks.items():
        value = pairs_data(ranks)
        files[name] = data_file(f"pairs/{slug(name)}-{digest(value)[:12]}", value)
    return files


def view_data(view: View, pairs: Mapping[str, File]) -> dict[str, Any]:
    """Which models differ in a view, and the name of each benchmark's file of pairs.

    The first serves ranks among filtered rows, the second ranks over columns that a reader chooses.
    """
    ranked = view.ranks
    return {
        "models": named(ranked),
        "below": list(ranked.below) if ranked else [],
        "pairs": {column.card.name: PurePosixPath(pairs[column.card.name].path).stem for column in view.columns},
    }


def named(ranks: Ranks | None) -> list[str]:
    """The models by the names that the rows of the board have."""
    return [clean(name) for name in ranks.models] if ranks else []


def pairs_data(ranks: Ranks | None) -> dict[str, Any]:
    """Standard errors of all pairwise differences on one benchmark, in points."""
    if ranks is None:
        return {"models": [], "errors": "", "own": "", "units": [1, 1], "df": 1}
    units = [ranks.unit * 100, ranks.own_unit * 100]
    return {"models": named(ranks), "errors": ranks.errors, "own": ranks.own, "units": units, "df": ranks.freedom}


RANKED = 300
"""Most models that weights of a reader rank by tests of all pairs: beyond, the pieces would weigh too much."""


def weighed_data(view: View, alone: Mapping[str, Ranks | None]) -> dict[str, Any]:
    """What scores and ranks by a reader's own weights of the benchmarks are made from, beside the files of pairs.

    `values` has the scores of each row on each benchmark, 0 to 100 in full precision: measured, else predicted, else
    null. `of` is the `Weighed` of the ranks, whose rows follow `models`. `own` is what intervals are made from,
    by which models are ranked where there are too many for tests of all pairs.

    Args:
        view: whose benchmarks a reader weighs.
        alone: the ranks on each benchmark by its name.
    """
    ranks = view.ranks
    few = ranks is not None and ranks.weighed is not None and len(ranks.models) <= RANKED
    return {
        "benchmarks": [column.card.name for column in view.columns],
        "models": named(ranks),
        "values": {
            clean(name): [_exact(column, name, view.lines[name]) for column in view.columns] for name in view.order
        },
        "of": asdict(ranks.weighed) if few and ranks and ranks.weighed else None,
        "own": own_errors(view, ranks, alone) if ranks and len(ranks.models) > RANKED else None,
    }


def own_errors(view: View, ranks: Ranks, alone: Mapping[str, Ranks | None]) -> list[tuple[str, float, float]]:
    """Of each benchmark the standard errors of the scores of `ranks.models`, their unit in points, and their freedom.

    Two characters for each model, as in `Ranks.own`, or two dots for one that has no rank on the benchmark.
    """
    out = []
    for column in view.columns:
        here = alone[column.card.name]
        at = {name: 2 * place for place, name in enumerate(here.models)} if here else {}
        codes = (here.own[at[name] : at[name] + 2] if here and name in at else ".." for name in ranks.models)
        out.append(("".join(codes), here.own_unit * 100 if here else 1.0, here.freedom if here else 1.0))
    return out


def _exact(column: Column, name: str, line: Line) -> float | None:
    cell = column.cells.get(name)
    value = line.predicted.get(column.card.name) if cell is None else percent(column.card, cell.headline.value)
    return None if value is None else float(f"{value:.13g}")


def model_data(name: str, board: Board) -> dict[str, Any]:
    """What the detail box and the comparison need about one model: numbers, and one character for each sample."""
    card = board.models[name]
    cells = {column.card.name: cell_data(column, cell) for column, cell in board.of(name)}
    return {"title": clean(card.label), "url": model_url(name), "reference": card.reference or "", "cells": cells}


def past_cells(then: Board, now: Board) -> dict[str, dict[str, Any]]:
    """The cells of an earlier board that were made of other runs than today's, by model and benchmark."""
    today = {column.card.name: column.cells for column in now.columns}
    out: dict[str, dict[str, Any]] = {}
    for column in then.columns:
        for model, cell in column.cells.items():
            other = today[column.card.name].get(model)
            if other is None or [one.key for one in other.runs] != [one.key for one in cell.runs]:
                numbers = {key: value for key, value in cell_numbers(column, cell).items() if key != "run"}
                out.setdefault(clean(model), {})[column.card.name] = numbers
    return out


def cell_data(column: Column, cell: Cell) -> dict[str, Any]:
    """One cell: its numbers, and one character for each sample."""
    return {
        **cell_numbers(column, cell),
        "levels": cell.vector.levels,
        "outcomes": cell.vector.outcomes,
        "set": (next(iter(column.cells.values())).run.info.samples_digest or "")[:12],
        "file": slug(column.card.name),
    }


def cell_numbers(column: Column, cell: Cell) -> dict[str, Any]:
    """The numbers of the detail box."""
    scale = column.card.scale
    return {
        "run": run_dir(cell),
        "value": round(cell.headline.value * scale, 4),
        "low": round(cell.headline.low * scale, 4),
        "high": round(cell.headline.high * scale, 4),
        "measured": round(cell.measured.value * scale, 4),
        "right": round(cell.right.value * scale, 4),
        "missing": cell.vector.missing,
        "runs": len(cell.runs),
        "n": cell.n,
        "planned": cell.planned,
        "failed": cell.failed,
        "truncated": cell.truncated,
        "unparsed": cell.unparsed,
        "cost": cell.cost_1000,
    }


def samples_data(column: Column, tags: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Ids, clusters and tags of a benchmark's samples, in the order of the level strings.

    `unit` is what a level of 1 is worth in points of the score; it is negative where lower is better.
    """
    vector = next(iter(column.cells.values())).vector
    names = sorted({name for one in tags.values() for name in one})
    shown = [name for name in names if 1 < len({one.get(name) for one in tags.values()}) <= 40]
    coded = {name: _coded([short(tags.get(key, {}).get(name, ""), 80) for key in vector.ids]) for name in shown}
    clusters = _coded(list(vector.clusters))["codes"]
    card = column.card
    unit = (card.high - card.low) * card.scale / 100 if column.compared(column.cells) == "mean" else 1
    return {
        "unit": -unit if card.higher_is_better is False else unit,
        "title": clean(column.card.title),
        "url": benchmark_url(column.card.name),
        "mean": column.compared(column.cells) == "mean",
        "ids": [short(key, 80) for key in vector.ids],
        "clusters": clusters,
        "tags": coded,
    }


def _coded(values: Sequence[str]) -> dict[str, Any]:
    names = list(dict.fromkeys(values))
    place = {name: i for i, name in enumerate(names)}
    return {"names": names, "codes": [place[value] for value in values]}


def board_rows(board: Board, view: View, ranks: Mapping[str, Ranks | None]) -> list[dict[str, Any]]:
    """The whole board as rows, one for each model and benchmark, with the ranks on that benchmark."""
    return [
        {**row_data(column, cell, board.models[name]), **rank_ends(ranks.get(column.card.name), name)}
        for name in view.order
        for column, cell in board.of(name)
    ]


def model_rows(board: Board, view: View) -> list[dict[str, Any]]:
    """One row for each model: what is known about it, its mean over all benchmarks, and its rank on that."""
    rows = []
    for name in view.order:
        card, line = board.models[name], view.lines[name]
        rows.append(
            {
                "model": card.name,
                "title": card.label,
                "organization": card.organization,
                "reference": card.reference,
                "released": card.released.isoformat() if card.released else None,
                "parameters": card.parameters,
                "open": card.open,
                "mean": None if line.mean is None else round(line.mean, 4),
                "half": None if line.half is None else round(line.half, 4),
                "predicted": len(line.predicted),
                "above_chance": None if line.corrected is None else round(line.corrected, 4),
                "coverage": line.coverage,
                "benchmarks": len(view.columns),
                "mark": line.mark,
                **rank_ends(view.ranks, name),
            }
        )
    return rows


def rank_ends(ranks: Ranks | None, model: str) -> dict[str, int | None]:
    """The best and the worst rank of a model; empty without one."""
    rank = ranks.intervals.get(model) if ranks else None
    return {"rank_best": rank.best if rank else None, "rank_worst": rank.worst if rank else None}


def aside_rows(board: Board) -> list[dict[str, Any]]:
    """Other settings, runs on some of the samples, other seasons: what has no row, with the list that it is on."""
    rows = []
    for column in board.columns:
        listed = [("setting", one.cell, f"{one.reason} {one.value}".strip()) for one in column.variants]
        listed += [("limited", cell, "") for cell in column.limited]
        listed += [("season", cell, commitment(cell.spec)) for one in column.seasons for cell in one.cells.values()]
        for kind, cell, why in listed:
            rows.append({"list": kind, "why": why, **row_data(column, cell, board.models[cell.spec.model])})
    return rows


def row_data(column: Column, cell: Cell, card: ModelCard) -> dict[str, Any]:
    """The numbers of one cell, in the range of the metric."""
    info, head = cell.run.info, cell.headline
    return {
        "model": card.name,
        "organization": card.organization,
        "reference": card.reference,
        "benchmark": column.card.name,
        "version": cell.spec.version,
        "profile": cell.spec.profile,
        "metric": info.primary_metric,
        "value": head.value,
        "low": head.low,
        "high": head.high,
        "percent": round(percent(column.card, head.value), 4),
        "measured": cell.measured.value,
        "if_missing_right": cell.right.value,
        "missing": cell.vector.missing,
        "unranked": cell.unranked,
        "settings": " ".join(f"{key}={value}" for key, value in cell.settings),
        "runs": len(cell.runs),
        "n": cell.n,
        "planned": cell.planned,
        "failed": cell.failed,
        "truncated": cell.truncated,
        "unparsed": cell.unparsed,
        "cost_per_1000": cell.cost_1000,
        "origin": info.origin,
        "mark": cell.mark,
        "finished": cell.finished,
        "run": cell.run.path.name,
    }


def dataset(board: Board, title: str) -> dict[str, Any]:
    """Structured data about the whole board for search engines: schema.org/Dataset."""
    names = ", ".join(column.card.title for column in board.columns)
    kinds = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
    files = [(f"data/{name}.{ending}", kind) for name in ("board", "models") for ending, kind in kinds.items()]
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{title} leaderboard",
        "description": f"Scores of {len(board.models)} multimodal models with 95 % intervals on: {names}",
        "dateModified": board.updated,
        "distribution": [{"@type": "DataDownload", "contentUrl": url, "encodingFormat": kind} for url, kind in files],
    }


def downloads(path: str) -> list[tuple[str, str]]:
    """Label and file of each format of a table."""
    return [(label, f"{path}.{label.lower()}") for label in ("CSV", "JSON", "Parquet")]


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV. Text that a spreadsheet would run as a formula is preceded by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if rows:
        writer.writerow(rows[0].keys())
        writer.writerows([[guarded(v) if isinstance(v, str) else v for v in row.values()] for row in rows])
    return out.getvalue()


def as_json(rows: Sequence[Mapping[str, Any]], **about: Any) -> str:
    """An object with the rows, each on its own line, and what is known about them."""
    head = "".join(f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)},\n" for key, value in about.items())
    lines = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
    return f'{{{head}"rows": [\n{lines}\n]}}\n'


def as_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as Parquet; a column without any value, or with numbers that no type holds, is text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = list(rows[0]) if rows else []
    out = io.BytesIO()
    pq.write_table(pa.table({name: _column([row[name] for row in rows]) for name in names}), out)
    return out.getvalue()


def _column(values: Sequence[Any]) -> Any:
    """One column. It is built from its buffers: `pyarrow.array` imports pandas, which takes longer than all of this."""
    import numpy as np
    import pyarrow as pa

    known = np.array([value is not None for value in values], dtype=bool)
    numbers = _numbers(values)
    if numbers is not None:
        kind = pa.from_numpy_dtype(numbers.dtype)
        body = np.packbits(numbers, bitorder="little") if numbers.dtype == bool else numbers
        return pa.Array.from_buffers(kind, len(values), [_bits(known), pa.py_buffer(body.tobytes())])
    raw = [b"" if value is None else _utf8(value) for value in values]
    ends = np.cumsum([0, *map(len, raw)], dtype=np.int32)
    buffers = [_bits(known), pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(raw))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def _numbers(values: Sequence[Any]) -> NDArray[Any] | None:
    """Booleans, whole numbers or floats with 0 for None; None if the column has anything else, or nothing."""
    import numpy as np

    kinds = {type(value) for value in values if value is not None}
    if not kinds or not (kinds <= {int, float} or kinds == {bool}):
        return None
    try:
        return np.array(
            [value or 0 for value in values], dtype=bool if bool in kinds else float if float in kinds else int
        )
    except OverflowError:  # a run may claim any number
        return None


def _bits(known: NDArray[np.bool_]) -> Any:
    """Which values of a column are known; None if all are."""
    import numpy as np
    import pyarrow as pa

    return None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little").tobytes())


def _utf8(value: Any) -> bytes:
    """A value as text; a run may hold any text."""
    try:
        return str(value).encode()
    except UnicodeEncodeError:
        return clean(str(value)).encode()
