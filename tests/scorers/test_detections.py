"""GenEval's rule: which verdict follows from which boxes. `tests/perf/geneval.py` compares it with the authors' code."""

from __future__ import annotations

import json

import pytest

from mmeval import media
from mmeval.errors import ScoreError
from mmeval.scorers import geneval
from mmeval.scorers.judges.detections import COLOURS
from mmeval.types import Reply, Sample, Text
from tests.data.pictures import png

RULE = geneval().rule("detector")
MADE = Reply(text="", finish="stop", media=(media.image(png()),))
RIGHT = "everything is as asked"


def thing(name, count=1, **more):
    return {"class": name, "count": count, **more}


def judged(include, found, exclude=()):
    """The score of what was found: a name, and where they are told a score, a box and a colour."""
    rows = [
        {"name": name, "score": score, "box": box, "fits": fits}
        for name, score, box, fits in ((*one, *(0.95, (0, 0, 10, 10), "red")[len(one) - 1 :]) for one in found)
    ]
    wanted = {"questions": [], "objects": {"include": include, "exclude": list(exclude)}}
    sample = Sample(id="0", prompt=(Text("p"),), target=wanted)
    score = RULE.parse(sample, MADE, Reply(text=json.dumps({"objects": rows}), finish="stop"))
    assert score.value == float(score.note == RIGHT)
    return score


CAT, DOG, TWO = [thing("cat")], [thing("cat"), thing("dog")], [thing("cat", 2)]
NO_MORE = [thing("cat", 3)]


@pytest.mark.parametrize(
    ("include", "exclude", "found", "note"),
    [
        (CAT, (), [("cat",)], RIGHT),
        (CAT, (), [("cat", 0.31)], RIGHT),
        (CAT, (), [("cat", 0.3)], "cat: expected 1, found none"),
        (CAT, (), [("dog",), ("cat", 0.2)], "cat: expected 1, found none"),
        (CAT, (), [("cat",)] * 5, RIGHT),
        (DOG, (), [("dog", 0.4), ("cat",)], RIGHT),
        (DOG, (), [("cat",)], "dog: expected 1, found none"),
        (DOG, (), [], "cat: expected 1, found none; dog: expected 1, found none"),
        (TWO, NO_MORE, [("cat",)] * 2, RIGHT),
        (TWO, NO_MORE, [("cat",)], "cat: expected 2, found 1"),
        (TWO, NO_MORE, [("cat",)] * 3, "cat: expected fewer than 3, found 3"),
        (TWO, NO_MORE, [("cat",), ("cat",), ("cat", 0.9)], RIGHT),
        (TWO, NO_MORE, [("cat",), ("cat", 0.89)], "cat: expected 2, found 1"),
        (TWO, NO_MORE, [("cat",), ("cat",), ("dog",)], RIGHT),
        (TWO, NO_MORE, [("cat", 0.95, (0, 0, 9, 9)), ("cat", 0.95, (1, 0, 9, 9))], RIGHT),
        (TWO, NO_MORE, [("cat",)] * 30, "cat: expected fewer than 3, found 16"),
        (CAT, [thing("dog")], [("cat",), ("dog",)], "dog: expected fewer than 1, found 1"),
        ([thing("tv remote")], (), [("remote",)], RIGHT),
        ([thing("computer keyboard")], (), [("mouse",)], "computer keyboard: expected 1, found none"),
    ],
)  # fmt: skip
def test_objects_and_their_number(include, exclude, found, note):
    assert judged(include, found, exclude).note == note


BLUE = (0, 0, 10, 10), "blue"
RED_AND_BLUE = [thing("cup", color="red"), thing("car", color="blue")]


@pytest.mark.parametrize(
    ("include", "found", "note"),
    [
        ([thing("cup", color="red")], [("cup",)], RIGHT),
        ([thing("cup", color="red")], [("cup", 0.5, *BLUE)], "cup: expected red, found blue"),
        ([thing("cup", color="red")], [("cup", 0.5), ("cup", 0.8, *BLUE)], "cup: expected red, found blue"),
        ([thing("cup", color="red")], [("cup", 0.5, *BLUE), ("cup", 0.8)], RIGHT),
        ([thing("cup", 2, color="red")], [("cup",), ("cup", 0.5, *BLUE)], "cup: expected red, found red, blue"),
        (RED_AND_BLUE, [("cup",), ("car", 0.5, *BLUE)], RIGHT),
        (RED_AND_BLUE, [("cup", 0.5, *BLUE), ("car",)], "cup: expected red, found blue; car: expected blue, found red"),
        (RED_AND_BLUE, [("cup",)], "car: expected 1, found none"),
    ],
    ids=["so", "not so", "of the surest", "of the surest alone", "of each", "both", "the other way round", "not there"],
)
def test_colours(include, found, note):
    assert judged(include, found).note == note


