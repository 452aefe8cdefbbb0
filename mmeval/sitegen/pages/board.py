"""The board: one table for each view. It is complete in the HTML; board.js makes it interactive."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmeval.board import Board, Cell, Column, ModelCard
from mmeval.board.months import months
from mmeval.board.views import Line, View, grouped, percent
from mmeval.sitegen import data
from mmeval.sitegen.cells import rank_text
from mmeval.sitegen.env import Language, Nav, number
from mmeval.sitegen.links import benchmark_url, model_url, view_url
from mmeval.sitegen.openvlm import is_openvlm
from mmeval.sitegen.site import File, Page, Site
from mmeval.store import slug

NAV = Nav("index.html", "nav.index", 10)
SIZES = (("0-4", "< 4 B"), ("4-10", "4–10 B"), ("10-20", "10–20 B"), ("20-40", "20–40 B"), ("40-", "> 40 B"))
"""OpenCompass' buckets, in billions of parameters; the upper edge belongs to the next one."""
WORDS = (
    "any",
    "shown",
    "score",
    "interval",
    "measured",
    "runs",
    "n",
    "failed",
    "truncated",
    "unparsed",
    "fact.cost",
    "open.group",
)
"""Messages that board.js needs."""
HIDDEN = "date,origin,llm,enc,corrected"
HIDDEN_OPENVLM = "org,date,access,origin,cost,coverage"
"""Columns that are hidden at first. The OpenVLM board shows size, language model and vision encoder."""
ODD_SHARE = 0.05
"""A cell is marked if the share of failed, truncated and unparsed replies is larger."""


def pages(site: Site) -> Iterator[Page | File]:
    """A page and its data for each view, and the whole board as CSV and JSON."""
    pairs = data.pair_files(site)
    yield from pairs.values()
    for view in site.views:
        yield Page(view_url(view.name), "board.html", functools.partial(context, view, site))
        yield data.data_file(f"views/{slug(view.name)}", data.view_data(view, pairs))
    rows = data.board_rows(site.board, site.views[0])
    made = {"updated": site.board.updated, "rows": rows, "aside": data.aside_rows(site.board)}
    yield File("data/board.json", json.dumps(made, indent=0, sort_keys=True))
    yield File("data/board.csv", data.as_csv(rows))


def context(view: View, site: Site, lang: Language) -> dict[str, Any]:
    """The variables of board.html for one view."""
    return {
        "dataset": data.dataset(site.board, site.options.title) if view.name == "all" else None,
        "snapshots": bool(months(site.board)),
        **board_page(view, site.board, site.views, site.leaders, lang),
    }


def board_page(
    view: View, board: Board, views: Sequence[View], leaders: Mapping[str, frozenset[str]], lang: Language
) -> dict[str, Any]:
    """The variables of board.html that all boards have."""
    t = lang.text
    groups = grouped(view.columns)
    rows = [board_row(view.lines[name], view, board.models[name], groups, leaders, lang) for name in view.order]
    heads = [
        {"name": name, "fold": int(len(columns) > 1 and len(groups) > 1), "columns": [head(c) for c in columns]}
        for name, columns in groups
    ]
    models = sum(1 for name in view.order if board.models[name].reference is None)
    return {
        "view": view.name,
        "title": view_title(view, lang),
        "about": "view.openvlm.about" if is_openvlm(view) else "view.about",
        "views": [{"url": view_url(v.name), "title": view_title(v, lang, short=True)} for v in views],
        "missing": view.missing,
        "hidden": HIDDEN_OPENVLM if is_openvlm(view) else HIDDEN,
        "samples": [c.card.title for c in view.columns if view.ranks and c.compared(view.ranks.models) == "samples"],
        "counts": {"models": models, "benchmarks": len(view.columns)},
        "updated": board.updated[:10] or "–",
        "words": json.dumps({key: lang.messages[key] for key in WORDS}, ensure_ascii=False, sort_keys=True),
        "sizes": [*SIZES, ("?", t("unknown"))],
        "meta": meta_heads(view, lang),
        "groups": heads,
        "rows": rows,
    }


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


def view_title(view: View, lang: Language, *, short: bool = False) -> str:
    """A message for the whole board and the OpenVLM view; a suite has its own title."""
    if view.name == "all":
        return lang.text("view.all" if short else "board.title")
    return lang.text("view.openvlm") if view.name == "openvlm" else view.title


