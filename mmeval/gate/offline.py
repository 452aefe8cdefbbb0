"""Cases from stored runs, without asking a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mmeval import store
from mmeval.compare import Side, by_cluster, compare, filled, only, read_side, select
from mmeval.errors import NotComparableError, RunFailedError, UsageError
from mmeval.gate.baseline import baseline_of, is_of, measures_of
from mmeval.gate.bounds import bounded
from mmeval.gate.decide import Case, Early
from mmeval.gate.policy import Bench, Policy
from mmeval.gate.subset import check_ids, selected
from mmeval.store import Run

__all__ = ["case_of", "cases", "default_policy", "runs_below", "side_of"]


def runs_below(path: Path) -> dict[str, Run]:
    """The runs in a run folder or a results folder, by benchmark.

    Raises:
        UsageError: there is no run, or there are two of one benchmark.
        StoreError: a run folder cannot be read.
    """
    if store.is_run(path):
        run = store.read_run(path)
        return {run.info.spec.benchmark: run}
    runs, problems = store.list_runs(path)
    if problems and not runs:
        raise NotComparableError(problems[0].reason)
    if not runs:
        raise UsageError(f"{path}: no run found; expected a folder with run.json, or a results folder")
    found: dict[str, Run] = {}
    for run in runs:
        other = found.setdefault(run.info.spec.benchmark, run)
        if other is not run:
            raise UsageError(
                f"{path}: there are two runs of {run.info.spec.benchmark}; name one: {other.path} or {run.path}"
            )
    return found


def default_policy(runs: Mapping[str, Run]) -> Policy:
    """The policy of `gate compare` without a gate.yaml: every benchmark, with the default margin."""
    return Policy(version=1, benchmarks={name: Bench() for name in runs})


def cases(
    policy: Policy, candidates: Mapping[str, Run], *, bases: Mapping[str, Run] | None = None, root: Path | None = None
) -> list[Case]:
    """Compare every benchmark of the policy; a benchmark that cannot be compared becomes a case with a problem.

    Args:
        policy: the benchmarks and how to compare them.
        candidates: candidate runs by benchmark.
        bases: baseline runs by benchmark; without them, they are read from `root`.
        root: the folder of baselines.
    """
    found = []
    for name in policy.benchmarks:
        try:
            base = _base(name, policy, bases, root)
            candidate = _of(name, candidates)
            if candidate is None:
                raise NotComparableError(f"{name}: the candidate has no run of this benchmark")
            found.append(case_of(name, policy, base, candidate))
        except (NotComparableError, RunFailedError) as problem:
            found.append(Case(name=name, problem=problem))
    return found


def _base(name: str, policy: Policy, bases: Mapping[str, Run] | None, root: Path | None) -> Run:
    if bases is None:
        assert root is not None
        return baseline_of(root, name, policy)
    found = _of(name, bases)
    if found is None:
        raise NotComparableError(f"{name}: there is no baseline run of this benchmark")
    return found


def _of(name: str, runs: Mapping[str, Run]) -> Run | None:
    return runs.get(name) or next((run for run in runs.values() if is_of(run, name)), None)


def side_of(run: Run, bench: Bench) -> Side:
    """Read a run in the unit that the policy compares: samples or clusters."""
    return in_unit(selected(read_side(run), bench), bench)


def in_unit(side: Side, bench: Bench) -> Side:
    """Samples, or clusters if the policy compares these."""
    return by_cluster(side) if bench.unit == "cluster" else side


def case_of(
    name: str, policy: Policy, base: Run, candidate: Run, *, early: Early | None = None, factor: float = 1
) -> Case:
    """Compare the runs of one benchmark on the samples that the policy draws from the baseline.

    A sample that the candidate run does not have counts as one that it did not measure.

    Args:
        name: of the benchmark.
        policy: how to compare.
        base: the baseline run.
        candidate: the candidate run.
        early: why the candidate run stopped early, if it did; then only the samples that it measured are compared.
        factor: multiplies `n`, for a second look.
    """
    bench = policy.benchmarks[name]
    check_ids(read_side(base), bench)
    first, second = (selected(read_side(run), bench) for run in (base, candidate))
    first, second = in_unit(first, bench), in_unit(filled(second, first), bench)
    n = None if bench.n is None else round(bench.n * factor)
    wanted = set(select(first, n, seed=policy.seed))
    if early is not None:
        wanted &= {key for key, item in second.items.items() if item.score is not None}
    if n is not None or early is not None:
        first, second = only(first, wanted), only(second, wanted)
    found = compare(first, second, level=1 - 2 * policy.look, seed=policy.seed)
    return Case(
        name=name,
        comparison=bounded(found, alpha=policy.look, seed=policy.seed),
        early=early,
        base=measures_of(base),
        candidate=measures_of(candidate),
    )
