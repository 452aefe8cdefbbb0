"""Connected pipes: from which outlet does the water flow?"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import Grid
from mmeval.fresh.style import Page, Style, cell, columns, style
from mmeval.types import JSON

Cell: TypeAlias = tuple[int, int]
SIDES: Mapping[str, tuple[int, int]] = {"up": (0, -1), "right": (1, 0), "down": (0, 1), "left": (-1, 0)}
OPPOSITE = {"up": "down", "down": "up", "left": "right", "right": "left"}
PIECES = ("straight", "bend", "T-piece")
SIZES = {1: (3, 3), 2: (4, 3), 3: (5, 4), 4: (6, 5), 5: (8, 6)}
"""Columns and rows by step. Water enters at the left edge; every row has an outlet at the right edge."""


class Pipes:
    """The generator."""

    name: ClassVar[str] = "pipes"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """A board of pipes, of which the one that carries water leads to exactly one outlet, drawn evenly."""
        look, (width, height) = style(rng), SIZES[step]
        outlet = rng.randrange(height)
        while True:
            pieces = _way(rng, width, height, outlet)
            for place in [(c, r) for c in range(width) for r in range(height)]:
                pieces.setdefault(place, _random_piece(rng))
            entry = _entry(pieces, width, height, outlet)
            if entry is not None:
                break
        facts: dict[str, Any] = {
            "columns": width, "rows": height, "entry": entry + 1,
            "pieces": {cell(*place): sorted(sides) for place, sides in sorted(pieces.items())},
        }  # fmt: skip
        rows = [str(row + 1) for row in range(height)]
        text = (
            f"Water enters through the arrow at the left of row {entry + 1} and flows through all pipes "
            "that are connected. Every row has an "
            "outlet at its right edge. Out of the outlet of which row does water flow?"
        )
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.word(text, str(outlet + 1), rows),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Join connected cells into sets (union-find), and look which outlet is in the set of the entry."""
        parent = {name: name for name in facts["pieces"]}

        def root(name: str) -> str:
            while parent[name] != name:
                name = parent[name]
            return name

        for name, sides in facts["pieces"].items():
            column, row = ord(name[0]) - ord("A"), int(name[1:]) - 1
            for side in ("right", "down"):
                dc, dr = SIDES[side]
                other = cell(column + dc, row + dr)
                if side in sides and OPPOSITE[side] in facts["pieces"].get(other, ()):
                    parent[root(name)] = root(other)
        last = columns(facts["columns"])[-1]
        source = root(f"A{facts['entry']}")
        wet = [
            row
            for row in range(1, facts["rows"] + 1)
            if "right" in facts["pieces"][f"{last}{row}"] and root(f"{last}{row}") == source
        ]
        (answer,) = wet
        return {"answer": str(answer), "words": [str(row + 1) for row in range(facts["rows"])]}


def _random_piece(rng: random.Random) -> frozenset[str]:
    kind = rng.choices(PIECES, (4, 5, 1))[0]
    if kind == "straight":
        return frozenset(rng.choice((("up", "down"), ("left", "right"))))
    if kind == "bend":
        return frozenset((rng.choice(("up", "down")), rng.choice(("left", "right"))))
    return frozenset(SIDES) - {rng.choice(sorted(SIDES))}


def _way(rng: random.Random, width: int, height: int, outlet: int) -> dict[Cell, frozenset[str]]:
    """Pipes along a winding way from the left edge to an outlet: column by column, with steps up or down between."""
    row = rng.randrange(height)
    pieces: dict[Cell, frozenset[str]] = {}
    for column in range(width):
        target = outlet if column == width - 1 else rng.randrange(height)
        side = "down" if target > row else "up"
        enter = "left"
        while row != target:
            pieces[column, row] = frozenset((enter, side))
            row += SIDES[side][1]
            enter = OPPOSITE[side]
        pieces[column, row] = frozenset((enter, "right"))
    return pieces


def _entry(pieces: Mapping[Cell, frozenset[str]], width: int, height: int, outlet: int) -> int | None:
    """A row at whose left edge the water reaches that outlet alone; None if there is none. It follows the pipes."""
    for entry in range(height):
        if "left" in pieces[0, entry] and _outlets(pieces, width, (0, entry)) == {outlet}:
            return entry
    return None


def _outlets(pieces: Mapping[Cell, frozenset[str]], width: int, start: Cell) -> set[int]:
    seen, waiting, found = {start}, [start], set[int]()
    while waiting:
        column, row = waiting.pop()
        for side in pieces[column, row]:
            other = (column + SIDES[side][0], row + SIDES[side][1])
            if side == "right" and column == width - 1:
                found.add(row)
            if other in pieces and other not in seen and OPPOSITE[side] in pieces[other]:
                seen.add(other)
                waiting.append(other)
    return found


def _kind(sides: list[str]) -> str:
    if len(sides) == 3:
        return "T-piece"
    return "straight" if OPPOSITE[sides[0]] == sides[1] else "bend"


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    name = rng.choice(sorted(facts["pieces"]))
    yield forms.word(f"Which kind of pipe is in cell {name}?", _kind(facts["pieces"][name]), PIECES)
    other = rng.choice(sorted(facts["pieces"]))
    side = rng.choice(sorted(SIDES))
    yield forms.yes_no(
        f"Does the pipe in cell {other} have an end at its {_edge(side)} edge?", side in facts["pieces"][other]
    )
    yield forms.number("In which row does the water enter?", facts["entry"])


def _edge(side: str) -> str:
    return {"up": "upper", "down": "lower"}.get(side, side)


def _description(facts: Mapping[str, Any]) -> str:
    pipes = "; ".join(
        f"{name}: {' and '.join(_edge(side) for side in sides)}" for name, sides in facts["pieces"].items()
    )
    return (
        f"A grid with columns A to {columns(facts['columns'])[-1]} from left to right and rows 1 to "
        f"{facts['rows']} from top to bottom. "
        f"Each cell holds a pipe with ends at these edges: {pipes}. Two neighbouring pipes are connected "
        "where both have an end at their common edge. "
        f"Water enters at the left of row {facts['entry']}; the outlets are at the right edge of each row."
    )


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    width, height, side = facts["columns"], facts["rows"], 44
    page = Page(width * side + 110, height * side + 60, look)
    grid = Grid(page, 60, 40, side, width, height)
    grid.lines()
    for column in range(width):
        page.text(grid.middle(column, 0)[0], 22, columns(26)[column], size=15)
    shade = look.shade(rng, rng.choice(("grey", "brown", "blue", "green")))
    for name, sides in facts["pieces"].items():
        x, y = grid.middle(ord(name[0]) - ord("A"), int(name[1:]) - 1)
        for one in sides:
            dx, dy = SIDES[one]
            page.line((x, y), (x + dx * side / 2, y + dy * side / 2), colour=shade, width=9)
        page.circle(x, y, 4.5, fill=shade)
    for row in range(height):
        y = grid.middle(0, row)[1]
        page.text(14, y, str(row + 1), size=15)
        page.line((60 + width * side + 4, y), (60 + width * side + 18, y), colour=look.ink, width=2)
        page.text(60 + width * side + 30, y, str(row + 1), size=15)
    y = grid.middle(0, facts["entry"] - 1)[1]
    page.line((28, y), (48, y), colour=(20, 90, 200), width=4)
    page.polygon([(58, y), (46, y - 8), (46, y + 8)], fill=(20, 90, 200))
    return page.png()
