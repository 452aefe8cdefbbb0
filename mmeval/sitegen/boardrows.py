"""The rows of a board's table: facts about models, and their scores as shades."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mmeval.board import Cell, Column, ModelCard
from mmeval.board.ranks import RankInterval
from mmeval.board.views import Line, View, grouped, percent
from mmeval.sitegen.cells import rank_text
from mmeval.sitegen.charts import n as coordinate
from mmeval.sitegen.charts import sized
from mmeval.sitegen.env import Language, number
from mmeval.sitegen.links import benchmark_url, model_url
from mmeval.sitegen.openvlm import is_openvlm

ODD_SHARE = 0.05
"""A cell is marked if the share of failed, truncated and unparsed replies is larger."""
STEPS = 10
"""Shades between chance and the best score of a benchmark."""
BARS = ((100, 44), (1000, 28), (math.inf, 16))
"""Below how many ranked models the bar of a rank range has which width: longer ranks leave it less room."""
WIDE = 60
"""From this number of benchmarks on, groups are folded into their means at first."""
SIZES = (("0-4", "< 4 B"), ("4-10", "4–10 B"), ("10-20", "10–20 B"), ("20-40", "20–40 B"), ("40-", "> 40 B"))
"""OpenCompass' buckets, in billions of parameters; the upper edge belongs to the next one."""
Group = tuple[str, Sequence[Column]]


def groups_of(view: View) -> list[Group]:
    """The columns of a view by group."""
    return [(name, list(columns)) for name, columns in grouped(view.columns)]


def folds(groups: Sequence[Group], columns: Sequence[Column]) -> bool:
    """Whether a group has a column with its mean."""
    return len(columns) > 1 and len(groups) > 1


def head(column: Column) -> dict[str, str]:
    """A column's header. `line` is the intercept and slope that convert a shown value to percent; empty for 0 and 1."""
    card = column.card
    slope = (percent(card, card.high) - percent(card, card.low)) / ((card.high - card.low) * card.scale or 1.0)
    line = f"{percent(card, 0.0):.9g} {slope:.9g}"
    return {
        "name": card.name,
        "title": card.title,
        "url": benchmark_url(card.name),
        "line": "" if line == "0 1" else line,
        "chance": "" if card.chance is None else f"{percent(card, card.chance):.6g}",
    }


def group_title(name: str, lang: Language) -> str:
    """A group's name in this language; of a folder that mmeval does not have, the folder's name in plain letters."""
    return lang.messages.get(f"group.{name}") or name.replace("_", " ").replace("-", " ").capitalize()


def fact_heads(view: View, lang: Language) -> list[tuple[str, str, bool]]:
    """Key, label and whether it is text, for each column between the overall score and the benchmarks."""
    t = lang.text
    second = ("avgrank", t("openvlm.rank"), False) if is_openvlm(view) else ("corrected", t("corrected"), False)
    return [
        second,
        ("tier", t("tier"), False),
        ("org", t("fact.organization"), True),
        ("params", t("params"), False),
        ("date", t("fact.released"), True),
        ("access", t("fact.access"), True),
        ("origin", t("origin"), True),
        ("llm", t("part.llm"), True),
        ("enc", t("part.encoder"), True),
        ("cost", t("fact.cost"), False),
        ("coverage", t("coverage"), False),
    ]


