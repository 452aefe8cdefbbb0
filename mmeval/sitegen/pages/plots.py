"""The plot of scores against cost, size, date or latency, for the axes and models that a reader chooses."""

from __future__ import annotations

import functools
import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mmeval.board import Board, ModelCard
from mmeval.board.views import View, grouped, percent
from mmeval.sitegen import data
from mmeval.sitegen.boardrows import SIZES
from mmeval.sitegen.charts import Point, scatter, sized
from mmeval.sitegen.env import Language, Nav, number
from mmeval.sitegen.links import model_url
from mmeval.sitegen.site import File, Page, Site
from mmeval.sitegen.text import clean, short

NAV = Nav("plots.html", "nav.plots", 80, footer=True)
Axis = Callable[[ModelCard, View], float | None]
OVERALL = "overall"
"""The key of the mean over all benchmarks."""


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


def pages(site: Site) -> Iterator[Page | File]:
    """The page itself, about the whole board, and its data."""
    view = site.views[0]
    models = shown(view, site.board)
    scores = score_keys(view)
    yield Page("plots.html", "plots.html", functools.partial(plots_page, view, models, scores))
    yield data.data_file("plots", {"scores": [key for key, _ in scores], "models": models})


def shown(view: View, board: Board) -> list[dict[str, Any]]:
    """What the plot knows about each model, best first; references are left out."""
    keys = [key for key, _ in score_keys(view)]
    return [model_values(board.models[name], view, keys) for name in view.order if board.models[name].reference is None]


def score_keys(view: View) -> list[tuple[str, str]]:
    """Key and title of each score: the mean, each benchmark. The first has its title in the messages."""
    ordered = [column for _, columns in grouped(view.columns) for column in columns]
    return [(OVERALL, ""), *((column.card.name, clean(column.card.title)) for column in ordered)]


def model_values(card: ModelCard, view: View, keys: Sequence[str]) -> dict[str, Any]:
    """Names, places on the axes, and scores with half of their intervals, 0 to 100, in the order of the keys."""
    line = view.lines[card.name]
    cells = {column.card.name: (column.card, column.cells.get(card.name)) for column in view.columns}
    pairs: list[tuple[float | None, float | None]] = [(line.mean, line.half)]
    for key in keys[1:]:
        bench, cell = cells[key]
        head = cell.headline if cell else None
        pairs.append(
            (percent(bench, head.value), abs(percent(bench, head.high) - percent(bench, head.low)) / 2)
            if head
            else (None, None)
        )
    return {
        "title": short(card.label, 60),
        "url": model_url(card.name),
        "org": clean(card.organization or ""),
        "open": card.open,
        "modalities": list(card.modalities),
        "released": card.released.isoformat() if card.released else "",
        "scores": [_tenth(value) for value, _ in pairs],
        "halves": [_tenth(half) for _, half in pairs],
        **{name: _digits(axis(card, view)) for name, axis, _ in PLOTS},
    }


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def plots_page(
    view: View, models: Sequence[Mapping[str, Any]], scores: Sequence[tuple[str, str]], lang: Language
) -> dict[str, Any]:
    """The variables of plots.html."""
    known = [name for name, _, _ in PLOTS if sum(one[name] is not None for one in models) > 1]
    t = lang.text
    titles = [(key, title or t("mean")) for key, title in scores]
    return {
        "axes": [(name, t(f"plot.{name}")) for name in known],
        "scores": titles,
        "sizes": [*SIZES, ("?", t("unknown"))],
        "svg": drawn(known[0], models, lang) if known else "",
        "heads": [(name, t(f"plot.{name}")) for name in known],
        "rows": [
            [one["title"], one["url"], one["scores"][0], one["halves"][0], *(x_text(k, one[k]) for k in known)]
            for one in models
        ],
        "choices": {
            "org": len({one["org"] for one in models if one["org"]}) > 1,
            "mod": len({kind for one in models for kind in one["modalities"]}) > 1,
        },
        "benchmarks": len(view.columns),
        "words": json.dumps(
            {"shown": lang.messages["shown"], "empty": t("plots.empty")}, ensure_ascii=False, sort_keys=True
        ),
    }


def drawn(name: str, models: Sequence[Mapping[str, Any]], lang: Language) -> Any:
    """The mean against one axis, which the page shows before a reader chooses, and without JavaScript."""
    points = [
        Point(
            title=one["title"], url=one["url"], x=one[name], y=mean, low=mean - half, high=mean + half, open=one["open"]
        )
        for one in models
        if one[name] is not None and (mean := one["scores"][0]) is not None
        for half in [one["halves"][0] or 0.0]
    ]
    if len(points) < 2:
        return ""
    log = next(log for key, _, log in PLOTS if key == name)
    titles = {"x_title": lang.text(f"plot.{name}"), "y_title": lang.text("mean")}
    label = sized if name == "size" else "{:,g}".format
    return scatter(points, **titles, log=log, front=log, dates=name == "date", label=label)


def x_text(name: str, value: float | None) -> str:
    """The value as the table shows it; a date has no day, because the axis is in years."""
    if value is None:
        return ""
    if name == "date":
        return f"{int(value)}-{int((value % 1) * 12) + 1:02d}"
    return sized(value) if name == "size" else number(value, 2)
