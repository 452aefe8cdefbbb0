"""Asks one model a few questions, with retries and within a budget, and without the cache."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mmeval import media
from mmeval.engine.budget import Budget
from mmeval.engine.cache import Cache
from mmeval.engine.client import Client, GaveUpError, Stop
from mmeval.engine.options import Settings
from mmeval.engine.rate.throttle import Throttle
from mmeval.engine.retry import Breaker, Patience, Policy
from mmeval.errors import AdapterError, FatalError, MediaError
from mmeval.runner.models import Model, model
from mmeval.sampling import video_policy
from mmeval.types import Prompt, Reply, Request

__all__ = ["Asker", "SpentError", "asking"]

ATTEMPTS = 4
SHORT = 64
"""Tokens of a reply, where nothing else is asked for."""


class SpentError(Exception):
    """A limit on requests, cost or tokens is reached."""


@dataclass(slots=True)
class Asker:
    """A connected model."""

    model: Model
    client: Client
    most: int
    """Most questions."""
    asked: int = 0

    async def __call__(self, *prompt: Any, choices: tuple[str, ...] = (), **options: Any) -> Reply:
        """The reply to one question.

        Args:
            *prompt: its parts.
            choices: to be scored, instead of a text.
            **options: of the request, such as `system`; the model's own hold where there are none.

        Raises:
            AdapterError, MediaError: the model cannot answer it.
            SpentError: a limit is reached.
        """
        if self.asked >= self.most:
            raise SpentError(f"{self.most} requests are the most")
        reason = self.client.budget.spent()
        if reason:
            raise SpentError(reason)
        self.asked += 1
        parts: Prompt = prompt
        request = Request(prompt=parts, want="choice" if choices else "text", choices=choices)
        if self.model.capabilities.frames:
            film = media.counted(video_policy("native"), self.model.capabilities)
            request = replace(request, prompt=media.with_policy(parts, film, None))
        known = {field.name for field in fields(self.client.options)}
        wanted = {"temperature": 0.0, "max_tokens": SHORT, **options}
        sent = replace(self.client.options, **{key: value for key, value in wanted.items() if key in known})
        # A breaker of its own: that a model refuses one kind of question says nothing about the next.
        asks = replace(self.client, options=sent, breaker=Breaker(), stop=Stop())
        try:
            shown, _ = await asks.shown(request)
            return (await asks.ask(shown, b"")).reply
        except GaveUpError as error:
            raise error.error from None


@asynccontextmanager
async def asking(name: str, settings: Settings, *, most: int) -> AsyncIterator[Asker]:
    """Connect a model, and close it at the end; raises UsageError if it cannot be connected."""
    found = model(name, settings, settings.options, None)
    budget = Budget(max_cost=settings.max_cost, max_tokens=settings.max_tokens, max_minutes=settings.max_minutes)
    budget.require(name, found.price)
    adapter = found.make()
    await adapter.connect()
    try:
        with TemporaryDirectory() as folder:
            cache = Cache(Path(folder) / "unused", mode="off")
            client = Client(
                adapter=adapter,
                name=name,
                options=found.options,
                identity=found.identity,
                throttle=Throttle(pinned=settings.concurrency),
                cache=cache,
                budget=budget,
                price=found.price,
                policy=Policy(attempts=ATTEMPTS, deadline_s=settings.deadline),
                patience=Patience(settings.timeout),
                stop=Stop(),
            )
            try:
                yield Asker(found, client, most)
            finally:
                await cache.close()
    finally:
        await adapter.close()


REFUSED = (AdapterError, MediaError, FatalError)
"""What a question that a model cannot take ends with."""
