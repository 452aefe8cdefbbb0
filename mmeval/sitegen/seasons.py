"""The seasons of a benchmark that is drawn anew: each in a column of its own, and all public ones together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmeval.board import Board, Column
from mmeval.board.cards import DESCRIBED
from mmeval.board.seasons import commitment, over_seasons
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import model_url
from mmeval.sitegen.text import short
from mmeval.store import Number

__all__ = ["seasons_of"]


def seasons_of(column: Column, board: Board, lang: Language) -> dict[str, Any] | None:
    """What `seasons.html` shows; None for a benchmark with one season or without any."""
    if not column.seasons:
        return None
    every = sorted(
        (column, *column.seasons), key=lambda one: (not commitment(one.spec), one.spec.version), reverse=True
    )
    pooled = over_seasons(column)
    names = {name for one in every for name in one.cells if not name.startswith(DESCRIBED)}
    return {
        "heads": [_head(one, column, lang) for one in every],
        "pooled": bool(pooled),
        "commitments": [short(told, 64) for one in every if (told := commitment(one.spec))],
        "rows": [
            _row(name, every, pooled, board) for name in sorted(names, key=lambda name: _place(name, every, board))
        ],
    }


def _head(one: Column, main: Column, lang: Language) -> dict[str, Any]:
    told = commitment(one.spec)
    ranked = lang.text("seasons.ranked") if one is main else ""
    note = ranked if one.full else lang.text("seasons.limited")
    return {"title": f"{short(one.spec.version, 40)} {told[:8]}".strip(), "note": note}


def _place(name: str, every: list[Column], board: Board) -> tuple[bool, list[tuple[bool, float]], str]:
    """References last; then by the headline in the newest season, those without one behind."""
    better = 1.0 if every[0].card.higher_is_better is False else -1.0
    found = [one.cells.get(name) for one in every]
    heads = [(cell is None, better * cell.headline.value if cell else 0.0) for cell in found]
    return board.models[name].reference is not None, heads, name


def _row(name: str, every: list[Column], pooled: Mapping[str, Number], board: Board) -> dict[str, Any]:
    card, scale = board.models[name], every[0].card.scale
    cells = [one.cells.get(name) for one in every]
    return {
        "title": card.label,
        "url": model_url(name),
        "reference": card.reference,
        "all": _share(pooled.get(name), scale),
        "cells": [_share(cell.headline if cell else None, scale) for cell in cells],
    }


def _share(found: Number | None, scale: float) -> dict[str, float] | None:
    if found is None:
        return None
    return {"value": scale * found.value, "half": scale * (found.high - found.low) / 2}
