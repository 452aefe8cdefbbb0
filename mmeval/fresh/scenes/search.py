"""Small-object search: in which cell of a crowded picture is the only object of its kind?"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item
from mmeval.fresh.scenes import celled
from mmeval.fresh.scenes.stage import Stage, Thing, a, colours, read
from mmeval.fresh.scenes.things import KINDS
from mmeval.types import JSON

PLAN = {1: (1, 12, 24, 2), 2: (2, 34, 16, 3), 3: (2, 70, 13, 4), 4: (3, 120, 10, 5), 5: (3, 190, 8, 6)}
"""Places in a cell along each side, objects, their largest radius, and kinds of other objects, by step."""


class Search:
    """The generator."""

    name: ClassVar[str] = "search"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """One object of a kind among many of other kinds, some of them in its colour."""
        stage, (per, count, largest, kinds) = Stage(rng), PLAN[step]
        kind, *others = rng.sample(KINDS, kinds + 1)
        tints = colours(rng, 4)
        target, *looks = [(kind, rng.choice(tints)), *((rng.choice(others), rng.choice(tints)) for _ in range(count))]
        spots = celled.places(rng, count + 1, largest, per=per)
        things = [
            Thing(kind=name, colour=tint, x=x, y=y, radius=rng.randint(largest * 4 // 5, largest))
            for (name, tint), (x, y) in zip([*looks, target], spots, strict=True)
        ]
        found, shown = things[-1], rng.random() < 0.5
        asked = rng.choice(others if shown else sorted(set(KINDS) - {kind, *others}))
        rng.shuffle(things)
        return Item(
            images=(celled.picture(stage, things),),
            main=forms.cells(
                f"Exactly one {kind} is in the picture. In which cell is it?",
                [celled.cell_of(found)],
                among=len(celled.ALL),
            ),
            probes=(
                forms.word(f"Exactly one {kind} is in the picture. Which colour has it?", found.colour, sorted(tints)),
                forms.yes_no(f"Is there {a(asked)} in the picture?", any(one.kind == asked for one in things)),
            ),
            facts={"things": [one.facts() for one in things], "asked": kind},
            description=celled.told(things),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Look through the cells for the kind."""
        found = [celled.cell_of(one) for one in read(facts["things"]) if one.kind == facts["asked"]]
        return {"answer": found, "ordered": False}
