r"""Tables read from charts, compared as triples of row, column and value with tolerances.

Source: the structuring metric of Xia et al., StructChart (2023), as used by ChartX (2024). The overlap of
the triples (intersection over union) is compared with the thresholds .5, .55, ..., .95; the score is the share of
thresholds that it reaches. Cells are separated by `\t` and rows by `\n`, each written as two characters.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.rules.text import levenshtein
from mmeval.types import JSON, Sample

THRESHOLDS = tuple(n / 100 for n in range(50, 100, 5))
EASY = frozenset(("bar", "bar_num", "line", "line_num", "pie", "bar chart", "line chart", "pie chart"))
"""Types of charts with printed values or simple axes; all other types are difficult."""
LONGEST_CELL, MOST_TRIPLES = 200, 2_000
_FENCE = re.compile(r"```(?:csv|\w*)?\s*(.*?)```", re.DOTALL)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


class Tolerance(NamedTuple):
    """The maximum difference between two cells."""

    edits: int
    """Maximum edit distance of names."""
    relative: float
    """Maximum relative error of numbers."""


class Level(NamedTuple):
    """Tolerances for easy and for difficult charts."""

    easy: Tolerance
    difficult: Tolerance


LEVELS = {
    "strict": Level(Tolerance(0, 0.0), Tolerance(0, 0.1)),
    "slight": Level(Tolerance(2, 0.05), Tolerance(2, 0.3)),
    "high": Level(Tolerance(5, 0.1), Tolerance(5, 0.5)),
}


class Triple(NamedTuple):
    """A cell with the names of its row and column."""

    row: str
    column: str
    value: str


def table_match() -> Scorer:
    """Compare a table with the target, which is `{csv, chart_type}`.

    `official` uses strict tolerances, which depend on the type of the chart; `official-slight` and `official-high`
    use wider ones. `vlmevalkit-2026-08` treats every type as easy. `mmeval` is strict, and also accepts fenced
    replies and real tabs, commas and line breaks.
    """
    rules = {
        "official": Staged(as_written, _grade("strict"), _written),
        "official-slight": Staged(as_written, _grade("slight"), _written),
        "official-high": Staged(as_written, _grade("high"), _written),
        "vlmevalkit-2026-08": Staged(as_written, _grade("strict", always_easy=True), _written),
        "mmeval": Staged(unwrapped, _grade("strict"), _written),
    }
    return Scorer(name="table_match", version=1, rules=dict(rules))


def _grade(level: str, *, always_easy: bool = False) -> functools.partial[Grade]:
    return functools.partial(same_table, level=level, always_easy=always_easy)


def as_written(text: str, sample: Sample) -> Extraction:
    """Extract the whole reply."""
    said = text.strip()
    return Extraction(said or None, "whole-reply" if said else "unparsed")


def unwrapped(text: str, sample: Sample) -> Extraction:
    r"""Extract the last fenced block, else the reply, with separators written as `\t` and `\n`."""
    fences = _FENCE.findall(text)
    said = (fences[-1] if fences else text).strip()
    if "\\t" not in said:
        said = said.replace("\n", " \\n ").replace("\t" if "\t" in said else ",", " \\t ")
    return Extraction(said or None, "fence" if fences else "whole-reply")


def same_table(answer: str, sample: Sample, *, level: str = "strict", always_easy: bool = False) -> Grade:
    """Share of the thresholds that the overlap of the triples reaches."""
    target = _target(sample)
    tolerances = LEVELS[level]
    easy = always_easy or targets.plain(target.get("chart_type")).lower() in EASY
    overlap = iou(
        triples(answer), triples(targets.plain(target.get("csv"))), tolerances.easy if easy else tolerances.difficult
    )
    value = sum(overlap >= threshold for threshold in THRESHOLDS) / len(THRESHOLDS)
    return Grade(value, f"overlap {overlap:.3f}")


def _target(sample: Sample) -> Mapping[str, JSON]:
    return sample.target if isinstance(sample.target, dict) else {"csv": targets.plain(sample.target)}


def _written(sample: Sample) -> list[str]:
    return [targets.plain(_target(sample).get("csv"))]


def triples(table: str) -> list[Triple]:
    """The cells of a table whose first row and first column hold names."""
    rows = [[cell.strip()[:LONGEST_CELL] for cell in row.split("\\t")] for row in table.split("\\n") if row.strip()]
    header, body = (rows[0], rows[1:]) if rows else ([], [])
    found = [Triple(row[0], column, value) for row in body for column, value in zip(header[1:], row[1:], strict=False)]
    return found[:MOST_TRIPLES]


def iou(said: Sequence[Triple], want: Sequence[Triple], tolerance: Tolerance) -> float:
    """Intersection over union of two lists of triples; each triple is matched once."""
    left = list(said)
    hits = 0
    for target in want:
        found = _first(left, target, tolerance)
        if found is not None:
            left.remove(found)
            hits += 1
    union = len(said) + len(want) - hits
    return hits / union if union else 0.0


def _first(left: Iterable[Triple], target: Triple, tolerance: Tolerance) -> Triple | None:
    return next((one for one in left if all(_near(a, b, tolerance) for a, b in zip(one, target, strict=True))), None)


def _near(said: str, want: str, tolerance: Tolerance) -> bool:
    a, b = _number(said), _number(want)
    if a is not None and b is not None:
        return a == b or (b != 0 and abs(a - b) / abs(b) <= tolerance.relative)
    x, y = said.lower(), want.lower()
    return x == y or (abs(len(x) - len(y)) <= tolerance.edits and levenshtein(x, y) <= tolerance.edits)


def _number(text: str) -> float | None:
    plain = text.replace(",", "").strip(" %$")
    return float(plain) if _NUMBER.fullmatch(plain) else None
