"""What the pages say about the quality of a benchmark, and about what a model may not have seen but remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from mmeval.board import Board, Cell, Column
from mmeval.board.leakage import BlindGain, Gap, after_cutoff
from mmeval.board.quality import FEWEST, FOR_KEYS, item_scores
from mmeval.data import Variant
from mmeval.sitegen.asked import Asked
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import question_url
from mmeval.sitegen.samples import brief
from mmeval.sitegen.text import short
from mmeval.stats.items import discrimination
from mmeval.store import Number
from mmeval.types import Estimate


def quality_of(asked: Asked) -> dict[str, Any]:
    """The item analysis with scores in points and shares in percent; `few` is set if there are too few models."""
    found, column = asked.analysis, asked.column
    if found is None:
        usable = item_scores(column, asked.rivals)
        return {"few": len(usable.cells) if usable else min(1, len(asked.rivals)), "fewest": FEWEST}
    shares = ("spread", "noise", "low", "all_right", "all_wrong")
    suspects = (
        None
        if found.suspects is None
        else [
            {
                **asdict(one),
                "id": short(one.id, 80),
                "url": question_url(column.card.name, one.id),
                "strong": 100 * one.strong,
                "weak": 100 * one.weak,
            }
            for one in found.suspects
        ]
    )
    points = {name: 100 * getattr(found, name) for name in shares}
    return {**asdict(found), **points, "few": None, "for_keys": FOR_KEYS, "suspects": suspects}


def asked_otherwise(column: Column, board: Board) -> list[dict[str, Any]]:
    """What runs with several prompts, or with rotated options, found; on the board's scale."""
    runs = [one.cell for one in column.excluded if one.reason == "variant"]
    return [found for cell in runs if (found := _otherwise(cell, column, board)) is not None]


def _otherwise(cell: Cell, column: Column, board: Board) -> dict[str, Any] | None:
    info, variant, scale = cell.run.info, Variant.of(cell.spec.variant), column.card.scale
    part = {name.removeprefix(f"{info.primary_metric}/"): one for name, one in info.metrics.items()}
    prompts = [one for place in range(variant.prompts) if (one := part.get(f"prompt={place + 1}")) is not None]
    letters = [name.removeprefix("bias=") for name in part if name.startswith("bias=")]
    if not letters and len(prompts) < 2:
        return None
    most = max(letters, key=lambda letter: part[f"bias={letter}"].value, default="")
    between, single = part.get("between prompts"), part.get("single")
    return {
        "title": board.models[cell.spec.model].label,
        "value": cell.measured.value * scale,
        "prompts": [one.value * scale for one in prompts] if len(prompts) > 1 else [],
        "between": between and _scaled(between, 100.0),
        "single": single and single.value * scale,
        "letter": most,
        "bias": _scaled(part[f"bias={most}"], 100.0) if most else None,
    }


def needs_image(gains: Sequence[BlindGain], column: Column, board: Board) -> list[dict[str, Any]]:
    """For each blind run: how much of the model's score depends on the image, on the board's scale."""
    return [seeing(one, column, board) for one in gains]


def seeing(one: BlindGain, column: Column, board: Board) -> dict[str, Any]:
    """One model with and without images, on the board's scale."""
    scale = column.card.scale
    return {
        "title": board.models[one.model].label,
        "sighted": one.sighted * scale,
        "blind": one.blind * scale,
        "gain": _scaled(one.gain, scale),
        "leak": None if one.leak is None else _scaled(one.leak, scale),
    }


def _scaled(gap: Gap | Estimate | Number, scale: float) -> dict[str, float | None]:
    ends = (gap.value, gap.low, gap.high)
    value, low, high = (None if end is None else end * scale for end in ends)
    return {"value": value, "low": low, "high": high}


def cutoffs(column: Column, board: Board, tags: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Scores on samples that are newer than a model, and on older ones, in percent."""
    return [
        {
            "title": board.models[one.model].label,
            "cutoff": one.cutoff.isoformat(),
            "after": one.after and {**_scaled(one.after, 100.0), "n": one.after.n},
            "before": one.before and {**_scaled(one.before, 100.0), "n": one.before.n},
            "difference": one.difference and _scaled(one.difference, 100.0),
        }
        for one in after_cutoff(column, board.models, tags)
    ]


SHARPEST = 6
"""Most discriminating questions that are listed."""


def sharpest(asked: Asked) -> list[dict[str, Any]]:
    """The questions that tell strong and weak models apart best; empty with fewer than FEWEST models."""
    import numpy as np

    found = item_scores(asked.column, asked.rivals)
    if found is None or len(found.cells) < FEWEST or len(found.places) < 2:
        return []
    each, ids = discrimination(found.scores), found.ids
    order = [int(i) for i in np.argsort(-np.nan_to_num(each, nan=-1.0), kind="stable")][:SHARPEST]
    return [
        {
            "id": short(ids[i], 80),
            "url": question_url(asked.name, ids[i]),
            "question": brief(asked.file, ids[i], 160)[0],
            "value": float(each[i]),
            "share": 100 * float(found.scores[:, i].mean()),
        }
        for i in order
        if each[i] > 0
    ]


def with_and_without(asked: Asked, lang: Language) -> list[dict[str, Any]]:
    """For each blind run the questions by whether the model is right with the image, and without it."""
    column, t = asked.column, lang.text
    pairs = [
        (name, blind)
        for name in asked.models
        if (blind := f"baseline/blind:{name}") in column.cells and name in column.cells
    ]
    made = []
    for name, blind in pairs:
        both = list(zip(asked.outcomes[name], asked.outcomes[blind], strict=True))
        shares = [100 * sum(((a == "r"), (b == "r")) == want for a, b in both) / len(both) for want in _QUAD]
        cells = [
            {"share": share, "text": t(f"blind.{tone}"), "tone": tone}
            for share, tone in zip(shares, "abcd", strict=True)
        ]
        rows = [
            {"title": t("blind.sees"), "cells": cells[:2]},
            {"title": t("blind.misses"), "cells": cells[2:]},
        ]
        heads = [t("blind.right"), t("blind.wrong")]
        made.append({"title": asked.board.models[name].label, "heads": heads, "rows": rows})
    return made


_QUAD = ((True, True), (True, False), (False, True), (False, False))
"""Right with the image, right without it: the cells of the table, row by row."""
