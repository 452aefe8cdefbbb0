"""Golds as data sets write them: one value, a list, or a list written out as a string."""

from __future__ import annotations

import ast
import math
from typing import Any

from mmeval.types import JSON, Sample

LONGEST = 100_000
"""A string above this many characters is not read as a Python list."""


def as_list(text: str) -> list[Any] | None:
    """The list that a string spells as a Python literal, or None; nothing is evaluated."""
    stripped = text.strip()
    if len(stripped) > LONGEST or not (stripped.startswith("[") and stripped.endswith("]")):
        return None
    try:
        value = ast.literal_eval(stripped)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def plain(value: JSON) -> str:
    """A gold as text: `3.0` for floats as Python writes them, `` for None and NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, str) else str(value)


def texts(sample: Sample) -> list[str]:
    """All accepted texts; a string that spells a list counts as that list."""
    target = sample.target
    if isinstance(target, str):
        spelled = as_list(target)
        return [plain(item) for item in spelled] if spelled else [target]
    if isinstance(target, list):
        return [plain(item) for item in target]
    return [plain(target)]


def raw_texts(sample: Sample) -> list[str]:
    """All accepted texts; a string is itself even where it spells a list."""
    target = sample.target
    return [plain(item) for item in target] if isinstance(target, list) else [plain(target)]


def letters(sample: Sample, default: str) -> str:
    """The valid option letters: as many as there are choices, or the default where there are none."""
    return "".join(chr(ord("A") + i) for i in range(min(26, len(sample.choices)))) or default


def options(sample: Sample, default: str) -> dict[str, str]:
    """Letter to option text, in order; without choices every default letter has an empty text."""
    names = letters(sample, default)
    return dict(zip(names, sample.choices or [""] * len(names), strict=False))


def gold_letters(sample: Sample, default: str) -> frozenset[str]:
    """The gold as a set of letters: `B`, `(B)`, `A, C`, an option's text, or a list of these."""
    found: set[str] = set()
    for text in texts(sample):
        found |= _letters_of(text, sample.choices, letters(sample, default))
    return frozenset(found)


def _letters_of(text: str, choices: tuple[str, ...], valid: str) -> set[str]:
    parts = [part.strip(" ()[].").upper() for part in text.split(",")]
    if all(len(part) == 1 and part in valid for part in parts):
        return set(parts)
    if text in choices:
        return {chr(ord("A") + choices.index(text))}
    return {text.strip().upper()}
