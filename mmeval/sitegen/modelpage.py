"""A model's page: its parts, what it can do, all of its scores, where it is strong and weak, how to run it again."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from mmeval.board import Board, Cell, Column, ModelCard
from mmeval.board.cards import PARTS
from mmeval.board.ranks import Ranks
from mmeval.board.views import corrected, percent
from mmeval.sitegen.boardpage import grouped, rank_text
from mmeval.sitegen.charts import Scale, strip
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import benchmark_url
from mmeval.sitegen.pages import command, provenance, shown, slices
from mmeval.store import slug
from mmeval.types import STATUSES

SMALLEST = 20
"""A sub-score on fewer samples says too little to be called a strength."""
LISTED = 6


Medians = tuple[float, dict[str, float]]
"""The median model's headline and sub-scores on one benchmark."""


def measured(
    card: ModelCard, board: Board, ranks: Mapping[str, Ranks | None], middle: Mapping[str, Medians]
) -> dict[str, Any]:
    """What model.html prints that is the same in all languages."""
    cells = board.of(card.name)
    apart = slice_gaps(cells, middle)
    return {
        "card": {"title": card.label, "name": card.name, "file": slug(card.name), "reference": card.reference},
        "capabilities": capabilities(card.name, board),
        "rows": [row(card.name, column, cell, board, ranks.get(column.card.name)) for column, cell in cells],
        "strong": [one for one in apart if one["gap"] > 0][:LISTED],
        "weak": [one for one in reversed(apart) if one["gap"] < 0][:LISTED],
        "statuses": failures(cells),
    }


def worded(card: ModelCard, board: Board, lang: Language) -> dict[str, Any]:
    """What model.html prints in the reader's language."""
    return {
        "parts": [(lang.text(f"part.{part}"), card.parts.get(part)) for part in PARTS] if card.parts else [],
        "card_facts": facts(card, lang),
        "runs": [reproduce(column, cell, lang) for column, cell in board.of(card.name)],
    }


def row(name: str, column: Column, cell: Cell, board: Board, ranks: Ranks | None) -> dict[str, Any]:
    """One benchmark's line: the model among all others."""
    numbers, scale = shown(cell, column), column.card.scale
    others = [
        c.headline.value * scale for m, c in column.cells.items() if m != name and board.models[m].reference is None
    ]
    chance = None if column.card.chance is None else column.card.chance * scale
    x = Scale(column.card.low * scale, column.card.high * scale)
    return {
        "title": column.card.title,
        "slug": slug(column.card.name),
        "benchmark_url": benchmark_url(column.card.name),
        "rank": rank_text(ranks.standing.get(name)) if ranks else "",
        "of": len(ranks.models) if ranks else 0,
        "plot": strip(x, others, numbers["value"], numbers["low"], numbers["high"], chance),
        **numbers,
    }


def facts(card: ModelCard, lang: Language) -> list[tuple[str, Any]]:
    """The card as pairs of name and value; unknown ones are left out by the template."""
    t = lang.text
    access = None if card.open is None else t("open") if card.open else t("closed")
    return [
        (t("fact.organization"), card.organization),
        (t("fact.released"), card.released.isoformat() if card.released else None),
        (t("fact.access"), access),
        (t("fact.parameters"), None if card.parameters is None else f"{card.parameters:g} B"),
        (t("fact.modalities"), ", ".join(card.modalities)),
        (t("fact.price"), price(card, lang)),
        (t("fact.url"), card.url),
    ]


def price(card: ModelCard, lang: Language) -> str:
    """US dollars per million tokens, with the date of the table."""
    cost = card.price
    if cost.input is None or cost.output is None:
        return ""
    dated = f" ({card.price_date.isoformat()})" if card.price_date else ""
    return lang.text("price", input=f"{cost.input:g}", output=f"{cost.output:g}") + dated


def capabilities(name: str, board: Board) -> list[dict[str, Any]]:
    """For each group of benchmarks: how many were run, the mean above chance, and the share of models below it."""
    out = []
    for group, columns in grouped(board.columns):
        have = [c for c in columns if name in c.cells]
        beaten = [share_below(name, c, board) for c in have]
        fair = [corrected(c.card, c.cells[name].headline.value) for c in have]
        known = [value for value in fair if value is not None]
        out.append(
            {
                "group": group,
                "run": len(have),
                "of": len(columns),
                "corrected": statistics.fmean(known) if known and len(known) == len(fair) else None,
                "percentile": 100 * statistics.fmean(beaten) if beaten else None,
            }
        )
    return out


def share_below(name: str, column: Column, board: Board) -> float:
    """Share of the other models with a lower score; ties count half."""
    own = percent(column.card, column.cells[name].headline.value)
    rivals = [
        percent(column.card, c.headline.value)
        for m, c in column.cells.items()
        if m != name and board.models[m].reference is None
    ]
    return statistics.fmean([(r < own) + 0.5 * (r == own) for r in rivals]) if rivals else 0.5


def medians(column: Column, board: Board) -> Medians:
    """Medians over the models of a benchmark, references aside; empty where there are fewer than three."""
    models = [cell for name, cell in column.cells.items() if board.models[name].reference is None]
    if len(models) < 3:
        return 0.0, {}
    values: dict[str, list[float]] = {}
    for cell in models:
        for one in slices(cell, column):
            values.setdefault(one["name"], []).append(one["value"])
    overall = statistics.median(cell.headline.value * column.card.scale for cell in models)
    return overall, {name: statistics.median(found) for name, found in values.items()}


def slice_gaps(cells: Sequence[tuple[Column, Cell]], middle: Mapping[str, Medians]) -> list[dict[str, Any]]:
    """Sub-scores against the median model's, beyond what the overall difference explains; largest first.

    Gaps are hundredths of the benchmark's range, so that those of different scales can stand in one list.
    """
    gaps: list[dict[str, Any]] = []
    for column, cell in cells:
        overall, theirs = middle[column.card.name]
        ahead = cell.headline.value * column.card.scale - overall
        point = (column.card.high - column.card.low) * column.card.scale / 100 or 1.0
        about = {"benchmark": column.card.title, "url": benchmark_url(column.card.name)}
        gaps += [
            {**one, **about, "gap": (one["value"] - theirs[one["name"]] - ahead) / point}
            for one in slices(cell, column)
            if one["n"] >= SMALLEST and one["name"] in theirs
        ]
    return sorted(gaps, key=lambda one: (-one["gap"], one["benchmark"], one["name"]))


def failures(cells: Sequence[tuple[Column, Cell]]) -> dict[str, Any]:
    """Statuses other than ok, and replies from which nothing could be read, by benchmark."""
    used = [s for s in STATUSES if s != "ok" and any(cell.run.info.counts.get(s) for _, cell in cells)]
    rows = []
    for column, cell in cells:
        counts = [cell.run.info.counts.get(status, 0) for status in used]
        if any(counts) or cell.run.info.unparsed:
            rows.append(
                {
                    "title": column.card.title,
                    "planned": cell.run.info.planned,
                    "counts": counts,
                    "unparsed": cell.run.info.unparsed,
                }
            )
    return {"heads": used, "rows": rows}


def reproduce(column: Column, cell: Cell, lang: Language) -> dict[str, Any]:
    """The command and the versions behind one number."""
    return {"title": column.card.title, "command": command(cell.run), "facts": provenance(cell.run, lang)}
