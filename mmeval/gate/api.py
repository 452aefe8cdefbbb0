"""A gate from policy to verdict: the entry points for the command line, the pytest fixture and your own scripts."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.catalog import Catalog
from mmeval.data.questions import are_questions
from mmeval.errors import UsageError, nearest
from mmeval.gate.baseline import is_of, open_baselines
from mmeval.gate.decide import conclude, decide
from mmeval.gate.live import Candidate, run_cases
from mmeval.gate.offline import cases
from mmeval.gate.policy import Policy
from mmeval.gate.verdict import Verdict
from mmeval.runner import Observer
from mmeval.store import Run

__all__ = ["candidate_of", "check_names", "decide_live", "decide_stored"]


def check_names(policy: Policy, *, file: Path, catalog: Catalog = Catalog(), known: Sequence[Run] = ()) -> None:
    """Raise UsageError for a benchmark or file of questions that does not exist and is of none of the known runs."""
    names = {*catalog.benchmarks(), *(run.info.spec.benchmark for run in known)}
    for name in policy.benchmarks:
        if are_questions(name):
            if not Path(name).is_file() and not any(is_of(run, name) for run in known):
                raise UsageError(f"{file}: benchmarks: {name}: no such file")
        elif name not in names:
            raise UsageError(
                f"{file}: benchmarks: no benchmark {name!r}{nearest(name, names)}; see `mmeval list benchmarks`"
            )


def candidate_of(
    policy: Policy,
    *,
    model: str | None,
    options: Mapping[str, Any],
    settings: Mapping[str, Any],
    observer: Observer | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> Candidate:
    """The candidate of a gate; raises UsageError if neither the caller nor the policy names a model.

    Args:
        policy: names the model and its options by default.
        model: `provider/model`, instead of the policy's.
        options: adapter options, on top of the policy's.
        settings: further settings of a run; None values are dropped.
        observer: is shown the progress.
        warn: is called with everything that a user should know about the machine or the files of a run.
    """
    name = model or policy.model
    if name is None:
        raise UsageError("no candidate: pass -m PROVIDER/MODEL, or set `model` in the policy")
    given = {key: value for key, value in settings.items() if value is not None}
    return Candidate(model=name, options={**policy.options, **options}, settings=given, observer=observer, warn=warn)


def decide_live(policy: Policy, candidate: Candidate, *, file: Path) -> Verdict:
    """Run the candidate and decide. An error in one benchmark becomes part of the verdict.

    Raises:
        UsageError, DataError: the policy, a name or a data set is wrong.
        NotComparableError: there are no baselines at all.
    """
    check_names(policy, file=file, catalog=Catalog(tuple(candidate.settings.get("path", ()))))
    with open_baselines(policy) as root:
        found = run_cases(policy, root, candidate)
    return conclude(decide(found, policy), policy, **_about(file, candidate.begin))


def decide_stored(policy: Policy, bases: Mapping[str, Run], candidates: Mapping[str, Run], *, file: Path) -> Verdict:
    """Decide from stored runs, both given by benchmark; raises the errors of `decide_live`."""
    begin = time.monotonic()
    return conclude(decide(cases(policy, candidates, bases=bases), policy), policy, **_about(file, begin))


def _about(file: Path, begin: float) -> dict[str, Any]:
    return {
        "command": shlex.join(["mmeval", *sys.argv[1:]]),
        "policy_file": str(file),
        "seconds": round(time.monotonic() - begin, 3),
    }
