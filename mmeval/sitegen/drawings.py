"""Drawings of the pages of benchmarks: how hard the questions are, and scores over steps of difficulty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mmeval.sitegen.charts import n, ticks

BINS = 10


def histogram(shares: Sequence[float], *, label: str, left: str, right: str) -> Markup:
    """Number of questions by the share of models that are right, in tenths; a share of 1 is in the last one.

    Args:
        shares: in [0, 1], one for each question.
        label: what the drawing says, for screen readers.
        left: text below the start of the axis.
        right: text below its end.
    """
    counts = [0] * BINS
    for share in shares:
        counts[min(BINS - 1, int(share * BINS))] += 1
    most = max(counts, default=0) or 1
    bars = Markup("").join(_bar(i, count, 84 * count / most) for i, count in enumerate(counts))
    axis = Markup('<text x="10" y="122">{}</text><text x="390" y="122" text-anchor="end">{}</text>').format(left, right)
    numbers = ", ".join(f"{10 * i}–{10 * i + 10} %: {count}" for i, count in enumerate(counts))
    return Markup('<svg class="hist" viewBox="0 0 400 128" role="img" aria-label="{}: {}">{}{}</svg>').format(
        label, numbers, bars, axis
    )


def _bar(place: int, count: int, high: float) -> Markup:
    x = 10 + 38 * place
    bar = Markup('<rect x="{}" y="{}" width="34" height="{}"/>').format(x, n(104 - high), n(high + 1))
    return bar + Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(x + 17, n(98 - high), count)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a curve: a score in percent with its interval."""

    name: str
    value: float
    low: float
    high: float


WIDE, HIGH, LEFT = 480, 220, 36


def curve(steps: Sequence[Step], *, label: str, chance: float | None = None) -> Markup:
    """Scores over steps of difficulty from left to right, with intervals and the chance level, all in percent."""
    gap = (WIDE - LEFT - 24) / max(1, len(steps) - 1)
    at = [(LEFT + 12 + gap * i, _y(step.value)) for i, step in enumerate(steps)]
    grid = Markup("").join(
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{y}" y2="{y}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
        ).format(LEFT, WIDE, LEFT - 6, n(_y(tick) + 4), f"{tick:g}", y=n(_y(tick)))
        for tick in ticks(0, 100, 4)
    )
    line = "".join(f"{'L' if i else 'M'}{n(x)} {n(y)}" for i, (x, y) in enumerate(at))
    marks = Markup("").join(
        Markup(
            '<line class="whisker" x1="{x}" x2="{x}" y1="{}" y2="{}"/><circle class="dot" cx="{x}" cy="{}" r="4"/>'
            '<text x="{x}" y="{}" text-anchor="middle">{}</text>'
        ).format(n(_y(step.low)), n(_y(step.high)), n(y), HIGH - 4, step.name, x=n(x))
        for step, (x, y) in zip(steps, at, strict=True)
    )
    level = (
        Markup('<line class="chance" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(LEFT, WIDE, y=n(_y(chance)))
        if chance is not None
        else ""
    )
    return Markup(
        '<svg class="curve" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}<path class="line" d="{}"/>{}</svg>'
    ).format(WIDE, HIGH, label, grid, level, line, marks)


def _y(value: float) -> float:
    return 12 + (HIGH - 44) * (1 - min(100.0, max(0.0, value)) / 100)
