"""Addresses of pages, relative to the root of their language."""

from __future__ import annotations

import hashlib
import re

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


def overall_badge(model: str) -> str:
    """The badge of a model's mean over all benchmarks, without its ending."""
    return f"badge/{slug(model)}"


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


def questions_url(benchmark: str) -> str:
    """Page of all questions of a benchmark; see `question_url`."""
    return f"q/{slug(benchmark)}.html"


def question_url(benchmark: str, key: str) -> str:
    """Page of one question: the page of its benchmark's questions, which shows the one that the fragment names.

    It depends on the benchmark's name and the question's id alone, so it is the same in every build.
    """
    return f"{questions_url(benchmark)}#{anchor(key)}"


def anchor(key: str) -> str:
    """A question's id as a fragment of an address: `q-` and letters, digits, `.`, `_` and `-`.

    Ids with other characters, long ones and those that look like a changed one get ten digits of a digest, so that no
    two are equal.
    """
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", key)[:60]
    if safe == key and not re.search(r"-[0-9a-f]{10}$", key):
        return f"q-{key}"
    return f"q-{safe}-{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def chart_path(page: str) -> str:
    """The chart of a page, for other people's pages."""
    return f"chart/{page.removesuffix('.html')}.svg"


def preview_path(page: str) -> str:
    """The picture that stands for links to a page: that of the model or the benchmark it is about, else the board's."""
    kind, _, rest = page.partition("/")
    name = rest.removesuffix(".html").partition("/")[0]
    folder = {"m": "m", "r": "m", "b": "b", "q": "b"}.get(kind) if rest else None
    return f"og/{folder}/{name}.png" if folder else "og/index.png"
