"""`agreement.json`: how well the judge of a run agrees with people, and the score that people would have given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mmeval.store.atomic import write_atomic
from mmeval.store.info import Number
from mmeval.store.layout import Files
from mmeval.store.runs import Run

__all__ = ["Labelled", "agreement_of", "read_labelled", "write_labelled"]

MOST_BYTES = 1_000_000
"""Longest file that is read."""


class Labelled(BaseModel):
    """`agreement.json`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    scores_digest: str | None
    """sha256 of the scores.csv that was labelled; with other scores, the rest says nothing."""
    labels: str
    """sha256 of the file of labels."""
    n: int
    """Labelled samples."""
    table: dict[str, dict[str, int]]
    """Labelled samples by human label and judge label."""
    kappa: Number | None = None
    sensitivity: Number | None = None
    specificity: Number | None = None
    judged: Number
    """Mean score of the run, as the judge gave it; this and what follows in [0, 1]."""
    corrected: Number | None = None
    """By PPI++."""
    by_error_rates: Number | None = None
    """By sensitivity and specificity."""
    bias: Number
    """Judge minus human on the labelled samples."""


def agreement_of(run: Run) -> Mapping[str, Any] | None:
    """`kappa`, `low`, `high` and `n`, with `corrected`, `corrected_low` and `corrected_high`, as far as they are known.

    Runs that were labelled before `agreement.json` existed have the first four in run.json.
    """
    found = read_labelled(run)
    if found is None:
        old = run.info.provenance.get("agreement")
        return old if isinstance(old, dict) else None
    kappa, mean = found.kappa, found.corrected
    told: dict[str, Any] = {"n": found.n}
    if kappa is not None:
        told |= {"kappa": kappa.value, "low": kappa.low, "high": kappa.high}
    if mean is not None:
        told |= {"corrected": mean.value, "corrected_low": mean.low, "corrected_high": mean.high}
    return told


def write_labelled(run: Run, found: Labelled) -> None:
    """Replace agreement.json."""
    write_atomic(run.files.labelled, found.model_dump_json(indent=1) + "\n")


def read_labelled(run: Run) -> Labelled | None:
    """What people said about the judge of a run; None if nothing, or if the scores have changed since."""
    file = Files(run.path).labelled
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MOST_BYTES:
            return None
        found = Labelled.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
    return found if found.scores_digest == run.info.scores_digest else None
