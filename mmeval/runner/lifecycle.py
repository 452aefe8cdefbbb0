"""The life of one run: connect, ask, finish."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmeval import media, provenance, store
from mmeval.bridge import is_bridged
from mmeval.data.questions import Questions
from mmeval.definitions import Describes, NeedsSamples
from mmeval.engine.client import Client, Stop, StoppedError
from mmeval.errors import MMEvalError, RunFailedError, StoreError
from mmeval.judging.measured import judge_digest, measured_judge
from mmeval.runner.execute import Execution, OnRecord
from mmeval.runner.finish import summarise
from mmeval.runner.journal import Journal
from mmeval.runner.plan import Plan
from mmeval.runner.prefetch import Prefetcher
from mmeval.runner.progress import Progress
from mmeval.runner.provider_batch import ProviderBatch
from mmeval.runner.publish import publish, storing
from mmeval.runner.resources import Resources
from mmeval.scorers.base import writer
from mmeval.store import Run, RunInfo, RunStatus, Summary, write_info

__all__ = ["Lifecycle"]

LOG = logging.getLogger("mmeval.run")
SYNC_S = 5.0
"""Seconds between two syncs of the journal to the disk."""


class Lifecycle:
    """One plan from its first connection to its last `run.json`."""

    def __init__(self, resources: Resources, plan: Plan, on_record: OnRecord | None) -> None:
        self.resources, self.plan, self.on_record = resources, plan, on_record
        self.progress = _progress(plan)
        self.dispatched = asyncio.Event()
        """Set once every sample has begun; the last replies may still be on their way."""
        self.result: Run | None = None

    @property
    def connections(self) -> list[Hashable]:
        """The connections of the pool that this run uses."""
        plan = self.plan
        return [plan.connection(model) for model in (plan.model, plan.judge) if model is not None]

    @property
    def local(self) -> bool:
        """Whether the model runs in this process, where its weights take memory."""
        return self.plan.spec.endpoint.startswith("local")

    @property
    def device(self) -> str | None:
        """The device that the options name for a local model; None: it may be any, or others would disturb it.

        Samples are drawn with the random numbers of the process, which two models would share.
        """
        options = self.plan.model.options
        named: str = getattr(options, "device", "auto")
        several = named in ("auto", "cuda") or getattr(options, "device_map", None)
        return None if several or options.temperature else named

    async def run(self) -> None:
        """Ask what is missing and finish; sets `result`.

        A run.json that is damaged, or a scores.csv that is not the one of the run, is written again from the journal.

        Raises:
            MMEvalError: the run has no result (data, folder, key).
        """
        whole = self._complete(store.adopt(self.plan.settings.results, self.plan.spec))
        if whole is not None:
            self.progress.end(whole.info)
            self.progress.note = "already complete"
            self.progress.planned = self.progress.resumed = whole.info.planned
            self.result = whole
            return
        with _journal(self.plan) as journal:
            await self._connected(journal)

    async def _connected(self, journal: Journal) -> None:
        part = store.Files(self.plan.folder).samples_part
        prefetcher = Prefetcher(lambda: storing(self.plan.samples(), part))
        if not self.local:  # a checkpoint that cannot be loaded should not cost the download of the data
            prefetcher.begin()
        stop = Stop()
        try:
            with self._stoppable(stop):
                client, judge = await self._clients(stop)
                self.result = await self._ask(prefetcher, journal, client, judge)
        except StoppedError:  # while connecting; nothing was asked
            self.progress.state, self.progress.note = "cancelled", stop.reason or ""
        finally:
            prefetcher.close()
            if journal.empty or (self.result and self.result.info.status == "complete"):
                part.unlink(missing_ok=True)  # else it is what `mmeval show` knows of the questions

    async def _clients(self, stop: Stop) -> tuple[Client, Client | None]:
        plan, resources = self.plan, self.resources
        client = await resources.client(plan.model, plan, stop)
        judge = await resources.client(plan.judge, plan, stop) if plan.judge else None
        if isinstance(client.adapter, NeedsSamples):
            await asyncio.to_thread(client.adapter.prepare, plan.samples(), writer(plan.rule))
        return client, judge

    @contextmanager
    def _stoppable(self, stop: Stop) -> Iterator[None]:
        self.resources.stops.append(stop)
        try:
            yield
        finally:
            self.resources.stops.remove(stop)

    async def _ask(self, prefetcher: Prefetcher, journal: Journal, client: Client, judge: Client | None) -> Run:
        plan, progress = self.plan, self.progress
        begin, before = time.time(), self._before()
        await asyncio.to_thread(write_info, plan.folder, _started(plan, progress.planned, before))
        finished = journal.finished()
        if journal.damaged:
            self._warn(
                f"{journal.file}: skipped {len(journal.damaged)} damaged lines, first {journal.damaged[0]}; "
                f"their samples are asked again; {store.WAY_OUT.format(plan.folder)}"
            )
        execution = Execution(
            plan,
            client=client,
            judge=judge,
            journal=journal,
            finished=finished,
            progress=progress,
            on_record=self.on_record,
            on_dispatched=self.dispatched.set,
        )
        progress.start(client)
        LOG.info("run starts", extra={**progress.names, "folder": str(plan.folder), "kept": len(finished)})
        problem = await self._answers(execution, prefetcher, journal)
        journal.check()
        progress.state = "finishing"
        interrupted = self.resources.interrupted is not None
        try:
            run = await asyncio.to_thread(_finish, plan, execution, before, begin, interrupted=interrupted)
        except OSError as error:
            raise problem or RunFailedError(f"{plan.folder}: {error.strerror}; run the same command again") from None
        progress.end(run.info)
        LOG.info("run ends", extra={**progress.names, "status": run.info.status, "counts": dict(run.info.counts)})
        if problem is not None:
            raise problem
        return run

    def _complete(self, folder: Path) -> Run | None:
        """The run, where it is complete already and its scores.csv is the one that it left.

        Raises:
            StoreError: run.json or scores.csv is not, and there is no journal to write it from.
        """
        files = store.Files(folder)
        if not store.is_run(folder):
            return None
        try:
            run = store.read_run(folder)
        except store.DamagedError:
            if files.scores.exists() and not files.journal.exists():
                raise
            return None
        if run.info.status != "complete":
            return None
        try:
            run.check()
        except StoreError as error:
            if not files.journal.exists():
                raise
            self._warn(f"{_fault(error)}; it is written again from the journal")
            return None
        return run if files.scores.exists() else None

    def _before(self) -> RunInfo | None:
        """What run.json says. A damaged one is set aside, for the journal and the plan hold what it said."""
        folder = self.plan.folder
        if not store.is_run(folder):
            return None
        try:
            return store.read_run(folder).info
        except store.DamagedError as error:
            file = store.Files(folder).info
            aside = store.Files.damaged(file)
            file.replace(aside)
            self._warn(f"{_fault(error)}; it is kept as {aside.name} and written again")
            return None

    def _warn(self, message: str) -> None:
        LOG.warning(message, extra=self.progress.names)
        self.resources.warnings.append(message)

    async def _answers(self, execution: Execution, prefetcher: Prefetcher, journal: Journal) -> MMEvalError | None:
        """Fill the journal; returns what ended the run early, since even then it is finished first."""
        with _syncing(journal):
            try:
                if await self._batches(execution):
                    await execution.run(prefetcher.batches())
            except MMEvalError as error:
                return error
            finally:
                await self.resources.cache.flush()
        return None

    async def _batches(self, execution: Execution) -> bool:
        """Wait for the provider's batches, where they are wanted; False when the run stops before they end."""
        if not self.plan.settings.batch:
            return True
        batch = ProviderBatch(
            self.plan, execution.client, execution.finished, self.progress, on_dispatched=self.dispatched.set
        )
        return await batch.run()


