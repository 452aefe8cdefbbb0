"""Metrics over groups of records, and their intervals; test_vectors.py holds them to recorded results."""

from __future__ import annotations

import math
import random

import pytest

from mmeval.metrics import accuracy, binary, circular, hallusion_accuracy, mme_score, pairs, simpleqa_f1
from mmeval.stats.intervals import bootstrap
from mmeval.types import Record, Score


def record(number, value, *, answer="x", cluster=None, epoch=1, **tags):
    score = Score(value=float(value), answer=answer, rule="test")
    return Record(id=str(number), epoch=epoch, status="ok", score=score, cluster=cluster, tags=tags)


def test_the_interval_of_a_sum_of_subtasks_stays_in_its_range():
    records = [
        record(f"{task}/{i}", i % 3 > 0, category=task, pair=f"{task}/{i // 2}") for task in "abcd" for i in range(40)
    ]
    out = mme_score(totals={"first": ["a", "b"], "second": ["c", "d"]}).aggregate(iter(records))
    assert out["score"].value == pytest.approx(out["score/first"].value + out["score/second"].value)
    assert 0 <= out["score"].low < out["score"].value < out["score"].high <= 800


def test_binary_counts_a_sample_once_per_label():
    records = [
        record(1, 1, answer="yes", gold="yes", category="random,popular"),
        record(2, 0, answer="yes", gold="no", category="popular"),
    ]
    out = binary().aggregate(iter(records))
    assert out["f1/precision"].value == pytest.approx(2 / 3)
    assert out["f1/category=random"].value == 1
    assert out["f1/category=popular"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("values", "headline"),
    [((1, 1, 1, 1), 1.0), ((1, 1, 0, 1), 0.0), ((1, 1, 1), None), ((1, 0), 0.0)],
)
def test_circular_needs_every_rotation(values, headline):
    records = [record(i, value, group="q", group_size="4") for i, value in enumerate(values)]
    out = circular().aggregate(iter(records))
    assert (out["accuracy"].value if out else None) == headline


def test_pairs():
    records = [record(i, value, pair=str(i // 2)) for i, value in enumerate((1, 1, 1, 0, 0, 0))]
    out = pairs().aggregate(iter(records))
    assert (out["pair_accuracy"].value, out["pair_accuracy/single"].value) == (pytest.approx(1 / 3), 0.5)
    assert out["pair_accuracy"].n == 3


GROUPED = [circular(), pairs(), hallusion_accuracy(), mme_score(totals={"all": ["a"]})]


@pytest.mark.parametrize("metric", GROUPED, ids=lambda m: m.about[:40])
def test_groups_are_judged_in_each_epoch(metric):
    """The number of four epochs is the mean of their numbers."""
    rng = random.Random(3)
    records = [
        record(i, rng.random() < 0.75, epoch=epoch, group=str(i // 4), pair=str(i // 2), category="a", subcategory="s",
               set_id=str(i // 8), figure_id=str(i // 2 % 4), question_id=str(i % 2), visual_input="1")
        for epoch in (1, 2, 3, 4) for i in range(160)
    ]  # fmt: skip
    alone = [metric.aggregate(r for r in records if r.epoch == epoch)[metric.name].value for epoch in (1, 2, 3, 4)]
    assert metric.aggregate(iter(records))[metric.name].value == pytest.approx(sum(alone) / 4)


def test_micro_and_macro_and_chance():
    records = [record(i, i < 9, category="a") for i in range(9)] + [record(9, 0, category="b")]
    micro = accuracy(chance=0.25).aggregate(iter(records))
    macro = accuracy(macro="category").aggregate(iter(records))
    assert micro["accuracy"].value == pytest.approx(0.9)
    assert micro["accuracy/chance-corrected"].value == pytest.approx((0.9 - 0.25) / 0.75)
    assert (macro["accuracy"].value, macro["accuracy/micro"].value) == (pytest.approx(0.5), pytest.approx(0.9))
    assert (macro["accuracy/category=a"].value, macro["accuracy/category=b"].value) == (1, 0)


def test_a_tag_with_several_values_counts_in_each():
    records = [record(1, 1, skill="ocr,math"), record(2, 0, skill="math")]
    out = accuracy(name="score", by=("skill",)).aggregate(iter(records))
    assert (out["score/skill=ocr"].value, out["score/skill=math"].value) == (1, 0.5)


@pytest.mark.parametrize(
    "metric",
    [accuracy(), accuracy(macro="category"), circular(), pairs(), binary(), hallusion_accuracy(), simpleqa_f1(),
     mme_score(totals={"all": ["a"]})],
    ids=lambda m: m.about[:40],
)  # fmt: skip
def test_nothing_scored_is_no_number(metric):
    assert metric.aggregate(iter([])) == {}


def test_the_linearised_interval_of_f1_agrees_with_the_bootstrap():
    rng = random.Random(5)
    rows = [(rng.random() < 0.5, rng.random()) for _ in range(400)]
    data = [(gold, draw < (0.8 if gold else 0.3)) for gold, draw in rows]
    records = [
        record(i, gold == yes, answer="yes" if yes else "no", gold="yes" if gold else "no")
        for i, (gold, yes) in enumerate(data)
    ]
    got = binary().aggregate(iter(records))["f1"]

    def f1(sample):
        return 2 * (sample[:, 0] * sample[:, 1]).sum() / (sample[:, 0].sum() + sample[:, 1].sum())

    want = bootstrap([(float(g), float(y)) for g, y in data], f1, seed=1)
    assert got.value == pytest.approx(want.value)
    assert math.isclose(got.low, want.low, abs_tol=0.01)
    assert math.isclose(got.high, want.high, abs_tol=0.01)


def test_clusters_widen_the_interval():
    def run(cluster):
        rows = [record(i, (i // 10) % 2, cluster=str(i // 10) if cluster else None) for i in range(200)]
        found = accuracy().aggregate(iter(rows))["accuracy"]
        return found.high - found.low

    assert run(True) > 2 * run(False)
