"""`mmeval merge`: join the shards of a run."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval import UsageError
from mmeval.cli import _completion
from mmeval.cli._runs import AS_JSON, FILE, PATH, RESULTS, console, echo_json, find_run, without_samples


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="merge")(merge)


def merge(
    shards: list[str] = typer.Argument(
        ..., metavar="RUN...", help="Run folders of all shards.", autocompletion=_completion.runs
    ),
    file: Path | None = FILE,
    results: Path = RESULTS,
    path: list[Path] = PATH,
    as_json: bool = AS_JSON,
) -> None:
    """Join runs made with `--shard I/N` into one run, with the same scores as an unsharded run."""
    from mmeval.engine.options import Settings
    from mmeval.report.progress import final_table
    from mmeval.runner import merge as merging

    runs = [find_run(name, results) for name in without_samples(shards)]
    if not runs:
        raise UsageError(f"none of these is a run: {', '.join(shards)}")
    benchmark = merging.benchmark_of(runs[0], Settings(path=tuple(path)), file)
    whole = merging.merge(runs, benchmark, results)
    if as_json:
        echo_json({"path": str(whole.path), **whole.info.model_dump(mode="json")})
        return
    shown = console()
    shown.print(final_table([whole]))
    shown.print(f"  next: mmeval show {whole.path}", markup=False, highlight=False, soft_wrap=True)
