"""Run benchmarks: plan, ask, score, journal, finish. The same call again resumes, or does nothing.

run = run_one("chartqa", "openai/gpt-4o", Settings(limit=100))
print(run.info.status, run.info.metrics)
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Collection, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from mmeval.definitions import Benchmark
from mmeval.engine.options import DEFAULTS, Settings
from mmeval.runner.config import RunConfig, What, read_config
from mmeval.runner.execute import OnRecord
from mmeval.runner.models import ModelSpec
from mmeval.runner.plan import Job, Plan, on_pinned_data, plan
from mmeval.runner.progress import Progress
from mmeval.runner.session import Observer, Session
from mmeval.runner.targets import job, job_of, jobs, plans
from mmeval.store import Run

__all__ = [
    "Job",
    "ModelSpec",
    "Observer",
    "OnRecord",
    "Plan",
    "Progress",
    "RunConfig",
    "Session",
    "Settings",
    "What",
    "blocking",
    "job",
    "job_of",
    "jobs",
    "loop_factory",
    "on_pinned_data",
    "plan",
    "plans",
    "read_config",
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
    return (await Session(settings, observer=observer).whole([planned], on_record=on_record))[0]


def blocking(main: Callable[[], Coroutine[Any, Any, T]], *, interrupt: Callable[[str], object] | None = None) -> T:
    """Run a coroutine to its end in a loop of its own; in a notebook, whose thread has a loop, in another thread.

    Args:
        main: makes the coroutine.
        interrupt: called in its loop with `interrupted` at each Ctrl-C, or `terminated` at SIGTERM, so that it can end
            in good order. Without it, Ctrl-C cancels the coroutine.
    """

    async def whole() -> T:
        loop = asyncio.get_running_loop()
        loops.append(loop)
        with _signals(loop, interrupt):
            return await main()

    def run() -> T:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(whole())

    loops: list[asyncio.AbstractEventLoop] = []
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(run)
        while True:
            try:
                return future.result()
            except KeyboardInterrupt:  # a notebook's stop button: it reaches this thread, not the loop's
                if interrupt is None or future.done():
                    raise
                for loop in loops:
                    loop.call_soon_threadsafe(interrupt, "interrupted")


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, interrupt: Callable[[str], object] | None) -> Iterator[None]:
    """Call `interrupt` at SIGINT and SIGTERM while the block runs in the main thread; then all is as it was before."""
    if interrupt is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    reasons = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
    before = {number: signal.getsignal(number) for number in reasons}
    for number, reason in reasons.items():
        loop.add_signal_handler(number, interrupt, reason)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def loop_factory() -> Callable[[], Any] | None:
    """Uvloop where it is installed: less CPU per request."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], Any] = uvloop.new_event_loop
    return factory
