"""Beats: how often is a sound heard among others?"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item
from mmeval.fresh.sounds.tape import KINDS, Tape, heard, present, read, recorded, row, told
from mmeval.types import JSON

PLAN = {
    1: (2, 5, (1, 2), 1, 400),
    2: (3, 7, (2, 4), 1, 360),
    3: (4, 9, (4, 7), 2, 320),
    4: (5, 11, (6, 9), 2, 280),
    5: (6, 13, (9, 13), 3, 250),
}
"""Fewest and most beats, other sounds and their kinds, and the milliseconds of each, by step."""
BEEPS = ("low beep", "high beep")
ALIKE = 4
"""From this step on one beep is counted among others of another pitch. Both are there, so no question asks whether."""


class Beats:
    """The generator."""

    name: ClassVar[str] = "beats"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """Sounds in a row with pauses of any length."""
        tape, (fewest, most, span, few, length) = Tape(rng), PLAN[step]
        all_kinds = KINDS if step < ALIKE else (*BEEPS, *KINDS[1:])
        first = rng.sample(KINDS if step < ALIKE else BEEPS, 2)
        one, *kinds = [*first, *rng.sample([kind for kind in all_kinds if kind not in first], few - 1)]
        count, others = rng.randint(fewest, most), rng.randint(*span)
        order = [one] * count + kinds + [rng.choice(kinds) for _ in range(others - few)]
        rng.shuffle(order)
        sounds = row(rng, tape, order, length)
        place, at = rng.choice((("first", 0), ("last", -1)))
        return Item(
            sound=recorded(tape, sounds),
            main=forms.number(f"How often is the {one} heard?", count, among=most - fewest + 1),
            probes=(
                present(rng, [kind for kind in order if kind in KINDS], [kind for kind in all_kinds if kind in KINDS]),
                forms.word(f"Which sound is heard {place}?", order[at], all_kinds),
                forms.number("How many sounds are heard in all? Count each time that one is heard.", len(order)),
            ),
            facts={"sounds": [it.facts() for it in sounds], "asked": one},
            description=told(sounds),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Listen tick by tick, and count when the sound is there and was not just before."""
        there = [kind == facts["asked"] for kind in heard(read(facts["sounds"]))]
        return {"answer": sum(now and not before for before, now in itertools.pairwise(there)), "tolerance": 0.0}
