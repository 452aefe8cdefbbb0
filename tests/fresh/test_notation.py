"""Answers in a written notation are read as a person would read them, or not at all."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fresh.oracle import near_miss, right, score
from tests.perf import readings

FILE = Path(__file__).with_name("notations.json")
DOCS = (Path(__file__).parents[2] / "docs/fresh.md").read_text(encoding="utf-8")
TARGETS = {
    "sequence": {"answer": ["red", "dark blue"], "words": ["red", "dark blue", "green"]},
    "cells": {"answer": ["A1", "B3"], "ordered": False},
    "placements": {"answer": {"B3": "left ramp", "C1": "right ramp"}, "words": ["left ramp", "right ramp"]},
    "grid": {"answer": [["R", "G"], ["G", "R"]], "words": ["R", "G", "B"]},
    "word": {"answer": "grey", "words": ["grey", "blue"]},
    "time": {"answer": 435},
    "number": {"answer": 1234.5, "tolerance": 0.5},
}
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
FRAMES = (
    "{}", "**{}**", "Answer: {}", "Antwort: {}", "答案：{}", "The picture is clear.\n\n{}", "```\n{}\n```",
    "\\boxed{{{}}}", "<answer>{}</answer>", "<think>Hm.</think>{}", "I looked twice.\n\n**Final answer:** {}",
)  # fmt: skip
forms = st.sampled_from(sorted(TARGETS))


def test_replies_are_read_as_people_read_them():
    report = readings.report((FILE,))
    assert "`notations.json`, develop | 1801 | 0.6 % | 2.3 %" in report
    assert "`notations.json`, unseen | 183 | 0.0 % | 9.3 %" in report
    assert report in DOCS


@given(forms, st.sampled_from(FRAMES), st.booleans())
def test_a_frame_changes_nothing(form, frame, wide):
    answers = [right(form, TARGETS[form]), near_miss(form, TARGETS[form], ())]
    for answer, value in zip(answers, (1, 0), strict=True):
        found = score(form, TARGETS[form], frame.format(answer.translate(WIDE) if wide else answer))
        assert (found.value, found.answer is None) == (value, False)


@given(forms, st.sampled_from((" or ", "\n\nor\n\n", ", or maybe ")))
def test_two_answers_are_none(form, between):
    target = TARGETS[form]
    assert score(form, target, right(form, target) + between + near_miss(form, target, ())).answer is None


@given(st.text(alphabet="AB13 ,:;|\n-+[]{}()\"'#*=/redblu→│─½１٣.", max_size=300), forms)
def test_no_reply_is_too_odd(text, form):
    assert score(form, TARGETS[form], text).value in (0, 1)


@pytest.mark.parametrize("unit", ["A1, ", "red ", "row 1 col ", "x" * 99 + "\n", "(", '["', "| R | G |\n", "answer: "])
def test_a_long_reply_takes_linear_time(unit):
    begun = time.process_time()
    for form in ("cells", "grid", "number", "time"):
        score(form, TARGETS[form], unit * (1_000_000 // len(unit)))
    assert time.process_time() - begun < 4
