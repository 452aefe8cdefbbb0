"""Comparison across two pictures: how many objects are in both?"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item
from mmeval.fresh.scenes import asking
from mmeval.fresh.scenes.stage import Stage, names, read, scattered, told
from mmeval.types import JSON

PLAN = {1: (3, 4, 4, 36), 2: (5, 4, 4, 30), 3: (7, 5, 4, 26), 4: (10, 6, 4, 22), 5: (14, 6, 5, 18)}
"""Objects in a picture (the second may have one more), kinds, colours, and the largest radius, by step."""
TEXT = (
    "How many of the objects in the first picture are in the second picture too? Only the kind and the colour of an "
    "object count; its place and its size do not matter."
)


class Pairs:
    """The generator."""

    name: ClassVar[str] = "pairs"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Two pictures, each with every object once, that share some of them."""
        stage, (count, kinds, shades, largest) = Stage(rng), PLAN[step]
        more = count + rng.randint(0, 1)
        fewest = max(0, count + more - kinds * shades)
        shared = rng.randint(fewest, count)
        pool = names(rng, count + more - shared, kinds=kinds, shades=shades)
        both = []
        for looks in (pool[:count], pool[count - shared :]):
            rng.shuffle(looks)
            both.append(scattered(rng, looks, [rng.randint(largest * 3 // 4, largest) for _ in looks]))
        first, second = both
        return Item(
            images=(stage.picture(first), stage.picture(second)),
            main=forms.number(TEXT, shared, among=count - fewest + 1),
            probes=(
                forms.number("How many objects are in the first picture?", len(first)),
                forms.number("How many objects are in the second picture?", len(second)),
                asking.present(rng, second, "in the second picture"),
            ),
            facts={"first": [one.facts() for one in first], "second": [one.facts() for one in second]},
            description=f"Two pictures. The first: {told(first)} The second: {told(second)}",
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """The names that stand in both lists."""
        first, second = ({one.name for one in read(facts[which])} for which in ("first", "second"))
        return {"answer": len(first & second), "tolerance": 0.0}
