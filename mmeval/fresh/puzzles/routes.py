"""Counting routes: how many shortest ways lead through a grid with walls?"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import Grid
from mmeval.fresh.style import COLOURS, Page, Style, cell, columns, listed, style
from mmeval.types import JSON

SIZES = {1: (4, 4, 2, 5), 2: (5, 4, 4, 6), 3: (5, 5, 4, 7), 4: (6, 6, 6, 9), 5: (8, 7, 8, 13)}
"""Most columns and rows (each may be one less), and the fewest and most walls by step."""
ROUTES = {1: (1, 6), 2: (2, 9), 3: (4, 16), 4: (10, 30), 5: (20, 60)}
"""Fewest and most routes by step; all of them come up alike."""
TEXT = (
    "The dark cells are walls. Each move goes one cell to the right or one cell down, and never onto a wall. "
    "How many different routes lead from S to E?"
)


class Routes:
    """The generator."""

    name: ClassVar[str] = "routes"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A grid with at least one route."""
        look, (low, high) = style(rng), ROUTES[step]
        wanted = rng.randint(low, high)
        while True:
            width, height, walls = _grid(rng, step)
            if _ways(width, height, walls) == wanted:
                break
        facts: dict[str, Any] = {"columns": width, "rows": height, "walls": [cell(*wall) for wall in walls]}
        return Item(
            images=(_picture(rng, look, width, height, walls),),
            main=forms.number(TEXT, wanted, among=high - low + 1),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=(
                f"A grid with columns A to {columns(26)[width - 1]} and rows 1 (top) to {height} "
                "(bottom). S is cell A1, E is "
                f"cell {cell(width - 1, height - 1)}. "
                + (f"The walls are {listed(facts['walls'])}." if walls else "There are no walls.")
            ),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Walk every route."""
        width, height, walls = facts["columns"], facts["rows"], set(facts["walls"])

        def walk(column: int, row: int) -> int:
            if column == width or row == height or cell(column, row) in walls:
                return 0
            at_end = (column, row) == (width - 1, height - 1)
            return 1 if at_end else walk(column + 1, row) + walk(column, row + 1)

        return {"answer": walk(0, 0), "tolerance": 0.0}


def _grid(rng: random.Random, step: int) -> tuple[int, int, list[tuple[int, int]]]:
    """Columns, rows and walls."""
    width, height, fewest, most = SIZES[step]
    width, height = width - rng.randint(0, 1), height - rng.randint(0, 1)
    inside = _inside(width, height)
    return width, height, sorted(rng.sample(inside, min(len(inside), rng.randint(fewest, most))))


def _inside(width: int, height: int) -> list[tuple[int, int]]:
    """All cells but the first and the last."""
    return [(column, row) for column in range(width) for row in range(height)][1:-1]


def _ways(width: int, height: int, walls: list[tuple[int, int]]) -> int:
    """Routes to each cell are those to its left and upper neighbour."""

    @functools.cache
    def to(column: int, row: int) -> int:
        if column < 0 or row < 0 or (column, row) in walls:
            return 0
        return 1 if column == row == 0 else to(column - 1, row) + to(column, row - 1)

    return to(width - 1, height - 1)


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    yield forms.number("How many cells are walls?", len(facts["walls"]))
    yield forms.number("How many columns does the grid have?", facts["columns"])
    name = (
        rng.choice(facts["walls"])
        if facts["walls"] and rng.random() < 0.5
        else cell(*rng.choice(_inside(facts["columns"], facts["rows"])))
    )
    yield forms.yes_no(f"Is cell {name} a wall?", name in facts["walls"])


def _picture(rng: random.Random, look: Style, width: int, height: int, walls: list[tuple[int, int]]) -> bytes:
    page = Page(width * 48 + 60, height * 48 + 60, look)
    grid = Grid(page, 40, 40, 48, width, height)
    grid.lines(colour=look.ink, width=1.5)
    grid.names()
    shade = look.shade(rng, rng.choice(("black", "grey", "brown")))
    for wall in walls:
        grid.box(*wall, fill=shade, edge=look.ink)
    for name, place, colour in (("S", (0, 0), "green"), ("E", (width - 1, height - 1), "red")):
        page.text(*grid.middle(*place), name, size=24, colour=COLOURS[colour])
    return page.png()
