"""The table of understood by solved, and the step at which a model falls to half, against numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmeval.metrics import in_every_rotation, over_prompts, understood_and_solved
from mmeval.stats.halfway import falling, halfway
from mmeval.types import Record, Score


def answer(item: str, role: str, value: float | None, probes: int = 2) -> Record:
    tags = {"item": item, "role": role, "probes": str(probes), "category": "g", "step": "1", "dial": "g 1"}
    score = None if value is None else Score(value=value, answer="x")
    name = item if role == "main" else f"{item}.{value}"
    return Record(id=name, epoch=1, status="ok", score=score, cluster=item, tags=tags)


def item(name: str, solved: float | None, *probes: float | None) -> list[Record]:
    return [answer(name, "main", solved), *(answer(name, "probe", value) for value in probes)]


# Six items: U and S, U only, S only, neither, one whose understanding is unknown, one whose main question has no score.
RECORDS = [
    *item("a", 1, 1, 1), *item("b", 0, 1, 1), *item("c", 1, 1, 0), *item("d", 0, 0, None), *item("e", 1, 1, None),
    *item("f", None, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "n"),
    [
        ("solved", 3 / 5, 5),
        ("solved/step=1", 3 / 5, 5),
        ("solved/perception", 8 / 10, 10),
        ("solved/understood", 2 / 4, 4),
        ("solved/understood and solved", 1 / 4, 4),
        ("solved/understood, not solved", 1 / 4, 4),
        ("solved/solved, not understood", 1 / 4, 4),
        ("solved/neither", 1 / 4, 4),
        ("solved/given understood", 1 / 2, 4),
        ("solved/given not understood", 1 / 2, 4),
    ],
)
def test_understood_and_solved(name, value, n):
    found = understood_and_solved().aggregate(RECORDS)[name]
    assert (found.value, found.n) == (pytest.approx(value), n)
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(
    "metric",
    [understood_and_solved(), over_prompts(understood_and_solved(), 2), in_every_rotation(understood_and_solved())],
)
def test_the_headline_alone_is_that_of_all_numbers(metric):
    assert metric.headline(RECORDS) == metric.aggregate(RECORDS)[metric.name].value


def test_nothing_scored_gives_nothing():
    assert understood_and_solved().aggregate([]) == {}


@pytest.mark.parametrize(
    ("shares", "fallen"),
    [
        ([0.9, 0.5, 0.1], [0.9, 0.5, 0.1]),
        ([0.5, 0.9, 0.1], [0.7, 0.7, 0.1]),
        ([0.2, 0.4, 0.6], [0.4, 0.4, 0.4]),
    ],
)
def test_non_increasing_shares(shares, fallen):
    assert falling(np.array(shares), np.array([10, 10, 10])) == pytest.approx(fallen)


@pytest.mark.parametrize(
    ("shares", "step"),
    [
        ([1.0, 0.8, 0.6, 0.4, 0.2], 3.5),
        ([1.0, 1.0, 0.0, 0.0, 0.0], 2.5),
        ([0.4, 0.2, 0.1, 0.0, 0.0], -math.inf),
        ([1.0, 1.0, 1.0, 1.0, 0.9], math.inf),
    ],
)
def test_halfway(shares, step):
    found = halfway(shares, [40] * 5)
    assert found.value == pytest.approx(step)
    assert found.low <= found.value <= found.high


def test_the_interval_of_halfway_covers():
    truth, rng = np.array([0.95, 0.8, 0.6, 0.4, 0.2]), np.random.default_rng(1)
    found = [halfway(rng.binomial(30, truth) / 30, [30] * 5, draws=200, seed=k) for k in range(150)]
    assert np.mean([one.low <= 3.5 <= one.high for one in found]) >= 0.93
