"""The first screen of the board: one sentence, the best models, score against cost, and questions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from mmeval.board import Board
from mmeval.board.views import View
from mmeval.sitegen.asked import Asked
from mmeval.sitegen.charts import Point as Dot
from mmeval.sitegen.charts import Scale, around, axis, front_line, interval, n, names, pareto, sized, ticks
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import model_url
from mmeval.sitegen.pages.plots import cost, latency, size
from mmeval.sitegen.questions import brief_of, card_of, share_of
from mmeval.sitegen.text import short

BEST, QUESTIONS = 8, 7
"""Models in the forest plot, and questions with pictures."""
FEW = 3
"""So many models have the references beside them in the forest plot."""
WIDE, HIGH, LEFT, BOTTOM = 400, 216, 34, 26
"""Pixels of the small plot, and the room for its axes."""
AXES = (("cost", cost), ("size", size), ("latency", latency))
"""What the score is plotted against: the first that is known of two models."""


def front(view: View, board: Board, asked: Sequence[Asked], lang: Language) -> dict[str, Any]:
    """The variables of front.html; `asked` has the questions of all benchmarks of the board."""
    models = [name for name in view.order if board.models[name].reference is None]
    shown = [name for name in models if view.lines[name].mean is not None]
    answers = sum(cell.planned for column in view.columns for name, cell in column.cells.items() if name in models)
    one = models[0] if len(models) == 1 else None
    names = {column.card.name for column in view.columns}
    answered = [found for found in asked if found.name in names and found.rivals]
    return {
        "answers": answers,
        "one": one is not None,
        "sentence": sentence(view, board, models, lang),
        "forest": forest(view, board, models) if shown else None,
        "plot": None if one else plot(view, board, shown, lang),
        "questions": wrong(answered) if one else questions(answered),
        "command": f"mmeval run {' '.join(c.card.name for c in view.columns[:3])} -m PROVIDER/MODEL",
    }


def sentence(view: View, board: Board, models: Sequence[str], lang: Language) -> dict[str, str]:
    """What the data say, and how sure that is."""
    text, title = lang.text, {name: short(board.models[name].label, 60) for name in models}
    if len(models) == 1:
        line = view.lines[models[0]]
        score = f"{line.mean:.1f}" if line.mean is not None else "–"
        beside = any(board.models[name].reference for name in view.order)
        about = text("front.one.about") if beside else text("front.one.alone")
        return {"title": text("front.one", model=title[models[0]], score=score), "text": about}
    if view.ranks is None:
        return {"title": text("front.unranked", n=len(models)), "text": text("front.unranked.about")}
    first = [name for name in models if name in view.ranks.intervals and view.ranks.intervals[name].best == 1]
    ranked = len(view.ranks.intervals)
    top = title[first[0]]
    if len(first) == 1:
        return {"title": text("front.first", model=top), "text": text("front.first.about", n=ranked - 1)}
    if len(first) == ranked:
        return {"title": text("front.tied", n=ranked), "text": text("front.tied.about", model=top)}
    about = text("front.shared.about", model=top, other=title[first[1]], n=ranked - len(first))
    return {"title": text("front.shared", n=len(first)), "text": about}


def forest(view: View, board: Board, models: Sequence[str]) -> dict[str, Any]:
    """The best models with their intervals; beside few models, the references."""
    few, one = len(models) <= FEW, models[0] if len(models) == 1 else None
    ranked = view.ranks.intervals if view.ranks else models
    names = [m for m in view.order if view.lines[m].mean is not None and (m in ranked or few)]
    lines = [view.lines[name] for name in names[:BEST]]
    ends = [(line.mean or 0.0, line.half or 0.0) for line in lines]
    spread = [value for mean, half in ends for value in (mean - half, mean + half)]
    scale = Scale(*((0.0, 100.0) if few else around(spread, 0, 100)))
    first = view.ranks.intervals if view.ranks else {}
    rows = [
        {
            "title": short(board.models[line.model].label, 60),
            "url": model_url(line.model),
            "mean": mean,
            "half": half,
            "about": bool(line.predicted),
            "first": line.model == one or (line.model in first and first[line.model].best == 1),
            "reference": board.models[line.model].reference or "",
            "svg": interval(scale, mean, mean - half, mean + half),
        }
        for line, (mean, half) in zip(lines, ends, strict=True)
    ]
    return {"rows": rows, "axis": axis(scale), "references": any(row["reference"] for row in rows)}


def plot(view: View, board: Board, models: Sequence[str], lang: Language) -> dict[str, Any] | None:
    """Score against the first axis that is known of two models; None without any."""
    for name, value in AXES:
        dots = []
        for model in models:
            at, line = value(board.models[model], view), view.lines[model]
            if at is not None and at > 0 and line.mean is not None:
                ends = (line.mean - (line.half or 0.0), line.mean + (line.half or 0.0))
                title = short(board.models[model].label, 60)
                dots.append(Dot(title=title, url=model_url(model), x=at, y=line.mean, low=ends[0], high=ends[1]))
        if len({dot.x for dot in dots}) > 1:
            return {
                "name": name,
                "title": lang.text(f"plot.{name}"),
                "svg": drawn(dots, sized if name == "size" else "{:g}".format),
                "left": len(models) - len(dots),
            }
    return None


def drawn(dots: Sequence[Dot], label: Callable[[float], str]) -> Markup:
    """A small plot with a logarithmic x axis and these labels; the models on the front have their names."""
    logs = [math.log10(dot.x) for dot in dots]
    span = max(logs) - min(logs)
    pad = max(0.08 * span, (1 - span) / 2)
    low, high = around([dot.y for dot in dots], 0, 100)
    start, end = min(logs) - pad, max(logs) + pad

    def at(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (WIDE - LEFT - 8) * (math.log10(x) - start) / (end - start)
        return across, 8 + (HIGH - BOTTOM - 8) * (high - y) / ((high - low) or 1.0)

    parts = [_level(at(dots[0].x, tick)[1], f"{tick:g}") for tick in ticks(low, high, 4)]
    decades = range(math.floor(start), math.ceil(end) + 1)
    marks = [(step * 10.0**k) for k in decades for step in (1, 2, 5) if start <= math.log10(step * 10.0**k) <= end]
    wanted = [mark for mark in marks if math.log10(mark) % 1 < 1e-9] if len(marks) > 6 else marks
    parts += [_upright(at(mark, low)[0], label(mark)) for mark in wanted]
    best = pareto(dots)
    parts.append(front_line([at(dot.x, dot.y) for dot in best]))
    parts += [_dot(dot, at(dot.x, dot.y), on=dot in best) for dot in sorted(dots, key=lambda d: d in best)]
    spots = [at(dot.x, dot.y) for dot in dots]
    named = [(short(dot.title, 24), at(dot.x, dot.y)) for dot in reversed(best)]
    parts += names(named, spots, wide=6.5, frame=(LEFT, 0, WIDE, HIGH - BOTTOM))
    body = Markup("").join(parts)
    return Markup('<svg class="small" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(WIDE, HIGH, body)


def _level(y: float, label: str) -> Markup:
    return Markup(
        '<line class="grid" x1="{}" x2="{}" y1="{y}" y2="{y}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
    ).format(LEFT, WIDE - 8, LEFT - 6, n(y + 4), label, y=n(y))


def _upright(x: float, label: str) -> Markup:
    return Markup(
        '<line class="grid" x1="{x}" x2="{x}" y1="8" y2="{}"/><text x="{x}" y="{}" text-anchor="middle">{}</text>'
    ).format(HIGH - BOTTOM, HIGH - 8, label, x=n(x))


def _dot(dot: Dot, at: tuple[float, float], *, on: bool) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}: {}</title></circle>').format(
        "on" if on else "off", n(at[0]), n(at[1]), "4.5" if on else "3.5", dot.title, f"{dot.y:.1f}"
    )


def questions(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Questions with pictures, from the easiest to the hardest, of as many benchmarks as possible."""
    lists = [found for one in asked[: 2 * QUESTIONS] if (found := pictured(one, range(len(one.ids))))]
    picked: list[Pictured] = []
    for turn in range(QUESTIONS if lists else 0):
        left, wanted = lists[turn % len(lists)], 95 - 90 * turn / (QUESTIONS - 1)
        if left:
            picked.append(left.pop(min(range(len(left)), key=lambda i: (abs(left[i].share - wanted), i))))
    return [one.card() for one in sorted(picked, key=lambda one: -one.share)]


def wrong(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Questions with pictures that the only model got wrong, of all benchmarks in turn; without a share of models."""
    lists = [pictured(one, (i for i, found in enumerate(one.solved) if found[0] < 1)) for one in asked]
    turns = [found[i] for i in range(2 * QUESTIONS) for found in lists if i < len(found)]
    return [{**one.card(), "share": -1} for one in turns[: 2 * QUESTIONS]]


class Pictured(NamedTuple):
    """A question that has a picture."""

    asked: Asked
    place: int
    thumb: str
    share: int

    def card(self) -> dict[str, Any]:
        """The question as `question_card` shows it."""
        return card_of(self.asked, self.place, self.asked.column.card.title)


def pictured(asked: Asked, places: Iterable[int]) -> list[Pictured]:
    """The questions among these that have a picture; of those with the same picture and share, the first."""
    found: dict[tuple[str, int], Pictured] = {}
    for at in places:
        thumb, share = brief_of(asked, at)[1], share_of(asked, at)
        if thumb:
            found.setdefault((thumb, share), Pictured(asked, at, thumb, share))
    return list(found.values())
