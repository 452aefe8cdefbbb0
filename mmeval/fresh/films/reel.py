"""Films of simple objects: what is there at each moment, drawn picture by picture, and what is asked about all of them.

Nothing shorter than a second matters, so a model that is shown 16 frames of the 16 seconds sees all that it needs.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mmeval.fresh import forms
from mmeval.fresh.items import Film, Question
from mmeval.fresh.scenes import asking
from mmeval.fresh.scenes.stage import Stage, Thing

__all__ = [
    "FPS",
    "FRAMES",
    "SECONDS",
    "SIDE",
    "between",
    "cells",
    "filmed",
    "probes",
    "scenes",
    "seen",
    "third",
    "told",
]

SECONDS, FPS, SIDE = 16, 2, 256
"""The side is a multiple of 64: of rows that do not fill a whole block the encoder makes other bytes each time."""
FRAMES = SECONDS * FPS
THIRD = SIDE // 3
JITTER = 12
EFFORT = 1
"""Of the compression of the pictures, which are made into a film soon."""
Fact = Mapping[str, Any]
"""A thing with the seconds in which it is `shown`, or with its `way`: the frames and places between which it moves
straight on."""


def cells(rng: random.Random, looks: Sequence[tuple[str, str]], radius: int) -> list[Thing]:
    """Objects of these kinds and colours, at most nine, each in a ninth of the picture that no other one shares."""
    places = rng.sample(range(9), len(looks))
    return [
        Thing(kind=kind, colour=colour, x=_near(rng, place % 3), y=_near(rng, place // 3), radius=radius)
        for (kind, colour), place in zip(looks, places, strict=True)
    ]


def _near(rng: random.Random, third: int) -> int:
    return THIRD * third + THIRD // 2 + rng.randint(-JITTER, JITTER)


def seen(things: Sequence[Fact]) -> list[Thing]:
    """The objects of a film, at the places where they are first."""
    return [Thing(**{name: one[name] for name in ("kind", "colour", "x", "y", "radius")}) for one in things]


def scenes(things: Sequence[Fact]) -> list[tuple[Thing, ...]]:
    """For each frame the objects that are there."""
    pairs = list(zip(seen(things), things, strict=True))
    frames = [[_then(one, fact, frame) for one, fact in pairs] for frame in range(FRAMES)]
    return [tuple(one for one in some if one is not None) for some in frames]


def _then(one: Thing, fact: Fact, frame: int) -> Thing | None:
    if "way" in fact:
        x, y = between(fact["way"], frame)
        return replace(one, x=x, y=y)
    return one if any(FPS * first <= frame < FPS * last for first, last in fact["shown"]) else None


def between(way: Sequence[Sequence[int]], frame: int) -> tuple[int, int]:
    """The place at a frame. Whole numbers: the way back has the same places."""
    (first, *start), (last, *end) = next(pair for pair in itertools.pairwise(way) if frame <= pair[1][0])
    gone, left, whole = frame - first, last - frame, last - first
    x, y = ((a * left + b * gone + whole // 2) // whole for a, b in zip(start, end, strict=True))
    return x, y


def filmed(stage: Stage, things: Sequence[Fact]) -> Film:
    """The film. It has no noise: an encoder would take it away."""
    stage.look = replace(stage.look, noise=0)
    frames = scenes(things)
    drawn = {some: stage.put(stage.page(SIDE, SIDE), some).png(effort=EFFORT) for some in dict.fromkeys(frames)}
    return Film(frames=tuple(drawn[some] for some in frames), fps=FPS)


def probes(rng: random.Random, things: Sequence[Thing]) -> tuple[Question, ...]:
    """What a film shows, whenever it does."""
    colour = rng.choice(things).colour
    return (
        asking.present(rng, things, "in the film"),
        forms.number("How many different objects are in the film?", len(things)),
        forms.number(
            f"How many different {colour} objects are in the film?", sum(it.colour == colour for it in things)
        ),
    )


def third(one: Thing) -> Question:
    """Where an object is that does not move."""
    where = ("left", "middle", "right")
    return forms.word(f"In which third of the picture is the {one.name}?", where[one.x // THIRD], where)


def told(things: Sequence[Fact]) -> str:
    """When each object is there, in words."""
    said = [f"the {one.name} {_times(fact['shown'])}" for one, fact in zip(seen(things), things, strict=True)]
    return f"A film of {SECONDS} seconds. Its objects are there at these times: {'; '.join(said)}."


def _times(shown: Sequence[Sequence[int]]) -> str:
    return " and ".join(f"from second {first} to {last}" for first, last in shown)
