"""A copy as an actor of a Ray cluster, on any of its machines.

An actor takes and returns JSON and bytes, as a child process does. Ray keeps large arguments in its object store, so a
picture is copied once to each machine that needs it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from mmeval.engine.replicas.router import CopyEndedError
from mmeval.engine.replicas.served import Served
from mmeval.engine.replicas.wire import Message, raised
from mmeval.errors import UsageError
from mmeval.providers import sdk

__all__ = ["ActorCopy", "Cluster"]

AT_ONCE = 1000
"""Requests that an actor takes at once; the adapter decides how many it works on."""


class Cluster:
    """The connection of this process to a Ray cluster, opened by the first copy.

    Args:
        address: as `ray.init` takes it; `local` starts a cluster on this machine.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._opening = asyncio.Lock()
        self._ours = False

    async def open(self) -> Any:
        """The module `ray`, connected; raises UsageError."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray = sdk("ray", extra="ray")
        async with self._opening:
            if not ray.is_initialized():
                await asyncio.to_thread(self._connect, ray)
                self._ours = True
        return ray

    def _connect(self, ray: Any) -> None:
        local = self._address == "local"
        here = {"_node_ip_address": "127.0.0.1", "include_dashboard": False} if local else {}
        try:
            ray.init(address=self._address, log_to_driver=False, logging_level="error", **here)
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            line = str(error).strip().partition("\n")[0]
            raise UsageError(
                f"--ray {self._address}: no cluster there: {line}; `ray start --head` starts one"
            ) from None

    async def close(self) -> None:
        """Disconnect, unless somebody else connected."""
        if self._ours:
            self._ours = False
            await asyncio.to_thread(sdk("ray", extra="ray").shutdown)


class _Actor:
    """What runs in the cluster."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        self._about = about

    async def connect(self) -> str:
        self._served = Served(self._about, files=False)
        return json.dumps(await self._served.connect())

    async def ask(self, head: str, *blobs: bytes) -> list[bytes]:
        said, made = await self._served.ask(json.loads(head), blobs)
        return [json.dumps(said).encode(), *made]

    async def close(self) -> None:
        await self._served.close()


class ActorCopy:
    """One actor.

    Args:
        cluster: where it runs.
        name: names it in messages.
        about: what it needs to make its adapter.
        count: how many copies share the GPUs of the cluster.
    """

    files = False
    """Another machine has other files."""

    def __init__(self, cluster: Cluster, name: str, about: Mapping[str, Any], count: int) -> None:
        self.ended, self.why = asyncio.Event(), ""
        self._cluster, self._name, self._about, self._count = cluster, name, about, count
        self._actor: Any = None

    async def start(self) -> Mapping[str, Any]:
        """Start the actor once the cluster has room, and connect its adapter; what the adapter says about itself.

        Raises:
            UsageError: there is no cluster, or the adapter cannot connect.
            CopyEndedError: the actor ended.
        """
        ray = await self._cluster.open()
        self._lost = (
            ray.exceptions.RayActorError,
            ray.exceptions.WorkerCrashedError,
            ray.exceptions.ObjectLostError,
        )
        gpus = ray.cluster_resources().get("GPU", 0.0) / self._count
        make = ray.remote(_Actor).options(
            num_cpus=1, num_gpus=gpus if gpus < 1 else int(gpus), max_concurrency=AT_ONCE, scheduling_strategy="SPREAD"
        )
        self._actor = make.remote(dict(self._about))
        said = json.loads(await self._answer(self._actor.connect.remote()))
        if "error" in said:
            raise raised(said["error"])
        about: Mapping[str, Any] = said.get("about", {})
        return about

    async def ask(self, head: Mapping[str, Any], blobs: Sequence[bytes]) -> Message:
        """Send a message and wait for its answer; raises CopyEndedError."""
        said, *made = await self._answer(self._actor.ask.remote(json.dumps(head), *blobs))
        return json.loads(said), made

    async def _answer(self, asked: Any) -> Any:
        """What the actor returns. Only its end makes a request worth asking again: what it raises is in its answer."""
        try:
            return await asked
        except self._lost as error:
            self.end(f"{self._name}: the actor ended: {type(error).__name__}")
            raise CopyEndedError(self.why) from None

    def end(self, why: str) -> None:
        """It can no longer be asked; Ray fails what is in flight on it."""
        self.why = self.why or why
        self.ended.set()

    async def close(self) -> None:
        """Let the actor close its adapter, then end it."""
        if self._actor is None:
            return
        if not self.ended.is_set():
            with suppress(Exception):  # it is ended anyway
                async with asyncio.timeout(30):
                    await self._actor.close.remote()
        self.end(f"{self._name} is closed")
        sdk("ray", extra="ray").kill(self._actor)
