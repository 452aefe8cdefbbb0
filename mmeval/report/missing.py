"""What is said about samples that have no score: what the headline could be, and whether a board ranks the run."""

from __future__ import annotations

from mmeval.formatting import plural, points
from mmeval.store import COVERAGE, RunInfo

__all__ = ["missing_line"]


def missing_line(info: RunInfo) -> str:
    """Such as `50 of 1,000 samples have no score: 66.5 if all were wrong, 71.5 if all were right; ...`.

    Empty if nothing is missing, or if the run is not complete.
    """
    found = info.bounds
    if found is None or not info.metrics or info.status != "complete":
        return ""
    said = f"{found.missing:,} of {plural(info.planned, 'sample')} {'has' if found.missing == 1 else 'have'} no score"
    if found.wrong is None or found.right is None:
        return f"{said}, and {info.primary_metric} cannot be bounded without them: a leaderboard does not rank this run"
    wrong, right = (points(one.value, scale=info.scale) for one in (found.wrong, found.right))
    said += f": {wrong} if all were wrong, {right} if all were right"
    if found.missing > (1 - COVERAGE) * info.planned:
        return f"{said}; a leaderboard does not rank a run that measured less than {COVERAGE:.0%}"
    return f"{said}; ranks count them as wrong"
