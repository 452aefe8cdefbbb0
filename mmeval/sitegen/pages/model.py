"""The page of a model: parts, scores, strengths and weaknesses, failures, and the commands that reproduce it.

Their index lists all models with their overall scores.
"""

from __future__ import annotations

import datetime
import functools
import math
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from mmeval.board import Aside, Board, Cell, Column, ModelCard
from mmeval.board.cards import PARTS
from mmeval.board.leakage import BlindGain
from mmeval.board.ranks import Ranks
from mmeval.board.views import View, corrected, grouped, percent
from mmeval.sitegen import data
from mmeval.sitegen.boardrows import group_title
from mmeval.sitegen.cardfacts import facts, headed
from mmeval.sitegen.cells import aside, command, in_words, provenance, rank_text, seldom, shown, slices, trust
from mmeval.sitegen.charts import Scale, axis, interval, marks, sized
from mmeval.sitegen.env import Language, Nav
from mmeval.sitegen.links import benchmark_url, chart_path, model_url, overall_badge
from mmeval.sitegen.missed import missed
from mmeval.sitegen.quality import seeing
from mmeval.sitegen.reported import reported_rows
from mmeval.sitegen.site import Context, File, Page, Site
from mmeval.store import slug
from mmeval.types import STATUSES

NAV = Nav("models.html", "nav.models", 30, under="m/")
SMALLEST = 20
"""Sub-scores on fewer samples are too uncertain to be called strengths or weaknesses."""
LISTED = 6
GAPS = Scale(-50, 50)
"""Of the chart of strengths and weaknesses, in hundredths of a benchmark's range."""
SHOWN = 200
"""Rows of the index that a page shows at once: laying out 1,000 keeps a phone busy for seconds."""
OTHERS = 3
"""Fewer other models make no share that a model is better than."""
VERSIONS = 12
"""Models of the same maker that a page lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """All models on one benchmark without references: the background for each of them."""

    median: float
    """Of the headlines, on the board's scale."""
    slices: Mapping[str, float]
    """Medians of the sub-scores; empty if there are fewer than three models."""
    own: Mapping[str, Sequence[Mapping[str, Any]]]
    """The sub-scores of each model, also of references."""
    percents: Sequence[float]
    """Ascending."""
    scale: Scale
    ticks: Markup


def pages(site: Site) -> Iterator[Page | File]:
    """The index, and a page and its data for each model with a run on the board."""
    yield Page("models.html", "models.html", functools.partial(index, site.views[0], site.board))
    fields = {column.card.name: field_of(column, site.board) for column in site.board.columns}
    listed = [name for name in site.board.models if site.board.of(name)]
    lost = missed((name for name in listed if site.board.models[name].reference is None), site.asked)
    about = {one.name: one.about for one in site.asked}
    for name in listed:
        card = site.board.models[name]
        yield Page(model_url(name), "model.html", context(card, site, fields, lost.get(name, [])))
        cells = [[about[column.card.name], cell.identity] for column, cell in site.board.of(name)]
        file, key = f"m/{slug(name)}", site.key(card.label, card.reference, cells)
        yield File(f"data/{file}.js", functools.partial(model_text, file, name, site.board), key=key)


def model_text(file: str, name: str, board: Board) -> str:
    """The data file of a model."""
    return data.data_text(file, data.model_data(name, board))


def context(card: ModelCard, site: Site, fields: Mapping[str, Field], lost: Sequence[Mapping[str, Any]]) -> Context:
    """The variables of model.html; `lost` are the questions that the model missed."""
    shared = measured(card, site.board, site.ranks, fields)
    shared["needs_image"] = seen(card.name, site.board, site.gains)
    shared["missed"] = lost
    view = site.views[0]
    shared["share"] = {
        "title": card.label,
        "updated": max((cell.finished for _, cell in site.board.of(card.name)), default=""),
        "badge": "",
        "chart": "",
        "files": [],
    }
    shared |= {"overall": overall(card, view, Scale(0, 100)), "versions": versions(card, view, site.board)}
    if shared["overall"]["mean"] is not None:
        shared["share"]["badge"] = overall_badge(card.name)
    told = [one for one in site.reported if one.model == card.name]
    runs = [reproduce(column, one) for column, cell in site.board.of(card.name) for one in cell.runs]

    def whole(lang: Language) -> dict[str, Any]:
        rows = reported_rows(told, site.board, lang, by="benchmark")
        made = [{**one, "facts": in_words(one["facts"], lang)} for one in runs]
        return {**shared, **worded(card, site.board, lang), "reported": rows, "runs": made}

    return whole


def index(view: View, board: Board, lang: Language) -> dict[str, Any]:
    """The variables of models.html: all models, best first."""
    scale = Scale(0, 100)
    return {
        "rows": [listed(board.models[name], view, scale, lang) for name in view.order],
        "shown": SHOWN,
        "axis": axis(scale),
        "benchmarks": len(view.columns),
        "share": {
            "title": lang.text("nav.models"),
            "updated": board.updated,
            "chart": chart_path("index.html"),
            "badge": "",
            "files": data.downloads("data/models"),
        },
    }


