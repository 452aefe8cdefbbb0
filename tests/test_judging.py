"""Labelled slices: what a judge of made pictures and films is asked, and what its answers say about it."""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice

import pytest

from mmeval.catalog import Catalog
from mmeval.judging import signs
from mmeval.judging.measured import Measured
from mmeval.judging.slices import SLICES
from mmeval.store import Number
from mmeval.types import Reply
from tests.perf.judges import answer


@pytest.mark.parametrize("name", SLICES)
def test_a_verdict_is_right_if_it_is_the_label(name):
    bench = Catalog().benchmark(name)
    rule, kinds = bench.score.rule("mmeval"), SLICES[name].kinds
    samples = [bench.to_sample(row) for row in islice(bench.data.rows(), 2 * len(kinds))]
    labels = Counter((sample.tags["category"], sample.tags["label"]) for sample in samples)
    assert labels == Counter((kind, label) for kind in kinds for label in ("right", "wrong"))
    for sample in samples:
        for accepts in (True, False):
            score = rule(sample, Reply(text=answer(sample, accepts), finish="stop"))
            verdict = "right" if accepts else "wrong"
            told = (float(verdict == sample.tags["label"]), verdict, f"on what is {sample.tags['label']}")
            assert (score.value, score.answer, score.rule) == told
        if name != "judge_signs":
            assert rule(sample, Reply(text="I cannot tell", finish="stop")).answer is None
    assert sum(1 for _ in bench.data.rows()) == bench.rows


@pytest.mark.parametrize("mistake", signs.MISTAKES)
def test_a_planted_mistake_changes_the_text_and_nothing_else(mistake):
    for seed in range(30):
        said = signs.wrong(random.Random(seed), "WINDOW PEPPER 77", mistake)
        assert said != "WINDOW PEPPER 77"
        assert abs(len(said) - 16) == (mistake in ("a letter missing", "a letter twice"))
        assert said.count(" ") == 2


def test_what_was_measured_is_said():
    table = {
        ("right", "right"): 50,
        ("right", "wrong"): 8,
        ("right", ""): 2,
        ("wrong", "wrong"): 45,
        ("wrong", "right"): 15,
    }
    found = Measured("judge_objects", "a/b", Number(value=0.79, low=0.7, high=0.85, n=120, method="m"), table)
    assert found.sentence == "agrees with 95 of 120 labelled answers of judge_objects (79.2 % [71.1, 85.5])"
    assert (found.false_yes.value, found.false_no.value, found.unclear) == (0.25, 8 / 60, 2)
    # po = 95/120; pe = (60 * 65 + 60 * 53 + 0) / 120^2
    assert found.kappa.value == pytest.approx((95 / 120 - 7080 / 14400) / (1 - 7080 / 14400))
