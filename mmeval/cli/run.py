"""`mmeval run`: run benchmarks against models, score the replies, and store everything."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli import _completion
from mmeval.cli._options import given, with_settings
from mmeval.cli._runs import AS_JSON, console, echo, echo_json
from mmeval.engine.options import Settings, read_settings
from mmeval.store import UNMEASURED

if TYPE_CHECKING:
    from mmeval.report.progress import Live, Plain
    from mmeval.runner import Job, Plan, Session
    from mmeval.store import Run

CAUSES = 3
"""Causes of failures that are printed for each run, the most frequent first."""
EPILOG = "Run the same command again to resume. A complete run is not asked again."


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="run", epilog=EPILOG)(run)


@with_settings
def run(
    what: list[str] = typer.Argument(
        ...,
        metavar="BENCHMARK|SUITE|FILE...",
        help="Benchmarks, suites, or files of questions.",
        autocompletion=_completion.benchmarks,
    ),
    model: list[str] = typer.Option(
        ...,
        "-m",
        "--model",
        metavar="PROVIDER/MODEL",
        help="Model to evaluate (repeatable).",
        autocompletion=_completion.models,
    ),
    *,
    config: Path | None = typer.Option(
        None, metavar="FILE.toml", help="Read settings from this file; options on the command line win."
    ),
    plan: bool = typer.Option(False, "--plan", help="Print samples, tokens and cost, and send nothing."),
    as_json: bool = AS_JSON,
    **settings: Any,
) -> None:
    """Run benchmarks against models, score the replies, and store everything.

    The same command again continues where it stopped.
    """
    chosen = read_settings(config, given(settings))
    if plan:
        raise typer.Exit(_estimate(_plans(what, model, chosen)[0], as_json=as_json))
    raise typer.Exit(execute(what, model, chosen, as_json=as_json))


def _plans(names: Sequence[str], models: Sequence[str], settings: Settings) -> tuple[list[Plan], bool]:
    """The plans, and whether a benchmark was skipped because its data is not available."""
    from mmeval import runner

    named = runner.jobs(names, settings)
    jobs = _usable(named, settings)
    plans = [runner.plan(job, name, settings) for name in dict.fromkeys(models) for job in jobs]
    if settings.judge is not None and all(one.judge is None for one in plans):
        echo(f"mmeval: --judge {settings.judge} is not used: no profile of these benchmarks asks a judge", err=True)
    return plans, len(jobs) < len(named)


def _usable(jobs: Sequence[Job], settings: Settings) -> list[Job]:
    """The jobs whose data is available. Prints the others; raises DataError when none is left."""
    from mmeval import DataError, runner

    found: list[Job] = []
    problems: list[DataError] = []
    for job in jobs:
        try:
            found.append(runner.on_pinned_data(job, settings))
        except DataError as error:
            problems.append(error)
    if problems and not found:
        raise problems[0]
    for problem in problems:
        echo(f"mmeval: skipped: {problem}", err=True)
    return found


def execute(names: Sequence[str], models: Sequence[str], settings: Settings, *, as_json: bool = False) -> int:
    """Run every benchmark against every model, showing progress and results; returns the exit code."""
    from mmeval import runner
    from mmeval.cli._logs import logged

    plans, skipped = _plans(names, models, settings)
    shown = observer(quiet=as_json)
    session = runner.Session(settings, observer=shown)
    if session.resources.throttles.warning:
        echo(f"mmeval: {session.resources.throttles.warning}", err=True)
    try:
        with logged(settings.log):
            runs = _run(session, plans)
    finally:
        shown.close()
    for planned, error in session.problems:
        name = planned.spec.benchmark
        echo(f"mmeval: {planned.spec.model} {name}: {str(error).removeprefix(f'{name}: ')}", err=True)
    for warning in [*session.resources.warnings, *session.resources.cache.warnings]:
        echo(f"mmeval: {warning}", err=True)
    problem = session.resources.cache.problem
    if problem:
        echo(f"mmeval: new replies are stored in their runs, but not in the cache: {problem}", err=True)
    _report(runs, plans, settings, as_json=as_json)
    return _exit_code(session, runs, plans) or (5 if skipped else 0)


def _estimate(plans: Sequence[Plan], *, as_json: bool) -> int:
    from mmeval.report.estimate import estimate_table
    from mmeval.runner.estimate import estimate

    found = [estimate(plan) for plan in plans]
    if as_json:
        echo_json([item.as_json() for item in found])
    else:
        console().print(estimate_table(found))
    return 0 if any(item.samples for item in found) else 5


def _run(session: Session, plans: Sequence[Plan]) -> list[Run]:
    import asyncio
    import signal
    import threading

    from mmeval.runner import blocking

    async def whole() -> list[Run]:
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number, reason in ((signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")):
                loop.add_signal_handler(number, session.interrupt, reason)
        try:
            return await session.run(plans)
        finally:
            await session.close()

    return blocking(whole)


def observer(*, quiet: bool) -> Live | Plain:
    """The progress display on stderr: live on a terminal, otherwise plain lines."""
    from mmeval.report.progress import Live, Plain

    shown = console(error=True)
    live = shown.is_terminal and not os.environ.get("CI") and not quiet
    return Live(shown) if live else Plain(shown)


def _report(runs: Sequence[Run], plans: Sequence[Plan], settings: Settings, *, as_json: bool) -> None:
    from mmeval.report.progress import final_table

    if as_json:
        echo_json([{"path": str(run.path), **run.info.model_dump(mode="json")} for run in runs])
        return
    shown = console()
    shown.print(final_table(runs))
    for run in runs:
        for text in _reasons(run):
            shown.print(text, markup=False, highlight=False, soft_wrap=True)
    for command in _next(runs, plans, settings):
        shown.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)


def _reasons(run: Run) -> list[str]:
    """Why a run did not complete, how many samples failed for which cause, and what they could mean for its score."""
    from mmeval.report.missing import missing_line
    from mmeval.report.samples import grouped
    from mmeval.store import read_records

    info = run.info
    # Damaged lines have been reported when the run began.
    groups = grouped(read_records(run.files.journal, damaged=[]))[:CAUSES] if _has_failures(run) else []
    causes = [f"{group.n} of {info.planned}: {group.message}" for group in groups]
    name, reason = f"{info.spec.model} {info.spec.benchmark}", info.reason or ""
    for group in groups:
        reason = reason.removesuffix(f": {group.message}")  # it stands below
    missing = [f"{name}: {line}"] if (line := missing_line(info)) else []
    if not reason:
        return [*(f"{name}: {cause}" for cause in causes), *missing]
    return [f"{name}: {info.status}: {reason}", *(f"  {cause}" for cause in causes), *missing]


def _has_failures(run: Run) -> bool:
    return any(run.info.counts.get(status, 0) for status in UNMEASURED)


def _next(runs: Sequence[Run], plans: Sequence[Plan], settings: Settings) -> list[str]:
    """The commands that make sense now."""
    errors = [["mmeval", "show", str(run.path), "--errors"] for run in runs if _has_failures(run)][:1]
    if len(runs) < len(plans) or any(run.info.status != "complete" for run in runs):
        return [*_lines("next", errors), *_lines("resume", [["mmeval", *sys.argv[1:]]])]
    where = [] if str(settings.results) == "results" else ["--results", str(settings.results)]
    commands = errors or [["mmeval", "show", str(run.path)] for run in runs[:1]]
    same = [run for run in runs[1:] if run.info.spec.benchmark == runs[0].info.spec.benchmark]
    if same:
        commands.append(["mmeval", "diff", str(runs[0].path), str(same[0].path)])
    return _lines("next", [*commands, ["mmeval", "site", "build", *where]])


def _lines(word: str, commands: Sequence[Sequence[str]]) -> list[str]:
    import shlex

    return [f"{word}: {shlex.join(command)}" for command in commands]


def _exit_code(session: Session, runs: Sequence[Run], plans: Sequence[Plan]) -> int:
    if session.interrupted:
        return 130
    if session.problems:
        return max(problem.exit_code for _, problem in session.problems)
    if len(runs) < len(plans) or any(run.info.status in ("failed", "running", "cancelled") for run in runs):
        return 5
    return 6 if any(run.info.status == "partial" for run in runs) else 0
