"""Judges of what a model made: what they are asked, and what their answers are worth."""

from __future__ import annotations

import io
import json
import math
import struct
import wave
from dataclasses import replace
from functools import partial

import pytest
from typer.testing import CliRunner

from mmeval import media
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.engine.options import Settings
from mmeval.errors import ScoreError
from mmeval.generation import moving
from mmeval.metrics import accuracy, with_facts
from mmeval.runner import run_one
from mmeval.scorers import (
    bindings,
    clip_score,
    frames_alike,
    frames_like,
    frames_rated,
    questions_about,
    soft_tifa,
    spoken,
    vqa_score,
    wise,
    written,
)
from mmeval.sitegen.cells import judge_of
from mmeval.types import Record, Reply, Request, Sample, Score, Text
from tests.data.pictures import exact_film, png

MADE = Reply(text="", finish="stop", media=(media.image(png()),))
ASKED = [
    {"ask": "Is there a dog?", "answer": "yes"},
    {"ask": "Is the dog brown?", "answer": "yes", "needs": [0]},
    {"ask": "How many cups are there?", "answer": "three"},
    {"ask": "Is there a cat?", "answer": "no"},
]


def sample(target, text="a brown dog with three cups", **tags) -> Sample:
    return Sample(id="0", prompt=(Text(text),), target=target, tags=tags)


def judged(scorer, one: Sample, answers, profile="mmeval", made=MADE) -> tuple[Score, list[str]]:
    """The score, and what the judge was asked."""
    rule, said, asked = scorer.rule(profile), [], []
    found = rule.prompt(one, made)
    while not isinstance(found, Score):
        parts = found.prompt if isinstance(found, Request) else found
        asked.append(" ".join(part.text for part in parts if isinstance(part, Text)))
        answer = answers[len(said)]
        said.append(
            Reply(text=answer, finish="stop")
            if isinstance(answer, str)
            else Reply(text="", scores=answer, finish="stop")
        )
        found = rule.parse(one, made, *said)
    return found, asked


@pytest.mark.parametrize(
    ("answers", "share", "every", "questions"),
    [
        (["Yes.", "yes", "There are three cups.", "No"], 1.0, 1.0, 4),
        (["Yes", "No, it is black.", "3", "no"], 0.75, 0.0, 4),
        (["No", "2", "no"], 0.25, 0.0, 3),
    ],
    ids=["as asked", "another colour", "no dog, so nobody asks for its colour"],
)
def test_questions(answers, share, every, questions):
    found, asked = judged(questions_about(), sample({"questions": ASKED}), answers)
    assert (found.value, len(asked)) == (share, questions)
    assert judged(questions_about(), sample({"questions": ASKED}), answers, "all")[0].value == every
    assert asked[0] == "Is there a dog? Answer with yes or no."


@pytest.mark.parametrize("answer", ["Perhaps", "yes and no", "", "y" * 10_000])
def test_an_answer_that_is_none_is_no_verdict(answer):
    with pytest.raises(ScoreError, match="neither yes nor no"):
        judged(questions_about(), sample({"questions": ASKED}), [answer])


@pytest.mark.parametrize(("scores", "value"), [((-1.0, -1.0), 0.5), ((0.0, -2.0), 0.8808), ((-3.0, 0.0), 0.0474)])
def test_vqa_score_is_the_probability_of_yes(scores, value):
    found, asked = judged(vqa_score(), sample(None), [scores])
    assert found.value == pytest.approx(value, abs=1e-4)
    assert asked == ['Does this figure show "a brown dog with three cups"? Please answer yes or no.']


@pytest.mark.parametrize(("cosine", "value"), [(0.3, 0.75), (-0.2, 0.0), (0.5, 1.0)])
def test_clip_score(cosine, value):
    assert judged(clip_score(), sample(None), [(cosine,)])[0].value == pytest.approx(value)
    assert judged(bindings(), sample(None), [(cosine,)], "cosine")[0].value == max(0, cosine)
    assert judged(clip_score(), sample(None), [(cosine,)], "cosine")[0].value == max(0, cosine)
    with pytest.raises(ScoreError, match="cosine=true"):
        judged(clip_score(), sample(None), [(24.3,)])


