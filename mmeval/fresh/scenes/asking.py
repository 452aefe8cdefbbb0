"""Perception questions that several scenes share."""

from __future__ import annotations

import random
from collections.abc import Sequence

from mmeval.fresh import forms
from mmeval.fresh.items import Question
from mmeval.fresh.scenes.stage import Thing, a
from mmeval.fresh.scenes.things import KINDS
from mmeval.fresh.style import COLOURS

__all__ = ["colour_at_an_edge", "kind_at_an_edge", "present"]

SIDES = (("furthest to the left", 1, 0), ("furthest to the right", -1, 0), ("highest", 0, 1), ("lowest", 0, -1))
"""Sides in words, and the factors of x and y by whose sum objects are ordered from them."""
CLEAR = 14
"""Pixels by which the outermost object is further out than the next one."""


def present(rng: random.Random, things: Sequence[Thing], where: str = "in the picture") -> Question:
    """Whether there is an object of a kind and colour; half of the time there is not, though mostly both occur."""
    there = {one.name for one in things}
    tints = {one.colour for one in things}
    near = sorted({f"{tint} {one.kind}" for tint in tints for one in things} - there)
    absent = near or sorted({f"{tint} {kind}" for tint in tints for kind in KINDS} - there)
    shown = rng.random() < 0.5
    name = rng.choice(sorted(there) if shown else absent)
    return forms.yes_no(f"Is there {a(name)} {where}?", shown)


def _outermost(rng: random.Random, things: Sequence[Thing]) -> tuple[str, Thing]:
    """A side of the picture and the object nearest to it, where one is clearly nearest; else where it is clearest."""
    sides = []
    for words, across, down in SIDES:
        first, second, *_ = sorted(things, key=lambda one: across * one.x + down * one.y)
        sides.append((across * (second.x - first.x) + down * (second.y - first.y), words, first))
    clear = [side for side in sides if side[0] >= CLEAR] or [max(sides, key=lambda side: side[0])]
    _, words, one = rng.choice(clear)
    return words, one


def colour_at_an_edge(rng: random.Random, things: Sequence[Thing]) -> Question:
    """The colour of an outermost object."""
    words, one = _outermost(rng, things)
    text = f"Which colour has the object whose middle is {words}?"
    return forms.word(text, one.colour, list(COLOURS))


def kind_at_an_edge(rng: random.Random, things: Sequence[Thing]) -> Question:
    """The kind of an outermost object."""
    words, one = _outermost(rng, things)
    return forms.word(f"Which kind is the object whose middle is {words}?", one.kind, list(KINDS))
