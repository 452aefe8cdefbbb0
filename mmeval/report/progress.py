"""How running runs look: a live table on a terminal, plain lines elsewhere, and the table at the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mmeval import numbers
from mmeval.runner import Tally
from mmeval.store import Run

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["Live", "Plain", "final_table", "line"]


class Plain:
    """One line per run every few seconds while something changes, and one when it ends."""

    EVERY_S = 5.0

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = time.monotonic()
        self._shown: dict[int, tuple[str, int]] = {}

    def tick(self, tallies: Sequence[Tally]) -> None:
        """Print what changed; ends are printed at once."""
        now = time.monotonic()
        due = now - self._last >= self.EVERY_S
        if due:
            self._last = now
        for index, tally in enumerate(tallies):
            state, done = self._shown.get(index, ("waiting", 0))
            ended = tally.state != state and tally.state not in ("running", "finishing")
            if ended or (due and tally.state == "running" and (tally.done != done or tally.stalled)):
                self._shown[index] = (tally.state, tally.done)
                self._console.print(line(tally), markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Nothing is held."""


class Live:
    """A table that is redrawn in place."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live as RichLive

        self._live = RichLive(console=console, auto_refresh=False, transient=True)
        self._live.start()

    def tick(self, tallies: Sequence[Tally]) -> None:
        """Redraw."""
        self._live.update(_live_table(tallies), refresh=True)

    def close(self) -> None:
        """Leave the terminal clean."""
        self._live.stop()


def line(tally: Tally) -> str:
    """One run in one line: done, score, failures, in flight, tokens, cost, rate, ETA."""
    name = f"{tally.model} {tally.benchmark}"
    return " | ".join([f"{name} {tally.state} {_done(tally)}", *filter(None, _cells(tally)[1:])])


def _cells(tally: Tally) -> list[str]:
    return [_done(tally), _score(tally), _failures(tally), _window(tally), _tokens(tally), _cost(tally), _pace(tally)]


def _live_table(tallies: Sequence[Tally]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in ("model", "benchmark", "done", "score", "failures", "in flight", "tokens", "cost", "rate"):
        table.add_column(head, overflow="fold", no_wrap=head in ("model", "benchmark"))
    for tally in tallies:
        table.add_row(*_escaped([tally.model, tally.benchmark, *_cells(tally)]))
    return table


def _escaped(cells: Sequence[str]) -> list[str]:
    from rich.markup import escape

    return [escape(cell) for cell in cells]


def _done(tally: Tally) -> str:
    return f"{tally.resumed + tally.done}/{tally.planned if tally.planned is not None else '?'}"


def _score(tally: Tally) -> str:
    score = tally.score
    if score is None:
        return tally.note if tally.state == "complete" else ""
    return numbers.score(score)


def _failures(tally: Tally) -> str:
    kinds = [f"{count} {kind}" for kind, count in sorted(tally.counts.items()) if kind != "ok"]
    return ", ".join([*kinds, *([f"no answer for {time.monotonic() - tally.last:.0f} s"] if tally.stalled else [])])


def _window(tally: Tally) -> str:
    if tally.channel is None or tally.state != "running":
        return ""
    throttle = tally.channel.throttle
    pace = f", {throttle.pace:.3g}/s" if throttle.pace is not None else ""
    return f"{throttle.in_flight}/{throttle.limit}{pace} in flight"


def _tokens(tally: Tally) -> str:
    return f"{numbers.count(tally.tokens)} tok" if tally.tokens else ""


def _cost(tally: Tally) -> str:
    return "" if tally.cost == 0 else f"cost {numbers.money(tally.cost)}"


def _pace(tally: Tally) -> str:
    if tally.state != "running" or not tally.rate:
        return ""
    eta = tally.eta_s
    return f"{tally.rate:.3g}/s" + (f", ETA {numbers.duration(eta)}" if eta is not None else "")


def final_table(runs: Sequence[Run]) -> Any:
    """What the runs came to, one row each; a renderable for a rich console."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in ("model", "benchmark", "status", "score", "n", "failures", "tokens", "cost", "time"):
        table.add_column(
            head,
            justify="right" if head in ("n", "tokens", "cost", "time") else "left",
            overflow="fold",
            no_wrap=head in ("model", "benchmark"),
        )
    for run in runs:
        table.add_row(*_escaped(_final_cells(run)))
    return table


def _final_cells(run: Run) -> list[str]:
    info = run.info
    totals, number = info.totals, info.metrics.get(info.headline)
    tokens = None if totals.input_tokens is None else totals.input_tokens + (totals.output_tokens or 0)
    bad = ", ".join(f"{count} {kind}" for kind, count in sorted(info.counts.items()) if kind != "ok")
    name = info.spec.benchmark + (f"+{info.spec.variant}" if info.spec.variant else "")
    return [
        info.spec.model,
        name,
        info.status,
        numbers.UNKNOWN if number is None else f"{numbers.points(number.value)} {numbers.interval(number)}",
        f"{number.n if number else 0}/{info.planned}",
        ", ".join(filter(None, [bad, f"{info.unparsed} unparsed" if info.unparsed else ""])),
        numbers.count(tokens),
        numbers.money(totals.cost),
        numbers.duration(totals.wall_s),
    ]
