"""Our own reading of replies: what is an answer, and what is none."""

from __future__ import annotations

import pytest

from mmeval.scorers import anls, choice, exact_text, numeric, relaxed, vqa_accuracy, yes_no
from mmeval.types import Reply, Sample

FRUIT = ("a red apple", "a green pear", "a banana", "two oranges")


def answer(scorer, text, target, choices=(), profile="mmeval"):
    sample = Sample(id="1", prompt=(), target=target, choices=choices)
    return scorer.rule(profile)(sample, Reply(text=text, finish="stop"))


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("B", "B"),
        ("b", "B"),
        ("(B)", "B"),
        ("**B**", "B"),
        ("B.", "B"),
        ("B. a green pear", "B"),
        ("B) a green pear", "B"),
        (r"\boxed{B}", "B"),
        (r"$\boxed{\text{B}}$", "B"),
        (r"The answer is $\boxed{B}$.", "B"),
        ("The answer is B.", "B"),
        ("The correct answer is **B**. A is wrong, D is too sour.", "B"),
        ("answer is b", "B"),
        ("Answer: (B)", "B"),
        ("**Answer:** B", "B"),
        ("Answer: \\boxed{B}", "B"),
        ("<answer>C</answer>", "C"),
        ("The answer is a banana", "C"),
        ("The answer is a banana.", "C"),
        ("Answer: A banana", "C"),
        ("Answer: A red apple", "A"),
        ("A red apple", "A"),
        ("The answer is A because it is red", "A"),
        ("The answer is option C", "C"),
        ("Option C", "C"),
        ("a banana", "C"),
        ("Looking at option A, it is red; option B, it is green. So B", "B"),
        ("A dog stands there. I would pick D", "D"),
        ("Answer:\nD", "D"),
        ("The answer is\n\nD", "D"),
        ("答案是C", "C"),
        ("First I thought the answer is A, but no. The answer is D.", "D"),
        ("<think>The answer is A.</think>B", "B"),
        ("so A it may be</think>\n\nThe answer is C", "C"),
        ("option c", "C"),
        ("Ｂ", "B"),
        ("It is a banana.", "C"),
        ("The picture shows A banana", "C"),
        ("It is not a banana", None),
        ("It is a banana or a green pear", None),
        ("bananas", "C"),
        ("A dog is in the image", None),
        ("I think it is green", None),
        ("B/C", None),
        ("Both A and B", None),
        ("Either A or B", None),
        ("ABCD", None),
        ("", None),
        ("Cannot determine the answer", None),
        ("The answer is dark green", None),
        ("E", None),
        ("<think>The answer is A", None),
    ],
)
def test_choice(text, letter):
    score = answer(choice(), text, "B", FRUIT)
    assert score.answer == letter
    assert score.value == (letter == "B")
    assert (score.rule == "unparsed") == (letter is None)
    if score.span and score.rule != "option-text" and text.isascii():
        named = text[slice(*score.span)].strip(" *()")
        assert letter in (named.upper(), {"banana": "C", "bananas": "C", "red apple": "A"}.get(named))


@pytest.mark.parametrize("profile", sorted(choice().rules))
@pytest.mark.parametrize("text", ["B", "(B)", "The answer is B."])
def test_every_profile_reads_the_plain_forms(profile, text):
    assert answer(choice(), text, "B", FRUIT, profile).value == 1


@pytest.mark.parametrize(
    ("text", "target", "value"),
    [
        ("42", "42", 1),
        ("1,000", 1000, 1),
        ("The answer is 42.", 42, 1),
        ("First 7, then 42", "42", 0),
        (r"\boxed{-3.5}", -3.5, 1),
        ("1/2", 0.5, 1),
        ("1_000", 1000, 0),
        ("nan", "nan", 0),
        ("inf", "inf", 0),
        ("\uff15", 5, 0),
        ("none", 5, 0),
        ("−5", -5, 1),
        ("$5.00", 5, 1),
        ("1e3", 1000, 1),
        ("1/0", 1, 0),
    ],
)
def test_numeric(text, target, value):
    assert answer(numeric(), text, target).value == value


@pytest.mark.parametrize(("text", "value"), [("104", 1), ("105.1", 0), ("The answer is 96", 1)])
def test_numeric_tolerance(text, value):
    assert answer(numeric(0.05), text, 100).value == value


@pytest.mark.parametrize(
    ("text", "answer_", "rule"),
    [
        ("Yes", "yes", "bare"),
        ("**Yes**", "yes", "bare"),
        ("No, there is none.", "no", "leading"),
        ("The answer is yes", "yes", "declared"),
        ("I would say no.", "no", "declared"),
        ("Yesterday", None, "unparsed"),
        ("maybe yes, maybe no", None, "unparsed"),
        ("Nothing", None, "unparsed"),
        ("", None, "unparsed"),
    ],
)
def test_yes_no(text, answer_, rule):
    score = answer(yes_no(), text, "Yes")
    assert (score.answer, score.rule) == (answer_, rule)


@pytest.mark.parametrize(
    ("scorer", "text", "target", "value"),
    [
        (exact_text(), "Paris.", ["paris", "Paris, France"], 1),
        (exact_text(), "The capital is Paris", "paris", 0),
        (exact_text(), "Answer: Paris", "paris", 1),
        (anls(), "The answer is 0.28", ["0.28"], 1),
        (anls(), "Pintrest", ["pinterest"], 1 - 1 / 9),
        (vqa_accuracy(), "**Dog**", ["a dog"] * 9 + ["cat"], 1),
        (relaxed(), "$1,000", "1000", 1),
        (relaxed(), "The value is 14.6", "14", 1),
        (relaxed(), "Yes.", "Yes", 1),
    ],
)
def test_texts(scorer, text, target, value):
    assert answer(scorer, text, target).value == pytest.approx(value)


def test_thoughts_are_split_off_and_the_span_points_into_the_whole_reply():
    text = "<think>Is it A? The answer is A.</think>\nThe answer is C."
    score = answer(choice(), text, "C", FRUIT)
    assert (score.answer, text[slice(*score.span)]) == ("C", "C")
