"""A marble maze: which ramps lead every ball into the cup of its colour?

Balls fall from the top, column by column. A ramp moves a ball one column to its side. Some cells are empty frames; each
has to get a ramp.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import Grid
from mmeval.fresh.style import COLOURS, Page, Style, cell, columns, listed, style
from mmeval.types import JSON

LEFT, RIGHT = "left ramp", "right ramp"
SHIFT = {LEFT: -1, RIGHT: 1}
SIZES = {1: (4, 4, 1, 1), 2: (5, 5, 1, 2), 3: (5, 6, 2, 3), 4: (6, 7, 2, 4), 5: (7, 8, 3, 5)}
"""Columns, rows, balls and empty frames by step."""
RAMPS = 0.55
"""Chance of a ramp in each cell on the way of a ball."""
SIDE = 44
"""Pixels of a cell."""
RULES = (
    "Each ball falls straight down its column. A left ramp moves a ball into the next row, one column to the left, "
    "and a right ramp one column to the right; from there it falls on. The frames with a dashed outline are empty, "
    "and each has to get one ramp. Which ramp has to go into each frame, so that every ball ends in the cup of its "
    "colour?"
)


@dataclass(frozen=True, slots=True)
class Maze:
    """A maze, with columns and rows counted from 0."""

    width: int
    height: int
    balls: Mapping[str, tuple[int, int]]
    """Column of the ball and column of its cup, by colour."""
    ramps: Mapping[tuple[int, int], str]
    """The ramps that are fixed, by (column, row)."""
    frames: Sequence[tuple[int, int]]

    def lands(self, column: int, ramps: Mapping[tuple[int, int], str]) -> int | None:
        """The column in which a ball lands, or None if it falls off the board."""
        for row in range(self.height):
            column += SHIFT.get(ramps.get((column, row), ""), 0)
            if not 0 <= column < self.width:
                return None
        return column

    def solutions(self) -> Iterator[dict[tuple[int, int], str]]:
        """Every way of filling the frames that leads all balls home, by trying all of them."""
        for pieces in itertools.product((LEFT, RIGHT), repeat=len(self.frames)):
            filled = dict(zip(self.frames, pieces, strict=True))
            ramps = {**self.ramps, **filled}
            if all(self.lands(start, ramps) == cup for start, cup in self.balls.values()):
                yield filled


class Marbles:
    """The generator."""

    name: ClassVar[str] = "marbles"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """Draw a maze with exactly one solution."""
        look = style(rng)
        while True:
            maze = _random(rng, step)
            found = list(itertools.islice(maze.solutions(), 2)) if maze else []
            if maze and len(found) == 1:
                break
        answer = {cell(*frame): piece for frame, piece in found[0].items()}
        return Item(
            images=(_picture(rng, maze, look),),
            main=forms.placements(RULES, answer, (LEFT, RIGHT)),
            probes=tuple(_probes(rng, maze)),
            facts=_facts(maze),
            description=_description(maze),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Let the balls fall one after the other, and try both ramps only where a ball meets an empty frame."""
        found = next(_fall(facts, list(facts["balls"].values()), facts["ramps"], set(facts["frames"])))
        pieces = {name: found[name] for name in facts["frames"]}
        return {"answer": pieces, "words": [LEFT, RIGHT]}


def _fall(
    facts: Mapping[str, Any], balls: Sequence[Sequence[str]], ramps: Mapping[str, str], frames: set[str]
) -> Iterator[Mapping[str, str]]:
    """The ramps with which all balls land in their cups."""
    if not balls:
        yield ramps
        return
    (start, cup), rest = balls[0], balls[1:]
    for after in _one(facts, columns(26).index(start), 0, columns(26).index(cup), ramps, frames):
        yield from _fall(facts, rest, after, frames)


def _one(
    facts: Mapping[str, Any], column: int, row: int, cup: int, ramps: Mapping[str, str], frames: set[str]
) -> Iterator[Mapping[str, str]]:
    if not 0 <= column < facts["columns"]:
        return
    if row == facts["rows"]:
        if column == cup:
            yield ramps
        return
    name = cell(column, row)
    kinds = (LEFT, RIGHT) if name in frames and name not in ramps else (ramps.get(name),)
    for kind in kinds:
        after = ramps if kind is None else {**ramps, name: kind}
        yield from _one(facts, column + SHIFT.get(kind or "", 0), row + 1, cup, after, frames)


def _random(rng: random.Random, step: int) -> Maze | None:
    """A maze whose frames lie on the ways of the balls; None if two balls share a cup or too few ramps came about."""
    width, height, count, empty = SIZES[step]
    ramps: dict[tuple[int, int], str] = {}
    visited: set[tuple[int, int]] = set()
    starts = rng.sample(range(width), count)
    cups = [_way(rng, start, width, height, ramps, visited) for start in starts]
    if len(set(cups)) < count or len(ramps) <= empty:
        return None
    frames = sorted(rng.sample(sorted(ramps), empty))
    fixed = {place: ramp for place, ramp in ramps.items() if place not in frames}
    free = sorted({(column, row) for column in range(width) for row in range(height)} - visited)
    fixed |= {place: rng.choice((LEFT, RIGHT)) for place in rng.sample(free, min(step, len(free)))}
    colours = rng.sample(("red", "blue", "green", "orange", "purple"), count)
    balls = {colour: (start, cup) for colour, start, cup in zip(colours, starts, cups, strict=True)}
    return Maze(width, height, balls, fixed, frames)


