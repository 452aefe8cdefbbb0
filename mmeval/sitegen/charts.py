"""Charts as SVG text. The page's CSS colours them; the same values give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup

from mmeval.sitegen.text import short

ROW = 220
"""Width of the small charts in table rows."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from data to pixels, with room for a dot at both ends."""

    start: float
    end: float
    width: int = ROW
    """Pixels, or 100 where `unit` is a percent sign: such a chart is as wide as its column."""
    unit: str = ""

    def __call__(self, value: float) -> float:
        """Pixels or percent; values outside the scale are moved to its end."""
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
    """A range that contains the values, rounded out to tenths of the range from low to high."""
    known = list(values)
    if not known:
        return low, high
    step = (high - low) / 10 or 1.0
    start = low + step * math.floor((min(known) - low) / step + 1e-9)
    end = low + step * math.ceil((max(known) - low) / step - 1e-9)
    return max(low, start), min(high, max(end, start + step))


def sized(billions: float) -> str:
    """A number of parameters, in millions where it is small."""
    return f"{billions:g} B" if billions >= 0.1 else f"{1000 * billions:g} M"


def n(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def interval(
    x: Scale, value: float, low: float, high: float, chance: float | None = None, *, under: Markup | None = None
) -> Markup:
    """A point with its whisker: one row of a forest plot.

    It is hidden from screen readers, because the numbers are beside it.
    """
    # Pages have thousands of these; numbers need none of the escaping of Markup.format.
    unit = x.unit
    at = "" if chance is None else f"{n(x(chance))}{unit}"
    mark = f'<line class="chance" x1="{at}" x2="{at}" y1="0" y2="20"/>' if at else ""
    return Markup(  # noqa: S704 - numbers and `under`, which is Markup
        f'<svg class="row" {_size(x, 20)} aria-hidden="true">'
        f'<line class="axis" x1="5{unit}" x2="{x.width - 5}{unit}" y1="10" y2="10"/>{mark}{under or ""}'
        f'<line class="whisker" x1="{n(x(low))}{unit}" x2="{n(x(high))}{unit}" y1="10" y2="10"/>'
        f'<circle class="dot" cx="{n(x(value))}{unit}" cy="10" r="4"/></svg>'
    )


def _size(x: Scale, high: int) -> str:
    box = "" if x.unit else f' viewBox="0 0 {x.width} {high}"'
    return f'width="{x.width}{x.unit}" height="{high}"{box}'


def axis(x: Scale) -> Markup:
    """The numbers above a column of `interval` rows."""
    labels = Markup("").join(
        Markup('<text x="{}{}" y="11" text-anchor="middle">{}</text>').format(n(x(tick)), x.unit, f"{tick:,g}")
        for tick in x.ticks(4)
    )
    return Markup('<svg class="row" {} aria-hidden="true">{}</svg>').format(Markup(_size(x, 14)), labels)  # noqa: S704


def marks(x: Scale, values: Iterable[float]) -> Markup:
    """One tick for each value, to be drawn under an `interval`."""
    ticks_at = "".join(f"M{at} 5v10" for at in dict.fromkeys(n(x(value)) for value in sorted(values)))
    return Markup('<path class="others" d="{}"/>').format(ticks_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One model in a scatter plot."""

    title: str
    url: str
    x: float
    y: float
    low: float
    high: float
    open: bool | None = None


WIDE, HIGH, LEFT, BOTTOM, TOP = 720, 410, 40, 42, 28
"""Pixels of a scatter plot, and the room for its axes."""


NAMED, LONGEST = 12, 28
"""Number of points with a name, those on the front first, and characters of a name. The table has all names in full."""


def pareto(points: Sequence[Point], *, less: bool = True) -> list[Point]:
    """The points for which no other point has both a better x and a better y."""
    front: list[Point] = []
    for point in sorted(points, key=lambda p: ((p.x if less else -p.x), -p.y)):
        if not front or point.y > front[-1].y:
            front.append(point)
    return front


def least(*, log: bool, dates: bool) -> float:
    """The shortest axis: a factor of four, two years or ten points.

    An axis from 1.53 to 1.54 would make a difference of nothing look large.
    """
    return 0.6 if log else 2.0 if dates else 10.0


def scatter(
    points: Sequence[Point],
    *,
    x_title: str,
    y_title: str,
    log: bool = False,
    front: bool = True,
    dates: bool = False,
    label: Callable[[float], str] = "{:,g}".format,
) -> Markup:
    """Scores against a cost, with whiskers and the Pareto front; models on the front have their names.

    Screen readers get the names of the axes; the table below the plot has the numbers.
    """
    xs = [math.log10(p.x) if log else p.x for p in points]
    pad = max((max(xs) - min(xs)) * 0.06, (least(log=log, dates=dates) - (max(xs) - min(xs))) / 2)
    bottom, top = around([v for p in points for v in (p.low, p.high)], 0, 100)
    x, y = _Axis(min(xs) - pad, max(xs) + pad, LEFT, WIDE - 16), _Axis(bottom, top, HIGH - BOTTOM, TOP)
    best = pareto(points) if front else []
    at = {id(p): (x(v), y(p.y)) for p, v in zip(points, xs, strict=True)}
    parts = [_x_axis(x, label, log=log, dates=dates), _y_axis(y)]
    parts.append(front_line([at[id(p)] for p in best]))
    parts += [_mark(p, at[id(p)], y, on=p in best) for p in points]
    rest = sorted((p for p in points if p not in best), key=lambda p: -p.y)
    shown = [*best, *rest[: max(0, NAMED - len(best))]]
    parts += names([(short(p.title, LONGEST), at[id(p)]) for p in shown], list(at.values()), wide=7)
    titles = Markup(
        '<text class="title" x="{}" y="{}" text-anchor="end">{}</text><text class="title" x="2" y="13">{}</text>'
    ).format(WIDE - 16, HIGH - 6, x_title, y_title)
    body, named = Markup("").join(parts), f"{y_title} / {x_title}"
    return Markup('<svg class="scatter" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>').format(
        WIDE, HIGH, named, body, titles
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    start: float
    end: float
    first: float
    last: float

    def __call__(self, value: float) -> float:
        return self.first + (self.last - self.first) * (value - self.start) / ((self.end - self.start) or 1.0)


def _x_axis(x: _Axis, label: Callable[[float], str], *, log: bool, dates: bool) -> Markup:
    shown = [(x(at), text) for at, text in _x_marks(x, label, log=log, dates=dates) if x.start <= at <= x.end]
    return Markup("").join(
        Markup(
            '<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
            '<text x="{0}" y="{3}" text-anchor="middle">{4}</text>'
        ).format(n(at), TOP, HIGH - BOTTOM, HIGH - BOTTOM + 16, text)
        for at, text in shown
    )


def _x_marks(x: _Axis, label: Callable[[float], str], *, log: bool, dates: bool) -> list[tuple[float, str]]:
    """Positions on the axis and their labels."""
    if dates:
        halves = [year + part for year in range(int(x.start), int(x.end) + 2) for part in (0, 0.5)]
        return [(at, f"{at:.0f}" if at == int(at) else "") for at in halves]
    if not log:
        return [(tick, label(tick)) for tick in ticks(x.start, x.end, 8)]
    decades = range(math.floor(x.start), math.ceil(x.end) + 1)
    return [(math.log10(k) + e, label(k * 10.0**e)) for e in decades for k in (1, 2, 5)]


def _y_axis(y: _Axis) -> Markup:
    return Markup("").join(
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
        ).format(LEFT, WIDE - 16, n(y(tick)), n(y(tick)), LEFT - 6, n(y(tick) + 4), f"{tick:,g}")
        for tick in ticks(y.start, y.end, 6)
    )


def _mark(point: Point, at: tuple[float, float], y: _Axis, *, on: bool) -> Markup:
    kind = ("on " if on else "") + ("open" if point.open else "closed")
    return Markup(
        '<a href="{}" class="{}" tabindex="-1"><title>{}</title><line class="whisker" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<circle cx="{}" cy="{}" r="4.5"/></a>'
    ).format(
        point.url,
        kind,
        f"{point.title}: {point.y:.1f} ({point.low:.1f}–{point.high:.1f})",
        n(at[0]),
        n(at[0]),
        n(y(point.low)),
        n(y(point.high)),
        n(at[0]),
        n(at[1]),
    )


def front_line(spots: Sequence[Spot]) -> Markup:
    """The line through the points of the Pareto front; nothing for a single one."""
    path = "".join(f"{'L' if i else 'M'}{n(x)} {n(y)}" for i, (x, y) in enumerate(spots))
    return Markup('<path class="front" d="{}"/>').format(path) if len(spots) > 1 else Markup("")


Spot: TypeAlias = tuple[float, float]
"""Pixels from the left and from the top."""
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of a name."""
FRAME: Box = (LEFT, TOP - 12, WIDE, HIGH - BOTTOM)
"""Where the names of a scatter plot may be."""


def names(
    named: Iterable[tuple[str, Spot]],
    points: Sequence[Spot],
    *,
    wide: float,
    frame: Box = FRAME,
) -> list[Markup]:
    """Names beside their points; one that would cover a point or an earlier name is left out.

    Args:
        named: names and their points, the most important first.
        points: all points of the plot.
        wide: pixels of a letter.
        frame: where names may be.
    """
    taken: list[Box] = []
    out = []
    for name, at in named:
        box = place(at, wide * len(name), points, taken, frame)
        if box is not None:
            taken.append(box)
            out.append(Markup('<text class="name" x="{}" y="{}">{}</text>').format(n(box[0]), n(box[3] - 3), name))
    return out


def place(at: Spot, wide: float, points: Sequence[Spot], taken: Sequence[Box], frame: Box = FRAME) -> Box | None:
    """A box for a name of this width beside its point, in the frame, clear of all points and of what is taken."""
    spots = (
        (9, 4),
        (-9 - wide, 4),
        (-wide / 2, -9),
        (-wide / 2, 18),
        (8, -7),
        (8, 15),
        (-8 - wide, -7),
        (-8 - wide, 15),
    )
    for dx, dy in spots:
        left, base = at[0] + dx, at[1] + dy
        box = (left, base - 10, left + wide, base + 3)
        inside = left >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
        free = all(box[0] >= o[2] or o[0] >= box[2] or box[1] >= o[3] or o[1] >= box[3] for o in taken)
        clear = all(not (box[0] - 5 < x < box[2] + 5 and box[1] - 5 < y < box[3] + 5) for x, y in points)
        if inside and free and clear:
            return box
    return None
