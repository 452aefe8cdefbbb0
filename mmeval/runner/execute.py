"""Asks the samples of one run: a bounded window of requests, each of which ends as one line of the journal."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from mmeval import media, store
from mmeval.definitions import Capabilities
from mmeval.engine.client import Answer, Client, GaveUpError, StoppedError
from mmeval.errors import DataError, FatalError, MediaError, ScoreError
from mmeval.runner.journal import Finished, Journal
from mmeval.runner.plan import Plan
from mmeval.runner.progress import Progress
from mmeval.scorers import JudgeRule, Rule
from mmeval.store import OPEN
from mmeval.types import Failure, Record, Reply, Request, Sample, Score, Status, Usage

__all__ = ["Execution", "OnRecord", "unfit"]

OnRecord = Callable[[Record], "bool | None"]
"""Called with every new record in the order of arrival; True stops the run."""
TURN = 16
"""Samples that begin, or are scored from the cache, per turn of the event loop. One per turn costs a quarter more CPU;
all at once would prepare every body before the first request leaves."""
JUDGE_TURNS = 64
"""Most requests to the judge about one reply."""
GRACE_S = 0.1
"""Seconds that a hard stop leaves to requests that have ended, so that their records are written."""
FEW = 10
"""Failed samples that every run may have before it is stopped early."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One sample of one epoch that still needs a reply."""

    sample: Sample
    request: Request
    epoch: int
    key: bytes
    """Of the reply in the cache; empty where replies must not be cached."""


