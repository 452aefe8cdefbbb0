"""Flashes: how often does an object appear?"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.films.reel import SECONDS, cells, filmed, probes, scenes, third, told
from mmeval.fresh.items import Item
from mmeval.fresh.scenes.stage import Stage, names
from mmeval.types import JSON

PLAN = {1: (1, 3, 0, 30, 5), 2: (1, 4, 1, 28, 5), 3: (1, 5, 2, 25, 4), 4: (2, 6, 4, 22, 3), 5: (2, 7, 7, 18, 3)}
"""Fewest and most flashes, other objects that flash, their radius, and their kinds and colours, by step."""
LIT = SECONDS // 2
"""Seconds in which each object is there, however often it appears: no pile of frames tells the answer."""


class Flashes:
    """The generator."""

    name: ClassVar[str] = "flashes"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """An object that comes and goes, and others that do so at times of their own."""
        stage, (fewest, most, others, radius, few) = Stage(rng), PLAN[step]
        things = cells(rng, names(rng, 1 + others, kinds=few, shades=few), radius)
        one, count = things[0], rng.randint(fewest, most)
        counts = [count, *(rng.randint(fewest, most) for _ in range(others))]
        facts = [{**it.facts(), "shown": _shown(rng, often)} for it, often in zip(things, counts, strict=True)]
        text = f"How often does the {one.name} appear in the film? Count each time that it was not there just before."
        return Item(
            film=filmed(stage, facts),
            main=forms.number(text, count, among=most - fewest + 1),
            probes=(*probes(rng, things), third(one)),
            facts={"things": facts, "asked": one.name},
            description=told(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Go through the film and count the frames in which the object is there and was not just before."""
        there = [facts["asked"] in [one.name for one in some] for some in scenes(facts["things"])]
        rises = [now and not before for before, now in itertools.pairwise(there)]
        return {"answer": sum(rises), "tolerance": 0.0}


def _shown(rng: random.Random, count: int) -> list[list[int]]:
    """So many times between which an object is not there; nor is it at the beginning and at the end."""
    lit, dark = _cut(rng, LIT, count), _cut(rng, SECONDS - LIT, count + 1)
    ends = list(itertools.accumulate(x for pair in zip(dark, lit, strict=False) for x in pair))
    return [[ends[place], ends[place + 1]] for place in range(0, 2 * count, 2)]


def _cut(rng: random.Random, whole: int, parts: int) -> list[int]:
    """A whole number in parts of at least 1."""
    cuts = [0, *sorted(rng.sample(range(1, whole), parts - 1)), whole]
    return [b - a for a, b in itertools.pairwise(cuts)]
