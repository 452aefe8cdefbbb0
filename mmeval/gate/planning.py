"""Planning a gate: the drops it can detect, what it costs, and how noisy its baseline is."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from mmeval.compare import Comparison, compare, read_side
from mmeval.errors import NotComparableError, UsageError
from mmeval.gate.baseline import baseline_of, measures_of
from mmeval.gate.bounds import bounded
from mmeval.gate.decide import margin_of, passes_unchanged, rule, smallest, too_small
from mmeval.gate.live import Candidate, again
from mmeval.gate.offline import side_of
from mmeval.gate.policy import Bench, Policy
from mmeval.gate.subset import check_ids
from mmeval.stats.outcomes import Outcomes, pairs_to_pass
from mmeval.stats.power import detectable
from mmeval.store import Run

__all__ = ["DROPS", "FLIP_RATES", "Green", "Noise", "Plan", "calibrate", "plan"]

FLIP_RATES = (0.05, 0.1, 0.2, 0.3)
"""Shares of samples whose score flips between two runs; a plan has one figure for each."""
DROPS = (0.0, 0.5, 1.0)
"""True drops whose chance to end green a plan states, as shares of the margin."""


class _How(TypedDict):
    """How the outcomes of a benchmark are decided."""

    alpha: float
    fail_alpha: float
    clustered: bool


@dataclass(frozen=True, slots=True)
class Green:
    """The chance that a gate ends with exit code 0, if one benchmark has dropped and the others have not changed."""

    drop: float
    strict: float
    """With `on_inconclusive: fail`, where green means PASS."""
    lenient: float
    """With `pass` or `warn`, where INCONCLUSIVE is green too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one benchmark of a gate can detect."""

    name: str
    tier: str
    margin: float
    n: int
    units: int
    smallest: int
    """The fewest independent samples with which a pass is possible."""
    detectable: tuple[float, ...]
    """True drop that is detected with probability 80 %, for each of FLIP_RATES."""
    passes: tuple[float, ...]
    """Probability to pass if nothing has changed, for each of FLIP_RATES."""
    green: tuple[tuple[Green, ...], ...] = ()
    """For each of FLIP_RATES and DROPS; empty for an advisory benchmark.

    For scores of 0 or 1, without guards and early FAIL, and with each cluster counted as one sample.
    """
    needed: tuple[int, ...]
    """Samples to pass with probability 80 % if nothing has changed, for each of FLIP_RATES."""
    cost: float | None
    """US dollars for all samples at the baseline's cost per sample; None = unknown."""
    problem: str | None = None
    """Why this gate could never pass; None if it can."""


def plan(policy: Policy, root: Path) -> list[Plan]:
    """The plan of every benchmark; raises NotComparableError if a baseline is missing."""
    bases = {name: baseline_of(root, name, policy) for name in policy.benchmarks}
    made = [_plan(name, policy, base) for name, base in bases.items()]
    outcomes = {one.name: _outcomes(one, policy) for one in made if one.tier != "advisory"}
    return [replace(one, green=_green(one, outcomes)) if one.name in outcomes else one for one in made]


def _plan(name: str, policy: Policy, base: Run) -> Plan:
    bench = policy.benchmarks[name]
    check_ids(read_side(base), bench)
    side = side_of(base, bench)
    n = min(len(side.items), bench.n or len(side.items))
    clusters = [item.cluster for item in side.items.values()][:n]
    units = len({cluster or key for cluster, key in zip(clusters, side.items, strict=False)})
    alpha, weight, margin = policy.look, n / units, margin_of(bench, side.mean() or 0.0)
    never = bench.tier != "advisory" and not passes_unchanged(clusters, margin, alpha=alpha)
    per_sample = measures_of(base).cost_per_sample
    found = Plan(
        name=name,
        tier=bench.tier,
        margin=margin,
        n=n,
        units=units,
        smallest=smallest(margin, alpha=alpha),
        detectable=tuple(detectable(rate * weight, n, alpha=alpha) for rate in FLIP_RATES),
        passes=(),
        needed=(),
        cost=None if per_sample is None else per_sample * n * policy.epochs,
        problem=f"{name}: {too_small(clusters, margin, alpha=alpha)}" if never else None,
    )
    outcomes, how = _outcomes(found, policy), _how(found, policy)
    return replace(
        found,
        passes=tuple(outcomes.chances(rate, 0.0)[0] for rate in FLIP_RATES),
        needed=tuple(math.ceil(pairs_to_pass(rate, margin, **how) * weight) for rate in FLIP_RATES),
    )