class Execution:
    """One run from its samples to its journal.

    Args:
        plan: what is asked.
        client: asks the model.
        judge: asks the judge, where the scoring rule needs one.
        journal: takes every record.
        finished: samples that an earlier process has answered.
        progress: counts what happens.
        on_record: called with each new record; True stops the run.
        on_dispatched: called once every sample has begun, while the last replies may still be on their way.
    """

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
        on_dispatched: Callable[[], None] = lambda: None,
    ) -> None:
        self.plan, self.client, self.judge = plan, client, judge
        self.journal, self.finished, self.progress = journal, finished, progress
        self.on_record, self.on_dispatched = on_record, on_dispatched
        self.stop = client.stop
        self.seen = 0
        self.begun = 0
        self.exhausted = False
        self.error: BaseException | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: dict[bytes, asyncio.Task[None]] = {}
        """The first of several equal requests, by its key."""
        self._answered: set[bytes] = set()
        """Keys of the replies that came after the last look into the cache."""
        self._room = asyncio.Event()

    async def run(self, batches: AsyncIterator[list[Sample]]) -> None:
        """Ask every sample that is not finished; returns when nothing is in flight any more.

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
        """Wait for what is in flight, unless a hard stop comes."""
        while self._tasks:
            hard = asyncio.ensure_future(self.stop.hard.wait())
            await asyncio.wait({*self._tasks, hard}, return_when=asyncio.FIRST_COMPLETED)
            hard.cancel()
            if self.stop.hard.is_set():
                if self._tasks:  # what has failed already is still recorded
                    await asyncio.wait(self._tasks, timeout=GRACE_S)
                return

    async def _abandon(self, tasks: set[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _dispatch(self, batches: AsyncIterator[list[Sample]]) -> None:
        async for batch in batches:
            pending = [one for sample in batch for one in self._pending(sample)]
            cached = self.client.all_cached(one.key for one in pending)
            self._answered.clear()
            for one in pending:
                await self._within_limit()
                await self._begin(one, cached[one.key])
                if self.begun % TURN == 0:
                    await asyncio.sleep(0)
        self.exhausted = True
        self.progress.planned = self.seen
        self.on_dispatched()

    async def _within_limit(self) -> None:
        """Count one more reply, unless the plan allows no more; those that have begun still end."""
        if self.begun == self.plan.most:
            self.stop.now(f"{self.plan.most} replies were asked for, which is the limit", budget=True)
            await asyncio.Event().wait()  # the stop cancels us
        self.begun += 1

    def _pending(self, sample: Sample) -> Iterator[Pending]:
        """The epochs of a sample that need a reply; a sample that cannot be asked is recorded at once."""
        if self.plan.spec.epochs > 1 and sample.cluster is None:
            sample = replace(sample, cluster=sample.id)  # replies to one sample are not independent
        for epoch in range(1, self.plan.spec.epochs + 1):
            self.seen += 1
            if (sample.id, epoch) in self.finished:
                self.progress.resumed += 1
                continue
            failure = unfit(sample, self.plan)
            if failure is None:
                request = self.plan.request(sample, epoch)
                yield Pending(sample, request, epoch, self.client.key(request, epoch))
            else:
                status = cast("Status", failure.kind)
                self._record(_record(sample, epoch, status, failure=failure))

    async def _begin(self, one: Pending, answer: Answer | None) -> None:
        film = media.moving(one.request.prompt)
        if answer is not None and self.judge is None and not film and not answer.reply.media:
            self._record(self._scored(one, answer))
            return
        await self._room_for_one()
        if one.key in self._answered:
            answer = self.client.cached(one.key)
        duplicate = self._in_flight.get(one.key)
        # A film is decoded before it takes a slot: the window is for the model.
        try:
            slot = None if answer is not None or duplicate is not None or film else await self._slot()
        except StoppedError:
            await asyncio.Event().wait()  # the stop cancels us
        task = asyncio.get_running_loop().create_task(self._one(one, answer, slot, duplicate))
        self._tasks.add(task)
        if one.key:
            self._in_flight.setdefault(one.key, task)
        task.add_done_callback(functools.partial(self._ended, one.key))

    async def _room_for_one(self) -> None:
        while len(self._tasks) > max(64, 4 * self.client.throttle.limit):
            self._room.clear()
            await self._room.wait()

    async def _slot(self) -> float:
        """A slot of the throttle; raises StoppedError when the budget is spent."""
        throttle = self.client.throttle
        slot = await throttle.acquire()
        spent = self.client.budget.spent(throttle.in_flight - 1)
        if spent is not None:
            throttle.release(slot, "failed")
            self.stop.now(spent, budget=True)
            raise StoppedError
        return slot

    def _ended(self, key: bytes, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._in_flight.get(key) is task:
            del self._in_flight[key]
            self._answered.add(key)
        self._room.set()
        if not task.cancelled() and task.exception() is not None:
            self._fail(cast("BaseException", task.exception()))

    def _fail(self, error: BaseException) -> None:
        self.error = self.error or error
        self.stop.now(str(error), hard=not isinstance(error, DataError))

    async def _one(
        self, one: Pending, answer: Answer | None, slot: float | None, duplicate: asyncio.Task[None] | None
    ) -> None:
        if answer is None and duplicate is not None:
            await asyncio.wait({duplicate})  # its answer serves both, so it is paid for once
            answer = self.client.cached(one.key)
        try:
            request, seen = await self.client.shown(one.request)
            if answer is None and seen:
                slot = await self._slot()
            answer = answer or await self.client.ask(request, one.key, slot=slot)
            answer = await self._kept(answer) if answer.reply.media else answer
            # Rules that look at media take a while; the loop goes on meanwhile.
            looks = bool(answer.reply.media)
            record = await asyncio.to_thread(self._scored, one, answer) if looks else self._scored(one, answer)
            if self.judge is not None and record.status in ("ok", "truncated"):
                record = await self._judged(one, answer, self.judge)
            record = replace(record, seen=seen) if seen else record
        except StoppedError:
            return
        except GaveUpError as gave_up:
            record = _failed(one, gave_up)
        except MediaError as error:
            failure = Failure(kind="invalid_input", message=str(error))
            record = _record(one.sample, one.epoch, "invalid_input", failure=failure)
        self._record(record)

    async def _kept(self, answer: Answer) -> Answer:
        """The answer with its media in the run folder, where scorers and judges find them."""
        folder = store.Files(self.plan.folder).media
        made = await asyncio.to_thread(media.save, folder, answer.reply.media)
        return replace(answer, reply=replace(answer.reply, media=made))

    def _scored(self, one: Pending, answer: Answer) -> Record:
        reply = answer.reply
        if hasattr(self.plan.rule, "speaking") and not reply.sent:  # replies of a batch do not have the sizes
            reply = replace(reply, sent=media.sent(one.request.prompt, self.plan.model.capabilities))
        status = store.status_of(reply, self.plan.benchmark.want)
        hidden = self.plan.benchmark.labels == "hidden"
        if status not in ("ok", "truncated") or self.judge is not None or hidden:
            return _record(one.sample, one.epoch, status, reply=reply, cost=answer.cost, asked=[answer.attempts])
        score: Score | None = None
        failure: Failure | None = None
        try:
            score = cast("Rule", self.plan.rule)(one.sample, reply)
        except Exception as error:  # noqa: BLE001 - the boundary of scoring: a scorer's fault is this sample's failure
            failure = Failure(kind="score", message=f"{type(error).__name__}: {error}")
            status = "error"
        return _record(
            one.sample,
            one.epoch,
            status,
            reply=reply,
            score=score,
            failure=failure,
            cost=answer.cost,
            asked=[answer.attempts],
        )

    async def _judged(self, one: Pending, answer: Answer, judge: Client) -> Record:
        reply = answer.reply
        verdicts: list[Answer] = []
        in_vain = 0
        await self.client.cache.flush()  # the reply is on disk before the judge is paid
        failure: Failure | None = None
        score: Score | None = None
        try:
            score = await self._verdict(one, reply, judge, verdicts)
        except GaveUpError as gave_up:
            in_vain = gave_up.attempts
            failure = Failure(kind=f"judge: {gave_up.error.kind}", message=str(gave_up), attempts=in_vain)
        except StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary of scoring: what a judge says is hostile text
            name = "" if isinstance(error, ScoreError) else f"{type(error).__name__}: "
            failure = Failure(kind="judge", message=f"{name}{error}")
        status: Status = "judge_error" if score is None else store.status_of(reply, self.plan.benchmark.want)
        return _record(
            one.sample,
            one.epoch,
            status,
            reply=reply,
            score=score,
            failure=failure,
            cost=answer.cost,
            verdicts=verdicts,
            asked=[answer.attempts, *(verdict.attempts for verdict in verdicts), in_vain],
        )

    async def _verdict(self, one: Pending, reply: Reply, judge: Client, verdicts: list[Answer]) -> Score:
        rule = cast("JudgeRule", self.plan.rule)
        asked = rule.prompt(one.sample, reply)
        while not isinstance(asked, Score):
            if len(verdicts) == JUDGE_TURNS:
                raise ScoreError(f"no verdict after {JUDGE_TURNS} requests to the judge")
            request = asked if isinstance(asked, Request) else Request(prompt=asked)
            if self.plan.judge is not None and request.want not in self.plan.judge.capabilities.wants:
                raise ScoreError(f"{judge.name} cannot return {request.want}; ask another --judge or --profile")
            key = judge.key(request, one.epoch)
            answer = judge.cached(key)
            if answer is None:
                request, _ = await judge.shown(request)
                answer = await judge.ask(request, key)
            verdicts.append(answer)
            asked = rule.parse(one.sample, reply, *(verdict.reply for verdict in verdicts))
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


def unfit(sample: Sample, plan: Plan) -> Failure | None:
    """Why this sample cannot be sent to the model at all: `unsupported` or `invalid_input`. None when it can."""
    capabilities: Capabilities = plan.model.capabilities
    want = plan.benchmark.want
    if want not in capabilities.wants:
        return Failure(kind="unsupported", message=f"the model cannot return {want}")
    if want == "choice" and not sample.choices:
        return Failure(kind="invalid_input", message="the sample has no choices to score")
    try:
        media.admit(plan.shown(sample.prompt), capabilities)
    except FatalError as error:
        return Failure(kind="unsupported", message=str(error))
    except MediaError as error:
        return Failure(kind="invalid_input", message=str(error))
    return None


def _failed(one: Pending, gave_up: GaveUpError) -> Record:
    error = gave_up.error
    kinds: dict[str, Status] = {"timeout": "timeout", "unsupported": "unsupported", "empty": "empty"}
    failure = Failure(kind=error.kind, message=str(error), attempts=gave_up.attempts)
    status = kinds.get(error.kind, "error")
    return _record(one.sample, one.epoch, status, failure=failure, asked=[gave_up.attempts])


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
    asked: Sequence[int] = (),
) -> Record:
    """A record; `asked` has the number of attempts of each question to the model or its judge."""
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
        judge_usage=Usage.total([verdict.reply.usage for verdict in verdicts]) if verdicts else None,
        judge_cost=_total([verdict.cost for verdict in verdicts]) if verdicts else None,
        requests=sum(asked),
        retries=sum(max(0, attempts - 1) for attempts in asked),
        at=time.time(),
    )


def _total(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
