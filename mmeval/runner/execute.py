"""From samples to records: a bounded window of questions under way, each ending as one line of the journal."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from mmeval import media
from mmeval.definitions import Capabilities
from mmeval.engine.client import Answer, Client, GaveUpError, StoppedError
from mmeval.errors import DataError, FatalError, MediaError, ScoreError
from mmeval.runner.journal import OPEN, Finished, Journal
from mmeval.runner.plan import Plan
from mmeval.runner.progress import Progress
from mmeval.scorers import JudgeRule, Rule
from mmeval.types import Failure, Record, Reply, Sample, Score, Status, Usage

__all__ = ["Execution", "OnRecord"]

OnRecord = Callable[[Record], "bool | None"]
"""Called with every new record in the order of arrival; True stops the run."""
TURN = 16
"""Questions that are begun, or scored from a kept reply, in a row. One at a time, the event loop goes round for each of
them, a quarter more CPU; all at once, every body is prepared before the first leaves."""
QUESTIONS = 8
"""Questions to the judge about one reply at most."""
FEW = 10
"""Failed samples that a run may always have before it is stopped early."""


class Execution:
    """One run's way from samples to the journal."""

    def __init__(
        self,
        plan: Plan,
        *,
        client: Client,
        judge: Client | None,
        journal: Journal,
        finished: Finished,
        progress: Progress,
        on_record: OnRecord | None = None,
    ) -> None:
        self.plan, self.client, self.judge = plan, client, judge
        self.journal, self.finished, self.progress = journal, finished, progress
        self.on_record = on_record
        self.stop = client.stop
        self.seen = 0
        self.exhausted = False
        self.error: BaseException | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: dict[bytes, asyncio.Task[None]] = {}
        """By key of the reply, the first of equal questions only."""
        self._room = asyncio.Event()

    async def run(self, batches: AsyncIterator[list[Sample]]) -> None:
        """Ask everything that is not finished; returns when nothing is under way any more.

        Raises:
            DataError: a row cannot be read.
            RunFailedError: the journal cannot be written.
        """
        dispatch = asyncio.ensure_future(self._dispatch(batches))
        stopped = asyncio.ensure_future(self.stop.event.wait())
        try:
            await asyncio.wait({dispatch, stopped}, return_when=asyncio.FIRST_COMPLETED)
            dispatch.cancel()
            await asyncio.wait({dispatch})
            if not dispatch.cancelled() and dispatch.exception() is not None:
                self._fail(cast("BaseException", dispatch.exception()))
            await self._drain()
        finally:
            stopped.cancel()
            await self._abandon({*self._tasks, dispatch})
        if self.error is not None:
            raise self.error

    async def _drain(self) -> None:
        """Wait for what is under way, unless a hard stop comes."""
        while self._tasks:
            hard = asyncio.ensure_future(self.stop.hard.wait())
            await asyncio.wait({*self._tasks, hard}, return_when=asyncio.FIRST_COMPLETED)
            hard.cancel()
            if self.stop.hard.is_set():
                return

    async def _abandon(self, tasks: set[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _dispatch(self, batches: AsyncIterator[list[Sample]]) -> None:
        async for batch in batches:
            wanted = [one for sample in batch for one in self._wanted(sample)]
            kept = self.client.kept(key for _, _, key in wanted)
            for begun, (sample, epoch, key) in enumerate(wanted):
                answer = kept.pop(key) if key in kept else self.client.cached(key)
                await self._take(sample, epoch, key, answer)
                if begun % TURN == 0:
                    await asyncio.sleep(0)
        self.exhausted = True
        self.progress.planned = self.seen

    def _wanted(self, sample: Sample) -> Iterator[tuple[Sample, int, bytes]]:
        """Sample, epoch and key of every reply that is still missing; what cannot be asked is recorded at once."""
        if self.plan.spec.epochs > 1 and sample.cluster is None:
            sample = replace(sample, cluster=sample.id)  # answers to one question are not independent
        for epoch in range(1, self.plan.spec.epochs + 1):
            self.seen += 1
            if (sample.id, epoch) in self.finished:
                self.progress.resumed += 1
                continue
            unfit = _unfit(sample, self.plan.model.capabilities)
            if unfit is None:
                yield sample, epoch, self.client.key(sample.prompt, epoch)
            else:
                self._record(_record(sample, epoch, unfit[0], failure=Failure(kind=unfit[0], message=unfit[1])))

    async def _take(self, sample: Sample, epoch: int, key: bytes, answer: Answer | None) -> None:
        if answer is not None and self.judge is None:
            self._record(self._scored(sample, epoch, answer))
            return
        await self._room_for_one()
        twin = self._under_way.get(key)
        place = None if answer is not None or twin is not None else await self._place()
        task = asyncio.get_running_loop().create_task(self._one(sample, epoch, answer or key, place, twin))
        self._tasks.add(task)
        if key:
            self._under_way.setdefault(key, task)
        task.add_done_callback(functools.partial(self._ended, key))

    async def _room_for_one(self) -> None:
        while len(self._tasks) > max(64, 4 * self.client.throttle.limit):
            self._room.clear()
            await self._room.wait()

    async def _place(self) -> float:
        """A place for a first request, once there is money and time for it."""
        throttle = self.client.throttle
        place = await throttle.acquire()
        spent = self.client.budget.spent(throttle.in_flight - 1)
        if spent is not None:
            throttle.release(place, "failed")
            self.stop.now(spent, budget=True)
            await asyncio.Event().wait()  # the stop cancels us
        return place

    def _ended(self, key: bytes, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._under_way.get(key) is task:
            del self._under_way[key]
        self._room.set()
        if not task.cancelled() and task.exception() is not None:
            self._fail(cast("BaseException", task.exception()))

    def _fail(self, error: BaseException) -> None:
        self.error = self.error or error
        self.stop.now(str(error), hard=not isinstance(error, DataError))

    async def _one(
        self,
        sample: Sample,
        epoch: int,
        kept: Answer | bytes,
        place: float | None,
        twin: asyncio.Task[None] | None,
    ) -> None:
        if isinstance(kept, bytes) and twin is not None:
            # An equal question is under way: its answer is not paid for twice.
            await asyncio.wait({twin})
            kept = self.client.cached(kept) or kept
        try:
            answer = kept if isinstance(kept, Answer) else await self.client.ask(sample.prompt, kept, place=place)
            record = self._scored(sample, epoch, answer)
            if self.judge is not None and record.status in ("ok", "truncated"):
                record = await self._judged(sample, epoch, answer, self.judge)
        except StoppedError:
            return
        except GaveUpError as gave_up:
            record = _failed(sample, epoch, gave_up)
        except MediaError as error:
            record = _record(sample, epoch, "invalid_input", failure=Failure(kind="invalid_input", message=str(error)))
        self._record(record)

    def _scored(self, sample: Sample, epoch: int, answer: Answer) -> Record:
        reply = answer.reply
        status = _status(reply)
        hidden = self.plan.benchmark.labels == "hidden"
        if status not in ("ok", "truncated") or self.judge is not None or hidden:
            return _record(sample, epoch, status, reply=reply, cost=answer.cost)
        try:
            score = cast("Rule", self.plan.rule)(sample, reply)
        except Exception as error:  # noqa: BLE001 - the boundary of scoring: a scorer's fault is this sample's failure
            failure = Failure(kind="score", message=f"{type(error).__name__}: {error}")
            return _record(sample, epoch, "error", reply=reply, failure=failure, cost=answer.cost)
        return _record(sample, epoch, status, reply=reply, score=score, cost=answer.cost)

    async def _judged(self, sample: Sample, epoch: int, answer: Answer, judge: Client) -> Record:
        reply = answer.reply
        verdicts: list[Answer] = []
        await self.client.cache.flush()  # the reply is safe before anything else is paid for
        failure: Failure | None = None
        score: Score | None = None
        try:
            score = await self._verdict(sample, epoch, reply, judge, verdicts)
        except GaveUpError as gave_up:
            failure = Failure(kind=f"judge: {gave_up.error.kind}", message=str(gave_up), attempts=gave_up.attempts)
        except StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary of scoring: what a judge says is hostile text
            name = "" if isinstance(error, ScoreError) else f"{type(error).__name__}: "
            failure = Failure(kind="judge", message=f"{name}{error}")
        status: Status = "judge_error" if score is None else _status(reply)
        return _record(
            sample, epoch, status, reply=reply, score=score, failure=failure, cost=answer.cost, verdicts=verdicts
        )

    async def _verdict(self, sample: Sample, epoch: int, reply: Reply, judge: Client, verdicts: list[Answer]) -> Score:
        rule = cast("JudgeRule", self.plan.rule)
        asked = rule.prompt(sample, reply)
        while not isinstance(asked, Score):
            if len(verdicts) == QUESTIONS:
                raise ScoreError(f"no verdict after {QUESTIONS} questions to the judge")
            key = judge.key(asked, epoch)
            verdicts.append(judge.cached(key) or await judge.ask(asked, key))
            asked = rule.parse(sample, reply, *(verdict.reply for verdict in verdicts))
        return asked

    def _record(self, record: Record) -> None:
        self.journal.write(record)
        self.progress.add(record)
        if self.on_record is not None and self.on_record(record):
            self.stop.now("the caller has seen enough")
        if record.status in OPEN:
            self._check_errors()

    def _check_errors(self) -> None:
        planned = self.progress.planned
        failed = sum(self.progress.counts[status] for status in OPEN)
        allowed = self.plan.settings.max_error_rate
        if planned is not None and failed > max(FEW, allowed * planned):
            self.stop.now(f"{failed} of {planned} samples failed, more than --max-error-rate {allowed:g}", failed=True)


def _unfit(sample: Sample, capabilities: Capabilities) -> tuple[Status, str] | None:
    """Why a sample cannot be sent to this model at all, or None."""
    try:
        media.admit(sample.prompt, capabilities)
    except FatalError as error:
        return "unsupported", str(error)
    except MediaError as error:
        return "invalid_input", str(error)
    return None


def _status(reply: Reply) -> Status:
    if reply.finish in ("refused", "filtered"):
        return reply.finish
    if reply.finish == "length":
        return "truncated"
    return "ok" if reply.text.strip() else "empty"


def _failed(sample: Sample, epoch: int, gave_up: GaveUpError) -> Record:
    error = gave_up.error
    kinds: dict[str, Status] = {"timeout": "timeout", "unsupported": "unsupported", "empty": "empty"}
    failure = Failure(kind=error.kind, message=str(error), attempts=gave_up.attempts)
    return _record(sample, epoch, kinds.get(error.kind, "error"), failure=failure)


def _record(
    sample: Sample,
    epoch: int,
    status: Status,
    *,
    reply: Reply | None = None,
    failure: Failure | None = None,
    score: Score | None = None,
    cost: float | None = None,
    verdicts: Sequence[Answer] = (),
) -> Record:
    return Record(
        id=sample.id,
        epoch=epoch,
        status=status,
        reply=reply,
        failure=failure,
        score=score,
        cluster=sample.cluster,
        tags=sample.tags,
        cost=cost,
        judge_usage=_sum([verdict.reply.usage for verdict in verdicts]) if verdicts else None,
        judge_cost=_total([verdict.cost for verdict in verdicts]) if verdicts else None,
        at=time.time(),
    )


def _sum(usages: Sequence[Usage]) -> Usage:
    def total(name: str) -> int | None:
        known = [value for usage in usages if (value := getattr(usage, name)) is not None]
        return sum(known) if known else None

    return Usage(total("input"), total("output"), total("reasoning"), total("cached"))


def _total(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
