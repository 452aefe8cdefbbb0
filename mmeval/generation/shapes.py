"""Coloured shapes: how many, which, and where they stand to each other."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from mmeval import draw
from mmeval.generation.seeing import Thing, pixels, things
from mmeval.generation.tasks import Facts, Task
from mmeval.types import JSON, Image, Media

__all__ = ["SHAPES"]

RELATIONS = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}
NUMBERS = ("no", "one", "two", "three", "four", "five")
SIDE = 512


def _draw(rng: Random) -> dict[str, JSON]:
    colours, shapes = rng.sample(sorted(draw.COLOURS), 2), rng.sample(draw.SHAPES, 2)
    groups: list[JSON] = [
        {"count": rng.randint(1, 4), "colour": colour, "shape": shape}
        for colour, shape in zip(colours, shapes, strict=True)
    ]
    if rng.random() < 1 / 3:
        return {"kind": "counting", "groups": groups[:1], "relation": None}
    return {"kind": "relation", "groups": groups, "relation": rng.choice(sorted(RELATIONS))}


def _named(group: Facts) -> str:
    count, plural = group["count"], "s" if group["count"] > 1 else ""
    return f"{NUMBERS[count]} {group['colour']} {group['shape']}{plural}"


def _prompt(facts: Facts) -> str:
    groups = facts["groups"]
    what = " and ".join(_named(group) for group in groups)
    where = ""
    if facts["relation"]:
        one, other = (f"the {group['colour']} {group['shape']}{'s' * (group['count'] > 1)}" for group in groups)
        verb = "are" if groups[0]["count"] > 1 else "is"
        where = f" {one[0].upper()}{one[1:]} {verb} {RELATIONS[facts['relation']]} {other}."
    return (
        f"A flat drawing on a plain white background with exactly {what}, and nothing else.{where} Solid colours, no "
        "outlines, no shadows, no text; the shapes do not touch each other. Stars have five points."
    )


def _make(facts: Facts, rng: Random, flaw: str | None) -> bytes:
    groups, relation = [dict(group) for group in facts["groups"]], facts["relation"]
    chosen: Any = rng.choice(groups)
    if flaw == "one too many":
        chosen["count"] += 1
    elif flaw == "one missing":
        chosen["count"] -= 1
    elif flaw == "colour":
        chosen["colour"] = rng.choice(sorted(set(draw.COLOURS) - {group["colour"] for group in groups}))
    elif flaw == "shape":
        chosen["shape"] = rng.choice(sorted(set(draw.SHAPES) - {group["shape"] for group in groups}))
    elif flaw == "relation" and relation:
        relation = {"left": "right", "right": "left", "above": "below", "below": "above"}[relation]
    elif flaw == "something else" or flaw == "relation":
        groups.append({"count": 1, **_other(groups, rng)})
    canvas = draw.Canvas(SIDE, SIDE)
    for group, cells in zip(groups, _cells(rng, relation, len(groups)), strict=True):
        for column, row in rng.sample(cells, group["count"]):
            radius = rng.uniform(0.28, 0.42) * SIDE / 6
            x, y = ((at + 0.5 + rng.uniform(-0.05, 0.05)) * SIDE / 6 for at in (column, row))
            canvas.shape(group["shape"], x, y, radius, draw.vary(rng, group["colour"]))
    return canvas.png()


def _other(groups: list[dict[str, Any]], rng: Random) -> dict[str, str]:
    colour = rng.choice(sorted(set(draw.COLOURS) - {group["colour"] for group in groups}))
    return {"colour": colour, "shape": rng.choice(draw.SHAPES)}


def _cells(rng: Random, relation: str | None, groups: int) -> list[list[tuple[int, int]]]:
    """For each group, the cells of a grid of six by six where it may stand; the last one is for what nobody asked."""
    every = [(column, row) for column in range(6) for row in range(6)]
    if relation is None:
        rng.shuffle(every)
        return [every[:30], every[30:]][:groups]
    axis, first = (0, relation == "left") if relation in ("left", "right") else (1, relation == "above")
    low = [cell for cell in every if cell[axis] < 2]
    high = [cell for cell in every if cell[axis] > 3]
    middle = [cell for cell in every if 2 <= cell[axis] <= 3]
    return [*([low, high] if first else [high, low]), middle][:groups]


def _check(facts: Facts, made: Media) -> dict[str, bool]:
    assert isinstance(made, Image)
    found = things(pixels(made))
    groups = facts["groups"]
    wanted = [[one for one in found if _is(one, group)] for group in groups]
    counted = Counter((thing.colour, thing.form) for thing in found)
    asked = {(group["colour"], group["shape"]): group["count"] for group in groups}
    checks = {
        f"{group['colour']} {group['shape']}: {group['count']}": len(some) == group["count"]
        for group, some in zip(groups, wanted, strict=True)
    }
    checks["nothing else"] = set(counted) <= set(asked)
    if facts["relation"]:
        checks[f"{facts['relation']}"] = _stand(facts["relation"], *wanted)
    return checks


def _is(thing: Thing, group: Facts) -> bool:
    return (thing.colour, thing.form) == (group["colour"], group["shape"])


def _stand(relation: str, one: list[Thing], other: list[Thing]) -> bool:
    """Whether the centres of all things of one group lie beyond those of the other."""
    if not one or not other:
        return False
    if relation in ("right", "below"):
        one, other = other, one
    axis = "x" if relation in ("left", "right") else "y"
    return max(_along(axis, one)) < min(_along(axis, other))


def _along(axis: str, some: list[Thing]) -> list[float]:
    return [thing.x if axis == "x" else thing.y for thing in some]


SHAPES = Task(
    name="draw_shapes", version=1, want="image", draw=_draw, prompt=_prompt, make=_make, check=_check,
    flaws=("one too many", "one missing", "colour", "shape", "relation", "something else"),
)  # fmt: skip
