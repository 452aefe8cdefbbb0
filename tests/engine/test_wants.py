"""What a benchmark wants beside text: a score per choice, or media that the model makes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mmeval import Image, Request, Sample, Text, media
from mmeval.metrics import accuracy
from mmeval.runner import run_one
from mmeval.scorers import Scorer, best_choice
from mmeval.types import Reply, Score
from tests.data.pictures import png

from .conftest import make_benchmark


def options(settings, **given):
    return settings.model_copy(update={"options": given})


def choosing(n: int = 2, choices: tuple[str, ...] = ("w", "x", "y", "z")):
    base = make_benchmark(n, score=best_choice(), want="choice", name="choosing")
    return replace(base, to_sample=lambda row: replace(base.to_sample(row), choices=choices, target="B"))


@pytest.mark.parametrize(
    ("scores", "value", "answer", "rule"),
    [
        ([-4.0, -1.5, -2.0, -9.0], 1.0, "B", "highest score"),
        ([0.9, 0.2, 0.1, 0.0], 0.0, "A", "highest score"),
        ([0.5, 0.5, 0.1, 0.0], 0.0, None, "tie"),
    ],
)
def test_the_best_choice_is_the_answer(settings, scores, value, answer, rule):
    script = json.dumps({"*": {"text": "", "scores": scores}})
    run = run_one(choosing(), "mock/scripted", options(settings, script=script))
    (record, _) = run.records()
    assert (record.status, record.reply.scores) == ("ok", tuple(scores))
    assert (record.score.value, record.score.answer, record.score.rule) == (value, answer, rule)
    again = run_one(choosing(), "mock/scripted", options(settings, script=script).model_copy(update={"seed": 1}))
    assert (again.info.totals.requests, again.info.totals.cached) == (0, 2), "scores are cached as texts are"


@pytest.mark.parametrize(
    ("model", "changes", "script", "status", "why"),
    [
        ("mock/echo", {}, None, "unsupported", "cannot return choice"),
        ("mock/scripted", {"choices": ()}, '{"*": "A"}', "invalid_input", "no choices to score"),
        ("mock/scripted", {}, '{"*": {"scores": [1, 2]}}', "error", "2 scores for 4 choices"),
    ],
)
def test_what_cannot_be_scored_is_said(settings, model, changes, script, status, why):
    given = options(settings, **({"script": script} if script else {}))
    run = run_one(choosing(**changes), model, given)
    (record, _) = run.records()
    assert (record.status, run.info.status) == (status, "failed")
    assert why in record.failure.message


@pytest.mark.parametrize("name", ["first", "majority", "random"])
def test_references_score_choices_too(settings, name):
    run = run_one(choosing(), f"baseline/{name}", settings)
    assert all(sorted(record.reply.scores) == [0.0, 0.0, 0.0, 1.0] for record in run.records())


def test_a_request_for_a_choice_has_choices():
    with pytest.raises(ValueError, match="needs choices"):
        Request(prompt=(Text("?"),), want="choice")


def drawing(n: int = 2):
    def drawn(sample: Sample, reply: Reply) -> Score:
        return Score(value=float(reply.media[0].width == 8), answer=reply.media[0].sha256)

    scorer = Scorer(name="drawn", rules={"official": drawn})
    return make_benchmark(n, score=scorer, metric=accuracy(), want="image", name="drawing")


def test_a_made_image_lies_beside_the_run_under_its_digest(settings, tmp_path):
    file = tmp_path / "made.png"
    file.write_bytes(png())
    made = options(settings, script=json.dumps({"*": {"text": "", "image": str(file)}}))
    run = run_one(drawing(), "mock/scripted", made)
    assert run.info.metrics["accuracy"].value == 1.0
    (record, _) = run.records()
    (image,) = record.reply.media
    assert isinstance(image, Image)
    assert image.read() == file.read_bytes()
    assert image.path == run.path / "media" / f"{image.sha256}.png"
    line = json.loads((run.path / "records.jsonl").read_text().splitlines()[0])
    assert line["reply"]["media"] == [{"kind": "image", "mime": "image/png", "sha256": image.sha256, "size": [8, 8]}]


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "A" * 64, "0" * 63])
def test_a_reference_to_a_file_elsewhere_is_damage(settings, tmp_path, sha256):
    file = tmp_path / "made.png"
    file.write_bytes(png())
    run = run_one(drawing(1), "mock/scripted", options(settings, script=json.dumps({"*": {"image": str(file)}})))
    journal = run.path / "records.jsonl"
    digest = json.loads(journal.read_text())["reply"]["media"][0]["sha256"]
    journal.write_text(journal.read_text().replace(f'"sha256":"{digest}"', f'"sha256":"{sha256}"'))
    with pytest.raises(Exception, match="damaged record"):
        list(run.records())


def test_media_in_a_file_are_sent_as_those_in_memory(settings, tmp_path):
    """The prompt holds a path; the bytes are read when the request is built."""
    file = tmp_path / "red.png"
    file.write_bytes(png())
    on_disk, in_memory = media.image(file), media.image(file.read_bytes())
    assert (on_disk.data, on_disk.path, on_disk.sha256) == (None, file, in_memory.sha256)
    assert (on_disk.size, on_disk.read(), on_disk.width) == (in_memory.size, in_memory.read(), 8)
    media.intact(on_disk)
    assert Path(on_disk.source) == file
