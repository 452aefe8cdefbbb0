"""Reported numbers beside measured ones, as the pages of a model and of a benchmark show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmeval.board import Board
from mmeval.board.reported import Beside
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import benchmark_url, model_url, run_url

__all__ = ["reported_rows"]


def reported_rows(found: Sequence[Beside], board: Board, lang: Language, *, by: str) -> list[dict[str, Any]]:
    """One row for each number.

    Args:
        found: what one page shows.
        board: has the titles.
        lang: of the page.
        by: `benchmark` on the page of a model, `model` on the page of a benchmark.
    """
    titles = {column.card.name: column.card.title for column in board.columns}
    return [
        {
            "title": titles[one.reported.benchmark] if by == "benchmark" else board.models[one.model].label,
            "url": benchmark_url(one.reported.benchmark) if by == "benchmark" else model_url(one.model),
            "said": one.said,
            "setting": one.reported.setting,
            "measured": one.measured,
            "run_url": run_url(one.cell),
            "gap": one.gap,
            "low": one.low,
            "high": one.high,
            "n": one.reported.n,
            "differs": one.reported.recipe is not None and not one.same,
            "asked": asked(one, lang),
            "source": one.reported.url,
            "where": one.reported.where,
            "read": one.reported.read.isoformat(),
        }
        for one in found
    ]


def asked(one: Beside, lang: Language) -> str:
    """How the model was asked here, and how in the report."""
    if one.same:
        return lang.text("reported.same", recipe=one.followed)
    ours = lang.text("reported.ours")
    if one.followed:
        ours = lang.text("reported.with", recipe=one.followed)
        ours = lang.text("reported.but", ours=ours, keys=", ".join(one.changed)) if one.changed else ours
    theirs = one.reported.recipe
    said = lang.text("reported.used", recipe=theirs) if theirs else lang.text("reported.silent")
    return lang.text("reported.both", ours=ours, theirs=said)
