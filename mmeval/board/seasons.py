"""Seasons of one benchmark side by side: the newest is the benchmark's column, the others stand beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mmeval.board.cards import BenchmarkCard, reference
from mmeval.board.cell import Aside, Cell, Column
from mmeval.board.columns import make_column
from mmeval.store import Number, Spec

__all__ = ["by_season", "commitment", "over_seasons"]

PUBLIC = ""
"""The commitment of a season whose seed is public."""


def commitment(spec: Spec) -> str:
    """What a run of a private season committed itself to; empty for a public one."""
    return str(spec.data.get("commitment") or PUBLIC)


def by_season(card: BenchmarkCard, cells: Sequence[Cell]) -> Column:
    """The column of a benchmark, with its other seasons beside it; without seasons it is `make_column`.

    The column has the newest public season that a model answered in full. Two private seasons are one only if they
    have the same commitment.
    """
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.spec.version, commitment(cell.spec)), []).append(cell)
    if len(groups) < 2 or not any("season" in cell.spec.data for cell in cells):
        return make_column(card, cells)
    drawn = [found for found in groups.values() if any(_counts(cell) for cell in found)]
    if not drawn:
        return make_column(card, cells)
    first, *others = sorted((make_column(card, found) for found in drawn), key=_preferred, reverse=True)
    strangers = [cell for found in groups.values() if found not in drawn for cell in found]
    beside = [cell for other in others for cell in _without_row(other)]
    aside = [Aside(cell=cell, reason="version", value=cell.spec.version) for cell in (*beside, *strangers)]
    inorder = sorted(others, key=lambda one: (not commitment(one.spec), one.spec.version), reverse=True)
    return replace(first, seasons=inorder, excluded=[*first.excluded, *aside])


def _counts(cell: Cell) -> bool:
    """Whether a run makes a season: it asked drawn questions as they are."""
    return "season" in cell.spec.data and not cell.spec.variant


def _preferred(column: Column) -> tuple[bool, bool, bool, str, str]:
    asked = any(reference(name) is None for name in column.cells)
    finished = max(cell.finished for cell in column.cells.values())
    return column.full, asked, not commitment(column.spec), column.spec.version, finished


def _without_row(column: Column) -> Iterator[Cell]:
    yield from (one.cell for one in (*column.variants, *column.excluded))
    yield from column.limited


def over_seasons(column: Column) -> Mapping[str, Number]:
    """The rolling headline of the models that answered every public season in full, over all of their items.

    Empty with fewer than two such seasons. A season counts by its number of items. The interval recovers the variance
    of each season from its own interval (Zou and Donner 2008), so the seasons are taken as independent draws.
    """
    public = [one for one in (column, *column.seasons) if one.full and not commitment(one.spec)]
    if len(public) < 2:
        return {}
    everywhere = set.intersection(*(set(one.cells) for one in public))
    return {name: _pooled([one.cells[name].headline for one in public]) for name in sorted(everywhere)}


def _pooled(numbers: Sequence[Number]) -> Number:
    n = sum(one.n for one in numbers)
    shares = [one.n / n for one in numbers]
    value = sum(share * one.value for share, one in zip(shares, numbers, strict=True))
    down = math.hypot(*(share * (one.value - one.low) for share, one in zip(shares, numbers, strict=True)))
    up = math.hypot(*(share * (one.high - one.value) for share, one in zip(shares, numbers, strict=True)))
    return numbers[0].model_copy(
        update={"value": value, "low": value - down, "high": value + up, "n": n, "method": "over seasons"}
    )
