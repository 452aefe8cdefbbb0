"""Badges: SVG, and the JSON that shields.io reads as an endpoint."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

from markupsafe import Markup

from mmeval.sitegen.links import badge_path, overall_badge
from mmeval.sitegen.site import File, Site
from mmeval.sitegen.text import clean


def pages(site: Site) -> Iterator[File]:
    """Two files for each cell of the board, and two for each model's overall score."""
    view = site.views[0]
    for name, line in view.lines.items():
        if line.mean is not None:
            yield from badge(site, overall_badge(name), site.options.title, f"{line.mean:.1f} ±{line.half or 0:.1f}")
    for column in site.board.columns:
        for name, cell in column.cells.items():
            scale = column.card.scale
            value = f"{cell.headline.value * scale:.1f} ±{(cell.headline.high - cell.headline.low) / 2 * scale:.1f}"
            yield from badge(site, badge_path(column.card.name, name), column.card.title, value)


def badge(site: Site, path: str, label: str, value: str) -> Iterator[File]:
    """One badge in its two formats, made anew only when it says something else."""
    key = f"{site.source[:16]} {label} {value}"
    yield File(f"{path}.svg", functools.partial(svg, label, value), key=key)
    yield File(f"{path}.json", functools.partial(endpoint, label, value), key=key)


def endpoint(label: str, value: str) -> str:
    """What shields.io reads."""
    made = {"schemaVersion": 1, "label": clean(label), "message": value, "color": "0072b2"}
    return json.dumps(made, ensure_ascii=False, sort_keys=True) + "\n"


def svg(label: str, value: str) -> str:
    """A flat badge of two fields; `textLength` sets their widths, so that they do not depend on the reader's font."""
    left, right = 12 + 7 * len(label), 12 + 7 * len(value)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="20" role="img" aria-label="{label}: {value}">'
        '<title>{label}: {value}</title><rect width="{w}" height="20" rx="3" fill="#3b4048"/>'
        '<path d="M{left} 0h{inner}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{inner}z" fill="#0072b2"/>'
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
