"""Guards: limits on refusals, truncated and unparsed replies, errors, latency and cost.

A guard fails if it is shown that the figure rose by more than its limit: a one-sided test, adjusted over all guards of
the gate. A rise that could be chance does not fail, nor does one within the limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mmeval.compare import Comparison, Item
from mmeval.gate.policy import Guards
from mmeval.gate.verdict import GuardResult, Unit
from mmeval.stats.multiplicity import holm
from mmeval.stats.rises import mean_rise, quantile_rise, rate_rise
from mmeval.store import REFUSALS, Measures, Run
from mmeval.types import Status

__all__ = ["adjusted", "check_guards", "measure", "p95"]


def measure(run: Run) -> Measures:
    """Latency and cost of each sample, from the journal of a run; nothing for what is not stored."""
    latencies: dict[str, list[float]] = {}
    costs: dict[str, list[float]] = {}
    for record in run.records():
        if record.reply is not None and not record.reply.cached:
            latencies.setdefault(record.id, []).append(record.reply.latency_s)
        if record.cost is not None:
            costs.setdefault(record.id, []).append(record.cost)
    samples, total = sum(run.info.counts.values()), run.info.totals.cost
    seconds, dollars = _means(latencies), _means(costs)
    return Measures(
        latency_p95=p95(list(seconds.values())) if seconds else None,
        cost_per_sample=total / samples if total is not None and samples else None,
        latency_s=seconds,
        cost=dollars,
    )


def _means(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The mean of each sample over its epochs, to four digits."""
    return {key: float(f"{math.fsum(values) / len(values):.4g}") for key, values in sorted(found.items())}


def p95(values: Sequence[float]) -> float:
    """The 95th percentile: a value that at most one in twenty exceeds."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of replies that a guard limits."""

    name: str
    limit: float | None
    of: Callable[[Item], float]
    """Share of the replies to one sample."""


def check_guards(rules: Guards, comparison: Comparison, base: Measures, candidate: Measures) -> tuple[GuardResult, ...]:
    """Test every guard for which the policy has a limit; `adjusted` decides.

    Rates are compared by sample, exactly if samples are independent, otherwise by flipping the signs of clusters. Costs
    are compared by sample as well, and the 95th percentiles of latency by order statistics. Latency and cost are
    inconclusive if one of the runs has no figure.
    """
    rates = (
        Rate("refusal_rate", rules.refusal_rate, lambda item: _share(item, REFUSALS)),
        Rate("truncation_rate", rules.truncation_rate, lambda item: _share(item, ("truncated",))),
        Rate("parse_failure", rules.parse_failure, lambda item: item.unparsed),
        Rate("error_rate", rules.error_rate, lambda item: item.missing),
    )
    found = [_rate(rate, rate.limit, comparison) for rate in rates if rate.limit is not None]
    if rules.latency_p95 is not None:
        found.append(_latency(rules.latency_p95, base.latency_s, candidate.latency_s))
    if rules.cost_per_sample is not None:
        found.append(_spent(rules.cost_per_sample, comparison, base.cost, candidate.cost))
    return tuple(found)


def _share(item: Item, statuses: Iterable[Status]) -> float:
    return sum(map(item.statuses.count, statuses)) / len(item.statuses) if item.statuses else 0.0


def _rate(rate: Rate, limit: float, comparison: Comparison) -> GuardResult:
    items, both = comparison.base.items, comparison.both
    old = [rate.of(items[key]) for key in both]
    new = [rate.of(comparison.candidate.items[key]) for key in both]
    changes = [b - a for a, b in zip(old, new, strict=True)]
    clusters = [items[key].cluster or key for key in both]
    if len(set(clusters)) == len(both) and all(change in (-1.0, 0.0, 1.0) for change in changes):
        p = rate_rise(changes.count(1.0), changes.count(-1.0), len(both), limit)
    else:
        p = mean_rise([change - limit for change in changes], clusters)
    return _result(rate.name, "share", math.fsum(old) / len(both), math.fsum(new) / len(both), limit, p)


def _latency(limit: float, base: Mapping[str, float], candidate: Mapping[str, float]) -> GuardResult:
    old, new = list(base.values()), list(candidate.values())
    p = quantile_rise(old, new, limit) if old and new else None
    return _result("latency_p95", "s", p95(old) if old else None, p95(new) if new else None, limit, p)


def _spent(
    limit: float, comparison: Comparison, base: Mapping[str, float], candidate: Mapping[str, float]
) -> GuardResult:
    both = sorted(base.keys() & candidate.keys())
    items = comparison.base.items
    clusters = [items[key].cluster if key in items else None for key in both]
    p = mean_rise([candidate[key] - (1 + limit) * base[key] for key in both], clusters) if both else None
    old, new = (_mean([side[key] for key in both or side]) for side in (base, candidate))
    return _result("cost_per_sample", "$", old, new, limit, p)


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _result(
    rule: str, unit: Unit, base: float | None, candidate: float | None, limit: float, p: float | None
) -> GuardResult:
    return GuardResult(
        rule=rule,
        decision="inconclusive" if p is None else "pass",
        unit=unit,
        base=base,
        candidate=candidate,
        limit=limit,
        p_value=p,
    )


def adjusted(families: Sequence[Sequence[GuardResult]], *, alpha: float) -> list[tuple[GuardResult, ...]]:
    """The guards of several benchmarks, decided: p-values adjusted over all of them by Holm, `fail` up to alpha."""
    known = [guard.p_value for guards in families for guard in guards if guard.p_value is not None]
    p_adjusted = iter(holm(known).tolist())

    def decided(guard: GuardResult) -> GuardResult:
        if guard.p_value is None:
            return guard
        p = next(p_adjusted)
        return replace(guard, p_adjusted=p, decision="fail" if p <= alpha else "pass")

    return [tuple(map(decided, guards)) for guards in families]
