"""`mmeval judge agreement FILE`: measure how well a judge agrees with human labels."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from mmeval.cli._runs import AS_JSON, RESULTS, echo, echo_json, find_run
from mmeval.formatting import plural

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
    """Print Cohen's kappa between a judge and people, with a bootstrap interval."""
    from mmeval.metrics.agreement import agreement, read_labels

    if run:
        found = _with_run(file, run, results)
    else:
        human, judge, clusters = read_labels(file)
        found = agreement(human, judge, clusters=clusters if any(clusters) else None)
    if as_json:
        echo_json(asdict(found))
        return
    echo(f"{plural(found.n, 'sample')}, labels {', '.join(found.labels)}")
    for name, value in (
        ("Cohen's kappa", found.kappa),
        ("quadratic weights", found.weighted),
        ("same label", found.agree),
        ("sensitivity", found.sensitivity),
        ("specificity", found.specificity),
    ):
        if value is not None:
            echo(f"{name:18} {value.value:.3f} [{value.low:.3f}, {value.high:.3f}]  {value.method}")
    _print_table(found)


def _with_run(file: Path, reference: str, results: Path) -> Any:
    """Compare human labels with the judge of a run, and store the agreement in its run.json."""
    from mmeval import UsageError, store
    from mmeval.metrics.agreement import agreement, pair_up, read_human

    run = find_run(reference, results)
    if run.info.spec.judge is None:
        raise UsageError(f"{run.path} has no judge; choose a judged run")
    judged = {row.id: (row.score, row.answer) for row in run.scores() if row.score is not None}
    found = agreement(*pair_up(read_human(file), judged))
    if found.kappa is not None:
        stored = {"kappa": found.kappa.value, "low": found.kappa.low, "high": found.kappa.high, "n": found.n}
        info = run.info.model_copy(update={"provenance": {**run.info.provenance, "agreement": stored}})
        store.write_info(run.path, info)
    return found


def _print_table(found: Any) -> None:
    width = max(8, *(len(label) for label in found.labels)) + 1
    echo("human \\ judge".ljust(16) + "".join(label.rjust(width) for label in found.labels))
    for human, row in found.table.items():
        echo(human.ljust(16) + "".join(str(row[judge]).rjust(width) for judge in found.labels))
