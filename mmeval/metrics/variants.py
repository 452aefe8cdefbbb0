"""Metrics of a benchmark that is asked in several ways: with rotated options, or with several prompts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mmeval.metrics.base import Metric
from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record, Score

__all__ = ["in_every_rotation", "over_prompts", "prompt_of"]

CHANCE = "/chance-corrected"
"""A sub-score that assumes the chance level of the plain benchmark."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def in_every_rotation(metric: Metric) -> Metric:
    """The metric on questions that count as right only if they are right in every rotation of their options.

    Rotations are told by the tags `rotation_of` and `rotations`. A question that lacks rotations because of failures is
    left out, unless one of the others is wrong. Further sub-scores:

    - `name/single`: mean over all rotations.
    - `name/chosen=A`: share of the replies that chose the first option, and so on.
    - `name/bias=A`: that share minus the share that it would be if places did not matter.
    - `name/not rotated`: questions that could not be rotated, which also count in the headline.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        groups: dict[tuple[str, int], _Rotations] = {}
        bias = _Bias()
        for record in records:
            if record.score is not None:
                key = (record.tags.get("rotation_of", record.id), record.epoch)
                groups.setdefault(key, _Rotations()).add(record)
                bias.add(record, key[0])
        whole = [one for group in groups.values() if (one := group.reduced()) is not None]
        if not whole:
            return {}
        plain = {key: value for key, value in metric.aggregate(whole).items() if not key.endswith(CHANCE)}
        return {**plain, **_single(metric.name, groups), **bias.estimates(metric.name)}

    return replace(
        metric, aggregate=aggregate, value=None, about=f"{metric.about} A question counts if every rotation is right."
    )


class _Rotations:
    """The rotations of one question in one epoch."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.first: Record | None = None

    def add(self, record: Record) -> None:
        """Add one rotation."""
        assert record.score is not None
        self.values.append(record.score.value)
        self.first = self.first or replace(record, reply=None)

    @property
    def planned(self) -> int:
        """Rotations of the question."""
        assert self.first is not None
        return int(self.first.tags.get("rotations", "1"))

    def reduced(self) -> Record | None:
        """One record for the question, or None if it is not known whether all rotations are right."""
        assert self.first is not None
        assert self.first.score is not None
        value = min(self.values)
        if len(self.values) < self.planned and value >= 1:
            return None
        score: Score = replace(self.first.score, value=value)
        return replace(self.first, id=self.first.tags.get("rotation_of", self.first.id), score=score)


def _single(name: str, groups: Mapping[tuple[str, int], _Rotations]) -> dict[str, Estimate]:
    folds = {"single": MeanFold(), "not rotated": MeanFold()}
    for (question, _), group in groups.items():
        cluster = (group.first.cluster if group.first else None) or question
        for value in group.values:
            folds["single"].add(value, cluster)
            if group.planned == 1:
                folds["not rotated"].add(value, cluster)
    return {f"{name}/{what}": fold.estimate() for what, fold in folds.items() if len(fold)}


class _Bias:
    """Which places are chosen."""

    def __init__(self) -> None:
        self.chosen: dict[str, MeanFold] = {}
        self.expected: dict[str, float] = {}
        """Sum over replies of the share that each option has without a preference."""

    def add(self, record: Record, question: str) -> None:
        """Count a reply, if an option was read in it."""
        count = int(record.tags.get("rotations", "1"))
        answer = (record.score.answer or "") if record.score else ""
        valid = LETTERS[:count]
        if count < 2 or len(answer) != 1 or answer not in valid:
            return
        for letter in valid:
            self.chosen.setdefault(letter, MeanFold()).add(float(answer == letter), record.cluster or question)
            self.expected[letter] = self.expected.get(letter, 0.0) + 1 / count

    def estimates(self, name: str) -> dict[str, Estimate]:
        """Shares, and their distance from those without a preference, by letter."""
        out = {}
        for letter, fold in sorted(self.chosen.items()):
            share, fair = fold.estimate(), self.expected[letter] / len(fold)
            out[f"{name}/chosen={letter}"] = share
            out[f"{name}/bias={letter}"] = replace(
                share, value=share.value - fair, low=share.low - fair, high=share.high - fair
            )
        return out


def prompt_of(epoch: int, prompts: int) -> int:
    """The place of the prompt, from 0, that asks in this epoch, from 1: prompts take turns."""
    return (epoch - 1) % prompts


def over_prompts(metric: Metric, prompts: int) -> Metric:
    """The metric over all prompts, with `name/prompt=1`, ... for each of them; 1 is the benchmark's own.

    For scores in [0, 1] also `name/between prompts` and `name/within a prompt`, the standard deviations of the mean
    between prompts and of single scores under one prompt; see `stats.components`. They use the samples that have a
    score under every prompt.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        slim = [replace(record, reply=None) for record in records]
        out = dict(metric.aggregate(slim))
        if not out:
            return {}
        for place in range(prompts):
            part = metric.aggregate([one for one in slim if prompt_of(one.epoch, prompts) == place])
            if metric.name in part:
                out[f"{metric.name}/prompt={place + 1}"] = part[metric.name]
        return {**out, **_components(metric, slim, prompts)}

    return replace(metric, aggregate=aggregate, value=None, about=f"{metric.about} Mean over {prompts} prompts.")


def _components(metric: Metric, records: Sequence[Record], prompts: int) -> dict[str, Estimate]:
    if (metric.low, metric.high) != (0.0, 1.0):
        return {}
    import numpy as np

    from mmeval.stats.components import deviations

    rows: dict[str, list[list[float]]] = {}
    clusters: dict[str, str | None] = {}
    for record in records:
        if record.score is not None:
            cells = rows.setdefault(record.id, [[] for _ in range(prompts)])
            cells[prompt_of(record.epoch, prompts)].append(record.score.value)
            clusters[record.id] = record.cluster
    whole = {key: [sum(cell) / len(cell) for cell in cells] for key, cells in rows.items() if all(cells)}
    if len(whole) < 3:
        return {}
    found = deviations(np.array(list(whole.values())), [clusters[key] for key in whole])
    parts = ("between prompts", "within a prompt")
    return {f"{metric.name}/{part}": one for part, one in zip(parts, found, strict=True)} if found else {}
