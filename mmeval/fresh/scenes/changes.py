"""What changed from the first picture to the second?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, UnclearError
from mmeval.fresh.scenes import asking
from mmeval.fresh.scenes.stage import HEIGHT, WIDTH, Stage, Thing, names, read, scattered, told
from mmeval.prompts import letter
from mmeval.types import JSON

PLAN = {1: (4, 36, 120, 0.5), 2: (7, 30, 80, 0.55), 3: (11, 26, 52, 0.6), 4: (15, 21, 34, 0.66), 5: (20, 18, 22, 0.72)}
"""Objects, their radius, pixels by which one moves, and how much smaller one becomes, by step."""
CHANGES = ("has gone", "is new", "has moved", "has another colour", "is larger", "is smaller")
EDGE = 8


class Changes:
    """The generator."""

    name: ClassVar[str] = "changes"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Two pictures with one difference; the options are two objects, each with two changes."""
        stage, (count, radius, _, _) = Stage(rng), PLAN[step]
        change, wrong = rng.sample(CHANGES, 2)
        (kind, colour), *looks = names(rng, count + 1, kinds=6, shades=4)
        if change == "has another colour" and not _repaintable(looks):
            raise UnclearError
        while True:
            before = scattered(rng, looks, [radius] * count, gap=10, edge=EDGE)
            after = _changed(rng, before, change, step, Thing(kind=kind, colour=colour))
            if after:
                break
        one, *others = _names(before, after, change)
        other = rng.choice(others)
        options = [(who, what) for who in (one, other) for what in (change, wrong)]
        rng.shuffle(options)
        text = "One thing is different in the second picture. What has changed from the first picture to the second?"
        return Item(
            images=(stage.picture(before), stage.picture(after)),
            main=forms.letter(text, [_said(*option) for option in options], _said(one, change)),
            probes=(
                forms.number("How many objects are in the first picture?", len(before)),
                forms.number("How many objects are in the second picture?", len(after)),
                asking.present(rng, before, "in the first picture"),
                asking.present(rng, after, "in the second picture"),
            ),
            facts={
                "first": [thing.facts() for thing in before],
                "second": [thing.facts() for thing in after],
                "options": [list(option) for option in options],
            },
            description=f"Two pictures. The first: {_told(before)} The second: {_told(after)}",
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Check each of the options against the two lists of objects."""
        before, after = ({one.name: one for one in read(facts[which])} for which in ("first", "second"))
        true = [letter(k) for k, (who, what) in enumerate(facts["options"]) if _holds(before, after, who, what)]
        return true[0] if len(true) == 1 else None


def _changed(rng: random.Random, before: list[Thing], change: str, step: int, spare: Thing) -> list[Thing] | None:
    """The objects after the change, in which nothing touches; None if chance finds no place.

    Changes `before` where something becomes larger or new.
    """
    _, radius, far, less = PLAN[step]
    at = rng.randrange(len(before))
    one, rest = before[at], [*before[:at], *before[at + 1 :]]
    if change == "has moved":
        new = _moved(rng, one, rest, far)
        return None if new is None else [*before[:at], new, *before[at + 1 :]]
    if change == "has gone":
        return rest
    if change == "is new":
        after = list(before)
        before.pop(at)
        return after
    if change == "has another colour":
        taken = {thing.name for thing in before}
        tints = sorted({thing.colour for thing in before} - {one.colour})
        free = [tint for tint in tints if f"{tint} {one.kind}" not in taken]
        return [*before[:at], replace(one, colour=rng.choice(free)), *before[at + 1 :]] if free else None
    small = replace(one, radius=round(radius * less))
    after = [*before[:at], small, *before[at + 1 :]]
    if change == "is larger":
        before[:], after = after, list(before)
    return after


def _repaintable(looks: Sequence[tuple[str, str]]) -> bool:
    """Whether an object could take the colour of another one, and be the only one of its kind and colour."""
    return any((kind, tint) not in looks for kind, _ in looks for _, tint in looks)


def _moved(rng: random.Random, one: Thing, rest: Sequence[Thing], far: int) -> Thing | None:
    """The object at another place as far away as the step says, across or down."""
    reach = one.radius + EDGE
    for across, down in rng.sample([(far, 0), (-far, 0), (0, far), (0, -far)], 4):
        new = replace(one, x=one.x + across, y=one.y + down)
        inside = reach <= new.x <= WIDTH - reach and reach <= new.y <= HEIGHT - reach
        free = all(max(abs(new.x - it.x), abs(new.y - it.y)) >= 2 * one.radius + 8 for it in rest)
        if inside and free:
            return new
    return None


def _names(before: Sequence[Thing], after: Sequence[Thing], change: str) -> list[str]:
    """The object that has changed, as it was (or as it is, if it is new), then those that have not."""
    same = [one for one in before if one in after]
    (changed,) = [one for one in (after if change == "is new" else before) if one not in same]
    return [changed.name, *(one.name for one in same)]


def _said(who: str, what: str) -> str:
    return f"The {who} {what}."


def _holds(before: Mapping[str, Thing], after: Mapping[str, Thing], who: str, what: str) -> bool:
    old, new = before.get(who), after.get(who)
    if old is None or new is None:
        lost = len(after) < len(before)
        kind = "is new" if old is None else ("has gone" if lost else "has another colour")
        return what == kind
    return {
        "has moved": (old.x, old.y) != (new.x, new.y),
        "is larger": new.radius > old.radius,
        "is smaller": new.radius < old.radius,
    }.get(what, False)


def _told(things: Sequence[Thing]) -> str:
    """The scene in words, with the sizes of the objects."""
    sizes = "; ".join(f"{one.name} {2 * one.radius}" for one in things)
    return f"{told(things)} Their sizes in pixels: {sizes}."
