"""`mmeval gate`: decide whether a model got worse, and report the decision as an exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli._runs import AS_JSON, PATH, RESULTS, catalog_of, console, echo, echo_json, find_run, without_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mmeval.gate.live import Candidate
    from mmeval.gate.policy import Policy
    from mmeval.gate.verdict import Verdict
    from mmeval.runner import Observer

gate = typer.Typer(no_args_is_help=True, help="Fail when a model got worse, and only then.", rich_markup_mode="rich")
CONFIG = typer.Option(Path("gate.yaml"), "-c", "--config", metavar="FILE", help="Policy file.")
REPORT = typer.Option(None, "--report", metavar="FOLDER", help="Write gate.json, .md, .html, .junit.xml, .comment.md.")
GITHUB = typer.Option(False, "--github", help="Print annotations, and write the summary and outputs of the GitHub job.")
EXIT_ZERO = typer.Option(False, "--exit-zero", help="Exit with 0 whatever the decision.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(gate, name="gate")


@gate.command("run")
def run_command(
    config: Path = CONFIG,
    model: str | None = typer.Option(
        None, "-m", "--model", metavar="PROVIDER/MODEL", help="Model to judge; by default the policy's."
    ),
    option: list[str] = typer.Option(
        [], "-o", "--option", metavar="KEY=VALUE", help="Option of the adapter (repeatable)."
    ),
    max_cost: float | None = typer.Option(
        None, help="Budget in US dollars, instead of the policy's.", show_default=False
    ),
    max_minutes: float | None = typer.Option(
        None, help="Budget in minutes, instead of the policy's.", show_default=False
    ),
    max_samples: int | None = typer.Option(
        None, help="Budget in samples, instead of the policy's.", show_default=False
    ),
    concurrency: int | None = typer.Option(None, help="Fixed number of requests in flight.", show_default="adaptive"),
    path: list[Path] = PATH,
    results: Path = RESULTS,
    report: Path | None = REPORT,
    github: bool = GITHUB,
    exit_zero: bool = EXIT_ZERO,
    as_json: bool = AS_JSON,
) -> None:
    """Evaluate the candidate and stop as soon as a regression is proven."""
    from mmeval.gate.api import decide_live

    policy = _budgeted(_policy(config), usd=max_cost, minutes=max_minutes, samples=max_samples)
    candidate = _candidate(policy, model, option, path, results, concurrency=concurrency, quiet=as_json)
    try:
        verdict = decide_live(policy, candidate, file=config)
    finally:
        _close(candidate.observer)
    _end(verdict, report=report, github=github, exit_zero=exit_zero, as_json=as_json)


@gate.command("compare")
def compare_command(
    base: str = typer.Argument(..., help="A run, a results folder, or a folder of baselines."),
    candidate: str = typer.Argument(..., help="A run or a results folder."),
    config: Path | None = typer.Option(
        None, "-c", "--config", metavar="FILE", help="Policy file; by default gate.yaml if it exists."
    ),
    path: list[Path] = PATH,
    results: Path = RESULTS,
    report: Path | None = REPORT,
    github: bool = GITHUB,
    exit_zero: bool = EXIT_ZERO,
    as_json: bool = AS_JSON,
) -> None:
    """Decide from stored runs, or folders of runs, without asking a model."""
    from mmeval.gate.api import check_names, decide_stored
    from mmeval.gate.offline import default_policy, runs_below

    def named(reference: str) -> Path:
        folder = Path(reference)
        return folder if folder.exists() else find_run(reference, results).path

    file = config or Path("gate.yaml")
    policy = _policy(file) if config is not None or file.exists() else None
    bases, candidates = runs_below(named(base)), runs_below(named(candidate))
    if policy is None:
        policy = default_policy(bases)
    check_names(policy, file=file, catalog=catalog_of(path), known=[*bases.values(), *candidates.values()])
    verdict = decide_stored(policy, bases, candidates, file=file)
    _end(verdict, report=report, github=github, exit_zero=exit_zero, as_json=as_json)


@gate.command("plan")
def plan_command(config: Path = CONFIG, path: list[Path] = PATH, as_json: bool = AS_JSON) -> None:
    """Print which drops the gate can detect, and the cost. Exits with 2 when a margin could never pass."""
    from dataclasses import asdict

    from mmeval import UsageError
    from mmeval.gate.api import check_names
    from mmeval.gate.baseline import open_baselines
    from mmeval.gate.planning import plan
    from mmeval.report.gate_tables import print_plans

    policy = _policy(config)
    check_names(policy, file=config, catalog=catalog_of(path))
    with open_baselines(policy) as root:
        plans = plan(policy, root)
    if as_json:
        echo_json([asdict(found) for found in plans])
    else:
        print_plans(plans, console())
    problems = [found.problem for found in plans if found.problem]
    if problems:
        raise UsageError("; ".join(problems))


@gate.command("subset")
def subset_command(
    benchmark: str = typer.Argument(..., metavar="BENCHMARK", help="Benchmark with runs of at least 6 models."),
    samples: int = typer.Option(..., "-n", "--samples", min=2, help="Number of samples, or of clusters, to choose."),
    out: Path = typer.Option(..., "--out", metavar="FILE.json", help="File for the ids; `ids` in gate.yaml names it."),
    config: Path | None = typer.Option(
        None,
        "-c",
        "--config",
        metavar="FILE",
        help="Policy file with margin and unit; by default gate.yaml if it exists.",
    ),
    path: list[Path] = PATH,
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Choose the samples that tell models apart best, and say how much power the gate loses with them."""
    import json

    from mmeval import store
    from mmeval.board.quality import column_of
    from mmeval.gate.policy import Bench
    from mmeval.gate.subset import as_document, make_subset
    from mmeval.report.gate_tables import print_subset

    file = config or Path("gate.yaml")
    policy = _policy(file) if config is not None or file.exists() else None
    bench = (policy.benchmarks.get(benchmark) if policy else None) or Bench()
    column, models = column_of(results, benchmark, catalog_of(path))
    alpha, seed = (policy.look, policy.seed) if policy else (0.05, 0)
    found = make_subset(column, models, samples, bench, alpha=alpha, seed=seed)
    store.write_atomic(out, json.dumps(as_document(found), indent=1, ensure_ascii=False) + "\n")
    if as_json:
        echo_json(as_document(found))
    else:
        print_subset(found, out, console())


