"""Occlusion: how many of the shapes that lie over each other are partly hidden?"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.scenes.stage import EFFORT, HEIGHT, WIDTH, Stage, Thing, colours, read
from mmeval.fresh.shapes import SHAPES
from mmeval.types import JSON

if TYPE_CHECKING:
    import numpy as np

Points: TypeAlias = list[tuple[float, float]]
KINDS = ("circle", "square", "triangle", "diamond")
PLAN = {1: (3, 62, 84), 2: (4, 54, 74), 3: (6, 46, 62), 4: (8, 40, 54), 5: (10, 36, 48)}
"""Shapes, and their smallest and largest radius, by step."""
APART = 5
"""Pixels between shapes that do not overlap, at least."""
SHARED = (0.14, 0.5)
"""Smallest and largest part of the smaller one of two shapes that the two share, if they overlap."""
SEEN = 0.45
"""Part of a shape that stays visible, at least."""
SHOWN = 0.62
"""How often a question is answered with yes where it can be: as some pictures hide nothing, half of all answers are."""
LIGHT = (236, 236, 232)
COARSE = 2
"""Pixels of the picture to one of the masks with which overlaps are measured."""


class Overlaps:
    """The generator."""

    name: ClassVar[str] = "overlaps"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """Shapes from the lowest to the uppermost; each overlaps another clearly or not at all."""
        stage, (count, least, most) = Stage(rng), PLAN[step]
        hidden = rng.randint(0, count - 1)
        tints = colours(rng, 5)
        looks = rng.sample([(kind, colour) for kind in KINDS for colour in tints], count)
        while True:
            things = _pile(rng, looks, least, most, set(rng.sample(range(count - 1), hidden)))
            if things:
                break
        over = _overlapping(things)
        text = "How many shapes are partly hidden by another shape that lies on top of them?"
        return Item(
            images=(_picture(stage, things),),
            main=forms.number(text, hidden, among=count),
            probes=_probes(rng, things, over),
            facts={"things": [one.facts() for one in things]},
            description=_description(things, over),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Look for a line that parts two shapes: where there is none, the upper one hides a part of the lower one."""
        things = read(facts["things"])
        hidden = {low for low, high in _pairs(len(things)) if not _parted(corners(things[low]), corners(things[high]))}
        return {"answer": len(hidden), "tolerance": 0.0}


def corners(one: Thing) -> Points:
    """The corners of a shape; a circle has many."""
    points = SHAPES[one.kind]
    if points is not None:
        return points(one.x, one.y, one.radius)
    turns = [2 * math.pi * place / 40 for place in range(40)]
    return [(one.x + 0.9 * one.radius * math.cos(turn), one.y + 0.9 * one.radius * math.sin(turn)) for turn in turns]


def _pairs(count: int) -> list[tuple[int, int]]:
    """The lower and the upper one of every two shapes."""
    return [(low, high) for low in range(count) for high in range(low + 1, count)]


def _parted(one: Points, other: Points) -> bool:
    """Whether a side of one of two convex shapes parts them (separating axis theorem)."""
    for shape in (one, other):
        for (x1, y1), (x2, y2) in zip(shape, [*shape[1:], shape[0]], strict=True):
            spans = [[(y1 - y2) * x + (x2 - x1) * y for x, y in points] for points in (one, other)]
            if max(spans[0]) < min(spans[1]) or max(spans[1]) < min(spans[0]):
                return True
    return False


