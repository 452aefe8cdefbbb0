"""`--batch` through the providers' batch endpoints: the same records as asking one by one, resumable, half the price."""

from __future__ import annotations

import asyncio

import pytest

from mmeval import RunFailedError, UsageError
from mmeval.runner import Session, Settings, job, plan, run_one
from mmeval.runner.provider_batch import ProviderBatch
from tests.adapters.conftest import CASES

N = 30


class SomeBroken(dict):
    """Every fourth request of a batch ends with a 500."""

    def get(self, key, default=None):
        return 500 if int(key[:8], 16) % 4 == 0 else default


@pytest.fixture
def batches(provider, monkeypatch):
    monkeypatch.setattr(ProviderBatch, "FIRST_S", 0.01)
    state = provider.batches
    state.broken, state.fails, state.looks = {}, False, 2
    state.batches.clear()
    yield state
    state.broken, state.fails, state.looks = {}, False, 2


@pytest.fixture
def settings_of(provider, tmp_path):
    def make(case, **given) -> Settings:
        options = {"base_url": provider.url(case.provider), **dict(case.options)}
        files = {"results": tmp_path / "results", "cache_file": tmp_path / "replies.sqlite"}
        return Settings(**{"options": options, "limit": N, **files, **given})

    return make


def live(provider) -> int:
    return sum(
        "batch" not in seen.path and "file" not in seen.path and "/put/" not in seen.path for seen in provider.requests
    )


batch_case = pytest.mark.parametrize("case", CASES[:4], ids=lambda case: case.id)


@batch_case
def test_the_same_scores_without_a_single_live_request(case, provider, batches, settings_of, tmp_path):
    handed = run_one("bar_reading", f"{case.provider}/model-x", settings_of(case, batch=True))
    assert (handed.info.status, handed.info.counts) == ("complete", {"ok": N})
    assert live(provider) == 0
    assert sum(len(batch.entries) for batch in batches.batches.values()) == N
    one_by_one = settings_of(case, results=tmp_path / "other", cache="off")
    asked = run_one("bar_reading", f"{case.provider}/model-x", one_by_one)
    assert live(provider) == N
    assert (handed.path / "scores.csv").read_bytes() == (asked.path / "scores.csv").read_bytes()


@batch_case
def test_what_a_batch_did_not_answer_is_asked_live(case, provider, batches, settings_of):
    batches.broken = SomeBroken()
    run = run_one("bar_reading", f"{case.provider}/model-x", settings_of(case, batch=True))
    keys = [key for batch in batches.batches.values() for key, _ in batch.entries]
    broken = sum(batches.broken.get(key) == 500 for key in keys)
    assert 0 < broken < N
    assert (run.info.counts, live(provider)) == ({"ok": N}, broken)


def test_left_and_taken_up_again(provider, batches, settings_of):
    batches.looks = 10**9
    settings = settings_of(CASES[0], batch=True)

    async def leave() -> str:
        session = Session(settings)
        running = asyncio.ensure_future(session.run([plan(job("bar_reading", settings), "openai/model-x", settings)]))
        while not any("/batches/" in seen.path for seen in provider.requests):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        session.interrupt()
        run = (await running)[0]
        await session.close()
        return run.info.status

    assert asyncio.run(leave()) == "cancelled"
    batches.looks = 1
    run = run_one("bar_reading", "openai/model-x", settings)
    assert (run.info.status, run.info.counts, live(provider)) == ("complete", {"ok": N}, 0)
    assert len(batches.batches) == 1, "handed in twice"


def test_many_small_batches_and_a_crash_while_handing_in(provider, batches, settings_of, monkeypatch):
    from mmeval.catalog import Catalog

    monkeypatch.setattr(Catalog().adapter("openai"), "batch_requests", 8)
    submit, calls = Catalog().adapter("openai").submit, []

    async def third_fails(self, requests, options):
        calls.append(len(requests))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return await submit(self, requests, options)

    settings = settings_of(CASES[0], batch=True)
    with monkeypatch.context() as patch:
        patch.setattr(Catalog().adapter("openai"), "submit", third_fails)
        with pytest.raises(KeyboardInterrupt):
            run_one("bar_reading", "openai/model-x", settings)
    run = run_one("bar_reading", "openai/model-x", settings)
    assert (run.info.status, run.info.counts, live(provider)) == ("complete", {"ok": N}, 0)
    keys = [key for batch in batches.batches.values() for key, _ in batch.entries]
    assert sorted(len(batch.entries) for batch in batches.batches.values()) == [6, 8, 8, 8]
    assert len(set(keys)) == len(keys) == N, "handed in twice"


def test_a_batch_that_fails_as_a_whole_says_why_and_can_be_handed_in_again(provider, batches, settings_of):
    batches.fails = True
    settings = settings_of(CASES[0], batch=True)
    with pytest.raises(RunFailedError, match="too many tokens"):
        run_one("bar_reading", "openai/model-x", settings)
    assert live(provider) == 0
    batches.fails = False
    assert run_one("bar_reading", "openai/model-x", settings).info.status == "complete"


@pytest.mark.parametrize(
    ("model", "given", "says"), [("mock/echo", {}, "no batch API"), ("openai/model-x", {"cache": "off"}, "cache")]
)
def test_what_cannot_be_handed_in(model, given, says, provider, batches, settings_of):
    settings = settings_of(CASES[0], batch=True, **given)
    if model.startswith("mock"):
        settings = settings.model_copy(update={"options": {}})
    with pytest.raises(UsageError, match=says):
        run_one("bar_reading", model, settings)


def test_batch_prices_count(provider, batches, settings_of, monkeypatch):
    monkeypatch.setattr(
        "mmeval.catalog.Catalog.model_cards",
        lambda self: {
            "openai/model-x": {"price": {"input": 9.0, "output": 9.0, "batch_input": 1.0, "batch_output": 2.0}}
        },
    )
    run = run_one("bar_reading", "openai/model-x", settings_of(CASES[0], batch=True))
    assert run.info.totals.cost == pytest.approx(N * (11 * 1.0 + 5 * 2.0) / 1e6)
