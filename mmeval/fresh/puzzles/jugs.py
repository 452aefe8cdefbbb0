"""Water jugs: the least number of pours until one jug holds the wanted amount."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.style import Page, Style, listed, style
from mmeval.types import JSON

Levels: TypeAlias = tuple[int, ...]
POURS = {1: (1, 4), 2: (2, 5), 3: (3, 7), 4: (4, 7), 5: (6, 9)}
"""Fewest and most pours of the answer, by step; all of them come up alike."""
NAMES = "ABC"
UNIT = 15
"""Pixels of a litre."""


class Jugs:
    """The generator."""

    name: ClassVar[str] = "jugs"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """Three jugs whose goal takes as many pours as the step wants."""
        look, (low, high) = style(rng), POURS[step]
        wanted = rng.randint(low, high)
        goals: list[int] = []
        while not goals:
            sizes = tuple(rng.sample(range(3, 13), 3))
            levels = tuple(rng.randint(0, size) for size in sizes)
            goals = sorted(goal for goal, n in _fewest(sizes, levels).items() if n == wanted)
        goal = rng.choice(goals)
        facts: dict[str, Any] = {"sizes": list(sizes), "levels": list(levels), "goal": goal}
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.number(_text(goal), wanted, among=high - low + 1),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Look for a solution of 1 pour, then of 2, and so on, depth first."""
        sizes, levels = tuple(facts["sizes"]), tuple(facts["levels"])
        depth = next(n for n in range(1, 30) if _within(sizes, levels, facts["goal"], n))
        return {"answer": depth, "tolerance": 0.0}


def _text(goal: int) -> str:
    return (
        "Water is poured from one jug into another until the first is empty or the second is full; no "
        "water is added or "
        f"lost. How many pours does it take at least until one jug holds exactly {goal} litres?"
    )


def _pours(sizes: Levels, levels: Levels) -> Iterator[Levels]:
    for source in range(len(sizes)):
        for target in range(len(sizes)):
            moved = min(levels[source], sizes[target] - levels[target])
            if source != target and moved:
                after = list(levels)
                after[source] -= moved
                after[target] += moved
                yield tuple(after)


def _fewest(sizes: Levels, levels: Levels) -> dict[int, int]:
    """The least number of pours after which a jug holds an amount, by amount; breadth first."""
    seen, queue, found = {levels: 0}, deque([levels]), dict[int, int]()
    while queue:
        now = queue.popleft()
        for amount in now:
            found.setdefault(amount, seen[now])
        for after in _pours(sizes, now):
            if after not in seen:
                seen[after] = seen[now] + 1
                queue.append(after)
    return {amount: n for amount, n in found.items() if n and amount}


def _within(sizes: Levels, levels: Levels, goal: int, depth: int) -> bool:
    best: dict[Levels, int] = {}

    def search(now: Levels, left: int) -> bool:
        if goal in now:
            return True
        if left == 0 or best.get(now, -1) >= left:
            return False
        best[now] = left
        return any(search(after, left - 1) for after in _pours(sizes, now))

    return search(levels, depth)


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    first, second = rng.sample(range(3), 2)
    yield forms.number(f"How many litres does jug {NAMES[first]} hold when it is full?", facts["sizes"][first])
    yield forms.number(f"How many litres are in jug {NAMES[first]} now?", facts["levels"][first])
    yield forms.number(f"How many litres are in jug {NAMES[second]} now?", facts["levels"][second])


def _description(facts: Mapping[str, Any]) -> str:
    jugs = [
        f"jug {name} holds {size} litres when full and has {level} litres of water in it"
        for name, size, level in zip(NAMES, facts["sizes"], facts["levels"], strict=True)
    ]
    return f"Three jugs with a mark for each litre: {listed(jugs)}."


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    width, floor = 86, 12 * UNIT + 34
    page = Page(3 * width + 60, floor + 40, look)
    water = look.shade(rng, "blue", 30)
    for place, (size, level) in enumerate(zip(facts["sizes"], facts["levels"], strict=True)):
        left = 34 + place * (width + 6)
        right, top = left + width - 30, floor - size * UNIT
        if level:
            page.box(left, floor - level * UNIT, right, floor, fill=water)
        page.line((left, top - 6), (left, floor), (right, floor), (right, top - 6), width=3)
        for litre in range(1, size + 1):
            page.line(
                (left, floor - litre * UNIT), (left + (16 if litre % 5 == 0 else 9), floor - litre * UNIT), width=1.5
            )
            if litre % 5 == 0 or litre == size:
                page.text(left - 4, floor - litre * UNIT, str(litre), size=11, anchor="rm")
        page.text((left + right) / 2, floor + 18, NAMES[place], size=17)
    return page.png()
