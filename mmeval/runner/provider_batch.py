"""`--batch`: submit the requests to the provider's batch API, wait, and put the replies into the response cache.

A request is named by the key of its reply in the cache, so the replies can be collected without the samples, and the
run that follows finds them in the cache. Requests that the batch did not answer are asked live. The handles of the
batches lie in the run folder: the same command continues where this one stopped, at any later time.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeVar, cast

from mmeval import media
from mmeval.definitions import Adapter, Batches
from mmeval.engine.client import Client, GaveUpError, StoppedError
from mmeval.errors import AdapterError, MediaError, RunFailedError, StoreError, UsageError
from mmeval.runner.execute import unfit
from mmeval.runner.journal import Finished
from mmeval.runner.plan import Plan
from mmeval.runner.prefetch import Prefetcher
from mmeval.runner.progress import Progress
from mmeval.store import Files, write_atomic
from mmeval.types import Prompt, Reply, Request, Sample, Text

__all__ = ["ProviderBatch"]

T = TypeVar("T")
Keyed = tuple[str, Request]


class ProviderBatch:
    """The batches of one run: submitted once, polled, collected."""

    FIRST_S, LONGEST_S = 5.0, 60.0
    """Seconds between two polls; they double from the first to the longest."""

    def __init__(
        self,
        plan: Plan,
        client: Client,
        finished: Finished,
        progress: Progress,
        *,
        on_dispatched: Callable[[], None] = lambda: None,
    ) -> None:
        self.plan, self.client, self.finished, self.progress = plan, client, finished, progress
        self.on_dispatched = on_dispatched
        self._file = Files(plan.folder).batches
        self._draw = random.Random(0)  # noqa: S311 - jitter, no secret

    async def run(self) -> bool:
        """Submit, wait and collect; False when the run stops before every reply is in the cache.

        Raises:
            UsageError: the adapter has no batch API, or the cache is not in use.
            RunFailedError: the provider refuses the batches, or one of them failed as a whole.
        """
        batches = _able(self.client.adapter, self.client.cache.mode)
        handles, done = self._left()
        try:
            # First those of an earlier command, even one that was killed while it submitted: nothing is paid for twice.
            await self._finish(batches, handles, done=done)
            if not done:
                await self._finish(batches, await self._submit(batches), done=True)
        except StoppedError:
            return False
        return True

    async def _finish(self, batches: Batches, handles: list[str], *, done: bool) -> None:
        if done:
            self.on_dispatched()
        if handles:
            await self._wait(batches, handles)
            for handle in handles:
                await self._collect(batches, handle)
            await self.client.cache.flush()
        self._write([], done=done)

    def _left(self) -> tuple[list[str], bool]:
        """Handles that are not collected yet, and whether everything was submitted.

        Raises:
            StoreError: the file is damaged. Going on would pay for the batches twice, so a person decides.
        """
        if not self._file.exists():
            return [], False
        try:
            state = json.loads(self._file.read_text(encoding="utf-8"))
            return [str(handle) for handle in state["handles"]], bool(state["done"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise StoreError(
                f"{self._file}: damaged: the handles of submitted batches are lost; look at the provider's list of "
                "batches, then delete this file: the same command submits again what has no reply"
            ) from None

    def _write(self, handles: list[str], *, done: bool) -> None:
        write_atomic(self._file, json.dumps({"handles": handles, "done": done}))

    async def _submit(self, batches: Batches) -> list[str]:
        handles: list[str] = []
        seen: set[str] = set()
        async for requests in self._chunks(batches, seen):
            handle = await self._patiently(lambda: batches.submit(requests, self.client.options))  # noqa: B023
            self.client.requests += 1
            handles.append(handle)
            self._write(handles, done=False)
            self.progress.note = f"{len(seen)} submitted"
        self._write(handles, done=True)
        return handles

    async def _chunks(self, batches: Batches, seen: set[str]) -> AsyncIterator[list[Keyed]]:
        """Requests without a reply in journal or cache, in chunks that the provider accepts."""
        chunk: list[Keyed] = []
        weight = 0
        prefetcher = Prefetcher(self.plan.samples)
        try:
            async for sample in aiter(prefetcher):
                for key, open_request in self._open(sample, seen):
                    request = await self._fitted(open_request)
                    if request is None:
                        break
                    size = _weight(request.prompt)
                    if chunk and (len(chunk) >= batches.batch_requests or weight + size > batches.batch_bytes):
                        yield chunk
                        chunk, weight = [], 0
                    chunk.append((key, request))
                    weight += size
        finally:
            prefetcher.close()
        if chunk:
            yield chunk

    def _open(self, sample: Sample, seen: set[str]) -> Iterator[Keyed]:
        if unfit(sample, self.plan) is not None:
            return  # the run itself records why
        for epoch in range(1, self.plan.spec.epochs + 1):
            request = self.plan.request(sample, epoch)
            key = self.client.identity.key(request, epoch)
            if (sample.id, epoch) in self.finished or key.hex() in seen or self.client.cached(key) is not None:
                continue
            seen.add(key.hex())
            yield key.hex(), request

    async def _fitted(self, request: Request) -> Request | None:
        try:
            request, _ = await self.client.shown(request)
            prompt = await asyncio.to_thread(media.fit, request.prompt, self.plan.model.capabilities)
        except (MediaError, GaveUpError):
            return None  # the run itself records why
        return request if prompt is request.prompt else replace(request, prompt=prompt)

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
                    raise RunFailedError(f"batch {handle} failed: {state.note}; the same command submits it again")
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
        """Try again as for a single request; raises RunFailedError when that cannot help."""
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
    return sum(len(part.text) if isinstance(part, Text) else part.size for part in prompt)
