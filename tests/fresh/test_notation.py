"""Answers in a written notation are read as a person would read them, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fresh.oracle import score

SHAPES = {"answer": ["red", "blue"], "words": ["red", "blue", "green"]}
COUNTS = {"answer": ["1", "3"], "words": ["1", "2", "3"]}
PATH = {"answer": ["A1", "A2", "B2"], "ordered": True}
SET = {"answer": ["B3", "C1"], "ordered": False}
RAMPS = {"answer": {"B3": "left ramp", "C1": "right ramp"}, "words": ["left ramp", "right ramp"]}
TABLE = {"answer": [["R", "G"], ["G", "R"]], "words": ["R", "G", "B"]}
WORD = {"answer": "red", "words": ["red", "blue"]}

READ = [
    ("sequence", SHAPES, "red, blue", "red, blue"),
    ("sequence", SHAPES, "[\"red\", \"blue\"]", "red, blue"),
    ("sequence", SHAPES, "First red, then blue.", "red, blue"),
    ("sequence", SHAPES, "1. Red\n2. Blue", "red, blue"),
    ("sequence", SHAPES, "The left one looks odd.\n\nThe answer is: red → blue", "red, blue"),
    ("sequence", SHAPES, "\\boxed{red, blue}", "red, blue"),
    ("sequence", COUNTS, "one, three", "1, 3"),
    ("sequence", COUNTS, "1 3", "1, 3"),
    ("sequence", SHAPES, "red or blue", None),
    ("sequence", SHAPES, "red, blue, or maybe green", None),
    ("sequence", SHAPES, "red, teal", None),
    ("sequence", SHAPES, "", None),
    ("cells", PATH, "A1 → A2 → B2", "A1, A2, B2"),
    ("cells", PATH, "a1,a2,b2", "A1, A2, B2"),
    ("cells", PATH, "row 1 column A, row 2 column A, row 2 column B", "A1, A2, B2"),
    ("cells", PATH, "The ball starts in A1.\nSo the path is A1, A2, B2.", "A1, A2, B2"),
    ("cells", SET, "C1 and B3", "B3, C1"),
    ("cells", SET, "3B, 1C", "B3, C1"),
    ("cells", SET, "(2, 3), (3, 1)", None),
    ("cells", SET, "B3 but not C1", None),
    ("placements", RAMPS, "B3: left ramp, C1: right ramp", "B3: left ramp, C1: right ramp"),
    ("placements", RAMPS, '{"C1": "right ramp", "B3": "left ramp"}', "B3: left ramp, C1: right ramp"),
    ("placements", RAMPS, "left ramp in B3 and right ramp in C1", "B3: left ramp, C1: right ramp"),
    ("placements", RAMPS, "- B3: **left ramp**\n- C1: **right ramp**", "B3: left ramp, C1: right ramp"),
    ("placements", RAMPS, "B3: left ramp, B3: right ramp", None),
    ("placements", RAMPS, "B3, C1: left ramp", None),
    ("grid", TABLE, "R G\nG R", "R G / G R"),
    ("grid", TABLE, "The table:\n\n| R | G |\n| G | R |", "R G / G R"),
    ("grid", TABLE, "R G\nG", None),
    ("word", WORD, "Red.", "red"),
    ("word", WORD, "It is red, not blue.", "red"),
    ("word", WORD, "red or blue", None),
    ("time", {"answer": 425}, "7:05", "7:05"),
    ("time", {"answer": 425}, "It is 19:05.", "7:05"),
    ("time", {"answer": 425}, "Now it is 6:35, so it will be 7:05 pm.\n\n**7:05**", "7:05"),
    ("time", {"answer": 0}, "12 o'clock", "12:00"),
    ("time", {"answer": 425}, "7:05 or 7:10", None),
    ("number", {"answer": 12, "tolerance": 0.5}, "about 12.4 cm", "12.4"),
    ("number", {"answer": 12, "tolerance": 0.0}, "twelve", "12"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "target", "text", "answer"), READ, ids=[f"{r[0]}-{r[2][:24]!r}" for r in READ])
def test_reading(form, target, text, answer):
    found = score(form, target, text)
    assert found.answer == answer
    assert found.value == (0 if answer is None else 1)


@pytest.mark.parametrize(
    ("form", "target", "text"),
    [
        ("sequence", SHAPES, "blue, red"),
        ("sequence", SHAPES, "red, blue, red"),
        ("cells", PATH, "A2, A1, B2"),
        ("cells", SET, "B3"),
        ("placements", RAMPS, "B3: left ramp"),
        ("grid", TABLE, "R G\nG G"),
        ("number", {"answer": 12, "tolerance": 0.5}, "12.6"),
    ],
)
def test_what_differs_is_wrong(form, target, text):
    found = score(form, target, text)
    assert (found.value, found.answer is None) == (0, False)


@given(st.text(alphabet="AB13 ,:;|\n-[]{}()\"'redblu→.", max_size=300))
def test_no_reply_is_too_odd(text):
    for form, target in (("sequence", SHAPES), ("cells", PATH), ("placements", RAMPS), ("grid", TABLE), ("word", WORD)):
        assert score(form, target, text).value in (0, 1)


def test_a_long_reply_takes_linear_time():
    for text in ("A1, " * 50_000, "red " * 50_000, "row 1 col " * 20_000, ("x" * 100 + "\n") * 2_000):
        score("cells", PATH, text)
        score("grid", TABLE, text)
