"""What leaves the site: tables in three formats, charts to embed, and the pictures that stand for links to pages."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmeval.board import Column, ModelCard
from mmeval.sitegen import data
from mmeval.sitegen.cells import rank_text
from mmeval.sitegen.drawn import Bar, forest, preview
from mmeval.sitegen.links import chart_path, preview_path
from mmeval.sitegen.site import File, Site
from mmeval.sitegen.writer import digest
from mmeval.store import slug


def pages(site: Site) -> Iterator[File]:
    """All files; the pictures only where the site's address is known, because a link to them must be absolute."""
    yield from tables(site)
    yield from charts(site)
    if site.options.base:
        yield from previews(site)


def tables(site: Site) -> Iterator[File]:
    """Every score, the models with their overall scores, and each benchmark."""
    scores, aside = data.board_rows(site.board, site.views[0], site.ranks), data.aside_rows(site.board)
    updated = site.board.updated
    yield from in_formats("data/board", scores, updated=updated, aside=aside)
    yield from in_formats("data/models", data.model_rows(site.board, site.views[0]), updated=updated)
    for column in site.board.columns:
        own = [row for row in scores if row["benchmark"] == column.card.name]
        yield from in_formats(f"data/b/{slug(column.card.name)}", own, updated=updated)


def in_formats(path: str, rows: Sequence[Mapping[str, Any]], **about: Any) -> Iterator[File]:
    """A table as CSV, Parquet and JSON; the last also has what is known about it."""
    text = data.as_csv(rows)
    yield File(f"{path}.csv", text)
    yield File(f"{path}.json", data.as_json(rows, **about))
    yield File(f"{path}.parquet", functools.partial(data.as_parquet, rows), key=digest([1, text]))


def overall_bars(site: Site) -> list[Bar]:
    """The mean over all benchmarks of each model, best first."""
    view, models = site.views[0], site.board.models
    lines = [view.lines[name] for name in view.order if models[name].reference is None]
    return [
        Bar(models[line.model].label, line.mean, line.mean - half, line.mean + half)
        for line in lines
        if line.mean is not None
        for half in [line.half or 0.0]
    ]


def column_bars(column: Column, models: Mapping[str, ModelCard]) -> list[Bar]:
    """The scores of the models on one benchmark, best first."""
    scale, worse = column.card.scale, column.card.higher_is_better is False
    found = [
        Bar(models[name].label, cell.headline.value * scale, cell.headline.low * scale, cell.headline.high * scale)
        for name, cell in column.cells.items()
        if models[name].reference is None
    ]
    return sorted(found, key=lambda bar: (bar.value if worse else -bar.value, bar.name))


def ends(column: Column) -> tuple[float, float]:
    """The ends of a benchmark's scale."""
    return column.card.low * column.card.scale, column.card.high * column.card.scale


def charts(site: Site) -> Iterator[File]:
    """A chart of the overall scores, and one of each benchmark."""
    day = site.board.updated[:10]
    yield File(chart_path("index.html"), forest(site.options.title, day, overall_bars(site), 0, 100))
    for column in site.board.columns:
        bars = column_bars(column, site.board.models)
        yield File(chart_path(f"b/{slug(column.card.name)}.html"), forest(column.card.title, day, bars, *ends(column)))


def previews(site: Site) -> Iterator[File]:
    """A picture for the board, each benchmark and each model."""
    bars, day = overall_bars(site), site.board.updated[:10]
    yield drawn(
        site,
        "index.html",
        site.options.title,
        f"{len(bars)} models · {len(site.board.columns)} benchmarks · {day}",
        bars,
    )
    for column in site.board.columns:
        found = column_bars(column, site.board.models)
        yield drawn(
            site,
            f"b/{slug(column.card.name)}.html",
            column.card.title,
            f"{len(found)} models · {day}",
            found,
            *ends(column),
        )
    for name, card in site.board.models.items():
        if site.board.of(name):
            yield of_model(site, card)


def of_model(site: Site, card: ModelCard) -> File:
    """The picture of a model: its scores on the benchmarks where it is best among the others."""
    view = site.views[0]
    line = view.lines.get(card.name)
    rank = rank_text(view.ranks.intervals.get(card.name)) if view.ranks else ""
    mean = (
        ""
        if line is None or line.mean is None
        else f"{'~' if line.predicted else ''}{line.mean:.1f} ±{line.half or 0:.1f}"
    )
    note = " · ".join(part for part in (card.organization, mean, f"rank {rank}" if rank else "") if part)
    cells = sorted(site.board.of(card.name), key=lambda pair: pair[0].card.title)
    bars = [
        Bar(column.card.title, *(100 * column.card.share(v) for v in (head.value, head.low, head.high)))
        for column, cell in cells
        for head in [cell.headline]
    ]
    return drawn(site, f"m/{slug(card.name)}.html", card.label, note, bars)


def drawn(
    site: Site, page: str, title: str, note: str, bars: Sequence[Bar], start: float = 0, end: float = 100
) -> File:
    """The picture of a page; it is drawn again when what it shows has changed."""
    values = (site.options.title, title, note, bars[:6], start, end)
    key = site.key("preview", [str(value) for value in values])
    return File(preview_path(page), functools.partial(preview, *values), key=key)
