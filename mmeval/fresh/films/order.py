"""Order: which objects appear one after the other?"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.films.reel import SECONDS, cells, filmed, probes, scenes, third, told
from mmeval.fresh.items import Item
from mmeval.fresh.scenes.stage import Stage, names
from mmeval.types import JSON

PLAN = {1: (3, 4, 0, 28, 5), 2: (4, 3, 0, 26, 5), 3: (5, 2, 1, 24, 4), 4: (6, 1, 2, 21, 3), 5: (7, 1, 2, 18, 3)}
"""Objects that appear, the seconds of each, objects that stay, their radius, and their kinds and colours, by step."""


class Order:
    """The generator."""

    name: ClassVar[str] = "order"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Objects that come and go, never two of them at once, and others that stay."""
        stage, (count, seconds, stay, radius, few) = Stage(rng), PLAN[step]
        things = cells(rng, names(rng, count + stay, kinds=few, shades=few), radius)
        order = things[:count]
        pauses = sorted(rng.randint(0, SECONDS - count * seconds) for _ in order)
        starts = {one.name: pause + place * seconds for place, (one, pause) in enumerate(zip(order, pauses))}  # noqa: B905
        things.sort(key=lambda one: one.name)
        shown = [[starts[one.name], starts[one.name] + seconds] if one in order else [0, SECONDS] for one in things]
        facts = [{**one.facts(), "shown": [time]} for one, time in zip(things, shown, strict=True)]
        words = sorted(one.name for one in order)
        staying = " Other objects are there all the time." if stay else ""
        text = f"Objects appear one after the other and vanish again.{staying} In which order do they appear?"
        return Item(
            film=filmed(stage, facts),
            main=forms.sequence(text, [one.name for one in order], words, among=math.factorial(count)),
            probes=(*probes(rng, things), third(rng.choice(things))),
            facts={"things": facts},
            description=told(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Go through the film and note who is there for the first time, without those who stay."""
        frames = [[one.name for one in some] for some in scenes(facts["things"])]
        stay = set.intersection(*map(set, frames))
        met = dict.fromkeys(name for frame in frames for name in frame if name not in stay)
        return {"answer": list(met), "words": sorted(met)}
