"""Verdicts and comparisons as tables in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from mmeval.comparable import Change
from mmeval.compare import Comparison, Pair, Side
from mmeval.formatting import plain, plural, points
from mmeval.gate.verdict import Verdict
from mmeval.report.verdicts import COLUMNS, GUARDS, footer, guard_rows, row

__all__ = ["print_comparison", "print_rows", "print_verdict"]

COLOURS = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


def text_of(text: str, style: str = "") -> RichText:
    """Text without markup and without control characters."""
    return RichText(plain(text), style=style)


def print_verdict(verdict: Verdict, console: Console) -> None:
    """Print the summary, the table, the reasons and the method."""
    colour = COLOURS.get(verdict.decision, "red")
    console.print(text_of(verdict.summary, style=f"bold {colour}"))
    rows = [row(bench) for bench in verdict.benchmarks]
    print_rows(COLUMNS, rows, console, right=(2, 3, 4, 5, 6, 8))
    for bench in verdict.benchmarks:
        for reason in bench.reasons:
            console.print(text_of(f"  {bench.name}: {reason}"))
    if guards := guard_rows(verdict):
        print_rows(GUARDS, guards, console, right=(2, 3, 4))
    for line in footer(verdict):
        console.print(text_of(line, style="dim"))


def print_rows(
    columns: Sequence[str], rows: Sequence[Sequence[str]], console: Console, *, right: Sequence[int] = ()
) -> None:
    """Print a plain table; cells are never read as markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(columns):
        table.add_column(name, justify="right" if i in right else "left", overflow="fold")
    for cells in rows:
        table.add_row(*(text_of(cell) for cell in cells))
    console.print(table)


def print_comparison(found: Comparison, console: Console, *, flips: int) -> None:
    """Print how the runs were made differently, the difference of their scores, and the largest changes."""
    _changes(found.changes, console)
    base, candidate = found.base, found.candidate
    names = (f"base       {base.run.info.spec.model}", f"candidate  {candidate.run.info.spec.model}")
    for name, side in zip(names, (base, candidate), strict=True):
        counts = ", ".join(f"{count} {status}" for status, count in sorted(side.counts.items()))
        console.print(text_of(f"{name}  {points(side.mean())}  ({counts}){_if_missing(side)}"))
    missing = len(found.only_base) + len(found.only_candidate)
    both = plural(len(found.pairs), "sample")
    console.print(text_of(f"{both} in both, {len(found.unmeasured)} unmeasured, {missing} in one run only"))
    if base.run.info.wrong:
        console.print(f"lower is better: shown is what is right, 100 - {base.run.info.primary_metric} of each sample")
    delta = found.difference
    if delta is None:
        console.print("no sample was measured in both runs")
        return
    console.print(
        text_of(
            f"difference {points(delta.value, signed=True)} points "
            f"[{points(delta.low, signed=True)}, {points(delta.high, signed=True)}] "
            f"({delta.level:.0%}, {delta.method}), +{delta.gains} -{delta.losses}, p(no drop) = {delta.p_worse:.3g}"
        )
    )
    if found.unmeasured or found.only_base:
        worst, best = (points(one.value, signed=True) for one in found.bounds(level=delta.level))
        console.print(text_of(f"if what is missing were counted, the difference would be {worst} to {best} points"))
    changed = found.flips
    losses = [pair for pair in changed if pair.change < 0][:flips]
    gains = [pair for pair in reversed(changed) if pair.change > 0][:flips]
    for title, pairs in (("worse", losses), ("better", gains)):
        if pairs:
            console.print(text_of(f"{title}:", style="bold"))
            print_rows(("sample", "base", "candidate", "answer before", "answer after"), _rows(pairs), console)


def _if_missing(side: Side) -> str:
    if not side.missing:
        return ""
    wrong, right = map(points, side.bounds())
    return f"; {wrong} if the {len(side.missing)} missing were wrong, {right} if right"


def _changes(changes: Sequence[Change], console: Console) -> None:
    if not changes:
        console.print("the runs were made the same way")
        return
    console.print(text_of("what differs:", style="bold"))
    for change in changes:
        console.print(text_of(f"  {change}"))


def _rows(pairs: Sequence[Pair]) -> list[tuple[str, ...]]:
    return [
        (pair.id, f"{pair.base:g}", f"{pair.candidate:g}", pair.base_answer or "", pair.candidate_answer or "")
        for pair in pairs
    ]
