"""Checks run.json against scores.csv, which finds runs that were edited by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import TOLERANCE
from mmeval.board.vectors import Vector
from mmeval.errors import StoreError
from mmeval.metrics.base import Metric
from mmeval.metrics.missing import UNDEFINED
from mmeval.store import Run, ScoreRow, read_samples
from mmeval.types import Record, Score


def check(run: Run, vector: Vector, card: BenchmarkCard, records: Sequence[Record]) -> None:
    """Raise StoreError naming the first disagreement between run.json and scores.csv.

    The metrics are recomputed from `records`, those of `scored_again` with a score. If there are none, they are not
    checked.
    """
    info = run.info
    counts = {status: n for status, n in info.counts.items() if n}
    if counts != vector.counts:
        raise StoreError(f"{run.path}: run.json counts {counts}, scores.csv has {vector.counts}")
    if info.planned and vector.rows != info.planned:
        raise StoreError(f"{run.path}: {vector.rows} rows in scores.csv, but {info.planned} were planned")
    for name, number in info.metrics.items():
        if not all(map(math.isfinite, (number.value, number.low, number.high))):
            raise StoreError(f"{run.path}: metric {name} is not a finite number")
    if card.definition is not None and records:
        _recompute(run, card.definition.metric, records)


def _recompute(run: Run, metric: Metric, records: Sequence[Record]) -> None:
    try:
        found = metric.aggregate(records)
    except UNDEFINED as error:
        raise StoreError(f"{run.path}: the metric cannot be computed from scores.csv: {error!r}") from None
    for name, estimate in found.items():
        stored = run.info.metrics.get(name)
        if stored is None or abs(stored.value - estimate.value) > TOLERANCE:
            was = "nothing" if stored is None else f"{stored.value:.6f}"
            raise StoreError(f"{run.path}: {name} is {was} in run.json, its scores.csv gives {estimate.value:.6f}")


def scored_again(run: Run, card: BenchmarkCard, rows: Iterable[ScoreRow]) -> list[Record]:
    """The rows as records for a metric, also those without a score.

    Empty if the definition has changed or the samples are not here.

    Raises:
        StoreError: the samples are damaged. They are read in any case, because the pages of the run need them.
    """
    file = run.samples()
    if file is None:
        return []
    stat = file.stat()
    tags = _tags(file, stat.st_size, stat.st_mtime_ns)
    if card.definition is None or card.digest != run.info.spec.definition_digest:
        return []
    return list(_records(rows, tags))


@lru_cache(maxsize=24)
def _tags(file: Path, size: int, changed: int) -> Mapping[str, Mapping[str, str]]:
    """Tags by sample id, read once for consecutive runs of one benchmark."""
    del size, changed  # part of the cache key, so that a replaced file is read again
    return {sample.id: sample.tags for sample in read_samples(file)}


def _records(rows: Iterable[ScoreRow], tags: Mapping[str, Mapping[str, str]]) -> Iterator[Record]:
    made = lru_cache(maxsize=4096)(_score)  # few scores differ, and making one takes longer than finding it
    for name, epoch, status, value, answer, rule, cluster in rows:
        score = None if value is None else made(value, answer, rule)
        yield Record(id=name, epoch=epoch, status=status, score=score, cluster=cluster, tags=tags.get(name, {}))


def _score(value: float, answer: str | None, rule: str) -> Score:
    return Score(value=value, answer=answer, rule=rule)
