"""`mmeval merge`: shards of one run become one run."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval import UsageError
from mmeval.cli._runs import AS_JSON, PATH, RESULTS, console, echo_json, find_run


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="merge")(merge)


def merge(
    shards: list[str] = typer.Argument(..., metavar="RUN...", help="Run folders of all shards, from any machine."),
    file: Path | None = typer.Option(None, help="The file of questions that the shards asked.", show_default="none"),
    results: Path = RESULTS,
    path: list[Path] = PATH,
    json: bool = AS_JSON,
) -> None:
    """Put the shards of a run together that were asked with `--shard I/N`; the scores are those of one machine."""
    from mmeval.engine.options import Settings
    from mmeval.report.progress import final_table
    from mmeval.runner import merge as merging

    # `results/*/name@*/*` of a shell also matches what was asked, which lies beside the runs.
    runs = [find_run(name, results) for name in shards if "_samples" not in Path(name).parts]
    if not runs:
        raise UsageError(f"no run among {', '.join(shards)}")
    benchmark = merging.benchmark_of(runs[0].info.spec, Settings(path=tuple(path)), file)
    whole = merging.merge(runs, benchmark, results)
    if json:
        echo_json({"path": str(whole.path), **whole.info.model_dump(mode="json")})
        return
    shown = console()
    shown.print(final_table([whole]))
    shown.print(f"  next: mmeval show {whole.path}", markup=False, highlight=False, soft_wrap=True)
