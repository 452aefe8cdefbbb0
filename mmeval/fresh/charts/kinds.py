"""All kinds of questions about tables of values: how one is asked, and solved."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from mmeval.fresh.charts import several, single
from mmeval.fresh.charts.asks import Asked, Table
from mmeval.fresh.items import UnclearError
from mmeval.types import JSON

__all__ = ["KINDS", "ask", "clear", "solve"]

TRIES = 2000
"""A chart whose axes suit no question of its kind is given up after so many tables."""
KINDS = {**single.KINDS, **several.KINDS}
T = TypeVar("T")


def ask(rng: random.Random, kind: str, table: Table) -> Asked:
    """What is asked, for the facts, and the question.

    Raises:
        UnclearError: the table does not suit the question.
    """
    asked, question = KINDS[kind].ask(rng, table)
    return {"kind": kind, **asked}, question


def clear(make: Callable[[], T]) -> T:
    """What `make` gives, drawn anew until it is clear; raises UnclearError after many tries."""
    for _ in range(TRIES):
        try:
            return make()
        except UnclearError:
            continue
    raise UnclearError


def solve(facts: Mapping[str, Any]) -> JSON:
    """The target of the question of the facts."""
    return KINDS[facts["ask"]["kind"]].solve(facts, facts["ask"])
