"""The page of a benchmark: its card, the score of every model, sub-scores, and notable samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.board import Board, Cell, Column
from mmeval.board.findings import Finding, aligned, hardest, suspicious
from mmeval.board.leakage import published
from mmeval.board.ranks import Ranks
from mmeval.sitegen import data, samples
from mmeval.sitegen.answers import page_of
from mmeval.sitegen.cells import aside, rank_text, shown, slices, text_of
from mmeval.sitegen.charts import Scale, around, axis, interval
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import benchmark_url, model_url, run_dir
from mmeval.sitegen.quality import asked_otherwise, cutoffs, needs_image, quality_of
from mmeval.sitegen.site import Context, File, Page, Site
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import short
from mmeval.store import samples_path, slug

SLICES = 24
"""Sub-scores that the table shows. More do not fit a screen; run.json has them all."""


def pages(site: Site) -> Iterator[Page | File]:
    """A page, its data and its thumbnails for each benchmark."""
    root = site.board.root
    for column in site.board.columns:
        name = column.card.name
        yield Page(benchmark_url(name), "benchmark.html", context(column, site))
        yield data.data_file(f"s/{slug(name)}", data.samples_data(column, samples.tags_of(column, root)))
        yield from samples.thumbs(column, root)


def context(column: Column, site: Site) -> Context:
    """The variables of benchmark.html."""
    shared = measured(column, site.board, site.ranks[column.card.name])
    return lambda lang: {**shared, "card_facts": facts(column, lang)}


def measured(column: Column, board: Board, ranks: Ranks | None) -> dict[str, Any]:
    """What is the same in all languages: everything but the facts of the card."""
    order = by_score(column)
    models = [name for name in order if board.models[name].reference is None]
    x = scale_of(column)
    chance = None if column.card.chance is None else column.card.chance * column.card.scale
    rows = [row(name, column, board, ranks, x, chance) for name in order]
    return {
        "card": {"title": column.card.title, "about": column.card.about or "", "known": column.card.known},
        "dataset": dataset(column),
        "metric": column.primary_metric,
        "compared": column.compared(ranks.models) if ranks else "mean",
        "axis": axis(x),
        "chance": chance,
        "rows": rows,
        "full": column.full,
        "needs_image": needs_image(column, board),
        "quality": quality_of(column, models),
        "otherwise": asked_otherwise(column, board),
        "cutoffs": cutoffs(column, board, samples.tags_of(column, board.root)),
        "slices": slice_table(column, board, order),
        "hardest": findings(hardest(column, models), column, board, models),
        "suspicious": findings(suspicious(column, models), column, board, models),
        "variants": [aside(one, column, title(one.cell, board), "setting") for one in column.variants],
        "limited": [{"title": title(cell, board), **shown(cell, column)} for cell in column.limited],
        "excluded": [aside(one, column, title(one.cell, board), "excluded") for one in column.excluded],
        "example": example(column, board.root),
    }


def dataset(column: Column) -> dict[str, Any]:
    """Structured data for search engines: schema.org/Dataset."""
    card = column.card
    known = {"license": card.license, "url": card.url, "citation": card.paper, "version": column.spec.version}
    about = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": card.title,
        "description": card.about or card.title,
    }
    return {**about, "variableMeasured": column.primary_metric, **{key: value for key, value in known.items() if value}}


def by_score(column: Column) -> list[str]:
    """Models, best headline first."""
    better = 1.0 if column.card.higher_is_better is False else -1.0
    return sorted(column.cells, key=lambda name: (better * column.cells[name].headline.value, name))


def scale_of(column: Column) -> Scale:
    """A range with room for all whiskers and the chance level."""
    card = column.card
    ends = [end for cell in column.cells.values() for end in (cell.headline.low, cell.headline.high)]
    start, end = around([*ends, *([card.chance] if card.chance is not None else [])], card.low, card.high)
    return Scale(start * card.scale, end * card.scale)


def row(name: str, column: Column, board: Board, ranks: Ranks | None, x: Scale, chance: float | None) -> dict[str, Any]:
    """One model's line."""
    card, cell = board.models[name], column.cells[name]
    rank = ranks.intervals.get(name) if ranks else None
    numbers = shown(cell, column)
    return {
        "title": card.label,
        "url": model_url(name),
        "reference": card.reference,
        "rank": rank_text(rank),
        "tier": rank.tier if rank else "",
        "plot": interval(x, numbers["value"], numbers["low"], numbers["high"], chance),
        **numbers,
    }


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
    """Samples with a link to the best model's answer, and with the prompt if the licence allows it."""
    if not found:
        return []
    cell = aligned(column, models)[0]
    known = samples.load(samples_path(board.root, cell.run.info))
    out = []
    for one in found:
        sample = known.by_id.get(one.id) if known.public else None
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
                "target": short(samples.plain(sample.target), 60) if sample else "",
            }
        )
    return out


def title(cell: Cell, board: Board) -> str:
    """The model's label."""
    return board.models[cell.spec.model].label


def facts(column: Column, lang: Language) -> list[tuple[str, Any]]:
    """The card as pairs of name and value; the template leaves out unknown values."""
    card, spec, t = column.card, column.spec, lang.text
    day = published(card)
    source: Mapping[str, Any] = {**card.source, **spec.data}
    chance = None if card.chance is None else f"{card.chance * card.scale:.1f}"
    return [
        (t("fact.version"), spec.version),
        (t("fact.source"), text_of(source.get("id") or source.get("path") or source.get("kind"))),
        (t("fact.revision"), text_of(source.get("revision"))),
        (t("fact.split"), text_of(source.get("split"))),
        (t("fact.files"), data_url(spec.data)),
        (t("fact.rows"), card.rows),
        (t("fact.published"), text_of(day and day.isoformat())),
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
    """The first prompt, if the licence allows it."""
    cell = next(iter(column.cells.values()))
    known = samples.load(samples_path(root, cell.run.info))
    if not known.public or not known.by_id:
        return ""
    sample = known.by_id[min(known.by_id)]
    parts = [part.text if part.kind == "text" and part.text else f"[{part.kind}]" for part in sample.prompt]
    return short("\n".join(parts), 2000)
