"""Where the progress of a call is shown: in a notebook's output, on a terminal, or as lines in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mmeval.runner import Observer

__all__ = ["shown"]


@contextmanager
def shown(*, progress: bool) -> Iterator[Observer | None]:
    """A display of progress while the block runs; None without progress."""
    if not progress:
        yield None
        return
    from mmeval.report.console import PlainConsole
    from mmeval.report.notebook import Notebook, in_notebook
    from mmeval.report.progress import observer

    display = Notebook() if in_notebook() else observer(PlainConsole(stderr=True, highlight=False))
    try:
        yield display
    finally:
        display.close()
