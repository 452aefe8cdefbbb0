"""The table of `mmeval run --plan`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.markup import escape

from mmeval.runner.estimate import Estimated

__all__ = ["estimate_table"]


def estimate_table(found: Sequence[Estimated]) -> Any:
    """A renderable for a rich console: one row per model and benchmark, and the total cost."""
    from rich.table import Table

    heads = ("model", "benchmark", "samples", "answered", "images", "text tok", "image tok", "output tok", "cost")
    table = Table(box=None, pad_edge=False, caption=_caption(found), caption_justify="left")
    for head in heads:
        table.add_column(
            head,
            justify="left" if head in ("model", "benchmark") else "right",
            overflow="fold",
            no_wrap=head in ("model", "benchmark"),
        )
    for item in found:
        samples = f"{item.samples}" + (f" x {item.epochs}" if item.epochs > 1 else "")
        images = "n/a" if item.image_tokens is None else f"{item.image_tokens:,}"
        table.add_row(
            escape(item.model),
            escape(item.benchmark),
            samples,
            f"{item.answered}",
            f"{item.images}",
            f"~{item.text_tokens:,}",
            images,
            f"{item.output_low:,} to {item.output_high:,}",
            _cost(item.cost_low, item.cost_high),
        )
    return table


def _cost(low: float | None, high: float | None) -> str:
    return "n/a" if low is None or high is None else f"${low:.2f} to ${high:.2f}"


def _caption(found: Sequence[Estimated]) -> str:
    lows, highs = [item.cost_low for item in found], [item.cost_high for item in found]
    if any(low is None for low in lows):
        return "n/a: the price or the provider's rule for image tokens is unknown"
    total = _cost(sum(low or 0.0 for low in lows), sum(high or 0.0 for high in highs))
    dates = sorted({item.price_date for item in found if item.price_date})
    return f"total {total}" + (f"; prices of {', '.join(dates)}" if dates else "")