@pytest.mark.parametrize(
    ("where", "box", "start", "found"),
    [
        ("left of", (0, 0, 10, 10), (20, 0, 30, 10), True),
        ("right of", (0, 0, 10, 10), (20, 0, 30, 10), "left of"),
        ("right of", (20, 0, 30, 10), (0, 0, 10, 10), True),
        ("above", (0, 0, 10, 10), (0, 20, 10, 30), True),
        ("below", (0, 20, 10, 30), (0, 0, 10, 10), True),
        ("left of", (0, 0, 10, 10), (20, 20, 30, 30), "left of and above"),
        ("above", (0, 0, 10, 10), (20, 20, 30, 30), "left of and above"),
        ("above", (0, 0, 10, 10), (30, 8, 40, 18), "left of"),
        ("left of", (0, 0, 10, 10), (2, 0, 12, 10), "neither beside nor above nor below"),
        ("left of", (0, 0, 10, 10), (3, 0, 13, 10), "neither beside nor above nor below"),
        ("left of", (0, 0, 10, 10), (4, 0, 14, 10), "neither beside nor above nor below"),
        ("left of", (0, 0, 10, 10), (5, 0, 15, 10), True),
        ("left of", (0, 0, 10, 10), (0, 0, 10, 10), "neither beside nor above nor below"),
        ("above", (40, 40, 60, 60), (0, 0, 100, 300), "neither beside nor above nor below"),
        ("above", (40, 0, 60, 20), (0, 0, 100, 300), True),
    ],
)
def test_positions(where, box, start, found):
    """A tenth of both sizes is taken off each axis, and more than half of the whole offset makes a direction."""
    include = [thing("dog"), thing("cat", position=[where, 0])]
    note = RIGHT if found is True or where in found else f"cat: expected {where} the dog, found {found}"
    assert judged(include, [("cat", 0.95, box), ("dog", 0.95, start)]).note == note


def test_positions_are_those_of_the_surest():
    include, left, right = [thing("dog"), thing("cat", position=["left of", 0])], (0, 0, 9, 9), (50, 0, 59, 9)
    assert judged(include, [("cat", 0.8, left), ("cat", 0.7, right), ("dog", 0.9, (25, 0, 34, 9))]).note == RIGHT
    assert judged(include, [("cat", 0.8, left)]).note == (
        "dog: expected 1, found none; cat: expected left of the dog, which is not there as asked"
    )


def test_the_detector_is_told_what_to_find_and_which_texts_are_colours():
    objects = {"include": [thing("computer mouse", color="red"), thing("cat")], "exclude": [thing("dog")]}
    picture, text = RULE.prompt(Sample(id="0", prompt=(), target={"objects": objects}), MADE)
    assert picture == MADE.media[0]
    asked = json.loads(text.text)
    assert list(asked) == ["mouse", "cat", "dog"]
    assert tuple(asked["mouse"]) == COLOURS
    assert asked["mouse"]["red"] == [
        "a photo of a red computer mouse", "a photo of a red-colored computer mouse", "a photo of a red object",
    ]  # fmt: skip
    assert asked["cat"] == asked["dog"] == {}


@pytest.mark.parametrize(
    "said",
    ["Yes.", "", "{}", '{"objects": 3}', '{"objects": [[]]}', '{"objects": [{"name": "cat", "score": 0.9}]}',
     '{"objects": [{"name": "cat", "score": 0.9, "box": [1, 2, 3]}]}',
     '{"objects": [{"name": "cat", "score": NaN, "box": [1, 2, 3, 4]}]}',
     '{"objects": [{"name": "cat", "score": 1, "box": [1, 2, 3, 1e999]}]}', "[" * 99_999],
)  # fmt: skip
def test_a_reply_of_another_judge_is_no_verdict(said):
    sample = Sample(id="0", prompt=(), target={"objects": {"include": CAT}})
    with pytest.raises(ScoreError, match="ask a detector: --judge detector/facebook/mask2former"):
        RULE.parse(sample, MADE, Reply(text=said, finish="stop"))
    with pytest.raises(ScoreError, match="does not say which objects"):
        RULE.prompt(Sample(id="0", prompt=(), target={"questions": [1]}), MADE)


def test_a_detector_without_colours_is_no_verdict():
    with pytest.raises(ScoreError, match="tells no colours"):
        judged([thing("cup", color="red")], [("cup", 0.9, (0, 0, 9, 9), "")])
