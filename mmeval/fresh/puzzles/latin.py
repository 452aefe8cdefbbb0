"""A Latin square of shapes: which shape has to lie in the marked cell?"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import SHAPES, Grid, shape
from mmeval.fresh.style import Page, Style, cell, style
from mmeval.types import JSON

Square: TypeAlias = list[list[str | None]]
SIZES = {1: (3, 2), 2: (3, 4), 3: (4, 7), 4: (4, 9), 5: (5, 15)}
"""Rows and empty cells by step."""
TEXT = (
    "Every row and every column holds each of the shapes exactly once. Which shape has to lie in the cell "
    "with the question mark?"
)
COLOURS = ("red", "green", "blue", "orange", "purple")


class Latin:
    """The generator."""

    name: ClassVar[str] = "latin"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """A square with gaps in which one cell is forced, though its own row or column may not force it."""
        look, (size, gaps) = style(rng), SIZES[step]
        names = rng.sample(sorted(SHAPES), size)
        while True:
            full = _full(rng, names)
            empty = rng.sample([(c, r) for c in range(size) for r in range(size)], gaps)
            square: Square = [[None if (c, r) in empty else full[r][c] for c in range(size)] for r in range(size)]
            asked = empty[0]
            answer = full[asked[1]][asked[0]]
            if not any(_possible(square, names, asked, other) for other in names if other != answer):
                break
        facts: dict[str, Any] = {"shapes": names, "rows": square, "asked": cell(*asked)}
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.word(TEXT, answer, sorted(names)),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Collect the shape of the asked cell over all ways of filling the square, row by row."""
        names, rows = facts["shapes"], facts["rows"]
        column, row = ord(facts["asked"][0]) - ord("A"), int(facts["asked"][1:]) - 1
        found = {filled[row][column] for filled in _fillings(rows, names, 0)}
        (answer,) = found
        return {"answer": answer, "words": sorted(names)}


def _full(rng: random.Random, names: list[str]) -> list[list[str]]:
    size = len(names)
    rows, cols = rng.sample(range(size), size), rng.sample(range(size), size)
    return [[names[(r + c) % size] for c in cols] for r in rows]


def _possible(square: Square, names: list[str], place: tuple[int, int], name: str) -> bool:
    """Whether the square can be filled with this shape in a cell; the cell with the fewest options goes first."""
    column, row = place
    tried = [list(line) for line in square]
    if name not in _options(tried, names, column, row):
        return False
    tried[row][column] = name
    return _fill(tried, names)


def _options(square: Square, names: list[str], column: int, row: int) -> list[str]:
    used = {*square[row], *(line[column] for line in square)}
    return [name for name in names if name not in used]


def _fill(square: Square, names: list[str]) -> bool:
    gaps = [(c, r) for r, line in enumerate(square) for c, name in enumerate(line) if name is None]
    if not gaps:
        return True
    column, row = min(gaps, key=lambda gap: len(_options(square, names, *gap)))
    for name in _options(square, names, column, row):
        square[row][column] = name
        if _fill(square, names):
            return True
    square[row][column] = None
    return False


def _fillings(rows: Square, names: list[str], at: int) -> Iterator[list[list[str]]]:
    """Every filled square whose rows are permutations of the shapes that fit the given ones."""
    import itertools

    if at == len(rows):
        yield []
        return
    fitting = [
        p for p in itertools.permutations(names) if all(g in (None, n) for g, n in zip(rows[at], p, strict=True))
    ]
    for rest in _fillings(rows, names, at + 1):
        for line in fitting:
            if all(name not in (other[c] for other in rest) for c, name in enumerate(line)):
                yield [list(line), *rest]


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    rows = facts["rows"]
    filled = [(c, r) for r, line in enumerate(rows) for c, name in enumerate(line) if name]
    column, row = rng.choice(filled)
    yield forms.word(f"Which shape is in cell {cell(column, row)}?", rows[row][column], sorted(facts["shapes"]))
    yield forms.number("How many cells hold a shape?", len(filled))
    columns = sorted({name[0] for name in (cell(c, 0) for c in range(len(rows)))})
    yield forms.word("In which column is the question mark?", facts["asked"][0], columns)


def _description(facts: Mapping[str, Any]) -> str:
    lines = []
    for r, line in enumerate(facts["rows"]):
        named = ["question mark" if cell(c, r) == facts["asked"] else name or "empty" for c, name in enumerate(line)]
        lines.append(f"Row {r + 1}: {', '.join(named)}.")
    shapes = ", ".join(sorted(facts["shapes"]))
    return f"A square grid, columns A, B, ... from left to right. The shapes are {shapes}. {' '.join(lines)}"


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    size = len(facts["rows"])
    page = Page(size * 58 + 60, size * 58 + 60, look)
    grid = Grid(page, 40, 40, 58, size, size)
    grid.lines(colour=look.ink, width=1.5)
    grid.names()
    shades = {
        name: look.shade(rng, colour) for name, colour in zip(facts["shapes"], rng.sample(COLOURS, size), strict=True)
    }
    for r, line in enumerate(facts["rows"]):
        for c, name in enumerate(line):
            if cell(c, r) == facts["asked"]:
                page.text(*grid.middle(c, r), "?", size=32)
            elif name:
                shape(page, name, *grid.middle(c, r), 19, fill=shades[name])
    return page.png()
