"""Bars on the left axis and a line on the right one. Both have the same unit, so heights alone mislead."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import Table
from mmeval.fresh.charts.canvas import SIDE, Look, axis, draw, labels, legend, look, title
from mmeval.fresh.charts.reading import facts, told
from mmeval.fresh.charts.scales import Scale, scale, tidy, values
from mmeval.fresh.charts.subjects import Subject, names, row, subject
from mmeval.fresh.items import Item, Question
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = {1: ("extreme", "rank"), 2: ("gap", "above"), 3: ("total", "leap"), 4: ("wins", "apart"), 5: ("widest", "wins")}
COUNTS = {1: 5, 2: 6, 3: 7, 4: 8, 5: 9}
"""Labels, by step."""
BOTH = ("wins", "apart", "widest")
"""Kinds that compare the bars with the line."""


class Dual:
    """The generator."""

    name: ClassVar[str] = "dual"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """A chart that suits a question of the step: first about one of the two, then about both."""
        about, kind, count = subject(rng), rng.choice(KINDS[step]), COUNTS[step]
        paper = replace(look(rng, entries=2), place=rng.choice(("top", "bottom")))
        scales = _scales(rng, fine=step > 2)
        labelled, series = row(rng, count), names(rng, 2, series=True)

        def attempt() -> tuple[Table, Any]:
            both = kind in BOTH
            on = [min(scales, key=lambda one: one.top)] * 2 if both else scales
            shown = {name: values(rng, one, count, apart=0.6) for name, one in zip(series, on, strict=True)}
            place = rng.randrange(2)
            asked = kinds.ask(rng, kind, _part(labelled, shown, scales, both=both, place=place))
            return Table(labelled, shown, scales[0]), asked

        table, (asked, question) = kinds.clear(attempt)
        return Item(
            images=(_picture(rng, paper, about, table, scales),),
            main=question,
            probes=_probes(rng, table, scales),
            facts=facts(table, about, asked, right=scales[1].facts()),
            description=_description(about, table, scales),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """By the kind of the question."""
        return kinds.solve(facts)


def _scales(rng: random.Random, *, fine: bool) -> list[Scale]:
    """The left and the right axis: one reaches twice or four times as far as the other."""
    one = scale(rng, fine=fine)
    factor = rng.choice((2, 4))
    other = replace(one, major=tidy(one.major * factor), minor=tidy(one.minor * factor))
    return rng.sample([one, other], 2)


def _part(
    labelled: list[str], shown: Mapping[str, list[float]], scales: list[Scale], *, both: bool, place: int
) -> Table:
    """What is asked about: both series, to be read as coarsely as the coarser axis, or one of them."""
    if both:
        return Table(labelled, shown, max(scales, key=lambda one: one.top))
    name = list(shown)[place]
    return Table(labelled, {name: shown[name]}, scales[place])


def _probes(rng: random.Random, table: Table, scales: list[Scale]) -> tuple[Question, ...]:
    (bars, line), place = table.series, rng.randrange(len(table.labels))
    label, asked = table.labels[place], rng.randrange(2)
    end = f"What is the highest number at the {('left', 'right')[asked]} axis?"
    return (
        forms.word("Which series is drawn as a line?", line, sorted((bars, line))),
        forms.number(
            f"What is the value of {line} for {label}?",
            table.series[line][place],
            tolerance=scales[1].within(),
            accepted=scales[1].accepted(),
        ),
        forms.number(end, scales[asked].top),
    )


def _description(about: Subject, table: Table, scales: list[Scale]) -> str:
    bars, line = table.series
    return (
        f"A chart with two vertical axes and the title {about.title} ({about.unit}). {bars} is drawn as bars on the "
        f"left axis, {line} as a line on the right axis. {scales[0].told('The left axis')} "
        f"{scales[1].told('The right axis')} {told(table)}"
    )


def _picture(rng: random.Random, look: Look, about: Subject, table: Table, scales: list[Scale]) -> bytes:
    (bars, heights), (line, points) = table.series.items()
    wide, marker = rng.uniform(0.45, 0.7), rng.choice("osD^")

    def paint(axes: Axes) -> None:
        other = axes.twinx()
        first = axes.bar(range(len(heights)), heights, wide, color=look.colours[0], alpha=0.75)
        (second,) = other.plot(range(len(points)), points, color=look.ink, marker=marker, linewidth=2)
        axis(axes, scales[0], look, name=f"{bars} ({about.unit})")
        other.spines["right"].set_visible(True)
        axis(other, scales[1], look, name=f"{line} ({about.unit})", right=True)
        labels(axes, table.labels, look)
        title(axes, about.title, look)
        first.set_label(bars)
        second.set_label(line)
        legend(axes, look, [first, second])

    return draw(look, paint, width=430, right=SIDE // 2)
