"""Labelled slices: what a judge of made pictures and films is asked, and what its answers say about it."""

from __future__ import annotations

import hashlib
import math
import random
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path

import pytest

from mmeval.catalog import Catalog
from mmeval.judging import signs, speech
from mmeval.judging.measured import ORDERED, PAIRS, REVERSED, Measured
from mmeval.judging.slices import SLICES
from mmeval.metrics import concordance
from mmeval.sampling import video_policy
from mmeval.scorers.identity import describe
from mmeval.scorers.readers.speech import units
from mmeval.store import Number
from mmeval.types import Record, Reply, Sample, Score, Text
from tests.perf.judges import CHANCE, replied

GENERATION = Path(__file__).parents[1] / "benchmarks" / "generation"


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_asks_as_its_rule_does_and_knows_what_is_right(name):
    """Judges that find everything right, half right or wrong are right where that is the label."""
    bench, one = Catalog().benchmark(name), SLICES[name]
    rule, judges, form = bench.score.rule("mmeval"), one.scorer().rule(one.profile), one.form
    rows = list(islice(bench.data.rows(), len(one.kinds) * len(form.labels)))
    labels = Counter((row["kind"], row["label"]) for row in rows)
    assert labels == Counter((kind, label) for kind in one.kinds for label in form.labels)
    if form.graded:  # drawing takes time
        rows = [row for row in rows if row["kind"] in ("counting", "colour", *one.kinds[-1:])]
    for sample in map(bench.to_sample, rows):
        label, made = sample.tags["label"], Reply(text="", finish="stop", media=(sample.prompt[0],))
        asked = judges.prompt(
            Sample(id="", prompt=(Text(sample.target["prompt"]),), target=sample.target["target"]), made
        )
        assert (getattr(asked, "prompt", asked), getattr(asked, "choices", ())) == (sample.prompt, sample.choices)
        assert getattr(asked, "want", "text") == bench.want
        if one.want == "video":
            assert sample.prompt[0].policy == video_policy(bench.video), "as in a judged run"
        for verdict in form.labels:
            score = rule(sample, replied(sample, CHANCE[verdict]))
            assert score.rule == f"on what is {label}"
            if form.graded:
                assert (score.value > 0.5) == (verdict == label), "nearer to the label"
            else:
                assert score.value == float(verdict == label)
            assert (score.answer or "").partition(":")[0] == verdict or form.paired
        if name not in ("judge_signs", "judge_speech"):
            assert rule(sample, Reply(text="I cannot tell", finish="stop", scores=(2.0,))).answer is None
    assert sum(1 for _ in bench.data.rows()) == bench.rows


def said(kind: str, words: list[str]) -> Iterator[list[str]]:
    """What is said with one mistake of a kind; ? stands for any other word."""
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        changed = {"another word": ["?"], "a word left out": [], "a word twice": [word, word]}
        if kind in changed:
            yield before + changed[kind] + after
        elif after:
            yield [*before, after[0], word, *after[1:]]


def test_a_recording_is_whole_and_says_the_sentence_or_one_mistake():
    for row in speech.Recordings().rows():
        wanted, heard = (units(row[key], "word") for key in ("text", "says"))
        assert hashlib.sha256(speech.item(row).made).hexdigest() == row["sha256"]
        assert (wanted == heard) == (row["label"] == "right")
        new = next((word for word in heard if word not in wanted), None)
        made = [["?" if word == new else word for word in heard], heard]
        assert row["label"] == "right" or any(one in made for one in said(row["kind"], wanted)), row


def form(rule):
    """How a rule asks, without what it makes of the answers."""
    ignored = ("name", "combine", "count", "value")
    return type(rule), {one.name: describe(getattr(rule, one.name)) for one in fields(rule) if one.name not in ignored}


def test_every_judge_of_what_models_make_is_measured_in_the_form_in_which_it_is_asked():
    catalog, asked = Catalog(), []
    for name in sorted(file.stem for file in GENERATION.glob("*.py")):
        bench = catalog.benchmark(name)
        for profile in filter(bench.score.needs_judge, bench.score.rules):
            asked.append(f"{name} {profile}")
            one = SLICES[bench.slice_of(profile) or ""]
            assert form(bench.score.rule(profile)) == form(one.scorer().rule(one.profile)), asked[-1]
    assert len(asked) > 20


@pytest.mark.parametrize("mistake", signs.MISTAKES)
def test_a_planted_mistake_changes_the_text_and_nothing_else(mistake):
    for seed in range(30):
        said = signs.wrong(random.Random(seed), "WINDOW PEPPER 77", mistake)
        assert said != "WINDOW PEPPER 77"
        assert abs(len(said) - 16) == (mistake in ("a letter missing", "a letter twice"))
        assert said.count(" ") == 2


MEAN = Number(value=0.79, low=0.7, high=0.85, n=120, method="m")


def test_what_was_measured_is_said():
    table = {
        ("right", "right"): 50,
        ("right", "wrong"): 8,
        ("right", ""): 2,
        ("wrong", "wrong"): 45,
        ("wrong", "right"): 15,
    }
    found = Measured("judge_objects", "a/b", "accuracy", MEAN, table)
    assert found.sentence == "agrees with 95 of 120 labelled answers of judge_objects (79.2 % [71.1, 85.5])"
    assert (found.false_yes.value, found.false_no.value, found.unclear) == (0.25, 8 / 60, 2)
    # po = 95/120; pe = (60 * 65 + 60 * 53 + 0) / 120^2
    numbers = found.numbers
    assert numbers["kappa"].value == pytest.approx((95 / 120 - 7080 / 14400) / (1 - 7080 / 14400))
    assert list(numbers) == ["agree", "balanced", "kappa", "false_yes", "false_no"]


