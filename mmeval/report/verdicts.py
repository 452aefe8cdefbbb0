"""The parts that all reports of a gate share: table rows, flips, footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mmeval.errors import MMEvalError
from mmeval.formatting import money, points
from mmeval.gate.verdict import BenchmarkVerdict, Flip, Verdict
from mmeval.store import StoredSample, read_run, read_samples, samples_path, thumbnail_path

__all__ = ["COLUMNS", "MARKS", "footer", "limits", "notable", "row", "with_questions"]

MARKS = {
    "pass": "✅",
    "fail": "❌",
    "inconclusive": "❔",
    "not comparable": "🚫",
    "incomplete": "💥",
    "budget": "💸",
}
COLUMNS = ("benchmark", "tier", "base", "candidate", "difference", "gains/losses", "margin", "verdict", "cost")
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


def notable(bench: BenchmarkVerdict) -> list[str]:
    """The guards that did not pass and are not among the reasons yet."""
    texts = [guard.text for guard in bench.guards if guard.decision != "pass"]
    return [text for text in texts if text not in bench.reasons]


def footer(verdict: Verdict) -> list[str]:
    """Lines that say how the verdict was reached."""
    methods = sorted({bench.difference.method for bench in verdict.benchmarks if bench.difference is not None})
    return [
        f"Paired by sample; the ends of an interval are one-sided bounds ({', '.join(methods) or 'none computed'}); "
        f"alpha {verdict.alpha:g}; FAIL is adjusted over the gated benchmarks (Holm).",
        f"Only the {verdict.subject} may differ. Policy {verdict.policy_digest[:12]}, seed {verdict.seed}.",
        *verdict.notes,
    ]


def with_questions(verdict: Verdict) -> Verdict:
    """The verdict with questions and thumbnails added to its flips, if the candidate's samples are stored."""
    return replace(verdict, benchmarks=tuple(map(_with_questions, verdict.benchmarks)))


def _with_questions(bench: BenchmarkVerdict) -> BenchmarkVerdict:
    wanted = {flip.id for flip in bench.flips}
    if not wanted or bench.candidate_run is None:
        return bench
    try:
        run = read_run(Path(bench.candidate_run))
        root = run.path.absolute().parents[2]
        file = samples_path(root, run.info)
        found = {sample.id: sample for sample in read_samples(file) if sample.id in wanted} if file.exists() else {}
    except MMEvalError:
        return bench  # questions are optional: a verdict must not fail because of them
    flips = tuple(
        _asked(flip, found[flip.id], [thumbnail_path(root, run.info, p.sha256 or "") for p in found[flip.id].prompt])
        if flip.id in found
        else flip
        for flip in bench.flips
    )
    return replace(bench, flips=flips)


def _asked(flip: Flip, sample: StoredSample, thumbnails: Sequence[Path]) -> Flip:
    text = "\n".join(part.text for part in sample.prompt if part.text)
    pictures = tuple(str(file) for file in thumbnails if file.is_file())
    return replace(flip, question=text[:QUESTION], thumbnails=pictures)
