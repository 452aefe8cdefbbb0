"""scores.csv as arrays: one value per sample, and one character per sample for what is shown and compared."""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mmeval.errors import StoreError
from mmeval.store import Run, ScoreRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FAILED: Final = frozenset({"error", "timeout", "invalid_input", "unsupported", "judge_error"})
"""Statuses of requests that did not get a reply that could be scored."""
LEVELS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"
"""61 characters for scores k/60: thirds, quarters, fifths and tenths are exact."""
MISSING: Final = "."
OUTCOMES: Final = {
    "r": "right",
    "p": "partial",
    "w": "wrong",
    "u": "unparsed",
    "t": "truncated",
    "x": "refused",
    "f": "failed",
}


@dataclass(frozen=True, slots=True)
class Vector:
    """The scores of one run in the order of sample ids."""

    ids: tuple[str, ...]
    values: Floats
    """[n], mean over epochs; NaN where nothing was scored."""
    clusters: tuple[str, ...]
    outcomes: str
    """[n], keys of OUTCOMES."""
    answers: tuple[str, ...]
    """[n], what was read from the reply, shortened; empty where nothing was read."""
    counts: dict[str, int]
    """Rows by status."""
    rows: int
    digest: str
    """sha256 of scores.csv."""
    mean: float = 0.0
    """Over all rows that were scored."""
    pseudo: tuple[float, ...] = ()
    """Jackknife pseudo-values of the headline as a share of its range.

    Empty if the headline is the mean of the scores, or if it cannot be recomputed.
    """
    latency: float | None = None
    """Median seconds of the requests that were answered afresh; None where the journal is not here."""

    @property
    def levels(self) -> str:
        """[n], LEVELS or MISSING: what the comparison page reads."""
        import numpy as np

        table = np.frombuffer((LEVELS + MISSING).encode(), dtype=np.uint8)
        places = np.where(np.isnan(self.values), len(LEVELS), np.rint(np.nan_to_num(self.values) * 60)).astype(np.intp)
        return table[places].tobytes().decode()


_LATENCY = re.compile(rb'"latency_s":([0-9.e+-]+)[^{}]*?"cached":false')


def median_latency(journal: Path) -> float | None:
    """Median latency in seconds from a journal, read by pattern: millions of records are quick that way."""
    if not journal.is_file():
        return None
    found = sorted(float(value) for value in _LATENCY.findall(journal.read_bytes()))
    known = [value for value in found if value > 0]
    return known[len(known) // 2] if known else None


def file_digest(file: Path) -> str:
    """sha256 of a file's bytes, hexadecimal; empty where there is no file."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def outcome(row: ScoreRow) -> str:
    """The key of OUTCOMES for one row; failures and cut-offs come before right and wrong."""
    if row.status in FAILED or row.score is None:
        return "f"
    if row.status == "truncated":
        return "t"
    if row.status in ("refused", "filtered", "empty"):
        return "x"
    if row.answer is None:
        return "u"
    return "r" if row.score >= 1 else "w" if row.score <= 0 else "p"


def read_vector(run: Run) -> Vector:
    """Parse scores.csv; raises StoreError for a file that is missing or damaged, or a score outside [0, 1]."""
    try:
        vector = _vector(list(run.scores()), run.path / "scores.csv")
        return replace(vector, latency=median_latency(run.path / "records.jsonl"))
    except FileNotFoundError:
        raise StoreError(f"{run.path}: no scores.csv") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise StoreError(f"{run.path / 'scores.csv'}: {error}") from None


def _vector(rows: list[ScoreRow], file: Path) -> Vector:
    import numpy as np

    by_id: dict[str, list[ScoreRow]] = {}
    for row in rows:
        if row.score is not None and not 0 <= row.score <= 1:
            raise StoreError(f"{file}: sample {row.id}: score {row.score} is not in [0, 1]")
        by_id.setdefault(row.id, []).append(row)
    if sum(len({r.epoch for r in group}) for group in by_id.values()) != len(rows):
        raise StoreError(f"{file}: a sample and epoch stand in it twice")
    ids = tuple(sorted(by_id))
    values = np.array([_mean(by_id[key]) for key in ids], dtype=np.float64)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    clusters = tuple(by_id[key][0].cluster or key for key in ids)
    outcomes = "".join(_worst(outcome(row) for row in by_id[key]) for key in ids)
    answers = tuple(sys.intern((by_id[key][-1].answer or "")[:60]) for key in ids)
    known = [row.score for row in rows if row.score is not None]
    mean = sum(known) / len(known) if known else 0.0
    return Vector(ids, values, clusters, outcomes, answers, counts, len(rows), file_digest(file), mean)


def _mean(rows: list[ScoreRow]) -> float:
    known = [row.score for row in rows if row.score is not None]
    return sum(known) / len(known) if known else float("nan")


def _worst(codes: Iterable[str]) -> str:
    """Of several epochs the one that a reader should look at first."""
    return max(codes, key="rpwuxtf".index)
