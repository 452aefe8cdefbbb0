"""`mmeval gate run`: run the candidate, follow the evidence, and stop as soon as a regression is proven."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mmeval import runner, store
from mmeval.comparable import refused
from mmeval.compare import Item, Side, all_right, compare, only, read_side, select
from mmeval.data import Variant
from mmeval.data.questions import are_questions
from mmeval.engine.options import read_settings
from mmeval.errors import AdapterError, BudgetError, NotComparableError, RunFailedError
from mmeval.gate.baseline import baseline_of
from mmeval.gate.decide import Case, Early, check_size, decide
from mmeval.gate.offline import case_of, side_of
from mmeval.gate.policy import Bench, Policy
from mmeval.gate.subset import check_ids
from mmeval.stats.paired import Units, sign_flip
from mmeval.stats.sequential import EProcess
from mmeval.store import OPEN, Files, Run, RunInfo, asking_order, counted
from mmeval.types import Record

__all__ = ["Candidate", "again", "run_cases"]

DRIFT = 0.01
"""P-value below which a change in repeated samples of an unchanged model counts as drift."""


@dataclass(slots=True, kw_only=True)
class Candidate:
    """The model under test, its settings, and what it has cost so far."""

    model: str
    options: Mapping[str, Any]
    settings: Mapping[str, Any]
    """Further settings of a run: results, path, cache, concurrency, judge, ..."""
    observer: runner.Observer | None = None
    warn: Callable[[str], None] = lambda text: None
    begin: float = field(default_factory=time.monotonic)
    spent: float = 0.0
    asked: int = 0

    def of(self, policy: Policy, base: RunInfo) -> runner.Settings:
        """Settings for one benchmark: those of its baseline, with this candidate and the rest of the budget.

        Raises:
            BudgetError: the budget is spent.
        """
        spec, budget = base.spec, policy.budget
        given: dict[str, Any] = {
            "profile": spec.profile,
            "judge": spec.judge,
            **Variant.of(spec.variant).settings,
            "seed": spec.seed,
            "recipe": spec.recipe_name,
            "max_error_rate": policy.errors.max_rate,
            **self.settings,
            "options": dict(self.options),
            "epochs": policy.epochs,
            "columns": _columns(spec),
        }
        if budget.usd is not None:
            given["max_cost"] = _left(budget.usd - self.spent, f"{budget.usd:g} US dollars")
        if budget.minutes is not None:
            minutes = (time.monotonic() - self.begin) / 60
            given["max_minutes"] = _left(budget.minutes - minutes, f"{budget.minutes:g} minutes")
        self.left(policy)
        return read_settings(None, given)

    def left(self, policy: Policy) -> int | None:
        """How many more replies may be asked for; None without a limit. Raises BudgetError for none."""
        samples = policy.budget.samples
        return None if samples is None else int(_left(samples - self.asked, f"{samples} samples"))


def _waived(info: RunInfo) -> dict[str, str]:
    """The options that the recipe of a run sets and the user left out, as they are given again."""
    told = info.provenance.get("recipe")
    changed = told.get("changed") if isinstance(told, dict) else None
    found = changed if isinstance(changed, dict) else {}
    return {str(key): "none" for key, one in found.items() if isinstance(one, dict) and one.get("given") is None}


def _columns(spec: store.Spec) -> dict[str, str]:
    """The columns of a file of questions, as they were named for the baseline."""
    found = spec.data.get("columns") if spec.data.get("kind") == "file" else None
    return {str(role): str(column) for role, column in found.items()} if isinstance(found, dict) else {}


def _job(name: str, settings: runner.Settings) -> runner.Job:
    return runner.jobs([name], settings)[0] if are_questions(name) else runner.job(name, settings)


def _left(amount: float, whole: str) -> float:
    if amount <= 0:
        raise BudgetError(f"the budget of {whole} is spent")
    return amount


class SequentialMonitor:
    """Tests the records of a candidate one by one for a proven regression.

    Records arrive in any order but are counted in an order fixed beforehand. A unit (a cluster, or a sample) counts
    once all its epochs have arrived and all earlier units have counted. Samples without a score on either side are
    left out, so they cannot prove a regression.
    """

    def __init__(self, base: Side, ids: Sequence[str], bench: Bench, policy: Policy, *, seed: int, epochs: int) -> None:
        self.base, self.bench, self.epochs = base, bench, epochs
        rules = policy.early_fail
        clusters = {key: (base.items[key].cluster if key in base.items else None) for key in ids}
        groups: dict[str, list[str]] = {}
        for key in sorted(ids, key=lambda key: asking_order(seed, key, clusters[key])):
            groups.setdefault(clusters[key] or f"\0{key}", []).append(key)
        self.units = list(groups.values())
        whole = bench.unit == "cluster"
        gated = max(1, sum(entry.tier != "advisory" for entry in policy.benchmarks.values()))
        self.alpha = rules.alpha if rules.against == "margin" else rules.alpha / gated
        largest = 1 if whole else max(map(len, self.units), default=1)
        margin = bench.margin if rules.against == "margin" else 0.0
        self.evidence = EProcess(margin, alpha=self.alpha, largest=largest) if rules.enabled else None
        self.against = rules.against
        self.next = 0
        self.samples = 0
        self._scores: dict[str, dict[int, float | None]] = {}

    def add(self, key: str, epoch: int, score: float | None) -> bool:
        """Add the score of one record (None = unmeasured); returns True once a regression is proven."""
        self._scores.setdefault(key, {})[epoch] = score
        while self.next < len(self.units) and not self.proven and self._ready(self.units[self.next]):
            self._count(self.units[self.next])
            self.next += 1
        return self.proven

    @property
    def proven(self) -> bool:
        """Whether a regression is proven, so that the run can stop."""
        return self.evidence is not None and self.evidence.rejects

    def early(self) -> Early | None:
        """The proof for the verdict; None without one."""
        if not self.proven or self.evidence is None:
            return None
        return Early(self.samples, self.evidence.units, self.alpha, self.against)

    def _ready(self, unit: Sequence[str]) -> bool:
        return all(len(self._scores.get(key, ())) >= self.epochs for key in unit)

    def _count(self, unit: Sequence[str]) -> None:
        old = [self.base.items.get(key) or self._item({}) for key in unit]
        new = [self._item(self._scores.pop(key)) for key in unit]
        self.samples += len(unit)
        if self.bench.unit == "cluster":
            old, new = [all_right(old)], [all_right(new)]
        pairs = [(a.score, b.score) for a, b in zip(old, new, strict=True)]
        moves = [b - a for a, b in pairs if a is not None and b is not None]
        if self.evidence is not None and moves:
            self.evidence.add(sum(moves), len(moves))

    def _item(self, scores: Mapping[int, float | None]) -> Item:
        known = tuple(sorted((epoch, score) for epoch, score in scores.items() if score is not None))
        return Item(known, self.epochs, None, None, (), 0.0)


def run_cases(policy: Policy, root: Path, candidate: Candidate) -> list[Case]:
    """Run the candidate on every benchmark and compare it with the baseline.

    Benchmarks that are not comparable are refused before any request is sent.

    Raises:
        UsageError, DataError: a name, an option or a data set is wrong.
    """
    found = []
    for name in policy.benchmarks:
        try:
            case = _case(name, policy, baseline_of(root, name, policy), candidate)
        except (NotComparableError, RunFailedError, BudgetError) as problem:
            case = Case(name=name, problem=problem)
        except AdapterError as error:
            case = Case(name=name, problem=RunFailedError(str(error)))
        found.append(case)
    return found


def _case(name: str, policy: Policy, base: Run, candidate: Candidate) -> Case:
    with tempfile.TemporaryDirectory(prefix="mmeval-gate-") as folder:
        if policy.baseline.mode == "rerun":
            base = again(name, base, policy, candidate, folder=Path(folder))
        elif policy.baseline.mode == "control":
            _control(name, base, policy, candidate, Path(folder))
        case = _look(name, policy, base, candidate, factor=1)
        if policy.on_inconclusive == "extend" and _undecided(case, policy):
            case = _look(name, policy, base, candidate, factor=policy.extend.factor)
    return case


def _undecided(case: Case, policy: Policy) -> bool:
    """Whether a second look can help: the decision is open, and the baseline has more samples."""
    bench = policy.benchmarks[case.name]
    if case.comparison is None or case.early is not None or bench.n is None:
        return False
    alone = policy.model_copy(update={"benchmarks": {case.name: bench}})
    return decide([case], alone)[0].decision == "inconclusive"


def _look(name: str, policy: Policy, base: Run, candidate: Candidate, *, factor: float) -> Case:
    bench = policy.benchmarks[name]
    check_ids(read_side(base), bench)
    side = side_of(base, bench.model_copy(update={"unit": "sample"}))
    ids = _ids(base, bench, policy, factor=factor)
    if bench.tier != "advisory":
        units = select(side_of(base, bench), bench.n and round(bench.n * factor), seed=policy.seed)
        clusters = [None if bench.unit == "cluster" else side.items[key].cluster for key in units]
        check_size(name, clusters, bench.margin, policy)
    settings = candidate.of(policy, base.info)
    planned = runner.plan(
        _job(name, settings), candidate.model, settings, ids=_subset(base.info, bench, ids), shuffled=True
    )
    _comparable(base.info, planned.spec, policy)
    watch = SequentialMonitor(side, ids, bench, policy, seed=settings.seed, epochs=planned.spec.epochs)
    run = _run(replace(planned, most=candidate.left(policy)), watch, candidate)
    early = watch.early()
    if early is None and run.info.status == "partial" and _out(policy, candidate):
        raise BudgetError(f"{name}: the budget is spent after {sum(run.info.counts.values())} of {len(ids)} samples")
    return case_of(name, policy, base, run, early=early, factor=factor)


def _ids(base: Run, bench: Bench, policy: Policy, *, factor: float) -> list[str]:
    """The ids of the samples in the units that the policy draws."""
    n = None if bench.n is None else round(bench.n * factor)
    units = side_of(base, bench)
    drawn = select(units, n, seed=policy.seed)
    if bench.unit == "sample":
        return drawn
    wanted = set(drawn)
    whole = side_of(base, bench.model_copy(update={"unit": "sample"}))
    return [key for key, item in whole.items.items() if (item.cluster or key) in wanted]


def _subset(base: RunInfo, bench: Bench, ids: Sequence[str]) -> Sequence[str] | None:
    """The ids to run; None for the whole benchmark."""
    spec = base.spec
    whole = bench.n is None and bench.ids is None and spec.limit is None and spec.shard is None and spec.subset is None
    return None if whole else ids


def _comparable(base: RunInfo, spec: store.Spec, policy: Policy) -> None:
    """Raise NotComparableError for a planned run that would not be comparable, before any request is sent."""
    planned = RunInfo(status="running", spec=spec, provenance={"mmeval": _version()})
    foreign = refused(base, planned, policy.subject)
    if foreign:
        raise NotComparableError(
            f"the runs differ in more than the {policy.subject}: {'; '.join(map(str, foreign[:5]))}"
        )


def _version() -> str:
    from mmeval.version import __version__

    return __version__


def _run(planned: runner.Plan, watch: SequentialMonitor, candidate: Candidate) -> Run:
    """Run what is missing. Stored records are counted first and may already prove a regression."""
    policies, wrong = planned.benchmark.policy, float(not planned.benchmark.metric.higher_is_better)

    def seen(record: Record) -> bool:
        score = counted(record, policies, zeros=True, wrong=wrong)
        return watch.add(record.id, record.epoch, abs(score.value - wrong) if score else None)

    def on_record(record: Record) -> bool:
        candidate.asked += 1
        return seen(record)

    for record in _stored(planned):
        seen(record)
    if watch.proven:
        return store.read_run(planned.folder)
    run = _execute(planned, candidate, on_record=on_record)
    candidate.spent += run.info.totals.cost or 0.0
    return run


def _execute(planned: runner.Plan, candidate: Candidate, *, on_record: runner.OnRecord | None = None) -> Run:
    async def whole() -> Run:
        session = runner.Session(planned.settings, observer=candidate.observer)
        if session.resources.throttles.warning:
            candidate.warn(session.resources.throttles.warning)
        try:
            return (await session.run([planned], on_record=on_record))[0]
        finally:
            await session.close()
            for warning in [*session.resources.warnings, *session.resources.cache.warnings]:
                candidate.warn(warning)

    return runner.blocking(whole)


def _stored(planned: runner.Plan) -> list[Record]:
    """Records of an earlier call that will not be asked again: the last of each sample and epoch."""
    last: dict[tuple[str, int], Record] = {}
    for record in store.read_records(Files(planned.folder).journal, damaged=[]):
        last[record.id, record.epoch] = record
    return [record for record in last.values() if record.status not in OPEN]


def _out(policy: Policy, candidate: Candidate) -> bool:
    return policy.budget.samples is not None and candidate.asked >= policy.budget.samples


def again(
    name: str, base: Run, policy: Policy, candidate: Candidate, *, folder: Path, ids: Sequence[str] | None = None
) -> Run:
    """Run the baseline again, with its own model and settings but without the cache, into `folder`.

    Raises:
        RunFailedError: the run did not complete.
    """
    spec, variant = base.info.spec, Variant.of(base.info.spec.variant)
    given = {
        **candidate.settings,
        "cache": "off",
        "results": folder,
        "profile": spec.profile,
        "judge": spec.judge,
        **variant.settings,
        "seed": spec.seed,
        "epochs": spec.epochs // variant.prompts,
        "options": {
            **_waived(base.info),
            **{key: value for key, value in spec.options.items() if value is not None or spec.recipe},
        },
        "recipe": spec.recipe_name,
        "max_error_rate": policy.errors.max_rate,
        "columns": _columns(spec),
    }
    settings = read_settings(None, given)
    wanted = ids if ids is not None else _subset(base.info, Bench(), list(side_of(base, Bench()).items))
    planned = runner.plan(_job(name, settings), spec.model, settings, ids=wanted, shuffled=True)
    run = _execute(planned, candidate)
    candidate.spent += run.info.totals.cost or 0.0
    if run.info.status != "complete":
        raise RunFailedError(f"{spec.benchmark}: the rerun of the baseline is {run.info.status}: {run.info.reason}")
    return run


def _control(name: str, base: Run, policy: Policy, candidate: Candidate, folder: Path) -> None:
    """Raise NotComparableError if the baseline's own model now scores differently: the provider has drifted."""
    side = side_of(base, Bench())
    ids = select(side, policy.baseline.control, seed=policy.seed)
    found = compare(only(side, ids), side_of(again(name, base, policy, candidate, folder=folder, ids=ids), Bench()))
    moves = Units.of([pair.change for pair in found.pairs], [pair.cluster for pair in found.pairs]).sums
    p = min(1.0, 2 * min(sign_flip(moves), sign_flip(-moves)))
    if p < DRIFT and found.difference is not None:
        delta = found.difference
        raise NotComparableError(
            f"{name}: drift: the unchanged {base.info.spec.model} moved by {100 * delta.value:+.1f} points on "
            f"{delta.n} samples (+{delta.gains} -{delta.losses}, p = {p:.2g}); make a new baseline"
        )
