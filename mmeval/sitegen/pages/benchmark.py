"""A benchmark's page: what it asks, everyone's score, sub-scores, and the samples worth a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.board import Board, Column
from mmeval.board.findings import Finding, aligned, hardest, suspicious
from mmeval.board.ranks import Ranks
from mmeval.sitegen.charts import Scale, around, axis, interval
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import model_url, run_dir
from mmeval.sitegen.pages.board import rank_text
from mmeval.sitegen.pages.question import asked, page_of, plain
from mmeval.sitegen.pages.run import shown, slices, text_of
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import short
from mmeval.store import samples_path

SLICES = 24
"""Sub-scores that a table shows; more do not fit any screen and stay in run.json."""


def measured(column: Column, board: Board, ranks: Ranks | None) -> dict[str, Any]:
    """What benchmark.html prints, but for the card: the same in all languages."""
    order = by_score(column)
    models = [name for name in order if board.models[name].reference is None]
    x = scale_of(column)
    chance = None if column.card.chance is None else column.card.chance * column.card.scale
    rows = [row(name, column, board, ranks, x, chance) for name in order]
    return {
        "card": {"title": column.card.title, "about": column.card.about or "", "known": column.card.known},
        "dataset": dataset(column),
        "metric": column.spec_headline,
        "compared": column.compared(ranks.models) if ranks else "mean",
        "axis": axis(x),
        "chance": chance,
        "rows": rows,
        "needs_image": needs_image(column, board),
        "slices": slice_table(column, board, order),
        "hardest": findings(hardest(column, models), column, board, models),
        "suspicious": findings(suspicious(column, models), column, board, models),
        "aside": aside(column, board),
        "example": example(column, board.root),
    }


def dataset(column: Column) -> dict[str, Any]:
    """What search engines read: schema.org/Dataset."""
    card = column.card
    known = {"license": card.license, "url": card.url, "citation": card.paper, "version": column.spec.version}
    about = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": card.title,
        "description": card.about or card.title,
    }
    return {**about, "variableMeasured": column.spec_headline, **{key: value for key, value in known.items() if value}}


def by_score(column: Column) -> list[str]:
    """Models from the best headline down."""
    better = 1.0 if column.card.higher_is_better is False else -1.0
    return sorted(column.cells, key=lambda name: (better * column.cells[name].headline.value, name))


def scale_of(column: Column) -> Scale:
    """A range that holds all whiskers and the chance level."""
    card = column.card
    ends = [end for cell in column.cells.values() for end in (cell.headline.low, cell.headline.high)]
    start, end = around([*ends, *([card.chance] if card.chance is not None else [])], card.low, card.high)
    return Scale(start * card.scale, end * card.scale)


def row(name: str, column: Column, board: Board, ranks: Ranks | None, x: Scale, chance: float | None) -> dict[str, Any]:
    """One model's line."""
    card, cell = board.models[name], column.cells[name]
    standing = ranks.standing.get(name) if ranks else None
    numbers = shown(cell, column)
    return {
        "title": card.label,
        "url": model_url(name),
        "reference": card.reference,
        "rank": rank_text(standing),
        "tier": standing.tier if standing else "",
        "plot": interval(x, numbers["value"], numbers["low"], numbers["high"], chance),
        **numbers,
    }


def needs_image(column: Column, board: Board) -> list[dict[str, Any]]:
    """For every blind run: what the same model gains from seeing the picture, and what it has without looking.

    Gain = with picture - without; leakage = without picture - random answers (the run of them, else the level
    that the benchmark states).
    """
    scale = column.card.scale
    random = column.cells.get("baseline/random")
    chance = random.headline.value if random else column.card.chance
    return [
        {
            "title": board.models[name].label,
            "blind": without * scale,
            "sighted": column.cells[name].headline.value * scale,
            "gain": (column.cells[name].headline.value - without) * scale,
            "leak": None if chance is None else (without - chance) * scale,
        }
        for name, without in _blind(column).items()
        if name in column.cells
    ]


