"""Plots of the board's mean against cost, size, date and latency, each with its numbers in a table."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mmeval.board import Board, ModelCard
from mmeval.board.views import View
from mmeval.sitegen.charts import Point, scatter
from mmeval.sitegen.env import Language, Nav, number
from mmeval.sitegen.links import model_url
from mmeval.sitegen.site import Page, Site
from mmeval.sitegen.text import short

NAV = Nav("plots.html", "nav.plots", 80, footer=True)
Axis = Callable[[ModelCard, View], float | None]


def cost(card: ModelCard, view: View) -> float | None:
    """Mean US dollars per 1,000 samples; None if it is unknown or free, which has no place on the axis."""
    known = [column.cells[card.name].cost_1000 for column in view.columns if card.name in column.cells]
    return statistics.fmean(c for c in known if c) if known and all(known) else None


def size(card: ModelCard, view: View) -> float | None:
    """Billions of parameters."""
    del view
    return card.parameters


def date(card: ModelCard, view: View) -> float | None:
    """Release as a year with its fraction."""
    del view
    return None if card.released is None else card.released.year + (card.released.timetuple().tm_yday - 1) / 365.25


def latency(card: ModelCard, view: View) -> float | None:
    """Mean over benchmarks of the median seconds of a request."""
    known = [column.cells[card.name].vector.latency for column in view.columns if card.name in column.cells]
    return statistics.fmean(one for one in known if one) if known and all(known) else None


PLOTS: tuple[tuple[str, Axis, bool], ...] = (
    ("cost", cost, True),
    ("size", size, True),
    ("date", date, False),
    ("latency", latency, True),
)
"""Name, axis, and whether it is logarithmic."""


def pages(site: Site) -> Iterator[Page]:
    """The page itself, about the whole board."""
    yield Page("plots.html", "plots.html", functools.partial(plots_page, site.views[0], site.board))


def plots_page(view: View, board: Board, lang: Language) -> dict[str, Any]:
    """The variables of plots.html: complete rows only, without references."""
    ranked = [m for m in view.order if view.lines[m].mean is not None and board.models[m].reference is None]
    made = [plot(name, axis, log, [board.models[m] for m in ranked], view, lang) for name, axis, log in PLOTS]
    return {"plots": [one for one in made if one is not None], "models": len(ranked), "benchmarks": len(view.columns)}


def plot(
    name: str, axis: Axis, log: bool, cards: Sequence[ModelCard], view: View, lang: Language
) -> dict[str, Any] | None:
    """One plot, or None if the value is known for fewer than two models."""
    points = []
    for card in cards:
        at = axis(card, view)
        if at is not None:
            mean, half = view.lines[card.name].mean or 0.0, view.lines[card.name].half or 0.0
            points.append(
                Point(
                    title=short(card.label, 60),
                    url=model_url(card.name),
                    x=at,
                    y=mean,
                    low=mean - half,
                    high=mean + half,
                    open=card.open,
                )
            )
    if len(points) < 2:
        return None
    t = lang.text
    drawn = scatter(
        points, x_title=t(f"plot.{name}"), y_title=t("mean"), log=log, front=name != "date", dates=name == "date"
    )
    rows = [{"title": p.title, "url": p.url, "y": p.y, "half": p.high - p.y, "x": x_text(name, p.x)} for p in points]
    return {"name": name, "title": t(f"plot.{name}"), "svg": drawn, "rows": rows, "left": len(cards) - len(points)}


def x_text(name: str, value: float) -> str:
    """The value as the table shows it; a date has no day, because the axis is in years."""
    if name == "date":
        return f"{int(value)}-{int((value % 1) * 12) + 1:02d}"
    return f"{value:g}" if name == "size" else number(value, 2)
