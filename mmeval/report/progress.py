"""Progress of runs: a live table on a terminal, plain lines elsewhere, and a table at the end."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mmeval import formatting as numbers
from mmeval.runner import Progress
from mmeval.store import Number, Run

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["FINAL", "LIVE", "Live", "Plain", "cells", "final_cells", "final_table", "line", "observer"]

LIVE = ("model", "benchmark", "done", "score", "failures", "in flight", "tokens", "cost", "rate")
"""Columns of a run that goes on; `cells` has all but the first two."""
FINAL = ("model", "benchmark", "status", "score", "n", "failures", "tokens", "cost", "time")
"""Columns of a run that has ended."""


class Plain:
    """Prints one line per run every few seconds if something has changed, and one when the run ends."""

    EVERY_S = 5.0

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = time.monotonic()
        self._shown: dict[int, tuple[str, int]] = {}

    def tick(self, lines: Sequence[Progress]) -> None:
        """Print the runs that changed; a run that ended is printed at once."""
        now = time.monotonic()
        due = now - self._last >= self.EVERY_S
        if due:
            self._last = now
        for index, progress in enumerate(lines):
            state, done = self._shown.get(index, ("waiting", 0))
            ended = progress.state != state and progress.state not in ("running", "finishing")
            if progress.state == "failed" and not progress.began:
                continue  # its error is printed at the end, and there is nothing else to say
            if ended or (due and progress.state == "running" and (progress.done != done or progress.stalled)):
                self._shown[index] = (progress.state, progress.done)
                self._console.print(line(progress), markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Nothing to release."""


class Live:
    """A table that is updated in place."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live as RichLive

        self._live = RichLive(console=console, auto_refresh=False, transient=True)
        self._live.start()

    def tick(self, lines: Sequence[Progress]) -> None:
        """Update the table."""
        self._live.update(_live_table(lines), refresh=True)

    def close(self) -> None:
        """Remove the table from the terminal."""
        self._live.stop()


def observer(console: Console, *, quiet: bool = False) -> Live | Plain:
    """A display: live on a terminal, otherwise (in CI, and where it should be quiet) plain lines."""
    live = console.is_terminal and not os.environ.get("CI") and not quiet
    return Live(console) if live else Plain(console)


def line(progress: Progress) -> str:
    """One run in one line: done, score, failures, in flight, tokens, cost, rate, ETA."""
    name = f"{progress.model} {progress.benchmark}"
    return " | ".join([f"{name} {progress.state} {_done(progress)}", *filter(None, cells(progress)[1:])])


def cells(progress: Progress) -> list[str]:
    """What is known about a run that goes on, for the columns LIVE after the names."""
    return [
        _done(progress),
        _score(progress),
        _failures(progress),
        _window(progress),
        _tokens(progress),
        _cost(progress),
        _pace(progress),
    ]


def _live_table(lines: Sequence[Progress]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in LIVE:
        table.add_column(head, overflow="fold", no_wrap=head in ("model", "benchmark"))
    for progress in lines:
        table.add_row(*_escaped([progress.model, progress.benchmark, *cells(progress)]))
    return table


def _escaped(cells: Sequence[str]) -> list[str]:
    from rich.markup import escape

    return [escape(cell) for cell in cells]


def _done(progress: Progress) -> str:
    return f"{progress.resumed + progress.done}/{progress.planned if progress.planned is not None else '?'}"


def _score(progress: Progress) -> str:
    score = progress.score
    known = "" if score is None else numbers.score(score, scale=progress.scale)
    return ", ".join(filter(None, [known, progress.note if progress.state == "complete" else ""]))


def _failures(progress: Progress) -> str:
    kinds = [f"{count} {kind}" for kind, count in sorted(progress.counts.items()) if kind != "ok"]
    return ", ".join(
        [*kinds, *([f"no answer for {time.monotonic() - progress.last:.0f} s"] if progress.stalled else [])]
    )


def _window(progress: Progress) -> str:
    if progress.client is None or progress.state != "running":
        return ""
    throttle = progress.client.throttle
    rate = f", {throttle.rate:.3g}/s" if throttle.rate is not None else ""
    return f"{throttle.in_flight}/{throttle.limit}{rate} in flight"


def _tokens(progress: Progress) -> str:
    return f"{numbers.count(progress.tokens)} tok" if progress.tokens else ""


def _cost(progress: Progress) -> str:
    return "" if progress.cost == 0 else f"cost {numbers.money(progress.cost)}"


def _pace(progress: Progress) -> str:
    if progress.state != "running" or not progress.rate:
        return ""
    eta = progress.eta_s
    return f"{progress.rate:.3g}/s" + (f", ETA {numbers.duration(eta)}" if eta is not None else "")


def final_table(runs: Sequence[Run]) -> Any:
    """A renderable for a rich console: one row per run with its status, score and cost."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in FINAL:
        table.add_column(
            head,
            justify="right" if head in ("n", "tokens", "cost", "time") else "left",
            overflow="fold",
            no_wrap=head in ("model", "benchmark"),
        )
    for run in runs:
        table.add_row(*_escaped(final_cells(run)))
    return table


def _few(number: Number | None) -> str:
    return numbers.FEW if number is not None and number.few_clusters else ""


def final_cells(run: Run) -> list[str]:
    """The cells of one run, for the columns FINAL."""
    info = run.info
    totals, number = info.totals, info.metrics.get(info.primary_metric)
    tokens = None if totals.input_tokens is None else totals.input_tokens + (totals.output_tokens or 0)
    bad = ", ".join(f"{count} {kind}" for kind, count in sorted(info.counts.items()) if kind != "ok")
    name = info.spec.benchmark + (f"+{info.spec.variant}" if info.spec.variant else "")
    return [
        info.spec.model,
        name,
        info.status,
        numbers.score(number, scale=info.scale),
        f"{number.n if number else 0}/{info.planned}",
        ", ".join(filter(None, [bad, f"{info.unparsed} unparsed" if info.unparsed else "", _few(number)])),
        numbers.count(tokens),
        numbers.money(totals.cost),
        numbers.duration(totals.wall_s),
    ]
