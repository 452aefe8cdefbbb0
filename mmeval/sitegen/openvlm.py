"""The OpenVLM view, with the averages and the order of that board (`mmeval.interchange.openvlm`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mmeval.board import Board, Column
from mmeval.board.views import View, percent
from mmeval.interchange import openvlm

HALVES = ("MMBench_TEST_EN_V11", "MMBench_TEST_CN_V11")
"""The board's MMBench column is the mean of these two."""
NAMES = {
    "mmbench_test_en": HALVES[0],
    "mmbench_test_cn": HALVES[1],
    "mmbench_dev_en": HALVES[0],
    "mmbench_dev_cn": HALVES[1],
    "mmstar": "MMStar",
    "mmmu_val": "MMMU_VAL",
    "mathvista": "MathVista",
    "ocrbench": "OCRBench",
    "ai2d": "AI2D",
    "hallusionbench": "HallusionBench",
    "mmvet": "MMVet",
}
POINTS = {"OCRBench": ("Final Score", 10.0)}
"""Field and factor of columns that are not in percent."""


def is_openvlm(view: View) -> bool:
    """Whether a view follows the rules of the OpenVLM board."""
    return view.name.startswith("openvlm")


def follow(view: View, board: Board, suite: Mapping[str, Any]) -> View:
    """Replace the averages and the order of an OpenVLM view by those of that board; return other views unchanged.

    The suite may map its benchmarks to columns of that board under `names`. Models that are not ranked, such as
    references, come last, without averages. A cell without a rank counts as no score.
    """
    if not is_openvlm(view):
        return view
    names = {**NAMES, **suite.get("names", {})}
    rivals = board.rivals(view.columns)
    models = [name for name in view.order if name in rivals]
    results = {name: _scores(name, view.columns, names) for name in models}
    present = {names.get(column.card.name, "") for column in view.columns}
    benches = [one for one in openvlm.DEFAULT if one in present or (one == "MMBench_V11" and present & set(HALVES))]
    made = openvlm.lines(results, benches)
    lines = {line.model: replace(view.lines[line.model], mean=line.score, avg_rank=line.avg_rank) for line in made}
    rest = {name: replace(view.lines[name], mean=None) for name in view.order if name not in lines}
    return replace(view, lines={**lines, **rest}, order=[*(line.model for line in made), *rest])


def _scores(model: str, columns: Sequence[Column], names: Mapping[str, str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for column in columns:
        bench = names.get(column.card.name)
        if bench is not None and model in column.cells and not column.cells[model].unranked:
            for one in HALVES if bench == "MMBench_V11" else (bench,):
                field, factor = POINTS.get(one, ("Overall", 1.0))
                found[one] = {field: factor * _percent(column, model)}
    return found


def _percent(column: Column, model: str) -> float:
    return percent(column.card, column.cells[model].headline.value)
