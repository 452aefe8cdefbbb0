"""Calls: in which order are different sounds heard?"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item
from mmeval.fresh.sounds.tape import KINDS, Tape, heard, present, read, recorded, row, told
from mmeval.types import JSON

PLAN = {1: (2, 700), 2: (3, 600), 3: (5, 500), 4: (7, 420), 5: (10, 350)}
"""Sounds, and the milliseconds of each, by step."""
FEW = 4
"""Kinds that can be heard in one recording: others are not, and can be asked for."""


class Calls:
    """The generator."""

    name: ClassVar[str] = "calls"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Sounds one after the other, no two neighbours alike."""
        tape, (count, length) = Tape(rng), PLAN[step]
        some = rng.sample(KINDS, FEW)
        order = [rng.choice(some)]
        while len(order) < count:
            order.append(rng.choice([kind for kind in some if kind != order[-1]]))
        sounds = row(rng, tape, order, length)
        often = rng.choice(order)
        text = "Sounds are heard one after the other. In which order? Name a sound each time that it is heard."
        place, at = rng.choice((("first", 0), ("last", -1)))
        return Item(
            sound=recorded(tape, sounds),
            main=forms.sequence(text, order, KINDS, among=30 * (FEW - 1) ** (count - 2)),
            probes=(
                present(rng, order, KINDS),
                forms.word(f"Which sound is heard {place}?", order[at], KINDS),
                forms.number(f"How often is the {often} heard?", order.count(often)),
            ),
            facts={"sounds": [one.facts() for one in sounds]},
            description=told(sounds),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Listen tick by tick, and note each new sound."""
        order = [kind for kind, _ in itertools.groupby(heard(read(facts["sounds"]))) if kind]
        return {"answer": order, "words": list(KINDS)}
