"""Sequence completion: boxes hold more and more dots; how many come next?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.style import Page, Style, listed, style
from mmeval.types import JSON

MOST = 45
"""Dots in a box."""
TOTALS = {1: (10, 70), 2: (30, 90), 3: (50, 100), 4: (70, 170), 5: (90, 200)}
"""Fewest and most dots in all boxes, by step."""


class Dots:
    """The generator."""

    name: ClassVar[str] = "dots"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A sequence by the rule of the step, with all boxes small enough to be counted."""
        look = style(rng)
        while True:
            counts = MAKERS[step](rng)
            few = all(1 <= count <= MOST for count in counts) and len(set(counts)) > 2
            if few and TOTALS[step][0] <= sum(counts[:-1]) <= TOTALS[step][1]:
                break
        facts: dict[str, Any] = {"step": step, "counts": counts[:-1]}
        text = f"The boxes follow this rule: {RULES[step]} How many dots belong in the box with the question mark?"
        return Item(
            images=(_picture(rng, look, facts["counts"]),),
            main=forms.number(text, counts[-1]),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=(
                "A row of boxes with dots. From left to right they hold "
                f"{listed([str(count) for count in facts['counts']])} dots; the last box has a question mark."
            ),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Continue the sequence from its last terms, by the rule's recurrence."""
        return {"answer": NEXT[facts["step"]](facts["counts"]), "tolerance": 0.0}


RULES = {
    1: "the same number of dots is added each time, or taken away each time.",
    2: "two steps take turns, for example +3, -1, +3, -1.",
    3: "each box holds as many dots as the two boxes before it together, and always the same number more or fewer.",
    4: "the step from box to box, which may be negative, changes by the same amount each time.",
    5: "two sequences take turns, box by box; each of them adds its own number.",
}


def _steady(rng: random.Random) -> list[int]:
    start, add = rng.randint(1, 40), rng.choice((-6, -5, -4, -3, -2, 2, 3, 4, 5, 6))
    return [start + add * place for place in range(5)]


def _turns(rng: random.Random) -> list[int]:
    counts, adds = [rng.randint(3, 20)], rng.sample([-3, -2, -1, 2, 3, 4, 5, 6], 2)
    for place in range(6):
        counts.append(counts[-1] + adds[place % 2])
    return counts


def _growing(rng: random.Random) -> list[int]:
    counts, add, more = [rng.randint(1, 45)], rng.randint(-9, 9), rng.choice((-3, -2, -1, 1, 2, 3))
    for place in range(6):
        counts.append(counts[-1] + add + more * place)
    return counts


def _sums(rng: random.Random) -> list[int]:
    counts, more = [rng.randint(1, 12), rng.randint(1, 12)], rng.choice((-4, -3, -2, -1, 1, 2, 3, 4))
    for _ in range(4):
        counts.append(counts[-1] + counts[-2] + more)
    return counts


def _braided(rng: random.Random) -> list[int]:
    first, second = rng.sample(range(1, 22), 2)
    one, other = rng.sample([-4, -3, -2, 2, 3, 4, 5, 6], 2)
    return [
        (first + one * (place // 2)) if place % 2 == 0 else (second + other * (place // 2))
        for place in range(8 + rng.randint(0, 1))
    ]


MAKERS: Mapping[int, Callable[[random.Random], list[int]]] = {1: _steady, 2: _turns, 3: _sums, 4: _growing, 5: _braided}
NEXT: Mapping[int, Callable[[Sequence[int]], int]] = {
    1: lambda seen: 2 * seen[-1] - seen[-2],
    2: lambda seen: seen[-1] + seen[-2] - seen[-3],
    3: lambda seen: 2 * seen[-1] - seen[-3],
    4: lambda seen: 3 * seen[-1] - 3 * seen[-2] + seen[-3],
    5: lambda seen: 2 * seen[-2] - seen[-4],
}


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    for place in sorted(rng.sample(range(len(facts["counts"])), 2)):
        yield forms.number(f"How many dots are in box {place + 1}?", facts["counts"][place])
    yield forms.number("How many boxes hold dots?", len(facts["counts"]))


def _picture(rng: random.Random, look: Style, counts: Sequence[int]) -> bytes:
    side, gap, across = 104, 14, 4
    boxes = len(counts) + 1
    rows = -(-boxes // across)
    page = Page(min(boxes, across) * (side + gap) + gap, rows * (side + gap + 18) + gap, look)
    shade = look.shade(rng, rng.choice(("black", "blue", "red", "green", "purple")))
    for place in range(boxes):
        left = gap + place % across * (side + gap)
        top = gap + place // across * (side + gap + 18)
        page.box(left, top, left + side, top + side, edge=look.ink, width=2)
        page.text(left + side / 2, top + side + 10, str(place + 1), size=13)
        if place == len(counts):
            page.text(left + side / 2, top + side / 2, "?", size=44)
            continue
        spots = rng.sample([(c, r) for c in range(7) for r in range(7)], counts[place])
        for column, row in spots:
            x, y = left + side * (column + 0.5 + 0.3) / 7.6, top + side * (row + 0.5 + 0.3) / 7.6
            page.circle(x + rng.uniform(-1.2, 1.2), y + rng.uniform(-1.2, 1.2), 5, fill=shade)
    return page.png()