def _fault(error: StoreError) -> str:
    """What is wrong, without the way out."""
    return str(error).partition("; `")[0]


def _progress(plan: Plan) -> Progress:
    rows, limit = plan.benchmark.rows, plan.spec.limit
    known = min(rows, limit) if rows and limit else rows or None
    unknown = plan.spec.shard or plan.ids is not None or plan.settings.circular
    planned = None if known is None or unknown else known * plan.spec.epochs
    name = plan.spec.benchmark + (f"+{plan.spec.variant}" if plan.spec.variant else "")
    return Progress(plan.spec.model, name, planned)


@contextmanager
def _journal(plan: Plan) -> Iterator[Journal]:
    journal = Journal(plan.folder, always=plan.settings.sync == "always")
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
    sources = {"definition_digest": plan.job.file_digest, "adapter_digest": plan.model.definition.file_digest}
    return RunInfo(
        status="running",
        spec=plan.spec,
        provenance={
            **about,
            **_file(plan),
            **({"recipe": plan.following.described()} if plan.following.name else {}),
            **_judge(plan),
            "sources": sources,
            "first_start": _first_start(before),
            "start": time.time(),
        },
        planned=planned or 0,
        primary_metric=plan.benchmark.metric.name,
        scale=plan.benchmark.metric.scale,
        lower_is_better=not plan.benchmark.metric.higher_is_better,
        origin="third-party" if is_bridged(plan.benchmark.name) else "mmeval",
        totals=before.totals if before else store.Totals(),
    )


