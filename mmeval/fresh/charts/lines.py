"""A line chart with several series, told apart by colour, dash and marker."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import Table, demand
from mmeval.fresh.charts.canvas import DASHES, MARKERS, Look, axis, draw, labels, legend, look, title
from mmeval.fresh.charts.reading import facts, read_axis, read_value, told
from mmeval.fresh.charts.scales import scale, values
from mmeval.fresh.charts.subjects import Subject, names, row, subject
from mmeval.fresh.items import Item
from mmeval.fresh.style import listed
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = {
    1: ("extreme", "rank"),
    2: ("gap", "above"),
    3: ("leap", "growth"),
    4: ("wins", "crossings"),
    5: ("widest", "times"),
}
SIZES = {1: (2, 5), 2: (3, 6), 3: (4, 6), 4: (3, 8), 5: (4, 8)}
"""Series and labels, by step."""


class Lines:
    """The generator."""

    name: ClassVar[str] = "lines"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A chart that suits a question of the step; where multiples are compared, its axis is cut."""
        (many, count), about, kind = SIZES[step], subject(rng), rng.choice(KINDS[step])
        paper = look(rng, entries=many)
        on = scale(rng, fine=step > 2, cut=kind == "times")
        labelled, series = row(rng, count), names(rng, many, series=True)
        dashes = rng.sample(list(DASHES), many)

        def attempt() -> tuple[Table, Any]:
            table = Table(labelled, {name: values(rng, on, count, apart=0.6) for name in series}, on)
            asked = kinds.ask(rng, kind, table)
            apart(table)
            return table, asked

        table, (asked, question) = kinds.clear(attempt)
        chosen = rng.randrange(many)
        dashed = forms.word(f"Which series has a {dashes[chosen]} line?", series[chosen], series)
        return Item(
            images=(_picture(rng, paper, about, table, dashes),),
            main=question,
            probes=(read_value(rng, table), dashed, *read_axis(rng, table)),
            facts=facts(table, about, asked, dashes=dashes),
            description=_description(about, table, dashes),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By the kind of the question."""
        return kinds.solve(facts)


def apart(table: Table) -> None:
    """Refuse a table in which two series meet at a label: one marker would hide the other."""
    for shown in zip(*table.series.values(), strict=True):
        demand(all(abs(a - b) >= table.near for a, b in itertools.combinations(shown, 2)))


def _description(about: Subject, table: Table, dashes: Sequence[str]) -> str:
    axis = table.scale.told(f"The vertical axis, {about.axis},")
    lines = listed([f"{name} has a {dash} line" for name, dash in zip(table.series, dashes, strict=True)])
    return f"A line chart with the title {about.title}. {axis} {lines}. The points from left to right. {told(table)}"


def _picture(rng: random.Random, look: Look, about: Subject, table: Table, dashes: Sequence[str]) -> bytes:
    marks, size = rng.sample(MARKERS, len(dashes)), rng.choice((5, 6))

    def paint(axes: Axes) -> None:
        for place, (name, shown) in enumerate(table.series.items()):
            axes.plot(
                range(len(shown)), shown, linestyle=DASHES[dashes[place]], marker=marks[place], markersize=size,
                color=look.colours[place], linewidth=1.8, label=name,
            )  # fmt: skip
        axis(axes, table.scale, look, name=about.axis)
        labels(axes, table.labels, look)
        axes.set_xlim(-0.4, len(table.labels) - 0.6)
        title(axes, about.title, look)
        legend(axes, look)

    return draw(look, paint, width=430)
