"""Baselines: small committed run folders, and the ledger of who moved them and why."""

from __future__ import annotations

import getpass
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.compare import Comparison, compare, read_side
from mmeval.data.questions import are_questions
from mmeval.errors import NotComparableError, UsageError
from mmeval.gate.guards import measure
from mmeval.gate.policy import Policy
from mmeval.store import Measures, Run

__all__ = ["LEDGER", "accept", "baseline_of", "is_of", "measures_of", "open_baselines"]

LEDGER = "LEDGER.jsonl"
"""In the folder of baselines: one line per accepted run."""


@contextmanager
def open_baselines(policy: Policy) -> Iterator[Path]:
    """The folder of baselines; extracted from git if the policy names a ref.

    Raises:
        NotComparableError: the folder or the ref does not exist.
    """
    path, ref = policy.baseline.path, policy.baseline.ref
    if ref is None:
        if not path.is_dir():
            raise NotComparableError(f"no baselines in {path}; make one with `mmeval gate accept RUN --reason ...`")
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="mmeval-gate-") as folder:
        _extract(path, ref, Path(folder))
        yield Path(folder) / path


def _extract(path: Path, ref: str, into: Path) -> None:
    if ref.startswith("-") or path.is_absolute():
        raise UsageError(f"baseline: ref {ref!r} with path {path}: expected a git ref and a relative path")
    command = ["git", "archive", "--format=tar", ref, "--", str(path)]
    made = subprocess.run(command, capture_output=True, check=False, timeout=120)  # noqa: S603
    if made.returncode:
        why = made.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["git failed"]
        raise NotComparableError(f"no baselines in {path} at {ref}: {why[0]}")
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        archive.extractall(into, filter="data")


def is_of(run: Run, name: str) -> bool:
    """Whether the run is of this benchmark of the policy; a run of a file of questions knows the file's name."""
    spec = run.info.spec
    if are_questions(name) and spec.data.get("kind") == "file":
        return spec.data.get("path") == Path(name).name
    return spec.benchmark == name


def baseline_of(root: Path, name: str, policy: Policy) -> Run:
    """The baseline run of one benchmark.

    Raises:
        NotComparableError: there is none, or this version cannot read it.
        UsageError: there are several, and the policy does not name a model.
    """
    runs, problems = store.list_runs(root)
    wanted = policy.benchmarks[name].model
    found = [run for run in runs if is_of(run, name) and wanted in (None, run.info.spec.model)]
    if len(found) > 1:
        models = ", ".join(sorted({run.info.spec.model for run in found}))
        raise UsageError(f"{name}: {len(found)} baselines in {root} ({models}); set `model` under benchmarks.{name}")
    if found:
        return found[0]
    broken = [problem.reason for problem in problems if problem.path.parent.name.split("@")[0] == store.slug(name)]
    if broken:
        raise NotComparableError(f"{name}: the baseline cannot be read: {broken[0]}")
    of = f" of {wanted}" if wanted else ""
    raise NotComparableError(
        f"{name}: no baseline{of} in {root}; run the benchmark, then `mmeval gate accept RUN --reason ...`"
    )  # fmt: skip


def measures_of(run: Run) -> Measures:
    """Latency and cost of a run: stored ones for a baseline, measured from the journal otherwise."""
    stored = store.read_measures(run)
    return measure(run) if stored is None else stored


def accept(run: Run, policy: Policy, *, reason: str) -> dict[str, Any]:
    """Make a run the baseline of its benchmark, and append a line to the ledger.

    Returns:
        The line: when, who, why, the run, and its difference from the runs that it replaces.

    Raises:
        UsageError: the reason is empty, or the run is not complete.
        RunFailedError, StoreError: the run's scores are empty or damaged.
    """
    spec, root = run.info.spec, policy.baseline.path
    if not reason.strip():
        raise UsageError("--reason: give the reason for the new baseline in a sentence")
    if run.info.status != "complete":
        raise UsageError(f"{run.path}: the run is {run.info.status}; only a complete run can be a baseline")
    side = read_side(run)
    target = store.run_path(root, spec).with_name(run.spec_digest[:12])
    old = [base for base in _existing(root, run) if base.path != target]
    row: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "who": os.environ.get("GITHUB_ACTOR") or getpass.getuser(),
        "reason": " ".join(reason.split()),
        "benchmark": spec.benchmark,
        "version": spec.version,
        "model": spec.model,
        "run": run.spec_digest,
        "score": side.mean(),
        "n": len(side.items),
        "replaces": [_delta(base, run, policy) for base in old],
        "git": run.info.provenance.get("git"),
    }
    if run.path.resolve() != target.resolve():
        store.copy_run(run, target, measures_of(run))
    for base in old:
        shutil.rmtree(base.path)
        _prune(base.path.parent, root)
    with (root / LEDGER).open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
    return row


def _existing(root: Path, run: Run) -> list[Run]:
    """The baselines that this run replaces: those of its model, else the only one of its benchmark."""
    spec = run.info.spec
    same = [base for base in store.list_runs(root)[0] if base.info.spec.benchmark == spec.benchmark]
    own = [base for base in same if base.info.spec.model == spec.model]
    return own or (same if len(same) == 1 else [])


def _delta(base: Run, run: Run, policy: Policy) -> dict[str, Any]:
    spec = base.info.spec
    row: dict[str, Any] = {"run": base.spec_digest, "model": spec.model, "version": spec.version}
    try:
        found: Comparison = compare(read_side(base), read_side(run), level=1 - 2 * policy.alpha)
    except NotComparableError:
        return row
    delta = found.difference
    if delta is not None:
        row |= {"difference": delta.value, "low": delta.low, "high": delta.high, "n": delta.n}
    return row


def _prune(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
