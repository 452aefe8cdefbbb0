"""Short answers in JSON or in braces, the readers that authors publish, and the share of an expected answer."""

import pytest

from mmeval.metrics import accuracy, with_answers
from mmeval.scorers import drawn_answer, short_answer
from mmeval.scorers.readers import published
from mmeval.types import Record, Reply, Sample, Score

VLM = "vlmevalkit-2026-08"


@pytest.mark.parametrize(
    ("kind", "target", "text", "own", "official"),
    [
        ("float", "2.5", '{"solution": "x = 7", "short answer": "2.500"}', 1, 1),
        ("float", "2.5", '{"solution": "x", "short answer": 2.5}', 1, 0),
        ("float", "2.5", '{"short answer": "2.5013"}', 0, 0),
        ("float", "2.5", "It is 2.5 metres.", 1, 0),
        ("multiple choice", "B", '{"short answer": "B. 3 m"}', 1, 1),
        ("multiple choice", "B", "A and C are too long, so it is B.", 1, 0),
        ("multiple choice", "B", '{"short answer": "A"}', 0, 0),
        ("text", "odd", '```json\n{"solution": "it is", "short answer": "Odd"}\n```', 1, 1),
        ("text", "yes, it is", '{"short answer": "s"}', 0, 1),  # the authors accept any part of the target
        ("text", "odd", "neither", 0, 0),
    ],
)
def test_short_answer(kind, target, text, own, official):
    sample, reply = Sample(id="1", prompt=(), target=target, tags={"kind": kind}), Reply(text=text, finish="stop")
    scorer = short_answer()
    assert [scorer.rule(profile)(sample, reply).value for profile in ("mmeval", "official")] == [own, official]


@pytest.mark.parametrize(
    ("kind", "target", "text", "own", "vlm"),
    [
        ("number", "5", "{5}", 1, 1),
        ("number", "5", "There are 5 of them.", 1, 0),
        ("number", "5", "First {3}, no: {5}", 1, 0),
        ("number", "5", "{15}", 0, 0),
        ("letter", "e", "{E}", 1, 0),
        ("letter", "e", "{e}", 1, 1),
        ("yes_no", "No", "{No}", 1, 1),
        ("yes_no", "No", "No, they are apart.", 1, 0),
        ("grid", "3,4", "rows={3} columns={4}", 1, 1),
        ("grid", "3,4", "{3}{4}", 1, 0),
        ("grid", "3,4", "The grid has 3 rows and 4 columns.", 1, 0),
        ("grid", "3,4", "(3, 4)", 1, 1),
        ("grid", "3,4", "4x3", 0, 0),
        ("grid", "3,4", "a grid", 0, 0),
    ],
)
def test_drawn_answer(kind, target, text, own, vlm):
    sample, reply = Sample(id="1", prompt=(), target=target, tags={"kind": kind}), Reply(text=text, finish="stop")
    scorer = drawn_answer()
    assert [scorer.rule(profile)(sample, reply).value for profile in ("mmeval", VLM)] == [own, vlm]


def test_circles_are_found_anywhere_by_another_harness():
    sample = Sample(id="1", prompt=(), target="5", tags={"kind": "number", "within": "yes"})
    reply = Reply(text="{15}", finish="stop")
    assert [drawn_answer().rule(profile)(sample, reply).value for profile in ("mmeval", VLM)] == [0, 1]


@pytest.mark.parametrize(
    ("read", "text", "found"),
    [
        (published.after_last_answer, "Answer: <<B>>.", "B"),
        (published.after_last_answer, "The Answer is C. Answer: D", "D"),
        (published.after_last_answer, "Answer: none", None),
        (published.after_last_answer, "B", "B"),
        (published.first_a_or_b, "A red car, so B", "A"),
        (published.first_a_or_b, "B", "B"),
        (published.first_a_or_b, "neither", None),
        (published.ticked, "A or ``C``", "C"),
        (published.ticked, "`{d}`", "D"),
        (published.ticked, "A dog, so B", "B"),
        (published.ticked, "none", None),
        (published.first_capital_to_e, "The best answer is D", "D"),
        (published.first_capital_to_e, "Based on the sign, C", "B"),
        (published.first_capital_to_e, "b", "B"),
        (published.first_capital_to_e, "", "A"),
        (published.first_capital_to_e, "it is not clear from what is shown to us here at all", None),
        (published.last_numbered, "A. sofa? No, it is D. desk", "D"),
        (published.last_numbered, "<Answer>The answer is B</Answer> or C", "B"),
        (published.last_numbered, "answer is E", "E"),
        (published.last_numbered, "maybe C or D\nof A", "A"),
        (published.last_numbered, "none", None),
    ],
)
def test_published_readers(read, text, found):
    assert read(text, {}) == found


def test_the_share_of_an_expected_answer():
    said = [("4", "4"), ("5", "4"), (None, "4"), ("Yes", "yes")]
    records = [
        Record(id=str(i), epoch=1, status="ok", score=Score(value=0.0, answer=answer, rule="t"), tags={"expected": usual})
        for i, (answer, usual) in enumerate(said)
    ]  # fmt: skip
    out = with_answers(accuracy(), "expected", "bias").aggregate(iter(records))
    assert (out["accuracy"].value, out["accuracy/bias"].value) == (0, 0.5)
    assert with_answers(accuracy(), "expected", "bias").aggregate(iter([])) == {}
