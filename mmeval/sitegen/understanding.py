"""What drawn questions tell about models: understood and solved, accuracy by step, and where a model fails."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmeval.board import Board, Cell, Column
from mmeval.diagnosis import GOLD, OWN, Diagnosis, diagnose
from mmeval.errors import RunFailedError, StoreError
from mmeval.metrics.understanding import CELLS
from mmeval.sitegen.drawings import Step, curve
from mmeval.sitegen.env import Language, number
from mmeval.sitegen.links import model_url
from mmeval.store import Number

__all__ = ["understood"]

SHOWN = 12
"""Models with a table and a curve, the best first; the table above has all."""
TONES = ("a", "c", "b", "d")
"""Of the shares in the order of `CELLS`."""


def understood(column: Column, board: Board, order: Sequence[str], lang: Language) -> dict[str, Any] | None:
    """What `understood.html` shows; None where the metric of the benchmark does not ask what was understood."""
    name = column.primary_metric
    found = {model: column.cells[model].run.info.metrics for model in order if not model.startswith(OWN)}
    told = {model: numbers for model, numbers in found.items() if f"{name}/understood" in numbers}
    if not told:
        return None
    diagnosed = dict(_diagnosed(column))
    return {
        "rows": [_row(board, model, name, numbers, diagnosed.get(model), lang) for model, numbers in told.items()],
        "diagnosed": bool(diagnosed),
        "models": [_model(board, model, name, numbers, lang) for model, numbers in list(told.items())[:SHOWN]],
    }


def _row(
    board: Board, model: str, name: str, numbers: Mapping[str, Number], diagnosis: Diagnosis | None, lang: Language
) -> dict[str, Any]:
    subs = ("understood", "given understood", "given not understood")
    return {
        "title": board.models[model].label,
        "url": model_url(model),
        "shares": [_share(numbers.get(f"{name}/{sub}" if sub else name), lang) for sub in ("", *subs)],
        "half": _half(name, numbers, lang),
        "diagnosis": _told(diagnosis, lang) if diagnosis else None,
    }


def _share(found: Number | None, lang: Language) -> str:
    if found is None:
        return "–"
    low, value, high = (number(100 * one, 1) for one in (found.low, found.value, found.high))
    return f"{value} [{low}, {high}]"


def _half(name: str, numbers: Mapping[str, Number], lang: Language) -> str:
    """The step at which the model falls to half, with its interval."""
    from mmeval.stats.halfway import halfway

    steps = _steps(name, numbers)
    if len(steps) < 3:
        return "–"
    found = halfway([one.value for _, one in steps], [one.n for _, one in steps])

    def ended(value: float) -> str:
        if math.isinf(value):
            return f"> {len(steps)}" if value > 0 else "< 1"
        return number(value, 1)

    value, low, high = ended(found.value), ended(found.low), ended(found.high)
    return value if value == low == high else f"{value} [{low}, {high}]"


def _steps(name: str, numbers: Mapping[str, Number]) -> list[tuple[str, Number]]:
    start = f"{name}/step="
    return sorted((key.removeprefix(start), one) for key, one in numbers.items() if key.startswith(start))


def _model(board: Board, model: str, name: str, numbers: Mapping[str, Number], lang: Language) -> dict[str, Any]:
    title, t = board.models[model].label, lang.text
    shares = [100 * numbers[f"{name}/{cell}"].value for cell in CELLS]
    cells = [{"share": s, "text": t(f"understood.{tone}"), "tone": tone} for s, tone in zip(shares, TONES, strict=True)]
    steps = _steps(name, numbers)
    drawn = [Step(step, 100 * one.value, 100 * one.low, 100 * one.high) for step, one in steps]
    return {
        "title": title,
        "quad": {
            "heads": [t("understood.solved"), t("understood.unsolved")],
            "rows": [
                {"title": t("understood.yes"), "cells": cells[:2]},
                {"title": t("understood.no"), "cells": cells[2:]},
            ],
        },
        "curve": curve(drawn, label=t("understood.curve", model=title)) if drawn else "",
        "steps": {
            "heads": [t("understood.step"), t("understood.solved"), "n"],
            "rows": [[step, _share(one, lang), one.n] for step, one in steps],
        },
    }


def _diagnosed(column: Column) -> Iterator[tuple[str, Diagnosis]]:
    """The models of a column that were also asked with the benchmark's descriptions."""
    for model, gold in _gold(column).items():
        if model in column.cells:
            own = column.cells.get(f"{OWN}{model}")
            try:
                yield model, diagnose(column.cells[model].run, gold.run, own.run if own else None)
            except (RunFailedError, StoreError):
                continue


def _gold(column: Column) -> dict[str, Cell]:
    return {
        one.cell.spec.model: one.cell
        for one in column.excluded
        if one.cell.spec.variant == GOLD and one.cell.spec.version == column.spec.version
    }


def _told(found: Diagnosis, lang: Language) -> dict[str, str]:
    seeing = found.seeing
    return {
        "own": f"{100 * found.own.value:.1f}" if found.own else "–",
        "gold": f"{100 * found.gold.value:.1f}",
        "seeing": f"{100 * seeing.value:+.1f} [{100 * seeing.low:+.1f}, {100 * seeing.high:+.1f}]",
        "verdict": lang.text(f"diagnosis.{found.verdict.replace(', ', '-').replace(' ', '-')}"),
    }
