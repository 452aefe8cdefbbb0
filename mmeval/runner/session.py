"""A session runs the plans of one command: side by side, one after the other, or overlapping."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from mmeval.engine.options import Settings
from mmeval.errors import MMEvalError, UsageError
from mmeval.runner.execute import OnRecord
from mmeval.runner.lifecycle import Lifecycle
from mmeval.runner.plan import Plan
from mmeval.runner.progress import Progress
from mmeval.runner.resources import Resources
from mmeval.store import Run

__all__ = ["Observer", "Session"]

LOG = logging.getLogger("mmeval.run")


class Observer(Protocol):
    """Shows how the runs go; called in the event loop, so it must be quick."""

    def tick(self, lines: Sequence[Progress]) -> None:
        """Called a few times per second with one line per run."""
        ...


class Session:
    """Runs plans. Endpoints work side by side.

    On one endpoint, a run begins once every sample of the one before it has begun, so that the requests in flight
    never thin out between two benchmarks. A run of another local model waits until the one before has ended: two
    sets of weights may not fit into memory together.
    """

    TICK_S = 0.2

    def __init__(self, settings: Settings, *, observer: Observer | None = None) -> None:
        if settings.results.exists() and not settings.results.is_dir():
            raise UsageError(f"--results {settings.results}: this is a file; give the folder that holds the runs")
        self.resources = Resources(settings)
        self.observer = observer
        self.lines: list[Progress] = []
        self.problems: list[tuple[Plan, MMEvalError]] = []
        """Runs that ended without a result, and why."""

    @property
    def interrupted(self) -> bool:
        """Whether somebody interrupted the session."""
        return self.resources.interrupted is not None

    def interrupt(self, reason: str = "interrupted") -> None:
        """Stop all runs. The first call lets requests in flight finish; the second does not."""
        self.resources.interrupt(reason)

    async def run(self, plans: Sequence[Plan], *, on_record: OnRecord | None = None) -> list[Run]:
        """Run all plans; the runs come back in the order of the plans.

        Raises:
            MMEvalError: no run has a result; this is the error (data, folder, key) of the first. When other runs
                have one, the errors are in `problems`.
        """
        runs = [Lifecycle(self.resources, plan, on_record) for plan in plans]
        self.lines += [run.progress for run in runs]
        for run in runs:
            self.resources.pool.expect(run.connections)
        lanes = _lanes(runs)
        async with self._observed():
            done = await asyncio.gather(*map(self._lane, lanes.values()), return_exceptions=True)
        for problem in done:
            if isinstance(problem, BaseException):
                raise problem
        results = [run.result for run in runs if run.result is not None]
        if self.problems and not results:
            raise self.problems[0][1]
        return results

    async def whole(self, plans: Sequence[Plan], *, on_record: OnRecord | None = None) -> list[Run]:
        """`run`, then `close`."""
        try:
            return await self.run(plans, on_record=on_record)
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the models, and write what is left in the cache."""
        await self.resources.close()

    async def _lane(self, runs: Sequence[Lifecycle]) -> None:
        """Run these one after the other, each overlapping the end of the one before."""
        tasks: list[asyncio.Task[None]] = []
        try:
            for before, run in zip([None, *runs], runs, strict=False):
                if before is not None and run.local and before.connections != run.connections:
                    await asyncio.gather(*tasks)
                if self.interrupted:
                    break
                tasks.append(asyncio.ensure_future(self._one(run)))
                dispatched = asyncio.ensure_future(run.dispatched.wait())
                await asyncio.wait({tasks[-1], dispatched}, return_when=asyncio.FIRST_COMPLETED)
                dispatched.cancel()
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, run: Lifecycle) -> None:
        try:
            await run.run()
        except MMEvalError as error:
            self.problems.append((run.plan, error))
            run.progress.state, run.progress.note = "failed", str(error)
        finally:
            for connection in run.connections:
                await self.resources.pool.release(connection)

    @asynccontextmanager
    async def _observed(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self._ticking())
        try:
            yield
        finally:
            task.cancel()
            if self.observer is not None:
                self.observer.tick(self.lines)

    async def _ticking(self) -> None:
        alarmed: set[tuple[int, float]] = set()
        while True:
            for index, progress in enumerate(self.lines):
                if progress.stalled and (index, progress.last) not in alarmed:
                    alarmed.add((index, progress.last))
                    LOG.warning("nothing comes back", extra=progress.names)
            if self.observer is not None:
                self.observer.tick(self.lines)
            await asyncio.sleep(self.TICK_S)


def _lanes(runs: Sequence[Lifecycle]) -> dict[str, list[Lifecycle]]:
    """Runs that take turns: those of one server, and local ones on one device, which may hold one model alone."""
    apart = all(run.device for run in runs if run.local)
    lanes: dict[str, list[Lifecycle]] = {}
    for run in runs:
        name = (f"local {run.device}" if apart else "local") if run.local else run.plan.spec.endpoint
        lanes.setdefault(name, []).append(run)
    return lanes
