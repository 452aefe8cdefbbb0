"""Box plots: boxes from the lower to the upper quartile with a line at the median, and whiskers to both ends."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import Table
from mmeval.fresh.charts.canvas import Look, axis, draw, labels, look, pale, title
from mmeval.fresh.charts.reading import facts, read_axis, read_value, told
from mmeval.fresh.charts.scales import GRAIN, Scale, said, scale, tidy
from mmeval.fresh.charts.subjects import Subject, names, subject
from mmeval.fresh.items import Item, Question
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS = (
    "the lower end of the whiskers", "the lower quartile", "the median", "the upper quartile",
    "the upper end of the whiskers",
)  # fmt: skip
"""Of a box with its whiskers, from below."""
LOWEST, LOWER, MEDIAN, UPPER, HIGHEST = PARTS
BOX = (UPPER, LOWER)
WHISKERS = (HIGHEST, LOWEST)
ABOVE = {
    LOWER: "at least three quarters",
    MEDIAN: "at least half",
    UPPER: "at least a quarter",
}
"""What part of the values lies above a line under a part of the box."""
KINDS = {
    1: (("extreme", (MEDIAN,)), ("rank", (MEDIAN,))),
    2: (("order", (MEDIAN,)), ("above", (MEDIAN,))),
    3: (("apart", BOX), ("apart", WHISKERS)),
    4: (("widest", BOX), ("widest", WHISKERS)),
    5: (("quarters", (LOWER,)), ("quarters", (UPPER,)), ("gap", (UPPER,))),
}
"""Kinds of questions and the parts that they are about, by step."""
COUNTS = {1: 4, 2: 5, 3: 6, 4: 6, 5: 9}
"""Boxes, by step."""


class Boxplots:
    """The generator."""

    name: ClassVar[str] = "boxplots"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A chart that suits a question of the step."""
        paper, about, (kind, parts) = look(rng), subject(rng), rng.choice(KINDS[step])
        on, labelled = scale(rng, fine=step > 2), names(rng, COUNTS[step])

        def attempt() -> tuple[Table, Any]:
            boxes = [_box(rng, on) for _ in labelled]
            table = Table(labelled, {part: [one[k] for one in boxes] for k, part in enumerate(PARTS)}, on)
            part = Table(labelled, {name: table.series[name] for name in parts}, on)
            return table, kinds.ask(rng, "above" if kind == "quarters" else kind, part)

        table, (asked, question) = kinds.clear(attempt)
        return Item(
            images=(_picture(rng, paper, about, table),),
            main=_quarters(asked, question) if kind == "quarters" else question,
            probes=(read_value(rng, table), *read_axis(rng, table)),
            facts=facts(table, about, asked),
            description=_description(about, table),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By the kind of the question."""
        return kinds.solve(facts)


def _box(rng: random.Random, on: Scale) -> list[float]:
    """Five values, at least 0.8 minor steps apart from each other."""
    grain, apart = on.minor / GRAIN, GRAIN - 1
    steps = round(on.top / grain)
    places = sorted(rng.sample(range(2, steps - 2 - 4 * apart), 5))
    return [tidy((place + rank * apart) * grain) for rank, place in enumerate(places)]


def _quarters(asked: Mapping[str, Any], question: Question) -> Question:
    """The same question in the words of statistics: what a quartile says about the values."""
    assert isinstance(question.target, dict)
    text = f"For how many labels do {ABOVE[asked['series']]} of the values lie above {said(asked['line'])}?"
    return forms.number(text, question.target["answer"], among=COUNTS[5] - 1)


def _description(about: Subject, table: Table) -> str:
    axis = table.scale.told(f"The vertical axis, {about.axis},")
    return (
        f"Box plots with the title {about.title}. {axis} There is one box for each label, from the lower to the upper "
        f"quartile, with a line at the median and whiskers to the lower and upper end of the values. {told(table)}"
    )


def _picture(rng: random.Random, look: Look, about: Subject, table: Table) -> bytes:
    wide, colour, many = rng.uniform(0.4, 0.65), look.colours[0], len(table.labels)
    colours = look.colours if rng.random() < 0.4 else [colour] * 6

    def paint(axes: Axes) -> None:
        low, box, middle, upper, high = table.series.values()
        axes.vlines(range(many), low, box, color=look.ink, linewidth=1.2)
        axes.vlines(range(many), upper, high, color=look.ink, linewidth=1.2)
        heights = [b - a for a, b in zip(box, upper, strict=True)]
        shades = [pale(colours[k % 6], look) for k in range(many)]
        axes.bar(range(many), heights, wide, box, color=shades, edgecolor=look.ink)
        starts, ends = [k - wide / 2 for k in range(many)], [k + wide / 2 for k in range(many)]
        axes.hlines(middle, starts, ends, color=look.ink, linewidth=2.4)
        caps = [k - wide / 4 for k in range(many)], [k + wide / 4 for k in range(many)]
        axes.hlines([*low, *high], caps[0] * 2, caps[1] * 2, color=look.ink, linewidth=1.2)
        axis(axes, table.scale, look, name=about.axis)
        labels(axes, table.labels, look)
        title(axes, about.title, look)

    return draw(look, paint, height=310)
