"""How replies to fresh questions are scored: each by the rule of its form, without a judge."""

from __future__ import annotations

from collections.abc import Mapping

from mmeval import scorers
from mmeval.scorers.base import Scorer
from mmeval.scorers.routed import routed
from mmeval.scorers.rules import notation
from mmeval.types import Sample

__all__ = ["RULES", "by_form", "scorer"]

RULES: Mapping[str, Scorer] = {
    "letter": scorers.choice(),
    "yes_no": scorers.yes_no(),
    "number": notation.number(),
    "word": notation.word(),
    "sequence": notation.sequence(),
    "cells": notation.cells(),
    "placements": notation.placements(),
    "grid": notation.grid(),
    "time": notation.time(),
}
"""The rule of each form of answer."""


def by_form(sample: Sample) -> str:
    """The tag `form`."""
    return sample.tags["form"]


def scorer() -> Scorer:
    """The scorer of all fresh benchmarks."""
    return routed(RULES, by=by_form)