@pytest.mark.parametrize(
    ("scorer", "cosines", "value"),
    [
        (frames_alike, (1.0, 1.0, 0.9, 0.9, 0.8, 0.6), (0.9 + 0.9 + 0.8 + 0.6) / 4),
        (frames_alike, (1.0, 1.0, -0.4, 0.5), 0.25),
        (frames_alike, (1.0, 1.0), "fewer than two frames"),
        (frames_alike, (0.2, 0.3, 0.2, 0.3), "likeness/"),
        (frames_like, (0.2, 0.3, -0.1), 0.5 / 3),
        (frames_like, (24.0, 25.0), "cosine=true"),
        (clip_score, (0.2, 0.3, -0.1), 2.5 * 0.5 / 3),
        (partial(frames_rated, "aesthetic", 10), (4.0, 10.0, 5.0, 10.0, 12.0, 10.0), (0.4 + 0.5 + 1) / 3),
        (partial(frames_rated, "aesthetic", 10), (0.3, 0.25), "does not rate frames from 0 to 10"),
        (partial(frames_rated, "quality", 100), (24.0, 10.0), "does not rate frames from 0 to 100"),
        (partial(frames_rated, "quality", 100), (), "does not rate"),
        (moving, (0.0, 6.1, 5.9, 0.0, 0.0), 1.0),
        (moving, (0.0, 6.1, 5.9, 0.0, 0.0, 0.0, 0.0), 0.0),
        (moving, (0.0, 6.1, 5.9, 9.0, 0.0, 0.0, 0.0), 1.0),
        (moving, (0.0, 6.0), 0.0),
        (moving, (0.0,), 0.0),
        (moving, (0.3, 0.2), "flow/"),
    ],
)
def test_frames(scorer, cosines, value):
    """VBench: the mean of max(0, cosine) with the frame before and the first, and of each frame with a text.

    CLIPScore, the mean of ratings by the end of their scale, and whether a quarter of the frames lies far from the one
    before.
    """
    film = Reply(text="", finish="stop", media=(media.video(exact_film(1, 2)),))
    if isinstance(value, str):
        with pytest.raises(ScoreError, match=value):
            judged(scorer(), sample("watercolour"), [cosines], made=film)
    else:
        assert judged(scorer(), sample("watercolour"), [cosines], made=film)[0].value == pytest.approx(value)


@pytest.mark.parametrize(
    ("profile", "said", "value"),
    [
        ("wiscore", {"consistency": 2, "realism": 2, "aesthetics": 2}, 1.0),
        ("wiscore", {"consistency": 1, "realism": 2, "aesthetics": 0}, 0.55),
        ("wiscore", {"consistency": 0, "realism": 0, "aesthetics": 1}, 0.05),
        ("wiscore", {"consistency": 3, "realism": 0, "aesthetics": 1}, None),
        ("wiscore", {"consistency": 1, "realism": True, "aesthetics": 1}, None),
        ("wiscore", {"consistency": 1, "realism": 1}, None),
        ("verified", {"right": 1}, 1.0),
        ("verified", {"right": 2}, None),
    ],
)
def test_marks(profile, said, value):
    """(0.7 consistency + 0.2 realism + 0.1 aesthetics) / 2; a mark that is none is no verdict."""
    if value is None:
        with pytest.raises(ScoreError, match=r" from 0 to \d"):
            judged(wise(), sample("a brown dog"), [json.dumps(said)], profile)
    else:
        found, asked = judged(wise(), sample("a brown dog"), [f"Well: {json.dumps(said)}"], profile)
        assert found.value == pytest.approx(value)
        assert "What it means: a brown dog" in asked[0]


CUPS = {"questions": [{"ask": "How many cups?", "answer": "three"}, {"ask": "Are they red?", "answer": "Yes"}]}
RED = {"questions": [{"ask": "a red cup?", "answer": "yes"}, {"ask": "a blue box?", "answer": "yes"}]}