def test_marks_have_a_weighted_kappa_and_pairs_have_none():
    table = {("right", "right"): 2, ("half right", "right"): 1, ("wrong", "wrong"): 2, ("wrong", ""): 1}
    marks = Measured("marks", "a/b", "accuracy", MEAN, table)
    # squared distances: observed 1/5; expected of the margins (2, 1, 2) and (3, 0, 2) over the marks 2, 1, 0
    expected = (2 * 2 * 4 + 1 * 3 * 1 + 1 * 2 * 1 + 2 * 3 * 4) / 25
    assert marks.numbers["weighted_kappa"].value == pytest.approx(1 - (1 / 5) / expected)
    assert (marks.n, marks.unclear, marks.agree.value) == (6, 1, 4 / 6)
    pairs = Measured("twos", "a/b", "ordered", MEAN, {(PAIRS, ORDERED): 8, (PAIRS, REVERSED): 1, (PAIRS, ""): 1})
    assert pairs.sentence == "orders 8 of 10 labelled pairs of twos (80.0 % [49.0, 94.3])"
    assert list(pairs.numbers) == ["agree", "ordered"]


def items(right, wrong):
    for label, values in (("right", right), ("wrong", wrong)):
        for place, value in enumerate(values):
            near = value if label == "right" else 1 - value
            tags = {"label": label, "pair": str(place), "category": "even" if place % 2 == 0 else "odd"}
            yield Record(id=f"{label}{place}", epoch=1, status="ok", tags=tags, cluster=None,
                         score=Score(value=near, answer=f"{value}"))  # fmt: skip


@pytest.mark.parametrize(
    ("right", "wrong", "area", "ordered"),
    [
        ([0.9, 0.8, 0.7], [0.3, 0.2, 0.1], 1.0, 1.0),
        ([0.3, 0.3], [0.3, 0.3], 0.5, 0.5),
        ([0.1, 0.2], [0.9, 0.8], 0.0, 0.0),
        ([0.9, 0.2, 0.6], [0.5, 0.1, 0.6], 6.5 / 9, 2.5 / 3),
    ],
)
def test_how_often_what_is_right_is_placed_higher(right, wrong, area, ordered):
    found = concordance().aggregate(items(right, wrong))
    assert found["auc"].value == pytest.approx(area)
    assert found["auc/right"].value == pytest.approx(sum(right) / len(right))
    pairs = concordance(name="ordered", pair="pair").aggregate(items(right, wrong))
    assert (pairs["ordered"].value, pairs["ordered"].n) == (pytest.approx(ordered), len(right))
    odd = [i for i in range(len(right)) if i % 2]
    assert pairs["ordered/category=odd"].value == pytest.approx(
        sum((right[i] > wrong[i]) + (right[i] == wrong[i]) / 2 for i in odd) / len(odd)
    )
    assert concordance().aggregate(items(right, [])) == {}
    unclear = [replace(one, score=Score(value=0.0, answer=None)) for one in items([0.5], [0.5])]
    both = concordance().aggregate([*items(right, wrong), *unclear])
    assert both["auc"].value == pytest.approx(area * len(right) ** 2 / (len(right) + 1) ** 2), "the worst values"
    assert both["auc/right"] == found["auc/right"]


def test_a_judge_of_speech_has_a_word_error_rate_of_its_own():
    """It comes from the answers alone, which scores.csv keeps, and from what is right alone."""
    answers = [("right", "right: 0/9"), ("right", "wrong: 2/7"), ("wrong", "right: 0/5"), ("wrong", "wrong: 4/4")]
    records = [
        Record(id=str(n), epoch=1, status="ok", tags={"label": label, "category": "a"},
               score=Score(value=float(answer.startswith(label)), answer=answer))
        for n, (label, answer) in enumerate(answers)
    ]  # fmt: skip
    found = SLICES["judge_speech"].form.metric.aggregate(iter(records))
    assert (found["wer"].value, found["accuracy"].value) == (pytest.approx(2 / 16), 0.5)
    assert "wer" not in SLICES["judge_speech"].form.metric.aggregate(iter(records[2:]))
    told = Measured("judge_speech", "a/b", "accuracy", MEAN, {("right", "right"): 3, ("wrong", "right"): 1}, {}, MEAN)
    assert told.sentence.endswith("judge_speech (75.0 % [30.1, 95.4]) with a word error rate of its own of 79.0 %")


def test_the_interval_of_the_area_is_as_wide_as_delongs():
    draw = random.Random(4)
    right, wrong = [draw.betavariate(3, 2) for _ in range(150)], [draw.betavariate(2, 3) for _ in range(100)]
    above = [[(x > y) + (x == y) / 2 for y in wrong] for x in right]
    of_right = [statistics.fmean(row) for row in above]
    of_wrong = [statistics.fmean(column) for column in zip(*above, strict=True)]
    error = math.sqrt(statistics.variance(of_right) / 150 + statistics.variance(of_wrong) / 100)
    found = concordance().aggregate(items(right, wrong))["auc"]
    assert found.value == pytest.approx(statistics.fmean(of_right))
    assert found.high - found.low == pytest.approx(2 * 1.97 * error, rel=0.03)
