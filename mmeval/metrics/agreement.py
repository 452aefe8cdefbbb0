"""Agreement between a judge and people, from a file of labels."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.documents import MALFORMED, special, why
from mmeval.errors import DataError
from mmeval.stats.agreement import cohen_kappa
from mmeval.stats.intervals import mean, wilson
from mmeval.types import Estimate

__all__ = ["Agreement", "agreement", "pair_up", "read_human", "read_labels"]

HUMAN, JUDGE = ("human", "label", "gold"), ("judge", "prediction", "score")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of a judge with human labels on the same samples."""

    n: int
    labels: tuple[str, ...]
    kappa: Estimate | None
    """Cohen's kappa, (po - pe) / (1 - pe) (1960); None if there is only one label."""
    weighted: Estimate | None
    """Kappa with quadratic weights (Cohen 1968); None unless there are three or more labels, all of them numbers."""
    agree: Estimate
    """Share of samples with equal labels."""
    sensitivity: Estimate | None
    """Share of the samples that people call correct for which the judge agrees; only if there are two labels."""
    specificity: Estimate | None
    table: Mapping[str, Mapping[str, int]]
    """Number of samples by human label and judge label."""


def agreement(human: Sequence[str], judge: Sequence[str], *, clusters: Sequence[str | None] | None = None) -> Agreement:
    """Compare two lists of labels of the same samples.

    Args:
        human: labels given by people, one per sample.
        judge: labels given by the judge, in the same order.
        clusters: of the samples; the intervals resample whole clusters.

    Raises:
        ValueError: there are no labels, or the lists differ in length.
    """
    if len(human) != len(judge) or not human:
        raise ValueError(f"{len(human)} human and {len(judge)} judge labels")
    labels = tuple(sorted({*human, *judge}))
    counts = Counter(zip(human, judge, strict=True))
    same = [float(h == j) for h, j in zip(human, judge, strict=True)]
    right = _right(labels)
    return Agreement(
        n=len(human),
        labels=labels,
        kappa=cohen_kappa(human, judge, clusters=clusters) if len(labels) > 1 else None,
        weighted=_weighted(human, judge, labels, clusters),
        agree=mean(same, clusters),
        sensitivity=_share(counts, right, right) if right else None,
        specificity=_share(counts, _other(labels, right), _other(labels, right)) if right else None,
        table={h: {j: counts[h, j] for j in labels} for h in labels},
    )


def _weighted(
    human: Sequence[str], judge: Sequence[str], labels: Sequence[str], clusters: Sequence[str | None] | None
) -> Estimate | None:
    positions = {label: value for label in labels if (value := _number(label)) is not None}
    if len(labels) < 3 or len(positions) < len(labels):
        return None
    return cohen_kappa(human, judge, positions=positions, weights="quadratic", clusters=clusters)


def _number(label: str) -> float | None:
    try:
        value = float(label)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _right(labels: Sequence[str]) -> str | None:
    """The label that means correct, if there are two labels and exactly one does."""
    known = [label for label in labels if label.lower() in ("1", "1.0", "correct", "yes", "true", "right")]
    return known[0] if len(labels) == 2 and len(known) == 1 else None


def _other(labels: Sequence[str], one: str) -> str:
    return next(label for label in labels if label != one)


def _share(counts: Mapping[tuple[str, str], int], human: str, judge: str) -> Estimate | None:
    total = sum(n for (h, _), n in counts.items() if h == human)
    return wilson(counts.get((human, judge), 0), total) if total else None


def read_labels(path: Path) -> tuple[list[str], list[str], list[str | None]]:
    """Read human labels, judge labels and clusters from a CSV, TSV or JSON Lines file.

    The columns are `human` (or `label`, `gold`), `judge` (or `prediction`, `score`), and optionally `cluster`.

    Raises:
        DataError: the file cannot be read, or a row lacks a column.
    """
    human: list[str] = []
    judge: list[str] = []
    clusters: list[str | None] = []
    for number, row in _rows(path):
        human.append(_label(row, HUMAN, path, number))
        judge.append(_label(row, JUDGE, path, number))
        clusters.append(str(row["cluster"]) if row.get("cluster") not in (None, "") else None)
    if not human:
        raise DataError(f"{path}: no rows")
    return human, judge, clusters


def read_human(path: Path) -> dict[str, str]:
    """Read human labels by sample id from a file with the columns `id` and `human`.

    Raises:
        DataError: the file cannot be read, a row lacks a column, or a sample has two labels.
    """
    found: dict[str, str] = {}
    for number, row in _rows(path):
        name, label = str(row.get("id") or _label(row, ("id",), path, number)), _label(row, HUMAN, path, number)
        if found.setdefault(name, label) != label:
            raise DataError(f"{path}:{number}: sample {name!r} has the labels {found[name]!r} and {label!r}")
    if not found:
        raise DataError(f"{path}: no rows")
    return found


def pair_up(human: Mapping[str, str], judged: Mapping[str, tuple[float, str | None]]) -> tuple[list[str], list[str]]:
    """Labels of the samples that people and judge have labelled.

    If people wrote words, the judge's word is compared, else its value.

    Args:
        human: labels by sample id.
        judged: the judge's value and word by sample id.

    Raises:
        DataError: no sample has labels from both.
    """
    both = [name for name in human if name in judged]
    if not both:
        raise DataError("no labelled sample is in the run")
    words = {str(judged[name][1]).lower() for name in both}
    # A judge that extracts answers may well say "1", which as a human label means that the reply is correct.
    worded = any(human[name].lower() in words and _number(human[name]) is None for name in both)
    said = [str(judged[name][1] or "") if worded else f"{judged[name][0]:g}" for name in both]
    return [human[name].lower() if worded else human[name] for name in both], [x.lower() if worded else x for x in said]


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        if kind := special(path):
            raise DataError(f"{path} is {kind}, not a file")
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix in (".jsonl", ".ndjson"):
                for number, line in enumerate(file, 1):
                    yield number, _object(line, path, number)
            else:
                yield from enumerate(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","), 2)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def _object(line: str, path: Path, number: int) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except MALFORMED as error:
        raise DataError(f"{path}:{number}: not JSON: {why(error)}") from None
    if not isinstance(row, dict):
        raise DataError(f"{path}:{number}: not an object")
    return row


def _plain(text: str) -> str:
    """The label in its shortest form: `1.0` and `1` are equal."""
    value = _number(text)
    return text if value is None else f"{value:g}"


def _label(row: Mapping[str, Any], names: Sequence[str], path: Path, number: int) -> str:
    for name in names:
        if row.get(name) not in (None, ""):
            value = row[name]
            return f"{value:g}" if isinstance(value, float) else _plain(str(value).strip())
    raise DataError(f"{path}:{number}: no label in column {' or '.join(names)}; it has {', '.join(map(str, row))}")
