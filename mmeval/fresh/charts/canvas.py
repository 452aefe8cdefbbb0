"""Paper for charts: a look drawn by chance, and matplotlib's drawing of it, independent of the user's settings.

The text uses the fonts of this package without hinting and the file carries no metadata, so that the pixels depend on
the release of matplotlib alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmeval.errors import UsageError
from mmeval.fresh.charts.scales import Scale, said
from mmeval.fresh.style import RGB, Style, png, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["DASHES", "HATCHES", "MARKERS", "Look", "axis", "draw", "labels", "legend", "look", "pale", "title"]

PALETTES = (
    ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"),
    ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377"),
    ("#332288", "#DDCC77", "#117733", "#CC6677", "#88CCEE", "#882255"),
    ("#0077BB", "#EE7733", "#33BBEE", "#CC3311", "#009988", "#EE3377"),
)
"""Colours that colour-blind people can tell apart: by Okabe and Ito, and by Paul Tol (bright, muted, vibrant)."""
DASHES = {"solid": "-", "dashed": (0, (6, 3)), "dotted": (0, (1, 2)), "dash-dotted": (0, (7, 2, 1, 2))}
MARKERS = ("o", "s", "^", "D", "v", "X")
HATCHES = ("", "///", "...", "xx", "\\\\\\", "++")
DPI = 100
MARGIN = {"left": 78, "right": 22, "top": 46, "bottom": 62}
"""Pixels around the axes."""
SIDE = 128
"""Pixels of a legend, or of a second axis, at the right."""
LINE = 24
"""Pixels of a line of a legend above or below."""


@dataclass(frozen=True, slots=True)
class Look:
    """The look of one chart."""

    style: Style
    colours: Sequence[str]
    grid: bool
    """Whether lines run across the picture from the axis; ticks are always there."""
    framed: bool
    """Whether all four sides have a line."""
    place: str
    """Of the legend: right, top, bottom, or empty where there is none."""
    hatched: bool

    @property
    def ink(self) -> str:
        """The colour of text and axes."""
        return html(self.style.ink)


def look(rng: random.Random, *, entries: int = 0) -> Look:
    """Draw a look, with room for a legend of so many entries; many of them stand at the right."""
    colours = list(rng.choice(PALETTES))
    rng.shuffle(colours)
    place = rng.choice(("right", "top", "bottom")) if entries < 5 else "right"
    return Look(
        style(rng), colours, grid=rng.random() < 0.7, framed=rng.random() < 0.5, place=place if entries else "",
        hatched=rng.random() < 0.3,
    )  # fmt: skip


def html(colour: RGB) -> str:
    """A colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def draw(look: Look, paint: Callable[[Axes], None], *, width: int = 400, height: int = 270, right: int = 0) -> bytes:
    """A chart as PNG. `paint` draws into axes of `width` by `height` pixels; `right` adds room at the right.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("charts are drawn with matplotlib: pip install 'mmeval-harness[plot]'") from None
    right += SIDE * (look.place == "right")
    above, below = LINE * (look.place == "top"), LINE * (look.place == "bottom")
    across, down = MARGIN["left"] + width + MARGIN["right"] + right, MARGIN["top"] + height + MARGIN["bottom"]
    down += above + below
    with mpl.rc_context(_settings(look)):
        figure = Figure(figsize=(across / DPI, down / DPI), dpi=DPI)
        canvas: Any = FigureCanvasAgg(figure)
        bottom = (MARGIN["bottom"] + below) / down
        axes = figure.add_axes((MARGIN["left"] / across, bottom, width / across, height / down))
        paint(axes)
        _letter(figure.findobj(mpl.text.Text), look)
        canvas.draw()
        return _png(canvas.buffer_rgba(), look)


def _png(pixels: memoryview, look: Look) -> bytes:
    import numpy as np
    from PIL import Image

    return png(Image.fromarray(np.asarray(pixels)[..., :3].copy()), look.style)


def _letter(texts: Sequence[Text], look: Look) -> None:
    """Write all texts in the font of the look."""
    for text in texts:
        font = text.get_fontproperties()
        font.set_file(str(look.style.font))
        text.set_fontproperties(font)


def _settings(look: Look) -> Any:
    """All settings of matplotlib: its defaults, whatever the user's file says, and the colours of the look."""
    import matplotlib as mpl

    paper, ink = html(look.style.paper), look.ink
    own = {
        "figure.facecolor": paper, "axes.facecolor": paper, "text.color": ink, "axes.edgecolor": ink,
        "axes.labelcolor": ink, "axes.titlecolor": ink, "xtick.color": ink, "ytick.color": ink,
        "axes.spines.right": look.framed, "axes.spines.top": look.framed, "axes.titlesize": 12, "font.size": 10,
        "legend.framealpha": 1.0, "legend.frameon": False, "text.hinting": "none", "axes.axisbelow": True,
        "hatch.linewidth": 0.6, "hatch.color": paper, "patch.edgecolor": paper, "axes.unicode_minus": False,
        "text.parse_math": False,
    }  # fmt: skip
    every: dict[Any, Any] = dict(mpl.rcParamsDefault)
    kept = {name: value for name, value in every.items() if not name.startswith(("backend", "toolbar"))}
    return {**kept, **own}


