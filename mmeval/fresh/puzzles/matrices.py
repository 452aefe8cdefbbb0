"""Matrix reasoning: which figure completes the three by three matrix?"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.shapes import Grid, shape
from mmeval.fresh.style import RGB, Page, Style, style
from mmeval.types import JSON

VALUES: Mapping[str, tuple[Any, ...]] = {
    "shape": ("circle", "square", "triangle", "star", "cross"),
    "colour": ("red", "green", "blue", "orange", "purple"),
    "count": (1, 2, 3, 4),
    "size": ("small", "medium", "large"),
}
RULES = ("constant", "progression", "each once")
"""Along a row: the same value; the next value of the list; all three values of the matrix once."""
VARYING = {1: 1, 2: 2, 3: 2, 4: 3, 5: 4}
"""Attributes that change along a row, by step; from step 3 the values of a row are shuffled from row to row."""
RADII = {"small": 7.0, "medium": 10.5, "large": 14.5}
OPTIONS = 6
ORDINALS = ("first", "second", "third")


class Matrices:
    """The generator."""

    name: ClassVar[str] = "matrices"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A matrix in which every attribute follows one rule in all rows."""
        look = style(rng)
        rules = _rules(rng, step)
        columns = {name: _attribute(rng, name, rules[name]) for name in VALUES}
        cells = [[{name: columns[name][r][c] for name in VALUES} for c in range(3)] for r in range(3)]
        options = _options(rng, cells)
        rng.shuffle(options)
        facts: dict[str, Any] = {"rows": [*cells[:2], cells[2][:2]], "options": options}
        text = (
            "Each row of the matrix follows the same rules. Which of the figures below belongs in the cell "
            "with the question mark?"
        )
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.drawn_letter(text, OPTIONS, options.index(cells[2][2])),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Keep the options with which the last row follows, in each attribute, a rule that both rows above follow."""
        first, second, last = facts["rows"]
        fitting = [
            place
            for place, option in enumerate(facts["options"])
            if all(
                _follows([[one[name] for one in row] for row in (first, second, [*last, option])], name)
                for name in VALUES
            )
        ]
        (answer,) = fitting
        return "ABCDEF"[answer]


def _rules(rng: random.Random, step: int) -> dict[str, str]:
    varying = rng.sample(sorted(VALUES), VARYING[step])
    ordered = [name for name in varying if name in ("count", "size")]
    rules = dict.fromkeys(VALUES, "constant")
    for name in varying:
        rules[name] = "progression" if name in ordered and step < 3 else "each once"
    return rules


def _attribute(rng: random.Random, name: str, rule: str) -> list[list[Any]]:
    """The values of an attribute, row by row."""
    values = VALUES[name]
    if rule == "constant":
        return [[value] * 3 for value in rng.choices(values, k=3)]
    if rule == "progression":
        starts = rng.choices(range(len(values) - 2), k=3)
        return [list(values[start : start + 3]) for start in starts]
    three = rng.sample(values, 3)
    orders = rng.sample([p for p in itertools.permutations(three) if not _is_progression(list(p), values)], 3)
    return [list(order) for order in orders]


def _is_progression(row: Sequence[Any], values: Sequence[Any]) -> bool:
    places = [values.index(value) for value in row]
    return places[1] - places[0] == places[2] - places[1] == 1


def _follows(rows: list[list[Any]], name: str) -> bool:
    """Whether all rows follow one rule: the strictest that the first two follow."""
    values = VALUES[name]
    if all(len(set(row)) == 1 for row in rows[:2]):
        return len(set(rows[2])) == 1
    if name in ("count", "size") and all(_is_progression(row, values) for row in rows[:2]):
        return _is_progression(rows[2], values)
    return len({frozenset(row) for row in rows}) == 1 and len(set(rows[0])) == 3


def _options(rng: random.Random, cells: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The right figure, and figures that differ from it in one or two attributes."""
    right = cells[2][2]
    options = [right]
    while len(options) < OPTIONS:
        changed = dict(rng.choice(options[:3]))
        name = rng.choice(sorted(VALUES))
        changed[name] = rng.choice(VALUES[name])
        if changed not in options:
            options.append(changed)
    return options


def _words(figure: Mapping[str, Any]) -> str:
    plural = "es" if figure["shape"] == "cross" else "s"
    return (
        f"{figure['count']} {figure['size']} {figure['colour']} "
        f"{figure['shape']}{plural if figure['count'] > 1 else ''}"
    )


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    places = [(r, c) for r in range(3) for c in range(3) if (r, c) != (2, 2)]
    for name, (r, c) in zip(("shape", "colour"), rng.sample(places, 2), strict=True):
        where = f"the {ORDINALS[r]} row, {ORDINALS[c]} column of the matrix"
        yield forms.word(f"What is the {name} of the figures in {where}?", facts["rows"][r][c][name], VALUES[name])
    place = rng.randrange(OPTIONS)
    yield forms.number(f"How many figures does option {'ABCDEF'[place]} show?", facts["options"][place]["count"])


def _description(facts: Mapping[str, Any]) -> str:
    rows = [
        f"Row {r + 1}: {', '.join(map(_words, row))}{', question mark' if r == 2 else ''}."
        for r, row in enumerate(facts["rows"])
    ]
    options = "; ".join(f"{letter}: {_words(one)}" for letter, one in zip("ABCDEF", facts["options"], strict=True))
    return (
        "A matrix of three rows and three columns whose last cell has a question mark. The sizes are "
        "small, medium and large. "
        f"{' '.join(rows)} The options below are {options}."
    )


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    side = 82
    page = Page(3 * side + 320, 3 * side + 60, look)
    shades = {name: look.shade(rng, name) for name in VALUES["colour"]}
    grid = Grid(page, 24, 30, side, 3, 3)
    grid.lines(colour=look.ink, width=1.5)
    for r, row in enumerate(facts["rows"]):
        for c, figure in enumerate(row):
            _figure(page, *grid.middle(c, r), figure, shades)
    page.text(*grid.middle(2, 2), "?", size=40)
    options = Grid(page, 3 * side + 62, 30, side, 3, 2)
    for place, figure in enumerate(facts["options"]):
        column, row = place % 3, place // 3
        x, y = options.middle(column, row * 1.4)
        page.box(x - 38, y - 38, x + 38, y + 38, edge=look.pale)
        _figure(page, x, y, figure, shades)
        page.text(x, y + 52, "ABCDEF"[place], size=17)
    return page.png()


def _figure(page: Page, x: float, y: float, figure: Mapping[str, Any], shades: Mapping[str, RGB]) -> None:
    gap = 18
    spots = {
        1: [(0, 0)],
        2: [(-gap, 0), (gap, 0)],
        3: [(-gap, gap), (gap, gap), (0, -gap)],
        4: [(-gap, -gap), (gap, -gap), (-gap, gap), (gap, gap)],
    }
    for dx, dy in spots[figure["count"]]:
        shape(page, figure["shape"], x + dx, y + dy, RADII[figure["size"]], fill=shades[figure["colour"]])
