"""`mmeval import` and `mmeval export`: exchange results with other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmeval.cli._runs import PATH, RESULTS, RUN, catalog_of, echo, find_run
from mmeval.formatting import plural

if TYPE_CHECKING:
    from mmeval.catalog import Catalog
    from mmeval.definitions import Benchmark
    from mmeval.store import Run


class Form(StrEnum):
    """Export formats."""

    eee = "every-eval-ever"
    hub = "hf-eval-results"
    submission = "submission"


def register(app: typer.Typer) -> None:
    """Add both verbs."""
    app.command("import")(import_command)
    app.command("export")(export_command)


def import_command(
    files: list[Path] = typer.Argument(
        ..., metavar="FILE...", help="Files of VLMEvalKit, lmms-eval or inspect, or OpenVLM.json."
    ),
    form: str | None = typer.Option(
        None,
        "--form",
        help="Format: vlmevalkit, lmms-results, lmms-samples, inspect or openvlm.",
        show_default="detected",
    ),
    model: str | None = typer.Option(None, "--model", help="Name of the model.", show_default="detected"),
    benchmark: str | None = typer.Option(
        None, "--benchmark", help="Name of the benchmark in the other tool.", show_default="detected"
    ),
    results: Path = RESULTS,
) -> None:
    """Import results of other tools. The runs are marked as third-party and never mixed with your own."""
    from mmeval import RunFailedError
    from mmeval.formatting import points
    from mmeval.interchange.imported import write
    from mmeval.interchange.readers import read

    written = 0
    for file in files:
        for found in read(file, form=form, model=model, benchmark=benchmark):
            run = write(found, results)
            number = run.info.metrics.get(run.info.primary_metric)
            value = f"{run.info.primary_metric} {points(number.value)}" if number else run.info.reason
            echo(f"{run.path}: {plural(run.info.planned, 'sample')}, {value}")
            written += 1
    if not written:
        raise RunFailedError("nothing was imported")


def export_command(
    form: Form = typer.Argument(..., help="Format to write."),
    reference: str = RUN,
    output: Path | None = typer.Option(None, "--output", "-o", help="File or folder to write.", show_default="here"),
    organization: str = typer.Option("unknown", "--organization", help="Evaluating organization, for Every Eval Ever."),
    user: str | None = typer.Option(None, "--user", help="Evaluating user, for the hub."),
    url: str | None = typer.Option(None, "--url", help="Address of the run, for the hub."),
    path: list[Path] = PATH,
    results: Path = RESULTS,
) -> None:
    """Write a run as Every Eval Ever JSON, as .eval_results YAML for the hub, or as a submission file.

    Nothing is uploaded.
    """
    run: Run = find_run(reference, results)
    catalog = catalog_of(path)
    card = _card(run, catalog)
    if form is Form.eee:
        written = _every_eval_ever(run, card, output or Path(), organization)
    elif form is Form.hub:
        written = _hub(run, card, output or Path(".eval_results"), user, url)
    else:
        written = _submission(run, catalog, output or Path(f"{run.info.spec.benchmark}_submission.xlsx"))
    for line in written:
        echo(line)


def _card(run: Run, catalog: Catalog) -> Benchmark | None:
    """The benchmark of a run, or None when neither the catalog nor a file of questions has it."""
    from mmeval import UsageError
    from mmeval.engine.options import Settings
    from mmeval.runner import job_of

    try:
        return job_of(run, Settings(path=catalog.paths)).benchmark
    except UsageError:
        return None


def _every_eval_ever(run: Run, card: Benchmark | None, folder: Path, organization: str) -> list[str]:
    import json

    from mmeval import store
    from mmeval.interchange import evalever

    metric: dict[str, Any] = {}
    if card is not None:
        metric = {"lower_is_better": not card.metric.higher_is_better}
        metric |= {"min_score": card.metric.low, "max_score": card.metric.high}
    whole = evalever.aggregate(run, organization=organization, metric=metric)
    stem = f"{store.slug(run.info.spec.model)}__{run.info.spec.benchmark}__{run.path.name}"
    stored = run.samples()
    samples = {sample.id: sample for sample in store.read_samples(stored)} if stored else {}
    lines = [json.dumps(one, ensure_ascii=False) for one in evalever.instances(run, samples)]
    if lines:
        whole["detailed_evaluation_results"] = {
            "format": "jsonl",
            "file_path": f"{stem}.jsonl",
            "total_rows": len(lines),
        }
        store.write_atomic(folder / f"{stem}.jsonl", "\n".join(lines) + "\n")
    store.write_atomic(folder / f"{stem}.json", json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    return [str(folder / f"{stem}.json"), *([str(folder / f"{stem}.jsonl")] if lines else [])]


def _hub(run: Run, card: Benchmark | None, folder: Path, user: str | None, url: str | None) -> list[str]:
    from mmeval import store
    from mmeval.interchange import hubresults

    scale = card.metric.scale if card is not None else 100.0
    target = folder / f"{run.info.spec.benchmark}.yaml"
    store.write_atomic(target, hubresults.dump([hubresults.entry(run, scale=scale, user=user, url=url)]))
    return [str(target)]


def _submission(run: Run, catalog: Catalog, target: Path) -> list[str]:
    from mmeval.data import pinned
    from mmeval.engine.options import Settings
    from mmeval.interchange.submission import write_mmbench
    from mmeval.runner import job_of

    benchmark = pinned(job_of(run, Settings(path=catalog.paths)).benchmark)
    return [f"{target}: {plural(write_mmbench(run, benchmark, target), 'row')}"]