def _blind(column: Column) -> dict[str, float]:
    """Model to its headline without pictures: a wrapped model, or an ablated run."""
    prefix = "baseline/blind:"
    found = {
        one.cell.spec.model: one.cell.headline.value
        for one in column.aside
        if (one.reason, one.value, one.cell.spec.version) == ("variant", "blind", column.spec.version)
    }
    wrapped = {n.removeprefix(prefix): c.headline.value for n, c in column.cells.items() if n.startswith(prefix)}
    return found | wrapped


def slice_table(column: Column, board: Board, order: Sequence[str]) -> dict[str, Any]:
    """Models by sub-score."""
    table = {name: {one["name"]: one for one in slices(column.cells[name], column)} for name in order}
    names = sorted({key for one in table.values() for key in one})[:SLICES]
    rows = [
        {
            "title": board.models[name].label,
            "reference": board.models[name].reference,
            "cells": [table[name].get(key) for key in names],
        }
        for name in order
    ]
    sizes = [max((table[name][key]["n"] for name in order if key in table[name]), default=0) for key in names]
    return {"heads": list(zip(names, sizes, strict=True)), "rows": rows if names else []}


def findings(found: Sequence[Finding], column: Column, board: Board, models: Sequence[str]) -> list[dict[str, Any]]:
    """Samples with a link to the best model's answer, and the question where it may be shown."""
    if not found:
        return []
    cell = aligned(column, models)[0]
    known = asked(samples_path(board.root, cell.run.info))
    out = []
    for one in found:
        sample = known.samples.get(one.id) if known.public else None
        question = " ".join(part.text or "" for part in sample.prompt if part.kind == "text") if sample else ""
        out.append(
            {
                "id": short(one.id, 80),
                "url": f"{run_dir(cell)}/{page_of(one.number)}.html",
                "number": one.number,
                "share": 100 * one.share,
                "models": one.models,
                "answer": one.answer,
                "question": short(question, 160),
                "target": short(plain(sample.target), 60) if sample else "",
            }
        )
    return out


def aside(column: Column, board: Board) -> list[dict[str, Any]]:
    """Whole runs that are not in the column, and what differs."""
    return [
        {
            "title": board.models[one.cell.spec.model].label,
            "reason": one.reason,
            "value": one.value,
            "score": one.cell.headline.value * column.card.scale,
            "n": one.cell.headline.n,
        }
        for one in column.aside
    ]


def facts(column: Column, lang: Language) -> list[tuple[str, Any]]:
    """The card as pairs of name and value; unknown ones are left out by the template."""
    card, spec, t = column.card, column.spec, lang.text
    source: Mapping[str, Any] = {**card.source, **spec.data}
    chance = None if card.chance is None else f"{card.chance * card.scale:.1f}"
    return [
        (t("fact.version"), spec.version),
        (t("fact.source"), text_of(source.get("id") or source.get("path") or source.get("kind"))),
        (t("fact.revision"), text_of(source.get("revision"))),
        (t("fact.split"), text_of(source.get("split"))),
        (t("fact.files"), data_url(spec.data)),
        (t("fact.rows"), card.rows),
        (t("fact.license"), card.license),
        (t("fact.url"), card.url),
        (t("fact.paper"), card.paper),
        (t("fact.metric"), card.metric_about),
        (t("fact.chance"), chance),
        (t("fact.scorer"), card.scorer),
        (t("fact.profile"), spec.profile),
        (t("fact.judge"), spec.judge),
        (t("fact.cluster"), card.cluster),
        (t("fact.system"), card.system),
        (t("fact.max_tokens"), card.max_tokens),
        (t("fact.policy"), ", ".join(f"{k}: {v}" for k, v in card.policy.items())),
    ]


def example(column: Column, root: Path) -> str:
    """The first prompt, where the licence lets a site show it."""
    cell = next(iter(column.cells.values()))
    known = asked(samples_path(root, cell.run.info))
    if not known.public or not known.samples:
        return ""
    sample = known.samples[min(known.samples)]
    parts = [part.text if part.kind == "text" and part.text else f"[{part.kind}]" for part in sample.prompt]
    return short("\n".join(parts), 2000)
