"""`mmeval import`, `mmeval export` and `mmeval push`: exchange results with other tools and people."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmeval.cli import _completion
from mmeval.cli._runs import PATH, RESULTS, RUN_HELP, catalog_of, echo, find_run
from mmeval.formatting import plural

if TYPE_CHECKING:
    from mmeval.catalog import Catalog
    from mmeval.definitions import Benchmark
    from mmeval.store import Run


SKIPPED = 20
"""Skipped files of a folder that are named one by one."""
RUNS = typer.Argument(..., metavar="RUN...", help=RUN_HELP, autocompletion=_completion.runs)


class Form(StrEnum):
    """Export formats."""

    csv = "csv"
    parquet = "parquet"
    eee = "every-eval-ever"
    hub = "hf-eval-results"
    submission = "submission"
    vlmevalkit = "vlmevalkit"


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("import")(import_command)
    app.command("export")(export_command)
    app.command("push")(push_command)


def import_command(
    files: list[Path] = typer.Argument(
        ..., metavar="FILE|FOLDER...", help="Files of VLMEvalKit, lmms-eval, inspect or evalscope, or OpenVLM.json."
    ),
    form: str | None = typer.Option(
        None,
        "--form",
        help="Format: vlmevalkit, lmms-results, lmms-samples, inspect, evalscope or openvlm.",
        show_default="detected",
    ),
    model: str | None = typer.Option(None, "--model", help="Name of the model.", show_default="detected"),
    benchmark: str | None = typer.Option(
        None, "--benchmark", help="Name of the benchmark in the other tool.", show_default="detected"
    ),
    results: Path = RESULTS,
) -> None:
    """Import results of other tools. The runs are marked as third-party and never mixed with your own.

    Of a folder, every file that is known is imported, and the others are listed.
    """
    from mmeval import RunFailedError, UsageError
    from mmeval.interchange.imported import Imported, write
    from mmeval.interchange.readers import read, scan

    found: list[Imported] = []
    for file in files:  # all are read before the first is written
        more, skipped = scan(file, form=form, model=model, benchmark=benchmark) if file.is_dir() else ((), ())
        found += more if file.is_dir() else read(file, form=form, model=model, benchmark=benchmark)
        _say_skipped(skipped)
    if not found:
        folder = next((file for file in files if file.is_dir()), None)
        if folder is not None:
            raise UsageError(f"{folder}: no file in it holds results of a tool that mmeval knows")
        raise RunFailedError("nothing was imported")
    for line in dict.fromkeys(_imported(write(one, results)) for one in found):
        echo(line)


def _imported(run: Run) -> str:
    from mmeval.formatting import points

    number = run.info.metrics.get(run.info.primary_metric)
    value = f"{run.info.primary_metric} {points(number.value)}" if number else None
    status = "" if run.info.status == "complete" else f"{run.info.status}: "
    said = ", ".join(filter(None, [value, f"{status}{run.info.reason}" if run.info.reason else None]))
    return f"{run.path}: {plural(run.info.planned, 'sample')}, {said}"


def _say_skipped(skipped: Sequence[str]) -> None:
    for reason in skipped[:SKIPPED]:
        echo(f"mmeval: skipped: {reason}", err=True)
    if len(skipped) > SKIPPED:
        echo(f"mmeval: skipped: {len(skipped) - SKIPPED} more", err=True)


def export_command(
    form: Form = typer.Argument(..., help="Format to write."),
    references: list[str] = RUNS,
    output: Path | None = typer.Option(None, "--output", "-o", help="File or folder to write.", show_default="here"),
    organization: str = typer.Option("unknown", "--organization", help="Evaluating organization, for Every Eval Ever."),
    user: str | None = typer.Option(None, "--user", help="Evaluating user, for the hub."),
    url: str | None = typer.Option(None, "--url", help="Address of the run, for the hub."),
    path: list[Path] = PATH,
    results: Path = RESULTS,
) -> None:
    """Write runs as a table of samples, as Every Eval Ever JSON, as hub YAML, or for another scorer.

    Nothing is uploaded.
    """
    runs: list[Run] = [find_run(reference, results) for reference in references]
    catalog = catalog_of(path)
    if form in (Form.csv, Form.parquet):
        written = _table(form, runs, output or Path(f"samples.{form.value}"))
    elif form is Form.eee:
        written = [line for run in runs for line in _every_eval_ever(run, catalog, output or Path(), organization)]
    elif form is Form.hub:
        written = _hub(runs, catalog, output or Path(".eval_results"), user, url)
    elif form is Form.vlmevalkit:
        written = [_for_vlmevalkit(run, catalog, output or Path()) for run in runs]
    else:
        run = _single(form, runs)
        written = _submission(run, catalog, output or Path(f"{run.info.spec.benchmark}_submission.xlsx"))
    for line in written:
        echo(line)


class Host(StrEnum):
    """Where runs can be uploaded."""

    hf = "hf"


def push_command(
    host: Host = typer.Argument(..., help="Where to: hf, the Hugging Face hub."),
    references: list[str] = RUNS,
    repo: str = typer.Option(..., "--repo", metavar="OWNER/NAME", help="The data set; it is made if there is none."),
    public: bool = typer.Option(False, "--public", help="Let everyone see it.", show_default="private"),
    path: list[Path] = PATH,
    results: Path = RESULTS,
) -> None:
    """Upload runs to a data set on the Hugging Face hub that you name.

    It is private unless you say otherwise. The token is that of `hf auth login` or HF_TOKEN. Questions and replies are
    uploaded only where the licence of the benchmark allows sharing them; run.json and scores.csv always are.
    """
    import tempfile

    from mmeval.interchange import hubpush
    from mmeval.report.flat import SAMPLE_COLUMNS, sample_rows

    del host
    runs: list[Run] = [find_run(reference, results) for reference in references]
    catalog = catalog_of(path)
    with tempfile.TemporaryDirectory() as room:
        files: dict[str, Path] = {}
        for run in runs:
            shared = _shared(run, catalog)
            upload = hubpush.prepare(run, sample_rows(run), SAMPLE_COLUMNS, Path(room), shared=shared)
            files |= upload.files
            if upload.withheld:
                echo(f"mmeval: {run.path}: the samples stay here: {upload.withheld}", err=True)
        address = hubpush.push(repo, files, public=public)
    echo(f"{address}: {plural(len(runs), 'run')}, {plural(len(files), 'file')}, {'public' if public else 'private'}")


def _shared(run: Run, catalog: Catalog) -> bool:
    """Whether questions and replies may be shown: the benchmark says so, and so does where its samples are stored."""
    from mmeval import store

    stored, card = run.samples(), _card(run, catalog)
    published = stored is None or stored == store.samples_path(stored.parents[2], run.info)
    return card is not None and card.redistribute and published


def _single(form: Form, runs: Sequence[Run]) -> Run:
    from mmeval import UsageError

    if len(runs) > 1:
        raise UsageError(f"{form.value}: takes one run, not {len(runs)}")
    return runs[0]


def _table(form: Form, runs: Sequence[Run], target: Path) -> list[str]:
    from mmeval.interchange import tables
    from mmeval.report.flat import SAMPLE_COLUMNS, sample_rows

    write = tables.write_csv if form is Form.csv else tables.write_parquet
    rows = (row for run in runs for row in sample_rows(run))
    return [f"{target}: {plural(write(target, rows, SAMPLE_COLUMNS), 'row')}"]


def _card(run: Run, catalog: Catalog) -> Benchmark | None:
    """The benchmark of a run, or None when neither the catalog nor a file of questions has it."""
    from mmeval import UsageError
    from mmeval.engine.options import Settings
    from mmeval.runner import job_of

    try:
        return job_of(run, Settings(path=catalog.paths)).benchmark
    except UsageError:
        return None


def _every_eval_ever(run: Run, catalog: Catalog, folder: Path, organization: str) -> list[str]:
    from mmeval import store
    from mmeval.interchange import evalever
    from mmeval.report.flat import sample_rows

    about = evalever.About(organization=organization)
    if card := _card(run, catalog):
        rule = card.score.rules.get(run.info.spec.profile)
        about = evalever.About(
            organization=organization,
            lower_is_better=not card.metric.higher_is_better,
            low=card.metric.low,
            high=card.metric.high,
            judge_prompt=getattr(rule, "template", None),
        )
    stored = run.samples()
    images = {
        sample.id: [part.sha256 for part in sample.prompt if part.sha256]
        for sample in (store.read_samples(stored) if stored else ())
    }
    return [str(file) for file in evalever.write(run, sample_rows(run), images, folder, about)]


def _hub(runs: Sequence[Run], catalog: Catalog, folder: Path, user: str | None, url: str | None) -> list[str]:
    """One file per benchmark. The files belong into the repository of one model."""
    from mmeval import UsageError, store
    from mmeval.interchange import hubresults

    texts: dict[Path, str] = {}
    for run in runs:
        card, target = _card(run, catalog), folder / f"{run.info.spec.benchmark}.yaml"
        if target in texts:
            raise UsageError(f"{Form.hub.value}: two runs of {run.info.spec.benchmark}; name one of them")
        scale = card.metric.scale if card is not None else 100.0
        texts[target] = hubresults.dump([hubresults.entry(run, scale=scale, user=user, url=url)])
    for target, text in texts.items():
        store.write_atomic(target, text)
    return [str(target) for target in texts]


def _for_vlmevalkit(run: Run, catalog: Catalog, folder: Path) -> str:
    from mmeval.data import pinned
    from mmeval.engine.options import Settings
    from mmeval.interchange.vlmevalkit import write
    from mmeval.runner import job_of

    file, rows = write(run, pinned(job_of(run, Settings(path=catalog.paths)).benchmark), folder)
    return f"{file}: {plural(rows, 'row')}"


def _submission(run: Run, catalog: Catalog, target: Path) -> list[str]:
    from mmeval.data import pinned
    from mmeval.engine.options import Settings
    from mmeval.interchange.submission import write_mmbench
    from mmeval.runner import job_of

    benchmark = pinned(job_of(run, Settings(path=catalog.paths)).benchmark)
    return [f"{target}: {plural(write_mmbench(run, benchmark, target), 'row')}"]
