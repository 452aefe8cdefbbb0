"""What questions about the table of values behind a chart share.

A kind of question asks, and solves from the facts on another way. It asks only where the answer is plain to the eye:
values that have to be told apart differ by more than half a minor step of the axis. Where a table does not allow that,
it raises `UnclearError`, and the generator draws another table.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mmeval.fresh import forms
from mmeval.fresh.charts.scales import Scale, tidy
from mmeval.fresh.items import Question, UnclearError
from mmeval.types import JSON

__all__ = [
    "Asked",
    "Kind",
    "Table",
    "demand",
    "leader",
    "pairs",
    "same",
    "the_value",
    "tolerated",
    "value_of",
    "word",
]

LARGEST = 0.2
"""Largest tolerance, as a part of the answer."""
Asked: TypeAlias = tuple[dict[str, Any], Question]


@dataclass(frozen=True, slots=True)
class Table:
    """The values of a chart: one list for each series, one value in it for each label. One series may be nameless."""

    labels: Sequence[str]
    series: Mapping[str, list[float]]
    scale: Scale
    readings: int = 1
    """Readings of the axis that one value takes: 2 for the part of a stack."""

    @property
    def near(self) -> float:
        """Values that differ by less may look alike."""
        return 0.55 * self.scale.minor * self.readings

    def one(self, rng: random.Random) -> str:
        """Any series."""
        return rng.choice(list(self.series))

    def two(self, rng: random.Random) -> list[str]:
        """Any two series."""
        return rng.sample(list(self.series), 2)

    def within(self, values: int = 1) -> float:
        """The tolerance of a sum or difference of this many values."""
        return self.scale.within(values * self.readings)

    def accepted(self, values: int = 1) -> str:
        """The same in words."""
        return self.scale.accepted(values * self.readings)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question."""

    ask: Callable[[random.Random, Table], Asked]
    solve: Callable[[Mapping[str, Any], Mapping[str, Any]], JSON]
    """From the facts and what was asked."""


def value_of(label: str, series: str) -> str:
    """Such as `the value for Plum`, or `the value of North for Plum`."""
    return f"the value of {series} for {label}" if series else f"the value for {label}"


def the_value(series: str) -> str:
    """Such as `the value`, or `the value of North`."""
    return f"the value of {series}" if series else "the value"


def demand(holds: bool) -> None:
    """Raise `UnclearError` where the answer is not plain."""
    if not holds:
        raise UnclearError


def leader(values: Sequence[float], margin: float) -> int:
    """The place of the highest value, which must lead by a margin."""
    first, second = sorted(values, reverse=True)[:2]
    demand(first - second >= margin)
    return list(values).index(first)


def same(facts: Mapping[str, Any], answer: float) -> JSON:
    """The target of a number, with the tolerance of what was asked."""
    return {"answer": tidy(answer), "tolerance": facts["ask"]["tolerance"]}


def word(words: Sequence[str], answer: str) -> JSON:
    """The target of a word."""
    return {"answer": answer, "words": list(words)}


def tolerated(text: str, answer: float, tolerance: float, accepted: str, *, unit: str = "", **asked: Any) -> Asked:
    """What was asked, and a question with a number as its answer; the tolerance is a small part of the answer."""
    demand(tolerance <= LARGEST * answer)
    question = forms.number(text, tidy(answer), tolerance=tolerance, accepted=accepted, unit=unit)
    return {**asked, "tolerance": tolerance}, question


def pairs(facts: Mapping[str, Any], series: str) -> list[tuple[float, str]]:
    """The values of a series with their labels."""
    return list(zip(facts["series"][series], facts["labels"], strict=True))
