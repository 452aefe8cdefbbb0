"""Charts as SVG text: coloured by the page's CSS classes, drawn without a browser, the same bytes each time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

ROW = 220
"""Width of the small charts that stand in table rows."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from data to pixels, with room for a dot at both ends."""

    start: float
    end: float
    width: int = ROW

    def __call__(self, value: float) -> float:
        """Pixels; values outside the scale stick to its end."""
        share = (value - self.start) / ((self.end - self.start) or 1.0)
        return 5 + (self.width - 10) * min(1.0, max(0.0, share))

    def ticks(self, most: int = 5) -> list[float]:
        """Round numbers within the scale."""
        return ticks(self.start, self.end, most)


def ticks(start: float, end: float, most: int = 5) -> list[float]:
    """At most `most` + 1 round numbers from start to end."""
    span = end - start
    if not span > 0:
        return [start]
    raw = span / most
    base = 10.0 ** math.floor(math.log10(raw))
    step = next(base * k for k in (1, 2, 5, 10) if base * k >= raw * 0.999)
    first = math.ceil(start / step - 1e-9)
    return [round(i * step, 10) for i in range(first, math.floor(end / step + 1e-9) + 1)]


def around(values: Iterable[float], low: float, high: float) -> tuple[float, float]:
    """A range that holds the values, on tenths of the whole range from low to high."""
    known = list(values)
    if not known:
        return low, high
    step = (high - low) / 10 or 1.0
    start = low + step * math.floor((min(known) - low) / step + 1e-9)
    end = low + step * math.ceil((max(known) - low) / step - 1e-9)
    return max(low, start), min(high, max(end, start + step))


def n(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def interval(
    x: Scale, value: float, low: float, high: float, chance: float | None = None, *, under: Markup | str = ""
) -> Markup:
    """A point with its whisker: one row of a forest plot.

    It is hidden from screen readers because the same numbers stand beside it.
    """
    mark = (
        Markup('<line class="chance" x1="{0}" x2="{0}" y1="0" y2="20"/>').format(n(x(chance)))
        if chance is not None
        else ""
    )
    return Markup(
        '<svg class="row" width="{w}" height="20" viewBox="0 0 {w} 20" aria-hidden="true">'
        '<line class="axis" x1="5" x2="{e}" y1="10" y2="10"/>{mark}{under}'
        '<line class="whisker" x1="{a}" x2="{b}" y1="10" y2="10"/><circle class="dot" cx="{c}" cy="10" r="4"/></svg>'
    ).format(w=x.width, e=x.width - 5, mark=mark, under=under, a=n(x(low)), b=n(x(high)), c=n(x(value)))


def axis(x: Scale) -> Markup:
    """The numbers above a column of `interval` rows."""
    labels = Markup("").join(
        Markup('<text x="{}" y="11" text-anchor="middle">{}</text>').format(n(x(tick)), f"{tick:g}")
        for tick in x.ticks(4)
    )
    return Markup('<svg class="row" width="{w}" height="14" viewBox="0 0 {w} 14" aria-hidden="true">{t}</svg>').format(
        w=x.width, t=labels
    )


def strip(
    x: Scale, others: Sequence[float], value: float, low: float, high: float, chance: float | None = None
) -> Markup:
    """One model among all: every other model is a tick, this one is a dot with its whisker."""
    marks = Markup("").join(Markup('<path d="M{} 5v10"/>').format(n(x(other))) for other in sorted(set(others)))
    return interval(x, value, low, high, chance, under=Markup('<g class="others">{}</g>').format(marks))