@pytest.mark.parametrize(
    ("scorer", "profile", "target", "chances", "value"),
    [
        (soft_tifa, "soft_tifa_am", CUPS, [(0.5, 0.25, 0.05), (0.15, 0.05)], (0.8 + 0.2) / 2),
        (soft_tifa, "soft_tifa_gm", CUPS, [(0.5, 0.25, 0.05), (0.15, 0.05)], (0.8 * 0.2) ** 0.5),
        (soft_tifa, "soft_tifa_gm", CUPS, [(0.9, 0.1, 0.0), (0.0, 0.0)], 0.0),
        (bindings, "product", RED, [(0.6, 0.2), (0.1, 0.1)], 0.75 * 0.5),
        (bindings, "product", CUPS, [(0.1,) * 3 + (0.2,) + (0.0,) * 7, (0.3, 0.1)], 0.4 * 0.75),
    ],
    ids=["mean of the facts", "geometric mean", "a fact that cannot be", "two noun phrases", "a number"],
)
def test_how_likely_the_right_answers_are(scorer, profile, target, chances, value):
    """The judge says how likely each spelling or each possible answer is."""
    scores = [tuple(math.log(max(chance, 1e-300)) for chance in row) for row in chances]
    found, asked = judged(scorer(), sample(target), scores, profile)
    assert found.value == pytest.approx(value, abs=1e-9)
    assert asked[0].startswith(target["questions"][0]["ask"])


NEVER = -math.inf


@pytest.mark.parametrize(
    ("scorer", "target", "scores", "why"),
    [
        (soft_tifa, CUPS, (0.3, 0.2, 0.1), "transformers/"),
        (soft_tifa, CUPS, (math.nan, -1.0, -1.0), "not a log-probability"),
        (soft_tifa, CUPS, (-1.0,), "1 scores for 3 options"),
        (bindings, RED, (NEVER, NEVER), "no answer possible"),
    ],
)
def test_likelihoods_that_are_none(scorer, target, scores, why):
    with pytest.raises(ScoreError, match=why):
        judged(scorer(), sample(target), [scores] * 2, "product" if scorer is bindings else "soft_tifa_gm")


@pytest.mark.parametrize(
    ("scorer", "target", "said", "value"),
    [
        (written, "HARBOUR 27", "HARBOUR 27", 1.0),
        (written, "HARBOUR 27", "HARBOUR  21", 0.9),
        (written, "HARBOUR 27", "NONE", 0.1),
        (spoken, "Two keys, please.", "two keys please", 0.0),
        (spoken, "two red keys", "two keys", 1 / 3),
        (spoken, "forty-five keys and six hundred maps", "45 keys and 600 maps.", 0.0),
        (spoken, "a thousand and one nights", "1001 nights", 2 / 5),
        (spoken, "at 10:30 on the 2nd", "at ten thirty on the second", 3 / 6),
    ],
)
def test_what_is_written_or_said(scorer, target, said, value):
    assert judged(scorer(), sample(target, unit="word"), [said])[0].value == pytest.approx(value)


