"""Stored replies under another rule: a new run folder, a diff by sample and by rule, never a request."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval import Benchmark, Sample, Text, UsageError
from mmeval.cli import app
from mmeval.data import generated
from mmeval.engine.options import Settings
from mmeval.metrics import accuracy
from mmeval.rescore import open_source, profile_diff, rescore
from mmeval.runner import job, run_one
from mmeval.scorers import choice, correctness
from mmeval.scorers.readers import patterns
from mmeval.store import read_run

FRUIT = ("a red apple", "a green pear", "a banana", "two oranges")
REPLIES = ["B", "The answer is a banana", "I think it is A red one", "It is a dog", "C because it is yellow",
           "<think>B?</think>D", "Either A or B"]  # fmt: skip


def row(draw: random.Random) -> dict:
    return {"says": draw.choice(REPLIES), "answer": draw.choice("ABCD")}


def to_sample(r) -> Sample:
    tags = {"category": r["says"][:1]}
    return Sample(id=r["id"], prompt=(Text(r["says"]),), target=r["answer"], choices=FRUIT, tags=tags)


def make(**changes) -> Benchmark:
    facts = {"name": "fruit", "version": "1", "title": "Fruit", "about": "Replies.", "cluster": None, "license": None,
             "url": None, "paper": None, "rows": 60, "chance": 0.25, "profile": "mmeval"}  # fmt: skip
    return Benchmark(**{
        **facts, "data": generated(row, n=60, seed=3), "to_sample": to_sample, "metric": accuracy(),
        "score": choice(lmms=patterns.lone_letter), **changes,
    })  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite")


@pytest.fixture
def source(settings):
    benchmark = make()
    return open_source(run_one(benchmark, "mock/echo", settings), job=job(benchmark, settings))


@pytest.mark.parametrize("profile", ["official", "vlmevalkit-2024", "vlmevalkit-2026-08", "lmms-0.7.3"])
def test_a_rescored_run_equals_one_that_was_asked_under_that_profile(source, settings, profile, tmp_path):
    made = rescore(source, profile)
    elsewhere = settings.model_copy(update={"results": tmp_path / "other", "profile": profile})
    asked = run_one(make(), "mock/echo", elsewhere)
    assert made.path.name == asked.path.name
    assert (made.path / "scores.csv").read_bytes() == (asked.path / "scores.csv").read_bytes()
    assert made.info.metrics == asked.info.metrics
    assert made.info.unparsed == asked.info.unparsed
    assert made.info.provenance["rescored_from"] == source.run.path.name


def test_rescoring_asks_nothing_and_twice_is_once(source, settings):
    before = sorted(p for p in settings.results.rglob("*") if p.is_file())
    first = rescore(source, "official")
    assert rescore(source, "official").info == first.info
    assert rescore(source, "mmeval").path.samefile(source.run.path)
    assert all(p.exists() for p in before)
    again = run_one(make(), "mock/echo", settings.model_copy(update={"profile": "official"}))
    assert again.info.totals.requests == first.info.totals.requests


def test_the_diff_says_which_samples_change_and_by_which_rule(source):
    found = profile_diff(source, ("mmeval", "lmms-0.7.3"))
    assert found.n == 60
    by_reply = {change.reply: change.scores for change in found.changes}
    own, other = by_reply["It is a dog"]
    assert (own.answer, own.rule, other.answer, other.rule) == (None, "unparsed", "A", "lone_letter")
    assert "B" not in by_reply
    assert sum(n for _, _, n, _ in found.rules) == len(found.changes)
    delta = sum(delta for *_, delta in found.rules)
    assert found.headlines[1].value - found.headlines[0].value == pytest.approx(delta / found.n)


def test_profiles_that_agree_change_nothing(source):
    found = profile_diff(source, ("mmeval", "official"))
    assert (found.changes, found.rules, found.graded) == ((), (), 0)


def test_a_profile_that_asks_a_judge_is_no_rescoring(settings):
    benchmark = make(score=correctness(), profile="official")
    asked = settings.model_copy(update={"judge": "mock/echo", "judge_options": {"reply": "correct"}})
    run = run_one(benchmark, "mock/echo", asked)
    source = open_source(run, job=job(benchmark, settings))
    assert rescore(source, "official").path.samefile(run.path)
    with pytest.raises(UsageError, match="needs a judge"):
        rescore(source, "mmeval")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda run, bench: (run.path / "records.jsonl").unlink(), "no records.jsonl"),
        (lambda run, bench: make(version="2"), "is now @2"),
    ],
)
def test_what_cannot_be_scored_again_is_one_line(settings, change, message):
    benchmark = make()
    run = run_one(benchmark, "mock/echo", settings)
    other = change(run, benchmark) or benchmark
    with pytest.raises(UsageError, match=message):
        open_source(run, job=job(other, settings))


def test_an_unknown_profile_names_the_known_ones(source):
    with pytest.raises(UsageError, match=r"no profile .x.; it has lmms-0\.7\.3, mmeval, official"):
        rescore(source, "x")


def test_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_CACHE", str(tmp_path / "cache.sqlite"))
    rows = [{"question": text, "answer": "B", "A": "cat", "B": "dog", "C": "owl"} for text in
            ("It is a dog.", "A cat and a dog", "B")]  # fmt: skip
    Path("pets.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    cli = CliRunner()
    ran = cli.invoke(app, ["run", "pets.jsonl", "-m", "mock/echo"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    run = next(Path("results").glob("mock*/*/*"))
    profile = next(p for p in ("lmms-0.7.3", "vlmevalkit-2026-08") if p != read_run(run).info.spec.profile)
    out = cli.invoke(app, ["rescore", str(run), "--profile", profile, "--benchmark", "pets.jsonl"])
    assert out.exit_code == 0, out.output
    assert "written to" in out.output
    assert len(list(Path("results").glob("mock*/*/*/scores.csv"))) == 2


def test_the_diff_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_CACHE", str(tmp_path / "cache.sqlite"))
    cli = CliRunner()
    ran = cli.invoke(app, ["run", "shape_sequence", "-m", "mock/echo", "--limit", "5"], catch_exceptions=False)
    assert ran.exit_code in (0, 5), ran.output
    run = str(next(Path("results").glob("mock*/*/*")))
    out = cli.invoke(app, ["diff", run, "--profiles", "mmeval,vlmevalkit-2024"], catch_exceptions=False)
    assert out.exit_code == 0, out.output
    assert "samples have a different answer" in out.output
    as_json = cli.invoke(app, ["diff", run, "--profiles", "mmeval,vlmevalkit-2024", "--json"], catch_exceptions=False)
    assert json.loads(as_json.output)["n"] == 5
    with pytest.raises(UsageError, match="give two names"):
        cli.invoke(app, ["diff", run, "--profiles", "mmeval"], catch_exceptions=False)
    with pytest.raises(UsageError, match="two runs, or one run"):
        cli.invoke(app, ["diff", run], catch_exceptions=False)
