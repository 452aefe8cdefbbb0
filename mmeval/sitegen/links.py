"""Addresses of pages, relative to the root of their language."""

from __future__ import annotations

from mmeval.board import Cell
from mmeval.store import slug


def model_url(name: str) -> str:
    """Page of a model."""
    return f"m/{slug(name)}.html"


def benchmark_url(name: str) -> str:
    """Page of a benchmark."""
    return f"b/{slug(name)}.html"


def badge_path(benchmark: str, model: str) -> str:
    """A badge without its ending, which is `.svg` or `.json`."""
    return f"badge/{slug(benchmark)}/{slug(model)}"


def view_url(name: str) -> str:
    """Page of a view of the board."""
    return "index.html" if name == "all" else f"v/{slug(name)}.html"


def run_dir(cell: Cell) -> str:
    """Folder of the pages of one run."""
    return f"r/{cell.key}"


def run_url(cell: Cell) -> str:
    """Front page of one run."""
    return f"{run_dir(cell)}/index.html"


def snapshot_url(month: str) -> str:
    """Page of the board at the end of a month."""
    return f"s/{month}.html"
