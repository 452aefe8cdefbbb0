"""A pie chart: compare slices by eye, or find the percentage that is not written."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts.canvas import Look, draw, look, title
from mmeval.fresh.charts.subjects import names, subject
from mmeval.fresh.items import Item, Question
from mmeval.fresh.style import listed
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COUNTS = {1: (4, 5), 2: (5, 6), 3: (6, 7), 4: (6, 6), 5: (7, 7)}
"""Fewest and most slices, by step."""
APART = {1: 4, 2: 1, 3: 1, 4: 3, 5: 1}
"""Percentage points between the sizes of two slices at least, by step."""
BLANK = (2, 3, 5)
"""Steps on which percentages are written, on all slices but one."""
ROOM = 16
"""Percentage points that neighbours have together at least, so that their labels do not touch."""
EYE = 4
"""Percentage points by which a careful eye may miss the size of a slice: 14 degrees."""


class Pies:
    """The generator."""

    name: ClassVar[str] = "pies"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A pie with a question of the step."""
        paper, about, count = look(rng), subject(rng), rng.randint(*COUNTS[step])
        labelled, parts = names(rng, count), _parts(rng, count, APART[step])
        blank = rng.randrange(count) if step in BLANK else -1
        facts: dict[str, Any] = {
            "title": about.title, "labels": labelled, "parts": parts, "blank": labelled[blank] if blank >= 0 else "",
            "total": rng.choice((200, 300, 400, 600, 800, 1200)) if step == 5 else 0, "unit": about.unit, "step": step,
        }  # fmt: skip
        facts["among"] = _among(rng, labelled, facts["blank"], step)
        return Item(
            images=(_picture(rng, paper, facts),),
            main=_question(facts),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By looking for the only whole numbers that fit, and by sorting pairs."""
        known = dict(zip(facts["labels"], facts["parts"], strict=True))
        if facts["blank"]:
            written = [part for label, part in known.items() if label != facts["blank"]]
            known[facts["blank"]] = next(part for part in range(101) if part + sum(written) == 100)
        order = sorted(known, key=known.__getitem__)
        if facts["step"] == 1:
            return {"answer": order[-1 if facts["among"][0] == "largest" else 0], "words": facts["labels"]}
        if facts["step"] == 4:
            return {"answer": order[::-1], "words": facts["labels"]}
        if facts["step"] == 5:
            one, other = (facts["total"] // 100 * known[label] for label in facts["among"])
            return {"answer": max(one, other) - min(one, other), "tolerance": 0.0}
        return {"answer": sum(known[label] for label in facts["among"]), "tolerance": 0.0}


def _parts(rng: random.Random, count: int, apart: int) -> list[int]:
    """Whole percentages of 4 or more that add up to 100, all different."""
    while True:
        cuts = [0, *sorted(rng.sample(range(1, 100), count - 1)), 100]
        parts = [b - a for a, b in itertools.pairwise(cuts)]
        ranked = sorted(parts)
        roomy = all(a + b >= ROOM for a, b in zip(parts, [*parts[1:], parts[0]], strict=True))
        if roomy and ranked[0] >= 4 and all(b - a >= apart for a, b in itertools.pairwise(ranked)):
            return parts


def _among(rng: random.Random, labelled: list[str], blank: str, step: int) -> list[str]:
    """What is asked about: the end of the order on step 1, else labels, with the blank one among them."""
    if step == 1:
        return [rng.choice(("largest", "smallest"))]
    others = rng.sample([label for label in labelled if label != blank], {2: 0, 3: 2, 4: 0, 5: 1}[step])
    return [blank, *others] if blank else []


def _question(facts: Mapping[str, Any]) -> Question:
    parts, step, among = dict(zip(facts["labels"], facts["parts"], strict=True)), facts["step"], facts["among"]
    if step == 1:
        best = (max if among[0] == "largest" else min)(parts, key=lambda label: parts[label])
        return forms.word(f"Which slice is the {among[0]}?", best, facts["labels"])
    if step == 4:
        falling = [label for _, label in sorted(((part, label) for label, part in parts.items()), reverse=True)]
        return forms.sequence("List the slices from the largest to the smallest.", falling, facts["labels"])
    if step == 5:
        gap = abs(parts[among[0]] - parts[among[1]]) * facts["total"] // 100
        text = f"By how many {facts['unit']} do {among[0]} and {among[1]} differ?"
        return forms.number(text, gap)
    many = f"do the slices of {listed(among)} have together" if len(among) > 1 else f"does the slice of {among[0]} have"
    return forms.number(f"What percentage {many}?", sum(parts[label] for label in among))


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    yield forms.number("How many slices does the pie have?", len(facts["labels"]))
    parts = dict(zip(facts["labels"], facts["parts"], strict=True))
    label = rng.choice([label for label in facts["labels"] if label != facts["blank"]])
    if facts["blank"]:
        yield forms.number(f"Which percentage is written for {label}?", parts[label])
        yield forms.word("For which slice is no percentage written?", facts["blank"], facts["labels"])
    else:
        text = f"About what percentage of the pie is the slice of {label}?"
        yield forms.number(text, parts[label], tolerance=EYE)


def _description(facts: Mapping[str, Any]) -> str:
    written = [
        f"{label} {'without a percentage' if label == facts['blank'] else f'{part} %'}"
        for label, part in zip(facts["labels"], facts["parts"], strict=True)
    ]
    total = f" The whole pie stands for {facts['total']} {facts['unit']}." if facts["total"] else ""
    return f"A pie chart with the title {facts['title']}.{total} The slices make up 100 %: {listed(written)}."


def _picture(rng: random.Random, look: Look, facts: Mapping[str, Any]) -> bytes:
    turn, clockwise, ring = rng.randrange(360), rng.random() < 0.5, rng.random() < 0.3
    pairs = list(zip(facts["labels"], facts["parts"], strict=True))
    words = [f"{label}\n{part} %" if facts["blank"] not in ("", label) else label for label, part in pairs]
    total = f" ({facts['total']} {facts['unit']} in all)" if facts["total"] else ""

    def paint(axes: Axes) -> None:
        axes.pie(
            facts["parts"], colors=[*look.colours, "#BBBBBB"], startangle=turn, counterclock=not clockwise,
            wedgeprops={"width": 0.6 if ring else 1, "linewidth": 1.5, "edgecolor": "white"},
        )  # fmt: skip
        middles = [sum(facts["parts"][:place]) + part / 2 for place, part in enumerate(facts["parts"])]
        for said, middle in zip(words, middles, strict=True):
            angle = math.radians(turn + (-3.6 if clockwise else 3.6) * middle)
            axes.text(1.36 * math.cos(angle), 1.25 * math.sin(angle), said, ha="center", va="center")
        axes.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5))
        title(axes, f"{facts['title']}{total}", look)

    return draw(look, paint, width=290, height=290, right=60)
