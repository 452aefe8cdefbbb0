"""Shapes that people name alike, and labelled grids."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mmeval.fresh.style import RGB, Page, columns

__all__ = ["SHAPES", "Grid", "shape"]

Points = list[tuple[float, float]]


def _regular(corners: int, turn: float) -> Callable[[float, float, float], Points]:
    def points(x: float, y: float, radius: float) -> Points:
        angles = [2 * math.pi * (place / corners + turn) for place in range(corners)]
        return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]

    return points


def _star(x: float, y: float, radius: float) -> Points:
    angles = [math.pi * (place / 5 - 0.5) for place in range(10)]
    lengths = [radius if place % 2 == 0 else 0.42 * radius for place in range(10)]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for a, r in zip(angles, lengths, strict=True)]


def _cross(x: float, y: float, radius: float) -> Points:
    a, b = radius * 0.95, radius * 0.34
    corners = [
        (-b, -a),
        (b, -a),
        (b, -b),
        (a, -b),
        (a, b),
        (b, b),
        (b, a),
        (-b, a),
        (-b, b),
        (-a, b),
        (-a, -b),
        (-b, -b),
    ]
    return [(x + dx, y + dy) for dx, dy in corners]


SHAPES: Mapping[str, Callable[[float, float, float], Points] | None] = {
    "circle": None,
    "square": _regular(4, 1 / 8),
    "triangle": _regular(3, -1 / 4),
    "star": _star,
    "diamond": _regular(4, 0),
    "cross": _cross,
    "hexagon": _regular(6, 0),
}
"""Name to the corners of a shape around (x, y); a circle has none."""


def shape(
    page: Page, name: str, x: float, y: float, radius: float, *, fill: RGB | None, edge: RGB | None = None
) -> None:
    """Draw a shape around (x, y)."""
    corners = SHAPES[name]
    if corners is None:
        page.circle(x, y, 0.9 * radius, fill=fill, edge=edge)
    else:
        page.polygon(corners(x, y, radius), fill=fill, edge=edge)


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of square cells on a page, with columns named A, B, ... and rows 1, 2, ...

    Cells are (column, row), counted from 0.
    """

    page: Page
    left: float
    top: float
    side: float
    width: int
    height: int

    def lines(self, *, colour: RGB | None = None, width: float = 1) -> None:
        """Draw the cells."""
        for row in range(self.height):
            for column in range(self.width):
                self.box(column, row, edge=colour or self.page.look.pale, width=width)

    def names(self, *, size: float = 15) -> None:
        """Write the letters of the columns above, and the numbers of the rows to the left."""
        for column in range(self.width):
            self.page.text(self.left + (column + 0.5) * self.side, self.top - size, columns(26)[column], size=size)
        for row in range(self.height):
            self.page.text(self.left - size, self.top + (row + 0.5) * self.side, str(row + 1), size=size)

    def middle(self, column: float, row: float) -> tuple[float, float]:
        """The middle of a cell in pixels."""
        return self.left + (column + 0.5) * self.side, self.top + (row + 0.5) * self.side

    def box(self, column: int, row: int, *, fill: RGB | None = None, edge: RGB | None = None, width: float = 1) -> None:
        """Fill or outline a cell."""
        left, top = self.left + column * self.side, self.top + row * self.side
        self.page.box(left, top, left + self.side, top + self.side, fill=fill, edge=edge, width=width)
