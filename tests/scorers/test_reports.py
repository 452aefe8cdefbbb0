"""Whole reports of other harnesses, from the metrics that the board uses: groups without recorded vectors."""

from __future__ import annotations

import pytest

from tests.scorers.vectors import reproduced

YES = {"prediction": "Yes", "answer": "Yes"}
NO = {"prediction": "No.", "answer": "no"}
FALSE_YES = {"prediction": "yes", "answer": "No"}


def board(**overall: float | None) -> dict:
    return {name: {"META": {}, **({"MMStar": {"Overall": value}} if value is not None else {"AI2D": {"Overall": 9}})}
            for name, value in overall.items()}  # fmt: skip


def hits(*values: int, **facts: str) -> list[dict]:
    return [{"hit": value, **facts} for value in values]


CASES = [
    # One question in three categories counts three times: 3 + 1 true positives, 1 false: precision 4/5, recall 1.
    ("pope", "vlmevalkit_dedup_explode",
     {"rows": [{**YES, "category": "random,popular,adversarial"}, {**FALSE_YES, "category": "popular"},
               {**NO, "category": "random"}, {**YES, "category": "random"}]},
     {"f1": 100 * 8 / 9, "accuracy": 100 * 5 / 6, "precision": 80.0, "recall": 100.0, "n": 6,
      "popular": {"f1": 100 * 2 / 3, "acc": 50.0}, "random": {"Overall": 100.0}, "adversarial": {"Overall": 100.0}}),
    ("pope", "vlmevalkit_dedup_explode", {"rows": [{"prediction": "?", "answer": "yes", "category": "random"}]},
     {"f1": 0.0, "precision": 0.0, "accuracy": 0.0}),
    ("mcq_report", "vlmevalkit",
     {"rows": [*hits(1, 0, **{"l2-category": "logic_reasoning", "category": "x"}),
               *hits(1, **{"l2-category": "coarse_perception", "category": "y"})]},
     {"Overall": 2 / 3, "LR": 0.5, "CP": 1.0, "x": 0.5, "y": 1.0}),
    ("mcq_report", "vlmevalkit", {"rows": [*hits(1, 0, split="dev", category="x"), *hits(1, split="test", category="x")]},
     {"split": ["dev", "test"], "Overall": [0.5, 1.0], "x": [0.5, 1.0]}),
    ("mcq_report", "vlmevalkit",
     {"rows": [{"A": "cat", "B": "dog", "prediction": "(B)", "answer": "B"},
               {"A": "cat", "B": "dog", "prediction": "cat", "answer": "B"}]}, {"Overall": 0.5}),
    ("mmvp_pair", "vlmevalkit", {"rows": hits(1, 1, 1, 0, question="q")}, {"Overall": 0.5, "Average": 0.75}),
    ("mmvp_pair", "vlmevalkit", {"rows": [*hits(1, question="q"), *hits(1, question="r")]}, {"raises": "AssertionError"}),
    ("mmvp_pair", "vlmevalkit", {"rows": hits(1, question="q")}, {"raises": "AssertionError"}),
    # The best first; equal scores in the reverse of their order; incomplete models last.
    ("openvlm_leaderboard", "leaderboard_branch",
     {"results": board(a=50.0, b=None, c=60.0, d=50.0, e=60.04), "fields": ["MMStar"]},
     {"order": ["e", "c", "d", "a", "b"], "Avg Score": {"e": 60.0, "c": 60.0, "a": 50.0},
      "Avg Rank": {"e": 1.0, "c": 2.0, "d": 3.0, "a": 3.0, "b": None}}),
    ("charxiv_descriptive_schedule", "lmms_repeat4", {"charts": ["p", "q", "r", "s"]},
     [["p", 1], ["q", 2], ["r", 3], ["s", 4]] * 4),
    ("charxiv_descriptive_schedule", "lmms_repeat4", {"n": 1}, [[0, 1], [0, 2], [0, 3], [0, 4]]),
]  # fmt: skip


@pytest.mark.parametrize(("scorer", "impl", "args", "expected"), CASES)
def test_a_report_is_reproduced(scorer, impl, args, expected):
    assert reproduced({"scorer": scorer, "impl": impl, "args": args, "expected": expected})
