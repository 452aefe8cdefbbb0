"""A chart of bars in groups: one group for each label, one bar in it for each series."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import Table
from mmeval.fresh.charts.canvas import HATCHES, Look, axis, draw, labels, legend, look, title
from mmeval.fresh.charts.reading import facts, read_axis, read_value, told
from mmeval.fresh.charts.scales import scale, values
from mmeval.fresh.charts.subjects import Subject, names, subject
from mmeval.fresh.items import Item
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = {
    1: ("extreme", "rank"),
    2: ("gap", "above"),
    3: ("wins", "widest"),
    4: ("total", "wins"),
    5: ("sums", "times"),
}
SIZES = {1: (2, 4), 2: (2, 5), 3: (3, 5), 4: (3, 6), 5: (4, 6)}
"""Series and labels, by step."""


class Groups:
    """The generator."""

    name: ClassVar[str] = "groups"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A chart that suits a question of the step; on the last one its axis may be cut."""
        (many, count), about, kind = SIZES[step], subject(rng), rng.choice(KINDS[step])
        paper = look(rng, entries=many)
        on = scale(rng, fine=step > 2, cut=kind == "times")
        labelled, series = names(rng, count), names(rng, many, series=True)

        def attempt() -> tuple[Table, Any]:
            table = Table(labelled, {name: values(rng, on, count, apart=0.6) for name in series}, on)
            return table, kinds.ask(rng, kind, table)

        table, (asked, question) = kinds.clear(attempt)
        return Item(
            images=(_picture(rng, paper, about, table),),
            main=question,
            probes=(read_value(rng, table), *read_axis(rng, table)),
            facts=facts(table, about, asked),
            description=_description(about, table),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By the kind of the question."""
        return kinds.solve(facts)


def _description(about: Subject, table: Table) -> str:
    axis = table.scale.told(f"The vertical axis, {about.axis},")
    return (
        f"A chart of grouped bars with the title {about.title}. {axis} There is one group of bars for each label, and "
        f"a legend names the series. {told(table)}"
    )


def _picture(rng: random.Random, look: Look, about: Subject, table: Table) -> bytes:
    wide, start = rng.uniform(0.7, 0.84) / len(table.series), table.scale.start

    def paint(axes: Axes) -> None:
        for place, (name, shown) in enumerate(table.series.items()):
            at = [group + (place - (len(table.series) - 1) / 2) * wide for group in range(len(table.labels))]
            heights = [value - start for value in shown]
            hatch = HATCHES[place] if look.hatched else ""
            axes.bar(at, heights, wide * 0.94, start, color=look.colours[place], hatch=hatch, label=name)
        axis(axes, table.scale, look, name=about.axis)
        labels(axes, table.labels, look)
        title(axes, about.title, look)
        legend(axes, look)

    return draw(look, paint, width=110 + 68 * len(table.labels))