@gate.command("calibrate")
def calibrate_command(
    config: Path = CONFIG,
    repeats: int = typer.Option(3, help="Number of times to ask the baseline again."),
    path: list[Path] = PATH,
    out: Path = typer.Option(Path("flaky_items.json"), "--out", help="File for the list of samples that flip."),
    as_json: bool = AS_JSON,
) -> None:
    """Ask the baseline again and measure its noise: flip rate, false alarms, detectable drop."""
    import json
    from dataclasses import asdict

    from mmeval import store
    from mmeval.gate.api import check_names
    from mmeval.gate.baseline import open_baselines
    from mmeval.gate.planning import calibrate
    from mmeval.report.gate_tables import print_noise

    policy = _policy(config)
    check_names(policy, file=config, catalog=catalog_of(path))
    candidate = _candidate(policy, "calibrate", [], path, Path("results"), concurrency=None, quiet=as_json)
    try:
        with open_baselines(policy) as root:
            found = calibrate(policy, root, candidate, repeats=repeats)
    finally:
        _close(candidate.observer)
    flaky = {noise.name: dict(noise.flaky) for noise in found}
    store.write_atomic(out, json.dumps(flaky, indent=1, ensure_ascii=False) + "\n")
    if as_json:
        echo_json([asdict(noise) for noise in found])
    else:
        print_noise(found, console())


@gate.command("accept")
def accept_command(
    run: list[str] = typer.Argument(..., metavar="RUN...", help="Runs to accept as baselines."),
    reason: str = typer.Option(..., "--reason", help="Reason, for the ledger."),
    config: Path = CONFIG,
    results: Path = RESULTS,
) -> None:
    """Make runs the baselines of their benchmarks, and record it in the ledger."""
    from mmeval.gate.baseline import accept

    policy = _policy(config)
    for found in [find_run(one, results) for one in without_samples(run)]:
        row = accept(found, policy, reason=reason)
        old = f", replaces {row['replaces'][0]['run'][:12]}" if row["replaces"] else ""
        echo(f"{row['benchmark']}: baseline {row['run'][:12]} of {row['model']}, {row['n']} samples{old}")


@gate.command("selftest")
def selftest_command(
    config: Path | None = typer.Option(
        None, "-c", "--config", metavar="FILE", help="Policy file; by default gate.yaml if it exists."
    ),
) -> None:
    """Test the gate: it must fail a planted regression and pass an unchanged copy."""
    from contextlib import nullcontext

    from mmeval.gate.baseline import open_baselines
    from mmeval.gate.selftest import selftest
    from mmeval.report.gate_tables import print_trials

    file = config or Path("gate.yaml")
    policy = _policy(file) if config is not None or file.exists() else None
    with open_baselines(policy) if policy else nullcontext() as root:
        trials = selftest(policy, root)
    print_trials(trials, console())
    raise typer.Exit(0 if all(trial.passed for trial in trials) else 1)


@gate.command("schema")
def schema_command() -> None:
    """Print the JSON schema of gate.yaml."""
    from mmeval.gate.policy import schema

    echo_json(schema())


def _policy(file: Path) -> Policy:
    from mmeval.gate.policy import read_policy

    return read_policy(file)


def _budgeted(policy: Policy, **given: float | None) -> Policy:
    from mmeval.gate.policy import Budget

    budget = Budget.model_validate({**policy.budget.model_dump(), **{k: v for k, v in given.items() if v is not None}})
    return policy.model_copy(update={"budget": budget})


def _candidate(
    policy: Policy,
    model: str | None,
    option: Sequence[str],
    path: Sequence[Path],
    results: Path,
    *,
    concurrency: int | None,
    quiet: bool,
) -> Candidate:
    from mmeval.engine.options import pairs
    from mmeval.gate.api import candidate_of
    from mmeval.report.progress import observer

    settings = {"path": tuple(path) or None, "results": results, "concurrency": concurrency}
    shown = observer(console(error=True), quiet=quiet)
    return candidate_of(policy, model=model, options=pairs(option), settings=settings, observer=shown, warn=_warn)


def _warn(text: str) -> None:
    echo(f"mmeval: {text}", err=True)


def _close(observer: Observer | None) -> None:
    close = getattr(observer, "close", None)
    if close is not None:
        close()


def _end(verdict: Verdict, *, report: Path | None, github: bool, exit_zero: bool, as_json: bool) -> None:
    from mmeval.report.gate_files import write_reports
    from mmeval.report.github import workflow_commands, write_job_files
    from mmeval.report.terminal import print_verdict
    from mmeval.report.verdicts import with_questions

    verdict = with_questions(verdict)
    if report is not None:
        write_reports(verdict, report)
    if as_json:
        echo_json(verdict.as_json())
    else:
        print_verdict(verdict, console())
    if github:
        write_job_files(verdict)
        for line in workflow_commands(verdict):
            echo(line, err=as_json)
    raise typer.Exit(0 if exit_zero else verdict.exit_code)
