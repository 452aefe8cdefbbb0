"""The board itself: one table per view, complete in the HTML, made lively by board.js."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mmeval.board import Board, Cell, Column, ModelCard
from mmeval.board.ranks import Standing
from mmeval.board.views import Line, View, percent
from mmeval.sitegen.env import Language, number
from mmeval.sitegen.links import benchmark_url, model_url, view_url
from mmeval.sitegen.openvlm import is_openvlm
from mmeval.store import slug

SIZES = (("0-4", "< 4 B"), ("4-10", "4–10 B"), ("10-20", "10–20 B"), ("20-40", "20–40 B"), ("40-", "> 40 B"))
"""OpenCompass' buckets, in billions of parameters; the upper edge belongs to the next one."""
WORDS = ("any", "shown", "score", "interval", "n", "failed", "truncated", "unparsed", "fact.cost", "open.group")
"""Messages that board.js says."""
HIDDEN = "date,origin,llm,enc,corrected"
HIDDEN_OPENVLM = "org,date,access,origin,cost,coverage"
"""Columns that are there and not shown at first; the OpenVLM board shows size, language model and vision encoder."""
ODD_SHARE = 0.05
"""A cell with more failures, cut-offs and unparsed replies than this is marked."""


def grouped(columns: Sequence[Column]) -> list[tuple[str, list[Column]]]:
    """Columns by the folder of their definition, both in the order of their names."""
    groups: dict[str, list[Column]] = {}
    for column in sorted(columns, key=lambda c: (c.card.group, c.card.title.casefold())):
        groups.setdefault(column.card.group, []).append(column)
    return list(groups.items())


def board_page(
    view: View, board: Board, views: Sequence[View], tops: Mapping[str, frozenset[str]], lang: Language
) -> dict[str, Any]:
    """Everything that board.html prints."""
    t = lang.text
    groups = grouped(view.columns)
    rows = [board_row(view.lines[name], view, board.models[name], groups, tops, lang) for name in view.order]
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
    """A column's header; `line` is how board.js gets from what is shown to percent, where the two are not the same."""
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
    """The whole board and the OpenVLM view have messages; a suite goes by its own title."""
    if view.name == "all":
        return lang.text("view.all" if short else "board.title")
    return lang.text("view.openvlm") if view.name == "openvlm" else view.title


def meta_heads(view: View, lang: Language) -> list[tuple[str, str, bool]]:
    """Key, label and whether the column is text, for everything between the model and the benchmarks."""
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
    tops: Mapping[str, frozenset[str]],
    lang: Language,
) -> dict[str, Any]:
    """One model's line."""
    standing = view.ranks.standing.get(card.name) if view.ranks else None
    return {
        "name": card.name,
        "title": card.label,
        "url": model_url(card.name),
        "reference": card.reference,
        "modalities": " ".join(card.modalities),
        "rank": rank_text(standing),
        "tier": standing.tier if standing else "",
        "meta": meta_cells(line, view, card, lang),
        "groups": [
            row_group(card.name, columns, tops, fold=len(columns) > 1 and len(groups) > 1) for _, columns in groups
        ],
    }


def rank_text(standing: Standing | None) -> str:
    """`3` or `2–5`."""
    if standing is None:
        return ""
    return f"{standing.best}" if standing.best == standing.worst else f"{standing.best}–{standing.worst}"


def meta_cells(line: Line, view: View, card: ModelCard, lang: Language) -> list[tuple[str, bool]]:
    """The values under `meta_heads`; empty for unknown."""
    cells = [column.cells[card.name] for column in view.columns if card.name in column.cells]
    access = "" if card.open is None else lang.text("open" if card.open else "closed")
    imported = any(cell.run.info.origin != "mmeval" for cell in cells)
    second = line.avg_rank if is_openvlm(view) else line.corrected
    return [
        ("" if line.mean is None else number(line.mean), False),
        ("" if second is None or card.reference else number(second, 2 if is_openvlm(view) else 1), False),
        (card.organization or "", True),
        ("" if card.parameters is None else f"{card.parameters:g}", False),
        (card.released.isoformat() if card.released else "", True),
        (access, True),
        (lang.text("imported" if imported else "verified"), True),
        (card.parts.get("llm", ""), True),
        (card.parts.get("encoder", ""), True),
        (cost_text(cells), False),
        (f"{line.coverage}/{len(view.columns)}", False),
    ]


def cost_text(cells: Sequence[Cell]) -> str:
    """Mean US dollars per 1,000 samples over benchmarks; empty unless every run knows its cost."""
    costs = [cell.cost_1000 for cell in cells]
    known = [cost for cost in costs if cost is not None]
    return f"{sum(known) / len(known):.2f}" if known and len(known) == len(costs) else ""


def row_group(
    model: str, columns: Sequence[Column], tops: Mapping[str, frozenset[str]], *, fold: bool
) -> dict[str, Any]:
    """A model's cells of one group, and their mean where it has them all."""
    cells = [board_cell(column, model, tops) for column in columns]
    values = [percent(c.card, c.cells[model].headline.value) for c in columns if model in c.cells]
    mean = sum(values) / len(values) if len(values) == len(columns) else None
    return {"fold": fold, "mean": mean, "cells": cells}


def board_cell(column: Column, model: str, tops: Mapping[str, frozenset[str]]) -> dict[str, Any] | None:
    """A value with half of its interval; marked when nobody is better for sure, or when many replies are odd."""
    cell = column.cells.get(model)
    if cell is None:
        return None
    info, head_, scale = cell.run.info, cell.headline, column.card.scale
    odd = (cell.failed + cell.truncated + info.unparsed) > ODD_SHARE * max(1, info.planned)
    marks = [*(["a"] if model in tops.get(column.card.name, ()) else []), *(["q"] if odd else [])]
    return {"value": head_.value * scale, "half": (head_.high - head_.low) / 2 * scale, "mark": " ".join(marks)}


COMPARE = ("difference", "better", "overall", "bytag", "flip", "first", "means", "nothing")


def compare_page(board: Board, lang: Language) -> dict[str, Any]:
    """The comparison: only the names; the browser loads the rest for the models that are chosen."""
    named = sorted((card.label, slug(name)) for name, card in board.models.items() if board.of(name))
    words = {key: lang.messages[f"compare.{key}"] for key in COMPARE}
    words |= {key: lang.messages[key] for key in ("interval", "benchmark")}
    return {
        "models": [{"title": title, "file": file} for title, file in named],
        "words": json.dumps(words, ensure_ascii=False, sort_keys=True),
    }
