"""Metrics: how scored records become the numbers of a run, each with its interval.

A metric is given an iterable that can be walked once, of records that all carry a score. The headline
is `out[metric.name]`; sub-scores are `name/tag=value`. Nothing scored gives no number at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mmeval.definitions import Metric
from mmeval.stats.intervals import MeanFold, bootstrap
from mmeval.types import Estimate, Record

SEED = 0
"""Of every bootstrap here: the same records give the same interval."""


class Slices:
    """Running means of a whole and of its slices by tag."""

    def __init__(self, name: str, by: Sequence[str]) -> None:
        self.name = name
        self.by = tuple(by)
        self.whole = MeanFold()
        self.parts: dict[tuple[str, str], MeanFold] = {}

    def add(self, value: float, cluster: str | None, tags: Mapping[str, str]) -> None:
        """Take in one value; a tag that lists several (`rec,ocr`) counts in each."""
        self.whole.add(value, cluster)
        for tag in self.by:
            for label in filter(None, map(str.strip, tags.get(tag, "").split(","))):
                self.parts.setdefault((tag, label), MeanFold()).add(value, cluster)

    def estimates(self) -> dict[str, Estimate]:
        """The whole under the plain name, the slices under `name/tag=value`."""
        if not len(self.whole):
            return {}
        parts = {f"{self.name}/{tag}={label}": fold.estimate() for (tag, label), fold in sorted(self.parts.items())}
        return {self.name: self.whole.estimate(), **parts}


def scored(records: Iterable[Record]) -> Iterator[tuple[Record, float]]:
    """The records that have a score, with its value."""
    for record in records:
        if record.score is not None:
            yield record, record.score.value


def accuracy(
    *, name: str = "accuracy", by: Sequence[str] = ("category",), macro: str | None = None, scale: float = 100.0
) -> Metric:
    """Mean score over samples, with a sub-score for every value of the tags in `by`.

    Args:
        name: of the metric: `accuracy`, `anls`, `vqa_accuracy`, ...
        by: tags that sub-scores are made of; a sample that lacks one counts only in the whole.
        macro: a tag; the headline is then the mean of that tag's sub-scores, each with the same weight,
            and the mean over samples is the sub-score `name/micro`.
        scale: what the board multiplies by.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        slices = Slices(name, [*by, macro] if macro and macro not in by else by)
        clusters: list[str | None] = []
        labels: list[str] = []
        values: list[float] = []
        for record, value in scored(records):
            slices.add(value, record.cluster, record.tags)
            if macro:
                values.append(value)
                clusters.append(record.cluster)
                labels.append(record.tags.get(macro, ""))
        out = slices.estimates()
        if macro and out:
            out = {name: macro_mean(values, labels, clusters), f"{name}/micro": out.pop(name), **out}
        return out

    about = f"Mean of the sub-scores by {macro}, equal weight." if macro else "Mean over samples."
    return Metric(name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=scale, about=about)


def macro_mean(values: Sequence[float], labels: Sequence[str], clusters: Sequence[str | None]) -> Estimate:
    """Unweighted mean of the means of groups, with a bootstrap interval over clusters."""
    import numpy as np

    names, codes = np.unique(np.asarray(labels), return_inverse=True)
    rows = np.column_stack([np.asarray(values, dtype=float), codes.astype(float)])

    def statistic(sample: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        index = sample[:, 1].astype(int)
        counts = np.bincount(index, minlength=len(names))
        sums = np.bincount(index, weights=sample[:, 0], minlength=len(names))
        return float((sums[counts > 0] / counts[counts > 0]).mean())

    return bootstrap(rows, statistic, clusters=list(clusters), seed=SEED)
