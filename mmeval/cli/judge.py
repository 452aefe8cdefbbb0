"""`mmeval judge`: measure how well a judge agrees with human labels, and with labels that are known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli import _completion
from mmeval.cli._options import PANELS, given, with_settings
from mmeval.cli._runs import AS_JSON, RESULTS, echo, echo_json, find_run
from mmeval.formatting import plural

if TYPE_CHECKING:
    from mmeval.engine.options import Settings
    from mmeval.judging.measured import Measured
    from mmeval.metrics.agreement import Agreement
    from mmeval.metrics.corrected import Corrected
    from mmeval.store import Number, Run
    from mmeval.types import Estimate

TAKES = ("judge", "judge_options", "limit", "max_cost", "max_tokens", "max_minutes", "concurrency", "timeout",
         "deadline", "attempts", "cache", "cache_file", "results", "path")  # fmt: skip
"""Settings of a run that a measurement has."""
NAMES = {
    "balanced": "balanced accuracy", "auc": "AUC", "ordered": "pairs in order", "kappa": "Cohen's kappa",
    "weighted_kappa": "weighted kappa", "false_yes": "false yes", "false_no": "false no",
    "mean_right": "mean if right", "mean_wrong": "mean if wrong", "wer": "word error rate",
}  # fmt: skip
"""Of the numbers of a measurement, for people. How often the judge agrees stands above them."""
judge_app = typer.Typer(no_args_is_help=True, help="Measure how reliable a judge is.")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(judge_app, name="judge")


@judge_app.callback()
def _group() -> None:
    """Measure how reliable a judge is."""


@judge_app.command("agreement")
def agreement_command(
    file: Path = typer.Argument(
        ..., help="CSV, TSV or JSON lines with the columns human, judge and optionally cluster."
    ),
    run: str = typer.Option(
        "", "--run", help="Judged run: FILE has the columns id and human; the result is stored in the run."
    ),
    results: Path = RESULTS,
    as_json: bool = AS_JSON,
) -> None:
    """Print how well a judge agrees with people: Cohen's kappa, the judge's errors, and with --run the corrected score.

    The corrected score is the mean that people would have given to the whole run. Label at least 10 samples, drawn at
    random.
    """
    from mmeval.metrics.agreement import agreement, read_labels

    if run:
        found, corrected = _with_run(file, run, results)
    else:
        human, judge, clusters = read_labels(file)
        found, corrected = agreement(human, judge, clusters=clusters if any(clusters) else None), None
    if as_json:
        echo_json({**asdict(found), **({"correction": asdict(corrected)} if corrected else {})})
        return
    echo(f"{plural(found.n, 'sample')}, labels {', '.join(found.labels)}")
    for name, value in (
        ("Cohen's kappa", found.kappa),
        ("quadratic weights", found.weighted),
        ("same label", found.agree),
        ("sensitivity", found.sensitivity),
        ("specificity", found.specificity),
    ):
        _print_estimate(name, value)
    _print_table(found)
    if corrected:
        _print_corrected(corrected)


@judge_app.command("measure")
@functools.partial(with_settings, leave={name for names in PANELS.values() for name in names} - set(TAKES))
def measure_command(
    what: list[str] = typer.Argument(
        ...,
        metavar="BENCHMARK...",
        help="Judged benchmarks, or labelled slices such as judge_objects.",
        autocompletion=_completion.benchmarks,
    ),
    as_json: bool = AS_JSON,
    **settings: Any,
) -> None:
    """Ask a judge about labelled pictures, films and speech, right and wrong, and print how often it is right.

    The answers are a run of the slice; runs that this judge has judged show the result. Nothing is asked twice.
    """
    from mmeval.engine.options import read_settings

    read = read_settings(None, given(settings))

    def told(runs: Sequence[Run]) -> None:
        from mmeval.judging.measured import measured

        found = [(run, one) for run in runs if (one := measured(run))]
        if as_json:
            echo_json([{"slice": one.slice, "judge": one.judge, **one.as_json()} for _, one in found])
        for run, one in () if as_json else found:
            _print_measured(run, one)

    raise typer.Exit(_ask(_slices(what, read), read, told, as_json=as_json))


def _slices(names: Sequence[str], settings: Settings) -> list[str]:
    """The slices of judged benchmarks; slices as they are, each once. Raises UsageError for a benchmark without one."""
    from mmeval import UsageError

    found: list[str] = []
    for name in names:
        one = settings.catalog.benchmark(name)
        own = one.slice_of(one.profile)
        if own is None and "judging" not in one.tags:
            judged = one.score.needs_judge(one.profile)
            why = "names no labelled slice for its judge" if judged else "has no judge"
            raise UsageError(f"{name} {why}; `mmeval list benchmarks` names the slices, judge_...")
        found.append(own or name)
    return list(dict.fromkeys(found))


def _ask(slices: Sequence[str], settings: Settings, told: Callable[[Sequence[Run]], None], *, as_json: bool) -> int:
    """Run the slices with the judge as the model, asked as it is when it judges; returns the exit code."""
    from mmeval import UsageError, runner
    from mmeval.cli.run import execute

    if settings.judge is None:
        raise UsageError("missing option '--judge PROVIDER/MODEL': the judge to measure")
    model = runner.ModelSpec(settings.judge, settings.judge_options)
    plain = settings.model_copy(update={"judge": None, "judge_options": {}})
    config = runner.RunConfig(benchmarks=tuple(slices), models=(model,), settings=plain)
    return execute(config, as_json=as_json, more=told)


def _print_measured(run: Run, found: Measured) -> None:
    echo(f"\n{found.judge} {found.sentence}")
    for key, value in found.numbers.items():
        if key in NAMES:
            _print_estimate(NAMES[key], value)
    if found.unclear:
        what, verb = "pair" if found.paired else "answer", "is" if found.unclear == 1 else "are"
        why = next((one.score.note for one in run.records() if one.score and one.score.answer is None), "")
        echo(f"{plural(found.unclear, what)} of {found.n} {verb} no verdict{f', such as: {why}' if why else ''}")


def _with_run(file: Path, reference: str, results: Path) -> tuple[Agreement, Corrected]:
    """Compare human labels with the judge of a run, and store what they say beside it."""
    from mmeval import DataError, UsageError
    from mmeval.metrics.agreement import agreement, pair_up, read_human
    from mmeval.metrics.corrected import Judged, correct

    run = find_run(reference, results)
    if run.info.spec.judge is None:
        raise UsageError(f"{run.path} has no judge; choose a judged run")
    if run.info.spec.epochs > 1:
        raise UsageError(f"{run.path} has {run.info.spec.epochs} replies for each sample; labels belong to one reply")
    judged = {row.id: Judged(row.score, row.answer, row.cluster) for row in run.scores() if row.score is not None}
    human = read_human(file)
    try:
        found = agreement(*pair_up(human, {name: (one.value, one.answer) for name, one in judged.items()}))
        corrected = correct(human, judged)
    except DataError as error:
        raise DataError(f"{file}: {error}") from None
    _store(file, run, found, corrected)
    return found, corrected


def _store(file: Path, run: Run, found: Agreement, corrected: Corrected) -> None:
    from mmeval import store

    def number(estimate: Estimate | None) -> store.Number | None:
        return None if estimate is None else store.Number.of(estimate)

    store.write_labelled(
        run,
        store.Labelled(
            scores_digest=run.info.scores_digest,
            labels=store.file_sha256(file) or "",
            n=corrected.labelled,
            table={human: dict(row) for human, row in found.table.items()},
            kappa=number(found.kappa),
            sensitivity=number(found.sensitivity),
            specificity=number(found.specificity),
            judged=store.Number.of(corrected.judged),
            corrected=number(corrected.corrected),
            by_error_rates=number(corrected.by_error_rates),
            bias=store.Number.of(corrected.bias),
        ),
    )


def _print_estimate(name: str, value: Estimate | Number | None, *, sign: str = "") -> None:
    if value is not None:
        echo(f"{name:18} {value.value:{sign}.3f} [{value.low:{sign}.3f}, {value.high:{sign}.3f}]  {value.method}")


def _print_corrected(found: Corrected) -> None:
    echo(f"\nmean score of all {found.judged.n} samples")
    _print_estimate("as judged", found.judged)
    _print_estimate("corrected", found.corrected)
    _print_estimate("by error rates", found.by_error_rates)
    _print_estimate("judge minus human", found.bias, sign="+")
    if found.corrected is None:
        echo("label at least 10 samples, drawn at random, for a corrected score")


def _print_table(found: Agreement) -> None:
    width = max(8, *(len(label) for label in found.labels)) + 1
    echo("human \\ judge".ljust(16) + "".join(label.rjust(width) for label in found.labels))
    for human, row in found.table.items():
        echo(human.ljust(16) + "".join(str(row[judge]).rjust(width) for judge in found.labels))
