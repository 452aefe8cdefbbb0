"""Planning a gate: the drops it can detect, what it costs, and how noisy its baseline is."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmeval.compare import Comparison, compare, read_side
from mmeval.errors import NotComparableError, UsageError
from mmeval.gate.baseline import baseline_of, measures_of
from mmeval.gate.bounds import bounded
from mmeval.gate.decide import passes_unchanged, smallest, too_small
from mmeval.gate.live import Candidate, again
from mmeval.gate.offline import side_of
from mmeval.gate.policy import Bench, Policy
from mmeval.gate.subset import check_ids
from mmeval.stats.power import detectable, needed, pass_chance
from mmeval.store import Run

__all__ = ["FLIP_RATES", "Noise", "Plan", "calibrate", "plan"]

FLIP_RATES = (0.05, 0.1, 0.2, 0.3)
"""Shares of samples whose score flips between two runs; a plan has one figure for each."""


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
    needed: tuple[int, ...]
    """Samples to pass with probability 80 % if nothing has changed, for each of FLIP_RATES."""
    cost: float | None
    """US dollars for all samples at the baseline's cost per sample; None = unknown."""
    problem: str | None = None
    """Why this gate could never pass; None if it can."""


def plan(policy: Policy, root: Path) -> list[Plan]:
    """The plan of every benchmark; raises NotComparableError if a baseline is missing."""
    return [_plan(name, bench, policy, baseline_of(root, name, policy)) for name, bench in policy.benchmarks.items()]


def _plan(name: str, bench: Bench, policy: Policy, base: Run) -> Plan:
    check_ids(read_side(base), bench)
    items = side_of(base, bench).items
    n = min(len(items), bench.n or len(items))
    clusters = [item.cluster for item in items.values()][:n]
    units = len({cluster or key for cluster, key in zip(clusters, items, strict=False)})
    alpha, weight = policy.look, n / units
    fewest = smallest(bench.margin, alpha=alpha)
    never = bench.tier != "advisory" and not passes_unchanged(clusters, bench.margin, alpha=alpha)
    per_sample = measures_of(base).cost_per_sample
    return Plan(
        name=name,
        tier=bench.tier,
        margin=bench.margin,
        n=n,
        units=units,
        smallest=fewest,
        detectable=tuple(detectable(rate * weight, n, alpha=alpha) for rate in FLIP_RATES),
        passes=tuple(pass_chance(rate * weight, n, bench.margin, alpha=alpha) for rate in FLIP_RATES),
        needed=tuple(math.ceil(needed(rate, bench.margin, alpha=alpha) * weight) for rate in FLIP_RATES),
        cost=None if per_sample is None else per_sample * n * policy.epochs,
        problem=f"{name}: {too_small(clusters, bench.margin, alpha=alpha)}" if never else None,
    )


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
            runs = [again(base, policy, candidate, folder=Path(folder) / str(i)) for i in range(repeats)]
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
    alarms = sum(d.low <= -bench.margin and d.value < 0 and d.p_worse <= policy.look for d in deltas)
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
