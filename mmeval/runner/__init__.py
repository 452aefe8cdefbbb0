"""Run benchmarks: plan, ask, score, journal, finish. The same call again resumes, or does nothing.

run = run_one("chartqa", "openai/gpt-4o", Settings(limit=100))
print(run.info.status, run.info.metrics)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from mmeval.definitions import Benchmark
from mmeval.engine.options import DEFAULTS, Settings
from mmeval.runner.execute import OnRecord
from mmeval.runner.plan import Job, Plan, on_pinned_data, plan
from mmeval.runner.progress import Progress
from mmeval.runner.session import Observer, Session
from mmeval.runner.targets import job, job_of, jobs
from mmeval.store import Run

__all__ = [
    "Job",
    "Observer",
    "OnRecord",
    "Plan",
    "Progress",
    "Session",
    "Settings",
    "blocking",
    "job",
    "job_of",
    "jobs",
    "loop_factory",
    "on_pinned_data",
    "plan",
    "run_one",
    "run_one_async",
]

T = TypeVar("T")


def run_one(
    benchmark: str | Benchmark,
    model: str,
    settings: Settings = DEFAULTS,
    *,
    ids: Collection[str] | None = None,
    shuffled: bool = False,
    on_record: OnRecord | None = None,
    observer: Observer | None = None,
) -> Run:
    """Run one benchmark against one model and return the run, whatever its status.

    Args:
        benchmark: a name of the catalog, or a Benchmark.
        model: `provider/model`.
        settings: limits, options, budgets, folders.
        ids: ask only these samples.
        shuffled: ask in an order drawn from `settings.seed` instead of the data's own.
        on_record: called with each new record; True stops the run, which ends `partial`.
        observer: shows the progress.

    Raises:
        UsageError, DataError, StoreError: before or while asking; what was answered stays in the journal.
    """
    return blocking(
        lambda: run_one_async(
            benchmark, model, settings, ids=ids, shuffled=shuffled, on_record=on_record, observer=observer
        )
    )


async def run_one_async(
    benchmark: str | Benchmark,
    model: str,
    settings: Settings = DEFAULTS,
    *,
    ids: Collection[str] | None = None,
    shuffled: bool = False,
    on_record: OnRecord | None = None,
    observer: Observer | None = None,
) -> Run:
    """`run_one` inside an event loop."""
    planned = plan(job(benchmark, settings), model, settings, ids=ids, shuffled=shuffled)
    session = Session(settings, observer=observer)
    try:
        return (await session.run([planned], on_record=on_record))[0]
    finally:
        await session.close()


def blocking(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in a loop of its own; in a notebook, whose thread has a loop, in another thread."""

    def run() -> T:
        with asyncio.Runner(loop_factory=loop_factory()) as loop:
            return loop.run(main())

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def loop_factory() -> Callable[[], Any] | None:
    """Uvloop where it is installed: less CPU per request."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], Any] = uvloop.new_event_loop
    return factory
