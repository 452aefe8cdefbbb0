"""From comparisons to decisions: non-inferiority per benchmark, Holm over the family, one verdict.

PASS requires that every gated benchmark is non-inferior: an intersection-union test, which needs no correction. FAIL
claims that at least one has dropped, so its p-values are adjusted over all of them. docs/design/gate.md derives both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmeval.comparable import refused
from mmeval.compare import Comparison, Pair
from mmeval.errors import BudgetError, MMEvalError, NotComparableError, UsageError
from mmeval.formatting import points
from mmeval.gate.bounds import extremes
from mmeval.gate.guards import adjusted, check_guards
from mmeval.gate.policy import Bench, Policy
from mmeval.gate.verdict import EXIT_CODES, BenchmarkVerdict, Decision, Flip, Verdict
from mmeval.stats.multiplicity import holm
from mmeval.stats.paired import Difference, difference
from mmeval.stats.power import detectable, needed
from mmeval.store import Measures, Run

__all__ = [
    "Case", "Early", "check_size", "conclude", "decide", "margin_of", "passes_unchanged", "rule", "smallest",
    "too_small",
]  # fmt: skip

FLIPS = 50
"""The most losses, and the most gains, that a verdict lists."""
UNKNOWN = Measures()


@dataclass(frozen=True, slots=True)
class Early:
    """Why a run was stopped early: the evidence of a drop."""

    samples: int
    units: int
    alpha: float
    against: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One benchmark before the decision: a comparison, or the error that prevented it."""

    name: str
    comparison: Comparison | None = None
    problem: MMEvalError | None = None
    early: Early | None = None
    base: Measures = UNKNOWN
    candidate: Measures = UNKNOWN


def decide(cases: Sequence[Case], policy: Policy) -> tuple[BenchmarkVerdict, ...]:
    """Decide every benchmark.

    Raises:
        UsageError: a gated benchmark has too few samples to pass even if no answer changes.
    """
    found = [_blocked(case, policy) or _measured(case, policy) for case in cases]
    gated = [i for i, bench in enumerate(found) if bench.gated and bench.difference is not None]
    for i, p in zip(gated, holm([_p(found[i]) for i in gated]).tolist(), strict=True):
        found[i] = replace(found[i], p_adjusted=p)
    shown = [[i] for i, bench in enumerate(found) if not bench.gated]
    for family in [[i for i, bench in enumerate(found) if bench.gated], *shown]:
        decided = adjusted([found[i].guards for i in family], alpha=policy.guard_alpha)
        for i, guards in zip(family, decided, strict=True):
            found[i] = replace(found[i], guards=guards)
    return tuple(_final(bench, case, policy) for bench, case in zip(found, cases, strict=True))


def _p(bench: BenchmarkVerdict) -> float:
    return bench.difference.p_worse if bench.difference is not None else 1.0


