"""A model is connected once per command, and benchmarks on one model overlap."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from mmeval import UsageError
from mmeval.engine.options import Settings
from mmeval.engine.pool import Pool
from mmeval.runner import Session, blocking, job, plan
from mmeval.runner.models import ModelSpec

from .conftest import make_benchmark

ADAPTER = '''
"""Writes down when it connects, answers and closes. A `far` model lives on an endpoint, others run here."""
import asyncio
from dataclasses import dataclass
from pathlib import Path
from mmeval import Capabilities, Options, Reply, Request, Text, UsageError

LOG = Path({log!r})
HELD: list[asyncio.Event] = []
MET: list[str] = []

@dataclass(frozen=True, slots=True, kw_only=True)
class Own(Options):
    device: str = "cpu"
    detail: str = "low"

def note(*words):
    with LOG.open("a") as file:
        file.write(" ".join(words) + "\\n")

class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({{"text", "image"}}), options=Own, cacheable=False,
                                request_options=frozenset({{"detail"}}))

    def __init__(self, model, options):
        self.model = model
        self.endpoint = "http://far.example" if model.startswith("far") else "local"

    async def connect(self):
        note("connect", self.model)
        if self.model.startswith("pair"):
            MET.append(self.model)
            async with asyncio.timeout(20):
                while len(MET) < 2:
                    await asyncio.sleep(0.01)
        if self.model == "broken":
            raise UsageError("no weights here")

    async def ask(self, request, options):
        text = "".join(part.text for part in request.prompt if isinstance(part, Text))
        bench, last = request.sample.split("-")[0], request.sample.endswith("-last")
        note("ask", self.model, bench, str(options.max_tokens))
        if last and self.model == "far-slow" and bench != "c":
            # The last reply of a and b comes only once the next benchmark has begun.
            HELD.append(asyncio.Event())
            async with asyncio.timeout(20):
                await HELD[-1].wait()
        elif HELD and request.sample.split("-")[1] == "0":
            HELD.pop().set()
        return Reply(text="A", finish="stop")

    async def close(self):
        note("close", self.model)
'''


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "adapters").mkdir()
    log = tmp_path / "log"
    (tmp_path / "adapters" / "noting.py").write_text(ADAPTER.format(log=str(log)))
    return log


def benchmark(name: str, n: int = 4, **changes):
    made = make_benchmark(n)

    def to_sample(row):
        sample, number = made.to_sample(row), int(row["id"])
        return replace(sample, id=f"{name}-{'last' if number == n - 1 else number}")

    return replace(made, name=name, to_sample=to_sample, **changes)


def run(tmp_path: Path, benchmarks, models, **given):
    settings = Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite", path=(tmp_path,), **given)
    plans = [plan(job(one, settings), model, settings) for model in models for one in benchmarks]

    async def whole():
        session = Session(settings)
        try:
            return await session.run(plans), session.problems
        finally:
            await session.close()

    return blocking(whole)


def events(log: Path, kind: str) -> list[str]:
    return [line for line in log.read_text().splitlines() if line.startswith(kind)]


def test_three_benchmarks_load_a_model_once(tmp_path, log):
    three = [benchmark("a"), benchmark("b", max_tokens=5), benchmark("c", system="Be brief.")]
    runs, problems = run(tmp_path, three, ["noting/local"])
    assert [one.info.status for one in runs] == ["complete"] * 3
    assert not problems
    assert (events(log, "connect"), events(log, "close")) == (["connect local"], ["close local"])
    assert "ask local b 5" in events(log, "ask"), "each benchmark asks with its own options"


def test_two_sets_of_weights_are_never_in_memory_together(tmp_path, log):
    run(tmp_path, [benchmark("a"), benchmark("b")], ["noting/one", "noting/two"])
    assert [line for line in log.read_text().splitlines() if not line.startswith("ask")] == [
        "connect one", "close one", "connect two", "close two",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("devices", "temperature", "lanes"),
    [
        (["cpu", "cuda:1"], 0, 2),
        (["cpu", "cpu"], 0, 1),
        (["cpu", "auto"], 0, 1),
        (["cuda:0", "cuda"], 0, 1),
        (["cpu", "cuda:1"], 1, 1),
    ],
    ids=["each its own", "the same", "any", "all of a kind", "random numbers are shared"],
)
def test_models_on_devices_of_their_own_run_side_by_side(tmp_path, log, devices, temperature, lanes):
    """Two of a pair wait for each other while they connect."""
    models = [
        ModelSpec(f"noting/{'pair' if lanes > 1 else 'one'}-{i}", {"device": device, "temperature": temperature})
        for i, device in enumerate(devices)
    ]
    runs, problems = run(tmp_path, [benchmark("a")], models)
    assert ([one.info.counts for one in runs], problems) == ([{"ok": 4}] * 2, [])
    kinds = [line.split()[0] for line in log.read_text().splitlines() if not line.startswith("ask")]
    assert (kinds[:2] == ["connect", "connect"]) == (lanes > 1)


def test_the_next_benchmark_begins_before_the_last_reply_of_the_one_before(tmp_path, log):
    """Every last reply waits for the benchmark after it; one after the other, they would wait for ever."""
    three = [benchmark("a"), benchmark("b"), benchmark("c")]
    runs, _ = run(tmp_path, three, ["noting/far-slow"], attempts=1)
    assert [one.info.counts for one in runs] == [{"ok": 4}] * 3


@pytest.mark.parametrize(("options", "same"), [({"detail": "high"}, True), ({"device": "cuda"}, False)])
def test_what_is_fixed_at_connecting_tells_connections_apart(tmp_path, log, options, same):
    settings = Settings(results=tmp_path / "results", path=(tmp_path,))
    other = settings.model_copy(update={"options": options})
    one, two = (plan(job(benchmark("a"), each), "noting/x", each) for each in (settings, other))
    assert (one.connection(one.model) == two.connection(two.model)) is same


def test_a_reference_is_prepared_for_each_benchmark(tmp_path):
    runs, _ = run(tmp_path, [benchmark("a"), benchmark("b")], ["baseline/majority"])
    assert [one.info.counts for one in runs] == [{"ok": 4}] * 2


def test_a_model_that_cannot_be_loaded_is_tried_once(tmp_path, log):
    with pytest.raises(UsageError, match="no weights"):
        run(tmp_path, [benchmark("a"), benchmark("b")], ["noting/broken"])
    assert log.read_text().splitlines() == ["connect broken"]


class Slow:
    """Takes one turn of the loop to connect."""

    def __init__(self, log: list[str]) -> None:
        self.log = log

    async def connect(self) -> None:
        await asyncio.sleep(0)
        self.log.append("connect")

    async def close(self) -> None:
        self.log.append("close")


async def test_users_share_a_connection_until_the_last_one_is_done():
    pool, log = Pool(), []
    pool.expect(["k", "k", "other"])
    first, second = await asyncio.gather(*(pool.connected("k", lambda: Slow(log)) for _ in range(2)))
    assert first is second
    await pool.release("k")
    assert log == ["connect"]
    await pool.release("k")
    assert log == ["connect", "close"]
    await pool.release("other")
    await pool.close()
    assert log == ["connect", "close"], "what was never opened is not closed"


async def test_closing_the_pool_closes_what_is_still_open():
    pool, log = Pool(), []
    pool.expect(["k"])
    await pool.connected("k", lambda: Slow(log))
    await pool.close()
    assert log == ["connect", "close"]
