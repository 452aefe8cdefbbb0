"""Record finished runs in Weights & Biases or MLflow: numbers, spec, and the run folder that holds everything else.

Both are set up in their own way (`WANDB_MODE`, `WANDB_PROJECT`, `MLFLOW_TRACKING_URI`, `MLFLOW_EXPERIMENT_NAME`, ...);
the project or experiment is `mmeval` where nothing else is said.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mmeval import store
from mmeval.errors import RunFailedError, UsageError

PROJECT = "mmeval"
_LONGEST = 500
"""Characters of a value that every server of MLflow takes."""


def check(trackers: Iterable[str]) -> None:
    """Raise UsageError if a package is missing: before a run, not after it."""
    for name in trackers:
        if importlib.util.find_spec(name) is None:
            raise UsageError(f"--track {name} needs `pip install 'mmeval-harness[{name}]'`")


def track(name: str, run: store.Run) -> None:
    """Record one run.

    Args:
        name: a key of TRACKERS.
        run: a run that has ended, well or not.

    Raises:
        RunFailedError: the tracker failed. The run itself is stored all the same.
    """
    try:
        TRACKERS[name](run)
    except Exception as error:  # the boundary of another tool, which may raise anything
        why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise RunFailedError(f"{name}: {run.path} is not recorded: {why}") from error


def _wandb(run: store.Run) -> None:
    import wandb

    project = os.environ.get("WANDB_PROJECT") or PROJECT
    settings = wandb.Settings(silent=True, console="off", disable_git=True, save_code=False)
    with wandb.init(
        project=project, name=_title(run), config=_facts(run), tags=["mmeval"], settings=settings
    ) as recorded:
        recorded.summary.update({**_numbers(run), "status": run.info.status})


def _mlflow(run: store.Run) -> None:
    import mlflow

    if not os.environ.get("MLFLOW_EXPERIMENT_NAME") and not os.environ.get("MLFLOW_EXPERIMENT_ID"):
        mlflow.set_experiment(PROJECT)
    facts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in _facts(run).items()}
    tags = {"mmeval.run": facts["run"], "mmeval.status": run.info.status}
    with mlflow.start_run(run_name=_title(run), tags=tags):
        mlflow.log_params({key: value[:_LONGEST] for key, value in facts.items()})
        # With a slash, `accuracy` would be a file and a folder at once.
        mlflow.log_metrics({re.sub(r"[^\w. -]", "_", key): value for key, value in _numbers(run).items()})


def _title(run: store.Run) -> str:
    return f"{run.info.spec.model} {run.info.spec.benchmark}"


def _facts(run: store.Run) -> dict[str, Any]:
    return {**run.info.spec.model_dump(mode="json"), "run": str(run.path.resolve()), "digest": run.spec_digest}


def _numbers(run: store.Run) -> dict[str, float]:
    """The metrics, the interval of the headline, and what the run used; what is unknown is left out."""
    info = run.info
    found: dict[str, float | None] = {name: number.value for name, number in info.metrics.items()}
    if headline := info.metrics.get(info.primary_metric):
        found |= {f"{info.primary_metric}.{end}": getattr(headline, end) for end in ("low", "high", "n")}
    found |= {key: getattr(info.totals, key) for key in ("input_tokens", "output_tokens", "cost", "wall_s")}
    found |= {f"status.{status}": count for status, count in info.counts.items()}
    return {key: float(value) for key, value in found.items() if value is not None}


TRACKERS: Mapping[str, Callable[[store.Run], None]] = {"wandb": _wandb, "mlflow": _mlflow}
