"""Mirror and rotation: which of four figures is the turned or mirrored one?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import Grid
from mmeval.fresh.style import RGB, Page, Style, cell, listed, style
from mmeval.types import JSON

Cells: TypeAlias = frozenset[tuple[int, int]]
Turn: TypeAlias = Callable[[int, int, int], tuple[int, int]]
"""Where a cell of an n by n grid goes: (column, row, n)."""
TURNS: Mapping[str, Turn] = {
    "rotated by 90 degrees clockwise": lambda c, r, n: (n - 1 - r, c),
    "rotated by 90 degrees counterclockwise": lambda c, r, n: (r, n - 1 - c),
    "rotated by 180 degrees": lambda c, r, n: (n - 1 - c, n - 1 - r),
    "mirrored left to right": lambda c, r, n: (n - 1 - c, r),
    "mirrored top to bottom": lambda c, r, n: (c, n - 1 - r),
}
SIZES = {1: (3, 4, 1), 2: (3, 5, 1), 3: (4, 6, 1), 4: (4, 7, 2), 5: (5, 9, 2)}
"""Side of the grid, dark cells, and turns one after the other, by step."""


class Turns:
    """The generator."""

    name: ClassVar[str] = "turns"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """A figure of which all eight positions differ, and four of them as options."""
        look, (size, dark, many) = style(rng), SIZES[step]
        names = _names(rng, many)
        while True:
            figure = frozenset(rng.sample([(c, r) for c in range(size) for r in range(size)], dark))
            positions = _positions(figure, size)
            if len(positions) == 8:
                break
        right = figure
        for name in names:
            right = _turned(right, TURNS[name], size)
        options = [*rng.sample([one for one in positions if one != right], 3), right]
        rng.shuffle(options)
        facts: dict[str, Any] = {
            "size": size, "figure": _named(figure), "turns": names, "options": [_named(one) for one in options],
        }  # fmt: skip
        text = f"The figure on top is {' and then '.join(names)}. Which of the figures below is the result?"
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.drawn_letter(text, 4, options.index(right)),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Turn the figure as rows of text: rotations by reversing and transposing."""
        size = facts["size"]
        rows = [[cell(c, r) in facts["figure"] for c in range(size)] for r in range(size)]
        for name in facts["turns"]:
            if name == "mirrored left to right":
                rows = [row[::-1] for row in rows]
            elif name == "mirrored top to bottom":
                rows = rows[::-1]
            else:
                quarters = {"rotated by 90 degrees clockwise": 1, "rotated by 180 degrees": 2}.get(name, 3)
                for _ in range(quarters):
                    rows = [list(column) for column in zip(*rows[::-1], strict=True)]
        found = sorted(cell(c, r) for r, row in enumerate(rows) for c, full in enumerate(row) if full)
        return "ABCD"[facts["options"].index(found)]


def _names(rng: random.Random, many: int) -> list[str]:
    """Turns that do not undo each other."""
    if many == 1:
        return [rng.choice(sorted(TURNS))]
    rotations = [name for name in sorted(TURNS) if name.startswith("rotated by 90")]
    mirrors = [name for name in sorted(TURNS) if name.startswith("mirrored")]
    return rng.sample([rng.choice(rotations), rng.choice(mirrors)], 2)


def _turned(figure: Cells, turn: Turn, size: int) -> Cells:
    return frozenset(turn(c, r, size) for c, r in figure)


def _positions(figure: Cells, size: int) -> list[Cells]:
    """The different positions of a figure, eight at most, in a fixed order."""
    found = [figure]
    for one in found:
        for turn in TURNS.values():
            after = _turned(one, turn, size)
            if after not in found:
                found.append(after)
    return found


def _named(figure: Cells) -> list[str]:
    return sorted(cell(c, r) for c, r in figure)


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    yield forms.number("How many cells of the figure on top are dark?", len(facts["figure"]))
    size = facts["size"]
    light = [name for c in range(size) for r in range(size) if (name := cell(c, r)) not in facts["figure"]]
    name = rng.choice(facts["figure"] if rng.random() < 0.5 else light)
    where = (
        f"Columns are A, B, ... from left to right, and rows 1, 2, ... from top to bottom. Is cell {name} of "
        "the figure on top dark?"
    )
    yield forms.yes_no(where, name in facts["figure"])
    place = rng.randrange(4)
    corner = facts["options"][place]
    yield forms.yes_no(f"Is the upper left corner of figure {'ABCD'[place]} dark?", "A1" in corner)


def _description(facts: Mapping[str, Any]) -> str:
    options = [f"figure {letter}: {', '.join(one)}" for letter, one in zip("ABCD", facts["options"], strict=True)]
    size = facts["size"]
    return (
        f"Five figures on grids of {size} by {size} cells, with columns A, B, ... from left to right and "
        "rows 1, 2, ... from "
        f"top to bottom. Dark cells of the figure on top: {', '.join(facts['figure'])}. Below, dark cells "
        f"of {listed(options)}."
    )


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    size, side = facts["size"], 22
    width, ink = size * side + 26, look.shade(rng, rng.choice(("black", "blue", "purple", "green", "brown")))
    page = Page(4 * width + 26, 2 * size * side + 100, look)
    _figure(page, 13 + 1.5 * width + 13, 20, size, side, facts["figure"], ink)
    page.line((20, size * side + 38), (4 * width, size * side + 38), colour=look.pale, width=2)
    for place, option in enumerate(facts["options"]):
        left, top = 26 + place * width, size * side + 54
        _figure(page, left, top, size, side, option, ink)
        page.text(left + size * side / 2, top + size * side + 20, "ABCD"[place], size=18)
    return page.png()


def _figure(page: Page, left: float, top: float, size: int, side: int, dark: list[str], ink: RGB) -> None:
    grid = Grid(page, left, top, side, size, size)
    for c in range(size):
        for r in range(size):
            grid.box(c, r, fill=ink if cell(c, r) in dark else None, edge=page.look.ink)
