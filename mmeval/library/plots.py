"""Scores with their intervals, drawn with matplotlib."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from mmeval.errors import UsageError
from mmeval.store import Number, Run, Spec

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError:
    raise UsageError("plots need matplotlib: pip install 'mmeval-harness[plot]'") from None

__all__ = ["Plot", "plot"]


class Plot(Figure):
    """A Figure that a notebook shows by itself. It belongs to no window, so `savefig` is all it needs elsewhere."""

    def _repr_png_(self) -> bytes:
        out = io.BytesIO()
        self.savefig(out, format="png", dpi=100, bbox_inches="tight")
        return out.getvalue()


def plot(runs: Iterable[Run]) -> Plot:
    """One panel per benchmark, one line per run: the headline as a point, its 95 % interval as a bar, as in tables.

    Raises:
        UsageError: no run has a score.
    """
    panels: dict[str, list[Run]] = {}
    for run in runs:
        if _headline(run) is not None:
            panels.setdefault(run.info.spec.benchmark, []).append(run)
    if not panels:
        raise UsageError("nothing to plot: no run has a score")
    sizes = [len(found) for found in panels.values()]
    figure = Plot(figsize=(7, 0.9 * len(panels) + 0.35 * sum(sizes)), layout="constrained")
    axes = figure.subplots(len(panels), squeeze=False, gridspec_kw={"height_ratios": sizes})[:, 0]
    for one, (benchmark, found) in zip(axes, panels.items(), strict=True):
        _panel(one, benchmark, found)
    return figure


def _headline(run: Run) -> Number | None:
    return run.info.metrics.get(run.info.primary_metric)


def _panel(axes: Axes, benchmark: str, runs: Sequence[Run]) -> None:
    rows = [(number, run.info) for run in runs if (number := _headline(run)) is not None]
    rows.sort(key=lambda row: row[0].value)
    values = [number.value * info.scale for number, info in rows]
    below = [max(0.0, (number.value - number.low) * info.scale) for number, info in rows]
    above = [max(0.0, (number.high - number.value) * info.scale) for number, info in rows]
    axes.errorbar(values, range(len(rows)), xerr=[below, above], fmt="o", capsize=3)
    axes.set_yticks(range(len(rows)), [_label(info.spec) for _, info in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_title(benchmark, loc="left", fontsize="medium")
    axes.grid(axis="x", alpha=0.3)
    for text in (axes.title, *axes.get_yticklabels()):
        text.set_parse_math(False)  # a name with dollar signs is not a formula


def _label(spec: Spec) -> str:
    return spec.model + (f" ({spec.variant})" if spec.variant else "")
