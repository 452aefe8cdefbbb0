"""The parts that all reports of a gate share: table rows, flips, footer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from mmeval.errors import MMEvalError
from mmeval.formatting import money, points
from mmeval.gate.verdict import BenchmarkVerdict, Flip, Verdict
from mmeval.store import Run, StoredSample, read_run, read_samples, samples_path, thumbnail_path

__all__ = ["COLUMNS", "GUARDS", "MARKS", "footer", "guard_rows", "limits", "row", "with_questions"]

MARKS = {
    "pass": "✅",
    "fail": "❌",
    "inconclusive": "❔",
    "not comparable": "🚫",
    "incomplete": "💥",
    "budget": "💸",
}
COLUMNS = ("benchmark", "tier", "base", "candidate", "difference", "gains/losses", "margin", "verdict", "cost")
GUARDS = ("benchmark", "guard", "base", "candidate", "limit", "result")
QUESTION = 600
"""Longest question in a report, in characters."""


def row(bench: BenchmarkVerdict) -> tuple[str, ...]:
    """The cells of one benchmark, for COLUMNS, as plain text."""
    delta = bench.difference
    verdict = bench.decision.upper() + (f" ({bench.tag})" if bench.tag else "")
    return (
        bench.name,
        bench.tier,
        points(bench.base),
        points(bench.candidate),
        f"{points(delta.value, signed=True)} {limits(bench)}" if delta else "n/a",
        f"+{delta.gains} -{delta.losses} of {delta.n}" if delta else "n/a",
        points(bench.margin),
        verdict,
        money(bench.cost),
    )


def limits(bench: BenchmarkVerdict) -> str:
    """`[-4.1, +0.3]`: the two one-sided bounds of the difference, in points."""
    delta = bench.difference
    return f"[{points(delta.low, signed=True)}, {points(delta.high, signed=True)}]" if delta else "n/a"


def guard_rows(verdict: Verdict) -> list[tuple[str, ...]]:
    """The cells of all guards, for GUARDS, as plain text."""
    return [
        (bench.name, guard.rule, *guard.figures, guard.outcome)
        for bench in verdict.benchmarks
        for guard in bench.guards
    ]


def footer(verdict: Verdict) -> list[str]:
    """Lines that say how the verdict was reached."""
    methods = sorted({bench.difference.method for bench in verdict.benchmarks if bench.difference is not None})
    return [
        f"Paired by sample; the ends of an interval are one-sided bounds ({', '.join(methods) or 'none computed'}); "
        f"alpha {verdict.alpha:g}; FAIL is adjusted over the gated benchmarks, and over their guards (Holm).",
        f"Only the {verdict.subject} may differ. Policy {verdict.policy_digest[:12]}, seed {verdict.seed}.",
        *verdict.notes,
    ]


def with_questions(verdict: Verdict) -> Verdict:
    """The verdict with questions and thumbnails added to its flips, if the samples of one of the runs are stored."""
    return replace(verdict, benchmarks=tuple(map(_with_questions, verdict.benchmarks)))


def _with_questions(bench: BenchmarkVerdict) -> BenchmarkVerdict:
    flips = bench.flips
    for folder in filter(None, (bench.candidate_run, bench.base_run)):
        with suppress(MMEvalError):  # questions are optional: a verdict must not fail because of them
            flips = _from(read_run(Path(folder)), flips)
    return replace(bench, flips=flips)


def _from(run: Run, flips: Sequence[Flip]) -> tuple[Flip, ...]:
    """The flips with the questions that are stored with this run. A run that stopped early has none."""
    file = run.samples()
    wanted = {flip.id for flip in flips if flip.question is None}
    if file is None or not wanted:
        return tuple(flips)
    found = {sample.id: sample for sample in read_samples(file) if sample.id in wanted}
    root, public = file.parents[2], file.name == samples_path(file.parents[2], run.info).name
    return tuple(
        replace(_asked(flip, found[flip.id], lambda sha: thumbnail_path(root, run.info, sha)), public=public)
        if flip.id in found
        else flip
        for flip in flips
    )


def _asked(flip: Flip, sample: StoredSample, thumbnail: Callable[[str], Path]) -> Flip:
    text = "\n".join(part.text for part in sample.prompt if part.text)
    pictures = (thumbnail(part.sha256) for part in sample.prompt if part.sha256)
    return replace(flip, question=text[:QUESTION], thumbnails=tuple(str(file) for file in pictures if file.is_file()))
