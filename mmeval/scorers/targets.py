"""Golds as data sets write them: one value, a list, or a list written out as a string."""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mmeval.types import JSON, Sample

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
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
    """A target as text: `3.0` for floats as Python writes them, `` for None and NaN."""
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
    return ALPHABET[: len(sample.choices)] or default


def options(sample: Sample, default: str) -> Mapping[str, str]:
    """Letter to option text, in order; without choices every default letter has an empty text."""
    return _options(sample.choices, default)


@functools.lru_cache(maxsize=1024)
def _options(choices: tuple[str, ...], default: str) -> Mapping[str, str]:
    names = ALPHABET[: len(choices)] or default
    return MappingProxyType(dict(zip(names, choices or [""] * len(names), strict=False)))


def target_letters(sample: Sample, default: str) -> frozenset[str]:
    """The target as a set of letters: `B`, `(B)`, `A, C`, an option's text, or a list of these."""
    if isinstance(sample.target, str):
        return _target_letters((sample.target,), sample.choices, default)
    return _target_letters(tuple(texts(sample)), sample.choices, default)


@functools.lru_cache(maxsize=1024)
def _target_letters(accepted: tuple[str, ...], choices: tuple[str, ...], default: str) -> frozenset[str]:
    valid = ALPHABET[: len(choices)] or default
    spelled = [as_list(target) for target in accepted]
    each = [plain(item) for target, items in zip(accepted, spelled, strict=True) for item in (items or [target])]
    return frozenset(letter for text in each for letter in _letters_of(text, choices, valid))


def _letters_of(text: str, choices: tuple[str, ...], valid: str) -> set[str]:
    parts = [part.strip(" ()[].").upper() for part in text.split(",")]
    if all(len(part) == 1 and part in valid for part in parts):
        return set(parts)
    if text in choices:
        return {chr(ord("A") + choices.index(text))}
    return {text.strip().upper()}
