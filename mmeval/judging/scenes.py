"""Scenes of many objects, and one of the facts that a dense prompt would state about them, as DPG-Bench asks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from mmeval.fresh.scenes.stage import Stage, Thing, a, colours, names, scattered
from mmeval.fresh.scenes.things import KINDS, plural
from mmeval.judging.item import Item, asked
from mmeval.judging.objects import OBJECTS, PLACES
from mmeval.scorers.judges.verdicts import RIGHT

__all__ = ["KINDS_OF_FACT", "draw"]

KINDS_OF_FACT = ("object", "number", "colour", "place", "size", "all of a kind")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
COUNT = 8
"""Objects in a scene."""
RADIUS = 28
CLEAR = 70
"""Pixels by which an object is further in a direction than another, if it is said to lie there."""


def draw(rng: Random, kind: str, label: str) -> Item:
    """An item of one of the six kinds."""
    right = label == RIGHT
    while True:
        stage, things, ask = _DRAWN[kind](rng, right)
        if ask:
            break
    listed = "; ".join(one.phrase for one in things)
    return asked(stage.picture(things), f"a picture of {listed}", ask, right)


Drawn = tuple[Stage, list[Thing], str]
"""An empty question: this draw has none of the kind."""


def _scene(rng: Random, looks: Sequence[tuple[str, str]], radii: Sequence[int] = ()) -> tuple[Stage, list[Thing]]:
    return Stage(rng), scattered(rng, looks, radii or [RADIUS] * len(looks))


def _mixed(rng: Random) -> list[tuple[str, str]]:
    """Different objects of few kinds and colours, so that both the kind and the colour of what is not there occur."""
    return names(rng, COUNT, kinds=4, shades=4)


def _object(rng: Random, right: bool) -> Drawn:
    stage, things = _scene(rng, _mixed(rng))
    there = sorted({(one.kind, one.colour) for one in things})
    kinds, tints = {kind for kind, _ in there}, {tint for _, tint in there}
    absent = [(kind, tint) for kind in sorted(kinds) for tint in sorted(tints) if (kind, tint) not in there]
    some = [(kind, tint) for kind, tint in (there if right else absent) if kind in OBJECTS]
    if not some:
        return stage, things, ""
    kind, tint = rng.choice(some)
    return stage, things, f"Is there {a(f'{tint} {kind}')} in the picture?"


def _number(rng: Random, right: bool) -> Drawn:
    stage, things = _scene(rng, _mixed(rng))
    kind, count = rng.choice(sorted(Counter(one.kind for one in things).items()))
    if count < 2 or kind not in OBJECTS:
        return stage, things, ""
    said = count if right else count + rng.choice((-1, 1))
    verb, what = ("is", kind) if said == 1 else ("are", plural(kind))
    return stage, things, f"{verb.capitalize()} there exactly {NUMBERS[said]} {what} in the picture?"


def _colour(rng: Random, right: bool) -> Drawn:
    kind, *others = rng.sample(KINDS, 4)
    tints = colours(rng, 4)
    rest = rng.sample([(other, tint) for other in others for tint in tints], COUNT - 1)
    own = rng.choice(tints)
    stage, things = _scene(rng, [(kind, own), *rest])
    said = own if right else rng.choice([tint for tint in tints if tint != own])
    return stage, things, f"Is the {kind} {said}?"


def _place(rng: Random, right: bool) -> Drawn:
    stage, things = _scene(rng, _mixed(rng))
    where = rng.choice(sorted(PLACES))
    across, down = PLACES[where]
    one, other = rng.sample(things, 2)
    further = (one.x - other.x) * across + (one.y - other.y) * down
    if (further if right else -further) < CLEAR:
        return stage, things, ""
    return stage, things, f"Is the {one.name} {where} the {other.name}?"


def _size(rng: Random, right: bool) -> Drawn:
    looks = _mixed(rng)
    radii = [rng.choice((20, 40)) for _ in looks]
    stage, things = _scene(rng, looks, radii)
    one, other = rng.sample(things, 2)
    wanted = one.radius > other.radius if right else one.radius < other.radius
    return stage, things, f"Is the {one.name} larger than the {other.name}?" if wanted else ""


def _all(rng: Random, right: bool) -> Drawn:
    kind, *others = rng.sample(OBJECTS, 3)
    tint, *tints = colours(rng, 4)
    own = [tint] * 3 if right else [tint, tint, rng.choice(tints)]
    rest = rng.sample([(other, shade) for other in others for shade in (tint, *tints)], COUNT - 3)
    stage, things = _scene(rng, [*((kind, shade) for shade in own), *rest])
    return stage, things, f"Are all {plural(kind)} in the picture {tint}?"


_DRAWN = {
    "object": _object, "number": _number, "colour": _colour, "place": _place, "size": _size, "all of a kind": _all,
}  # fmt: skip