def _way(
    rng: random.Random, column: int, width: int, height: int, ramps: dict[tuple[int, int], str],
    visited: set[tuple[int, int]],
) -> int:  # fmt: skip
    """Let a ball fall, and place ramps on its way where none was passed yet; returns where it lands."""
    for row in range(height):
        place = (column, row)
        if place not in visited and rng.random() < RAMPS:
            ramps[place] = rng.choice([kind for kind, by in SHIFT.items() if 0 <= column + by < width])
        visited.add(place)
        column += SHIFT.get(ramps.get(place, ""), 0)
    return column


def _probes(rng: random.Random, maze: Maze) -> Iterator[Question]:
    letters = list(columns(maze.width))
    colour = rng.choice(sorted(maze.balls))
    start, cup = maze.balls[colour]
    yield forms.word(f"Above which column is the {colour} ball?", letters[start], letters)
    yield forms.word(f"Below which column is the {colour} cup?", letters[cup], letters)
    place = rng.choice(sorted(maze.ramps))
    yield forms.word(f"Which ramp is in cell {cell(*place)}?", maze.ramps[place], (LEFT, RIGHT))


def _facts(maze: Maze) -> dict[str, JSON]:
    letters = columns(maze.width)
    return {
        "columns": maze.width,
        "rows": maze.height,
        "balls": {colour: [letters[start], letters[cup]] for colour, (start, cup) in maze.balls.items()},
        "ramps": {cell(*place): kind for place, kind in sorted(maze.ramps.items())},
        "frames": [cell(*place) for place in maze.frames],
    }


def _description(maze: Maze) -> str:
    letters = columns(maze.width)
    balls = [
        f"The {colour} ball is above column {letters[start]}, the {colour} cup below column {letters[cup]}."
        for colour, (start, cup) in maze.balls.items()
    ]
    ramps = listed([f"a {kind} in {cell(*place)}" for place, kind in sorted(maze.ramps.items())])
    frames = listed([cell(*place) for place in maze.frames])
    return (
        f"A board with columns {letters[0]} to {letters[-1]} and rows 1 (top) to {maze.height} (bottom). "
        f"{' '.join(balls)} There is {ramps}. The empty frames are {frames}. All other cells are free."
    )


def _picture(rng: random.Random, maze: Maze, look: Style) -> bytes:
    edge, side = 34, SIDE
    page = Page(maze.width * side + 2 * edge, maze.height * side + 2 * edge + side, look)
    grid = Grid(page, edge, edge + side // 2, side, maze.width, maze.height)
    grid.lines()
    for row in range(maze.height):
        page.text(edge / 2, grid.middle(0, row)[1], str(row + 1), size=15)
    for column in range(maze.width):
        page.text(grid.middle(column, 0)[0], edge / 3, columns(26)[column], size=15)
    for (column, row), kind in sorted(maze.ramps.items()):
        _ramp(page, grid.left + column * side, grid.top + row * side, kind)
    for column, row in maze.frames:
        _dashed(page, grid.left + column * side, grid.top + row * side)
    for colour, (start, cup) in maze.balls.items():
        shade = look.shade(rng, colour)
        page.circle(grid.middle(start, 0)[0], grid.top - 12, 9, fill=shade, edge=COLOURS["black"])
        _cup(page, grid.middle(cup, 0)[0], grid.top + maze.height * side + 8, shade)
    return page.png()


def _ramp(page: Page, left: float, top: float, kind: str) -> None:
    low, high = top + SIDE * 0.82, top + SIDE * 0.2
    ends = ((left + 4, high), (left + SIDE - 4, low)) if kind == RIGHT else ((left + SIDE - 4, high), (left + 4, low))
    page.line(*ends, width=4)


def _dashed(page: Page, left: float, top: float) -> None:
    inset, dash = 4, 6
    right, bottom = left + SIDE - inset, top + SIDE - inset
    left, top = left + inset, top + inset
    for at in range(0, SIDE - 2 * inset, 2 * dash):
        far = min(at + dash, SIDE - 2 * inset)
        for y in (top, bottom):
            page.line((left + at, y), (left + far, y), width=2)
        for x in (left, right):
            page.line((x, top + at), (x, top + far), width=2)


def _cup(page: Page, x: float, y: float, shade: tuple[int, int, int]) -> None:
    page.polygon([(x - 16, y), (x + 16, y), (x + 11, y + 22), (x - 11, y + 22)], fill=shade, edge=COLOURS["black"])