def pale(colour: str, look: Look) -> str:
    """A colour so light that ink stands out on it."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    red, green, blue = (round(0.5 * a + 0.5 * b) for a, b in zip(parts, look.style.paper, strict=True))
    return html((red, green, blue))


def axis(axes: Axes, scale: Scale, look: Look, *, name: str, which: str = "y", right: bool = False) -> None:
    """Give an axis its range, its labelled ticks, small ticks in between, and a name; a right one has no grid."""
    side = axes.yaxis if which == "y" else axes.xaxis
    (axes.set_ylim if which == "y" else axes.set_xlim)(scale.start, scale.top)
    side.set_ticks(scale.majors, labels=[said(value) for value in scale.majors])
    side.set_tick_params(length=6)
    side.set_label_text(name)
    small = 4 / _length(axes, which)
    _across(axes, scale.minors, which, (1, 1 + small) if right else (-small, 0), color=look.ink, linewidth=0.7)
    if look.grid and not right:
        pale = html(look.style.pale)
        _across(axes, scale.minors, which, (0, 1), color=pale, linewidth=0.5)
        _across(axes, scale.majors, which, (0, 1), color=pale, linewidth=1.0)


def _length(axes: Axes, which: str) -> float:
    """Pixels of the axes across an axis."""
    return axes.bbox.width if which == "y" else axes.bbox.height


def _across(axes: Axes, values: Sequence[float], which: str, span: tuple[float, float], **how: Any) -> None:
    """Lines at values of an axis, over a part of the axes' other direction: much faster than matplotlib's own ticks."""
    shared: dict[str, Any] = {"clip_on": False, "zorder": 0.6, **how}
    if which == "y":
        axes.hlines(values, *span, transform=axes.get_yaxis_transform(), **shared)
    else:
        axes.vlines(values, *span, transform=axes.get_xaxis_transform(), **shared)


def labels(axes: Axes, names: Sequence[str], look: Look, *, which: str = "x") -> None:
    """Names of categories at 0, 1, ...; long ones are turned."""
    places, side = range(len(names)), axes.xaxis if which == "x" else axes.yaxis
    side.set_ticks(places, labels=names)
    side.set_tick_params(length=0)
    if which == "x" and len(names) * (max(map(len, names)) + 1) * 8 > axes.bbox.width:
        for text in side.get_ticklabels():
            text.set(rotation=38, ha="right", rotation_mode="anchor")


def title(axes: Axes, words: str, look: Look) -> None:
    """The title above the chart and above a legend there."""
    axes.set_title(words, pad=LINE + 8 if look.place == "top" else 8, fontsize=12)


def legend(axes: Axes, look: Look, handles: Sequence[Any] | None = None) -> None:
    """The legend at its place, outside the axes."""
    entries = axes.get_legend_handles_labels()[0] if handles is None else list(handles)
    shared: dict[str, Any] = {"handles": entries, "handlelength": 2.6, "borderaxespad": 0, "fontsize": 9}
    if look.place == "right":
        axes.legend(loc="upper left", bbox_to_anchor=(1 + 14 / axes.bbox.width, 1), **shared)
        return
    below = -MARGIN["bottom"] / axes.bbox.height
    anchor = (0.5, 1.015 if look.place == "top" else below)
    shared |= {"loc": "lower center" if look.place == "top" else "upper center", "columnspacing": 1.2}
    axes.legend(bbox_to_anchor=anchor, ncols=len(entries), **shared)
