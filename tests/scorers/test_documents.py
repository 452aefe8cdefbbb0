"""Answers about documents by their format, and judges that rate."""

import pytest

from mmeval.errors import ScoreError
from mmeval.metrics import answered_f1
from mmeval.scorers import document_answer, instructed, truthful
from mmeval.types import Record, Reply, Sample, Score


@pytest.mark.parametrize(
    ("gold", "kind", "said", "value"),
    [
        ("12", "Int", "12.0", 1), ("12", "Int", "twelve", 0), ("12", "Int", "1e999", 0),
        ("0.5", "Float", "50%", 1), ("0.5", "Float", "0.504", 1), ("0.5", "Float", "0.52", 0), ("0.5", "Float", "n/a", 0),
        ("$1.25", "Float", "1.25", 1), ("page 12", "Str", "Page 12", 1), ("page 12", "Str", "page 13", 0),
        ("Blue Bird", "Str", "blue bird (a car)", 1), ("Blue Bird", "Str", "blue birds", 0.9), ("a", "Str", "zzz", 0),
        ("['b', 'a']", "List", '["A", "b"]', 1), ("['b', 'a']", "List", "['a']", 0), ("['1', '2']", "List", "['2', '1']", 1),
        ("Not answerable", "None", "Not answerable", 1), ("Not answerable", "None", "12", 0),
    ],
)  # fmt: skip
def test_a_format_decides(gold, kind, said, value):
    sample = Sample(id="1", prompt=(), target={"answer": gold, "format": kind})
    verdict = (
        document_answer()
        .rule("official")
        .parse(sample, Reply(text="x", finish="stop"), Reply(text=f"Final answer: {said}\nsure", finish="stop"))
    )
    assert verdict.value == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [("Int", "There are 12 of them.", "12"), ("Str", "The answer is: blue.", "blue"),
     ("Str", "The question is not answerable.", "Not answerable")],
)  # fmt: skip
def test_our_own_reading_needs_no_judge(kind, text, answer):
    sample = Sample(id="1", prompt=(), target={"answer": "x", "format": kind})
    assert document_answer().rule("mmeval")(sample, Reply(text=text, finish="stop")).answer == answer


def test_f1_pays_for_answers_and_for_saying_that_there_is_none():
    told = [("yes", "12", 1.0), ("yes", "Not answerable", 0.0), ("no", "Not answerable", 1.0), ("no", "7", 0.0)]
    records = [
        Record(id=str(n), epoch=1, status="ok", score=Score(value=value, answer=said, rule="t"),
               tags={"answerable": exists, "pages": "single" if exists == "yes" else "none"})
        for n, (exists, said, value) in enumerate(told)
    ]  # fmt: skip
    out = answered_f1().aggregate(iter(records))
    assert {name: one.value for name, one in out.items()} == {
        "f1": 0.5, "f1/accuracy": 0.5, "f1/pages=none": 0.5, "f1/pages=single": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scorer", "said", "value"),
    [
        (truthful(), '{"rating": 6}', 1), (truthful(), '{"rating": 7}', None), (truthful(), "five", None),
        (instructed(), '{"points": [2, 4]}', 0.6), (instructed(), '{"points": [2]}', None),
        (instructed(), '{"points": [2, 9]}', None), (instructed(), '{"points": [2, "8"]}', None),
    ],
)  # fmt: skip
def test_ratings(scorer, said, value):
    sample, rule = Sample(id="1", prompt=(), target="x", tags={"worth": "2,8"}), scorer.rule("official")
    if value is None:
        with pytest.raises(ScoreError):
            rule.parse(sample, Reply(text="x", finish="stop"), Reply(text=said, finish="stop"))
    else:
        assert rule.parse(
            sample, Reply(text="x", finish="stop"), Reply(text=said, finish="stop")
        ).value == pytest.approx(value)
