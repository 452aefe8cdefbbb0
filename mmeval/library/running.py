"""Run benchmarks against models: the runner behind `mmeval run`, as a call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from mmeval import runner
from mmeval.definitions import Benchmark
from mmeval.engine.options import as_keyword
from mmeval.errors import MMEvalError, UsageError
from mmeval.library.display import shown
from mmeval.library.runs import Runs
from mmeval.report.logs import logged
from mmeval.runner import ModelSpec, RunConfig

__all__ = ["Benchmarks", "Models", "arun", "run"]

Benchmarks: TypeAlias = str | Path | Benchmark | Sequence[str | Path | Benchmark]
"""Benchmarks and suites by name, files of questions, values; or one run file, `NAME.toml`."""
Models: TypeAlias = str | ModelSpec | Sequence[str | ModelSpec]
LOG = logging.getLogger("mmeval.run")


def run(benchmarks: Benchmarks, models: Models = (), *, progress: bool = True, **settings: Any) -> Runs:
    """Run benchmarks against models, score the replies, store everything, and return the runs.

    The same call again resumes; a complete run is not asked again. It works where an event loop runs already, as in a
    notebook.

    Args:
        benchmarks: names of benchmarks and suites, files of questions, `Benchmark` values, or one of them; or a run
            file, `"run.toml"`, which also names the models and settings. What the call says wins over the file.
        models: `provider/model`, values of `mmeval.model`, or one of them.
        progress: show the progress on stderr, or in the output of a notebook's cell.
        **settings: the options of `mmeval run`, such as `limit=100`, `max_cost=5`, `results="results"`; see
            `mmeval.engine.options.Settings`. `options` goes to all models; `judge` may be a value of `mmeval.model`.

    Returns:
        The runs, by model, then by benchmark. A run that failed or stopped early is among them, and says so.

    Raises:
        UsageError: a name or a setting is wrong; nothing was asked.
        MMEvalError: no run has a result; this is the error of the first. Where only some have none, the errors are
            in `Runs.problems`.
        KeyboardInterrupt: you interrupted it. The requests in flight were awaited and everything is stored.
    """
    command = _Command(_config(benchmarks, models, settings))
    with shown(progress=progress) as observer:
        found = runner.blocking(lambda: command.whole(observer), interrupt=command.interrupt)
    if command.interrupted:
        raise KeyboardInterrupt
    return found


async def arun(benchmarks: Benchmarks, models: Models = (), *, progress: bool = True, **settings: Any) -> Runs:
    """`run` inside an event loop. Cancelling it stops the runs at once; what was answered is stored."""
    command = _Command(_config(benchmarks, models, settings))
    with shown(progress=progress) as observer:
        return await command.whole(observer)


def _config(benchmarks: Benchmarks, models: Models, settings: dict[str, Any]) -> RunConfig:
    named = _listed(benchmarks, str | Path | Benchmark, "benchmark", "mmeval.benchmark(rows, name=...)")
    asked = _listed(models, str | ModelSpec, "model", "mmeval.model(function, name=...)")
    files = [Path(one) for one in named if isinstance(one, str | Path) and Path(one).suffix == ".toml"]
    if files and len(named) > 1:
        raise UsageError(f"{files[0]}: a run file stands alone; it names its benchmarks itself")
    judge = settings.get("judge")
    if isinstance(judge, ModelSpec):
        own = {**settings.get("judge_options", {}), **judge.options}
        settings = {**settings, "judge": judge.name, "judge_options": own}
    config = runner.read_config(
        files[0] if files else None, settings, benchmarks=() if files else named, models=asked, written=as_keyword
    )
    for what, found in (("benchmark", config.benchmarks), ("model", config.models)):
        if not found:
            raise UsageError(f"no {what} to run; name one{f' in the call or in {files[0]}' if files else ''}")
    return config


def _listed(given: Any, kinds: Any, noun: str, way_out: str) -> list[Any]:
    found = [given] if isinstance(given, kinds) else list(given) if isinstance(given, Sequence) else [given]
    for one in found:
        if not isinstance(one, kinds):
            raise UsageError(f"a {noun} is a {type(one).__name__}; write {way_out}")
    return found


@dataclass(slots=True)
class _Command:
    config: RunConfig
    session: runner.Session | None = field(default=None)

    async def whole(self, observer: runner.Observer | None) -> Runs:
        """Plan, ask and finish, in the loop that owns the session."""
        plans, skipped = await asyncio.to_thread(runner.plans, self.config)
        self.session = session = runner.Session(self.config.settings, observer=observer)
        with logged(self.config.settings.log):
            runs = await session.whole(plans)
        cache = session.resources.cache
        for warning in filter(None, [session.resources.throttles.warning, *cache.warnings, cache.problem]):
            LOG.warning(warning)
        return Runs(runs, [*skipped, *(_named(plan, error) for plan, error in session.problems)])

    def interrupt(self, reason: str) -> None:
        """Stop the session; before it has begun, end the call."""
        if self.session is None:
            raise KeyboardInterrupt
        self.session.interrupt(reason)

    @property
    def interrupted(self) -> bool:
        return self.session is not None and self.session.interrupted


def _named(plan: runner.Plan, error: MMEvalError) -> MMEvalError:
    """The error with the run that it belongs to."""
    named = type(error)(f"{plan.spec.model} {plan.spec.benchmark}: {error}")
    named.__cause__ = error
    return named
