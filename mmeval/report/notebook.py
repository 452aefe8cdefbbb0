"""Runs and comparisons as HTML for a notebook. Every text is escaped, because replies and names may be hostile."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from mmeval.compare import Comparison
from mmeval.formatting import points
from mmeval.report.html import escape
from mmeval.report.progress import FINAL, LIVE, cells, final_cells
from mmeval.runner import Progress
from mmeval.store import Run

__all__ = ["Notebook", "comparison_html", "in_notebook", "runs_html", "table"]

FLIPS = 10
"""Changed samples that a comparison shows, of each kind."""


def in_notebook() -> bool:
    """Whether this is a notebook's kernel, which shows HTML."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return getattr(shell, "kernel", None) is not None


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 2) -> str:
    """A table; the first `left` columns are texts, the others numbers."""
    marks = ["left" if i < left else "right" for i in range(len(head))]

    def line(tag: str, texts: Sequence[str]) -> str:
        made = (
            f'<{tag} style="text-align: {mark}">{escape(text)}</{tag}>' for mark, text in zip(marks, texts, strict=True)
        )
        return f"<tr>{''.join(made)}</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', head)}</thead><tbody>{body}</tbody></table>"


def runs_html(runs: Sequence[Run], notes: Sequence[str]) -> str:
    """One row per run, then the notes."""
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return table(FINAL, [final_cells(run) for run in runs], left=3) + below


def comparison_html(found: Comparison) -> str:
    """What differs, both scores, the difference with its interval, and the samples that changed most."""
    notes = [f"{change}" for change in found.changes] or ["the runs were made the same way"]
    sides = [
        [name, side.run.info.spec.model, points(side.mean()), str(len(side.items))]
        for name, side in (("base", found.base), ("candidate", found.candidate))
    ]
    parts = [table(("", "model", "score", "samples"), sides), f"<p>{escape(_difference(found))}</p>"]
    parts += [f"<p>differs: {escape(text)}</p>" for text in notes]
    losses = [pair for pair in found.flips if pair.change < 0][:FLIPS]
    gains = [pair for pair in reversed(found.flips) if pair.change > 0][:FLIPS]
    for title, pairs in (("worse", losses), ("better", gains)):
        rows = [[p.id, p.base_answer or "", p.candidate_answer or "", f"{p.base:g}", f"{p.candidate:g}"] for p in pairs]
        if rows:
            head = (title, "answer before", "answer after", "base", "candidate")
            parts.append(table(head, rows, left=3))
    return "".join(parts)


def _difference(found: Comparison) -> str:
    delta = found.difference
    if delta is None:
        return "no sample was measured in both runs"
    bounds = f"[{points(delta.low, signed=True)}, {points(delta.high, signed=True)}]"
    return (
        f"difference {points(delta.value, signed=True)} points {bounds} ({delta.level:.0%}, {delta.method}), "
        f"+{delta.gains} -{delta.losses} of {delta.n}, p(no drop) = {delta.p_worse:.3g}"
    )


class Notebook:
    """Shows the progress of runs in the output of a notebook's cell, which needs no widgets."""

    EVERY_S = 0.5

    def __init__(self) -> None:
        shown: Any = import_module("IPython.display")  # untyped, and only there in a notebook
        self._made = shown.HTML
        self._handle = shown.display(self._made(""), display_id=True)
        self._last = 0.0

    def tick(self, lines: Sequence[Progress]) -> None:
        """Update the table, at most twice a second."""
        now = time.monotonic()
        if now - self._last >= self.EVERY_S:
            self._last = now
            self._handle.update(self._made(_live(lines)))

    def close(self) -> None:
        """Remove the table."""
        self._handle.update(self._made(""))


def _live(lines: Sequence[Progress]) -> str:
    bars = "".join(f"<div>{_bar(one)} {escape(one.model)} {escape(one.benchmark)}</div>" for one in lines)
    return bars + table(LIVE, [[one.model, one.benchmark, *cells(one)] for one in lines])


def _bar(progress: Progress) -> str:
    done = progress.resumed + progress.done
    return f'<progress value="{done}" max="{progress.planned or max(1, done)}"></progress>'
