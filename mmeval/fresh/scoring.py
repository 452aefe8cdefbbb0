"""How replies to fresh questions are scored: each by the rule of its form, without a judge."""

from __future__ import annotations

from collections.abc import Mapping

from mmeval import scorers
from mmeval.scorers.base import Scorer
from mmeval.scorers.routed import routed
from mmeval.scorers.rules import notation
from mmeval.types import Sample

__all__ = ["RULES", "WITH_POINTS", "by_form", "scorer"]

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
WITH_POINTS: Mapping[str, Scorer] = {**RULES, "point": scorers.point()}
"""Those of benchmarks that ask for coordinates, which a model has to declare."""


def by_form(sample: Sample) -> str:
    """The tag `form`."""
    return sample.tags["form"]


def scorer(rules: Mapping[str, Scorer] = RULES) -> Scorer:
    """The scorer of a fresh benchmark."""
    return routed(rules, by=by_form)
