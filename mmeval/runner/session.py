"""Everything that the runs of one command share, and the life of a single run inside it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from mmeval import provenance, store
from mmeval.definitions import Adapter, Describes, NeedsSamples
from mmeval.engine import cache as caching
from mmeval.engine.budget import Budget
from mmeval.engine.client import Client, Stop
from mmeval.engine.options import Settings
from mmeval.engine.rate.throttle import Throttles
from mmeval.engine.retry import Patience, Policy
from mmeval.errors import MMEvalError, RunFailedError
from mmeval.runner.execute import Execution, OnRecord
from mmeval.runner.finish import Summary, summarise
from mmeval.runner.journal import Journal
from mmeval.runner.plan import Model, Plan
from mmeval.runner.prefetch import Prefetcher
from mmeval.runner.progress import Progress
from mmeval.runner.provider_batch import ProviderBatch
from mmeval.runner.publish import kept, publish
from mmeval.store import Run, RunInfo, RunStatus, write_info

__all__ = ["Observer", "Session"]

LOG = logging.getLogger("mmeval.run")
SYNC_S = 5.0


class Observer(Protocol):
    """Whoever shows how the runs go; called in the event loop, so it must be quick."""

    def tick(self, lines: Sequence[Progress]) -> None:
        """Called a few times per second."""
        ...


class Session:
    """Runs plans: one after the other on one endpoint, endpoints side by side."""

    TICK_S = 0.2

    def __init__(self, settings: Settings, *, observer: Observer | None = None) -> None:
        self.settings = settings
        self.observer = observer
        self.throttles = Throttles(pinned=settings.concurrency)
        self.cache = caching.Cache(settings.cache_file or caching.default_file(), mode=settings.cache)
        self.budget = Budget(
            max_cost=settings.max_cost, max_tokens=settings.max_tokens, max_minutes=settings.max_minutes
        )
        self.lines: list[Progress] = []
        self.problems: list[tuple[Plan, MMEvalError]] = []
        """Runs that ended without a result, and why."""
        self.interrupted: str | None = None
        self._stops: list[Stop] = []

    def interrupt(self, reason: str = "interrupted") -> None:
        """Stop all runs: once, and what is under way is waited for; twice, and it is not."""
        hard, self.interrupted = self.interrupted is not None, self.interrupted or reason
        for stop in self._stops:
            stop.now(self.interrupted, hard=hard)

    async def run(self, plans: Sequence[Plan], *, on_record: OnRecord | None = None) -> list[Run]:
        """Run all plans; the runs come back in the order of the plans.

        Raises:
            MMEvalError: the first that ended a run without a result (data, folder, key), where no other run has one;
                else the others go on and it is in `problems`.
        """
        lines = [_progress(plan) for plan in plans]
        self.lines += lines
        lanes: dict[str, list[int]] = {}
        for index, plan in enumerate(plans):
            lanes.setdefault(plan.spec.endpoint, []).append(index)
        runs: dict[int, Run] = {}

        async def lane(indices: list[int]) -> None:
            for index in indices:
                if self.interrupted:
                    return
                try:
                    runs[index] = await self._run(plans[index], lines[index], on_record)
                except MMEvalError as error:
                    self.problems.append((plans[index], error))
                    lines[index].state, lines[index].note = "failed", str(error)

        async with self._observed():
            done = await asyncio.gather(*map(lane, lanes.values()), return_exceptions=True)
        for problem in done:
            if isinstance(problem, BaseException):
                raise problem
        if self.problems and not runs:
            raise self.problems[0][1]
        return [runs[index] for index in sorted(runs)]

    async def close(self) -> None:
        """Write what is left in the cache."""
        await self.cache.close()

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
                    LOG.warning("nothing comes back", extra=_names(progress))
            if self.observer is not None:
                self.observer.tick(self.lines)
            await asyncio.sleep(self.TICK_S)

    async def _run(self, plan: Plan, progress: Progress, on_record: OnRecord | None) -> Run:
        whole = _whole(plan.folder)
        if whole is not None:
            progress.state, progress.planned, progress.note = "complete", whole.info.planned, "already complete"
            progress.resumed = whole.info.planned
            return whole
        part = plan.folder / ".samples.part"
        prefetcher = Prefetcher(lambda: kept(plan.samples(), part))
        try:
            async with self._connected(plan) as (adapter, judge):
                with _journal(plan.folder) as journal:
                    return await self._ask(plan, progress, prefetcher, journal, adapter, judge, on_record)
        finally:
            prefetcher.close()
            part.unlink(missing_ok=True)

    @asynccontextmanager
    async def _connected(self, plan: Plan) -> AsyncIterator[tuple[Adapter, Adapter | None]]:
        made = [plan.model.make(), *([plan.judge.make()] if plan.judge else [])]
        for adapter in made:
            await adapter.connect()
        if isinstance(made[0], NeedsSamples):
            await asyncio.to_thread(made[0].prepare, plan.samples())
        try:
            yield made[0], made[1] if plan.judge else None
        finally:
            for adapter in made:
                await adapter.close()

    async def _ask(
        self,
        plan: Plan,
        progress: Progress,
        prefetcher: Prefetcher,
        journal: Journal,
        adapter: Adapter,
        judge: Adapter | None,
        on_record: OnRecord | None,
    ) -> Run:
        begin, before = time.time(), _before(plan.folder)
        stop = Stop()
        self._stops.append(stop)
        client = self._client(plan.model, adapter, stop)
        judging = self._client(plan.judge, judge, stop) if plan.judge and judge else None
        await asyncio.to_thread(write_info, plan.folder, _started(plan, progress.planned, before))
        finished = journal.finished()
        execution = Execution(
            plan,
            client=client,
            judge=judging,
            journal=journal,
            finished=finished,
            progress=progress,
            on_record=on_record,
        )
        progress.start(client)
        LOG.info("run starts", extra={**_names(progress), "folder": str(plan.folder), "kept": len(finished)})
        problem: MMEvalError | None = None
        with _syncing(journal):
            try:
                if not plan.settings.batch or await ProviderBatch(plan, client, finished, progress).run():
                    await execution.run(prefetcher.batches())
            except MMEvalError as error:
                problem = error
        self._stops.remove(stop)
        await self.cache.flush()
        progress.state = "finishing"
        try:
            run = await asyncio.to_thread(
                _finish, plan, execution, judging, before, begin, interrupted=self.interrupted is not None
            )
        except OSError as error:
            raise problem or RunFailedError(f"{plan.folder}: {error.strerror}; run the same command again") from None
        progress.state, progress.note = run.info.status, run.info.reason or ""
        LOG.info("run ends", extra={**_names(progress), "status": run.info.status, "counts": dict(run.info.counts)})
        if problem is not None:
            raise problem
        return run

    def _client(self, model: Model, adapter: Adapter, stop: Stop) -> Client:
        self.budget.require(model.name, model.price)
        settings = self.settings
        return Client(
            adapter=adapter,
            name=model.name,
            options=model.options,
            identity=model.identity,
            throttle=self.throttles.of(adapter.endpoint, model.capabilities.env),
            cache=self.cache,
            budget=self.budget,
            price=model.price,
            policy=Policy(attempts=settings.attempts, deadline_s=settings.deadline),
            patience=Patience(settings.timeout),
            stop=stop,
        )


def _names(progress: Progress) -> dict[str, str]:
    return {"model": progress.model, "benchmark": progress.benchmark}


def _progress(plan: Plan) -> Progress:
    rows, limit = plan.benchmark.rows, plan.spec.limit
    known = min(rows, limit) if rows and limit else rows or None
    planned = None if known is None or plan.spec.shard or plan.ids is not None else known * plan.spec.epochs
    name = plan.spec.benchmark + (f"+{plan.spec.variant}" if plan.spec.variant else "")
    return Progress(plan.spec.model, name, planned)


def _whole(folder: Path) -> Run | None:
    """The run, where it is complete already."""
    if not (folder / "run.json").exists():
        return None
    run = store.read_run(folder)
    return run if run.info.status == "complete" and (folder / "scores.csv").exists() else None


def _before(folder: Path) -> RunInfo | None:
    return store.read_run(folder).info if (folder / "run.json").exists() else None


@contextmanager
def _journal(folder: Path) -> Iterator[Journal]:
    journal = Journal(folder)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def _syncing(journal: Journal) -> Iterator[None]:
    async def sync() -> None:
        while True:
            await asyncio.sleep(SYNC_S)
            await asyncio.to_thread(journal.sync)

    task = asyncio.ensure_future(sync())
    try:
        yield
    finally:
        task.cancel()


def _started(plan: Plan, planned: int | None, before: RunInfo | None) -> RunInfo:
    about = provenance.environment(sdk=plan.model.capabilities.sdk)
    return RunInfo(
        status="running",
        spec=plan.spec,
        provenance={**about, "first_start": _first_start(before), "start": time.time()},
        planned=planned or 0,
        primary_metric=plan.benchmark.metric.name,
        totals=before.totals if before else store.Totals(),
    )


def _first_start(before: RunInfo | None) -> float:
    return float(before.provenance.get("first_start", time.time())) if before else time.time()


def _finish(
    plan: Plan, execution: Execution, judge: Client | None, before: RunInfo | None, begin: float, *, interrupted: bool
) -> Run:
    summary = summarise([execution.journal.file], plan.benchmark, plan.folder)
    planned = execution.seen if execution.exhausted else max(execution.seen, execution.progress.planned or 0)
    status, reason = _verdict(plan, execution, summary, planned, interrupted=interrupted)
    info = _started(plan, planned, before)
    old = before.totals if before else store.Totals()
    clients = [execution.client, *([judge] if judge else [])]
    totals = summary.totals.model_copy(
        update={
            "requests": old.requests + sum(c.requests for c in clients),
            "retries": old.retries + sum(c.retries for c in clients),
            "wall_s": round(old.wall_s + time.monotonic() - execution.progress.began, 3),  # the clock may jump
        }
    )
    info = info.model_copy(
        update={
            "status": status,
            "reason": reason,
            "samples_digest": summary.samples_digest,
            "scores_digest": summary.scores_digest,
            "provenance": {
                **info.provenance,
                "start": begin,
                "end": time.time(),
                **_answered(plan, summary, execution),
            },
            "counts": dict(summary.counts),
            "unparsed": summary.unparsed,
            "metrics": summary.metrics,
            "excluded": summary.excluded,
            "totals": totals,
            "throttle": execution.client.describe(),
        }
    )
    write_info(plan.folder, info)
    if status == "complete":
        publish(plan, info)
    return Run(plan.folder, info)


def _answered(plan: Plan, summary: Summary, execution: Execution) -> dict[str, Any]:
    price, adapter = plan.model.price, execution.client.adapter
    known = {"adapter": dict(adapter.describe())} if isinstance(adapter, Describes) else {}
    return {"models_returned": dict(sorted(summary.models.items())), "price_date": price.date, **known}


def _verdict(
    plan: Plan, execution: Execution, summary: Summary, planned: int, *, interrupted: bool
) -> tuple[RunStatus, str | None]:
    stop, rate = execution.stop, plan.settings.max_error_rate
    if interrupted:
        return "cancelled", stop.reason or "interrupted"
    if execution.error is not None or stop.failed:
        return "failed", str(execution.error or stop.reason)
    if stop.reason is not None and not execution.exhausted:
        return "partial", stop.reason
    if summary.failed > rate * planned:
        return "failed", f"{summary.failed} of {planned} samples failed, more than --max-error-rate {rate:g}"
    if plan.benchmark.labels == "hidden" and summary.counts["ok"]:
        return (
            "complete",
            "the labels are hidden: no number, but `mmeval export submission` writes what their owners score",
        )
    if not summary.measured:
        return "failed", "nothing was measured"
    if execution.exhausted and sum(summary.counts.values()) < planned:
        return "failed", f"{planned} samples were asked but only {sum(summary.counts.values())} ids are different"
    return ("partial", stop.reason) if stop.reason else ("complete", None)