def _outcomes(one: Plan, policy: Policy) -> Outcomes:
    return Outcomes.of(one.units, one.margin, **_how(one, policy))


def _how(one: Plan, policy: Policy) -> _How:
    level = policy.score_alpha / max(1, len(policy.gated))  # Holm rejects anything only if it rejects the smallest here
    return {"alpha": policy.look, "fail_alpha": level, "clustered": one.units < one.n}


def _green(one: Plan, outcomes: Mapping[str, Outcomes]) -> tuple[tuple[Green, ...], ...]:
    others = [found for name, found in outcomes.items() if name != one.name]

    def at(rate: float, drop: float) -> Green:
        still = [other.chances(rate, 0.0) for other in others]
        found = [outcomes[one.name].chances(max(rate, drop), -drop), *still]
        return Green(drop, math.prod(passes for passes, _ in found), math.prod(1 - fails for _, fails in found))

    return tuple(tuple(at(rate, share * one.margin) for share in DROPS) for rate in FLIP_RATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How much repeated runs of the baseline of one benchmark differ."""

    name: str
    repeats: int
    n: int
    flip_rate: float
    """Mean share of samples whose score changed between two runs."""
    deviation: float
    """Standard deviation of the mean score, over the runs."""
    detectable: float
    """True drop that is detected with probability 80 % at this flip rate."""
    false_alarms: int
    """Pairs of runs that the gate would have failed."""
    passes: int
    """Pairs of runs that the gate would have passed."""
    pairs: int
    """All pairs of the baseline and its repeats: repeats * (repeats + 1) / 2."""
    flaky: tuple[tuple[str, int], ...]
    """The samples that changed most often, at most 50, with the number of pairs in which they did."""


def calibrate(policy: Policy, root: Path, candidate: Candidate, *, repeats: int) -> list[Noise]:
    """Run the baseline `repeats` times without the cache, and compare every two runs.

    Raises:
        UsageError: fewer than one repeat.
        RunFailedError: a run did not complete.
    """
    if repeats < 1:
        raise UsageError(f"--repeats {repeats}: must be at least 1")
    found = []
    for name, bench in policy.benchmarks.items():
        base = baseline_of(root, name, policy)
        with tempfile.TemporaryDirectory(prefix="mmeval-gate-") as folder:
            runs = [again(name, base, policy, candidate, folder=Path(folder) / str(i)) for i in range(repeats)]
            sides = [side_of(run, bench) for run in (base, *runs)]
        pairs = [
            bounded(compare(first, second, level=1 - 2 * policy.look), alpha=policy.look)
            for i, first in enumerate(sides)
            for second in sides[i + 1 :]
        ]
        means = [mean for side in sides if (mean := side.mean()) is not None]
        found.append(_noise(name, bench, policy, pairs, means))
    return found


def _noise(name: str, bench: Bench, policy: Policy, pairs: Sequence[Comparison], means: Sequence[float]) -> Noise:
    deltas = [pair.difference for pair in pairs if pair.difference is not None]
    if len(deltas) < len(pairs):
        raise NotComparableError(f"{name}: two runs of the baseline have no measured sample in common")
    flaky = Counter(pair.id for found in pairs for pair in found.flips)
    n = deltas[0].n
    variance = sum(delta.variance for delta in deltas) / len(deltas)
    centre = sum(means) / len(means)
    alarms = sum(rule(d, bench.margin, d.p_worse, alpha=policy.score_alpha) == "fail" for d in deltas)
    return Noise(
        name=name,
        repeats=len(means) - 1,
        n=n,
        flip_rate=sum((delta.gains + delta.losses) / delta.n for delta in deltas) / len(deltas),
        deviation=math.sqrt(sum((mean - centre) ** 2 for mean in means) / (len(means) - 1)),
        detectable=detectable(max(variance, 1 / n), n, alpha=policy.look),
        false_alarms=alarms,
        passes=sum(delta.low > -bench.margin for delta in deltas),
        pairs=len(pairs),
        flaky=tuple(flaky.most_common(50)),
    )
