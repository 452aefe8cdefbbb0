"""Does run.json say what scores.csv says? A run that was edited by hand is found here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from mmeval.board.cards import BenchmarkCard
from mmeval.board.vectors import Vector
from mmeval.errors import StoreError
from mmeval.store import Run, read_samples, samples_path
from mmeval.types import Record, Score

TOLERANCE = 1e-6


def check(run: Run, vector: Vector, card: BenchmarkCard) -> None:
    """Raises StoreError naming the first thing in which run.json and scores.csv disagree."""
    info = run.info
    counts = {status: n for status, n in info.counts.items() if n}
    if counts != vector.counts:
        raise StoreError(f"{run.path}: run.json counts {counts}, scores.csv has {vector.counts}")
    if info.planned and vector.rows != info.planned:
        raise StoreError(f"{run.path}: {vector.rows} rows in scores.csv, {info.planned} were planned")
    for name, number in info.metrics.items():
        if not all(map(math.isfinite, (number.value, number.low, number.high))):
            raise StoreError(f"{run.path}: metric {name} is not a finite number")
    if card.definition is not None and card.digest == info.spec.definition_digest:
        _recompute(run, card)


def _recompute(run: Run, card: BenchmarkCard) -> None:
    assert card.definition is not None
    tags = _tags(run)
    if tags is None:
        return
    try:
        found = card.definition.metric.aggregate(_scored(run, tags))
    except (KeyError, ValueError, TypeError, ArithmeticError) as error:
        raise StoreError(f"{run.path}: its metric cannot be computed from scores.csv: {error!r}") from None
    for name, estimate in found.items():
        stored = run.info.metrics.get(name)
        if stored is None or abs(stored.value - estimate.value) > TOLERANCE:
            was = "nothing" if stored is None else f"{stored.value:.6f}"
            raise StoreError(f"{run.path}: {name} is {was} in run.json, its scores.csv gives {estimate.value:.6f}")


def _tags(run: Run) -> Mapping[str, Mapping[str, str]] | None:
    """Tags by sample id; None where the samples file is not here and a metric may need what it holds."""
    root = run.path.parent.parent.parent
    for place in (root, root.parent):  # an accepted baseline lies one folder deeper
        shared = samples_path(place, run.info)
        for file in (shared, local(shared)):
            if file.is_file():
                return {sample.id: sample.tags for sample in read_samples(file)}
    return None


def local(shared: Path) -> Path:
    """Where samples lie that the licence forbids to publish."""
    return shared.with_name(shared.stem + ".local.jsonl")


def _scored(run: Run, tags: Mapping[str, Mapping[str, str]]) -> Iterator[Record]:
    for row in run.scores():
        if row.score is not None:
            score = Score(value=row.score, answer=row.answer, rule=row.rule)
            yield Record(
                id=row.id,
                epoch=row.epoch,
                status=row.status,
                score=score,
                cluster=row.cluster,
                tags=tags.get(row.id, {}),
            )
