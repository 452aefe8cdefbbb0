"""The rules of the OpenVLM board: the value of a cell, Avg Score, Avg Rank, and the order of rows.

They are reproduced with their quirks, so that the numbers equal those on the board. Ranks are among all models that
have a value for a benchmark, incomplete models included, and do not change when rows are filtered. A model that lacks
a selected benchmark has neither average and comes after all complete models. Equal values come in the reverse of their
order in the file: the board sorts upwards and reverses. (Its sort keeps that order in short tables only.)
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any, TypeAlias

Results: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Model to `META` and benchmarks, as in the `results` of OpenVLM.json."""

DEFAULT = ("MMBench_V11", "MMStar", "MMMU_VAL", "MathVista", "OCRBench", "AI2D", "HallusionBench", "MMVet")
SIZES = ("<4B", "4B-10B", "10B-20B", "20B-40B", ">40B", "Unknown")
TYPES = ("OpenSource", "API", "Proprietary")
_HALVES = ("MMBench_TEST_EN_V11", "MMBench_TEST_CN_V11")
_FIELDS = {"OCRBench": "Final Score", "COCO_VAL": "CIDEr"}
_DIVISORS = {"OCRBench": 10.0, "MME": 28.0}
_LIMITS = (4.0, 10.0, 20.0, 40.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One model on the board."""

    rank: int
    """Row number, which changes when rows are filtered."""
    model: str
    score: float | None
    """Avg Score, 0 to 100, one decimal; None if a selected benchmark is missing."""
    avg_rank: float | None
    """Avg Rank, two decimals; None if a selected benchmark is missing."""
    values: Mapping[str, float | None]
    size: str
    type: str


def cell(model: Mapping[str, Any], bench: str) -> float | None:
    """The board's value for one benchmark; None if the model lacks it."""
    if bench == "MMBench_V11":
        halves = [_number(model.get(half), "Overall") for half in _HALVES]
        known = [half for half in halves if half is not None]
        return rounded(fmean(known), 1) if len(known) == len(_HALVES) else None
    return _number(model.get(bench), _FIELDS.get(bench, "Overall"))


def _number(scores: Any, name: str) -> float | None:
    value = scores.get(name) if isinstance(scores, Mapping) else None
    try:
        number = float(value) if value is not None and not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def contribution(bench: str, value: float) -> float:
    """A cell on the scale 0 to 100: OCRBench has 1,000 points, MME 2,800, the others have 100."""
    return value / _DIVISORS.get(bench, 1.0)


def rounded(value: float, digits: int) -> float:
    """Scale, round halves to even, and scale back, as the board's array library does."""
    scale = 10.0**digits
    return round(value * scale) / scale


def lines(results: Results, benches: Sequence[str] = DEFAULT) -> list[Line]:
    """The board over the selected benchmarks, in its order."""
    table = {model: {bench: cell(scores, bench) for bench in benches} for model, scores in results.items()}
    made = [_line(model, results[model], table, benches) for model in table]
    first = "MMBench_V11" if "MMBench_V11" in benches else next(iter(benches), "")
    return _numbered(sorted(made, key=lambda line: _place(line, first))[::-1])


def _line(
    model: str, scores: Mapping[str, Any], table: Mapping[str, Mapping[str, float | None]], benches: Sequence[str]
) -> Line:
    known = [(bench, value) for bench, value in table[model].items() if value is not None]
    whole = bool(known) and len(known) == len(benches)
    ranks = [1 + sum(1 for row in table.values() if _beats(row[bench], value)) for bench, value in known]
    meta = scores.get("META")
    facts: Mapping[str, Any] = meta if isinstance(meta, Mapping) else {}
    return Line(
        rank=0,
        model=model,
        score=rounded(fmean(contribution(bench, value) for bench, value in known), 1) if whole else None,
        avg_rank=rounded(fmean(ranks), 2) if whole else None,
        values=table[model],
        size=size_bucket(parameters(facts.get("Parameters"))),
        type=type_bucket(facts.get("OpenSource"), facts.get("Verified")),
    )


def _beats(rival: float | None, value: float) -> bool:
    return rival is not None and rival > value


def _place(line: Line, first: str) -> tuple[bool, float]:
    """Where a line stands in ascending order; the board's sort puts an absent value above all others."""
    by = line.score if line.score is not None else line.values.get(first)
    return line.score is not None, math.inf if by is None else by


def _numbered(made: Iterable[Line]) -> list[Line]:
    return [replace(line, rank=number) for number, line in enumerate(made, 1)]


def filtered(board: Iterable[Line], *, sizes: Collection[str] = SIZES, types: Collection[str] = TYPES) -> list[Line]:
    """The rows of some sizes and types, renumbered, with their Avg Rank unchanged."""
    return _numbered(line for line in board if line.size in sizes and line.type in types)


def parameters(text: Any) -> float | None:
    """Billions of parameters from `8B` or `7.5B`; None for any other text."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*B?\s*", str(text or ""), re.IGNORECASE)
    return float(found[1]) if found else None


def size_bucket(billions: float | None) -> str:
    """The board's size class; lower bounds are inclusive."""
    if billions is None:
        return SIZES[-1]
    return SIZES[sum(billions >= limit for limit in _LIMITS)]


def type_bucket(open_source: Any, verified: Any) -> str:
    """OpenSource for open weights, API for a verified closed model, Proprietary for numbers reported by its authors."""
    if open_source == "Yes":
        return TYPES[0]
    return TYPES[1] if verified == "Yes" else TYPES[2]


def timestamp(digits: str) -> str:
    """`241106103059` (or with a four-digit year) as `24.11.06 10:30:59`; other texts unchanged."""
    if not re.fullmatch(r"(\d\d)?\d{12}", digits):
        return digits
    year, month, day, hour, minute, second = re.findall("..", digits[-12:])
    return f"{year}.{month}.{day} {hour}:{minute}:{second}"
