"""Pointing at an object that is named: by its cell, or with coordinates."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.scenes import asking, celled
from mmeval.fresh.scenes.stage import Stage, Thing, names, read
from mmeval.fresh.scenes.things import bounds, plural
from mmeval.types import JSON

PLAN = {1: (4, 1), 2: (7, 1), 3: (10, 2), 4: (14, 3), 5: (18, 4)}
"""Objects, and those of them that share the name of the one asked for (it counts among them), by step."""
RADII = {1: (26, 32), 2: (22, 28), 3: (14, 26), 4: (16, 20), 5: (12, 15)}
ENDS = {"left": (1, 0), "right": (-1, 0), "top": (0, 1), "bottom": (0, -1)}
"""Edge, and the factors of x and y by whose sum objects are ordered from it."""
CLEAR = 12
"""Pixels by which the right object is nearer than the next."""


class Pointing:
    """Pointing by cell."""

    name: ClassVar[str] = "pointing"
    version: ClassVar[int] = 1
    grid: ClassVar[bool] = True

    def draw(self, rng: random.Random, step: int) -> Item:
        """Objects of which one is named by kind and colour, by its size, by its place, or by what is near it."""
        stage = Stage(rng)
        while True:
            things = _scene(rng, step)
            named = _named(rng, things, step)
            if named:
                break
        asked, target = named
        rng.shuffle(things)
        return Item(
            images=(celled.picture(stage, things, grid=self.grid),),
            main=self._question(_phrase(asked), target),
            probes=_probes(rng, things, asked),
            facts={"things": [one.facts() for one in things], "asked": asked},
            description=self._told(things),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Order the objects of the name by what the question says, and take the first."""
        asked, things = facts["asked"], read(facts["things"])
        same = [one for one in things if one.name == asked["name"]]
        if "size" in asked:
            same.sort(key=lambda one: one.radius, reverse=asked["size"] == "larger")
        elif "edge" in asked:
            same.sort(key=lambda one: {"left": one.x, "right": -one.x, "top": one.y, "bottom": -one.y}[asked["edge"]])
        elif "near" in asked:
            (mark,) = [one for one in things if one.name == asked["near"]]
            same.sort(key=lambda one: (one.x - mark.x) ** 2 + (one.y - mark.y) ** 2)
        return self._question("", same[0]).target

    def _question(self, phrase: str, target: Thing) -> Question:
        return forms.cells(f"In which cell is the {phrase}?", [celled.cell_of(target)], among=len(celled.ALL))

    def _told(self, things: Sequence[Thing]) -> str:
        places = "; ".join(f"{one.phrase} {2 * one.radius} pixels wide at ({one.x}, {one.y})" for one in things)
        return f"{celled.told(things)} In pixels from the left and from the top, the middles are: {places}."


class Points(Pointing):
    """Pointing with coordinates."""

    name: ClassVar[str] = "points"
    grid: ClassVar[bool] = False

    def _question(self, phrase: str, target: Thing) -> Question:
        return forms.point(f"Point at the {phrase}.", _box(target), celled.SIZE)

    def _told(self, things: Sequence[Thing]) -> str:
        width, height = celled.SIZE
        boxes = "; ".join(f"{one.phrase} in the box {', '.join(map(str, _box(one)))}" for one in things)
        return (
            f"A picture of {width} by {height} pixels. Boxes are left, top, right, bottom in pixels. It shows {boxes}."
        )


def _box(one: Thing) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in pixels."""
    left, top, right, bottom = bounds(one.kind)
    return (
        math.floor(one.x + left * one.radius), math.floor(one.y + top * one.radius),
        math.ceil(one.x + right * one.radius), math.ceil(one.y + bottom * one.radius),
    )  # fmt: skip


def _scene(rng: random.Random, step: int) -> list[Thing]:
    """The objects that share the name asked for come first."""
    (count, alike), (least, most) = PLAN[step], RADII[step]
    looks = names(rng, count - alike + 1, kinds=6, shades=4)
    looks = [looks[0]] * (alike - 1) + looks
    spots = celled.places(rng, count, most, per=1)
    radii = [rng.randint(least, most) for _ in looks]
    if step == 3:
        radii[:2] = rng.sample([least, most], 2)
    return [
        Thing(kind=kind, colour=colour, x=x, y=y, radius=radius)
        for (kind, colour), (x, y), radius in zip(looks, spots, radii, strict=True)
    ]


def _named(rng: random.Random, things: Sequence[Thing], step: int) -> tuple[dict[str, str], Thing] | None:
    """What the question says, and the object that is meant; None if it could be taken for another."""
    same = things[: PLAN[step][1]]
    asked = {"name": same[0].name}
    if step < 3:
        return asked, same[0]
    if step == 3:
        size = rng.choice(("larger", "smaller"))
        order = sorted(same, key=lambda one: one.radius * (-1 if size == "larger" else 1))
        return {**asked, "size": size}, order[0]
    if step == 4:
        edge = rng.choice(sorted(ENDS))
        across, down = ENDS[edge]
        return _first(same, {**asked, "edge": edge}, lambda one: across * one.x + down * one.y)
    mark = rng.choice(things[len(same) :])
    return _first(same, {**asked, "near": mark.name}, lambda one: math.hypot(one.x - mark.x, one.y - mark.y))


def _first(same: Sequence[Thing], asked: dict[str, str], key: Any) -> tuple[dict[str, str], Thing] | None:
    first, second, *_ = sorted(same, key=key)
    return (asked, first) if key(second) - key(first) >= CLEAR else None


def _phrase(asked: Mapping[str, str]) -> str:
    name = asked["name"]
    if "size" in asked:
        return f"{asked['size']} of the two {plural(name)}"
    if "edge" in asked:
        return f"{name} that is nearest to the {asked['edge']} edge of the picture"
    return f"{name} that is nearest to the {asked['near']}" if "near" in asked else name


def _probes(rng: random.Random, things: Sequence[Thing], asked: Mapping[str, str]) -> tuple[Question, ...]:
    name = asked["name"]
    return (
        forms.number(f"How many {plural(name)} are in the picture?", sum(one.name == name for one in things)),
        asking.present(rng, [one for one in things if one.name != name]),
        forms.number("How many objects are in the picture?", len(things)),
    )
