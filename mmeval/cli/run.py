"""`mmeval run`: run benchmarks against models, score the replies, and store everything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli import _completion
from mmeval.cli._options import given, with_settings
from mmeval.cli._runs import AS_JSON, console, echo, echo_json
from mmeval.errors import UsageError
from mmeval.store import UNMEASURED

if TYPE_CHECKING:
    from mmeval.engine.options import Settings
    from mmeval.runner import Plan, RunConfig, Session
    from mmeval.store import Run, RunInfo

IDLE, LONG_S = 0.05, 30.0
"""Share of the time in which a device had nothing to do that is worth a line, in runs of so many seconds."""
CAUSES = 3
"""Causes of failures that are printed for each run, the most frequent first."""
EPILOG = "Run the same command again to resume. A complete run is not asked again."


class Tracker(StrEnum):
    """Tools that record runs."""

    wandb = "wandb"
    mlflow = "mlflow"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="run", epilog=EPILOG)(run)


@with_settings
def run(
    what: list[str] = typer.Argument(
        None,
        metavar="BENCHMARK|SUITE|FILE...",
        help="Benchmarks, suites, or files of questions.",
        show_default=False,
        autocompletion=_completion.benchmarks,
    ),
    model: list[str] = typer.Option(
        None,
        "-m",
        "--model",
        metavar="PROVIDER/MODEL",
        help="Model to evaluate (repeatable).",
        show_default=False,
        autocompletion=_completion.models,
    ),
    *,
    config: Path | None = typer.Option(
        None, "-c", "--config", metavar="FILE.toml", help="Read benchmarks, models and settings; the command line wins."
    ),
    track: list[Tracker] = typer.Option(
        [], "--track", help="Record the runs there, too (repeatable).", show_default=False
    ),
    plan: bool = typer.Option(False, "--plan", help="Print samples, tokens and cost, and send nothing."),
    as_json: bool = AS_JSON,
    **settings: Any,
) -> None:
    """Run benchmarks against models, score the replies, and store everything.

    The same command again continues where it stopped.
    """
    from mmeval.runner import read_config

    chosen = read_config(config, given(settings), benchmarks=what or (), models=model or ())
    _nothing_missing(chosen, config)
    if plan:
        raise typer.Exit(_estimate(_plans(chosen)[0], as_json=as_json))
    raise typer.Exit(execute(chosen, as_json=as_json, track=[one.value for one in track]))


def _nothing_missing(chosen: RunConfig, file: Path | None) -> None:
    for key, found, word in (
        ("benchmarks", chosen.benchmarks, "argument 'BENCHMARK|SUITE|FILE...'"),
        ("models", chosen.models, "option '-m' / '--model'"),
    ):
        if not found and file:
            raise UsageError(f"{file} names no {key}; add {key} = [...] to it, or name them on the command line")
        if not found:
            raise UsageError(f"missing {word}; see `mmeval run --help`")


def _plans(config: RunConfig) -> tuple[list[Plan], bool]:
    """The plans, and whether a benchmark was skipped because its data is not available."""
    from mmeval import runner

    plans, problems = runner.plans(config)
    judge = config.settings.judge
    if judge is not None and all(one.judge is None for one in plans):
        echo(f"mmeval: --judge {judge} is not used: no profile of these benchmarks asks a judge", err=True)
    for flag in ("video", "audio"):
        if getattr(config.settings, flag) and not any(getattr(one.benchmark, flag) for one in plans):
            echo(f"mmeval: --{flag} is not used: these benchmarks have no {flag}", err=True)
    for text in _recipes(config, plans):
        echo(f"mmeval: {text}", err=True)
    for problem in problems:
        echo(f"mmeval: skipped: {problem}", err=True)
    return plans, bool(problems)


def _recipes(config: RunConfig, plans: Sequence[Plan]) -> list[str]:
    """What to know about recipes that are not followed, or by models of another name."""
    from mmeval.recipes import read_recipe

    name = config.settings.recipe
    if name is not None and all(one.following.name is None for one in plans):
        return [f"--recipe {name} is not used: references answer without a prompt"]
    followed = {(one.following.name, one.model.name) for one in plans if one.following.name}
    known = [(read_recipe(recipe, config.settings.catalog), model) for recipe, model in sorted(followed)]
    return [
        f"recipe {one.name} is for {', '.join(one.models)}; {m} follows it" for one, m in known if not one.is_for(m)
    ]


def execute(
    config: RunConfig,
    *,
    as_json: bool = False,
    track: Sequence[str] = (),
    more: Callable[[Sequence[Run]], None] | None = None,
) -> int:
    """Run every benchmark against every model, showing progress and results.

    Args:
        config: what to run.
        as_json: print the runs as JSON, and no progress.
        track: tools that record the runs.
        more: prints what else there is to say about the runs; in place of their JSON.

    Returns:
        The exit code.
    """
    from mmeval import runner
    from mmeval.interchange import tracking
    from mmeval.report.logs import logged
    from mmeval.report.progress import observer

    tracking.check(track)

    settings = config.settings
    plans, skipped = _plans(config)
    shown = observer(console(error=True), quiet=as_json)
    session = runner.Session(settings, observer=shown)
    if session.resources.throttles.warning:
        echo(f"mmeval: {session.resources.throttles.warning}", err=True)
    try:
        with logged(settings.log):
            runs = runner.blocking(lambda: session.whole(plans), interrupt=session.interrupt)
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
    _track(runs, track)
    if more is None or not as_json:
        _report(runs, plans, settings, as_json=as_json)
    if more is not None:
        more(runs)
    return _exit_code(session, runs, plans) or (5 if skipped else 0)


def _track(runs: Sequence[Run], trackers: Sequence[str]) -> None:
    from mmeval import RunFailedError
    from mmeval.interchange import tracking

    for name in trackers:
        for run in runs:
            try:
                tracking.track(name, run)
            except RunFailedError as error:
                echo(f"mmeval: {error}", err=True)


def _estimate(plans: Sequence[Plan], *, as_json: bool) -> int:
    from mmeval.report.estimate import estimate_table
    from mmeval.runner.estimate import estimate

    found = [estimate(plan) for plan in plans]
    if as_json:
        echo_json([item.as_json() for item in found])
    else:
        console().print(estimate_table(found))
    return 0 if any(item.samples for item in found) else 5


def _report(runs: Sequence[Run], plans: Sequence[Plan], settings: Settings, *, as_json: bool) -> None:
    from mmeval.report.progress import final_table

    if as_json:
        echo_json([{"path": str(run.path), **run.info.model_dump(mode="json")} for run in runs])
        return
    from mmeval.report.variants import told

    shown = console()
    if runs:
        shown.print(final_table(runs))
    for run in runs:
        for text in [*told(run.info), *_reasons(run), *_idle(run.info)]:
            shown.print(text, markup=False, highlight=False, soft_wrap=True)
    if settings.diagnose:
        _diagnose(runs)
    for command in _next(runs, plans, settings):
        shown.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)


def _diagnose(runs: Sequence[Run]) -> None:
    from mmeval.cli.fresh import print_diagnoses
    from mmeval.diagnosis import diagnoses

    print_diagnoses(list(diagnoses(runs)))


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


def _idle(info: RunInfo) -> list[str]:
    """That the device of a local model often had to wait, in a run that is long enough to tell."""
    share = info.provenance.get("adapter", {}).get("device_idle") or 0.0
    if share <= IDLE or (info.totals.wall_s or 0.0) < LONG_S:
        return []
    name = f"{info.spec.model} {info.spec.benchmark}"
    return [f"{name}: the device waited {share:.0%} of the time for prompts to be prepared; more CPU cores would help"]


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