def _mask(one: Thing, wider: int = 0) -> np.ndarray[Any, Any]:
    """Which coarse pixels a shape covers, or one that reaches some pixels further."""
    import numpy as np
    from PIL import Image, ImageDraw

    image = Image.new("L", (WIDTH // COARSE, HEIGHT // COARSE))
    # The sides of a triangle move by half of what its corners move, those of the other shapes by more.
    larger = Thing(kind=one.kind, colour=one.colour, x=one.x, y=one.y, radius=one.radius + 2 * wider)
    ImageDraw.Draw(image).polygon([(x / COARSE, y / COARSE) for x, y in corners(larger)], fill=1)
    return np.asarray(image, dtype=bool)


def _pile(
    rng: random.Random, looks: Sequence[tuple[str, str]], least: int, most: int, hidden: set[int]
) -> list[Thing] | None:
    """Shapes of which exactly these are covered by later ones; None if chance finds no place for one."""
    covers = _covers(rng, hidden, len(looks))
    things: list[Thing] = []
    masks: list[np.ndarray[Any, Any]] = []
    for place, (kind, colour) in enumerate(looks):
        below = covers.get(place)
        for _ in range(60):
            radius = rng.randint(least, most)
            x, y = _aim(rng, None if below is None else things[below], radius)
            one = Thing(kind=kind, colour=colour, x=x, y=y, radius=radius)
            if _fits(one, things, masks, below, hidden):
                break
        else:
            return None
        things.append(one)
        masks.append(_mask(one))
    return things if _visible(masks) else None


def _covers(rng: random.Random, hidden: set[int], count: int) -> dict[int, int]:
    """Which shape each of some upper ones has to cover. The uppermost choose first, so that one is left for each."""
    found: dict[int, int] = {}
    for low in sorted(hidden, reverse=True):
        found[rng.choice([high for high in range(low + 1, count) if high not in found])] = low
    return found


def _aim(rng: random.Random, below: Thing | None, radius: int) -> tuple[int, int]:
    """A place near the shape to be covered, inside the picture."""
    far = radius + 6
    if below is None:
        return rng.randint(far, WIDTH - far), rng.randint(far, HEIGHT - far)
    turn, reach = rng.uniform(0, 2 * math.pi), rng.uniform(0.5, 1.0) * (below.radius + radius)
    x, y = round(below.x + reach * math.cos(turn)), round(below.y + reach * math.sin(turn))
    return min(max(x, far), WIDTH - far), min(max(y, far), HEIGHT - far)


def _fits(
    one: Thing, things: Sequence[Thing], masks: Sequence[np.ndarray[Any, Any]], below: int | None, hidden: set[int]
) -> bool:
    """Whether a new shape covers what it has to cover clearly, and nothing that has to stay whole."""
    close = [
        place
        for place, thing in enumerate(things)
        if math.dist((one.x, one.y), (thing.x, thing.y)) < one.radius + thing.radius + 2 * APART
    ]
    if below is not None and below not in close:
        return False
    if not close:
        return True
    mask = _mask(one)
    for place in close:
        shared = _area(mask & masks[place]) / min(_area(mask), _area(masks[place]))
        clear = SHARED[0] <= shared <= SHARED[1]
        touches = shared == 0 and bool((_mask(one, APART) & masks[place]).any())
        if touches or (place == below and not clear) or (shared and not (clear and place in hidden)):
            return False
    return True


def _area(mask: np.ndarray[Any, Any]) -> int:
    import numpy as np

    return int(np.count_nonzero(mask))


def _visible(masks: Sequence[np.ndarray[Any, Any]]) -> bool:
    for place, mask in enumerate(masks):
        rest = mask.copy()
        for upper in masks[place + 1 :]:
            rest &= ~upper
        if _area(rest) < SEEN * _area(mask):
            return False
    return True


def _overlapping(things: Sequence[Thing]) -> list[tuple[Thing, Thing]]:
    """The lower and the upper one of every two shapes that overlap."""
    masks = [_mask(one) for one in things]
    return [(things[low], things[high]) for low, high in _pairs(len(things)) if (masks[low] & masks[high]).any()]


def _probes(rng: random.Random, things: Sequence[Thing], over: Sequence[tuple[Thing, Thing]]) -> tuple[Question, ...]:
    covered = {low.name for low, _ in over}
    whole = [one.name for one in things if one.name not in covered]
    asked = rng.choice(sorted(covered) if covered and rng.random() < SHOWN else whole)
    first = forms.yes_no(f"Is the {asked} partly hidden?", asked in covered)
    if not over:
        one, other = rng.sample(things, 2)
        return first, forms.yes_no(f"Do the {one.name} and the {other.name} overlap?", False)
    pair = rng.choice(over)
    one, other = rng.sample(pair, 2)
    text = f"The {one.name} and the {other.name} overlap. Which of them lies on top?"
    apart = [(a, b) for a, b in _two(things) if (a, b) not in over]
    a, b = rng.choice(apart if apart and rng.random() > SHOWN else list(over))
    return (
        first,
        forms.word(text, pair[1].name, (one.name, other.name)),
        forms.yes_no(f"Do the {a.name} and the {b.name} overlap?", (a, b) in over),
    )


def _two(things: Sequence[Thing]) -> list[tuple[Thing, Thing]]:
    return [(things[low], things[high]) for low, high in _pairs(len(things))]


def _description(things: Sequence[Thing], over: Sequence[tuple[Thing, Thing]]) -> str:
    shapes = "; ".join(f"{one.phrase} with its middle at ({one.x}, {one.y})" for one in things)
    said = "; ".join(f"the {high.name} lies on the {low.name}" for low, high in over)
    places = f"Shapes, with places in pixels from the left and from the top: {shapes}."
    return f"{places} Where shapes overlap: {said or 'none do'}."


def _picture(stage: Stage, things: Sequence[Thing]) -> bytes:
    page = stage.page()
    for one in things:
        points = corners(one)
        page.polygon(points, fill=stage.fills[one.colour])
        edge = (
            LIGHT if one.colour == "black" else stage.pen.edge
        )  # else nobody sees which of two black shapes is on top
        page.line(*points, points[0], colour=edge, width=stage.pen.width)
    return page.png(effort=EFFORT)