def listed(card: ModelCard, view: View, scale: Scale, lang: Language) -> dict[str, Any]:
    """One model of the index."""
    access = "" if card.open is None else lang.text("open" if card.open else "closed")
    return {
        "title": card.label,
        "url": model_url(card.name),
        "reference": card.reference,
        "organization": card.organization or "",
        "released": card.released.isoformat() if card.released else "",
        "size": "" if card.parameters is None else sized(card.parameters),
        "access": access,
        "coverage": view.lines[card.name].coverage,
        **overall(card, view, scale),
    }


def overall(card: ModelCard, view: View, scale: Scale) -> dict[str, Any]:
    """The mean over all benchmarks with its interval and rank; `guessed` where benchmarks are missing."""
    line = view.lines.get(card.name)
    if line is None or line.mean is None:
        return {"mean": None, "half": None, "rank": "", "of": 0, "guessed": False, "plot": ""}
    half = line.half or 0.0
    return {
        "mean": line.mean,
        "half": line.half,
        "rank": rank_text(view.ranks.intervals.get(card.name)) if view.ranks else "",
        "of": len(view.ranks.models) if view.ranks else 0,
        "guessed": bool(line.predicted),
        "plot": interval(scale, line.mean, line.mean - half, line.mean + half),
    }


def versions(card: ModelCard, view: View, board: Board) -> list[dict[str, Any]]:
    """The models of the same maker in the order of their release, of which this is one; empty if there is no other."""
    same = [
        one
        for name in view.order
        if (one := board.models[name]).organization == card.organization and one.released and one.reference is None
    ]
    if card.organization is None or card.released is None or len(same) < 2 or card not in same:
        return []
    same.sort(key=lambda one: (one.released or datetime.date.min, one.label.casefold()))
    at = same.index(card)
    near = same[max(0, at - VERSIONS // 2) :][:VERSIONS]
    return [
        {
            "title": one.label,
            "url": model_url(one.name),
            "here": one is card,
            "released": one.released.isoformat() if one.released else "",
            **overall(one, view, Scale(0, 100)),
        }
        for one in near
    ]


def measured(
    card: ModelCard, board: Board, ranks: Mapping[str, Ranks | None], fields: Mapping[str, Field]
) -> dict[str, Any]:
    """What is the same in all languages."""
    cells = board.of(card.name)
    apart = slice_gaps(cells, fields)
    rows = [
        row(card.name, column, cell, ranks.get(column.card.name), fields[column.card.name]) for column, cell in cells
    ]
    return {
        "card": {"title": card.label, "name": card.name, "file": slug(card.name), "reference": card.reference},
        "capabilities": capabilities(card, board, fields),
        "rows": rows,
        "odd": seldom(rows, ("failed", "truncated")),
        "strong": plotted([one for one in apart if one["gap"] > one["margin"]]),
        "weak": plotted([one for one in reversed(apart) if one["gap"] < -one["margin"]]),
        "statuses": failures(cells),
        "variants": variants(card.name, board),
    }


def seen(name: str, board: Board, gains: Mapping[str, Sequence[BlindGain]]) -> list[dict[str, Any]]:
    """What seeing is worth to this model, on each benchmark with a blind run of it."""
    return [
        {
            **seeing(one, column, board),
            "benchmark": column.card.title,
            "url": benchmark_url(column.card.name),
        }
        for column, _ in board.of(name)
        for one in gains[column.card.name]
        if one.model == name
    ]


def variants(name: str, board: Board) -> list[dict[str, Any]]:
    """Runs of the model in other settings or seasons than those of its rows, on any benchmark."""
    return [
        {**aside(one, column, column.card.title, kind), "url": benchmark_url(column.card.name)}
        for column in board.columns
        for kind, listed in (("setting", column.variants), ("excluded", _beside(column)))
        for one in listed
        if one.cell.spec.model == name
    ]


def _beside(column: Column) -> list[Aside]:
    """The rows of the other seasons."""
    return [
        Aside(cell=cell, reason="version", value=season.spec.version)
        for season in column.seasons
        for cell in season.cells.values()
    ]


def worded(card: ModelCard, board: Board, lang: Language) -> dict[str, Any]:
    """What depends on the language."""
    return {
        "parts": [(lang.text(f"part.{part}"), card.parts.get(part)) for part in PARTS] if card.parts else [],
        "headed": headed(card, lang),
        "fields": {group: group_title(group, lang) for group, _ in grouped(board.columns)},
        "maker": card.organization or "",
        "card_facts": facts(card, lang),
    }


def row(name: str, column: Column, cell: Cell, ranks: Ranks | None, field: Field) -> dict[str, Any]:
    """One benchmark: the model's numbers among those of all models."""
    numbers, scale = shown(cell, column), column.card.scale
    imported = [one for one in trust(cell) if one["tone"] == "warn"]
    chance = None if column.card.chance is None else column.card.chance * scale
    return {
        "title": column.card.title,
        "slug": slug(column.card.name),
        "benchmark_url": benchmark_url(column.card.name),
        "rank": rank_text(ranks.intervals.get(name)) if ranks else "",
        "of": len(ranks.models) if ranks else 0,
        "plot": interval(field.scale, numbers["value"], numbers["low"], numbers["high"], chance, under=field.ticks),
        **numbers,
        "marks": [*imported, *numbers["marks"]],
    }


def capabilities(card: ModelCard, board: Board, fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    """For each group of benchmarks: number of runs, mean above chance, and the share of models below this one."""
    out, among = [], card.reference is None
    for group, columns in grouped(board.columns):
        have = [(c.card, c.cells[card.name].headline.value) for c in columns if card.name in c.cells]
        beaten = [share_below(percent(b, value), fields[b.name].percents, among=among) for b, value in have]
        fair = [corrected(b, value) for b, value in have]
        others = min((len(fields[b.name].percents) - among for b, _ in have), default=0)
        known = [value for value in fair if value is not None]
        out.append(
            {
                "group": group,
                "run": len(have),
                "of": len(columns),
                "corrected": statistics.fmean(known) if known and len(known) == len(fair) else None,
                "percentile": 100 * statistics.fmean(beaten) if beaten and others >= OTHERS else None,
            }
        )
    return out


def share_below(own: float, percents: Sequence[float], *, among: bool) -> float:
    """Share of the other models with a lower score; ties count half. `among`: the model itself is one of the scores."""
    below, upto = bisect_left(percents, own), bisect_right(percents, own)
    rivals = len(percents) - among
    return (below + 0.5 * (upto - below - among)) / rivals if rivals else 0.5


def field_of(column: Column, board: Board) -> Field:
    """The medians and the chart's background of one benchmark."""
    card = column.card
    cells = [cell for name, cell in column.cells.items() if board.models[name].reference is None]
    own = {name: slices(cell, column) for name, cell in column.cells.items()}
    values: dict[str, list[float]] = {}
    for name, found in own.items():
        for one in found if board.models[name].reference is None else ():
            values.setdefault(one["name"], []).append(one["value"])
    heads = [cell.headline.value for cell in cells]
    x = Scale(card.low * card.scale, card.high * card.scale)
    return Field(
        median=statistics.median(heads) * card.scale if heads else 0.0,
        slices={name: statistics.median(found) for name, found in values.items()} if len(cells) >= 3 else {},
        own=own,
        percents=sorted(percent(card, value) for value in heads),
        scale=x,
        ticks=marks(x, (value * card.scale for value in heads)),
    )


def plotted(gaps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The first of some gaps, with their charts."""
    return [
        {**one, "plot": interval(GAPS, one["gap"], one["gap"] - one["margin"], one["gap"] + one["margin"], 0.0)}
        for one in gaps[:LISTED]
    ]


def slice_gaps(cells: Sequence[tuple[Column, Cell]], fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    """How far sub-scores differ from the median model's, beyond the overall difference; largest first.

    Gaps are in hundredths of the benchmark's range, so that different scales can be compared. `margin` is half of the
    gap's interval, from those of the sub-score and of the headline; the two move together, so it errs on the safe side.
    """
    gaps: list[dict[str, Any]] = []
    for column, cell in cells:
        theirs = fields[column.card.name].slices
        ahead = cell.headline.value * column.card.scale - fields[column.card.name].median
        half = (cell.headline.high - cell.headline.low) / 2 * column.card.scale
        point = (column.card.high - column.card.low) * column.card.scale / 100 or 1.0
        about = {"benchmark": column.card.title, "url": benchmark_url(column.card.name)}
        gaps += [
            {
                **one,
                **about,
                "gap": (one["value"] - theirs[one["name"]] - ahead) / point,
                "margin": math.hypot(one["half"], half) / point,
            }
            for one in fields[column.card.name].own[cell.spec.model]
            if one["n"] >= SMALLEST and one["name"] in theirs
        ]
    return sorted(gaps, key=lambda one: (-one["gap"], one["benchmark"], one["name"]))


def failures(cells: Sequence[tuple[Column, Cell]]) -> dict[str, Any]:
    """Failed requests by status, and unparsed replies, for each benchmark that has any."""
    seen = {status for _, cell in cells for status, n in cell.counts.items() if n}
    used = [status for status in STATUSES if status != "ok" and status in seen]
    rows = []
    for column, cell in cells:
        counts = [cell.counts.get(status, 0) for status in used]
        if any(counts) or cell.unparsed:
            rows.append(
                {
                    "title": column.card.title,
                    "planned": cell.planned,
                    "counts": counts,
                    "unparsed": cell.unparsed,
                }
            )
    return {"heads": used, "rows": rows}


def reproduce(column: Column, cell: Cell) -> dict[str, Any]:
    """The command and the versions behind one number; the facts have keys of messages as names."""
    return {"title": column.card.title, "command": command(cell.run), "facts": provenance(cell)}