def _blocked(case: Case, policy: Policy) -> BenchmarkVerdict | None:
    """The verdict if the runs cannot be compared or did not finish; None if they can be decided on."""
    if case.problem is not None or case.comparison is None:
        reason = str(case.problem).removeprefix(f"{case.name}: ") if case.problem else "nothing was compared"
        return _verdict(case, policy, _decision_of(case.problem), reason)
    found = case.comparison
    foreign = refused(found.base.run.info, found.candidate.run.info, policy.subject)
    if foreign:
        named = "; ".join(map(str, foreign[:3])) + (f"; and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        return _verdict(case, policy, "not comparable", f"the runs differ in more than the {policy.subject}: {named}")
    if case.early is None:
        return _unfinished(case, policy, found)
    return None


def _decision_of(problem: MMEvalError | None) -> Decision:
    if isinstance(problem, NotComparableError):
        return "not comparable"
    return "budget" if isinstance(problem, BudgetError) else "incomplete"


def _unfinished(case: Case, policy: Policy, found: Comparison) -> BenchmarkVerdict | None:
    for side, run in (("baseline", found.base.run), ("candidate", found.candidate.run)):
        if run.info.status in ENDS:
            return _verdict(case, policy, "incomplete", f"the {side} run {_ended(run)}")
    if found.absent and found.candidate.run.info.status == "partial":
        why = found.candidate.run.info.reason or "it stopped early"
        return _verdict(case, policy, "budget", f"the candidate run is partial: {why}")
    if found.overlap < policy.errors.overlap:
        text = (
            f"samples: only {found.overlap:.0%} of the ids are in both runs ({len(found.absent)} only in the "
            f"baseline, {len(found.only_candidate)} only in the candidate)"
        )
        return _verdict(case, policy, "not comparable", text)
    return _unmeasured(case, policy, found)


ENDS = {
    "failed": "failed; `mmeval show {run} --errors` lists what went wrong",
    "running": "has not ended; run its command again to finish it",
    "cancelled": "was cancelled; run its command again to finish it",
}


def _ended(run: Run) -> str:
    """How a run ended that did not complete, why, and the way out."""
    ended, _, way_out = ENDS[run.info.status].format(run=run.path).partition("; ")
    return f"{ended}{f': {run.info.reason}' if run.info.reason else ''}; {way_out}"


def _unmeasured(case: Case, policy: Policy, found: Comparison) -> BenchmarkVerdict | None:
    both = len(found.both)
    if not found.pairs or found.missing / both > policy.errors.max_rate:
        lost = math.fsum(found.candidate.items[key].missing for key in found.both)
        absent = f", which does not have {len(found.absent)} of them" if found.absent else ""
        text = (
            f"{found.missing:.3g} of {both} samples were not measured ({lost:.3g} in the candidate{absent}): more "
            f"than errors.max_rate {policy.errors.max_rate:g}"
        )
        return _verdict(case, policy, "incomplete", text)
    return None


def _verdict(case: Case, policy: Policy, decision: Decision, reason: str) -> BenchmarkVerdict:
    bench = policy.benchmarks[case.name]
    blank = BenchmarkVerdict(name=case.name, tier=bench.tier, decision=decision, reasons=(reason,), margin=bench.margin)
    return blank if case.comparison is None else _described(blank, case.comparison)


def _described(bench: BenchmarkVerdict, found: Comparison) -> BenchmarkVerdict:
    pairs = len(found.pairs)
    return replace(
        bench,
        base=sum(pair.base for pair in found.pairs) / pairs if pairs else None,
        candidate=sum(pair.candidate for pair in found.pairs) / pairs if pairs else None,
        planned=len(found.base.items),
        asked=len(found.candidate.items) - len(found.absent),
        unmeasured=len(found.unmeasured),
        base_run=str(found.base.run.path),
        candidate_run=str(found.candidate.run.path),
        base_model=found.base.run.info.spec.model,
        candidate_model=found.candidate.run.info.spec.model,
        cost=found.candidate.run.info.totals.cost,
    )


def _measured(case: Case, policy: Policy) -> BenchmarkVerdict:
    """Everything except the decision, which needs the adjusted p-values."""
    assert case.comparison is not None
    assert case.comparison.difference is not None
    found, delta, settings = case.comparison, case.comparison.difference, policy.benchmarks[case.name]
    bench = _verdict(case, policy, "inconclusive", "")
    margin = margin_of(settings, bench.base or 0.0)
    if bench.gated and case.early is None:
        check_size(case.name, [pair.cluster for pair in found.pairs], margin, policy)
    variance = max(delta.variance, 1 / delta.n)
    return replace(
        bench,
        margin=margin,
        difference=delta,
        detectable=detectable(variance, delta.n, alpha=policy.look),
        needed=needed(variance, margin + min(delta.value, 0), alpha=policy.look) if delta.value > -margin else None,
        guards=check_guards(policy.guards_of(case.name), found, case.base, case.candidate)
        if case.early is None
        else (),
        flips=_flips(found.flips),
    )


def margin_of(settings: Bench, base: float) -> float:
    """The tolerated drop of a benchmark whose baseline has the mean score `base`."""
    if settings.relative_margin is not None and base < settings.relative_below:
        return min(settings.margin, settings.relative_margin * base) or settings.margin
    return settings.margin


def _flips(changed: Sequence[Pair]) -> tuple[Flip, ...]:
    losses = [pair for pair in changed if pair.change < 0][:FLIPS]
    gains = [pair for pair in reversed(changed) if pair.change > 0][:FLIPS]
    return tuple(
        Flip(pair.id, pair.base, pair.candidate, pair.base_answer, pair.candidate_answer) for pair in (*losses, *gains)
    )


def check_size(name: str, clusters: Sequence[str | None], margin: float, policy: Policy) -> None:
    """Raise UsageError if samples in these clusters cannot pass even if no answer changes."""
    if not passes_unchanged(clusters, margin, alpha=policy.look):
        raise UsageError(f"{name}: {too_small(clusters, margin, alpha=policy.look)}")


def passes_unchanged(clusters: Sequence[str | None], margin: float, *, alpha: float) -> bool:
    """Whether a candidate without a single changed answer passes, given the cluster of each sample."""
    return difference([0.0] * len(clusters), clusters, level=1 - 2 * alpha).low > -margin


def too_small(clusters: Sequence[str | None], margin: float, *, alpha: float) -> str:
    """The message for samples that do not pass unchanged."""
    units = len({cluster or i for i, cluster in enumerate(clusters)})
    return (
        f"{len(clusters)} samples ({units} independent) do not pass a margin of {points(margin)} points even when no "
        f"answer changes; use at least {smallest(margin, alpha=alpha)} independent samples, or a larger margin"
    )


def smallest(margin: float, *, alpha: float) -> int:
    """The fewest independent samples with which a candidate passes if no answer changes."""
    low, high = 1, 2
    while not passes_unchanged([None] * high, margin, alpha=alpha):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passes_unchanged([None] * middle, margin, alpha=alpha) else (middle, high)
    return high


def _final(bench: BenchmarkVerdict, case: Case, policy: Policy) -> BenchmarkVerdict:
    if bench.difference is None or case.comparison is None:
        return bench
    if case.early is not None:
        why = (_early(bench, case.early),)
        return replace(bench, decision="fail", tag="stopped early", proven_after=case.early.samples, reasons=why)
    p = bench.p_adjusted if bench.p_adjusted is not None else bench.difference.p_worse
    decision = rule(bench.difference, bench.margin, p, alpha=policy.score_alpha)
    reasons = [_reason(bench, decision, p)]
    if case.comparison.missing and policy.errors.treat_missing == "bound":
        decision = _bounded(decision, case.comparison, bench, p, policy, reasons)
    failed = [guard.text for guard in bench.guards if guard.decision == "fail"]
    unsure = [guard.text for guard in bench.guards if guard.decision == "inconclusive"]
    if failed and decision != "fail":
        decision, reasons = "fail", [*failed, *reasons]
    elif unsure and decision == "pass":
        decision, reasons = "inconclusive", [*unsure, *reasons]
    reasons += _epochs(case.comparison)
    return replace(bench, decision=decision, tag=_tag(bench.difference, decision), reasons=tuple(reasons))


def _epochs(found: Comparison) -> list[str]:
    base, candidate = (side.run.info.spec.epochs for side in (found.base, found.candidate))
    if base == candidate:
        return []
    return [f"note: the baseline has {base} replies per sample, the candidate {candidate}; their means are compared"]


def rule(delta: Difference, margin: float, p: float, *, alpha: float) -> Decision:
    """The decision on one benchmark: pass if non-inferior, fail if significantly worse, else inconclusive.

    Args:
        delta: the paired difference; its lower end is a one-sided bound at level 1 - alpha.
        margin: the tolerated drop.
        p: p-value of "no drop", adjusted over the gated benchmarks.
        alpha: probability of a false FAIL by the scores of one look.
    """
    if delta.low > -margin:
        return "pass"
    return "fail" if delta.value < 0 and p <= alpha else "inconclusive"


def _bounded(
    decision: Decision,
    found: Comparison,
    bench: BenchmarkVerdict,
    p: float,
    policy: Policy,
    reasons: list[str],
) -> Decision:
    """The decision if it holds for any scores of the unmeasured samples, else inconclusive."""
    assert bench.difference is not None
    factor = p / bench.difference.p_worse if bench.difference.p_worse else 1.0
    for bound in extremes(found, alpha=policy.look):
        other = rule(bound, bench.margin, min(1.0, bound.p_worse * factor), alpha=policy.score_alpha)
        if other != decision and decision != "inconclusive":
            reasons.insert(0, f"{found.missing:.3g} unmeasured samples could turn {decision} into {other}")
            return "inconclusive"
    return decision


def _tag(delta: Difference, decision: Decision) -> str | None:
    if decision == "pass" and delta.high < 0:
        return "worse within margin"
    return "improved" if decision == "pass" and delta.low > 0 else None


def _figures(bench: BenchmarkVerdict) -> str:
    delta = bench.difference
    assert delta is not None
    return (
        f"{points(delta.value, signed=True)} points [{points(delta.low, signed=True)}, "
        f"{points(delta.high, signed=True)}] over {delta.n} samples (+{delta.gains} -{delta.losses})"
    )


def _early(bench: BenchmarkVerdict, early: Early) -> str:
    drop = f"a drop beyond the margin of {points(bench.margin)} points" if early.against == "margin" else "a drop"
    return f"{drop} is proven after {early.samples} samples: {_figures(bench)}"


def _reason(bench: BenchmarkVerdict, decision: Decision, p: float) -> str:
    figures = _figures(bench)
    if decision == "pass":
        return f"no drop beyond {points(bench.margin)} points: {figures}"
    if decision == "fail":
        return f"significant drop: {figures}, p = {p:.2g}"
    more = f"; about {bench.needed} samples would settle it if the difference stays the same" if bench.needed else ""
    return f"too little evidence: {figures}; true drops below {points(bench.detectable)} points may be missed{more}"


def conclude(benchmarks: Sequence[BenchmarkVerdict], policy: Policy, **about: object) -> Verdict:
    """The verdict of the gate: FAIL if any gated benchmark failed, else whatever prevents a PASS, else PASS."""
    gated = [bench for bench in benchmarks if bench.gated]
    order: tuple[Decision, ...] = ("fail", "incomplete", "not comparable", "budget", "inconclusive", "pass")
    decisions = [bench.decision for bench in gated]
    decision: Decision = next((found for found in order if found in decisions), "incomplete")
    code = EXIT_CODES[decision]
    if decision == "inconclusive" and policy.on_inconclusive != "fail":
        code = 0
    return Verdict(
        name=policy.name,
        decision=decision,
        exit_code=code,
        summary=_summary(gated, decision),
        benchmarks=tuple(benchmarks),
        subject=policy.subject,
        alpha=policy.alpha,
        seed=policy.seed,
        policy_digest=policy.digest,
        **about,  # type: ignore[arg-type]
    )


def _summary(gated: Sequence[BenchmarkVerdict], decision: Decision) -> str:
    if not gated:
        return "INCOMPLETE: all benchmarks are advisory, so nothing is gated"
    if decision == "pass":
        return f"PASS: {len(gated)} benchmark{'s' if len(gated) > 1 else ''}, no drop beyond the margin"
    first = next(bench for bench in gated if bench.decision == decision)
    more = sum(bench.decision == decision for bench in gated) - 1
    return f"{decision.upper()}: {first.name}: {first.reasons[0]}" + (f" (and {more} more)" if more else "")
