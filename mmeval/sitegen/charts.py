"""Charts as SVG text: coloured by the page's CSS classes, drawn without a browser, the same bytes each time."""

from __future__ import annotations

from markupsafe import Markup


def n(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def interval(
    value: float, low: float, high: float, *, start: float, end: float, chance: float | None = None, width: int = 220
) -> Markup:
    """A point with its whisker on the scale from start to end: one row of a forest plot.

    It is hidden from screen readers because the same numbers stand beside it.
    """
    span = (end - start) or 1.0

    def x(v: float) -> float:
        return 4 + (width - 8) * min(1.0, max(0.0, (v - start) / span))

    mark = (
        Markup('<line class="chance" x1="{0}" x2="{0}" y1="0" y2="18"/>').format(n(x(chance)))
        if chance is not None
        else Markup("")
    )
    return Markup(
        '<svg class="interval" width="{w}" height="18" viewBox="0 0 {w} 18" aria-hidden="true">'
        '<line class="axis" x1="4" x2="{e}" y1="9" y2="9"/>{mark}'
        '<line class="whisker" x1="{a}" x2="{b}" y1="9" y2="9"/>'
        '<circle class="dot" cx="{c}" cy="9" r="3.5"/></svg>'
    ).format(w=width, e=width - 4, mark=mark, a=n(x(low)), b=n(x(high)), c=n(x(value)))
