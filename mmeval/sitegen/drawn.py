"""Pictures that leave the site: charts for other pages (SVG), previews for chats and search engines (PNG)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from mmeval.sitegen.charts import Scale, n
from mmeval.sitegen.text import clean, short

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

MOST = 20
"""Rows of a chart."""
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1d21}.t{font-weight:600;font-size:15px}.m{fill:#5a606a}"
    ".a{stroke:#e6e5e0}.w{stroke:#0072b2;stroke-width:2}.d{fill:#0072b2}.b{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e8e9eb}.m{fill:#a3aab4}.a{stroke:#2b2f35}.w{stroke:#56a8dc}"
    ".d{fill:#56a8dc}.b{fill:#191c20}}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: a name, its score and the ends of the interval."""

    name: str
    value: float
    low: float
    high: float


def forest(title: str, note: str, bars: Sequence[Bar], start: float, end: float) -> str:
    """A chart of scores with intervals that needs nothing around it; it follows the reader's colour scheme."""
    shown, left, wide = bars[:MOST], 230, 720
    scale, high = Scale(start, end, wide - left - 60), 58 + 24 * len(bars[:MOST])
    rows = Markup("").join(
        Markup(
            '<g transform="translate(0 {y})"><text x="16" y="5">{name}</text><line class="a" x1="{x0}" x2="{x1}"/>'
            '<line class="w" x1="{a}" x2="{b}"/><circle class="d" cx="{c}" r="4"/>'
            '<text x="704" y="5" text-anchor="end">{value}</text></g>'
        ).format(
            y=52 + 24 * i, name=short(bar.name, 30), x0=left, x1=wide - 60, value=f"{bar.value:.1f}",
            a=n(left + scale(bar.low)), b=n(left + scale(bar.high)), c=n(left + scale(bar.value)),
        )
        for i, bar in enumerate(shown)
    )  # fmt: skip
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        'aria-label="{title}"><title>{title}</title><style>{style}</style>'
        '<rect class="b" width="{w}" height="{h}" rx="8"/>'
        '<text class="t" x="16" y="26">{title}</text><text class="m" x="704" y="26" text-anchor="end">{note}</text>'
        "{rows}</svg>\n"
    ).format(w=wide, h=high, title=clean(title), note=clean(note), style=Markup(STYLE), rows=rows)  # noqa: S704 - ours


WIDE, HIGH, INK, MUTED, BLUE, PAPER, LINE = 1200, 630, "#1b1d21", "#5a606a", "#0072b2", "#fcfcfa", "#e6e5e0"
ROWS = 6
"""Rows of a preview."""


def preview(site: str, title: str, note: str, bars: Sequence[Bar], start: float, end: float) -> bytes:
    """A picture of 1200 by 630 pixels that stands for a page where it is linked (PNG)."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDE, HIGH), PAPER)
    pen = ImageDraw.Draw(image)
    for i, top in enumerate((36, 20, 44, 12)):
        pen.rectangle((72 + 16 * i, top + 44, 82 + 16 * i, 104), fill=BLUE)
    _write(pen, (152, 70), site, 34, MUTED, 800)
    _write(pen, (72, 132), title, 60, INK, WIDE - 144)
    _write(pen, (72, 214), note, 30, MUTED, WIDE - 144)
    scale = Scale(start, end, 560)
    for i, bar in enumerate(bars[:ROWS]):
        y = 292 + 52 * i
        _write(pen, (72, y - 18), bar.name, 30, INK, 400)
        pen.line((490, y, 1050, y), fill=LINE, width=3)
        pen.line((490 + scale(bar.low), y, 490 + scale(bar.high), y), fill=BLUE, width=6)
        at = 490 + scale(bar.value)
        pen.ellipse((at - 10, y - 10, at + 10, y + 10), fill=BLUE)
        _write(pen, (1070, y - 18), f"{bar.value:.1f}", 30, INK, 120)
    out = io.BytesIO()
    image.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(pen: Any, at: tuple[float, float], text: str, size: int, colour: str, room: int) -> None:
    """One line of text that ends within its room. The font comes with Pillow; signs that it lacks are left out."""
    font = _font(size)
    shown = "".join(c for c in clean(text) if ord(c) < 0x250 or c in "–−±…")
    while shown and font.getlength(shown) > room:
        shown = f"{shown.removesuffix('…')[:-1]}…"
    pen.text(at, shown, font=font, fill=colour)


def _font(size: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)
