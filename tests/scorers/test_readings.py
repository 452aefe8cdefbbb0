"""How often mmeval's own reading errs on replies that people have read, and the tables about it in the docs."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from mmeval import scorers
from mmeval.scorers.readers.letters import read_letter
from mmeval.scorers.readers.numbers import read_number
from mmeval.scorers.readers.phrases import states
from mmeval.scorers.readers.polarity import read_yes_no
from mmeval.types import Reply, Sample
from tests.perf import readings

DOCS = (Path(__file__).parents[2] / "docs/scoring.md").read_text(encoding="utf-8")
OPTIONS = ("a red apple", "a green pear", "a banana", "two oranges")
ROWS = re.findall(r"^\| `(\w+)` \| `(.+?)` \| (?:`(.*?)`)? ?\| (?:`(.*?)`|(none|right|wrong)) \|$", DOCS, re.MULTILINE)


@pytest.mark.parametrize(
    ("file", "part", "false", "missed"),
    [("readings.json", "develop", 0.5, 1), ("readings.json", "unseen", 2, 8), ("reading_traps.json", "all", 1, 2)],
)
def test_replies_are_read_as_people_read_them(file, part, false, missed):
    """Bounds in percent."""
    cases = [case for case in readings.cases(readings.ROOT / file) if case.get("part", "all") == part]
    verdicts = [readings.verdict(case) for case in cases]
    assert len(verdicts) > 100
    assert 100 * verdicts.count("false") / len(verdicts) <= false
    assert 100 * verdicts.count("not read") / len(verdicts) <= missed


def test_the_docs_state_the_measured_rates():
    assert readings.report() in DOCS


def test_the_docs_show_readings_of_each_kind():
    assert {row[0] for row in ROWS} >= {
        "choice",
        "yes_no",
        "numeric",
        "count",
        "math_answer",
        "open_answer",
        "exact_text",
    }
    assert len(ROWS) > 60


@pytest.mark.parametrize(("scorer", "text", "target", "answer", "word"), ROWS, ids=[f"{r[0]}: {r[1]}" for r in ROWS])
def test_the_docs_tell_how_a_reply_is_read(scorer, text, target, answer, word):
    choices = OPTIONS if scorer == "choice" else ()
    sample = Sample(id="1", prompt=(), target=target or "B", choices=choices)
    score = getattr(scorers, scorer)().rule("mmeval")(sample, Reply(text=text.replace("⏎", "\n"), finish="stop"))
    if word in ("right", "wrong"):
        assert score.value == (word == "right")
    else:
        assert score.answer == (answer or None)


BOMBS = (
    "not A ", "A or ", "A, ", "A. B. ", "x = 3 or ", "one ", "百", "1 000 ", "no ", "if A ", "the answer is not ", "A is wrong. ", "yes, no ",
    '{"answer": ', '"answer": "', "<answer>A", "\\boxed{A", "1-", "12 of ", "twenty ", "I think ", "it is ", "答案是", "不是", "maybe A ", "(A) ",
)  # fmt: skip


@pytest.mark.parametrize(
    "read",
    [
        lambda text: read_letter(text, "ABCD", OPTIONS),
        read_number,
        read_yes_no,
        lambda text: states(text, ["a red apple"]),
    ],
    ids=["letters", "numbers", "polarity", "phrases"],
)
def test_long_replies_take_linear_time(read):
    start = time.process_time()
    for bomb in BOMBS:
        read((bomb * 4_000)[:4_000])
    # A quadratic production needs seconds for each of these.
    assert time.process_time() - start < 5