@pytest.mark.parametrize(("peak", "asks"), [(0, 0), (30, 0), (3000, 1)])
def test_nobody_is_asked_what_silence_says(peak, asks):
    """Judges of speech hear words where there are none."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", peak * (-1) ** n) for n in range(800)))
    made = Reply(text="", finish="stop", media=(media.audio(out.getvalue()),))
    found, asked = judged(spoken(), sample("two keys", unit="word"), ["two keys"], made=made)
    assert (found.value, found.answer, len(asked)) == ((0.0, "0/2: two keys", 1) if asks else (1.0, "2/2: ", 0))


def test_a_benchmark_runs_with_a_judge_that_looks_and_says_how_far_it_can_be_trusted(tmp_path):
    """The judge sees the picture that was made. What is measured later is shown with the run, too."""
    picture = tmp_path / "made.png"
    picture.write_bytes(png())
    bench = replace(Catalog().benchmark("write_signs"), policy={})
    texts = {s.id: s.target for s in map(bench.to_sample, bench.data.rows())}
    settings = Settings(
        results=tmp_path / "r", cache_file=tmp_path / "c.sqlite", limit=2, judge="mock/scripted",
        options={"script": json.dumps({"*": {"text": "", "image": str(picture)}})},
        judge_options={"script": json.dumps({"*": texts["0"]})},
    )  # fmt: skip
    run = run_one(bench, "mock/scripted", settings)
    first, second = sorted(run.records(), key=lambda record: record.id)
    assert first.score.value == 1.0
    assert 0 < second.score.value < 1.0
    assert first.judge_usage.input > 100, "an image counts 100 tokens"
    assert first.reply.media[0].path.parent == run.path / "media"
    name, wanted = "mock/scripted", "write_signs"
    assert run.info.provenance["judge"]["measured"] is None
    assert "not measured on judge_signs" in judge_of(run)
    words = ["judge", "measure", wanted, "--judge", name, "--limit", "10", "--results", str(tmp_path / "r"), "--json"]
    told = [f"--judge-options=script={text}" for text in (json.dumps({"*": "x"}), settings.judge_options["script"])]
    for script, known in zip(
        told, ("not measured", "agrees with 5 of 10 labelled answers of judge_signs"), strict=True
    ):
        done = CliRunner().invoke(app, [*words, script], catch_exceptions=False)
        assert json.loads(done.stdout)[0]["false_no"]["value"] == 1.0, done.output
        assert known in judge_of(run), "a judge with other options is another judge"
    again = run_one(bench, name, settings.model_copy(update={"limit": 1}))
    assert again.info.provenance["judge"]["measured"]["n"] == 10


def test_a_benchmark_runs_with_a_judge_that_scores_options(tmp_path, monkeypatch):
    """The authors' format of rows, a picture from a model, and the chances that a judge gives to each answer."""
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    row = {"prompt": "three red cups", "atom_count": 3, "skills": ["count", "attribute"],
           "vqa_list": [["How many cups are in the image?", "three"], ["Are the cups red?", "Yes"]]}  # fmt: skip
    (tmp_path / "geneval2").mkdir()
    (tmp_path / "geneval2" / "geneval2_data.jsonl").write_text(json.dumps(row))
    (tmp_path / "made.png").write_bytes(png())
    chances = {"How many": (0.6, 0.1, 0.1), "Are the": (0.15, 0.05)}
    script = {asked: {"text": "", "scores": [math.log(one) for one in some]} for asked, some in chances.items()}
    settings = Settings(
        results=tmp_path / "r", cache_file=tmp_path / "c.sqlite", judge="mock/scripted",
        options={"script": json.dumps({"*": {"text": "", "image": str(tmp_path / "made.png")}})},
        judge_options={"script": json.dumps(script)},
    )  # fmt: skip
    run = run_one(replace(Catalog().benchmark("geneval2"), rows=1), "mock/scripted", settings)
    (record,) = run.records()
    assert record.score.value == pytest.approx((0.8 * 0.2) ** 0.5)
    assert record.score.note == "least likely: Are the cups red? Yes (0.200)"
    found = {name: one.value for name, one in run.info.metrics.items()}
    assert found == pytest.approx(
        {"accuracy": 0.4, "accuracy/atoms=3": 0.4, "accuracy/count": 0.8, "accuracy/attribute": 0.2}
    )


def test_facts_count_one_by_one_and_a_missing_picture_has_none():
    answers = ["count 1.200000/2, object 0.900000/1", "object 0.300000/1", None]
    records = [
        Record(
            id=str(n), epoch=1, status="refused" if answer is None else "ok", tags={"skills": "count,object"},
            score=Score(value=0.5 if answer else 0.0, answer=answer),
        )
        for n, answer in enumerate(answers)
    ]  # fmt: skip
    found = with_facts(accuracy(), "skills").aggregate(iter(records))
    assert found["accuracy/count"].value == pytest.approx((1.2 + 0) / 3)
    assert found["accuracy/object"].value == pytest.approx((0.9 + 0.3 + 0) / 3)
    plain = [replace(one, score=Score(value=1.0, answer="2 of 3")) for one in records]
    assert set(with_facts(accuracy(), "skills").aggregate(iter(plain))) == {"accuracy"}


@pytest.mark.parametrize(("name", "why"), [("pope", "has no judge"), ("mmvet", "names no labelled slice")])
def test_what_has_no_slice_is_said(name, why):
    done = CliRunner().invoke(app, ["judge", "measure", name, "--judge", "mock/echo"])
    assert why in str(done.exception)
