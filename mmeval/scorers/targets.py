"""Targets as data sets store them: one value, a list, or a list written as a string."""

from __future__ import annotations

import ast
import functools
import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mmeval.types import JSON, Sample

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 100_000
"""Maximum length of a string that is parsed as a Python list."""


def as_list(text: str) -> list[Any] | None:
    """Parse a string as a Python list literal; None if it is not one. No code is evaluated."""
    stripped = text.strip()
    if len(stripped) > LONGEST or not (stripped.startswith("[") and stripped.endswith("]")):
        return None
    try:
        value = ast.literal_eval(stripped)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def plain(value: JSON) -> str:
    """A target as text. Floats look as in Python (`3.0`); None and NaN are empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, str) else str(value)


def texts(sample: Sample) -> list[str]:
    """All accepted texts. A string that is a list literal counts as that list."""
    target = sample.target
    if isinstance(target, str):
        spelled = as_list(target)
        return [plain(item) for item in spelled] if spelled else [target]
    if isinstance(target, list):
        return [plain(item) for item in target]
    return [plain(target)]


def accepted(sample: Sample) -> list[str]:
    """The accepted answers as texts. A target is one value, a list, or an object with `answer` or `answers`."""
    return _accepted(sample.target)


def _accepted(target: JSON) -> list[str]:
    if isinstance(target, dict):
        inside = next((target[key] for key in ("answers", "answer", "target") if key in target), None)
        return [json.dumps(target, sort_keys=True)] if inside is None else _accepted(inside)
    if isinstance(target, list):
        return [one for item in target for one in _accepted(item)]
    if isinstance(target, bool):
        return ["yes" if target else "no"]
    return [] if target is None else [str(target)]


def raw_texts(sample: Sample) -> list[str]:
    """All accepted texts. A string counts as it is, even if it is a list literal."""
    target = sample.target
    return [plain(item) for item in target] if isinstance(target, list) else [plain(target)]


def letters(sample: Sample, default: str) -> str:
    """The valid option letters: one for each choice, or the default if there are no choices."""
    return ALPHABET[: len(sample.choices)] or default


def options(sample: Sample, default: str) -> Mapping[str, str]:
    """Option letters with their texts, in order. Without choices, the default letters with empty texts."""
    return _options(sample.choices, default)


@functools.lru_cache(maxsize=1024)
def _options(choices: tuple[str, ...], default: str) -> Mapping[str, str]:
    names = ALPHABET[: len(choices)] or default
    return MappingProxyType(dict(zip(names, choices or [""] * len(names), strict=False)))


def target_letters(sample: Sample, default: str) -> frozenset[str]:
    """The target as a set of letters. It may be `B`, `(B)`, `A, C`, the text of an option, or a list of these."""
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
