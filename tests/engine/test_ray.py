"""Copies of a model as actors of a Ray cluster of two and three nodes, which lose an actor and a node."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from mmeval import MediaError, Options, RetryableError
from mmeval.engine.replicas.start import replicated
from mmeval.media import image

from .test_replicas import ADAPTER, Adapter, ask, drawn, run

pytestmark = [pytest.mark.local, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def cluster(monkeypatch):
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_DEDUP_LOGS", "0")
    small = {"object_store_memory": 80 << 20}
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False, **small})
    made.small = small
    made.add_node(num_cpus=1, **small)
    yield made
    ray.shutdown()
    made.shutdown()


def test_a_cluster_that_loses_an_actor_and_a_node_answers_everything(cluster, settings, tmp_path):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "own.py").write_text(ADAPTER)
    one = run(settings, tmp_path, results=tmp_path / "one")
    two = run(settings, tmp_path, results=tmp_path / "two", replicas=2, ray=cluster.address)
    assert two.info.provenance["adapter"]["replicas"] == 2
    assert two.files.scores.read_bytes() == one.files.scores.read_bytes(), "the same as in this process"
    asyncio.run(losses(cluster, tmp_path))


async def losses(cluster, folder) -> None:
    picture = image(drawn())
    three = replicated("own/x", Adapter(), Options(), count=3, paths=[folder], ray=cluster.address)
    pids: set[str] = set()
    retries = 0

    async def answered(text: str) -> str:
        nonlocal retries
        while True:
            try:
                reply = await three.ask(ask(text, picture), Options())
            except RetryableError:
                retries += 1
                await asyncio.sleep(0.02)
            else:
                pids.add(reply.model)
                return reply.text

    async def all_answered(count: int) -> None:
        texts = await asyncio.gather(*(answered(str(i)) for i in range(count)))
        assert texts == [f"{i} [{picture.size}] None" for i in range(count)]

    async def until(true) -> None:
        async with asyncio.timeout(60):
            while not true():  # noqa: ASYNC110 - Ray tells nobody
                await asyncio.sleep(0.05)

    await three.connect()
    try:
        # Two nodes have room for two of three copies. An error inside an actor is an answer and no death.
        await until(lambda: len(three._live) == 2)
        with pytest.raises(MediaError, match="a bad picture"):
            await three.ask(ask("media"), Options())
        assert three.describe()["replicas_ended"] == 0
        # kill -9 of an actor while it works.
        slow = [asyncio.ensure_future(answered(f"slow {i}")) for i in range(8)]
        await all_answered(20)
        os.kill(int(min(pids)), signal.SIGKILL)
        await asyncio.gather(*slow)
        assert 1 <= retries <= 8, "what was in flight on it, once"
        assert three.describe()["replicas_ended"] == 1
        # A new node takes the copy that waited; the killed one has come back or comes back on its node.
        node = cluster.add_node(num_cpus=1, **cluster.small)
        await until(lambda: len(three._live) == 3)
        pids.clear()
        await all_answered(60)
        assert len(pids) == 3
        # A node goes, with its actor.
        slow = [asyncio.ensure_future(answered(f"slow {i}")) for i in range(9)]
        await asyncio.sleep(0.2)
        cluster.remove_node(node)
        await asyncio.gather(*slow)
        await all_answered(20)
        assert three.describe()["replicas_ended"] == 2
    finally:
        await three.close()
