"""Metrics over groups of records, and their intervals; test_vectors.py holds them to recorded results."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from mmeval.metrics import accuracy, binary, circular, hallusion_accuracy, matching, mme_score, pairs, simpleqa_f1
from mmeval.metrics.groups import Share, counted, every, grouped, mean, prefix, some
from mmeval.metrics.missing import bounds
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


STEPS, WHOLE = every(part="step"), every(part="whole")
PREFIX = (0, 0.1, 0.3, 0.6, 1)


def group(*values, size=None, part="step", last=""):
    """Records of one group; None is a member that has no score, and `last` the part of the last member."""
    parts = [part] * (len(values) - 1) + [last or part]
    tags = [{"part": one, "place": str(place)} for place, one in enumerate(parts, 1)]
    return [
        record(i, value, group="g", group_size=str(size or len(values)), **tags[i])
        for i, value in enumerate(values)
        if value is not None
    ]


@pytest.mark.parametrize(
    ("value", "members", "worth"),
    [
        (every(), group(1, 1, 1), 1),
        (every(), group(1, 1, 0), 0),
        (every(), group(1, 1, None), None),
        (every(), group(1, 0, None), 0),
        (some(), group(0, 1, 0), 1),
        (some(), group(0, 0, None), None),
        (some(), group(1, 0, None), 1),
        (mean(), group(1, 0.5, 0), 0.5),
        (mean(), group(1, None), None),
        (counted((0, 0.5, 1)), group(0, 1), 0.5),
        (counted((0, 0, 1)), group(0, None), 0),
        (counted((0, 0, 1)), group(1, None), None),
        (prefix(PREFIX), group(1, 1, 0, 1), 0.3),
        (prefix(PREFIX), group(0, 1, 1, 1), 0),
        (prefix(PREFIX), group(1, 0, None, 1), 0.1),
        (prefix(PREFIX), group(1, None, 1, 1), None),
        (STEPS & WHOLE, group(1, 1, 1, last="whole"), 1),
        (STEPS & WHOLE, group(1, 0, 1, last="whole"), 0),
        (STEPS & ~WHOLE, group(1, 1, 0, last="whole"), 1),
        (~STEPS & WHOLE, group(1, 0, 1, last="whole"), 1),
        (~STEPS & WHOLE, group(1, None, 1, last="whole"), None),
        ((STEPS & WHOLE) + 0.5 * (STEPS & ~WHOLE), group(1, 1, 0, last="whole"), 0.5),
        ((STEPS & WHOLE) + 0.5 * (STEPS & ~WHOLE), group(0, None, 0, last="whole"), 0),
        (STEPS | WHOLE, group(0, 0, 1, last="whole"), 1),
    ],
)
def test_what_a_group_is_worth(value, members, worth):
    metric = grouped(name="m", headline="g", parts={"g": Share(value=value, by=("group",))}, about="", by=())
    out = metric.aggregate(iter(members))
    assert (out["m"].value if out else None) == (None if worth is None else pytest.approx(worth))


def of(text):
    return Share(value=mean(), where=lambda tags: tags["part"] == text)


WEIGHTED = grouped(
    name="m", headline={"a": 0.25, "b": 0.25, "c": 0.5}, parts={**{one: of(one) for one in "abc"}, "all": Share(value=mean())},
    about="", version=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "headline", "empty"),
    [
        ({"a": 1, "b": 0, "c": 0.5}, 0.5, ""),
        ({"a": 1, "c": 0.5}, (0.25 + 0.25) / 0.75, "b"),
        ({"c": 0.5}, 0.5, "a, b"),
        ({"d": 1}, None, None),
    ],
)
def test_a_part_without_questions_leaves_its_weight_to_the_others_and_is_named(asked, headline, empty):
    records = [record(f"{part}{i}", value, part=part) for part, value in asked.items() for i in range(4)]
    out = WEIGHTED.aggregate(iter(records))
    assert {name for name in out if "/" in name} == ({f"m/{part}" for part in (*asked, "all")} - {"m/d"})
    assert ("m" in out) == (headline is not None)
    if headline is not None:
        assert (out["m"].value, out["m"].method.partition(", without ")[2]) == (pytest.approx(headline), empty)


def test_matching_counts_both_directions_of_each_example():
    answers = ("text+image", "text", "image", "", "text+image")
    records = [record(i, a == "text+image", answer=a, collapsed_tag="xy"[i % 2]) for i, a in enumerate(answers)]
    out = matching(by=["collapsed_tag"]).aggregate(iter([*records, replace(records[0], id="9", score=None)]))
    assert {name: (one.value, one.n) for name, one in out.items()} == {
        "group_score": (0.4, 5), "group_score/text_score": (0.6, 5), "group_score/image_score": (0.6, 5),
        "group_score/collapsed_tag=x": (pytest.approx(2 / 3), 3), "group_score/collapsed_tag=y": (0.0, 2),
    }  # fmt: skip
    assert [round(one.value, 3) for one in bounds(matching(), [*records, replace(records[0], id="9", score=None)])] == [
        0.333, 0.5,
    ]  # fmt: skip


def test_pictures_questions_and_groups_of_one_set():
    """Two pictures and two questions make four records; each share has its own groups, and all share the clusters."""
    parts = {
        "group": Share(value=every(), by=("group",), size=4),
        "question": Share(value=every(), by=("group", "question"), size=2),
        "image": Share(value=every(), by=("group", "image"), size=2),
        "single": Share(value=mean()),
        "robust": Share(value=every(), out_of=mean(), by=("group",), size=4),
    }
    metric = grouped(name="g_acc", headline="group", parts=parts, about="")
    wrong = {(1, 0, 0), (2, 0, 0), (2, 1, 1)}
    records = [
        record(f"{g}{i}{q}", (g, i, q) not in wrong, group=str(g), image=str(i), question=str(q))
        for g in range(40) for i in (0, 1) for q in (0, 1)
    ]  # fmt: skip
    out = metric.aggregate(iter(records))
    assert {name: round(one.value * 160) for name, one in out.items() if name != "g_acc/robust"} == {
        "g_acc": 38 * 4, "g_acc/question": 77 * 2, "g_acc/image": 77 * 2, "g_acc/single": 157,
    }  # fmt: skip
    assert out["g_acc/robust"].value == pytest.approx(38 / (157 / 4))
    assert (out["g_acc"].n, out["g_acc/image"].n) == (40, 80)
    assert all(one.low <= one.value <= one.high for one in out.values())


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
