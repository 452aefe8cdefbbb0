"""The runs on the board, newest first: as a page and as an Atom feed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from mmeval.board import Board, Cell, Column, ModelCard
from mmeval.board.months import months
from mmeval.sitegen.env import Nav
from mmeval.sitegen.links import benchmark_url, model_url, run_url, snapshot_url
from mmeval.sitegen.site import File, Page, Site
from mmeval.sitegen.text import clean
from mmeval.store import slug

NAV = Nav("changelog.html", "nav.changelog", 100, footer=True)
LISTED, FED = 300, 50
"""Entries of the page and of the feed."""


def pages(site: Site) -> Iterator[Page | File]:
    """The page and the feed."""
    found = changes(site.board)
    shown = {"days": by_day(found), "snapshots": [{"month": m, "url": snapshot_url(m)} for m in months(site.board)]}
    yield Page("changelog.html", "changelog.html", lambda _: shown)
    yield File("feed.xml", feed(found, site.board.updated, site.options.title, site.options.base))


def changes(board: Board) -> list[dict[str, Any]]:
    """The runs behind the cells of the board, newest first."""
    found = [
        (one.finished, column, name, one)
        for column in board.columns
        for name, cell in column.cells.items()
        for one in cell.runs
    ]
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
        "id": cell.run.spec_digest,
    }


def by_day(found: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Entries grouped by day."""
    days: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        days.setdefault(one["when"][:10] or "–", []).append(one)
    return list(days.items())


def feed(found: list[dict[str, Any]], updated: str, title: str, base: str) -> str:
    """Atom (RFC 4287) with the times of the runs. `base` is the site's address, or empty for relative links."""
    base = base and base.rstrip("/") + "/"
    entries = "".join(entry(one, base) for one in found[:FED] if one["when"])
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(clean(title))}</title><id>urn:mmeval:{slug(title)}</id>"
        f"<updated>{updated or '1970-01-01T00:00:00Z'}</updated><author><name>{escape(clean(title))}</name></author>"
        f'<link href="{escape(base)}index.html"/>{entries}</feed>\n'
    )


def entry(one: dict[str, Any], base: str) -> str:
    """One run in the feed."""
    address = escape(base + one["run_url"])
    text = clean(f"{one['model']}: {one['value']:.1f} ±{one['half']:.1f} on {one['benchmark']}")
    return (
        f"<entry><title>{escape(text)}</title><id>urn:sha256:{one['id']}</id><updated>{one['when']}</updated>"
        f'<link href="{address}"/><summary>{escape(text)}</summary></entry>'
    )