def meta_heads(view: View, lang: Language) -> list[tuple[str, str, bool]]:
    """Key, label and whether it is text, for each column between the model and the benchmarks."""
    t = lang.text
    averages = (
        [("mean", t("openvlm.score"), False), ("avgrank", t("openvlm.rank"), False)]
        if is_openvlm(view)
        else [("mean", t("mean"), False), ("corrected", t("corrected"), False)]
    )
    return [
        *averages,
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


def board_row(
    line: Line,
    view: View,
    card: ModelCard,
    groups: Sequence[tuple[str, list[Column]]],
    leaders: Mapping[str, frozenset[str]],
    lang: Language,
) -> dict[str, Any]:
    """One model's line."""
    interval = view.ranks.intervals.get(card.name) if view.ranks else None
    return {
        "name": card.name,
        "title": card.label,
        "url": model_url(card.name),
        "reference": card.reference,
        "modalities": " ".join(card.modalities),
        "rank": rank_text(interval),
        "tier": interval.tier if interval else "",
        "marks": row_marks(line),
        "meta": meta_cells(line, view, card, lang),
        "groups": [
            row_group(card.name, columns, leaders, fold=len(columns) > 1 and len(groups) > 1) for _, columns in groups
        ],
    }


def row_marks(line: Line) -> list[dict[str, str]]:
    """How far a row can be trusted, and why it has no rank; see `cells.marks`."""
    found = []
    if line.mark:
        tone = "good" if line.mark == "verified" else ""
        found.append({"key": f"mark.{line.mark.replace(' ', '-')}", "value": "", "tone": tone})
    if line.outside:
        found.append({"key": f"outside.{line.outside}", "value": "", "tone": "bad"})
    if line.unranked is not None:
        column, why = line.unranked
        found.append({"key": f"unranked.{why}", "value": f"({column})", "tone": "bad"})
    return found


def meta_cells(line: Line, view: View, card: ModelCard, lang: Language) -> list[tuple[str, bool]]:
    """The values under `meta_heads`; empty for unknown."""
    cells = [column.cells[card.name] for column in view.columns if card.name in column.cells]
    access = "" if card.open is None else lang.text("open" if card.open else "closed")
    second = line.avg_rank if is_openvlm(view) else line.corrected
    return [
        ("" if line.mean is None else f"{'≈ ' if line.predicted else ''}{number(line.mean)}", False),
        ("" if second is None or card.reference else number(second, 2 if is_openvlm(view) else 1), False),
        (card.organization or "", True),
        ("" if card.parameters is None else f"{card.parameters:g}", False),
        (card.released.isoformat() if card.released else "", True),
        (access, True),
        (lang.text(f"mark.{(line.mark or 'none').replace(' ', '-')}"), True),
        (card.parts.get("llm", ""), True),
        (card.parts.get("encoder", ""), True),
        (cost_text(cells), False),
        (f"{line.coverage}/{len(view.columns)}", False),
    ]


def cost_text(cells: Sequence[Cell]) -> str:
    """Mean US dollars per 1,000 samples over benchmarks; empty unless the cost of every run is known."""
    costs = [cell.cost_1000 for cell in cells]
    known = [cost for cost in costs if cost is not None]
    return f"{sum(known) / len(known):.2f}" if known and len(known) == len(costs) else ""


def row_group(
    model: str, columns: Sequence[Column], leaders: Mapping[str, frozenset[str]], *, fold: bool
) -> dict[str, Any]:
    """A model's cells in one group, and their mean if none is missing."""
    cells = [board_cell(column, model, leaders) for column in columns]
    values = [percent(c.card, c.cells[model].headline.value) for c in columns if model in c.cells]
    mean = sum(values) / len(values) if len(values) == len(columns) else None
    return {"fold": fold, "mean": mean, "cells": cells}


def board_cell(column: Column, model: str, leaders: Mapping[str, frozenset[str]]) -> dict[str, Any] | None:
    """A value with half of its interval, and its marks.

    `a`: tied for first. `q`: many replies could not be scored. `s`: unusual settings. `u`: not ranked.
    """
    cell = column.cells.get(model)
    if cell is None:
        return None
    head_, scale = cell.headline, column.card.scale
    odd = (cell.failed + cell.truncated + cell.unparsed) > ODD_SHARE * max(1, cell.planned)
    first = model in leaders.get(column.card.name, ())
    found = {"a": first, "q": odd, "s": bool(cell.settings), "u": bool(cell.unranked)}
    marks = [mark for mark, holds in found.items() if holds]
    return {"value": head_.value * scale, "half": (head_.high - head_.low) / 2 * scale, "mark": " ".join(marks)}
