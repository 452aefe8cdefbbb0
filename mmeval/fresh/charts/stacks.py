"""Stacked bars: the value of a part is the difference between its upper and its lower end."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import Table
from mmeval.fresh.charts.canvas import HATCHES, Look, axis, draw, labels, legend, look, title
from mmeval.fresh.charts.reading import facts, read_axis, read_value, told
from mmeval.fresh.charts.scales import GRAIN, Scale, scale, tidy
from mmeval.fresh.charts.subjects import Subject, names, subject
from mmeval.fresh.items import Item
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = {
    1: ("stack", "extreme"),
    2: ("rank", "stack"),
    3: ("widest", "order"),
    4: ("wins", "widest"),
    5: ("sums", "total"),
}
SIZES = {1: (2, 4), 2: (3, 5), 3: (3, 5), 4: (3, 6), 5: (4, 6)}
"""Series and labels, by step."""


class Stacks:
    """The generator."""

    name: ClassVar[str] = "stacks"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A chart that suits a question of the step."""
        (many, count), about, kind = SIZES[step], subject(rng), rng.choice(KINDS[step])
        paper, on = look(rng, entries=many), scale(rng, fine=step > 1)
        labelled, series = names(rng, count), names(rng, many, series=True)

        def attempt() -> tuple[Table, Any]:
            stacks = [_parts(rng, on, many) for _ in labelled]
            table = Table(labelled, {name: [one[k] for one in stacks] for k, name in enumerate(series)}, on, readings=2)
            return table, kinds.ask(rng, kind, table)

        table, (asked, question) = kinds.clear(attempt)
        top = forms.word("Which series is on top of every bar?", series[-1], sorted(series))
        return Item(
            images=(_picture(rng, paper, about, table),),
            main=question,
            probes=(read_value(rng, table), top, *read_axis(rng, table)),
            facts=facts(table, about, asked),
            description=_description(about, table),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By the kind of the question."""
        return kinds.solve(facts)


def _parts(rng: random.Random, on: Scale, many: int) -> list[float]:
    """Values that fill a bar to a height between half and nearly all of the axis; each is at least a minor step."""
    grain = on.minor / GRAIN
    steps = round(on.top / grain)
    free = rng.randint(steps // 2, steps - 3) - many * GRAIN
    cuts = [0, *sorted(rng.randint(0, free) for _ in range(many - 1)), free]
    return [tidy((b - a + GRAIN) * grain) for a, b in itertools.pairwise(cuts)]


def _description(about: Subject, table: Table) -> str:
    axis = table.scale.told(f"The vertical axis, {about.axis},")
    order = ", then ".join(table.series)
    return (
        f"A chart of stacked bars with the title {about.title}. {axis} There is one bar for each label; its parts from "
        f"bottom to top are {order}. The values are the lengths of the parts. {told(table)}"
    )


def _picture(rng: random.Random, look: Look, about: Subject, table: Table) -> bytes:
    wide = rng.uniform(0.45, 0.75)

    def paint(axes: Axes) -> None:
        floor = [0.0] * len(table.labels)
        for place, (name, shown) in enumerate(table.series.items()):
            hatch = HATCHES[place] if look.hatched else ""
            axes.bar(
                range(len(floor)), shown, wide, floor, color=look.colours[place], hatch=hatch, label=name, linewidth=0.8
            )
            floor = [low + value for low, value in zip(floor, shown, strict=True)]
        axis(axes, table.scale, look, name=about.axis)
        labels(axes, table.labels, look)
        title(axes, about.title, look)
        legend(axes, look)

    return draw(look, paint, height=310)
