"""What leads to the board from elsewhere: the changelog, its Atom feed, badges, and the board as it was in a month."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from mmeval.board import Board, Cell, Column, ModelCard
from mmeval.board.collect import make_column
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import badge_path, benchmark_url, model_url, run_url
from mmeval.sitegen.text import clean
from mmeval.store import slug

LISTED, FED, MONTHS = 300, 50, 24
"""Entries of the changelog and of the feed, and snapshots that are kept."""


def changes(board: Board) -> list[dict[str, Any]]:
    """Every cell of the board, newest first."""
    found = [(cell.finished, column, name, cell) for column in board.columns for name, cell in column.cells.items()]
    found.sort(key=lambda one: (one[0], one[1].card.name, one[2]), reverse=True)
    return [change(column, board.models[name], cell) for _, column, name, cell in found[:LISTED]]


def change(column: Column, card: ModelCard, cell: Cell) -> dict[str, Any]:
    """One entry."""
    scale, head = column.card.scale, cell.headline
    return {
        "when": cell.finished,
        "model": card.label,
        "model_url": model_url(card.name),
        "benchmark": column.card.title,
        "benchmark_url": benchmark_url(column.card.name),
        "value": head.value * scale,
        "half": (head.high - head.low) / 2 * scale,
        "run_url": run_url(cell),
        "id": cell.spec.digest,
    }


def changelog_page(board: Board, snapshots: Sequence[str], lang: Language) -> dict[str, Any]:
    """Runs by day."""
    del lang
    days: dict[str, list[dict[str, Any]]] = {}
    for one in changes(board):
        days.setdefault(one["when"][:10] or "–", []).append(one)
    return {"days": list(days.items()), "snapshots": [{"month": m, "url": f"s/{m}.html"} for m in snapshots]}


def feed(board: Board, title: str, base: str) -> str:
    """Atom (RFC 4287); times are those of the runs. `base` is where the site will be, or empty for relative links."""
    base = base and base.rstrip("/") + "/"
    entries = "".join(entry(one, base) for one in changes(board)[:FED] if one["when"])
    updated = board.updated or "1970-01-01T00:00:00Z"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(clean(title))}</title><id>urn:mmeval:{slug(title)}</id>"
        f"<updated>{updated}</updated><author><name>{escape(clean(title))}</name></author>"
        f"<link href={quoteattr(base + 'index.html')}/>{entries}</feed>\n"
    )


def entry(one: dict[str, Any], base: str) -> str:
    """One run in the feed."""
    text = clean(f"{one['model']}: {one['value']:.1f} ±{one['half']:.1f} on {one['benchmark']}")
    return (
        f"<entry><title>{escape(text)}</title><id>urn:sha256:{one['id']}</id><updated>{one['when']}</updated>"
        f"<link href={quoteattr(base + one['run_url'])}/><summary>{escape(text)}</summary></entry>"
    )


def badges(board: Board) -> Iterator[tuple[str, str]]:
    """File and content of every badge: SVG, and the JSON that shields.io reads as an endpoint."""
    for column in board.columns:
        for name, cell in column.cells.items():
            scale = column.card.scale
            value = f"{cell.headline.value * scale:.1f} ±{(cell.headline.high - cell.headline.low) / 2 * scale:.1f}"
            file = badge_path(column.card.name, name)
            yield f"{file}.svg", badge(column.card.title, value)
            made = {"schemaVersion": 1, "label": clean(column.card.title), "message": value, "color": "blue"}
            yield f"{file}.json", json.dumps(made, ensure_ascii=False, sort_keys=True) + "\n"


def badge(label: str, value: str) -> str:
    """A flat badge of two fields; widths are set by `textLength`, so that they do not depend on the reader's font."""
    left, right = 12 + 7 * len(label), 12 + 7 * len(value)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="20" role="img" aria-label="{label}: {value}">'
        '<title>{label}: {value}</title><rect width="{w}" height="20" rx="3" fill="#3b4048"/>'
        '<path d="M{left} 0h{inner}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{inner}z" fill="#0a56c2"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        '<text x="6" y="14" textLength="{a}" lengthAdjust="spacingAndGlyphs">{label}</text>'
        '<text x="{x}" y="14" textLength="{b}" lengthAdjust="spacingAndGlyphs">{value}</text></g></svg>\n'
    ).format(
        w=left + right,
        left=left,
        inner=right - 3,
        label=clean(label),
        value=value,
        x=left + 6,
        a=left - 12,
        b=right - 12,
    )


def months(board: Board) -> list[str]:
    """Months (YYYY-MM) in which something was run, newest first, without the running one."""
    found = {cell.finished[:7] for column in board.columns for cell in column.cells.values() if cell.finished}
    found |= {one.cell.finished[:7] for column in board.columns for one in column.aside if one.cell.finished}
    return sorted(found, reverse=True)[1 : MONTHS + 1]


def as_of(board: Board, month: str) -> Board:
    """The board from the runs that had ended by the end of a month; the store alone decides."""
    columns = []
    for column in board.columns:
        every = [*column.cells.values(), *(one.cell for one in column.aside)]
        then = [cell for cell in every if cell.finished and cell.finished[:7] <= month]
        if then:
            columns.append(make_column(column.card, then))
    return replace(board, columns=columns)
