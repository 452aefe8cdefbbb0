"""Metrics against the recorded group scores, and their intervals."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest

from mmeval.metrics import accuracy, binary, circular, hallusion_accuracy, mme_score, pairs, simpleqa_f1
from mmeval.scorers import yes_no
from mmeval.stats.intervals import bootstrap
from mmeval.types import Record, Reply, Sample, Score
from tests.scorers.reference import COGNITION

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


def vectors(scorer, impl):
    return [
        pytest.param(v["args"], v["expected"], id=v["id"])
        for v in VECTORS
        if (v["scorer"], v["impl"]) == (scorer, impl)
    ]


def record(number, value, *, answer="x", cluster=None, epoch=1, **tags):
    score = Score(value=float(value), answer=answer, rule="test")
    return Record(id=str(number), epoch=epoch, status="ok", score=score, cluster=cluster, tags=tags)


@pytest.mark.parametrize(("args", "expected"), vectors("mme_score", "vlmevalkit"))
def test_paired_images(args, expected):
    perception = [name for name in args["per_image_hits"] if name not in COGNITION]
    records = [
        record(f"{task}/{image}/{i}", hit, category=task, pair=f"{task}/{image}")
        for task, images in args["per_image_hits"].items()
        for image, hits in enumerate(images)
        for i, hit in enumerate(hits)
    ]
    out = mme_score(totals={"perception": perception, "cognition": COGNITION}).aggregate(iter(records))
    assert out["score/perception"].value == pytest.approx(expected["perception"])
    assert out["score/cognition"].value == pytest.approx(expected["cognition"])
    assert out["score"].value == pytest.approx(expected["leaderboard_overall"])
    assert 0 <= out["score"].low <= out["score"].value <= out["score"].high <= 2800


@pytest.mark.parametrize(("args", "expected"), vectors("hallusionbench_group", "vlmevalkit"))
def test_consistency(args, expected):
    rows = args["rows"]
    records = [record(i, row["verdict"] == 1, **{k: str(v) for k, v in row.items()}) for i, row in enumerate(rows)]
    out = hallusion_accuracy().aggregate(iter(records))
    got = {short: 100 * out[f"mean_accuracy/{name}"].value for short, name in
           (("aAcc", "questions"), ("fAcc", "figures"), ("qAcc", "groups"))}  # fmt: skip
    assert {**got, "avg": 100 * out["mean_accuracy"].value} == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("args", "expected"), vectors("hallusionbench_group", "official"))
def test_consistency_of_the_authors(args, expected):
    words = {0: "incorrect", 1: "correct", 2: "unclear"}
    records = [
        record(i, row["verdict"] == 1, answer=words[row["verdict"]], **{k: str(v) for k, v in row.items()})
        for i, row in enumerate(args["rows"])
    ]
    out = hallusion_accuracy(authors=True).aggregate(iter(records))
    got = {short: 100 * out[f"mean_accuracy/{name}"].value for short, name in
           (("aAcc", "questions"), ("fAcc", "figures"), ("qAcc", "groups"))}  # fmt: skip
    assert got == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("args", "expected"), vectors("pope", "vlmevalkit"))
def test_binary(args, expected):
    rule = yes_no().rule("vlmevalkit-2026-08")
    records = []
    for i, pair in enumerate(args["pairs"]):
        sample = Sample(id=str(i), prompt=(), target=pair["answer"])
        score = rule(sample, Reply(text=pair["prediction"], finish="stop"))
        records.append(Record(id=str(i), epoch=1, status="ok", score=score, tags={"gold": pair["answer"]}))
    out = binary().aggregate(iter(records))
    for name, value in expected.items():
        # Where the reference prints 0 for a ratio without a denominator, there is no number here.
        found = out.get("f1" if name == "f1" else f"f1/{name}")
        assert (found.value * 100 if found else 0) == pytest.approx(value, abs=1e-5)


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


def test_attempts():
    words = ["correct"] * 5 + ["incorrect"] * 3 + ["not attempted"] * 2
    out = simpleqa_f1().aggregate(iter(record(i, word == "correct", answer=word) for i, word in enumerate(words)))
    assert out["f1"].value == pytest.approx(0.555556, abs=1e-6)
    assert out["f1/correct_given_attempted"].value == pytest.approx(0.625)


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