def _judge(plan: Plan) -> dict[str, Any]:
    """With what the judge is asked, and how often it is right on the labelled slice, as far as that was measured."""
    if plan.judge is None:
        return {}
    asked, name = plan.judge.identity, plan.benchmark.slice_of(plan.spec.profile)
    digest = judge_digest(plan.judge.name, asked.endpoint, asked.options, plan.judge.definition.identity)
    found = measured_judge(plan.settings.results, name, plan.judge.name, digest) if name else None
    return {"judge": {"digest": digest, "slice": name, "measured": found.as_json() if found else None}}


def _file(plan: Plan) -> dict[str, str]:
    """Where the file of questions was; its digest is in the spec."""
    data = plan.benchmark.data
    return {"questions": data.path.as_posix()} if isinstance(data, Questions) else {}


def _first_start(before: RunInfo | None) -> float:
    return float(before.provenance.get("first_start", time.time())) if before else time.time()


def _finish(plan: Plan, execution: Execution, before: RunInfo | None, begin: float, *, interrupted: bool) -> Run:
    summary = summarise(plan.folder, plan.benchmark, skip_damaged=True)
    planned = execution.seen if execution.exhausted else max(execution.seen, execution.progress.planned or 0)
    status, reason = _verdict(plan, execution, summary, planned, interrupted=interrupted)
    old = before.totals if before else store.Totals()
    clients = [client for client in (execution.client, execution.judge) if client is not None]
    info = _started(plan, planned, before).summarised(
        summary,
        status=status,
        reason=reason,
        totals={
            # The journal also has the requests of killed processes, and the processes those that led to no record.
            "requests": max(summary.totals.requests, old.requests + sum(c.requests for c in clients)),
            "retries": max(summary.totals.retries, old.retries + sum(c.retries for c in clients)),
            "wall_s": round(old.wall_s + time.monotonic() - execution.progress.began, 3),  # the clock may jump
        },
        provenance={"start": begin, "end": time.time(), **_answered(plan, summary, execution)},
        throttle=execution.client.describe(),
    )
    write_info(plan.folder, info)
    if status == "complete":
        publish(plan, info)
    return Run(plan.folder, info)


def _answered(plan: Plan, summary: Summary, execution: Execution) -> dict[str, Any]:
    price, adapter = plan.model.price, execution.client.adapter
    known = {"adapter": dict(adapter.describe())} if isinstance(adapter, Describes) else {}
    if execution.client.clips:
        known["media"] = media.worked(execution.client.clips)
    damaged = {"damaged_lines": summary.damaged} if summary.damaged else {}
    return {"models_returned": dict(sorted(summary.models.items())), "price_date": price.date, **known, **damaged}


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
