"""What a judge did on a labelled slice, found by what it was asked with: model, endpoint, options and adapter."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.errors import StoreError
from mmeval.formatting import interval, points
from mmeval.scorers.judges.verdicts import ON, RIGHT, WRONG
from mmeval.stats.agreement import cohen_kappa
from mmeval.stats.intervals import wilson
from mmeval.store import Number, Run, canonical, read_run, slug
from mmeval.types import JSON, Estimate

__all__ = ["Measured", "judge_digest", "measured", "measured_judge", "said_of"]

MOST = 50
"""Runs of one slice by one model that are looked at."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How often a judge's verdict was the label."""

    slice: str
    judge: str
    balanced: Number
    """Mean of the shares of right and of wrong items whose verdict is the label."""
    table: Mapping[tuple[str, str], int]
    """Items by label and verdict; an empty verdict is an answer that is none."""

    @property
    def n(self) -> int:
        """Labelled items."""
        return sum(self.table.values())

    @property
    def unclear(self) -> int:
        """Answers that are no verdict. A sample with one becomes a `judge_error`."""
        return sum(count for (_, verdict), count in self.table.items() if not verdict)

    @property
    def agree(self) -> Estimate:
        """Share of the items whose verdict is the label."""
        return wilson(sum(count for (label, verdict), count in self.table.items() if label == verdict), self.n)

    @property
    def false_yes(self) -> Estimate | None:
        """Share of the wrong items that the judge calls right; None without wrong items."""
        return self._share(WRONG, RIGHT)

    @property
    def false_no(self) -> Estimate | None:
        """Share of the right items that the judge calls wrong."""
        return self._share(RIGHT, WRONG)

    def _share(self, label: str, verdict: str) -> Estimate | None:
        n = sum(count for (one, _), count in self.table.items() if one == label)
        return wilson(self.table.get((label, verdict), 0), n) if n else None

    @property
    def kappa(self) -> Estimate:
        """Cohen's kappa of label and verdict; an answer that is no verdict is a third one. Items are independent."""
        pairs = [pair for pair, count in sorted(self.table.items()) for _ in range(count)]
        return cohen_kappa([label for label, _ in pairs], [verdict for _, verdict in pairs])

    @property
    def sentence(self) -> str:
        """`agrees with 221 of 240 labelled answers of judge_objects (92.1 % [88.0, 94.9])`."""
        agree = self.agree
        share = f"{points(agree.value)} % {interval(agree)}"
        return f"agrees with {round(agree.value * self.n)} of {self.n} labelled answers of {self.slice} ({share})"

    def as_json(self) -> dict[str, JSON]:
        """As `run.json` states it."""
        numbers: dict[str, Estimate | Number | None]
        numbers = {"agree": self.agree, "balanced": self.balanced, "false_yes": self.false_yes,
                   "false_no": self.false_no}  # fmt: skip
        shown = {name: {"value": one.value, "low": one.low, "high": one.high} for name, one in numbers.items() if one}
        return {"n": self.n, **shown, "unclear": self.unclear, "said": self.sentence}


def judge_digest(model: str, endpoint: str, options: Mapping[str, Any], adapter: str) -> str:
    """sha256 of everything with which a judge is asked, but for the questions; hexadecimal."""
    return hashlib.sha256(canonical([model, endpoint, dict(options), adapter])).hexdigest()


def measured(run: Run) -> Measured | None:
    """What a run of a slice says about its model as a judge; None if it is not complete, or not of a slice.

    Raises:
        StoreError: scores.csv is missing or damaged.
    """
    info = run.info
    balanced = info.metrics.get(info.primary_metric)
    if info.status != "complete" or balanced is None:
        return None
    labels = {rule: label for label, rule in ON.items()}
    rows = [row for row in run.scores() if row.score is not None]
    table = Counter((labels[row.rule], row.answer or "") for row in rows if row.rule in labels)
    return Measured(info.spec.benchmark, info.spec.model, balanced, table) if table else None


def measured_judge(results: Path, name: str, judge: str, digest: str) -> Measured | None:
    """What is known of a judge on a slice: its run over the most items; None if nothing was measured."""
    known: list[Measured] = []
    for folder in sorted((results / slug(judge)).glob(f"{slug(name)}@*/*/"))[:MOST]:
        with suppress(StoreError):
            run = read_run(folder)
            spec = run.info.spec
            same = judge_digest(spec.model, spec.endpoint, spec.options, spec.adapter_digest) == digest
            if same and spec.benchmark == name and (found := measured(run)):
                known.append(found)
    return max(known, key=lambda one: one.n, default=None)


def said_of(run: Run) -> str:
    """What is known of the judge of a run, for people: how often it is right on the slice of its benchmark, as of now.

    Empty if the run has no judge or its benchmark names no slice.
    """
    told, judge = run.info.provenance.get("judge"), run.info.spec.judge
    if not isinstance(told, dict) or not judge or not told.get("slice"):
        return ""
    name, digest = str(told["slice"]), str(told.get("digest"))
    root = run.path.resolve().parents[2]
    places = (root, root.parent)  # an accepted baseline lies one folder deeper than a run
    found = next(filter(None, (measured_judge(place, name, judge, digest) for place in places)), None)
    return found.sentence if found else f"not measured on {name}"
