"""Places in replies: what is read, what it means in each convention, and what a run records about it."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from mmeval import UsageError
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.rescore import open_source
from mmeval.runner import Settings, run_one
from mmeval.runner.targets import job_of
from mmeval.scorers import Convention, box, choice, point, points, routed
from mmeval.scorers.readers.places import last_statement
from mmeval.scorers.routed import by_kind
from mmeval.scorers.rules.places import box_target
from mmeval.store import read_records
from mmeval.types import Reply, Sample

PIXELS = "pixels xyxy"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[1, 2, 3, 4]", [(1, 2, 3, 4)]),
        ("**(12,34)**", [(12, 34)]),
        ("[100 200]", [(100, 200)]),
        ("[-1, -1]", [(-1, -1)]),
        ("[.5,0.25,1.,0.75]", [(0.5, 0.25, 1, 0.75)]),
        ('```json\n[{"bbox_2d": [1, 2, 3, 4], "label": "a (big) cat"},\n {"bbox_2d": [5, 6, 7, 8], "label": "x"}]\n```',
         [(1, 2, 3, 4), (5, 6, 7, 8)]),
        ("<|box_start|>(235,336),(898,620)<|box_end|>", [(235, 336, 898, 620)]),
        ("<ref>dog</ref><box>(1,2),(3,4)</box>", [(1, 2, 3, 4)]),
        ("<box>[[12, 34, 56, 78]]</box>", [(12, 34, 56, 78)]),
        ('<point x="63.5" y="44.5" alt="the dog">the dog</point>', [(63.5, 44.5)]),
        ('<points x1="1.5" y1="2" x2="3" y2="4" alt="d">d</points>', [(1.5, 2), (3, 4)]),
        ("<point>510 150</point>", [(510, 150)]),
        ("pyautogui.click(x=0.5, y=0.3)", [(0.5, 0.3)]),
        ("Action: click(start_box='(12,34)')", [(12, 34)]),
        ('{"arguments": {"action": "left_click", "coordinate": [512, 300]}}', [(512, 300)]),
        ('{"x1": 1, "y1": 2, "x2": 3, "y2": 4}', [(1, 2, 3, 4)]),
        ('{"y_min": 2, "x_min": 1, "y_max": 4, "x_max": 3}', [(1, 2, 3, 4)]),
        ('{"x": 1, "y": 2, "width": 3, "height": 4}', [(1, 2, 3, 4)]),
        ("[(0.1, 0.2), (0.3, 0.4)]", [(0.1, 0.2), (0.3, 0.4)]),
        ("It is at (100, 200). Wait, it is at (120, 210).", [(120, 210)]),
        ("First [1,2,3,4], so <answer>[5, 6, 7, 8]</answer> as in figure (9, 9)", [(5, 6, 7, 8)]),
        ("\\boxed{[1,2,3,4]}", [(1, 2, 3, 4)]),
        ("(1, 2, 3)", []),
        ("no such thing", []),
        ("max=12, y=3", []),
    ],
)  # fmt: skip
def test_the_last_statement_counts(text, numbers):
    assert [tuple(n.value for n in place.numbers) for place in last_statement(text)] == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('{"bbox_2d": [1, 2, 3, 4], "size": [640, 480, 1, 1]}', [(1, 2, 3, 4)]),
        ('[{"bbox_2d": [1, 2, 3, 4]}, {"point_2d": [5, 6]}]', [(1, 2, 3, 4), (5, 6)]),
        ('{"bbox_2d": [[1, 2, 3, 4], [5, 6, 7, 8]], "score": [9, 9]}', [(1, 2, 3, 4), (5, 6, 7, 8)]),
        ("point_2d=(5, 6)", [(5, 6)]),
        ('{"point_2d": {"x": 5, "y": 6}}', [(5, 6)]),
        ('{"my_bbox_2d": [1, 2, 3, 4]} [5, 6]', []),
    ],
)
def test_declared_keys_say_which_numbers_are_places(text, numbers):
    keys = Convention.parse("0-1000 key=bbox_2d key=point_2d").keys
    assert [tuple(n.value for n in place.numbers) for place in last_statement(text, keys=keys)] == numbers


@pytest.mark.parametrize(
    ("convention", "said", "fractions"),
    [
        ("pixels xyxy", [64, 20, 128, 40], [0.1, 0.05, 0.2, 0.1]),
        ("pixels xywh", [64, 20, 64, 20], [0.1, 0.05, 0.2, 0.1]),
        ("0-1000", [100, 50, 200, 100], [0.1, 0.05, 0.2, 0.1]),
        ("0-1000 yxyx", [50, 100, 100, 200], [0.1, 0.05, 0.2, 0.1]),
        ("0-1000 yxyx", [50, 100], [0.1, 0.05]),
        ("0-1", [0.1, 0.05], [0.1, 0.05]),
        ("percent", [10, 5], [0.1, 0.05]),
        ("pixels multiple=28", [64.4, 39.2], [0.1, 0.1]),  # 640x400 becomes 644x392
        ("pixels multiple=28 most=100352", [39.2, 22.4], [0.1, 0.1]),  # 392x224
        ("pixels multiple=28 least=802816", [114.8, 72.8], [0.1, 0.1]),  # 1148x728
    ],
)
def test_what_the_numbers_mean(convention, said, fractions):
    spoken = Convention.parse(convention)
    assert spoken.fractions(said, (640, 400)) == pytest.approx(fractions)
    assert spoken.numbers(fractions, (640, 400)) == pytest.approx(said)


@pytest.mark.parametrize(
    "text", ["", "xyxy", "0-100 xyxy", "pixels zyx", "0-1000 multiple=28", "pixels multiple=0", "pixels multiple=-3"]
)
def test_a_wrong_declaration_is_refused(text):
    with pytest.raises(UsageError, match="coordinates"):
        Convention.parse(text)


SQUARE = {"polygon": [[0.5, 0.1], [0.9, 0.5], [0.5, 0.9], [0.1, 0.5]], "width": 100, "height": 100}
BOX = box_target([100, 50, 300, 150], (400, 200))
MASK = {"mask": {"size": [10, 10], "runs": [[2, 3, 2], [3, 3, 1]]}, "width": 100, "height": 100}
NONE = {"absent": True, "width": 100, "height": 100}


@pytest.mark.parametrize(
    ("scorer", "profile", "target", "text", "value", "rule"),
    [
        (box(), "mmeval", BOX, "[100, 50, 300, 150]", 1, "list"),
        (box(), "mmeval", BOX, "[100, 50, 200, 150]", 1, "list"),  # half of it: exactly 0.5
        (box(), "mmeval", BOX, "[100, 50, 199, 150]", 0, "list"),
        (box(), "iou", BOX, "[200, 50, 400, 150]", 1 / 3, "list"),
        (box(), "iou", BOX, "[300, 150, 100, 50]", 0, "list"),  # no area
        (box(), "mmeval", BOX, "[0.25, 0.25, 0.75, 0.75]", 0, "list"),  # no second reading
        (box(), "mmeval", BOX, "[25%, 25%, 75%, 75%]", 1, "list"),
        (box(), "mmeval", BOX, '[{"bbox_2d": [100, 50, 300, 150]}, {"bbox_2d": [0, 0, 9, 9]}]', 0, "several"),
        (box(), "mmeval", BOX, '[{"bbox_2d": [100, 50, 300, 150]}, {"bbox_2d": [100, 50, 300, 150]}]', 1, "list"),
        (box(), "mmeval", BOX, "(200, 100)", 0, "unparsed"),
        (point(), "mmeval", BOX, "(100, 50)", 1, "list"),  # the edge belongs to it
        (point(), "mmeval", BOX, "(99, 50)", 0, "list"),
        (point(), "mmeval", BOX, "[100, 50, 120, 60]", 1, "list"),  # its middle
        (point(), "mmeval", BOX, "Between [0, 0, 9, 9] and so on, click(200, 100)", 1, "list"),
        (point(), "mmeval", BOX, "There is no such button.", 0, "existence"),
        (point(), "mmeval", SQUARE, "(50, 50)", 1, "list"),
        (point(), "mmeval", SQUARE, "(20, 20)", 0, "list"),
        (point(), "mmeval", NONE, "There is no such button.", 1, "existence"),
        (point(), "mmeval", NONE, "[-1, -1]", 1, "list"),
        (point(), "mmeval", NONE, "[5, 5]", 0, "list"),
        (points(), "mmeval", MASK, "[(35, 25), (45, 25), (45, 35), (35, 100)]", 0.5, "list"),
        (points(), "mmeval", MASK, "none", 0, "unparsed"),
    ],
)
def test_score(scorer, profile, target, text, value, rule):
    sample = Sample(id="1", prompt=(), target=target)
    reply = Reply(text=text, finish="stop")
    found = scorer.rule(profile).speaking(Convention.parse(PIXELS))(sample, reply)
    assert (found.value, found.rule) == (pytest.approx(value), rule)
    undeclared = scorer.rule(profile)(sample, reply)
    assert (undeclared.value, undeclared.answer, undeclared.rule) == (0, None, "undeclared")


def test_kinds_with_places_and_without():
    rule = routed({"place": box(), "letter": choice()}, by=by_kind).rule("mmeval")
    rule = rule.speaking(Convention.parse(PIXELS))
    samples = [
        Sample(id="1", prompt=(), target=target, tags={"kind": kind})
        for kind, target in (("place", BOX), ("letter", "B"))
    ]
    replies = [Reply(text=text, finish="stop") for text in ("[100, 50, 300, 150]", "B")]
    assert [rule(*each).value for each in zip(samples, replies, strict=True)] == [1, 1]
    assert not hasattr(routed({"letter": choice()}).rule("mmeval"), "speaking")


def test_the_picture_as_sent_decides_what_pixels_are():
    rule = box().rule("iou").speaking(Convention.parse(PIXELS))
    sample = Sample(id="1", prompt=(), target=BOX)
    found = rule(sample, Reply(text="[50, 25, 150, 75]", finish="stop", sent=((200, 100),)))
    assert found.value == pytest.approx(1)
    assert found.note == "IoU 1.000; 50 25 150 75 as pixels xyxy of 200x100"
    assert found.answer == "[0.25, 0.25, 0.75, 0.75]"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(['[', '(', '"bbox": ', '1', ',', ' ', '2.5', ']', ')', '<box>', '<points x1="', 'x=', 'y', '%', '}', 'é']),
             max_size=30).map("".join),
    st.sampled_from(["pixels", "0-1000 yxyx", "percent xywh", "pixels multiple=28 most=9999"]),
)  # fmt: skip
def test_any_reply(text, convention):
    for scorer, target in ((box(), BOX), (point(), SQUARE), (points(), MASK)):
        score = scorer.rule("mmeval").speaking(Convention.parse(convention))(
            Sample(id="1", prompt=(), target=target), Reply(text=text, finish="stop")
        )
        assert 0 <= score.value <= 1


@pytest.mark.parametrize(
    "bomb", ["[1,", "(1, 2", '"', "<box>", "x=1 ", "x=1, y=2 ", '[1,2],"', "[ ", " " * 7 + "1", "(1,2),", "<answer>"]
)
def test_time_is_linear(bomb):
    start = time.perf_counter()
    last_statement((bomb * 20_000)[:40_000])
    assert time.perf_counter() - start < 1


def asked(reply: str, settings: Settings, **options) -> object:
    bench = Catalog().benchmark("drawn_boxes")
    return run_one(bench, "mock/echo", settings.model_copy(update={"limit": 6, "options": {"reply": reply, **options}}))


def test_a_run_records_the_convention_and_scores_again_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    where = Settings(results=tmp_path / "results", cache_file=tmp_path / "c.sqlite")
    run = asked("[0, 0, 1000, 1000]", where, coordinates="0-1000")
    assert run.info.spec.options["coordinates"] == "0-1000 xyxy"
    record = next(iter(read_records(run.files.journal)))
    assert record.score.note.endswith("0 0 1000 1000 as 0-1000 xyxy of 640x400")
    again = open_source(run, job=job_of(run, where)).scoring("iou")(record)
    assert again.score.value == pytest.approx(float(record.score.note[4:9]), abs=1e-3)
    other = asked("[0, 0, 1000, 1000]", where, coordinates="pixels")
    assert other.path != run.path
    assert other.info.totals.cached == 6  # the same replies, read in another way


def test_pixels_are_those_of_a_picture_that_was_scaled_down(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    adapter = Catalog().adapter("mock")
    monkeypatch.setattr(adapter, "capabilities", replace(adapter.capabilities, max_image_side=((9, 320),)))
    run = asked(
        "[0, 0, 320, 200]", Settings(results=tmp_path / "results", cache_file=tmp_path / "c"), coordinates=PIXELS
    )
    records = list(read_records(run.files.journal))
    assert {record.reply.sent for record in records} == {((320, 200),)}
    assert {record.score.answer for record in records} == {"[0.0, 0.0, 1.0, 1.0]"}
    cached = asked(
        "[0, 0, 320, 200]", Settings(results=tmp_path / "more", cache_file=tmp_path / "c"), coordinates=PIXELS
    )
    assert {one.id: one.score for one in read_records(cached.files.journal)} == {one.id: one.score for one in records}


def test_a_model_without_a_card_is_not_guessed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    where = Settings(results=tmp_path / "results", options={"script": "{}"})
    with pytest.raises(UsageError, match="no card says how mock/scripted writes coordinates; declare it, as in -o"):
        run_one(Catalog().benchmark("drawn_boxes"), "mock/scripted", where)


def test_declarations_are_listed():
    out = CliRunner().invoke(app, ["list", "models", "--json"])
    declared = {card["name"]: card.get("coordinates") for card in json.loads(out.output)}
    assert declared["gemini/gemini-2.5-pro"] == "0-1000 yxyx"
    assert all(str(Convention.parse(one)) == one for one in declared.values() if one)
