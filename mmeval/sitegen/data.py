"""Files for the scripts, loaded only when they are needed. Classic scripts, because a page on disk may not fetch."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mmeval.board import Board, Cell, Column
from mmeval.board.ranks import Ranks
from mmeval.board.views import View, percent
from mmeval.sitegen.links import benchmark_url, model_url, run_dir
from mmeval.sitegen.text import clean, short
from mmeval.store import slug


def script(name: str, value: Any) -> str:
    """One data file: hands a value to `mmeval.put`; ASCII only, so that nothing in it can end a line or a string."""
    return f"mmeval.put({json.dumps(name)},{json.dumps(value, separators=(',', ':'), sort_keys=True)});\n"


def view_data(view: View, pairs: Mapping[str, str]) -> dict[str, Any]:
    """Which models differ in a view, and the name of each benchmark's file of pairs.

    The first is for ranks among the rows that a filter leaves, the second for columns that a reader chose.
    """
    ranked = view.ranks
    return {
        "models": named(ranked),
        "below": list(ranked.below) if ranked else [],
        "pairs": {column.card.name: pairs[column.card.name] for column in view.columns},
    }


def named(ranks: Ranks | None) -> list[str]:
    """The models as the rows of the board name them."""
    return [clean(name) for name in ranks.models] if ranks else []


def pairs_data(ranks: Ranks | None) -> dict[str, Any]:
    """Standard errors of all differences on one benchmark in points, for averages over columns that a reader chose."""
    if ranks is None:
        return {"models": [], "errors": "", "unit": 1, "df": 0}
    return {"models": named(ranks), "errors": ranks.errors, "unit": ranks.unit * 100, "df": ranks.df}


def model_data(name: str, board: Board) -> dict[str, Any]:
    """Everything about one model that the detail box and the comparison need: one character for each sample."""
    card = board.models[name]
    cells = {column.card.name: cell_data(column, cell) for column, cell in board.of(name)}
    return {"title": clean(card.label), "url": model_url(name), "reference": card.reference or "", "cells": cells}


def past_cells(then: Board, now: Board) -> dict[str, dict[str, Any]]:
    """What was behind the cells of an earlier board where another run stands in them today: by model and benchmark."""
    today = {column.card.name: column.cells for column in now.columns}
    out: dict[str, dict[str, Any]] = {}
    for column in then.columns:
        for model, cell in column.cells.items():
            other = today[column.card.name].get(model)
            if other is None or other.run.path != cell.run.path:
                shown = cell_data(column, cell)
                kept = {
                    key: shown[key]
                    for key in ("value", "low", "high", "n", "planned", "failed", "truncated", "unparsed", "cost")
                }
                out.setdefault(clean(model), {})[column.card.name] = kept
    return out


def cell_data(column: Column, cell: Cell) -> dict[str, Any]:
    """One run in short."""
    info, scale = cell.run.info, column.card.scale
    return {
        "run": run_dir(cell),
        "value": round(cell.headline.value * scale, 4),
        "low": round(cell.headline.low * scale, 4),
        "high": round(cell.headline.high * scale, 4),
        "n": cell.headline.n,
        "planned": info.planned,
        "failed": cell.failed,
        "truncated": cell.truncated,
        "unparsed": info.unparsed,
        "cost": cell.cost_1000,
        "levels": cell.vector.levels,
        "outcomes": cell.vector.outcomes,
        "set": (info.samples_digest or "")[:12],
        "file": slug(column.card.name),
    }


def samples_data(column: Column, tags: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Ids, clusters and tags of a benchmark's samples in the order of the level strings."""
    vector = next(iter(column.cells.values())).vector
    names = sorted({name for one in tags.values() for name in one})
    shown = [name for name in names if 1 < len({one.get(name) for one in tags.values()}) <= 40]
    coded = {name: _coded([short(tags.get(key, {}).get(name, ""), 80) for key in vector.ids]) for name in shown}
    clusters = _coded(list(vector.clusters))["codes"]
    card = column.card
    return {
        "unit": (card.high - card.low) * card.scale / 100 if column.compared(column.cells) == "mean" else 1,
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


def board_rows(board: Board, view: View) -> list[dict[str, Any]]:
    """The whole board as plain rows, one for each model and benchmark."""
    rows = []
    for name in view.order:
        card, standing = board.models[name], view.ranks.standing.get(name) if view.ranks else None
        for column, cell in board.of(name):
            info, head = cell.run.info, cell.headline
            rows.append(
                {
                    "model": name,
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
                    "n": head.n,
                    "planned": info.planned,
                    "failed": cell.failed,
                    "truncated": cell.truncated,
                    "unparsed": info.unparsed,
                    "cost_per_1000": cell.cost_1000,
                    "origin": info.origin,
                    "finished": cell.finished,
                    "run": cell.run.path.name,
                    "rank_best": standing.best if standing else None,
                    "rank_worst": standing.worst if standing else None,
                }
            )
    return rows


def dataset(board: Board, title: str) -> dict[str, Any]:
    """What search engines read about the whole board: schema.org/Dataset."""
    names = ", ".join(column.card.title for column in board.columns)
    files = [("data/board.csv", "text/csv"), ("data/board.json", "application/json")]
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{title} leaderboard",
        "description": f"Scores of {len(board.models)} multimodal models with 95 % intervals on: {names}",
        "dateModified": board.updated,
        "distribution": [{"@type": "DataDownload", "contentUrl": url, "encodingFormat": kind} for url, kind in files],
    }


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV; a text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if rows:
        writer.writerow(rows[0].keys())
        writer.writerows([[_plain(value) for value in row.values()] for row in rows])
    return out.getvalue()


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
