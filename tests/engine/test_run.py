"""A run from samples to run.json: finishing, resuming, budgets, faults."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mmeval import StoreError, Text, UsageError, store
from mmeval.catalog import Catalog
from mmeval.runner import run_one
from mmeval.runner.journal import Journal
from mmeval.scorers import exact_text

from .conftest import make_benchmark

FAULTS = {"rate_limit_rate": 0.1, "error_rate": 0.05, "connection_rate": 0.05, "retry_after_s": 0.01}


def options(settings, **given):
    return settings.model_copy(update={"options": given})


def test_a_run_is_whole(settings):
    run = run_one(make_benchmark(), "mock/echo", settings)
    again = store.read_run(run.path)
    assert again.info.status == "complete"
    assert again.info.counts == {"ok": 40}
    assert again.info.metrics["accuracy"].value == 1.0
    assert [row.id for row in again.scores()] == sorted(str(i) for i in range(40))
    assert set(again.info.throttle) == {"limit", "peak", "pinned", "rate", "cuts", "rejected"}
    assert store.samples_path(settings.results, again.info).with_suffix(".local.jsonl").exists()
    assert (run.path / "run.json").stat().st_size < 20_000


def test_running_the_same_command_again_sends_no_request(settings):
    first = run_one(make_benchmark(), "mock/echo", settings)
    before = (first.path / "records.jsonl").read_bytes()
    second = run_one(make_benchmark(), "mock/echo", settings)
    assert second.info == store.read_run(first.path).info
    assert (first.path / "records.jsonl").read_bytes() == before


def test_a_run_in_another_folder_is_answered_from_the_cache(settings, tmp_path):
    run_one(make_benchmark(), "mock/echo", settings)
    moved = settings.model_copy(update={"results": tmp_path / "other"})
    run = run_one(make_benchmark(), "mock/echo", moved)
    assert (run.info.totals.requests, run.info.totals.cached) == (0, 40)


@pytest.mark.parametrize("said", ["half a pair \ud83d", "\udcff", '\x00\u202e, \n "quoted"', "x" * 1_000_000])
def test_any_reply_text_can_be_stored_and_read(settings, said):
    bench = make_benchmark(3, score=exact_text(), profile="mmeval")
    run = run_one(bench, "mock/echo", options(settings, reply=said))
    assert (run.info.status, run.info.counts) == ("complete", {"ok": 3})
    again = store.read_run(run.path)
    assert [record.reply.text for record in again.records()] == [said] * 3
    assert len(list(again.scores())) == 3
    (run.path / "scores.csv").read_text(encoding="utf-8")
    (run.path / "run.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("concurrency", [1, 4, 40])
def test_equal_prompts_are_sent_once(settings, concurrency):
    """Twenty questions four times each, with different ids: repetitions reuse the first answer, cached or in flight."""

    def to_sample(row):
        made = make_benchmark().to_sample(row)
        return replace(made, prompt=(Text(f"Which letter? {int(row['id']) % 20}. The answer is A"),), target="A")

    many = settings.model_copy(update={"concurrency": concurrency})
    run = run_one(make_benchmark(80, to_sample=to_sample), "mock/echo", many)
    assert (run.info.totals.requests, run.info.totals.cached, run.info.counts) == (20, 60, {"ok": 80})


def test_transient_faults_change_no_score(settings, tmp_path):
    plain = run_one(make_benchmark(), "mock/echo", settings)
    moved = options(settings, **FAULTS).model_copy(update={"results": tmp_path / "faulty", "concurrency": 20})
    faulty = run_one(make_benchmark(), "mock/flaky", moved)
    assert faulty.info.status == "complete"
    assert faulty.info.totals.retries > 0
    assert (faulty.path / "scores.csv").read_bytes() == (plain.path / "scores.csv").read_bytes()


@pytest.mark.parametrize(
    ("rates", "status"),
    [
        ({"refused_rate": 1.0}, "refused"),
        ({"filtered_rate": 1.0}, "filtered"),
        ({"length_rate": 1.0}, "truncated"),
        ({"empty_rate": 1.0}, "empty"),
    ],
)
def test_each_kind_of_reply_has_its_status(settings, rates, status):
    run = run_one(make_benchmark(12), "mock/flaky", options(settings, **rates))
    assert run.info.counts == {status: 12}


def test_a_run_that_measures_nothing_fails(settings):
    run = run_one(make_benchmark(12), "mock/flaky", options(settings, empty_rate=1.0))
    assert (run.info.status, run.info.reason) == ("failed", "nothing was measured")


def test_a_hopeless_run_stops_at_once(settings):
    run = run_one(make_benchmark(400), "mock/flaky", options(settings, bad_request_rate=1.0))
    assert run.info.status == "failed"
    assert "no request succeeded in this run: " in run.info.reason
    assert run.info.totals.requests < 40


def test_failed_samples_are_retried_on_resume(settings):
    broken = run_one(
        make_benchmark(), "mock/scripted", options(settings, script='{"[3]": {"error": "bad_request"}, "*": "A"}')
    )
    assert broken.info.counts["error"] == 1
    assert broken.info.status == "failed"
    resumed = run_one(
        make_benchmark(), "mock/scripted", options(settings, script='{"[3]": {"error": "bad_request"}, "*": "A"}')
    )
    assert resumed.info.totals.requests == broken.info.totals.requests + 1


def test_token_budget_ends_partial_and_resumes_to_the_same_scores(settings, tmp_path):
    whole = run_one(make_benchmark(), "mock/echo", settings.model_copy(update={"results": tmp_path / "whole"}))
    small = settings.model_copy(update={"max_tokens": 1000, "cache": "off"})
    run = run_one(make_benchmark(), "mock/echo", small)
    assert run.info.status == "partial"
    assert "--max-tokens" in run.info.reason
    assert 0 < sum(run.info.counts.values()) < 40
    rest = run_one(make_benchmark(), "mock/echo", settings.model_copy(update={"cache": "off"}))
    assert rest.info.status == "complete"
    assert rest.info.totals.requests == 40
    assert (rest.path / "scores.csv").read_bytes() == (whole.path / "scores.csv").read_bytes()


def test_an_unknown_price_is_not_free(settings, monkeypatch):
    monkeypatch.setattr(Catalog, "model_cards", lambda self: {})
    assert run_one(make_benchmark(3), "mock/echo", settings).info.totals.cost is None
    with pytest.raises(UsageError, match="price of mock/echo is unknown"):
        run_one(make_benchmark(4), "mock/echo", settings.model_copy(update={"max_cost": 1.0}))


def test_a_second_writer_is_refused(settings, tmp_path):
    journal = Journal(tmp_path / "run")
    with pytest.raises(StoreError, match="another process"):
        Journal(tmp_path / "run")
    journal.close()


def test_a_hook_stops_the_run_early(settings):
    seen = []
    run = run_one(
        make_benchmark(2000),
        "mock/echo",
        settings,
        shuffled=True,
        on_record=lambda r: seen.append(r.id) or len(seen) == 30,
    )
    assert run.info.status == "partial"
    assert 30 <= len(seen) < 1500
    assert seen[:5] != ["0", "1", "2", "3", "4"]


def test_a_subset_has_a_folder_of_its_own(settings):
    run = run_one(make_benchmark(), "mock/echo", settings, ids={"3", "17"})
    assert [row.id for row in run.scores()] == ["17", "3"]
    assert run.path != run_one(make_benchmark(), "mock/echo", settings).path


def test_each_epoch_sends_its_own_requests(settings):
    run = run_one(make_benchmark(5), "mock/echo", settings.model_copy(update={"epochs": 3}))
    assert [(row.id, row.epoch) for row in run.scores()][:4] == [("0", 1), ("0", 2), ("0", 3), ("1", 1)]
    assert run.info.totals.requests == 15


def test_ablated_runs_are_variants(settings):
    run = run_one(make_benchmark(), "mock/echo", settings.model_copy(update={"ablate": "blind"}))
    assert run.path.parent.name == "tiny@1+blind"
    lines = [json.loads(line) for line in (run.path / "records.jsonl").read_text().splitlines()]
    assert lines[0]["reply"]["usage"]["input"] < 100


def test_an_error_in_a_scorer_fails_one_sample(settings):
    bench = make_benchmark()
    rule = bench.score.rule("official")

    def official(sample, reply):
        if sample.id == "7":
            raise ZeroDivisionError("no")
        return rule(sample, reply)

    broken = replace(bench, score=replace(bench.score, rules={"official": official}))
    run = run_one(broken, "mock/echo", settings.model_copy(update={"max_error_rate": 0.1}))
    assert run.info.counts == {"ok": 39, "error": 1}


def test_answers_to_one_question_are_not_independent(settings):
    """Five equal answers to each of twenty questions tell no more than one answer to each."""
    once = run_one(make_benchmark(20), "mock/echo", options(settings, reply="A"))
    often = settings.model_copy(update={"epochs": 5, "options": {"reply": "A"}})
    again = run_one(make_benchmark(20), "mock/echo", often)
    one, five = once.info.metrics["accuracy"], again.info.metrics["accuracy"]
    assert (five.n, five.value) == (100, one.value)
    assert five.high - five.low > 0.9 * (one.high - one.low)
