"""Spatial relations: where is one object, seen from another?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.scenes.stage import HEIGHT, WIDTH, Stage, Thing, names, read, scattered, told
from mmeval.types import JSON

PLAN = {1: (4, 110, 34), 2: (6, 70, 30), 3: (8, 45, 26), 4: (11, 30, 22), 5: (15, 18, 17)}
"""Objects, least distance across and down, and radius, by step. Above step 3 one of the two has to be found first."""
ANSWERS = ("above left", "above right", "below left", "below right")


class Relations:
    """The generator."""

    name: ClassVar[str] = "relations"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Objects of which one lies clearly in the wanted direction of another."""
        stage, (count, least, radius), wanted = Stage(rng), PLAN[step], rng.choice(ANSWERS)
        looks = names(rng, count, kinds=5, shades=4)
        while True:
            things = scattered(rng, looks, [radius] * count, gap=10)
            pairs = [(a, b) for a in things for b in things if a != b and _direction(a, b, least) == wanted]
            pairs = [(a, b) for a, b in pairs if step < 4 or _clue(things, b)]
            if pairs:
                break
        target, base = rng.choice(pairs)
        clue = _clue(things, base) if step > 3 else None
        facts: dict[str, Any] = {
            "things": [one.facts() for one in things],
            "target": target.name,
            "base": clue.name if clue else base.name,
            "nearest": clue is not None,
        }
        return Item(
            images=(stage.picture(things),),
            main=_question(facts, wanted),
            probes=_probes(rng, things, target, base, clue),
            facts=facts,
            description=told(things),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Compare the two middles."""
        by_name = {one.name: one for one in read(facts["things"])}
        target, base = by_name[facts["target"]], by_name[facts["base"]]
        if facts["nearest"]:
            near = [one for one in by_name.values() if one != base]
            base = min(near, key=lambda one: (one.x - base.x) ** 2 + (one.y - base.y) ** 2)
        down = "below" if target.y > base.y else "above"
        return {"answer": f"{down} {'right' if target.x > base.x else 'left'}", "words": list(ANSWERS)}


def _direction(target: Thing, base: Thing, least: int) -> str | None:
    """Where the target lies, if it is far enough away both across and down."""
    across, down = target.x - base.x, target.y - base.y
    if min(abs(across), abs(down)) < least:
        return None
    return ANSWERS[2 * (down > 0) + (across > 0)]


def _clue(things: Sequence[Thing], base: Thing) -> Thing | None:
    """An object to which `base` is nearest by far."""
    for one in things:
        order = sorted((_apart(one, other), other.name) for other in things if other != one)
        if one != base and order[0][1] == base.name and order[0][0] < 0.6 * order[1][0]:
            return one
    return None


def _apart(one: Thing, other: Thing) -> int:
    """The square of a distance."""
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2


def _question(facts: Mapping[str, Any], answer: str) -> Question:
    base = f"the object that is nearest to the {facts['base']}" if facts["nearest"] else f"the {facts['base']}"
    return forms.word(f"Where is the {facts['target']}, seen from {base}?", answer, ANSWERS)


def _probes(
    rng: random.Random, things: Sequence[Thing], target: Thing, base: Thing, clue: Thing | None
) -> tuple[Question, ...]:
    """In which halves the two objects lie, or, if the base has to be found first, which object that is."""
    across = max((target, base), key=lambda one: abs(one.x - WIDTH / 2))
    down = max((target, base), key=lambda one: abs(one.y - HEIGHT / 2))
    side, level = "left" if across.x < WIDTH / 2 else "right", "top" if down.y < HEIGHT / 2 else "bottom"
    halves = (
        forms.word(f"In which half of the picture is the middle of the {across.name}?", side, ("left", "right")),
        forms.word(f"In which half of the picture is the middle of the {down.name}?", level, ("top", "bottom")),
    )
    if clue is None:
        return halves
    others = [one.name for one in things if one != clue]
    return (
        *halves,
        forms.word(f"Which object is nearest to the {clue.name}?", base.name, rng.sample(others, len(others))),
    )
