"""Guards: limits on refusals, truncated and unparsed replies, errors, latency and cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from mmeval.compare import Comparison, Item
from mmeval.gate.policy import Guards
from mmeval.gate.verdict import GuardResult
from mmeval.stats.paired import mcnemar
from mmeval.store import REFUSALS, Measures, Run

__all__ = ["check_guards", "measure"]


def measure(run: Run) -> Measures:
    """Latency from the journal and cost from the totals of a run; None for what is not stored."""
    samples = sum(run.info.counts.values())
    latencies = sorted(
        record.reply.latency_s for record in run.records() if record.reply is not None and not record.reply.cached
    )
    cost = run.info.totals.cost
    return Measures(
        latency_p95=latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))] if latencies else None,
        cost_per_sample=cost / samples if cost is not None and samples else None,
    )


def check_guards(
    rules: Guards, comparison: Comparison, base: Measures, candidate: Measures, *, alpha: float
) -> tuple[GuardResult, ...]:
    """Apply every rule for which the policy has a limit.

    A rate fails if it rose by more than its limit and the rise is significant (exact McNemar test on the samples of
    both runs). A rise beyond the limit that is not significant is inconclusive. Latency and cost fail above their
    limit, and are inconclusive if one of the runs has no figure.
    """
    flags: dict[str, tuple[float | None, Callable[[Item], bool]]] = {
        "refusal_rate": (rules.refusal_rate, lambda item: any(s in REFUSALS for s in item.statuses)),
        "truncation_rate": (rules.truncation_rate, lambda item: "truncated" in item.statuses),
        "parse_failure": (rules.parse_failure, lambda item: item.unparsed),
        "error_rate": (rules.error_rate, lambda item: item.score is None),
    }
    found = [
        _rate(name, limit, flag, comparison, alpha=alpha) for name, (limit, flag) in flags.items() if limit is not None
    ]
    ratios = (
        ("latency_p95", rules.latency_p95, base.latency_p95, candidate.latency_p95, " s"),
        ("cost_per_sample", rules.cost_per_sample, base.cost_per_sample, candidate.cost_per_sample, " $"),
    )
    found += [_ratio(name, limit, old, new, unit) for name, limit, old, new, unit in ratios if limit is not None]
    return tuple(found)


def _rate(
    name: str, limit: float, flag: Callable[[Item], bool], comparison: Comparison, *, alpha: float
) -> GuardResult:
    base, candidate = comparison.base.items, comparison.candidate.items
    both = base.keys() & candidate.keys()
    old, new = {key for key in both if flag(base[key])}, {key for key in both if flag(candidate[key])}
    rise = (len(new) - len(old)) / len(both)
    p = mcnemar(len(old - new), len(new - old), alternative="less")
    text = (
        f"{name} {len(old) / len(both):.1%} -> {len(new) / len(both):.1%} "
        f"({100 * rise:+.1f} pp, limit +{100 * limit:g} pp, p = {p:.2g})"
    )
    decision: Literal["pass", "fail", "inconclusive"] = "pass"
    if rise > limit:
        decision = "fail" if p <= alpha else "inconclusive"
    return GuardResult(name, decision, text)


def _ratio(name: str, limit: float, old: float | None, new: float | None, unit: str) -> GuardResult:
    if old is None or new is None:
        side = "baseline" if old is None else "candidate"
        return GuardResult(name, "inconclusive", f"{name} was not measured in the {side}")
    text = f"{name} {old:.3g}{unit} -> {new:.3g}{unit} (limit +{limit:.0%})"
    return GuardResult(name, "fail" if new > old * (1 + limit) else "pass", text)
