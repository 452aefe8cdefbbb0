"""The providers' batch endpoints: handed in by one process, collected by another."""

from __future__ import annotations

import asyncio

import pytest

from mmeval import FatalError, Reply, Request, RetryableError, Text
from mmeval.catalog import Catalog
from mmeval.definitions import Batches
from tests.adapters.conftest import CASES, KEY, Case, picture
from tests.loopback import dialects

RED = picture("red")
QUESTIONS = [(f"key-{i}", Request(prompt=(Text(f"question {i}"), RED))) for i in range(6)]
every_case = pytest.mark.parametrize("case", CASES[:4], ids=lambda case: case.id)


@pytest.fixture
def batches(provider):
    state = provider.batches
    state.broken, state.fails = {}, False
    state.say = lambda body, kind: provider._finished(body, kind)
    provider.say = lambda body, kind: next(p for p in _texts(body, kind))
    yield state
    provider.say = None
    state.broken, state.fails = {}, False


def _texts(body, kind):
    return [part.upper() for part in dialects.parts(body, kind) if isinstance(part, str)]


def adapter(case: Case, provider, **options):
    cls = Catalog().adapter(case.provider)
    made = cls.capabilities.options(base_url=provider.url(case.provider), **dict(case.options), **options)
    return cls("model-x", made), made


def run(case: Case, provider, do, **options):
    """Each call connects anew, as another process would."""

    async def connected():
        made, opts = adapter(case, provider, **options)
        await made.connect()
        try:
            return await do(made, opts)
        finally:
            await made.close()

    return asyncio.run(connected())


async def collected(made, handle):
    return {key: outcome async for key, outcome in made.collect(handle)}


@every_case
def test_submit_poll_collect(case, provider, batches):
    assert isinstance(adapter(case, provider)[0], Batches)
    handle = run(case, provider, lambda made, opts: made.submit(QUESTIONS, opts), system="Be brief.", max_tokens=64)
    assert handle
    assert "\n" not in handle
    batch = [*batches.batches.values()][-1]
    assert [key for key, _ in batch.entries] == [key for key, _ in QUESTIONS]
    for (_, body), (_, request) in zip(batch.entries, QUESTIONS, strict=True):
        assert dialects.parts(body, batch.kind) == [request.prompt[0].text, RED.data]
        assert dialects.system(body, batch.kind) == "Be brief."
    states = [run(case, provider, lambda made, _: made.poll(handle)) for _ in range(2)]
    assert [state.state for state in states] == ["running", "ended"]
    if case.provider != "gemini":
        assert (states[1].done, states[1].total) == (6, 6)
    replies = run(case, provider, lambda made, _: collected(made, handle))
    assert {key: reply.text for key, reply in replies.items()} == {f"key-{i}": f"QUESTION {i}" for i in range(6)}
    assert all(reply.usage.input == 11 and reply.finish == "stop" for reply in replies.values())


@every_case
def test_what_failed_is_told_by_key(case, provider, batches):
    batches.broken = {"key-1": 400, "key-2": 429, "key-3": "expired", "key-4": 500}
    handle = run(case, provider, lambda made, opts: made.submit(QUESTIONS, opts))
    run(case, provider, lambda made, _: made.poll(handle))
    run(case, provider, lambda made, _: made.poll(handle))
    outcomes = run(case, provider, lambda made, _: collected(made, handle))
    assert {key for key, value in outcomes.items() if isinstance(value, Reply)} == {"key-0", "key-5"}
    assert (type(outcomes["key-1"]), outcomes["key-1"].kind) == (FatalError, "bad_request")
    assert (type(outcomes["key-2"]), outcomes["key-2"].kind) == (RetryableError, "rate_limit")
    assert isinstance(outcomes["key-3"], RetryableError)
    assert (type(outcomes["key-4"]), outcomes["key-4"].kind) == (RetryableError, "server")


@pytest.mark.parametrize(
    ("case", "note"), [(CASES[0], "too many tokens"), (CASES[3], "FAILED")], ids=["openai", "gemini"]
)  # google-genai drops the reason
def test_a_batch_that_fails_as_a_whole_says_so(case, note, provider, batches):
    batches.fails = True
    handle = run(case, provider, lambda made, opts: made.submit(QUESTIONS, opts))
    run(case, provider, lambda made, _: made.poll(handle))
    state = run(case, provider, lambda made, _: made.poll(handle))
    assert (state.state, state.note) == ("failed", note)


@every_case
def test_an_unknown_batch_is_fatal(case, provider, batches):
    with pytest.raises(FatalError) as caught:
        run(case, provider, lambda made, _: made.poll("batches/none" if case.provider == "gemini" else "none"))
    assert caught.value.kind == "not_found"


@every_case
def test_a_key_in_an_answer_is_removed(case, provider, batches):
    provider.say = lambda body, kind: f"(B) {KEY}"
    handle = run(case, provider, lambda made, opts: made.submit(QUESTIONS, opts))
    for _ in range(2):
        run(case, provider, lambda made, _: made.poll(handle))
    replies = run(case, provider, lambda made, _: collected(made, handle))
    assert {reply.text for reply in replies.values()} == {"(B) [key]"}
