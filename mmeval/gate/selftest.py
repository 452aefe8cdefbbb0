"""Tests a gate: it must fail a planted regression and pass an identical copy."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mmeval import store
from mmeval.errors import MMEvalError, UsageError
from mmeval.gate.baseline import baseline_of
from mmeval.gate.decide import conclude, decide
from mmeval.gate.offline import case_of
from mmeval.gate.policy import Bench, Policy
from mmeval.gate.verdict import Decision
from mmeval.store import Run, RunInfo, ScoreRow, Spec

__all__ = ["Trial", "selftest"]

SAMPLES = 600
Edit = Callable[[list[ScoreRow], random.Random], Iterable[ScoreRow]]


@dataclass(frozen=True, slots=True)
class Trial:
    """One planted change and how the gate decided."""

    benchmark: str
    planted: str
    expected: Decision
    found: Decision
    reason: str

    @property
    def passed(self) -> bool:
        """Whether the decision is the expected one."""
        return self.found == self.expected


def selftest(policy: Policy | None, root: Path | None) -> list[Trial]:
    """Put a copy, a regression, another version and an empty run through the gate, for every gated benchmark.

    Args:
        policy: the gate to test; None tests a default policy on a synthetic baseline.
        root: the folder of its baselines.

    Raises:
        NotComparableError: a baseline is missing.
    """
    with tempfile.TemporaryDirectory(prefix="mmeval-selftest-") as folder:
        if policy is None or root is None:
            policy = Policy(version=1, benchmarks={"selftest": Bench(tier="critical")})
            bases = {"selftest": _drawn(Path(folder) / "base")}
        else:
            gated = {name: bench for name, bench in policy.benchmarks.items() if bench.tier != "advisory"}
            if not gated:
                raise UsageError("every benchmark is advisory, so the gate cannot fail")
            bases = {name: baseline_of(root, name, policy) for name in gated}
        return [
            trial for name, base in bases.items() for trial in _trials(name, base, policy, Path(folder) / name)
        ]  # fmt: skip


def _trials(name: str, base: Run, policy: Policy, folder: Path) -> Iterator[Trial]:
    alone = policy.model_copy(update={"benchmarks": {name: policy.benchmarks[name]}})
    drop, wrong = 2 * alone.benchmarks[name].margin + 0.15, base.info.wrong
    plan: list[tuple[str, Decision, Edit, str | None]] = [
        ("an identical copy", "pass", lambda rows, rng: rows, None),
        (
            f"a drop of {100 * drop:.0f} points",
            "fail",
            lambda rows, rng: _worse(rows, rng, drop, wrong),
            None,
        ),
        ("another version of the benchmark", "not comparable", lambda rows, rng: rows, "0-selftest"),
        ("a run without answers", "incomplete", lambda rows, rng: [_failed(row) for row in rows], None),
    ]
    for planted, expected, edit, version in plan:
        try:
            candidate = _copy(base, folder / expected.replace(" ", "-"), edit, version)
            verdict = conclude(decide([case_of(name, alone, base, candidate)], alone), alone, command="")
            found, reason = verdict.decision, verdict.summary
        except MMEvalError as error:
            found, reason = "incomplete", str(error)
            if expected == "pass":
                raise
        yield Trial(name, planted, expected, found, reason)


def _worse(rows: list[ScoreRow], rng: random.Random, drop: float, wrong: float) -> Iterator[ScoreRow]:
    """Turn right samples wrong until the mean has fallen by `drop`, or all samples are wrong."""
    right = sorted({row.id for row in rows if row.score is not None and row.score != wrong})
    total = len({row.id for row in rows})
    lost = set(rng.sample(right, min(len(right), round(drop * total) + 1)))
    for row in rows:
        yield row._replace(score=wrong, answer="planted") if row.id in lost and row.score is not None else row


def _failed(row: ScoreRow) -> ScoreRow:
    return row._replace(status="error", score=None, answer=None, rule="")


def _copy(base: Run, folder: Path, edit: Edit, version: str | None) -> Run:
    info = base.info
    if version is not None:
        info = info.model_copy(update={"spec": info.spec.model_copy(update={"version": version})})
    rows = edit(list(base.scores()), random.Random(0))  # noqa: S311 - which samples are changed need not be secret
    return _write(folder, info, rows)


def _write(folder: Path, info: RunInfo, rows: Iterable[ScoreRow]) -> Run:
    folder.mkdir(parents=True)
    store.write_info(folder, info.model_copy(update={"scores_digest": None}))
    store.write_scores(store.Files(folder).scores, rows)
    return store.read_run(folder)


def _drawn(folder: Path) -> Run:
    rng = random.Random(1)  # noqa: S311 - synthetic scores
    spec = Spec(
        model="mock/selftest",
        benchmark="selftest",
        version="1",
        profile="official",
        endpoint="local",
        definition_digest="0" * 64,
        adapter_digest="0" * 64,
        scorer="choice/official@1",
    )
    rows = [
        ScoreRow(f"{i:04}", 1, "ok", float(rng.random() < 0.7), "A", "drawn", f"image{i // 2:03}")
        for i in range(SAMPLES)
    ]
    return _write(folder, RunInfo(status="complete", spec=spec, planned=SAMPLES, counts={"ok": SAMPLES}), rows)
