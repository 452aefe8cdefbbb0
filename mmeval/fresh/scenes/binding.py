"""Attributes that belong together: which colour has the small key on the round plate?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.scenes.stage import EFFORT, Stage, Thing, colours, scattered
from mmeval.fresh.scenes.things import KINDS, plural
from mmeval.types import JSON

PLAN = {1: (3, 34), 2: (5, 30), 3: (8, 26), 4: (11, 22), 5: (15, 19)}
"""Objects and the radius of large ones by step."""
TWO, ALL = ("size", "kind"), ("size", "kind", "plate")
NAMED: Mapping[int, Sequence[str]] = {1: ("kind",), 2: TWO, 3: TWO, 4: ALL, 5: ALL}
"""The attributes by which the question names the object."""
SIZES, PLATES = ("small", "large"), ("round", "square")
SMALL = 0.55
"""The radius of small objects as a part of that of large ones."""
RIM = 1.45
"""The radius of a plate as a part of that of its object."""

Looks = dict[str, str]


class Binding:
    """The generator."""

    name: ClassVar[str] = "binding"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """One object that fits, and others that differ from it in a single attribute or in more."""
        stage, (count, largest) = Stage(rng), PLAN[step]
        kinds, tints = rng.sample(KINDS, 3), colours(rng, 5)
        target = _looks(rng, kinds, tints)
        every = [target]
        while len({one["size"] for one in every}) < len(SIZES):  # what is small is seen beside what is large
            every = [target, *(_other(rng, target, NAMED[step], kinds, tints) for _ in range(count - 1))]
        rng.shuffle(every)
        radii = [round(largest * (SMALL if one["size"] == "small" else 1)) for one in every]
        places = scattered(rng, [(one["kind"], one["colour"]) for one in every], [round(r * RIM) for r in radii], gap=4)
        things = [replace(place, radius=radius) for place, radius in zip(places, radii, strict=True)]
        asked = {name: target[name] for name in NAMED[step]}
        return Item(
            images=(_picture(stage, things, every),),
            main=_question(asked, target["colour"], tints),
            probes=_probes(rng, every, target),
            facts={"things": every, "asked": asked, "colours": sorted(tints)},
            description=_description(things, every),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Strike out every object that differs from what is asked for."""
        left = list(facts["things"])
        for name, value in facts["asked"].items():
            left = [one for one in left if one[name] == value]
        (found,) = left
        return {"answer": found["colour"], "words": facts["colours"]}


def _looks(rng: random.Random, kinds: Sequence[str], tints: Sequence[str]) -> Looks:
    return {
        "kind": rng.choice(kinds),
        "size": rng.choice(SIZES),
        "plate": rng.choice(PLATES),
        "colour": rng.choice(tints),
    }


def _other(
    rng: random.Random, target: Looks, named: Sequence[str], kinds: Sequence[str], tints: Sequence[str]
) -> Looks:
    """An object that does not fit the question, two times in three for one reason alone."""
    near = rng.random() < 2 / 3
    while True:
        one = _looks(rng, kinds, tints)
        differs = sum(one[name] != target[name] for name in named)
        if differs == 1 or (differs and not near):
            return one


def _phrase(one: Mapping[str, str]) -> str:
    """Such as `large key on a round plate`."""
    words = " ".join(one[name] for name in ("size", "kind") if name in one)
    return f"{words} on a {one['plate']} plate" if "plate" in one else words


def _question(asked: Mapping[str, str], answer: str, tints: Sequence[str]) -> Question:
    return forms.word(f"Which colour has the {_phrase(asked)}?", answer, sorted(tints))


def _probes(rng: random.Random, every: Sequence[Looks], target: Looks) -> tuple[Question, ...]:
    shown = {(one["size"], one["kind"], one["plate"]) for one in every}
    free = [(s, k, p) for s in SIZES for k in {one["kind"] for one in every} for p in PLATES]
    absent = sorted(set(free) - shown)
    there = rng.random() < 0.5 or not absent
    size, kind, plate = rng.choice(sorted(shown) if there else absent)
    phrase = _phrase({"size": size, "kind": kind, "plate": plate})
    same = sum(one["kind"] == target["kind"] for one in every)
    on = rng.choice(PLATES)
    return (
        forms.yes_no(f"Is there a {phrase} in the picture?", there),
        forms.number(f"How many {plural(target['kind'])} are in the picture, of any colour and size?", same),
        forms.number(f"How many plates are {on}?", sum(one["plate"] == on for one in every)),
    )


def _description(things: Sequence[Thing], every: Sequence[Looks]) -> str:
    said = [
        f"a {looks['size']} {looks['colour']} {looks['kind']} on a {looks['plate']} plate at ({one.x}, {one.y})"
        for one, looks in zip(things, every, strict=True)
    ]
    return f"Objects on white plates, with their places in pixels from the left and from the top: {'; '.join(said)}."


def _picture(stage: Stage, things: Sequence[Thing], every: Sequence[Looks]) -> bytes:
    page, white = stage.page(), (252, 252, 250)
    for one, looks in zip(things, every, strict=True):
        reach = one.radius * RIM
        if looks["plate"] == "round":
            page.circle(one.x, one.y, reach, fill=white, edge=stage.pen.edge, width=1)
        else:
            reach *= 0.95
            page.box(one.x - reach, one.y - reach, one.x + reach, one.y + reach, fill=white, edge=stage.pen.edge)
        stage.put(page, [one], shadows=False)
    return page.png(effort=EFFORT)
