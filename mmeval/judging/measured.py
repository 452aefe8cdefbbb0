"""What a judge did on a labelled slice, found by what it was asked with: model, endpoint, options and adapter."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmeval.errors import StoreError
from mmeval.formatting import interval, points
from mmeval.metrics.concordance import DIGITS
from mmeval.scorers.judges.verdicts import HALF, ON, RIGHT, WRONG
from mmeval.stats.agreement import cohen_kappa
from mmeval.stats.intervals import wilson
from mmeval.store import Number, Run, ScoreRow, canonical, read_run, slug
from mmeval.types import JSON, Estimate

__all__ = ["Measured", "judge_digest", "measured", "measured_judge", "said_of"]

MOST = 50
"""Runs of one slice by one model that are looked at."""
PAIRS, ORDERED, REVERSED = "pair", "ordered as labelled", "reversed"
"""The label of pairs, and the verdicts on them. Of equal values, none is higher: that is no verdict."""
HEADLINES: Mapping[str, str] = {"accuracy": "balanced"}
"""What a headline is called here, if not as its metric."""
LABELS = {rule: label for label, rule in ON.items()}
POSITIONS = {WRONG: 0.0, HALF: 1.0, RIGHT: 2.0}


@dataclass(frozen=True, slots=True)
class Measured:
    """How often what a judge's rule makes of its answers is the label."""

    slice: str
    judge: str
    metric: str
    headline: Number
    """Of the slice: balanced accuracy, the area under the ROC curve (`auc`), or the share of ordered pairs."""
    table: Mapping[tuple[str, str], int]
    """Items, or pairs of them, by label and verdict; an empty verdict is an answer that is none."""
    means: Mapping[str, Number] = field(default_factory=dict)
    """Mean value of the rule on right and on wrong items, where it is compared."""
    wer: Number | None = None
    """Error rate of the judge's transcripts of what is right: what it adds to the error rate of every model."""

    @property
    def n(self) -> int:
        """Labelled items, or pairs."""
        return sum(self.table.values())

    @property
    def paired(self) -> bool:
        """Whether pairs are counted."""
        return any(label == PAIRS for label, _ in self.table)

    @property
    def unclear(self) -> int:
        """Answers that are no verdict. In a judged run, a sample with one becomes a `judge_error`."""
        return sum(count for (_, verdict), count in self.table.items() if not verdict)

    @property
    def agree(self) -> Estimate:
        """Share of the items whose verdict is the label."""
        same = sum(n for (label, verdict), n in self.table.items() if verdict in (label, ORDERED))
        return wilson(same, self.n)

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
    def kappa(self) -> Estimate | None:
        """Cohen's kappa of label and verdict; None for pairs. Items are independent.

        With labels in between it has quadratic weights, over the answers that are verdicts. Otherwise an answer that
        is no verdict is a third one.
        """
        pairs = [pair for pair, count in sorted(self.table.items()) for _ in range(count)]
        if not self.between:
            return None if self.paired else cohen_kappa(*zip(*pairs, strict=True))
        told = [pair for pair in pairs if pair[1]]
        return cohen_kappa(*zip(*told, strict=True), positions=POSITIONS, weights="quadratic") if told else None

    @property
    def between(self) -> bool:
        """Whether there are labels between right and wrong."""
        return any(label == HALF for label, _ in self.table)

    @property
    def numbers(self) -> dict[str, Estimate | Number]:
        """Everything that is told, by its name in `run.json`."""
        found: dict[str, Estimate | Number | None] = {
            "agree": self.agree, HEADLINES.get(self.metric, self.metric): self.headline,
            "weighted_kappa" if self.between else "kappa": self.kappa,
            "false_yes": self.false_yes, "false_no": self.false_no,
            **{f"mean_{label}": value for label, value in self.means.items()}, "wer": self.wer,
        }  # fmt: skip
        return {name: one for name, one in found.items() if one is not None}

    @property
    def sentence(self) -> str:
        """`agrees with 221 of 240 labelled answers of judge_objects (92.1 % [88.0, 94.9])`."""
        agree = self.agree
        done, what = ("orders", "pairs") if self.paired else ("agrees with", "answers")
        share = f"{points(agree.value)} % {interval(agree)}"
        said = f"{done} {round(agree.value * self.n)} of {self.n} labelled {what} of {self.slice} ({share})"
        if self.wer is not None:
            said += f" with a word error rate of its own of {points(self.wer.value)} %"
        return f"{said}, AUC {self.headline.value:.3f}" if self.metric == "auc" else said

    def as_json(self) -> dict[str, JSON]:
        """As `run.json` states it."""
        shown = {name: {"value": one.value, "low": one.low, "high": one.high} for name, one in self.numbers.items()}
        return {"n": self.n, **shown, "unclear": self.unclear, "said": self.sentence}


def judge_digest(model: str, endpoint: str, options: Mapping[str, Any], adapter: str) -> str:
    """sha256 of everything with which a judge is asked, but for the questions; hexadecimal."""
    return hashlib.sha256(canonical([model, endpoint, dict(options), adapter])).hexdigest()


def measured(run: Run) -> Measured | None:
    """What a run of a slice says about its model as a judge; None if it is not complete, or not of a slice.

    Raises:
        StoreError: scores.csv is missing or damaged.
    """
    info, metric = run.info, run.info.primary_metric
    headline = info.metrics.get(metric)
    if info.status != "complete" or headline is None:
        return None
    rows = [row for row in run.scores() if row.score is not None and row.rule in LABELS]
    paired = any(row.cluster for row in rows)
    table = _pairs(rows) if paired else Counter((LABELS[row.rule], _verdict(row)) for row in rows)
    means = {side: info.metrics[f"{metric}/{side}"] for side in (RIGHT, WRONG) if f"{metric}/{side}" in info.metrics}
    about = (info.spec.benchmark, info.spec.model, metric, headline)
    return Measured(*about, table, means, info.metrics.get("wer")) if table else None


def _verdict(row: ScoreRow) -> str:
    return (row.answer or "").partition(":")[0]


def _pairs(rows: Sequence[ScoreRow]) -> Counter[tuple[str, str]]:
    """Pairs by which of the two has the higher value, of those of which both have one."""
    scores: dict[tuple[str | None, int], list[ScoreRow]] = {}
    for row in rows:
        scores.setdefault((row.cluster, row.epoch), []).append(row)
    return Counter((PAIRS, _order(both)) for both in scores.values() if len(both) == 2)


def _order(both: Sequence[ScoreRow]) -> str:
    """The verdict on a pair. A score is the value on what is right, and 1 minus the value on what is wrong."""
    margin = round(sum(row.score or 0.0 for row in both) - 1, DIGITS)
    if margin == 0 or not all(row.answer for row in both):
        return ""
    return ORDERED if margin > 0 else REVERSED


def measured_judge(results: Path, name: str, judge: str, digest: str) -> Measured | None:
    """What is known of a judge on a slice: its run over the most items; None if nothing was measured.

    Runs of the newest version of the slice count alone.
    """
    known: list[tuple[float, int, Measured]] = []
    for folder in sorted((results / slug(judge)).glob(f"{slug(name)}@*/*/"))[:MOST]:
        with suppress(StoreError):
            run = read_run(folder)
            spec = run.info.spec
            same = judge_digest(spec.model, spec.endpoint, spec.options, spec.adapter_digest) == digest
            if same and spec.benchmark == name and (found := measured(run)):
                known.append((_number(spec.version), found.n, found))
    return max(known, key=lambda one: one[:2], default=(0, 0, None))[2]


def _number(version: str) -> float:
    return float(version) if version.isdecimal() else 0.0


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
