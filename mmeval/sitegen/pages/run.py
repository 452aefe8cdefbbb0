"""The pages of a run: a front page with its numbers, and its samples fifty to a page."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmeval.board import Cell, Column, ModelCard
from mmeval.board.vectors import OUTCOMES
from mmeval.sitegen import samples
from mmeval.sitegen.answers import page_ranges, write_samples
from mmeval.sitegen.cells import command, marks, provenance, shown, slices, text_of
from mmeval.sitegen.env import Language, Renderer
from mmeval.sitegen.links import badge_path, benchmark_url, model_url, run_dir, run_url
from mmeval.sitegen.site import Job, Site
from mmeval.sitegen.text import short
from mmeval.sitegen.writer import put
from mmeval.store import read_run, samples_path, slug


def pages(site: Site) -> Iterator[Job]:
    """One job for each run whose pages are out of date."""
    for column in site.board.columns:
        for model, cell in column.cells.items():
            for one in cell.runs:
                yield from job(one, column, site.board.models[model], site)


def job(cell: Cell, column: Column, card: ModelCard, site: Site) -> Iterator[Job]:
    """The pages of one run, unless they are up to date."""
    base, journal, root = facts(cell, column, card), cell.run.files.journal, site.options.results
    stat = [journal.stat().st_size, journal.stat().st_mtime_ns] if journal.exists() else []
    stamp = samples.stamp(samples_path(root, cell.run.info))
    numbers = shown(cell, column)
    key = site.key(base, cell.run.info.model_dump(mode="json"), cell.vector.digest, numbers, stat, stamp)
    names = ["index", *map(str, range(1, len(page_ranges(len(cell.vector.ids))) + 1))]
    files = [f"{lang.folder}{run_dir(cell)}/{name}.html" for lang in site.languages for name in names]
    if site.fresh(files, key):
        return
    write = functools.partial(
        write_pages,
        cell.run.path,
        root,
        site.options.out,
        site.renderer,
        {**base, "totals": count(cell.vector.outcomes), "replies": bool(stat)},
        [front_page(cell, column, card, lang) for lang in site.languages],
    )
    yield Job(files=files, key=key, folder=cell.run.path, write=write)


def write_pages(
    folder: Path, root: Path, out: Path, renderer: Renderer, facts: dict[str, Any], fronts: list[dict[str, Any]]
) -> str:
    """Write the front page and the sample pages of a run; returns what is wrong with its journal, or nothing."""
    for place, front in zip(renderer.places(facts["run_url"]), fronts, strict=True):
        put(out / place.file, renderer.page("run.html", place, **front).encode("utf-8", "replace"))
    return write_samples(read_run(folder), root, out, renderer, facts)


def facts(cell: Cell, column: Column, card: ModelCard) -> dict[str, Any]:
    """What all pages of one run share."""
    return {
        "model": {"title": card.label, "url": model_url(card.name), "file": slug(card.name)},
        "benchmark": {
            "title": column.card.title,
            "url": benchmark_url(column.card.name),
            "name": column.card.name,
        },
        "mark": cell.mark,
        "run_url": run_url(cell),
        "run_dir": run_dir(cell),
    }


def front_page(cell: Cell, column: Column, card: ModelCard, lang: Language) -> dict[str, Any]:
    """The variables of run.html."""
    outcomes = cell.vector.outcomes
    ranges = page_ranges(len(cell.vector.ids))
    links = [
        {"url": f"{run_dir(cell)}/{i}.html", "first": a, "last": b, "counts": count(outcomes[a - 1 : b])}
        for i, (a, b) in enumerate(ranges, 1)
    ]
    return {
        **facts(cell, column, card),
        **shown(cell, column),
        "tags": marks(cell),
        "metric": cell.run.info.primary_metric,
        "badge": badge_path(column.card.name, card.name),
        "shards": links,
        "totals": count(outcomes),
        "slices": slices(cell, column),
        "command": command(cell.run),
        "provenance": provenance(cell.run, lang),
        "example": short(text_of(cell.run.info.provenance.get("example")), 4000),
    }


def count(outcomes: str) -> list[tuple[str, int]]:
    """The number of samples with each outcome, in the order of OUTCOMES, without zeros."""
    return [(code, outcomes.count(code)) for code in OUTCOMES if code in outcomes]
