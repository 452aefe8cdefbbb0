"""A bar chart, upright or lying; on the last step its axis does not start at 0."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import Table
from mmeval.fresh.charts.canvas import HATCHES, Look, axis, draw, labels, look, title
from mmeval.fresh.charts.reading import facts, read_axis, read_value, told
from mmeval.fresh.charts.scales import scale, values
from mmeval.fresh.charts.subjects import Subject, names, subject
from mmeval.fresh.items import Item
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = {1: ("extreme", "rank"), 2: ("gap", "rank"), 3: ("total", "above"), 4: ("order", "total"), 5: ("times",)}
COUNTS = {1: (4, 5), 2: (5, 6), 3: (7, 8), 4: (8, 9), 5: (8, 10)}
"""Fewest and most bars, by step."""


class Bars:
    """The generator."""

    name: ClassVar[str] = "bars"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A chart that suits a question of the step."""
        paper, about, kind = look(rng), subject(rng), rng.choice(KINDS[step])
        count, lying = rng.randint(*COUNTS[step]), rng.random() < 0.4
        on = scale(rng, fine=step > 2, cut=step == 5)
        labelled = names(rng, count)

        def attempt() -> tuple[Table, Any]:
            table = Table(labelled, {"": values(rng, on, count, apart=0.6)}, on)
            return table, kinds.ask(rng, kind, table)

        table, (asked, question) = kinds.clear(attempt)
        return Item(
            images=(_picture(rng, paper, about, table, lying=lying),),
            main=question,
            probes=(read_value(rng, table), *read_axis(rng, table)),
            facts=facts(table, about, asked, lying=lying),
            description=_description(about, table, lying=lying),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By the kind of the question."""
        return kinds.solve(facts)


def _description(about: Subject, table: Table, *, lying: bool) -> str:
    way, order = ("horizontal", "from top to bottom") if lying else ("vertical", "from left to right")
    axis = table.scale.told(f"The {way} axis, {about.axis},")
    return f"A bar chart with the title {about.title} and {way} bars. {axis} The bars stand {order}. {told(table)}"


def _picture(rng: random.Random, look: Look, about: Subject, table: Table, *, lying: bool) -> bytes:
    count, shown = len(table.labels), table.series[""]
    colours = [look.colours[place % 6] for place in range(count)] if rng.random() < 0.4 else [look.colours[0]] * count
    wide, hatch = rng.uniform(0.5, 0.8), rng.choice(HATCHES) if look.hatched else ""

    def paint(axes: Axes) -> None:
        heights = [value - table.scale.start for value in shown]
        if lying:
            axes.barh(range(count), heights, wide, table.scale.start, color=colours, hatch=hatch)
            axes.invert_yaxis()
        else:
            axes.bar(range(count), heights, wide, table.scale.start, color=colours, hatch=hatch)
        axis(axes, table.scale, look, name=about.axis, which="x" if lying else "y")
        labels(axes, table.labels, look, which="y" if lying else "x")
        title(axes, about.title, look)

    return draw(look, paint)
