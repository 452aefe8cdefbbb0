"""`--batch`: hand the questions to the provider's batch API, wait, and put the replies where the run finds them.

The key of a request is that of its reply in the response cache, so collecting needs no samples: every reply goes
into the cache, and the run that follows takes it from there. What a batch did not answer is asked live. The
handles are in the run's folder: the same command, at any later time, goes on where this one was left.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeVar, cast

from mmeval import media
from mmeval.definitions import Adapter, Batches
from mmeval.engine.client import Client, StoppedError
from mmeval.errors import AdapterError, FatalError, MediaError, RunFailedError, UsageError
from mmeval.runner.journal import Finished
from mmeval.runner.plan import Plan
from mmeval.runner.prefetch import Prefetcher
from mmeval.runner.progress import Progress
from mmeval.types import Prompt, Reply, Sample, Text

__all__ = ["ProviderBatch"]

T = TypeVar("T")
FILE = ".batches.json"
Request = tuple[str, Prompt]


class ProviderBatch:
    """One run's batches: handed in once, polled, collected."""

    FIRST_S, LONGEST_S = 5.0, 60.0
    """Between two looks at the batches; doubles from the first to the longest."""

    def __init__(self, plan: Plan, client: Client, finished: Finished, progress: Progress) -> None:
        self.plan, self.client, self.finished, self.progress = plan, client, finished, progress
        self._file = plan.folder / FILE
        self._draw = random.Random(0)  # noqa: S311 - jitter, no secret

    async def run(self) -> bool:
        """True once every reply of the batches is in the cache, False when the run is to stop before.

        Raises:
            UsageError: the adapter has no batch API, or the cache is not in use.
            RunFailedError: the provider refuses the batches, or failed one as a whole.
        """
        batches = _able(self.client.adapter, self.client.cache.mode)
        handles, done = self._left()
        try:
            # Of an earlier call, also one that was cut off while handing in: nothing is paid for twice.
            await self._finish(batches, handles, done=done)
            if not done:
                await self._finish(batches, await self._submit(batches), done=True)
        except StoppedError:
            return False
        return True

    async def _finish(self, batches: Batches, handles: list[str], *, done: bool) -> None:
        if handles:
            await self._wait(batches, handles)
            for handle in handles:
                await self._collect(batches, handle)
            await self.client.cache.flush()
        self._write([], done=done)

    def _left(self) -> tuple[list[str], bool]:
        """The handles that are not collected, and whether everything was handed in."""
        if not self._file.exists():
            return [], False
        state = json.loads(self._file.read_text(encoding="utf-8"))
        return list(state["handles"]), bool(state["done"])

    def _write(self, handles: list[str], *, done: bool) -> None:
        aside = self._file.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps({"handles": handles, "done": done}), encoding="utf-8")
        os.replace(aside, self._file)

    async def _submit(self, batches: Batches) -> list[str]:
        handles: list[str] = []
        seen: set[str] = set()
        async for requests in self._chunks(batches, seen):
            handle = await self._patiently(lambda: batches.submit(requests, self.client.options))  # noqa: B023
            self.client.requests += 1
            handles.append(handle)
            self._write(handles, done=False)
            self.progress.note = f"{len(seen)} handed in"
        self._write(handles, done=True)
        return handles

    async def _chunks(self, batches: Batches, seen: set[str]) -> AsyncIterator[list[Request]]:
        """Requests that are neither answered nor kept, in batches of the size that the provider takes."""
        chunk: list[Request] = []
        weight = 0
        prefetcher = Prefetcher(self.plan.samples)
        try:
            async for sample in aiter(prefetcher):
                for key in self._open(sample, seen):
                    prompt = await self._fitted(sample.prompt)
                    if prompt is None:
                        break
                    size = _weight(prompt)
                    if chunk and (len(chunk) >= batches.batch_requests or weight + size > batches.batch_bytes):
                        yield chunk
                        chunk, weight = [], 0
                    chunk.append((key, prompt))
                    weight += size
        finally:
            prefetcher.close()
        if chunk:
            yield chunk

    def _open(self, sample: Sample, seen: set[str]) -> Iterator[str]:
        try:
            media.admit(sample.prompt, self.plan.model.capabilities)
        except (FatalError, MediaError):
            return  # the run itself says so of this sample
        for epoch in range(1, self.plan.spec.epochs + 1):
            key = self.client.identity.key(sample.prompt, epoch)
            if (sample.id, epoch) in self.finished or key.hex() in seen or self.client.cached(key) is not None:
                continue
            seen.add(key.hex())
            yield key.hex()

    async def _fitted(self, prompt: Prompt) -> Prompt | None:
        try:
            return await asyncio.to_thread(media.fit, prompt, self.plan.model.capabilities)
        except MediaError:
            return None

    async def _wait(self, batches: Batches, handles: list[str]) -> None:
        """Return when all batches have ended; raises StoppedError, RunFailedError."""
        pause, running = self.FIRST_S, list(handles)
        done = dict.fromkeys(handles, (0, 0))
        while running:
            for handle in list(running):
                state = await self._patiently(lambda: batches.poll(handle))  # noqa: B023
                done[handle] = (state.done, state.total)
                if state.state == "failed":
                    self._file.unlink(missing_ok=True)
                    raise RunFailedError(f"batch {handle} failed: {state.note}; the same command hands it in again")
                if state.state == "ended":
                    running.remove(handle)
            self.progress.note = f"batches: {sum(d for d, _ in done.values())}/{sum(t for _, t in done.values())} done"
            if running:
                await self.client.stop.sleep(pause)
                pause = min(self.LONGEST_S, 2 * pause)

    async def _collect(self, batches: Batches, handle: str) -> None:
        client = self.client

        async def whole() -> dict[str, Reply | AdapterError]:
            return {key: outcome async for key, outcome in batches.collect(handle)}

        for key, outcome in (await self._patiently(whole)).items():
            if isinstance(outcome, Reply) and len(key) == 64:
                client.budget.charge(outcome.usage, client.price.cost(outcome.usage))
                client.cache.put(bytes.fromhex(key), client.name, outcome)

    async def _patiently(self, make: Callable[[], Awaitable[T]]) -> T:
        """Try again as a single request would; raises RunFailedError where that is of no use."""
        begin, attempt = time.monotonic(), 0
        while True:
            attempt += 1
            try:
                return await make()
            except AdapterError as error:
                wait = self.client.policy.wait(error, attempt, time.monotonic() - begin, self._draw)
                if wait is None:
                    raise RunFailedError(f"batch: {error}") from None
            await self.client.stop.sleep(wait)


def _able(adapter: Adapter, cache: str) -> Batches:
    if not isinstance(adapter, Batches):
        raise UsageError("--batch: this provider has no batch API here; leave the flag out")
    if cache != "on":
        raise UsageError(f"--batch: the replies come back through the response cache, which is {cache!r}")
    return cast("Batches", adapter)


def _weight(prompt: Prompt) -> int:
    return sum(len(part.text) if isinstance(part, Text) else len(part.data) for part in prompt)
