"""A verdict as GitHub markdown for the job summary and the pull request comment, at most 60 KB."""

from __future__ import annotations

from mmeval.formatting import plain
from mmeval.gate.verdict import BenchmarkVerdict, Flip, Verdict
from mmeval.report.verdicts import COLUMNS, GUARDS, MARKS, footer, guard_rows, row

__all__ = ["LIMIT", "comment", "markdown"]

LIMIT = 60_000
"""Bytes; GitHub rejects comments above 64 KB."""
SHOWN = 20
"""Regressions listed for one benchmark."""


def comment(verdict: Verdict) -> str:
    """The body of a pull request comment; its first line identifies the comment that it replaces."""
    return _bounded(f"<!-- mmeval-gate:{verdict.name} -->\n", verdict)


def markdown(verdict: Verdict) -> str:
    """The body of a job summary."""
    return _bounded("", verdict)


def _bounded(head: str, verdict: Verdict) -> str:
    """The text with as many regressions as fit."""
    for shown in (SHOWN, 5, 0):
        text = head + _body(verdict, shown)
        if len(text.encode()) <= LIMIT:
            return text
    cut = text.encode()[: LIMIT - 40].decode(errors="ignore")
    return f"{cut[: cut.rfind(chr(10))]}\n\n(cut at 60 KB)\n"


def _body(verdict: Verdict, shown: int) -> str:
    lines = [f"### {MARKS[verdict.decision]} mmeval {cell(verdict.name)}: {cell(verdict.summary)}", ""]
    lines += [f"| {' | '.join(COLUMNS)} |", f"|{'|'.join(['---', '---', *['---:'] * 5, '---', '---:'])}|"]
    lines += [f"| {' | '.join(map(cell, _marked(bench)))} |" for bench in verdict.benchmarks]
    lines.append("")
    for bench in verdict.benchmarks:
        lines += [f"- **{cell(bench.name)}**: {cell('; '.join(bench.reasons))}", ""]
        lines += _regressions(bench, shown)
    lines += _guards(verdict)
    lines += ["<details><summary>Method and how to reproduce</summary>", ""]
    lines += [f"- {cell(line)}" for line in footer(verdict)]
    lines += ["", f"```sh\n{verdict.command.replace('```', '')}\n```", "</details>", ""]
    return "\n".join(lines)


def _marked(bench: BenchmarkVerdict) -> tuple[str, ...]:
    cells = list(row(bench))
    cells[7] = f"{MARKS[bench.decision]} {cells[7]}"
    return tuple(cells)


def _guards(verdict: Verdict) -> list[str]:
    rows = guard_rows(verdict)
    if not rows:
        return []
    head = [f"| {' | '.join(GUARDS)} |", "|---|---|---:|---:|---:|---|"]
    return [*head, *(f"| {' | '.join(map(cell, row))} |" for row in rows), ""]


def _regressions(bench: BenchmarkVerdict, shown: int) -> list[str]:
    worse = [flip for flip in bench.flips if flip.candidate < flip.base]
    if not shown or not worse:
        return []
    lines = [f"<details><summary>{len(worse)} regressed samples of {cell(bench.name)}</summary>", ""]
    lines += ["| sample | question | before | after |", "|---|---|---|---|"]
    lines += [_flip(flip) for flip in worse[:shown]]
    return [*lines, "", "</details>", ""]


def _flip(flip: Flip) -> str:
    question = cell((flip.question or "")[:120]) if flip.public else ""
    before, after = (cell((answer or "(none)")[:60]) for answer in (flip.base_answer, flip.candidate_answer))
    return f"| {cell(flip.id[:80])} | {question} | {before} ({flip.base:g}) | {after} ({flip.candidate:g}) |"


def cell(text: str) -> str:
    """Text as one line of a table cell, with markup, links, mentions and line breaks disabled."""
    line = " ".join(plain(text).split())
    for char in "\\`*_{}[]<>#|~":
        line = line.replace(char, f"\\{char}" if char != "<" else "&lt;")
    return line.replace("@", "@\u200b").replace("://", ":\u200b//")