class Rows:
    """The rows of one view in one language."""

    def __init__(
        self, view: View, models: Mapping[str, ModelCard], leaders: Mapping[str, frozenset[str]], lang: Language
    ) -> None:
        self.view, self.models, self.leaders, self.lang = view, models, leaders, lang
        self.groups = groups_of(view)
        self.wide = bar_width(view)
        self.best = {column.card.name: _best(column, models) for column in view.columns}

    def row(self, name: str) -> dict[str, Any]:
        """One model's row."""
        view, card, line = self.view, self.models[name], self.view.lines[name]
        interval = view.ranks.intervals.get(name) if view.ranks else None
        return {
            "name": card.name,
            "title": card.label,
            "url": model_url(card.name),
            "reference": card.reference,
            "organization": card.organization or "",
            "modalities": " ".join(card.modalities),
            "rank": rank_text(interval),
            "first": interval is not None and interval.best == 1,
            "bar": bar(interval, len(view.ranks.models) if view.ranks else 0, self.wide),
            "marks": row_marks(line, card),
            "mean": "" if line.mean is None else f"{'≈ ' if line.predicted else ''}{number(line.mean)}",
            "half": "" if line.half is None or line.mean is None else number(line.half),
            "lacks": "" if line.coverage == len(view.columns) else f"{line.coverage}/{len(view.columns)}",
            "facts": self.facts(line, card),
            "cells": [cell for group in self.groups for cell in self.group_cells(name, group)],
        }

    def facts(self, line: Line, card: ModelCard) -> list[tuple[str, bool]]:
        """The values under `fact_heads`; empty for unknown."""
        view, text = self.view, self.lang.text
        cells = [column.cells[card.name] for column in view.columns if card.name in column.cells]
        access = "" if card.open is None else text("open" if card.open else "closed")
        second = line.avg_rank if is_openvlm(view) else line.corrected
        interval = view.ranks.intervals.get(card.name) if view.ranks else None
        return [
            ("" if second is None or card.reference else number(second, 2 if is_openvlm(view) else 1), False),
            (str(interval.tier) if interval else "", False),
            (card.organization or "", True),
            ("" if card.parameters is None else sized(card.parameters), False),
            (card.released.isoformat() if card.released else "", True),
            (access, True),
            (text(f"mark.{(line.mark or 'none').replace(' ', '-')}"), True),
            (card.parts.get("llm", ""), True),
            (card.parts.get("encoder", ""), True),
            (cost_text(cells), False),
            (f"{line.coverage}/{len(view.columns)}", False),
        ]

    def group_cells(self, model: str, group: Group) -> list[tuple[str, str, str]]:
        """Classes, value and half interval of a model's cells in one group, after the group's mean."""
        _, columns = group
        cells = [self.cell(column, model) for column in columns]
        if not folds(self.groups, columns):
            return cells
        return [("g", self.group_mean(model, columns), ""), *cells]

    def group_mean(self, model: str, columns: Sequence[Column]) -> str:
        """The mean over a group; of a model that lacks up to half of it with what is predicted for it, and marked."""
        own = [percent(c.card, c.cells[model].headline.value) for c in columns if model in c.cells]
        guessed = self.view.lines[model].predicted
        values = [*own, *(guessed[c.card.name] for c in columns if c.card.name in guessed)]
        if len(values) < len(columns) or 2 * len(own) < len(columns):
            return ""
        return f"{'≈' if len(own) < len(columns) else ''}{number(sum(values) / len(values))}"

    def cell(self, column: Column, model: str) -> tuple[str, str, str]:
        """A value with half of its interval, and its marks.

        `h0` to `h9`: its shade, which references do not have. `a`: tied for first. `odd`: many replies could not be
        scored. `s`: unusual settings. `u`: not ranked.
        """
        cell = column.cells.get(model)
        if cell is None:
            return "", "", ""
        value, scale = cell.headline, column.card.scale
        odd = (cell.failed + cell.truncated + cell.unparsed) > ODD_SHARE * max(1, cell.planned)
        first = model in self.leaders.get(column.card.name, ())
        found = {"a": first, "odd": odd, "s": bool(cell.settings), "u": bool(cell.unranked)}
        marks = [mark for mark, holds in found.items() if holds]
        shade = f"h{0 if self.models[model].reference else self.shade(column, value.value)}"
        return " ".join([shade, *marks]), number(value.value * scale), number((value.high - value.low) / 2 * scale)

    def shade(self, column: Column, value: float) -> int:
        """From 0 at chance and below to STEPS - 1 at the best score of a model."""
        card = column.card
        low = percent(card, card.chance) if card.chance is not None else 0.0
        share = (percent(card, value) - low) / ((self.best[card.name] - low) or 1.0)
        return min(STEPS - 1, max(0, int(STEPS * share)))


def _best(column: Column, models: Mapping[str, ModelCard]) -> float:
    own = [percent(column.card, c.headline.value) for name, c in column.cells.items() if not models[name].reference]
    return max(own, default=100.0)


def bar_width(view: View) -> int:
    """Pixels of the bars of rank ranges."""
    ranked = len(view.ranks.models) if view.ranks else 0
    return next(width for below, width in BARS if ranked < below)


def bar(interval: RankInterval | None, ranked: int, wide: int) -> dict[str, str] | None:
    """Start and width of the bar of a rank range."""
    if interval is None or not ranked:
        return None
    start, width = wide * (interval.best - 1) / ranked, wide * (interval.worst - interval.best + 1) / ranked
    return {"x": coordinate(min(start, wide - 3.0)), "w": coordinate(max(width, 3.0))}


def row_marks(line: Line, card: ModelCard) -> list[dict[str, str]]:
    """How far a row can be trusted, and why it has no rank; see `cells.marks`."""
    found = []
    if line.mark and line.mark != line.outside:  # the reason why it is not ranked says it, too
        tone = "good" if line.mark == "verified" else ""
        found.append({"key": f"mark.{line.mark.replace(' ', '-')}", "value": "", "tone": tone})
    if line.outside:
        found.append({"key": f"outside.{line.outside}", "value": "", "tone": "bad"})
    if line.unranked is not None and not card.reference:
        column, why = line.unranked
        found.append({"key": f"unranked.{why}", "value": f"({column})", "tone": "bad"})
    return found


def cost_text(cells: Sequence[Cell]) -> str:
    """Mean US dollars per 1,000 samples over benchmarks; empty unless the cost of every run is known."""
    costs = [cell.cost_1000 for cell in cells]
    known = [cost for cost in costs if cost is not None]
    return f"{sum(known) / len(known):.2f}" if known and len(known) == len(costs) else ""
