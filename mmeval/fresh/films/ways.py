"""Ways: in which directions does an object move?"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.films.reel import FPS, FRAMES, SECONDS, SIDE, between, filmed, probes, scenes, seen
from mmeval.fresh.items import Item, UnclearError
from mmeval.fresh.scenes.stage import Stage, Thing, names
from mmeval.types import JSON

PLAN = {
    1: (1, 0, 20, (6, 9)),
    2: (2, 1, 18, (5, 7)),
    3: (3, 1, 17, (3, 4)),
    4: (4, 2, 16, (3, 4)),
    5: (5, 3, 15, (3, 4)),
}
"""Straight parts of each way, other objects that move, their radius, and the shortest and longest part, by step."""
WAYS = {"to the left": (-1, 0), "to the right": (1, 0), "up": (0, -1), "down": (0, 1)}
UNIT, UNITS = 18, 10
"""Parts are a whole number of units long; the field on which objects move is square."""
EDGE = (SIDE - UNIT * UNITS) // 2
TRIES = 300
Way = list[list[int]]


class Ways:
    """The generator."""

    name: ClassVar[str] = "ways"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """An object that moves straight and turns, and others that do so, too."""
        stage, (parts, others, radius, lengths) = Stage(rng), PLAN[step]
        few = 5 - step // 2
        looks = names(rng, 1 + others, kinds=few, shades=few)
        answer, way = _way(rng, parts, lengths)
        ways = [way]
        for _ in range(others):
            ways.append(_apart(rng, ways, parts, lengths, 2 * radius + 2))
        things = [
            Thing(kind=kind, colour=colour, x=way[0][1], y=way[0][2], radius=radius)
            for (kind, colour), way in zip(looks, ways, strict=True)
        ]
        facts = [{**one.facts(), "way": way} for one, way in zip(things, ways, strict=True)]
        return Item(
            film=filmed(stage, facts),
            main=forms.sequence(_asked(things[0].name, parts), answer, list(WAYS), among=4 * 2 ** (parts - 1)),
            probes=(*probes(rng, things), _end(things[0], facts[0]["way"])),
            facts={"things": facts, "asked": things[0].name},
            description=_told(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Watch where the object is from frame to frame, and note each new direction."""
        places = [(one.x, one.y) for some in scenes(facts["things"]) for one in some if one.name == facts["asked"]]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(places)]
        headings = [((x > 0) - (x < 0), (y > 0) - (y < 0)) for x, y in steps]
        told = {heading: word for word, heading in WAYS.items()}
        return {"answer": [told[heading] for heading, _ in itertools.groupby(headings)], "words": list(WAYS)}


def _asked(name: str, parts: int) -> str:
    if parts == 1:
        return f"The {name} moves straight on. In which direction?"
    return f"The {name} moves straight on and turns, {parts} straight parts in all. In which directions, part by part?"


def _apart(rng: random.Random, others: Sequence[Way], parts: int, lengths: tuple[int, int], gap: int) -> Way:
    """A way on which an object is at no time as near to another one as the gap, across and down."""
    frames = [[between(way, frame) for way in others] for frame in range(FRAMES)]
    for _ in range(TRIES):
        _, way = _way(rng, parts, lengths)
        mine = (between(way, frame) for frame in range(FRAMES))
        if all(max(abs(x - a), abs(y - b)) > gap for (x, y), there in zip(mine, frames, strict=True) for a, b in there):
            return way
    raise UnclearError


def _way(rng: random.Random, parts: int, lengths: tuple[int, int]) -> tuple[list[str], Way]:
    """Directions, and corners by frame. A way and the way back are alike, and come up alike often."""
    words = [rng.choice(list(WAYS))]
    while len(words) < parts:
        across = words[-1] in ("up", "down")
        words.append(rng.choice([word for word, (x, _) in WAYS.items() if bool(x) == across]))
    while True:
        sizes = [rng.randint(*lengths) for _ in words]
        places = [(rng.randint(0, UNITS), rng.randint(0, UNITS))]
        for word, size in zip(words, sizes, strict=True):
            places.append((places[-1][0] + WAYS[word][0] * size, places[-1][1] + WAYS[word][1] * size))
        inside = all(0 <= x <= UNITS and 0 <= y <= UNITS for x, y in places)
        if inside and all(UNITS // 2 not in place for place in (places[0], places[-1])):
            times = [round((FRAMES - 1) * gone / sum(sizes)) for gone in itertools.accumulate(sizes, initial=0)]
            return words, [[time, EDGE + UNIT * x, EDGE + UNIT * y] for time, (x, y) in zip(times, places, strict=True)]


def _end(one: Thing, way: Way) -> Any:
    """Where the object is in the end, which is never near the middle lines."""
    _, x, y = way[-1]
    quarters = ("upper left", "upper right", "lower left", "lower right")
    where = f"{'upper' if y < SIDE / 2 else 'lower'} {'left' if x < SIDE / 2 else 'right'}"
    return forms.word(f"In which quarter of the picture is the {one.name} at the end?", where, quarters)


def _told(facts: Sequence[Mapping[str, Any]]) -> str:
    said = [
        f"the {one.name}: {', then '.join(f'({x}, {y}) at {time / FPS:g} s' for time, x, y in fact['way'])}"
        for one, fact in zip(seen(facts), facts, strict=True)
    ]
    return (
        f"A film of {SECONDS} seconds, {SIDE} by {SIDE} pixels. Between the places told, objects move straight on. "
        f"Their middles, in pixels from the left and from the top: {'; '.join(said)}."
    )
