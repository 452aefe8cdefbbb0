"""Sliding tiles: the least number of moves from the left board to the right one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import Grid
from mmeval.fresh.style import Page, Style, cell, style
from mmeval.types import JSON

Board: TypeAlias = tuple[int, ...]
"""Tiles row by row; 0 is the gap."""
SIZES = {1: (2, 2, 1, 4), 2: (3, 2, 2, 6), 3: (3, 2, 5, 9), 4: (3, 3, 7, 11), 5: (3, 3, 10, 15)}
"""Columns, rows, and the fewest and most moves by step."""
TEXT = (
    "A move slides one tile into the gap beside it, above it or below it. How many moves does it take at "
    "least to turn the "
    "left board into the right one?"
)


class Sliding:
    """The generator."""

    name: ClassVar[str] = "sliding"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """Two boards whose distance is that of the step."""
        look, (width, height, fewest, most) = style(rng), SIZES[step]
        goal = tuple(rng.sample(range(width * height), width * height))
        far = rng.randint(fewest, most)
        start, answer = rng.choice(_around(goal, width, height, far))
        facts: dict[str, Any] = {"columns": width, "rows": height, "now": list(start), "goal": list(goal)}
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.number(TEXT, answer, among=most - fewest + 1),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=f"Two boards of numbered tiles with one gap each. Left board: {_said(facts, 'now')}. "
            f"Right board: {_said(facts, 'goal')}.",
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Deepen step by step from the left board, with the Manhattan distance as the bound (IDA*)."""
        now, goal = tuple(facts["now"]), tuple(facts["goal"])
        depth = _bound(now, goal, facts["columns"])
        while not _reaches(now, goal, facts["columns"], facts["rows"], depth, -1):
            depth += 1
        return {"answer": depth, "tolerance": 0.0}


def _moves(board: Board, width: int, height: int) -> Iterator[tuple[Board, int]]:
    gap = board.index(0)
    column, row = gap % width, gap // width
    for c, r in ((column - 1, row), (column + 1, row), (column, row - 1), (column, row + 1)):
        if 0 <= c < width and 0 <= r < height:
            after, other = list(board), r * width + c
            after[gap], after[other] = after[other], 0
            yield tuple(after), board[other]


def _around(goal: Board, width: int, height: int, far: int) -> list[tuple[Board, int]]:
    """The boards at a distance from the goal, or at the largest that is below it; breadth first."""
    seen, layer, distance = {goal}, [goal], 0
    while distance < far:
        following = []
        for board in layer:
            for after, _ in _moves(board, width, height):
                if after not in seen:
                    seen.add(after)
                    following.append(after)
        if not following:
            break
        layer, distance = following, distance + 1
    return [(board, distance) for board in layer]


def _bound(board: Board, goal: Board, width: int) -> int:
    places = {tile: divmod(place, width) for place, tile in enumerate(goal)}
    total = 0
    for place, tile in enumerate(board):
        if tile:
            row, column = divmod(place, width)
            total += abs(row - places[tile][0]) + abs(column - places[tile][1])
    return total


def _reaches(board: Board, goal: Board, width: int, height: int, left: int, last: int) -> bool:
    if board == goal:
        return True
    if _bound(board, goal, width) > left:
        return False
    return any(
        _reaches(after, goal, width, height, left - 1, tile)
        for after, tile in _moves(board, width, height)
        if tile != last
    )


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    width = facts["columns"]
    for side, key in (("left", "now"), ("right", "goal")):
        place = rng.choice([place for place, tile in enumerate(facts[key]) if tile])
        name = cell(place % width, place // width)
        yield forms.number(f"Which number is on the tile in cell {name} of the {side} board?", facts[key][place])
    gap = facts["now"].index(0)
    names = [cell(c, r) for r in range(facts["rows"]) for c in range(width)]
    yield forms.word("Which cell of the left board is the gap?", cell(gap % width, gap // width), names)


def _said(facts: Mapping[str, Any], key: str) -> str:
    width = facts["columns"]
    rows = [facts[key][r * width : (r + 1) * width] for r in range(facts["rows"])]
    return "; ".join(
        f"row {r + 1}: {', '.join(str(tile) if tile else 'gap' for tile in row)}" for r, row in enumerate(rows)
    )


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    width, height, side = facts["columns"], facts["rows"], 52
    page = Page(2 * width * side + 150, height * side + 64, look)
    shade = look.shade(rng, rng.choice(("blue", "green", "purple", "brown")))
    for place, key in enumerate(("now", "goal")):
        grid = Grid(page, 40 + place * (width * side + 64), 40, side, width, height)
        grid.lines()
        grid.names()
        for at, tile in enumerate(facts[key]):
            x, y = grid.middle(at % width, at // width)
            if tile:
                page.box(x - 22, y - 22, x + 22, y + 22, fill=shade, edge=look.ink)
                page.text(x, y, str(tile), size=24, colour=(255, 255, 255))
    return page.png()
