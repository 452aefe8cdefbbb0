"""Scenes whose places are named by the cells of a grid at the edge of the picture."""

from __future__ import annotations

import random
from collections.abc import Sequence

from mmeval.fresh.scenes.stage import EFFORT, Stage, Thing
from mmeval.fresh.shapes import Grid
from mmeval.fresh.style import Page, cell

__all__ = ["ALL", "COLUMNS", "ROWS", "SIZE", "cell_of", "picture", "places"]

COLUMNS, ROWS, SIDE, MARGIN = 6, 4, 80, 32
SIZE = (COLUMNS * SIDE + MARGIN + 8, ROWS * SIDE + MARGIN + 8)
"""Width and height of the picture in pixels."""
ALL = [(column, row) for column in range(COLUMNS) for row in range(ROWS)]


def places(rng: random.Random, count: int, radius: int, *, per: int) -> list[tuple[int, int]]:
    """Places for objects of this radius: each lies whole within its cell, with room for `per` x `per` in a cell."""
    slot = SIDE / per
    slots = [(column * per + i, row * per + j) for column, row in ALL for i in range(per) for j in range(per)]
    play = max(0.0, slot / 2 - radius - 3)
    return [
        (
            round(MARGIN + (i + 0.5) * slot + rng.uniform(-play, play)),
            round(MARGIN + (j + 0.5) * slot + rng.uniform(-play, play)),
        )
        for i, j in rng.sample(slots, count)
    ]


def cell_of(one: Thing) -> str:
    """The name of the cell in which an object lies."""
    return cell((one.x - MARGIN) // SIDE, (one.y - MARGIN) // SIDE)


def picture(stage: Stage, things: Sequence[Thing], *, grid: bool = True) -> bytes:
    """The scene, with the lines and the names of the cells if wanted."""
    page: Page = stage.page(*SIZE)
    if grid:
        cells = Grid(page, MARGIN, MARGIN, SIDE, COLUMNS, ROWS)
        cells.lines(colour=(150, 150, 156), width=1)
        cells.names(size=15)
    return stage.put(page, things).png(effort=EFFORT)


def told(things: Sequence[Thing]) -> str:
    """The objects of each cell in words."""
    held: dict[str, list[str]] = {cell(*place): [] for place in ALL}
    for one in things:
        held[cell_of(one)].append(one.phrase)
    said = "; ".join(f"{name}: {', '.join(there)}" for name, there in held.items() if there)
    return f"A picture with a grid of columns A to F and rows 1 (top) to 4. The objects in its cells: {said}."
