"""A clock face: what time will it be, what time was it, how long is it from one clock to the other?"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.style import Page, Style, style
from mmeval.types import JSON

GRAIN = {1: 60, 2: 15, 3: 5, 4: 1, 5: 1}
"""Minutes between the times that can be shown, by step."""
SPANS = {
    1: tuple(range(60, 600, 60)),
    2: tuple(range(15, 195, 15)),
    3: tuple(range(25, 200, 5)),
    4: tuple(range(13, 290)),
}
"""Minutes that pass, by step."""
RADIUS = 84


class Clocks:
    """The generator."""

    name: ClassVar[str] = "clocks"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """One clock and a span of time; at step 5 two clocks."""
        look = style(rng)
        facts = _two(rng, step) if step == 5 else _one(rng, step)
        return Item(
            images=(_picture(rng, look, facts["clocks"], numbers=step < 4),),
            main=_question(facts, GRAIN[step]),
            probes=tuple(_probes(facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Turn the hands minute by minute."""
        time, passed = facts["clocks"][0], 0
        if len(facts["clocks"]) == 2:
            while time != facts["clocks"][1]:
                time, passed = (time + 1) % 720, passed + 1
            return {"answer": passed, "tolerance": 0.0}
        for _ in range(abs(facts["span"])):
            time = (time + (1 if facts["span"] > 0 else -1)) % 720
        return {"answer": time}


def _one(rng: random.Random, step: int) -> dict[str, Any]:
    time = rng.randrange(0, 720, GRAIN[step])
    span = rng.choice(SPANS[step]) * (1 if step < 3 else rng.choice((-1, 1)))
    return {"clocks": [time], "span": span}


def _two(rng: random.Random, step: int) -> dict[str, Any]:
    first = rng.randrange(0, 720, GRAIN[step])
    return {"clocks": [first, (first + rng.randint(41, 640)) % 720], "span": 0}


def _question(facts: Mapping[str, Any], grain: int) -> Question:
    if len(facts["clocks"]) == 2:
        first, second = facts["clocks"]
        text = "How many minutes pass from the time on the left clock until it is the time on the right clock?"
        return forms.number(text, (second - first) % 720)
    span, (time,) = facts["span"], facts["clocks"]
    hours, minutes = divmod(abs(span), 60)
    parts = [f"{hours} hour{'s' * (hours != 1)}"] * bool(hours) + [f"{minutes} minutes"] * bool(minutes)
    said = " and ".join(parts)
    text = f"What time will it be in {said}?" if span > 0 else f"What time was it {said} ago?"
    return forms.time(text, time + span, grain=grain)


def _probes(facts: Mapping[str, Any]) -> Iterator[Question]:
    sides = ("left clock", "right clock") if len(facts["clocks"]) == 2 else ("clock",)
    for side, time in zip(sides, facts["clocks"], strict=True):
        yield forms.time(f"Which time does the {side} show?", time)
    if len(facts["clocks"]) == 1:
        hour = facts["clocks"][0] // 60 or 12
        yield forms.number("Which hour does the short hand point to, or which has it passed last?", hour)


def _description(facts: Mapping[str, Any]) -> str:
    said = [f"{time // 60 or 12}:{time % 60:02}" for time in facts["clocks"]]
    if len(said) == 2:
        return f"Two clock faces side by side. The left clock shows {said[0]}. The right clock shows {said[1]}."
    return f"One clock face with an hour hand and a minute hand. The clock shows {said[0]}."


def _picture(rng: random.Random, look: Style, times: list[int], *, numbers: bool) -> bytes:
    size = 2 * RADIUS + 40
    page = Page(size * len(times), size, look)
    for place, time in enumerate(times):
        _face(rng, page, size * (place + 0.5), size / 2, time, numbers=numbers)
    return page.png()


def _face(rng: random.Random, page: Page, x: float, y: float, time: int, *, numbers: bool) -> None:
    page.circle(x, y, RADIUS, edge=page.look.ink, width=3)
    for mark in range(60):
        length = 9 if mark % 5 == 0 else 4
        page.line(
            _at(x, y, RADIUS - 2, mark / 60), _at(x, y, RADIUS - 2 - length, mark / 60), width=2 if mark % 5 == 0 else 1
        )
    for hour in range(1, 13):
        if numbers or hour % 3 == 0:
            page.text(*_at(x, y, RADIUS - 22, hour / 12), str(hour), size=15)
    shade = page.look.shade(rng, rng.choice(("black", "blue", "red", "brown")))
    page.line((x, y), _at(x, y, RADIUS * 0.5, time / 720), width=6, colour=shade)
    page.line((x, y), _at(x, y, RADIUS * 0.84, time % 60 / 60), width=3, colour=shade)
    page.circle(x, y, 5, fill=shade)


def _at(x: float, y: float, radius: float, turn: float) -> tuple[float, float]:
    """The point at a part of a full turn from the top, clockwise."""
    angle = 2 * math.pi * turn
    return x + radius * math.sin(angle), y - radius * math.cos(angle)
