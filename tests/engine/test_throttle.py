"""The whole throttle against servers with limits, in virtual time."""

from __future__ import annotations

import asyncio
import random
import resource
import statistics
from collections import deque
from dataclasses import dataclass, field

import pytest

from mmeval.engine.rate.ramp import CEILING, START
from mmeval.engine.rate.throttle import Throttle, Throttles
from mmeval.types import Limits

from .virtual import run

pytestmark = pytest.mark.chaos


@dataclass
class Server:
    """Answers after `latency`; rejects beyond its limit."""

    rate: float | None = None
    kind: str = "bucket"
    most: int | None = None
    latency: float = 0.2
    burst: float | None = None
    noise: float = 0.0
    seed: int = 5
    accepted: list[float] = field(default_factory=list)
    rejected: list[float] = field(default_factory=list)
    under_way: int = 0
    peak: int = 0

    def __post_init__(self):
        self.draw = random.Random(self.seed)
        self.tokens = self.burst if self.burst is not None else max(1.0, (self.rate or 0) * 0.1)
        self.full = self.tokens
        self.at = 0.0
        self.times: deque[float] = deque()
        self.window = (-1, 0)

    def admits(self, now):
        if self.most is not None and self.under_way >= self.most:
            return False
        if self.noise and self.draw.random() < self.noise:
            return False
        return self.rate is None or getattr(self, f"_{self.kind}")(now)

    def _bucket(self, now):
        self.tokens = min(self.full, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def _second(self, now):
        key, count = self.window
        count = count if key == int(now) else 0
        self.window = (int(now), count + 1 if count < self.rate else count)
        return count < self.rate

    def _sliding(self, now):
        while self.times and self.times[0] <= now - 1:
            self.times.popleft()
        if len(self.times) >= self.rate:
            return False
        self.times.append(now)
        return True

    async def ask(self):
        now = asyncio.get_running_loop().time()
        if not self.admits(now):
            self.rejected.append(now)
            await asyncio.sleep(0.02)
            return False
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        self.accepted.append(now)
        await asyncio.sleep(self.latency * self.draw.uniform(0.8, 1.2))
        self.under_way -= 1
        return True


async def load(server, n, *, pinned=None, retry_after=1.0):
    """Send n requests through a throttle, each until it is admitted; returns the throttle."""
    loop = asyncio.get_running_loop()
    throttle = Throttle(pinned=pinned, clock=loop.time)
    tasks = set()
    room = asyncio.Event()

    async def one(slot):
        while True:
            ok = await server.ask()
            if ok:
                throttle.release(slot, "ok")
                return
            throttle.release(slot, "rejected", retry_after_s=retry_after)
            await asyncio.sleep((retry_after or 0.5) * random.Random(len(server.rejected)).uniform(1, 1.1))
            slot = await throttle.acquire()

    def ended(task):
        tasks.discard(task)
        room.set()

    for _ in range(n):
        while len(tasks) > max(64, 4 * throttle.limit):
            room.clear()
            await room.wait()
        task = loop.create_task(one(await throttle.acquire()))
        tasks.add(task)
        task.add_done_callback(ended)
    await asyncio.gather(*tasks)
    return throttle


def enough(rate):
    """Requests for a minute at a fast server, and for longer at one that sees few of them."""
    return rate * (60 if rate >= 100 else 90)


def throughput(server, start, end):
    return sum(start <= at < end for at in server.accepted) / (end - start)


@pytest.mark.parametrize("kind", ["bucket", "second", "sliding"])
@pytest.mark.parametrize(("rate", "latency"), [(5, 0.5), (20, 0.1), (50, 0.2), (100, 1.0), (300, 0.3)])
def test_settles_at_the_allowed_rate(kind, rate, latency):
    server = Server(rate=rate, kind=kind, latency=latency)
    n = enough(rate)
    run(load(server, n))
    settled, end = 25, server.accepted[-1] - 2 * latency - 3
    assert throughput(server, settled, end) >= 0.95 * rate
    assert sum(settled <= at < end for at in server.rejected) < 0.02 * rate * (end - settled)
    assert len(server.rejected) < 0.03 * n + 10


@pytest.mark.parametrize(("kind", "rate", "latency"), [("second", 35, 0.2), ("second", 40, 0.3), ("sliding", 30, 0.1)])
def test_a_limit_is_not_mistaken_for_random_rejections(kind, rate, latency):
    server = Server(rate=rate, kind=kind, latency=latency)
    run(load(server, enough(rate)))
    settled, end = 25, server.accepted[-1] - 2 * latency - 3
    assert sum(settled <= at < end for at in server.rejected) < 0.02 * rate * (end - settled)


def test_grows_while_nothing_is_rejected_and_the_window_is_full():
    server = Server(latency=0.2)
    throttle = run(load(server, 4000))
    assert throttle.limit == CEILING
    assert not server.rejected


def test_does_not_grow_when_unused():
    async def slowly():
        throttle = Throttle(clock=asyncio.get_running_loop().time)
        for _ in range(500):
            throttle.release(await throttle.acquire(), "ok")
        return throttle.limit

    assert run(slowly()) == START


@pytest.mark.parametrize("most", [4, 30, 100])
def test_finds_a_limit_on_requests_in_flight(most):
    server = Server(most=most, latency=0.5)
    n = most * 120
    run(load(server, n))
    end = server.accepted[-1]
    assert throughput(server, 5, end - 2) >= 0.8 * most / 0.5
    assert len(server.rejected) < 0.05 * n


@pytest.mark.parametrize("latency", [0.2, 2.0])
@pytest.mark.parametrize("noise", [0.01, 0.05, 0.1, 0.2])
def test_rejections_at_any_rate_cost_little_more_than_their_own_wait(noise, latency):
    """About one request in ten is rejected at any rate; each waits for its Retry-After of one second."""
    plain, noisy = Server(latency=latency), Server(latency=latency, noise=noise)
    run(load(plain, 4000))
    throttle = run(load(noisy, 4000))
    longest = max(count for count in range(12) if 4000 * noise**count >= 0.1)  # rejections of one request in a row
    assert noisy.accepted[-1] < 1.3 * plain.accepted[-1] + 1.1 * longest
    assert throttle.limit > 100
    assert len(noisy.rejected) < 1.3 * 4000 * noise / (1 - noise) + 10


@pytest.mark.parametrize("noise", [0.02, 0.05, 0.1])
@pytest.mark.parametrize(("rate", "used"), [(10, 0.6), (30, 0.9), (100, 0.95)])
def test_a_limit_is_used_despite_random_rejections(rate, used, noise):
    shares = []
    for seed in range(3):
        server = Server(rate=rate, latency=0.3, noise=noise, seed=seed)
        n = enough(rate)
        run(load(server, n))
        settled, end = 25, server.accepted[-1] - 5
        shares.append(throughput(server, settled, end) / rate)
        rejected = sum(settled <= at < end for at in server.rejected)
        assert rejected < (noise + 0.05) * (rejected + shares[-1] * rate * (end - settled))
    assert statistics.median(shares) >= used


def test_a_limit_that_falls_is_followed():
    server = Server(rate=100, latency=0.3)

    async def change():
        await asyncio.sleep(40)
        server.rate = 20
        return

    async def both():
        await asyncio.gather(load(server, 5000), change())

    run(both())
    end = server.accepted[-1] - 5
    assert throughput(server, 70, end) >= 0.9 * 20
    assert sum(70 <= at < end for at in server.rejected) < 0.03 * 20 * (end - 70)


def test_a_pinned_throttle_does_not_adapt():
    server = Server(latency=0.2, noise=0.2)
    throttle = run(load(server, 2000, pinned=37))
    assert (throttle.limit, throttle.peak, server.peak, throttle.rate) == (37, 37, 37, None)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(requests=60, requests_left=1, requests_reset_s=59.0),
        Limits(tokens=60_000, tokens_left=900, tokens_reset_s=59.1),
    ],
)
def test_headers_set_the_rate(limits):
    async def seconds():
        loop = asyncio.get_running_loop()
        throttle = Throttle(clock=loop.time)
        throttle.release(await throttle.acquire(), "ok", limits=limits, tokens=1000)
        begin = loop.time()
        for _ in range(10):
            throttle.release(await throttle.acquire(), "ok", tokens=1000)
        return loop.time() - begin

    assert 7 < run(seconds()) < 12


