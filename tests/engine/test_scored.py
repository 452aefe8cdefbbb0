"""`--score-choices`: any multiple-choice benchmark with a score per option, as a variant of its own."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mmeval import DataError, Reply, Sample, Text, UsageError
from mmeval.catalog import Catalog
from mmeval.comparable import refused
from mmeval.prompts import multiple_choice
from mmeval.runner import run_one
from mmeval.runner.plan import plan
from mmeval.runner.targets import job
from mmeval.scorers import best_choice

from .conftest import make_benchmark

OPTIONS = ("a red circle", "a cat", "left", "none")


def listed(n: int = 3, **changes):
    base = make_benchmark(n, name="listed")
    text = multiple_choice("What?", OPTIONS, "Answer with the letter.")
    return replace(
        base, to_sample=lambda row: replace(base.to_sample(row), prompt=text, choices=OPTIONS, target="B"), **changes
    )


def asked(settings, method, model="mock/scripted", *, bench=None, **given):
    script = json.dumps({"*": {"text": "", "scores": [-3.0, -4.0, -5.0, -6.0]}})
    options = {"options": {"script": script}} if model == "mock/scripted" else {}
    how = settings.model_copy(update={"score_choices": method, **options, **given})
    return run_one(bench or listed(), model, how)


@pytest.mark.parametrize(
    ("method", "variant", "profile"),
    [
        ("sum", "choices", "official"),
        ("per_token", "choices", "per_token"),
        ("letter", "letters", "official"),
        ("similarity", "similarity", "official"),
    ],
)
def test_a_method_is_a_variant_and_a_profile(settings, method, variant, profile):
    run = asked(settings, method)
    assert (run.info.status, run.info.spec.variant, run.info.spec.profile) == ("complete", variant, profile)
    assert all(record.score.answer == "A" for record in run.records())
    plain = run_one(listed(), "mock/echo", settings)
    for purpose in ("column", "model"):
        assert "variant" in {change.key for change in refused(plain.info, run.info, purpose)}


def test_letters_are_asked_for_where_the_prompt_lists_them(settings):
    for method, expected in (("letter", ("A", "B", "C", "D")), ("sum", OPTIONS)):
        made = plan(job(listed(), settings), "baseline/random", settings.model_copy(update={"score_choices": method}))
        (sample, *_) = made.samples()
        assert made.request(sample, 1).choices == expected
        assert made.request(sample, 1).want == "choice"


@pytest.mark.parametrize(
    ("scores", "tokens", "sum_", "per_token"),
    [
        ((-4.0, -5.0, -9.0, -9.0), (1, 5, 1, 1), "A", "B"),
        ((-4.0, -4.0, -9.0, -9.0), (1, 2, 1, 1), None, "B"),
        ((0.1, 0.7, 0.2, 0.3), (), "B", "B"),
    ],
)
def test_sum_and_mean_can_choose_differently(scores, tokens, sum_, per_token):
    sample = Sample(id="1", prompt=(Text("?"),), target="B", choices=OPTIONS)
    rules = best_choice().rules
    for profile, answer in (("official", sum_), ("per_token", per_token)):
        score = rules[profile](sample, Reply(text="", finish="stop", scores=scores, tokens=tokens))
        assert (score.answer, score.value) == (answer, float(answer == "B"))


def test_more_options_than_letters_are_named_by_their_texts():
    names = tuple(f"thing {i}" for i in range(40))
    sample = Sample(id="1", prompt=(Text("?"),), target="thing 33", choices=names)
    for best, value in ((33, 1.0), (3, 0.0)):
        reply = Reply(text="", finish="stop", scores=tuple(float(i == best) for i in range(40)))
        score = best_choice().rules["official"](sample, reply)
        assert (score.answer, score.value) == (f"thing {best}", value)


@pytest.mark.parametrize(
    ("method", "model", "change", "error", "said"),
    [
        ("sum", "similarity/x/y", {}, UsageError, "scores options by similarity; use similarity"),
        ("similarity", "openai/x", {}, UsageError, "scores options by likelihood; use sum, per_token or letter"),
        ("letter", "mock/scripted", {"choices": ()}, DataError, "lists its options after letters"),
        ("sum", "mock/scripted", {"choices": ()}, DataError, "has options"),
    ],
)
def test_what_cannot_be_scored_is_one_line(settings, method, model, change, error, said):
    bench = listed()
    bench = replace(bench, to_sample=lambda row, make=bench.to_sample: replace(make(row), **change))
    with pytest.raises(error, match=said):
        asked(settings, method, model, bench=bench)


def test_the_journal_and_the_cache_keep_sums_and_tokens(settings, monkeypatch):
    cls = Catalog().adapter("mock")
    ask = cls.ask
    calls = []

    async def counted(self, request, options):
        calls.append(request)
        return replace(await ask(self, request, options), tokens=(1, 1, 1, 9))

    monkeypatch.setattr(cls, "ask", counted)
    first, second = asked(settings, "sum"), asked(settings, "per_token")
    assert len(calls) == 1, "the second method is answered from the cache"
    assert {record.reply.tokens for run in (first, second) for record in run.records()} == {(1, 1, 1, 9)}
    assert [run.info.metrics["accuracy"].value for run in (first, second)] == [0.0, 0.0]
    assert {record.score.answer for record in second.records()} == {"D"}
