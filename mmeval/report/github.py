"""Reports for a GitHub job: annotations in its log, its summary, its outputs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from mmeval.errors import UsageError
from mmeval.formatting import points
from mmeval.gate.verdict import Verdict
from mmeval.report.markdown import markdown

__all__ = ["outputs", "workflow_commands", "write_job_files"]

MOST = 10
"""GitHub shows at most ten annotations of each kind per step."""
KINDS = {
    "fail": "error",
    "incomplete": "error",
    "not comparable": "error",
    "budget": "error",
    "inconclusive": "warning",
}


def workflow_commands(verdict: Verdict) -> list[str]:
    """Annotations as workflow commands: at most ten, the worst first."""
    order = list(KINDS)
    worst = sorted(
        (bench for bench in verdict.benchmarks if bench.decision in KINDS),
        key=lambda bench: order.index(bench.decision),
    )
    lines = []
    for bench in worst[:MOST]:
        kind = KINDS[bench.decision] if bench.gated else "notice"
        title = _property(f"{bench.name}: {bench.decision}")
        lines.append(f"::{kind} file={_property(verdict.policy_file)},title={title}::{_data('; '.join(bench.reasons))}")
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def outputs(verdict: Verdict) -> str:
    """Lines for $GITHUB_OUTPUT; every value is one line."""
    worst = min((b for b in verdict.benchmarks if b.difference), key=lambda b: b.difference.value, default=None)  # type: ignore[union-attr]
    values = {
        "verdict": verdict.decision,
        "exit-code": str(verdict.exit_code),
        "summary": " ".join(verdict.summary.split()),
        "delta": points(worst.difference.value, signed=True) if worst and worst.difference else "",
        "cost": "" if verdict.cost is None else f"{verdict.cost:.4f}",
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())


def write_job_files(verdict: Verdict, environment: Mapping[str, str] = os.environ) -> None:
    """Append to the files that a GitHub job names in its environment; outside of GitHub, do nothing."""
    for key, text in (("GITHUB_STEP_SUMMARY", markdown(verdict)), ("GITHUB_OUTPUT", outputs(verdict))):
        if environment.get(key):
            try:
                with Path(environment[key]).open("a", encoding="utf-8") as file:
                    file.write(text)
            except OSError as error:
                raise UsageError(f"${key}: {environment[key]}: {error.strerror}") from None