def test_judge_and_model_share_a_throttle_if_endpoint_and_key_are_the_same():
    throttles = Throttles(pinned=3)
    one = throttles.of("https://api.test/v1", "KEY")
    assert one.limit == 3
    assert throttles.of("https://api.test/v1", "KEY") is one
    assert throttles.of("https://api.test/v1", "OTHER_KEY") is not one
    assert throttles.of("https://other.test/v1", "KEY") is not one


def test_slots_are_given_in_the_order_of_the_requests():
    async def order():
        throttle, got = Throttle(pinned=1), []

        async def one(i):
            slot = await throttle.acquire()
            got.append(i)
            await asyncio.sleep(0.1)
            throttle.release(slot, "ok")

        await asyncio.gather(*map(one, range(5)))
        return got

    assert run(order()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("files", "pinned", "endpoints", "limits", "warned"),
    [
        (1024, None, 1, [CEILING], False),
        (64, None, 1, [32], True),
        (64, None, 2, [16, 16], True),
        (64, 20, 1, [20], False),
        (64, 100, 1, [32], True),
        (64, 100, 4, [8] * 4, True),
        (16, None, 1, [1], True),
        (resource.RLIM_INFINITY, 5000, 2, [5000, 5000], False),
    ],
)
def test_connections_leave_room_for_other_files(
    monkeypatch: pytest.MonkeyPatch,
    files: int,
    pinned: int | None,
    endpoints: int,
    limits: list[int],
    warned: bool,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    throttles = Throttles(pinned=pinned)
    made = [throttles.of(f"https://{i}", None) for i in range(endpoints)]
    for throttle in made:
        throttle._control.limit = 10_000
    assert [throttle.limit for throttle in made] == limits
    assert (throttles.warning is not None) == warned
    if warned:
        assert f"`ulimit -n` is {files}" in str(throttles.warning)
