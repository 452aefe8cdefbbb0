"""A scripted solver with a noise dial: it misreads facts and makes slips while it thinks.

Each fact of an item is misread with a probability, and each step of thought goes wrong with the same one; the item is
solved if nothing went wrong. `THOUGHT` says what counts as a step of thought. Two generators are read by eye instead:
the hands of a clock with an error in degrees, and slices without a number with an error in percentage points.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from mmeval.fresh import STEPS, Generator, Item, draw
from mmeval.fresh.films import GENERATORS as FILMS
from mmeval.fresh.puzzles.clocks import GRAIN
from mmeval.fresh.puzzles.matrices import VALUES
from mmeval.fresh.scenes import GENERATORS as SCENES
from mmeval.fresh.scenes import WITH_COORDINATES
from mmeval.fresh.sounds import GENERATORS as SOUNDS
from tests.fresh.oracle import right, score

__all__ = ["accuracy"]

Facts = Mapping[str, Any]
MISREAD = 0.015
"""Probability of an error, for each fact and each step of thought."""
CROWDED = 0.005
"""The same for scenes, films and sounds, whose objects have five facts each and more; in a crowded search each object is looked at once."""
EYE = 1.7
"""Standard deviation of the size of a slice, in percentage points."""
TURN = 2.0
"""Standard deviation of the angle of a clock's hand, in degrees."""


def facts_in(value: object) -> int:
    """How many single facts there are."""
    if isinstance(value, Mapping):
        return sum(map(facts_in, value.values()))
    return sum(map(facts_in, value)) if isinstance(value, list) else 1


def _answer(item: Item) -> Any:
    assert isinstance(item.main.target, dict)
    return item.main.target["answer"]


def _asked(item: Item) -> int:
    """Values to look up and compare for a question about a table of values."""
    facts: Any = item.facts
    labels, series = len(facts["labels"]), len(facts["series"])
    return {
        "extreme": labels, "rank": 2 * labels, "gap": 4, "apart": 4, "total": 6, "above": labels, "leap": 2 * labels,
        "order": labels * (labels - 1) // 2, "wins": 2 * labels, "crossings": 2 * labels, "widest": 3 * labels,
        "growth": 2 * series, "sums": labels * series, "stack": series, "share": series + 2, "times": 3 * labels,
    }[facts["ask"]["kind"]]  # fmt: skip


def _varied(item: Item) -> int:
    """Attributes of a matrix that change along its rows, in all cells and options; half more without a fixed order."""
    rows: Any = item.facts["rows"]
    found = 0
    for name in rows[0][0]:
        values = [cell[name] for cell in rows[0]]
        if len(set(values)) > 1:
            found += 14 if _moves(rows, name) else 21
    return found


def _moves(rows: Any, name: str) -> bool:
    """Whether the counts or sizes of both whole rows go up by one."""
    order = VALUES[name]
    places = [[order.index(cell[name]) for cell in row] for row in rows[:2]]
    return name in ("count", "size") and all(b - a == c - b == 1 for a, b, c in places)


THOUGHT: Mapping[str, Callable[[Item], int]] = {
    "marbles": lambda item: item.facts["rows"] * len(item.facts["balls"]),  # type: ignore[operator, arg-type]
    "matrices": _varied,
    "dots": lambda item: sum(item.facts["counts"]) // 4,  # type: ignore[arg-type]
    "jugs": lambda item: 3 * _answer(item),
    "sliding": lambda item: 2 * _answer(item),
    "latin": lambda item: 2 * sum(row.count(None) for row in item.facts["rows"]),  # type: ignore[union-attr, misc]
    "routes": lambda item: item.facts["columns"] * item.facts["rows"],  # type: ignore[operator, return-value]
    "folding": lambda item: len(_answer(item)),
}
"""Steps of thought by generator: rows that balls pass, attributes to compare, dots to count by fours, pours, moves,
gaps, cells to add up, holes to find."""
SIGHTED = {"matrices": 0}
"""Facts that are read, where not all of them are: of a matrix, only what is compared."""


def accuracy(generator: Generator, items: int, *, dial: float = 1.0) -> list[float]:
    """The share of solved items by step; `dial` multiplies the noise."""
    rng = random.Random(0)
    return [
        sum(_solved(rng, generator, step, draw(generator, "noise", step, k), dial) for k in range(items)) / items
        for step in STEPS
    ]


def _solved(rng: random.Random, generator: Generator, step: int, item: Item, dial: float) -> bool:
    slip = dial * (CROWDED if generator in (*FILMS, *SCENES, *SOUNDS, *WITH_COORDINATES) else MISREAD)
    sure = all(rng.random() >= slip for _ in range(_work(generator.name, item)))
    if generator.name == "clocks":
        return sure and _right(generator, item, _clock(rng, step, item.facts, dial))
    if generator.name == "pies" and not item.facts["blank"]:
        return _right(generator, item, _pie(rng, item.facts, dial))
    return sure


def _right(generator: Generator, item: Item, read: Facts) -> bool:
    """Whether what follows from misread facts is accepted."""
    form, target = item.main.form, item.main.target
    return score(form, target, right(form, generator.solve(read)), item.main.choices).value == 1


def _work(name: str, item: Item) -> int:
    """Facts to read and steps of thought."""
    facts: Any = item.facts
    if name == "search":
        return len(facts["things"])
    if name == "clocks":
        return 2 * len(facts["clocks"]) + (
            3 if not facts["span"] else 1 + (facts["span"] % 60 > 0) + (facts["span"] < 0)
        )
    if name == "pies":
        return len(facts["parts"]) + 3 * len(facts["among"]) + 8 * bool(facts["total"])
    if "series" in facts:
        return facts_in(facts["series"]) + _asked(item)
    return SIGHTED.get(name, facts_in(facts)) + THOUGHT.get(name, lambda _: 0)(item)


def _pie(rng: random.Random, facts: Any, dial: float) -> Facts:
    """Slices by eye."""
    return {**facts, "parts": [part + rng.gauss(0, dial * EYE) for part in facts["parts"]]}


def _clock(rng: random.Random, step: int, facts: Any, dial: float) -> Facts:
    """Hands by eye, by someone who knows to how many minutes the clocks of a step are set."""
    grain = GRAIN[step]
    return {
        **facts,
        "clocks": [round((time + rng.gauss(0, dial * TURN) / 6) / grain) * grain % 720 for time in facts["clocks"]],
    }
