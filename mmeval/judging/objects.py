"""Few objects, and one fact about them, in the words that GenEval's benchmark asks its judge."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from mmeval.fresh.scenes.stage import HEIGHT, WIDTH, Stage, Thing, a, colours, scattered
from mmeval.fresh.scenes.things import KINDS, plural
from mmeval.fresh.shapes import SHAPES
from mmeval.judging.item import Item, asked, question
from mmeval.scorers.judges.verdicts import RIGHT

__all__ = ["KINDS_OF_FACT", "OBJECTS", "PLACES", "draw", "placed"]

KINDS_OF_FACT = ("one object", "two objects", "counting", "colour", "position", "colour of two")
PLACES = {"to the left of": (-1, 0), "to the right of": (1, 0), "above": (0, -1), "below": (0, 1)}
"""By words, the direction across (right is positive) and down."""
OBJECTS = tuple(kind for kind in KINDS if kind not in SHAPES)
"""Without circles and the like: parts of other objects are such shapes, so whether one is there would be unclear."""
RADIUS = (38, 62)
"""Of an object, in pixels."""


def draw(rng: Random, kind: str, label: str) -> Item:
    """An item of one of the six kinds."""
    stage, right = Stage(rng), label == RIGHT
    if kind == "counting":
        return _counted(rng, stage, right)
    if kind == "position":
        return _placed(rng, stage, right)
    if kind in ("one object", "two objects"):
        return _there(rng, stage, right, both=kind == "two objects")
    return _coloured(rng, stage, right, both=kind == "colour of two")


def _picture(rng: Random, stage: Stage, looks: Sequence[tuple[str, str]]) -> bytes:
    return stage.picture(scattered(rng, looks, [rng.randint(*RADIUS) for _ in looks]))


def _there(rng: Random, stage: Stage, right: bool, *, both: bool) -> Item:
    one, other, instead = rng.sample(OBJECTS, 3)
    shown = [one if right else instead, *([other] if both else [])]
    tints = colours(rng, len(shown))
    prompt = f"a picture of {a(one)}" + (f" and {a(other)}" if both else "")
    made = _picture(rng, stage, list(zip(shown, tints, strict=True)))
    return asked(made, prompt, f"Is there {a(one)} in the picture?", right)


def _counted(rng: Random, stage: Stage, right: bool) -> Item:
    kind, tint, count = rng.choice(KINDS), colours(rng, 1)[0], rng.randint(2, 5)
    shown = count if right else count + rng.choice((-1, 1))
    made, ask = _picture(rng, stage, [(kind, tint)] * shown), f"How many {plural(kind)} are in the picture?"
    return Item(made, f"a picture of {count} {plural(kind)}", question(ask, str(count)), str(shown))


def _coloured(rng: Random, stage: Stage, right: bool, *, both: bool) -> Item:
    (one, other), (tint, second) = rng.sample(KINDS, 2), colours(rng, 2)
    shown = [(one, tint if right else second)]
    if both:  # wrong: the colours are swapped
        shown.append((other, second if right else tint))
    prompt = f"a picture of {a(f'{tint} {one}')}" + (f" and {a(f'{second} {other}')}" if both else "")
    return asked(_picture(rng, stage, shown), prompt, f"Is the {one} {tint}?", right)


def _placed(rng: Random, stage: Stage, right: bool) -> Item:
    (one, other), tints, where = rng.sample(KINDS, 2), colours(rng, 2), rng.choice(sorted(PLACES))
    across, down = PLACES[where]
    things = placed(rng, list(zip((one, other), tints, strict=True)), (across, down) if right else (-across, -down))
    prompt = f"a picture of {a(one)} {where} {a(other)}"
    return asked(stage.picture(things), prompt, f"Is the {one} {where} the {other}?", right)


def placed(rng: Random, looks: Sequence[tuple[str, str]], way: tuple[int, int]) -> list[Thing]:
    """Two objects, the first clearly in a direction of the second, and hardly in another one."""
    middles = [(WIDTH / 2 + way[0] * side * 125, HEIGHT / 2 + way[1] * side * 100) for side in (1, -1)]
    return [
        Thing(kind=kind, colour=tint, x=round(x + rng.uniform(-24, 24)), y=round(y + rng.uniform(-24, 24)),
              radius=rng.randint(*RADIUS))
        for (kind, tint), (x, y) in zip(looks, middles, strict=True)
    ]  # fmt: skip
