"""Counting: how many objects of a colour and kind are among others?"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item
from mmeval.fresh.scenes import asking
from mmeval.fresh.scenes.stage import Stage, colours, read, scattered, told
from mmeval.fresh.scenes.things import KINDS, plural
from mmeval.types import JSON

PLAN = {1: (1, 6, 4, 34), 2: (2, 8, 7, 26), 3: (3, 11, 12, 21), 4: (5, 15, 19, 17), 5: (8, 22, 30, 14)}
"""Fewest and most objects that count, other objects, and the largest radius, by step."""


class Counting:
    """The generator."""

    name: ClassVar[str] = "counting"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Objects that count, and others that share their kind or their colour."""
        stage, (fewest, most, others, largest) = Stage(rng), PLAN[step]
        (kind, *kinds), (colour, *tints) = rng.sample(KINDS, 3), colours(rng, 3)
        near = [(kind, tint) for tint in tints] + [(one, colour) for one in kinds]
        far = [(one, tint) for one in kinds for tint in tints]
        count = rng.randint(fewest, most)
        looks = [(kind, colour)] * count + rng.choices(near * (step + 1) + far, k=others + rng.randint(0, 2))
        rng.shuffle(looks)
        things = scattered(rng, looks, [rng.randint(largest - largest // 5, largest) for _ in looks])
        text = f"How many {colour} {plural(kind)} are in the picture?"
        return Item(
            images=(stage.picture(things),),
            main=forms.number(text, count, among=most - fewest + 1),
            probes=(
                asking.present(rng, things),
                asking.colour_at_an_edge(rng, things),
                asking.kind_at_an_edge(rng, things),
            ),
            facts={"things": [one.facts() for one in things], "asked": [kind, colour]},
            description=told(things),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Count them in the list of objects."""
        kind, colour = facts["asked"]
        same = [one for one in read(facts["things"]) if (one.kind, one.colour) == (kind, colour)]
        return {"answer": len(same), "tolerance": 0.0}
