"""A heat map with five levels: each colour stands for a range of values."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import demand
from mmeval.fresh.charts.canvas import Look, draw, labels, look, title
from mmeval.fresh.charts.subjects import names, row, subject
from mmeval.fresh.items import Item, Question
from mmeval.fresh.style import listed
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = 5
SIZES = {1: (4, 4), 2: (4, 6), 3: (5, 7), 4: (7, 7), 5: (7, 8)}
"""Rows and columns, by step."""
MAPS = ("viridis", "plasma", "YlGnBu", "magma", "Blues")
"""Colours that grow lighter or darker all the way, so that they can be told apart without hue."""


class Heatmaps:
    """The generator."""

    name: ClassVar[str] = "heatmaps"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Cells that suit the question of the step."""
        (down, across), paper, about = SIZES[step], look(rng), subject(rng)
        side, top, width, share = names(rng, down), row(rng, across), rng.choice((2, 5, 10, 20, 100)), rng.random()

        def attempt() -> tuple[dict[str, Any], Question]:
            cells = [[rng.randrange(LEVELS) for _ in range(across)] for _ in side]
            facts: dict[str, Any] = {
                "title": about.title, "rows": side, "columns": top, "cells": cells, "width": width, "step": step,
            }  # fmt: skip
            return facts, ASKS[step](rng, facts, share)

        facts, question = kinds.clear(attempt)
        return Item(
            images=(_picture(rng, paper, facts),),
            main=question,
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Cell by cell."""
        cells, asked, step = facts["cells"], facts["ask"], facts["step"]
        if step == 1:
            column = {values[asked["column"]]: name for values, name in zip(cells, facts["rows"], strict=True)}
            return {"answer": column[max(column)], "words": facts["rows"]}
        flat = [level for values in cells for level in values]
        if step == 2:
            return _number(flat.count(asked["level"]))
        if step == 3:
            tally = sorted((-sum(level >= asked["level"] for level in values), k) for k, values in enumerate(cells))
            return {"answer": facts["rows"][tally[0][1]], "words": facts["rows"]}
        if step == 4:
            first, second = asked["columns"]
            return _number(len([1 for values in cells if values[first] - values[second] > 0]))
        return _number(_joined(cells, asked["level"]))


def _number(answer: int) -> JSON:
    return {"answer": answer, "tolerance": 0.0}


def _joined(cells: list[list[int]], level: int) -> int:
    """The size of the largest group, by giving neighbours the same mark until nothing changes."""
    marks = {(r, c): (r, c) for r, values in enumerate(cells) for c, one in enumerate(values) if one >= level}
    changed = True
    while changed:
        changed = False
        for r, c in marks:
            for other in ((r + 1, c), (r, c + 1)):
                if other in marks and marks[other] != marks[r, c]:
                    marks[other] = marks[r, c] = min(marks[other], marks[r, c])
                    changed = True
    found = list(marks.values())
    return max(found.count(mark) for mark in found)


def _from(facts: Mapping[str, Any], level: int) -> int:
    """The value at which a level starts."""
    return int(level * facts["width"])


# `share` is drawn once for an item, from 0 to 1: it picks the answer of a count, so that all counts come up alike.


def _ask_row(rng: random.Random, facts: dict[str, Any], share: float) -> Question:
    column = rng.randrange(len(facts["columns"]))
    values = [cells[column] for cells in facts["cells"]]
    demand(values.count(max(values)) == 1)
    facts["ask"] = {"column": column}
    text = f"In which row is the value for {facts['columns'][column]} the highest?"
    return forms.word(text, facts["rows"][values.index(max(values))], facts["rows"])


def _ask_level(rng: random.Random, facts: dict[str, Any], share: float) -> Question:
    level = rng.randrange(LEVELS)
    count = sum(cells.count(level) for cells in facts["cells"])
    demand(count == 1 + int(share * 9))
    facts["ask"] = {"level": level}
    low, high = _from(facts, level), _from(facts, level + 1)
    return forms.number(f"How many cells have the colour of values from {low} to {high}?", count, among=9)


def _ask_most(rng: random.Random, facts: dict[str, Any], share: float) -> Question:
    level = rng.randint(2, LEVELS - 1)
    counts = [len([1 for one in cells if one >= level]) for cells in facts["cells"]]
    demand(counts.count(max(counts)) == 1)
    facts["ask"] = {"level": level}
    text = f"Which row has the most cells with values above {_from(facts, level)}?"
    return forms.word(text, facts["rows"][counts.index(max(counts))], facts["rows"])


def _ask_pairs(rng: random.Random, facts: dict[str, Any], share: float) -> Question:
    first, second = rng.sample(range(len(facts["columns"])), 2)
    count = sum(cells[first] > cells[second] for cells in facts["cells"])
    demand(count == int(share * 7))
    facts["ask"] = {"columns": [first, second]}
    text = (
        f"In how many rows has the cell of {facts['columns'][first]} the colour of higher values than the cell of "
        f"{facts['columns'][second]}?"
    )
    return forms.number(text, count, among=7)


def _ask_joined(rng: random.Random, facts: dict[str, Any], share: float) -> Question:
    level = rng.randint(3, LEVELS - 1)
    size = max((_flood(facts["cells"], level, r, c) for r, c in _places(facts, level)), default=0)
    demand(size == 2 + int(share * 10))
    facts["ask"] = {"level": level}
    text = (
        f"Cells with values above {_from(facts, level)} that share a side belong to one group. How many cells does the "
        "largest group have?"
    )
    return forms.number(text, size, among=10)


def _places(facts: Mapping[str, Any], level: int) -> Iterator[tuple[int, int]]:
    for r, values in enumerate(facts["cells"]):
        yield from ((r, c) for c, one in enumerate(values) if one >= level)


def _flood(cells: list[list[int]], level: int, r: int, c: int) -> int:
    """Cells that can be reached from a cell."""
    seen, open_ = {(r, c)}, [(r, c)]
    while open_:
        y, x = open_.pop()
        for b, a in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
            inside = 0 <= b < len(cells) and 0 <= a < len(cells[0])
            if inside and cells[b][a] >= level and (b, a) not in seen:
                seen.add((b, a))
                open_.append((b, a))
    return len(seen)


ASKS = {1: _ask_row, 2: _ask_level, 3: _ask_most, 4: _ask_pairs, 5: _ask_joined}


def _ranges(facts: Mapping[str, Any]) -> list[str]:
    return [f"{_from(facts, level)} to {_from(facts, level + 1)}" for level in range(LEVELS)]


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    r, c = rng.randrange(len(facts["rows"])), rng.randrange(len(facts["columns"]))
    place = f"{facts['rows'][r]} and {facts['columns'][c]}"
    ranges = _ranges(facts)
    yield forms.letter(f"Which range of values has the cell of {place}?", ranges, ranges[facts["cells"][r][c]])
    yield forms.number("How many rows of cells are there?", len(facts["rows"]))
    yield forms.number("What is the highest number at the colour bar?", _from(facts, LEVELS))


def _description(facts: Mapping[str, Any]) -> str:
    ranges = _ranges(facts)
    rows = [
        f"{name}: {', '.join(ranges[level] for level in cells)}."
        for name, cells in zip(facts["rows"], facts["cells"], strict=True)
    ]
    return (
        f"A heat map with the title {facts['title']}. A colour bar has five colours, for values from "
        f"{listed(ranges)}. The columns are {listed(facts['columns'])}. The cells of each row from left to right, the "
        f"rows from top to bottom. {' '.join(rows)}"
    )


def _picture(rng: random.Random, look: Look, facts: Mapping[str, Any]) -> bytes:
    chosen, down, across = rng.choice(MAPS), len(facts["rows"]), len(facts["columns"])

    def paint(axes: Axes) -> None:
        import matplotlib as mpl

        colours = mpl.colormaps[chosen](tuple(0.08 + 0.21 * level for level in range(LEVELS)))
        shades = mpl.colors.ListedColormap(colours)
        how: dict[str, Any] = {"cmap": shades, "vmin": -0.5, "vmax": LEVELS - 0.5, "edgecolors": "white"}
        middle = [range(across), range(down)]
        axes.pcolormesh(*middle, facts["cells"], shading="nearest", linewidth=1, **how)
        axes.set_ylim(down - 0.5, -0.5)
        labels(axes, facts["columns"], look)
        labels(axes, facts["rows"], look, which="y")
        title(axes, facts["title"], look)
        bar = axes.inset_axes((1.05, 0.0, 0.05, 1.0))
        edges = [level - 0.5 for level in range(LEVELS + 1)]
        bar.pcolormesh([0, 1], edges, [[level] for level in range(LEVELS)], **how)
        bar.spines[:].set_visible(True)
        bar.set_xticks([])
        bar.yaxis.tick_right()
        bar.set_yticks(edges, labels=[str(_from(facts, level)) for level in range(LEVELS + 1)])

    return draw(look, paint, width=60 + 48 * across, height=60 + 32 * down, right=64)
