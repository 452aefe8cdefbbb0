"""What the runs of one command share: connections, throttles, the response cache, the budget."""

from __future__ import annotations

from mmeval.definitions import Adapter, Replicates
from mmeval.engine import cache as caching
from mmeval.engine.budget import Budget
from mmeval.engine.client import Client, Stop
from mmeval.engine.options import Settings
from mmeval.engine.pool import Pool
from mmeval.engine.rate.throttle import Throttles
from mmeval.engine.replicas.start import replicated
from mmeval.engine.retry import Patience, Policy
from mmeval.runner.models import Model
from mmeval.runner.plan import Plan

__all__ = ["Resources"]


class Resources:
    """Opened when a command begins, closed when it ends."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.throttles = Throttles(pinned=settings.concurrency)
        self.cache = caching.Cache(settings.cache_file or caching.default_file(), mode=settings.cache)
        self.budget = Budget(
            max_cost=settings.max_cost, max_tokens=settings.max_tokens, max_minutes=settings.max_minutes
        )
        self.pool = Pool()
        self.stops: list[Stop] = []
        """Of the runs that ask at the moment."""
        self.interrupted: str | None = None
        self.warnings: list[str] = []
        """What was wrong with the files of a run that goes on, for the user."""

    def interrupt(self, reason: str) -> None:
        """Stop all runs. The first call lets requests in flight finish; the second does not."""
        hard, self.interrupted = self.interrupted is not None, self.interrupted or reason
        for stop in self.stops:
            stop.now(self.interrupted, hard=hard)

    async def client(self, model: Model, plan: Plan, stop: Stop) -> Client:
        """A client for one run, on the connection that all runs of this model share.

        Raises:
            StoppedError: the run was stopped while the model was connecting.
        """
        self.budget.require(model.name, model.price)
        adapter = await stop.unless(self.pool.connected(plan.connection(model), lambda: self._made(model)))
        settings = self.settings
        return Client(
            adapter=adapter,
            name=model.name,
            options=model.options,
            identity=model.identity,
            throttle=self.throttles.of(adapter.endpoint, model.capabilities.env, queue=adapter.capabilities.queue),
            cache=self.cache,
            budget=self.budget,
            price=model.price,
            policy=Policy(attempts=settings.attempts, deadline_s=settings.deadline),
            patience=Patience(settings.timeout),
            stop=stop,
        )

    def _made(self, model: Model) -> Adapter:
        """The adapter of a model, or copies of it; references see the samples of a run and stay in this process."""
        adapter = model.make()
        count = self.settings.replicas or (adapter.replicas() if isinstance(adapter, Replicates) else 1)
        ray = self.settings.ray
        if model.needs_samples or (count == 1 and ray is None):
            return adapter
        return replicated(model.name, adapter, model.options, count=count, paths=self.settings.path, ray=ray)

    async def close(self) -> None:
        """Close the models, and write what is left in the cache."""
        await self.pool.close()
        await self.cache.close()
