"""Folding and cutting: a sheet is folded, holes are punched, the sheet is opened. Where are the holes?"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import Grid
from mmeval.fresh.style import Page, Style, cell, listed, style
from mmeval.types import JSON

Cell: TypeAlias = tuple[int, int]
Area: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom (exclusive) of the folded sheet in cells."""
SIDE = 8
FOLDS = (
    "left half over the right half",
    "right half over the left half",
    "top half over the bottom half",
    "bottom half over the top half",
)
PLAN = {1: (1, 1), 2: (1, 2), 3: (2, 1), 4: (2, 2), 5: (3, 1)}
"""Folds and holes by step."""
TEXT = (
    "A square sheet with columns A to H and rows 1 to 8 is folded as shown from left to right, and then "
    "holes are punched "
    "through all layers. In which cells of the opened sheet are holes?"
)


class Folding:
    """The generator."""

    name: ClassVar[str] = "folding"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Fold, punch, and follow the layers."""
        look, (many, count) = style(rng), PLAN[step]
        folds, areas = _folds(rng, many)
        left, top, right, bottom = areas[-1]
        inside = [(c, r) for c in range(left, right) for r in range(top, bottom)]
        punched = sorted(rng.sample(inside, min(count, len(inside))))
        layers: dict[Cell, list[Cell]] = {(c, r): [(c, r)] for c in range(SIDE) for r in range(SIDE)}
        for fold, area in zip(folds, areas, strict=False):
            layers = _stacked(layers, fold, area)
        holes = sorted(cell(*one) for place in punched for one in layers[place])
        facts: dict[str, Any] = {
            "folds": folds,
            "areas": [list(area) for area in areas],
            "punched": [cell(*p) for p in punched],
        }
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.cells(TEXT, holes),
            probes=tuple(_probes(facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Open the sheet fold by fold, and mirror the holes at each crease."""
        holes = {(ord(name[0]) - ord("A"), int(name[1:]) - 1) for name in facts["punched"]}
        for fold, area in reversed(list(zip(facts["folds"], facts["areas"], strict=False))):
            holes |= {_mirrored(hole, fold, tuple(area)) for hole in holes}
        return {"answer": sorted(cell(*hole) for hole in holes), "ordered": False}


def _folds(rng: random.Random, many: int) -> tuple[list[str], list[Area]]:
    folds: list[str] = []
    areas: list[Area] = [(0, 0, SIDE, SIDE)]
    while len(folds) < many:
        left, top, right, bottom = areas[-1]
        fold = rng.choice(FOLDS)
        across = right - left if "left" in fold else bottom - top
        if across >= 2:
            folds.append(fold)
            areas.append(_folded(areas[-1], fold))
    return folds, areas


def _folded(area: Area, fold: str) -> Area:
    """What the sheet covers after a fold."""
    left, top, right, bottom = area
    middle, centre = (left + right) // 2, (top + bottom) // 2
    return {
        FOLDS[0]: (middle, top, right, bottom),
        FOLDS[1]: (left, top, middle, bottom),
        FOLDS[2]: (left, centre, right, bottom),
        FOLDS[3]: (left, top, right, centre),
    }[fold]


def _mirrored(place: Cell, fold: str, area: Area) -> Cell:
    """Where a cell lies on the other side of the crease in the middle of an area."""
    left, top, right, bottom = area
    column, row = place
    return (left + right - 1 - column, row) if "left" in fold else (column, top + bottom - 1 - row)


def _stacked(layers: Mapping[Cell, list[Cell]], fold: str, area: Area) -> dict[Cell, list[Cell]]:
    """The cells of the sheet that lie over each other in each place, after one more fold."""
    left, top, right, bottom = _folded(area, fold)
    return {
        (c, r): [*layers[c, r], *layers[_mirrored((c, r), fold, area)]]
        for c in range(left, right)
        for r in range(top, bottom)
    }


def _probes(facts: Mapping[str, Any]) -> Iterator[Question]:
    yield forms.number("How many times is the sheet folded?", len(facts["folds"]))
    yield forms.word("How is the sheet folded first?", facts["folds"][0], FOLDS)
    names = [cell(c, r) for r in range(SIDE) for c in range(SIDE)]
    one = len(facts["punched"]) == 1
    which = "the hole" if one else "the hole that is furthest left, and of those furthest up"
    yield forms.word(f"In the last picture, in which cell is {which}?", facts["punched"][0], names)


def _description(facts: Mapping[str, Any]) -> str:
    folds = [f"{'first' if place == 0 else 'then'} the {fold}" for place, fold in enumerate(facts["folds"])]
    left, top, right, bottom = facts["areas"][-1]
    return (
        f"A square sheet of 8 by 8 cells is folded: {listed(folds)}. The folded sheet lies on cells "
        f"{cell(left, top)} to "
        f"{cell(right - 1, bottom - 1)} of the places where the open sheet was. Holes are punched in "
        f"{listed(facts['punched'])}."
    )


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    side, count = 18, len(facts["areas"])
    width = SIDE * side + 54
    page = Page(count * width + width, SIDE * side + 62, look)
    sheet = look.shade(rng, rng.choice(("yellow", "pink", "orange")), 30)
    for place in range(count + 1):
        area = facts["areas"][min(place, count - 1)]
        grid = Grid(page, 36 + place * width, 36, side, SIDE, SIDE)
        grid.names(size=12)
        for c in range(area[0], area[2]):
            for r in range(area[1], area[3]):
                grid.box(c, r, fill=sheet)
        grid.lines(width=1)
        page.box(
            grid.left + area[0] * side,
            grid.top + area[1] * side,
            grid.left + area[2] * side,
            grid.top + area[3] * side,
            edge=look.ink,
            width=2,
        )
        if place < len(facts["folds"]):
            _arrow(page, grid, facts["folds"][place], area)
        if place == count:
            for name in facts["punched"]:
                x, y = grid.middle(ord(name[0]) - ord("A"), int(name[1:]) - 1)
                page.circle(x, y, 7, fill=(250, 250, 250), edge=look.ink, width=2)
    return page.png()


def _arrow(page: Page, grid: Grid, fold: str, area: list[int]) -> None:
    """The crease as a dashed line, and an arrow over it from the half that moves."""
    left, top, right, bottom = (
        grid.left + area[0] * grid.side,
        grid.top + area[1] * grid.side,
        grid.left + area[2] * grid.side,
        grid.top + area[3] * grid.side,
    )
    x, y = (left + right) / 2, (top + bottom) / 2
    sideways = "left half" in fold
    reach = ((right - left) if sideways else (bottom - top)) * 0.32
    for at in range(int(top if sideways else left), int(bottom if sideways else right), 8):
        page.line(*(((x, at), (x, at + 4)) if sideways else ((at, y), (at + 4, y))), width=2)
    sign = 1 if fold in (FOLDS[0], FOLDS[2]) else -1
    start, end = (
        ((x - sign * reach, y), (x + sign * reach, y)) if sideways else ((x, y - sign * reach), (x, y + sign * reach))
    )
    red = (190, 30, 30)
    page.line(start, end, width=3, colour=red)
    ex, ey = end
    tips = (
        [(ex - sign * 9, ey - 6), (ex - sign * 9, ey + 6)]
        if sideways
        else [(ex - 6, ey - sign * 9), (ex + 6, ey - sign * 9)]
    )
    page.polygon([end, *tips], fill=red)
