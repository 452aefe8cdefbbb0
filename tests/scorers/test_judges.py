"""Judges: what is asked, what is read, what is no verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmeval import Benchmark
from mmeval.data import generated
from mmeval.engine.options import Settings
from mmeval.errors import ScoreError, UsageError
from mmeval.metrics import accuracy
from mmeval.runner import job, plan, run_one
from mmeval.scorers import (
    attempted,
    chart_judged,
    correctness,
    explained_yes_no,
    extracted_answer,
    graded,
    judged_choice,
    letter_set,
    math_judged,
    pairwise,
    tagged_judged,
)
from mmeval.types import Reply, Sample, Score, Text

FRUIT = ("a red apple", "a green pear", "a banana")


def sample(target, choices=(), **tags):
    return Sample(id="1", prompt=(Text("What is it?"),), target=target, choices=choices, tags=tags)


def reply(text):
    return Reply(text=text, finish="stop")


def judged(scorer, profile, of, text, *verdicts):
    """The score, or None where the judge still has to be asked."""
    rule = scorer.rule(profile)
    asked = rule.prompt(of, reply(text))
    if isinstance(asked, Score) or not verdicts:
        return asked
    return rule.parse(of, reply(text), *map(reply, verdicts))


@pytest.mark.parametrize(
    ("scorer", "target", "verdict", "value"),
    [
        (correctness(), "a pear", '{"verdict": "correct"}', 1),
        (correctness(), "a pear", "Incorrect.", 0),
        (correctness(), "a pear", "<think>correct?</think>incorrect", 0),
        (graded(), "-1 <AND> -5", "0.5", 0.5),
        (graded(), "-1 <AND> -5", " 1.0\n", 1),
        (letter_set(), "A, C", "CA", 1),
        (letter_set(), "B", "Z", 0),
        (chart_judged(), "5", '```json\n{"extracted_answer": "5", "score": 1}\n```', 1),
        (attempted(), "1969", '{"verdict": "not_attempted"}', 0),
        (attempted(), "1969", "correct", 1),
        (explained_yes_no(), "yes", "unclear", 0),
        (math_judged(), "x+1", '{"verdict": "correct"}', 1),
    ],
)
def test_verdicts(scorer, target, verdict, value):
    assert judged(scorer, "official", sample(target), "some reply", verdict).value == value


@pytest.mark.parametrize(
    ("scorer", "verdict"),
    [
        (correctness(), ""),
        (correctness(), "maybe"),
        (correctness(), "It is correct to say that it is incorrect"),
        (graded(), "nan"),
        (graded(), "1.5"),
        (graded(), "0.5 because"),
        (graded(), "Failed to obtain answer via API"),
        (letter_set(), "The answer is A"),
        (letter_set(), "a"),
        (chart_judged(), "score: 1"),
        (chart_judged(), '{"score": 0.5}'),
        (attempted(), "{}"),
        (tagged_judged(), "yes and no"),
        (math_judged(), '{"verdict": null}'),
    ],
)
def test_what_is_no_verdict_is_no_number(scorer, verdict):
    with pytest.raises(ScoreError, match="judge gave no verdict"):
        judged(scorer, "official", sample("gold"), "<answer>x</answer>", verdict)


@pytest.mark.parametrize(
    ("scorer", "profile", "of", "text", "value"),
    [
        (judged_choice(), "vlmevalkit-2026-08+judge", sample("B", FRUIT), "B", 1),
        (judged_choice(), "vlmevalkit-2026-08+judge", sample("B", FRUIT), "a banana", 0),
        (tagged_judged(), "official", sample("42"), "it is 42", 0),
        (extracted_answer(), "official", sample("14", answer_type="integer"), "14", 1),
        (extracted_answer(), "official", sample("a banana", FRUIT), "a banana", 1),
        (extracted_answer(), "vlmevalkit-2026-08", sample("a banana", FRUIT), "(C) a banana", 1),
        (explained_yes_no(), "vlmevalkit-2026-08+judge", sample("yes"), "Yes, it is", 1),
        (math_judged(), "official", sample("x+1"), "$x+1$.", 1),
        (correctness(), "official", sample("x"), "<think>hmm</think>", 0),
    ],
)
def test_some_replies_need_no_judge(scorer, profile, of, text, value):
    score = judged(scorer, profile, of, text)
    assert isinstance(score, Score)
    assert score.value == value


@pytest.mark.parametrize(
    ("profile", "of", "text", "verdict", "value"),
    [
        ("official", sample("8/11", ("3/11", "8/11")), "it is the second", "B", 1),
        ("official", sample("0.6", answer_type="float", precision="1.0"), "about 0.649 of it", "0.649", 1),
        ("official", sample("14", answer_type="integer"), "fourteen point nine", "14.9", 1),
        ("vlmevalkit-2026-08", sample("14", answer_type="integer"), "fourteen", "14.0", 0),
        ("official", sample("14", answer_type="integer"), "who knows", "NONE", 0),
    ],
)
def test_extraction(profile, of, text, verdict, value):
    assert judged(extracted_answer(), profile, of, text, verdict).value == value


def test_the_option_judge():
    of = sample("B", FRUIT)
    assert judged(judged_choice(), "vlmevalkit-2024+judge", of, "the green fruit", "B").value == 1
    assert judged(judged_choice(), "vlmevalkit-2024+judge", of, "no idea", "Z").answer is None
    with pytest.raises(ScoreError):
        judged(judged_choice(), "vlmevalkit-2024+judge", of, "no idea", "hm")


@pytest.mark.parametrize(
    ("first", "second", "value", "note"),
    [
        ("second", "first", 1.0, ""),
        ("first", "second", 0.0, ""),
        ("second", "second", 0.5, "the verdict follows the place"),
        ("tie", "tie", 0.5, ""),
        ("tie", "first", 0.75, "the verdict follows the place"),
    ],
)
def test_pairwise_swaps_places(first, second, value, note):
    rule, of = pairwise().rule("official"), sample("the reference")
    asked = rule.prompt(of, reply("the reply"))
    swapped = rule.parse(of, reply("the reply"), reply(f'{{"verdict": "{first}"}}'))
    assert asked[0].text.index("the reference") < asked[0].text.index("the reply")
    assert swapped[0].text.index("the reply") < swapped[0].text.index("the reference")
    score = rule.parse(of, reply("the reply"), reply(first), reply(second))
    assert (score.value, score.note) == (value, note)


def test_a_reply_cannot_fill_in_fields():
    asked = correctness().rule("official").prompt(sample("SECRET"), reply("{gold} {question}"))
    assert asked[0].text.count("SECRET") == 1


@pytest.mark.parametrize(
    ("scorer", "profile", "needs"),
    [(correctness(), "official", True), (letter_set(), "mmeval", False), (pairwise(), "official", True)],
)
def test_a_profile_says_beforehand_whether_it_needs_a_judge(scorer, profile, needs):
    assert scorer.needs_judge(profile) is needs


def judged_benchmark(n=20):
    return Benchmark(
        name="judged", version="1", title="Judged", about="Judged.", data=generated(lambda r: {"q": str(r.random())}, n=n, seed=1),
        to_sample=lambda row: Sample(id=row["id"], prompt=(Text(row["q"]),), target="x"), score=correctness(),
        profile="official", metric=accuracy(), cluster=None, license=None, url=None, paper=None, rows=n, chance=None,
    )  # fmt: skip


def settings_for(folder, **changes):
    return Settings(results=folder / "results", cache_file=folder / "cache.sqlite", **changes)


@pytest.mark.parametrize(("judge", "held"), [("openai/gpt-4o-mini", True), ("mock/echo", False)])
def test_a_provider_with_structured_output_is_held_to_the_schema(tmp_path, judge, held):
    settings = settings_for(tmp_path, judge=judge)
    made = plan(job(judged_benchmark(), settings), "mock/echo", settings)
    schema = dict(made.judge.identity.options).get("schema")
    assert (schema is not None and json.loads(schema)["required"] == ["verdict"]) is held


def test_what_the_judge_is_told_is_part_of_what_the_run_is(tmp_path):
    plans = []
    for options in ({"reply": "correct"}, {"reply": "correct", "max_tokens": 5}):
        settings = settings_for(tmp_path, judge="mock/echo", judge_options=options)
        plans.append(plan(job(judged_benchmark(), settings), "mock/echo", settings))
    assert plans[0].spec.judge_digest != plans[1].spec.judge_digest


def test_a_benchmark_says_that_it_needs_a_judge_before_anything_is_asked(tmp_path):
    with pytest.raises(UsageError, match="needs --judge PROVIDER/MODEL"):
        run_one(judged_benchmark(), "mock/echo", settings_for(tmp_path))
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("options", [{"reply": "hm"}, {"bad_request_rate": 1.0}])
def test_a_dead_judge_gives_no_number(tmp_path, options):
    judge = "mock/flaky" if "bad_request_rate" in options else "mock/echo"
    run = run_one(judged_benchmark(), "mock/echo", settings_for(tmp_path, judge=judge, judge_options=options))
    assert run.info.status == "failed"
    assert run.info.metrics == {}
    assert set(run.info.counts) == {"judge_error"}


KILLED = """
import os, sys
from pathlib import Path
from tests.scorers.test_judges import judged_benchmark, run_one, settings_for
seen = []
def die(record):
    seen.append(record)
    if len(seen) == 12:
        os.kill(os.getpid(), 9)
run_one(judged_benchmark(40), "mock/echo", settings_for(Path(sys.argv[1]), judge="mock/echo", concurrency=1,
        judge_options={"reply": "correct"}), on_record=die)
"""


@pytest.mark.slow
def test_a_judged_run_survives_a_kill_without_asking_twice(tmp_path):
    root = Path(__file__).parents[2]
    dead = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert dead.returncode == -9
    settings = settings_for(tmp_path, judge="mock/echo", judge_options={"reply": "correct"}, concurrency=1)
    run = run_one(judged_benchmark(40), "mock/echo", settings)
    assert (run.info.status, run.info.counts, run.info.metrics["accuracy"].value) == ("complete", {"ok": 40}, 1.0)
    assert sum(1 for _ in run.records()) == 40
    # 40 replies and 40 verdicts, less the 12 of each that were finished before the kill.
    assert run.info.totals.requests <= 2 * (40 - 12)
