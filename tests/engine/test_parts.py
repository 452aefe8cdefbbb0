"""The parts of the engine one by one: retries, timeouts, prices, the cache, and files that must not hold secrets."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest

from mmeval import FatalError, Reply, Request, RetryableError, StoreError, Text, Usage
from mmeval.engine import cachefile
from mmeval.engine.budget import Budget, Price
from mmeval.engine.cache import Cache, Identity
from mmeval.engine.client import Stop, StoppedError
from mmeval.engine.retry import AdaptiveTimeout, Breaker, Patience, Policy
from mmeval.provenance import scrubbed
from mmeval.store import dump_record
from mmeval.store.ordered import Ordered
from mmeval.types import Failure, Record

BUSY = RetryableError("busy", kind="rate_limit", retry_after_s=7.0)
GONE = FatalError("the server ended", kind="gone")
DOWN = RetryableError("down", kind="connection")
REFUSED = RetryableError("connection refused at 127.0.0.1:9; is the server running?", kind="unreachable")
DENIED = FatalError("denied", kind="auth")
REDIRECT = FatalError("to another server", kind="redirect")


@pytest.mark.parametrize(
    ("error", "attempt", "told", "elapsed", "low", "high"),
    [
        (DOWN, 1, 0, 0, 0.0, 0.5),
        (DOWN, 4, 0, 0, 0.0, 4.0),
        (DOWN, 4, 2, 0, 0.0, 1.0),
        (DOWN, 7, 0, 0, 0.0, 32.0),
        (BUSY, 1, 0, 0, 7.0, 7.75),
        (BUSY, 5, 4, 0, 7.0, 7.75),
        (DOWN, 8, 0, 0, None, None),
        (BUSY, 1, 0, 95, None, None),
        (DENIED, 1, 0, 0, None, None),
    ],
)
def test_waits_before_a_retry(error, attempt, told, elapsed, low, high):
    policy = Policy(deadline_s=100)
    waits = [policy.wait(error, attempt, elapsed, random.Random(seed), told=told) for seed in range(200)]
    if low is None:
        assert waits == [None] * 200
    else:
        assert all(low <= wait <= high for wait in waits)
        assert max(waits) - min(waits) > 0.9 * (high - low)


@pytest.mark.parametrize(
    ("latencies", "timeouts", "allowed"),
    [
        ([], 0, 600.0),
        ([0.2] * 31, 0, 600.0),
        ([0.2] * 31 + [1.0], 0, 5.0),
        ([0.2] * 31 + [1.0], 2, 20.0),
        ([0.2] * 31 + [1.0], 8, 600.0),
        ([0.2] * 49 + [1.0], 0, 4.0),
        ([0.2] * 499 + [1.0], 0, 3.0),
        ([0.2] * 499 + [1.0, 7200.0], 0, 3.0),
        ([0.01] * 500, 0, 1.0),
    ],
)
def test_the_timeout_follows_the_slowest_answer(latencies, timeouts, allowed):
    patience = Patience(600.0)
    for latency in latencies:
        patience.saw(latency)
    assert patience.timeout(timeouts) == pytest.approx(allowed)


def test_an_answer_that_came_while_the_process_was_suspended_is_read(monkeypatch):
    monkeypatch.setattr(AdaptiveTimeout, "STOOD_STILL_S", 0.2)

    async def request() -> str:
        async with asyncio.timeout(None) as timeout:
            watch = AdaptiveTimeout(timeout, lambda: 0.1)
            answer = asyncio.get_running_loop().run_in_executor(None, lambda: time.sleep(0.05) or "answer")
            time.sleep(0.5)  # noqa: ASYNC251 - suspends the loop
            try:
                for _ in range(10):  # reading it takes the loop a few turns
                    await asyncio.sleep(0)
                return await answer
            finally:
                watch.cancel()

    assert asyncio.run(request()) == "answer"


@pytest.mark.parametrize(
    ("errors", "seconds", "succeeded", "opens"),
    [
        ([DENIED] * 2, 0, False, False),
        ([DENIED] * 3, 0, False, True),
        ([REDIRECT] * 3, 0, False, True),
        ([REFUSED] * 2, 6, False, False),
        ([REFUSED] * 3, 0, False, True),
        ([REFUSED] * 40, 60, True, False),
        ([DOWN] * 40, 1, False, False),
        ([DOWN] * 40, 6, False, True),
        ([BUSY] * 400, 60, False, False),
        ([DOWN] * 40, 60, True, False),
        ([DOWN] * 40, 150, True, True),
        ([GONE], 0, True, True),
    ],
)
def test_the_breaker_opens_when_every_request_fails(errors, seconds, succeeded, opens):
    now = iter(index * seconds / len(errors) * (1 + 1e-9) for index in range(1, 1000))
    breaker = Breaker(clock=lambda: next(now))
    if succeeded:
        breaker.success()
    for error in errors:
        breaker.failure(error)
    assert (breaker.reason is not None) == opens


async def test_what_a_stopped_run_waits_for_is_cancelled():
    stop, ended = Stop(), []

    async def work(seconds: float) -> str:
        try:
            await asyncio.sleep(seconds)
        finally:
            ended.append(seconds)
        return "done"

    assert await stop.unless(work(0)) == "done"
    asyncio.get_running_loop().call_later(0.05, stop.now, "interrupted")
    with pytest.raises(StoppedError):
        await stop.unless(work(600))
    await asyncio.sleep(0)
    assert ended == [0, 600]
    with pytest.raises(ZeroDivisionError):
        await Stop().unless(fails())


async def fails() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("price", "usage", "cost"),
    [
        (Price(input=2.0, output=8.0), Usage(1_000_000, 500_000), 6.0),
        (Price(input=2.0, output=8.0, cached_input=0.5), Usage(1_000_000, 0, None, 400_000), 1.4),
        (Price(input=2.0), Usage(10, 10), None),
        (Price(input=2.0, output=8.0), Usage(None, 10), None),
    ],
)
def test_price_of_a_reply(price, usage, cost):
    assert price.cost(usage) == (pytest.approx(cost) if cost is not None else None)


def test_the_budget_counts_requests_in_flight():
    budget = Budget(max_cost=1.0)
    for _ in range(10):
        budget.charge(Usage(1, 1), 0.05)
    assert budget.spent(in_flight=5) is None
    assert "--max-cost" in budget.spent(in_flight=11)


ASKED = Request(prompt=(Text("q"),))
WHO = {"adapter": "a", "adapter_version": "1", "endpoint": "e", "model": "m", "options": {"temperature": None}}


@pytest.mark.parametrize(
    "change",
    [
        {"adapter_version": "2"},
        {"endpoint": "f"},
        {"model": "n"},
        {"options": {"temperature": 0.0}},
        {"options": {}},
        {"prompt": (Text("other"),)},
        {"epoch": 2},
        {"want": "image"},
        {"want": "choice", "choices": ("a", "b")},
    ],
)
def test_the_key_depends_on_everything_that_can_change_a_reply(change):
    asked = replace(ASKED, **{key: value for key, value in change.items() if key in ("prompt", "want", "choices")})
    other = {**WHO, **{key: value for key, value in change.items() if key in WHO}}
    assert Identity(**other).key(asked, change.get("epoch", 1)) != Identity(**WHO).key(ASKED, 1)
    assert Identity(**WHO).key(ASKED, 1) == Identity(**WHO).key(replace(ASKED, choices=("a",), sample="s"), 1)


def test_scored_choices_are_part_of_the_key():
    scored = [Request(prompt=ASKED.prompt, want="choice", choices=choices) for choices in (("a", "b"), ("b", "a"))]
    assert len({Identity(**WHO).key(request, 1) for request in scored}) == 2


@pytest.mark.parametrize(
    ("reply", "cached"),
    [
        (Reply(text="A", finish="stop", usage=Usage(1, 2), latency_s=0.5), True),
        (Reply(text="half a pair \ud800", finish="length"), True),
        (Reply(text="", finish="refused"), True),
        (Reply(text=" ", finish="stop"), False),
        (Reply(text="A", finish="filtered"), False),
    ],
)
def test_two_processes_share_a_cache_file(tmp_path, reply, cached):
    async def share():
        one, two = Cache(tmp_path / "c.sqlite"), Cache(tmp_path / "c.sqlite")
        one.put(b"k", "m", reply)
        two.put(b"other", "m", Reply(text="B", finish="stop"))
        await one.flush()
        await two.flush()
        found = two.get([b"k"]).get(b"k"), one.get([b"other"])[b"other"]
        await one.close()
        await two.close()
        return found

    first, second = asyncio.run(share())
    assert (first is not None) == cached
    assert second.text == "B"
    if first:
        assert (first.text, first.finish, first.usage, first.cached) == (reply.text, reply.finish, reply.usage, True)


def test_one_call_looks_up_many_replies(tmp_path):
    async def look():
        cache = Cache(tmp_path / "c.sqlite")
        for i in range(0, 2000, 2):
            cache.put(b"%d" % i, "m", Reply(text=str(i), finish="stop"))
        waiting = cache.get([b"0", b"1", b"2"])
        await cache.flush()
        found = cache.get([b"%d" % i for i in range(2000)])
        await cache.close()
        return waiting, found

    waiting, found = asyncio.run(look())
    assert [*waiting] == [b"0", b"2"]
    assert {key: reply.text for key, reply in found.items()} == {b"%d" % i: str(i) for i in range(0, 2000, 2)}


OLD_KEY = bytes.fromhex("e88c7b899bdc795e1288ac15724296de3c33430057458bb4be5e3f465e83b559")
OLD_ROW = (
    '{"text": "A", "finish": "stop", "reasoning": null, "latency_s": 0.5, "model": null, "request_id": null, '
    '"usage": {"input": 1, "output": 2, "reasoning": null, "cached": null}}'
)


def test_a_cache_file_of_the_first_release_still_answers(tmp_path):
    async def look():
        await Cache(tmp_path / "c.sqlite").close()
        with closing(sqlite3.connect(tmp_path / "c.sqlite")) as file, file:
            file.execute("INSERT INTO replies VALUES (?, ?, ?, ?)", (OLD_KEY, "m", 1.7e9, OLD_ROW))
        cache = Cache(tmp_path / "c.sqlite")
        found = cache.get([Identity(**WHO).key(ASKED, 1)])
        await cache.close()
        return found

    (reply,) = asyncio.run(look()).values()
    assert reply == Reply(text="A", finish="stop", latency_s=0.5, usage=Usage(1, 2), cached=True)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "c.sqlite").write_text("something else, long enough to be a header of another kind of file")
    with pytest.raises(StoreError, match="not a response cache"):
        Cache(tmp_path / "c.sqlite")
    assert cachefile.info(tmp_path / "none.sqlite").replies == 0


def test_secrets_leave_the_command_line():
    words = ["run", "-o", "api_key=abc", "--api-key", "abc", "--max-tokens", "5", "sk-abcdefghijklmnop", "-o", "x=1"]
    assert scrubbed(words) == ["run", "-o", "api_key=***", "--api-key", "***", "--max-tokens", "5", "***", "-o", "x=1"]


def test_a_journal_of_any_length_is_sorted_and_the_last_word_counts(tmp_path, monkeypatch):
    monkeypatch.setattr("mmeval.store.ordered.CHUNK", 7)
    draw, journal = random.Random(3), tmp_path / "records.jsonl"
    last = {}
    with journal.open("w", encoding="utf-8") as file:
        for step in range(100):
            name, epoch = f"s{draw.randrange(20)}", draw.randint(1, 2)
            failure = Failure(kind="k", message=f"{step} ä\u2028")
            last[name, epoch] = failure.message
            file.write(dump_record(Record(id=name, epoch=epoch, status="error", failure=failure)) + "\n")
        file.write('{"id": "torn')
    with Ordered(journal, spill=tmp_path) as records:
        for _ in range(2):
            found = [((r.id, r.epoch), r.failure.message) for r in records]
            assert found == sorted(last.items())
    assert list(tmp_path.iterdir()) == [journal]
