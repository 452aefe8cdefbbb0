"""The scores of a run as arrays: one value per sample, and one character per sample for its outcome."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mmeval.store import REFUSALS, UNMEASURED, Number, Run, ScoreRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVELS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"
"""61 characters for scores k/60: thirds, quarters, fifths and tenths are exact."""
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
    """The scores of one run, ordered by sample id."""

    ids: tuple[str, ...]
    values: Floats
    """[n], mean over epochs; NaN for samples without a score."""
    gaps: Floats
    """[n], share of a sample's epochs that have no score."""
    clusters: tuple[str, ...]
    outcomes: str
    """[n], keys of OUTCOMES."""
    answers: Sequence[str]
    """[n], the answer found in the reply, cut to 60 characters; empty if none was found."""
    counts: dict[str, int]
    """Rows by status."""
    rows: int
    digest: str
    """sha256 of scores.csv."""
    mean: float = 0.0
    """Mean over all rows with a score."""
    missing: int = 0
    """Replies without a score, over all epochs."""
    wrong: float = 0.0
    """What counts as wrong: 0, or 1 if lower is better."""
    bounds: tuple[Number, Number] | None = None
    """The headline with all that is missing counted as wrong, and as right, where the metric can be computed."""
    counted_metrics: Mapping[str, Number] = field(default_factory=dict)
    """All numbers of the metric with what is missing counted as wrong; empty if nothing is, or they are not known."""
    pseudo: tuple[float, ...] = ()
    """Jackknife pseudo-values of the headline as a share of its range, with all that is missing counted as wrong.

    Empty if the headline is the mean of the scores, or cannot be recomputed.
    """
    latency: float | None = None
    """Median seconds of the replies that did not come from the cache; None without a journal."""
    journal: str = ""
    """sha256 of the journal; empty without one, or if nobody asked for it."""
    source: str = ""
    """Digest of all files of the run that pages are made from; empty if nobody asked for it."""

    def filled(self, score: float) -> Floats:
        """[n], the values with this score for everything that is missing."""
        import numpy as np

        return np.where(self.gaps > 0, np.nan_to_num(self.values) * (1 - self.gaps) + score * self.gaps, self.values)

    @property
    def right(self) -> Floats:
        """[n], how much of each is right: the values, or 1 minus them if lower is better; NaN without a score."""
        return abs(self.values - self.wrong)

    @property
    def counted(self) -> Floats:
        """[n], the values that are compared: what is missing counts as wrong."""
        return self.filled(self.wrong)

    @property
    def levels(self) -> str:
        """[n], characters of LEVELS: how much of each is right, for the pages. What is missing counts as wrong."""
        import numpy as np

        table = np.frombuffer(LEVELS.encode(), dtype=np.uint8)
        return table[np.rint(abs(self.counted - self.wrong) * 60).astype(np.intp)].tobytes().decode()


def file_digest(file: Path) -> str:
    """sha256 of a file, hexadecimal; empty if the file does not exist or cannot be read."""
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""


def outcome(row: ScoreRow, wrong: float = 0.0) -> str:
    """The key of OUTCOMES for one row; failures and truncation take precedence over right and wrong.

    `wrong` is the score of what is wrong: 0, or 1 if lower is better.
    """
    if row.status in UNMEASURED or row.score is None:
        return "f"
    if row.status == "truncated":
        return "t"
    if row.status in REFUSALS:
        return "x"
    if row.answer is None:
        return "u"
    share = abs(row.score - wrong)
    return "r" if share >= 1 else "w" if share <= 0 else "p"


def read_vector(run: Run, rows: Sequence[ScoreRow], *, wrong: float = 0.0) -> Vector:
    """The scores of a run as arrays, from the rows of its scores.csv."""
    import numpy as np

    by_id: dict[str, list[ScoreRow]] = {}
    for row in rows:
        by_id.setdefault(row.id, []).append(row)
    ids = tuple(sorted(by_id))
    values = np.array([_mean(by_id[key]) for key in ids], dtype=np.float64)
    epochs = max(1, min(run.info.spec.epochs, len(rows)))
    absent = [_absent(by_id[key], epochs) for key in ids]
    gaps = np.array([n / max(epochs, len(by_id[key])) for key, n in zip(ids, absent, strict=True)], dtype=np.float64)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    clusters = tuple(by_id[key][0].cluster or key for key in ids)
    outcomes = "".join(_outcome(by_id[key], wrong) for key in ids)
    answers = tuple(sys.intern((by_id[key][-1].answer or "")[:60]) for key in ids)
    known = [row.score for row in rows if row.score is not None]
    mean = sum(known) / len(known) if known else 0.0
    digest = run.info.scores_digest or file_digest(run.files.scores)
    return Vector(
        ids, values, gaps, clusters, outcomes, answers, counts, len(rows), digest, mean, missing=sum(absent),
        wrong=wrong, latency=run.latency(),
    )  # fmt: skip


# Nearly all runs have one row for each sample, so that is looked at first.


def _outcome(rows: list[ScoreRow], wrong: float) -> str:
    return outcome(rows[0], wrong) if len(rows) == 1 else worst_outcome(outcome(row, wrong) for row in rows)


def _absent(rows: list[ScoreRow], epochs: int) -> int:
    """Epochs of a sample that have no score, or no row."""
    if len(rows) == epochs == 1:
        return rows[0].score is None
    return max(epochs, len(rows)) - sum(row.score is not None for row in rows)


def _mean(rows: Sequence[ScoreRow]) -> float:
    if len(rows) == 1 and rows[0].score is not None:
        return rows[0].score
    known = [row.score for row in rows if row.score is not None]
    return sum(known) / len(known) if known else float("nan")


def worst_outcome(codes: Iterable[str]) -> str:
    """The outcome of a sample with several epochs: the most serious one."""
    return max(codes, key="rpwuxtf".index)
